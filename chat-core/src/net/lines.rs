//! Lines over TCP, ended by LF or CRLF. Floor 2.

use bytes::BytesMut;
use memchr::{memchr, memchr2};

use super::framing::{Fault, Frame, Framing, Input, Unreadable, Wire};
use crate::limits::{LINE_IN_BYTES_MAX, LINE_OUT_BYTES_MAX, TAGS_OUT_BYTES_MAX};

/// The framing of IRC and of `nc`: takes lines ended by LF or CRLF, writes CRLF.
///
/// Holds no bytes of its own. RFC 2812 §2.3 wants CRLF; everybody accepts a bare LF, and so do we.
#[derive(Debug)]
pub struct Lines {
    /// The longest line, its end included.
    bytes_max: usize,
    /// Bytes at the front of the input that are known to hold no LF.
    searched: usize,
    /// The line is too long already: what is left of it is thrown away.
    skipping: bool,
}

impl Default for Lines {
    /// Lines of clients.
    fn default() -> Lines {
        Lines {
            bytes_max: LINE_IN_BYTES_MAX,
            searched: 0,
            skipping: false,
        }
    }
}

impl Lines {
    /// Lines of a server, which may have longer tags.
    #[must_use]
    pub fn of_a_server() -> Lines {
        Lines {
            bytes_max: TAGS_OUT_BYTES_MAX + LINE_OUT_BYTES_MAX,
            ..Lines::default()
        }
    }

    /// How lines are written.
    pub const WIRE: Wire = Wire {
        name: "lines",
        wrap,
        first,
        message,
    };

    fn line<'a>(&mut self, line: &'a [u8]) -> Frame<'a> {
        self.searched = 0;
        let skipped = std::mem::take(&mut self.skipping);
        if skipped || line.len() > self.bytes_max {
            return Frame::Unreadable(Unreadable::TooLong, line);
        }
        read(line)
    }

    /// Nothing ends here yet: wait, unless the line is hopeless already.
    fn half(&mut self, input: &mut Input<'_>) {
        self.searched = input.rest().len();
        if self.skipping || self.searched >= self.bytes_max {
            self.skipping = true;
            input.take(self.searched);
            self.searched = 0;
        }
    }
}

impl Framing for Lines {
    fn decode<'a>(
        &'a mut self,
        input: &mut Input<'a>,
        _replies: &mut Vec<u8>,
    ) -> Result<Option<Frame<'a>>, Fault> {
        let searched = self.searched.min(input.rest().len());
        let Some(at) = memchr(b'\n', &input.rest()[searched..]) else {
            self.half(input);
            return Ok(None);
        };
        Ok(Some(self.line(input.take(searched + at + 1))))
    }

    fn wire(&self) -> Wire {
        Self::WIRE
    }
}

fn read(line: &[u8]) -> Frame<'_> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if memchr2(b'\r', b'\0', line).is_some() {
        return Frame::Unreadable(Unreadable::ControlByte, line);
    }
    match std::str::from_utf8(line) {
        Ok(text) => Frame::Message(text),
        Err(_) => Frame::Unreadable(Unreadable::NotUtf8, line),
    }
}

fn wrap(message: &[u8], out: &mut BytesMut) {
    out.extend_from_slice(message);
    out.extend_from_slice(b"\r\n");
}

// Wires are told apart by this function's address, so there must be one of it.
#[inline(never)]
fn first(bytes: &[u8]) -> usize {
    memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1)
}

fn message(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r\n").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frames of `pieces`, as the reactor would get them.
    fn frames(pieces: &[&[u8]]) -> Vec<String> {
        let (mut lines, mut inbox, mut found) = (Lines::default(), Vec::new(), Vec::new());
        for piece in pieces {
            inbox.extend_from_slice(piece);
            while let Some((frame, taken)) = one(&mut lines, &inbox) {
                found.extend(frame);
                inbox.drain(..taken);
            }
        }
        found
    }

    /// A frame and how much it took, or nothing when no progress was made.
    fn one(lines: &mut Lines, bytes: &[u8]) -> Option<(Option<String>, usize)> {
        let mut input = Input::new(bytes);
        let frame = lines.decode(&mut input, &mut Vec::new()).unwrap();
        let frame = frame.map(|frame| format!("{frame:?}"));
        (frame.is_some() || input.taken() > 0).then_some((frame, input.taken()))
    }

    #[test]
    fn lines_end_with_lf_or_crlf() {
        assert_eq!(
            frames(&[b"one\ntwo\r\n\r\nhalf"]),
            [r#"Message("one")"#, r#"Message("two")"#, r#"Message("")"#]
        );
    }

    #[test]
    fn control_bytes_and_bad_utf8_are_reported_and_the_next_line_is_sound() {
        assert_eq!(
            frames(&[b"a\rb\na\0b\nx\r\r\n\xff\n\xc3\xa9\n"]),
            [
                "Unreadable(ControlByte)",
                "Unreadable(ControlByte)",
                "Unreadable(ControlByte)",
                "Unreadable(NotUtf8)",
                r#"Message("é")"#
            ]
        );
    }

    #[test]
    fn the_longest_line_passes_and_a_longer_one_is_skipped_to_its_end() {
        let fits = [&vec![b'a'; LINE_IN_BYTES_MAX - 2][..], b"\r\n"].concat();
        assert!(frames(&[&fits])[0].starts_with("Message"));
        let long = [&vec![b'a'; 3 * LINE_IN_BYTES_MAX][..], b"\nnext\n"].concat();
        assert_eq!(
            frames(&[&long]),
            ["Unreadable(TooLong)", r#"Message("next")"#]
        );
    }

    #[test]
    fn every_split_of_every_input_gives_the_same_frames() {
        let just = vec![b'b'; LINE_IN_BYTES_MAX - 1];
        let over = vec![b'c'; LINE_IN_BYTES_MAX];
        let inputs: [&[u8]; 4] = [
            b"one\ntwo\r\n\r\n\na\rb\r\nz\0\n\xff\xfe\nh\xc3\xa9\xe2\x82\xac\nend\nhalf",
            &[b"x\n", &just[..], b"\ny\r\n"].concat(),
            &[b"x\n", &over[..], b"\ny\r\n"].concat(),
            &[&over[..], &over[..], b"\r\n\r\ny\n"].concat(),
        ];
        for input in inputs {
            let whole = frames(&[input]);
            for at in 0..=input.len() {
                let (front, back) = input.split_at(at);
                assert_eq!(frames(&[front, back]), whole, "split at {at}");
            }
            let bytes: Vec<&[u8]> = input.chunks(1).collect();
            assert_eq!(frames(&bytes), whole, "byte by byte");
        }
    }

    #[test]
    fn a_half_line_is_not_searched_twice() {
        let mut lines = Lines::default();
        assert!(one(&mut lines, b"half").is_none());
        assert_eq!(lines.searched, 4);
    }

    #[test]
    fn what_is_wrapped_is_found_again() {
        let mut out = BytesMut::new();
        (Lines::WIRE.wrap)(b"one", &mut out);
        (Lines::WIRE.wrap)(b"two", &mut out);
        assert_eq!(&out[..], b"one\r\ntwo\r\n");
        assert_eq!((Lines::WIRE.first)(&out), 5);
        assert_eq!((Lines::WIRE.message)(&out[..5]), b"one");
    }
}
