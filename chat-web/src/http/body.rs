//! Where a body ends. RFC 9112 §6.
//!
//! What a client announces is compared with the bound and never allocated: the body grows with
//! the bytes that came.

use chat_core::net::framing::Input;

use super::{Rejection, Request, Status, Version};
use crate::limits::{CHUNK_LINE_BYTES_MAX, TRAILER_FIELDS_MAX};

/// One body on its way in.
#[derive(Debug)]
pub(crate) struct BodyReader {
    bytes: Vec<u8>,
    bytes_max: usize,
    awaited: Awaited,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Awaited {
    /// So many bytes, and then nothing.
    Bytes(usize),
    /// A chunk's size line.
    ChunkSize,
    /// So many bytes of a chunk.
    ChunkBytes(usize),
    /// The line end behind a chunk.
    ChunkEnd,
    /// Trailer fields, of which there have been so many, or the empty line behind them.
    Trailer(usize),
}

impl BodyReader {
    /// RFC 9112 §6.3: how long the body of this request is.
    pub(crate) fn of(request: &Request, bytes_max: usize) -> Result<BodyReader, Rejection> {
        let awaited = if is_chunked(request)? {
            Awaited::ChunkSize
        } else {
            Awaited::Bytes(content_length(request, bytes_max)?)
        };
        Ok(BodyReader {
            bytes: Vec::new(),
            bytes_max,
            awaited,
        })
    }

    /// Whether the request ended with its head.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.awaited, Awaited::Bytes(0))
    }

    /// Takes what belongs to the body; gives it when it is whole.
    pub(crate) fn read(&mut self, input: &mut Input<'_>) -> Result<Option<Vec<u8>>, Rejection> {
        loop {
            self.awaited = match self.awaited {
                Awaited::Bytes(0) => return Ok(Some(std::mem::take(&mut self.bytes))),
                Awaited::ChunkBytes(0) => Awaited::ChunkEnd,
                Awaited::Bytes(_) | Awaited::ChunkBytes(_) if input.rest().is_empty() => {
                    return Ok(None);
                }
                Awaited::Bytes(left) => Awaited::Bytes(self.copy(input, left)),
                Awaited::ChunkBytes(left) => Awaited::ChunkBytes(self.copy(input, left)),
                framed => match take_line(input)? {
                    Some(line) => self.after(framed, line)?,
                    None => return Ok(None),
                },
            }
        }
    }

    /// What follows a line of the chunked coding. RFC 9112 §7.1.
    fn after(&self, awaited: Awaited, line: &[u8]) -> Result<Awaited, Rejection> {
        match awaited {
            Awaited::ChunkSize => match chunk_size(line)? {
                0 => Ok(Awaited::Trailer(0)),
                size if size > self.room() => Err(too_large()),
                size => Ok(Awaited::ChunkBytes(size)),
            },
            Awaited::ChunkEnd if line.is_empty() => Ok(Awaited::ChunkSize),
            Awaited::ChunkEnd => Err(Rejection::bad("a chunk is longer than it says")),
            Awaited::Trailer(_) if line.is_empty() => Ok(Awaited::Bytes(0)),
            Awaited::Trailer(TRAILER_FIELDS_MAX) => Err(Rejection::new(
                Status::HEADER_FIELDS_TOO_LARGE,
                "there are too many trailer fields",
            )),
            Awaited::Trailer(count) => Ok(Awaited::Trailer(count + 1)),
            awaited => Ok(awaited),
        }
    }

    /// Takes up to `left` bytes and says how many are missing still.
    fn copy(&mut self, input: &mut Input<'_>, left: usize) -> usize {
        let bytes = input.take(left);
        self.bytes.extend_from_slice(bytes);
        left - bytes.len()
    }

    fn room(&self) -> usize {
        self.bytes_max - self.bytes.len()
    }
}

fn too_large() -> Rejection {
    Rejection::new(Status::CONTENT_TOO_LARGE, "the request body is too long")
}

/// RFC 9112 §6.1: chunks are for HTTP/1.1, are the only coding known here, and go with no
/// `Content-Length`.
fn is_chunked(request: &Request) -> Result<bool, Rejection> {
    let fields = &request.fields;
    if fields.first("transfer-encoding").is_none() {
        return Ok(false);
    }
    if request.version == Version::Http10 {
        return Err(Rejection::bad("HTTP/1.0 has no transfer coding"));
    }
    if fields.first("content-length").is_some() {
        return Err(Rejection::bad("a length and a transfer coding"));
    }
    let mut codings = fields.all("transfer-encoding");
    match (codings.next(), codings.next()) {
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Ok(true),
        _ => Err(Rejection::new(
            Status::NOT_IMPLEMENTED,
            "the only transfer coding known here is chunked",
        )),
    }
}

/// RFC 9110 §8.6: digits, and nothing else: no sign, no list, no space.
fn content_length(request: &Request, bytes_max: usize) -> Result<usize, Rejection> {
    let Some(text) = request.fields.first("content-length") else {
        return Ok(0);
    };
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Rejection::bad("the Content-Length is not a number"));
    }
    match text.parse() {
        Ok(length) if length <= bytes_max => Ok(length),
        _ => Err(too_large()),
    }
}

/// One line without its CRLF, which it must have; `None` waits, and what is there is looked at
/// again: that is bounded by [`CHUNK_LINE_BYTES_MAX`].
fn take_line<'a>(input: &mut Input<'a>) -> Result<Option<&'a [u8]>, Rejection> {
    let rest = input.rest();
    let seen = &rest[..rest.len().min(CHUNK_LINE_BYTES_MAX)];
    match memchr::memchr(b'\n', seen) {
        None if seen.len() == CHUNK_LINE_BYTES_MAX => {
            Err(Rejection::bad("a line of the chunked body is too long"))
        }
        None => Ok(None),
        Some(at) => match input.take(at + 1).strip_suffix(b"\r\n") {
            Some(line) if line.iter().any(is_control) => Err(Rejection::bad(
                "a control character in a line of the chunked body",
            )),
            Some(line) => Ok(Some(line)),
            None => Err(Rejection::bad("a line of the chunked body ends with CRLF")),
        },
    }
}

/// What neither an extension nor a trailer field may hold: RFC 9110 §5.5 and §5.6.4.
fn is_control(byte: &u8) -> bool {
    byte.is_ascii_control() && *byte != b'\t'
}

/// Hexadecimal digits, then nothing or an extension, which is read over (RFC 9112 §7.1.1).
fn chunk_size(line: &[u8]) -> Result<usize, Rejection> {
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let (digits, extension) = line.split_at(digits);
    let is_extension = matches!(extension.trim_ascii_start().first(), Some(b';'));
    if digits.is_empty() || !(extension.is_empty() || is_extension) {
        return Err(Rejection::bad("a chunk's size is not a hexadecimal number"));
    }
    let text = std::str::from_utf8(digits).unwrap_or_default();
    usize::from_str_radix(text, 16).map_err(|_| too_large())
}
