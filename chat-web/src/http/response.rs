//! Responses, and how they are written. RFC 9112 §4, RFC 9110 §6.

use std::borrow::Cow;
use std::io::Write;

use chat_core::time::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use super::{Method, Request, Status, Version};

/// An answer to one request.
#[derive(Clone, Debug)]
pub struct Response {
    status: Status,
    fields: Vec<(&'static str, Cow<'static, str>)>,
    body: Cow<'static, [u8]>,
    date: Option<Timestamp>,
    closes: bool,
}

/// How an answer must be written for the request that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Only the head: RFC 9110 §9.3.2.
    pub head_only: bool,
    /// The client can send another request.
    pub keeps_alive: bool,
    /// What the client speaks.
    pub version: Version,
}

impl Manner {
    /// What this request asks for.
    #[must_use]
    pub fn of(request: &Request) -> Manner {
        Manner {
            head_only: request.method == Method::Head,
            keeps_alive: request.keeps_alive(),
            version: request.version,
        }
    }

    /// For a request that could not be read: the connection ends with the answer.
    pub const LAST: Manner = Manner {
        head_only: false,
        keeps_alive: false,
        version: Version::Http11,
    };
}

impl Response {
    /// An answer without a body.
    #[must_use]
    pub fn new(status: Status) -> Response {
        Response {
            status,
            fields: Vec::new(),
            body: Cow::Borrowed(b""),
            date: None,
            closes: false,
        }
    }

    /// Adds a header field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Response {
        self.fields.push((name, value.into()));
        self
    }

    /// Takes all fields of these names away.
    #[must_use]
    pub(crate) fn without(mut self, names: &[&str]) -> Response {
        let is_named = |name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
        self.fields.retain(|(name, _)| !is_named(name));
        self
    }

    /// Adds a body of this media type.
    #[must_use]
    pub fn body(
        self,
        media: impl Into<Cow<'static, str>>,
        body: impl Into<Cow<'static, [u8]>>,
    ) -> Response {
        let response = self.with("Content-Type", media);
        Response {
            body: body.into(),
            ..response
        }
    }

    /// The same in a coding, which `encode` writes. RFC 9110 §8.4.
    #[must_use]
    pub(crate) fn in_coding(self, name: &'static str, encode: fn(&[u8]) -> Vec<u8>) -> Response {
        let response = self.with("Content-Encoding", name);
        Response {
            body: encode(&response.body).into(),
            ..response
        }
    }

    /// Says when it was made. RFC 9110 §6.6.1: every answer of a server with a clock does.
    #[must_use]
    pub fn dated(self, date: Timestamp) -> Response {
        Response {
            date: Some(date),
            ..self
        }
    }

    /// Ends the connection when the answer is out.
    #[must_use]
    pub fn closing(self) -> Response {
        Response {
            closes: true,
            ..self
        }
    }

    /// What it says.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// The first value of a field of this name, in any case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let named = self
            .fields
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_ref())
    }

    /// The body, whether or not it will be sent.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.body
    }

    /// Appends the answer to `out`; true if another request may follow.
    pub fn encode(&self, manner: Manner, out: &mut Vec<u8>) -> bool {
        let keeps_alive = manner.keeps_alive && !self.closes;
        self.encode_head(manner, keeps_alive, out);
        if !manner.head_only && !self.status.is_bodiless() {
            out.extend_from_slice(&self.body);
        }
        keeps_alive
    }

    fn encode_head(&self, manner: Manner, keeps_alive: bool, out: &mut Vec<u8>) {
        let (code, reason) = (self.status.code(), self.status.reason());
        // Writing to a Vec does not fail.
        let _ = write!(out, "HTTP/1.1 {code} {reason}\r\n");
        if let Some(date) = self.date.and_then(imf_fixdate) {
            encode_field("Date", &date, out);
        }
        for (name, value) in &self.fields {
            encode_field(name, value, out);
        }
        if !self.status.is_bodiless() {
            encode_field("Content-Length", &self.body.len().to_string(), out);
        }
        if self.status != Status::SWITCHING_PROTOCOLS {
            encode_connection(manner.version, keeps_alive, out);
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// RFC 9112 §9.3: what the client's version does by itself is not said.
fn encode_connection(version: Version, keeps_alive: bool, out: &mut Vec<u8>) {
    match (version, keeps_alive) {
        (_, false) => encode_field("Connection", "close", out),
        (Version::Http10, true) => encode_field("Connection", "keep-alive", out),
        (Version::Http11, true) => {}
    }
}

/// A control character in a value would be the start of a field of somebody else's (RFC 9110
/// §5.5): none is ever written, wherever the value came from.
fn encode_field(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend(value.bytes().filter(|b| !b.is_ascii_control()));
    out.extend_from_slice(b"\r\n");
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`. RFC 9110 §5.6.7.
fn imf_fixdate(time: Timestamp) -> Option<String> {
    let time = jiff::Timestamp::from_second(time.seconds()).ok()?;
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Manner = Manner {
        head_only: false,
        keeps_alive: true,
        version: Version::Http11,
    };

    fn written(response: &Response, manner: Manner) -> String {
        let mut out = Vec::new();
        response.encode(manner, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_answer_has_a_date_a_length_and_a_body() {
        let response = Response::new(Status::OK)
            .dated(Timestamp(784_111_777_000))
            .body("text/plain", &b"ok\n"[..]);
        assert_eq!(
            written(&response, KEEP),
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
             Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"
        );
    }

    #[test]
    fn head_gets_the_same_head_and_no_body() {
        let response = Response::new(Status::OK).body("text/plain", &b"ok\n"[..]);
        let head_only = Manner {
            head_only: true,
            ..KEEP
        };
        assert_eq!(
            written(&response, head_only) + "ok\n",
            written(&response, KEEP)
        );
    }

    #[test]
    fn connection_is_said_only_when_the_version_does_otherwise() {
        let response = Response::new(Status::SEE_OTHER);
        let old = Manner {
            version: Version::Http10,
            ..KEEP
        };
        assert!(!written(&response, KEEP).contains("Connection"));
        assert!(written(&response, old).contains("Connection: keep-alive\r\n"));
        assert!(written(&response, Manner::LAST).contains("Connection: close\r\n"));
        assert!(written(&response.closing(), old).contains("Connection: close\r\n"));
    }

    #[test]
    fn a_304_and_a_101_have_no_length() {
        for status in [Status::NOT_MODIFIED, Status::SWITCHING_PROTOCOLS] {
            let response = Response::new(status).body("text/css", &b"x"[..]);
            let text = written(&response, KEEP);
            assert!(!text.contains("Content-Length"));
            assert!(text.ends_with("\r\n\r\n"));
        }
    }

    #[test]
    fn a_value_cannot_bring_a_field_of_its_own() {
        let response = Response::new(Status::SEE_OTHER).with("Location", "/a\r\nSet-Cookie: b\0");
        assert!(written(&response, KEEP).contains("Location: /aSet-Cookie: b\r\n"));
    }
}
