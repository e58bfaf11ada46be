//! Finds the end of a request head, and refuses line ends that others may read differently.
//!
//! httparse takes a bare LF for a line end; a proxy in front of us may not, and then the two
//! disagree about where a request ends. RFC 9112 §2.2 lets a server refuse it, and so we do, before
//! httparse sees a byte.

use memchr::{memchr, memchr2};

use super::{Rejection, Status};

/// How far a head has been searched: no byte is looked at twice, however slowly it comes.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeadScan {
    /// No line ends between `line` and here.
    searched: usize,
    /// Where the line starts that is not complete yet.
    line: usize,
}

impl HeadScan {
    /// The length of the head at the front of `bytes`, its empty line included; `None` waits.
    ///
    /// `bytes` must begin as they did in the call before.
    pub(crate) fn end(&mut self, bytes: &[u8], max: usize) -> Result<Option<usize>, Rejection> {
        while let Some(at) = memchr(b'\n', &bytes[self.searched..]) {
            let end = self.searched + at + 1;
            if end > max {
                return Err(self.too_long());
            }
            if check_line(&bytes[self.line..end])? {
                *self = HeadScan::default();
                return Ok(Some(end));
            }
            self.searched = end;
            self.line = end;
        }
        self.searched = bytes.len();
        if bytes.len() >= max {
            return Err(self.too_long());
        }
        Ok(None)
    }

    /// RFC 9112 §3: a request line that is too long is told apart from too many fields.
    fn too_long(&self) -> Rejection {
        match self.line {
            0 => Rejection::new(Status::URI_TOO_LONG, "the address is too long"),
            _ => Rejection::new(
                Status::HEADER_FIELDS_TOO_LARGE,
                "the header fields are too long",
            ),
        }
    }
}

/// Checks one line up to its LF; true for the empty one that ends a head.
fn check_line(line: &[u8]) -> Result<bool, Rejection> {
    let Some(text) = line.strip_suffix(b"\r\n") else {
        return Err(Rejection::bad("a line ends with CRLF, not with LF alone"));
    };
    if memchr2(b'\r', b'\0', text).is_some() {
        return Err(Rejection::bad("a CR or NUL within a line"));
    }
    if matches!(text.first(), Some(b' ' | b'\t')) {
        return Err(Rejection::bad("a line that starts with a space"));
    }
    Ok(text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 64;

    fn scan(bytes: &[u8]) -> Result<Option<usize>, u16> {
        HeadScan::default()
            .end(bytes, MAX)
            .map_err(|r| r.status.code())
    }

    #[test]
    fn a_head_ends_with_an_empty_line() {
        assert_eq!(scan(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nmore"), Ok(Some(27)));
        assert_eq!(scan(b"GET / HTTP/1.1\r\nHost: a\r\n\r"), Ok(None));
        assert_eq!(scan(b""), Ok(None));
    }

    #[test]
    fn line_ends_that_can_be_read_in_two_ways_are_refused() {
        for bad in [
            &b"GET / HTTP/1.1\n"[..],
            b"GET / HTTP/1.1\r\r\n",
            b"GET / HTTP/1.1\r\nHost: a\n",
            b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n",
            b"GET / HTTP/1.1\r\nHost: a\0\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\n\tfolded\r\n",
            b" GET / HTTP/1.1\r\n",
        ] {
            assert_eq!(scan(bad), Err(400), "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn a_long_first_line_and_long_fields_are_told_apart() {
        assert_eq!(scan(&[b'a'; MAX]), Err(414));
        let mut head = b"GET / HTTP/1.1\r\n".to_vec();
        head.resize(MAX, b'a');
        assert_eq!(scan(&head), Err(431));
        head.truncate(MAX - 1);
        assert_eq!(scan(&head), Ok(None));
    }

    #[test]
    fn no_byte_is_searched_twice() {
        let mut scan = HeadScan::default();
        let head = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for length in 0..head.len() {
            assert_eq!(scan.end(&head[..length], MAX), Ok(None));
            assert_eq!(scan.searched, length);
        }
        assert_eq!(scan.end(head, MAX), Ok(Some(head.len())));
    }
}
