//! What carries a line: a line end or a frame.

use std::ops::Range;

use clap::ValueEnum;

/// What carries the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Over {
    /// Lines over TCP, ended by CRLF
    Irc,
    /// WebSocket text frames, after a handshake
    Ws,
}

impl Over {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Over::Irc => "irc",
            Over::Ws => "ws",
        }
    }

    /// Appends a line as it goes on the wire. RFC 6455 §5.2: a server's frames are not masked.
    pub(crate) fn wrap(self, parts: &[&str], out: &mut Vec<u8>) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        match (self, u16::try_from(length)) {
            (Over::Irc, _) => {}
            (Over::Ws, Ok(short @ 0..126)) => out.extend([0x81, short.to_be_bytes()[1]]),
            (Over::Ws, Ok(long)) => {
                out.extend([0x81, 126]);
                out.extend(long.to_be_bytes());
            }
            (Over::Ws, Err(_)) => panic!("a line is shorter than that"),
        }
        for part in parts {
            out.extend_from_slice(part.as_bytes());
        }
        if self == Over::Irc {
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Finds the first line in the input: where it is, and where the next one begins.
    pub(crate) fn unwrap(self, input: &mut [u8]) -> Option<(Range<usize>, usize)> {
        match self {
            Over::Irc => line(input),
            Over::Ws => frame(input),
        }
    }
}

fn line(input: &[u8]) -> Option<(Range<usize>, usize)> {
    let end = memchr::memchr(b'\n', input)?;
    let text = input[..end].strip_suffix(b"\r").unwrap_or(&input[..end]);
    Some((0..text.len(), end + 1))
}

/// A client's frames are masked, and are unmasked where they are. RFC 6455 §5.3.
fn frame(input: &mut [u8]) -> Option<(Range<usize>, usize)> {
    let (head, length) = match *input.get(..4)? {
        [0x81, length @ 128..=253, ..] => (2, usize::from(length & 127)),
        [0x81, 254, high, low] => (4, usize::from(u16::from_be_bytes([high, low]))),
        _ => panic!("only short masked text frames are expected"),
    };
    let end = head + 4 + length;
    let (mask, body) = input.get_mut(head..end)?.split_at_mut(4);
    for (at, byte) in body.iter_mut().enumerate() {
        *byte ^= mask[at % 4];
    }
    Some((head + 4..end, end))
}
