//! RFC 9112 §6 and §7 on a whole stream: where each request ends, and what its body is.

use memchr::memmem;

/// The request at the front of a stream that holds all of it.
pub(crate) struct Request<'a> {
    pub(crate) body: Vec<u8>,
    /// What is behind it.
    pub(crate) rest: &'a [u8],
}

/// Reads one; `None` if it is not all there, or not as the RFC has it.
pub(crate) fn split(stream: &[u8]) -> Option<Request<'_>> {
    let mut stream = stream;
    while let Some(rest) = stream.strip_prefix(b"\r\n") {
        stream = rest;
    }
    let end = memmem::find(stream, b"\r\n\r\n")?;
    let (head, rest) = (&stream[..end], &stream[end + 4..]);
    let lengths = values(head, "content-length");
    let codings = values(head, "transfer-encoding");
    match (&lengths[..], &codings[..]) {
        ([], []) => Some(Request { body: vec![], rest }),
        ([length], []) => sized(rest, length.parse().ok()?),
        ([], [coding]) if coding.eq_ignore_ascii_case("chunked") => chunked(rest),
        _ => None,
    }
}

fn values(head: &[u8], name: &str) -> Vec<String> {
    let head = String::from_utf8_lossy(head);
    let fields = head
        .split("\r\n")
        .skip(1)
        .filter_map(|line| line.split_once(':'));
    let named = fields.filter(|(n, _)| n.eq_ignore_ascii_case(name));
    named
        .map(|(_, value)| value.trim_matches([' ', '\t']).to_owned())
        .collect()
}

fn sized(rest: &[u8], length: usize) -> Option<Request<'_>> {
    let (body, rest) = rest.split_at_checked(length)?;
    Some(Request {
        body: body.to_vec(),
        rest,
    })
}

fn chunked(mut rest: &[u8]) -> Option<Request<'_>> {
    let mut body = Vec::new();
    loop {
        let (size, after) = line(rest)?;
        let digits = size
            .split(|&byte| matches!(byte, b';' | b' ' | b'\t'))
            .next()?;
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let size = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        if size == 0 {
            return Some(Request {
                body,
                rest: behind_trailers(after)?,
            });
        }
        let (chunk, after) = after.split_at_checked(size)?;
        body.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n")?;
    }
}

fn behind_trailers(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (trailer, after) = line(rest)?;
        if trailer.is_empty() {
            return Some(after);
        }
        rest = after;
    }
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memmem::find(bytes, b"\r\n")?;
    Some((&bytes[..end], &bytes[end + 2..]))
}
