//! One request, read and checked.

use super::{Authority, Fields, Target};

/// What a request asks to be done. RFC 9110 §9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`: as GET, but only the head of the answer.
    Head,
    /// `POST`
    Post,
    /// A method that HTTP knows and that nothing here has: 405.
    Elsewhere,
    /// A method that nobody here ever heard of, or that only a proxy has: 501.
    Unknown,
}

impl Method {
    /// Method names are case-sensitive: `get` is unknown.
    pub(crate) fn new(name: &str) -> Method {
        match name {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            "DELETE" | "OPTIONS" | "PATCH" | "PUT" | "TRACE" => Method::Elsewhere,
            _ => Method::Unknown,
        }
    }
}

/// The versions that are spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// `HTTP/1.0`: no `Host` needed, no chunks, closes unless asked not to.
    Http10,
    /// `HTTP/1.1`
    Http11,
}

/// A whole request. Its target and its lengths have been checked; what it asks for has not.
#[derive(Clone, Debug)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// With what.
    pub target: Target,
    /// How it was said.
    pub version: Version,
    /// Everything else that was said.
    pub fields: Fields,
    /// Decoded, at most [`BODY_BYTES_MAX`](crate::limits::BODY_BYTES_MAX).
    pub body: Vec<u8>,
}

impl Request {
    /// The host that was asked, which decides before the `Host` field does (RFC 9112 §3.2.2).
    /// Only an HTTP/1.0 request may have none.
    #[must_use]
    pub fn authority(&self) -> Option<&Authority> {
        self.target.authority.as_ref()
    }

    /// Whether the body is a form: the media type, with or without parameters. WHATWG URL,
    /// "urlencoded".
    #[must_use]
    pub fn is_form(&self) -> bool {
        let media = self.fields.first("content-type").unwrap_or_default();
        let essence = media.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// Whether the client can send another request on this connection. RFC 9112 §9.3.
    #[must_use]
    pub fn keeps_alive(&self) -> bool {
        if self.fields.lists("connection", "close") {
            return false;
        }
        self.version == Version::Http11 || self.fields.lists("connection", "keep-alive")
    }
}
