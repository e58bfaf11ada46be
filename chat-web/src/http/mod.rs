//! HTTP/1.1 by hand: bytes in, bytes out. Floor 1; knows no socket, no clock and no chat.
//!
//! ```text
//! bytes ─▶ HeadScan ─▶ head::parse ─▶ BodyReader ─▶ Request        Response ─▶ bytes
//!          (line ends)  (httparse)    (lengths, chunks)            (encode)
//!          └────────────── RequestReader ──────────────┘
//! ```
//!
//! What could be read in two ways is read in none: a request whose length is ambiguous, a line end
//! that is not CRLF, a second `Host` are all a [`Rejection`], after which the connection ends
//! (RFC 9112 §11.2, request smuggling).

mod authority;
mod body;
mod fields;
mod head;
mod reader;
mod request;
mod response;
mod scan;
mod status;
mod target;

pub use authority::{Authority, HostName};
pub use fields::Fields;
pub use reader::{HttpBounds, RequestReader};
pub use request::{Method, Request, Version};
pub use response::{Manner, Response};
pub use status::Status;
pub use target::Target;

/// Why a request is not even looked at. It is answered with the status, and the connection ends,
/// since nobody can say where the next request would start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {why}")]
pub struct Rejection {
    /// What to answer.
    pub status: Status,
    /// What was wrong, for whoever wrote the client.
    pub why: &'static str,
}

impl Rejection {
    pub(crate) const fn new(status: Status, why: &'static str) -> Self {
        Rejection { status, why }
    }

    /// 400: what came is not HTTP as RFC 9112 has it.
    pub(crate) const fn bad(why: &'static str) -> Self {
        Rejection::new(Status::BAD_REQUEST, why)
    }
}
