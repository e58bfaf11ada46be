//! The end of a measured text: who says it, and which of that talker's messages it is.
//!
//! ```text
//! PRIVMSG #crowd :.................................................. t003 0000001a
//! ```
//!
//! It has a fixed width and comes last, so a reader finds it at the end of a line or frame without
//! parsing what is before.

/// One message of one talker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Post {
    /// The number of the talker, 0 to 4,095.
    pub(crate) talker: u16,
    /// Its messages are numbered from 0.
    pub(crate) sequence: u32,
}

/// The length of ` t003 0000001a`.
pub(crate) const TRAILER_BYTES: usize = 14;

impl Post {
    /// What a message says of itself; nothing if it is not a measured one.
    #[inline]
    pub(crate) fn read(message: &[u8]) -> Option<Self> {
        let trailer: &[u8; TRAILER_BYTES] = message.last_chunk()?;
        if trailer[0] != b' ' || trailer[1] != b't' || trailer[5] != b' ' {
            return None;
        }
        Some(Self {
            talker: u16::try_from(hex(&trailer[2..5])?).ok()?,
            sequence: hex(&trailer[6..])?,
        })
    }

    /// Writes the trailer over the end of a text, which is at least as long.
    pub(crate) fn write(self, text: &mut [u8]) {
        let trailer = format!(" t{:03x} {:08x}", self.talker, self.sequence);
        let start = text.len() - TRAILER_BYTES;
        text[start..].copy_from_slice(trailer.as_bytes());
    }
}

/// A number in lower-case digits; also that which ends a token.
#[inline]
pub(crate) fn hex(digits: &[u8]) -> Option<u32> {
    let mut value = 0;
    let mut all = 0;
    for digit in digits {
        let nibble = NIBBLES[usize::from(*digit)];
        all |= nibble;
        value = value << 4 | u32::from(nibble);
    }
    (all < 16).then_some(value)
}

/// A table is the cheapest: this is done for every message that anybody gets.
const NIBBLES: [u8; 256] = nibbles();

const fn nibbles() -> [u8; 256] {
    let mut table = [0xff; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        for (talker, sequence) in [(0, 0), (3, 0x1a), (0xfff, u32::MAX)] {
            let post = Post { talker, sequence };
            let mut text = *b"........................";
            post.write(&mut text);
            assert_eq!(Post::read(&text), Some(post));
        }
    }

    #[test]
    fn other_lines_are_no_posts() {
        for line in [
            "",
            "PING :a",
            ":a!b@c JOIN #crowd",
            " t003 0000001A",
            " t00g 0000001a",
            " u003 0000001a",
            " t003-0000001a",
            "t003 0000001a",
        ] {
            assert_eq!(Post::read(line.as_bytes()), None, "{line}");
        }
    }
}
