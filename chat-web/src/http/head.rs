//! A whole head to a checked request: httparse reads it, this decides what it means.

use super::{Authority, Fields, Method, Rejection, Request, Status, Target, Version};
use crate::limits::HEADER_FIELDS_MAX;

/// Reads a head that [`HeadScan`](super::scan::HeadScan) found; the body is still to come.
pub(crate) fn parse(head: &[u8]) -> Result<Request, Rejection> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_FIELDS_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(_)) => checked(&parsed),
        Ok(httparse::Status::Partial) => Err(Rejection::bad("the request is not complete")),
        Err(error) => Err(rejection(error, head)),
    }
}

fn checked(parsed: &httparse::Request<'_, '_>) -> Result<Request, Rejection> {
    let (Some(method), Some(target), Some(version)) = (parsed.method, parsed.path, parsed.version)
    else {
        return Err(Rejection::bad("the request line is not complete"));
    };
    let method = Method::new(method);
    let version = match version {
        0 => Version::Http10,
        _ => Version::Http11,
    };
    let fields = Fields::from_parsed(parsed.headers)?;
    Ok(Request {
        method,
        target: with_host(target_of(method, target)?, &fields, version)?,
        version,
        fields,
        body: Vec::new(),
    })
}

/// An unknown method may have a target of a form that is unknown too: 501 says more than 400.
fn target_of(method: Method, text: &str) -> Result<Target, Rejection> {
    match method {
        Method::Unknown => Err(Rejection::new(
            Status::NOT_IMPLEMENTED,
            "this method is not known here",
        )),
        _ => Target::parse(text),
    }
}

/// RFC 9112 §3.2: exactly one valid `Host` in HTTP/1.1, even when the target names the host, which
/// then counts (§3.2.2). That there are not two was checked with the fields.
fn with_host(target: Target, fields: &Fields, version: Version) -> Result<Target, Rejection> {
    let host = match fields.first("host") {
        Some(text) => match Authority::parse(text) {
            None => return Err(Rejection::bad("the Host field names no host")),
            host => host,
        },
        None if version == Version::Http11 => {
            return Err(Rejection::bad("the Host field is missing"));
        }
        None => None,
    };
    Ok(Target {
        authority: target.authority.or(host),
        ..target
    })
}

fn rejection(error: httparse::Error, head: &[u8]) -> Rejection {
    match error {
        httparse::Error::TooManyHeaders => Rejection::new(
            Status::HEADER_FIELDS_TOO_LARGE,
            "there are too many header fields",
        ),
        httparse::Error::Version if has_other_version(head) => {
            Rejection::new(Status::VERSION_NOT_SUPPORTED, "this server speaks HTTP/1.1")
        }
        httparse::Error::HeaderName => Rejection::bad("a header field has a bad name"),
        httparse::Error::HeaderValue => Rejection::bad("a header field has a bad value"),
        _ => Rejection::bad("the request line cannot be read"),
    }
}

/// Whether the request line ends as RFC 9112 §2.3 has it, `HTTP/` DIGIT `.` DIGIT, but not with a
/// version that is spoken here: then something else is wrong with it.
fn has_other_version(head: &[u8]) -> bool {
    let line = head.split(|&b| b == b'\r').next().unwrap_or(head);
    let word = line.rsplit(|&b| b == b' ').next().unwrap_or(line);
    match word.strip_prefix(b"HTTP/") {
        Some(b"1.0" | b"1.1") => false,
        Some([major, b'.', minor]) => major.is_ascii_digit() && minor.is_ascii_digit(),
        _ => false,
    }
}
