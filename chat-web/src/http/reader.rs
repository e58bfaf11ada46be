//! Requests off a stream, one after the other.

use chat_core::limits::Limits;
use chat_core::net::framing::Input;

use super::body::BodyReader;
use super::scan::HeadScan;
use super::{Rejection, Request, Status, Version, head};
use crate::limits::BODY_BYTES_MAX;

/// How long the parts of a request may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpBounds {
    /// Bytes of a head, its empty line included.
    pub head_bytes_max: usize,
    /// Bytes of a body, decoded.
    pub body_bytes_max: usize,
}

impl From<&Limits> for HttpBounds {
    fn from(limits: &Limits) -> Self {
        HttpBounds {
            head_bytes_max: usize::try_from(limits.http_head_bytes).unwrap_or(usize::MAX),
            body_bytes_max: BODY_BYTES_MAX,
        }
    }
}

/// Reads requests. A head stays in the input until it is whole, so between two requests this holds
/// no memory.
#[derive(Debug, Default)]
pub struct RequestReader {
    scan: HeadScan,
    has_begun: bool,
    /// A request whose body is still coming.
    partial: Option<Box<(Request, BodyReader)>>,
}

impl RequestReader {
    /// Takes the next request; `None` waits for more bytes.
    ///
    /// An interim `100 Continue` goes to `replies`.
    ///
    /// # Errors
    /// The stream cannot be read on: answer with the status and close.
    pub fn next(
        &mut self,
        input: &mut Input<'_>,
        bounds: &HttpBounds,
        replies: &mut Vec<u8>,
    ) -> Result<Option<Request>, Rejection> {
        if self.partial.is_none() {
            match self.read_head(input, bounds)? {
                Some(request) => self.begin_body(request, bounds, input, replies)?,
                None => return Ok(None),
            }
        }
        self.read_body(input)
    }

    /// Whether a request has begun to come in: then it is late, and not merely idle.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.has_begun
    }

    fn read_head(
        &mut self,
        input: &mut Input<'_>,
        bounds: &HttpBounds,
    ) -> Result<Option<Request>, Rejection> {
        if !self.has_begun {
            skip_empty_lines(input);
        }
        let rest = input.rest();
        self.has_begun = !rest.is_empty() && rest != b"\r";
        if !self.has_begun {
            return Ok(None);
        }
        match self.scan.end(rest, bounds.head_bytes_max)? {
            Some(length) => head::parse(input.take(length)).map(Some),
            None => Ok(None),
        }
    }

    fn begin_body(
        &mut self,
        request: Request,
        bounds: &HttpBounds,
        input: &Input<'_>,
        replies: &mut Vec<u8>,
    ) -> Result<(), Rejection> {
        let body = BodyReader::of(&request, bounds.body_bytes_max)?;
        if expects_continue(&request)? && !body.is_empty() && input.rest().is_empty() {
            replies.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        self.partial = Some(Box::new((request, body)));
        Ok(())
    }

    fn read_body(&mut self, input: &mut Input<'_>) -> Result<Option<Request>, Rejection> {
        let Some(mut partial) = self.partial.take() else {
            return Ok(None);
        };
        match partial.1.read(input)? {
            Some(body) => {
                self.has_begun = false;
                let (request, _) = *partial;
                Ok(Some(Request { body, ..request }))
            }
            None => {
                self.partial = Some(partial);
                Ok(None)
            }
        }
    }
}

/// RFC 9112 §2.2: an empty line before a request is read over; some clients send one after a body.
fn skip_empty_lines(input: &mut Input<'_>) {
    while input.rest().starts_with(b"\r\n") {
        input.take(2);
    }
}

/// RFC 9110 §10.1.1: `100-continue` is the only expectation there is; HTTP/1.0 has none.
fn expects_continue(request: &Request) -> Result<bool, Rejection> {
    match request.fields.first("expect") {
        Some(_) if request.version == Version::Http10 => Ok(false),
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("100-continue") => Ok(true),
        Some(_) => Err(Rejection::new(
            Status::EXPECTATION_FAILED,
            "the only expectation known here is 100-continue",
        )),
    }
}
