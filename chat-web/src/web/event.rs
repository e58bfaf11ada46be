//! What a browser's connection has to tell its host besides messages.

use bytes::Bytes;

use super::wire::Opcode;
use crate::http::{Manner, Rejection, Request, Response};
use crate::session::SessionId;

/// What stands behind `Frame::Other` of a [`Web`](super::Web).
#[derive(Debug)]
pub enum Event {
    /// An HTTP request, which waits for its answer; so do the requests behind it.
    Asked(Box<Exchange>),
    /// The connection is a WebSocket now; its person begins. What is said from here on arrives.
    Opened(Opened),
    /// A frame came that is no message: a ping, whose pong is on the way, a pong, or a fragment
    /// without content. For the flood limit: otherwise there is nothing to do.
    Pinged,
    /// A whole message as it came, when [`Mode::Raw`](super::Mode::Raw) is asked for.
    Raw(Raw),
}

/// A request and the answer to it, which may be given at once or in a later turn.
#[derive(Debug)]
pub struct Exchange {
    /// What was asked, or why nobody can tell; then the answer is the last one.
    pub request: Result<Request, Rejection>,
    answer: Option<Answer>,
}

impl Exchange {
    pub(super) fn new(request: Result<Request, Rejection>) -> Self {
        Exchange {
            request,
            answer: None,
        }
    }

    /// Answers; a second answer takes the place of one that was not sent yet.
    pub fn answer(&mut self, answer: impl Into<Answer>) {
        self.answer = Some(answer.into());
    }

    pub(super) fn take_answer(&mut self) -> Option<Answer> {
        self.answer.take()
    }

    pub(super) fn manner(&self) -> Manner {
        self.request.as_ref().map_or(Manner::LAST, Manner::of)
    }
}

/// What a host says to a request.
#[derive(Debug)]
pub enum Answer {
    /// This, and then the next request.
    Respond(Response),
    /// From here on a WebSocket.
    Upgrade(Upgrade),
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Answer::Respond(response)
    }
}

/// The 101, and what is known about the socket that it opens.
#[derive(Debug)]
pub struct Upgrade {
    /// As [`shake_hands`](super::shake_hands) made it.
    pub response: Response,
    /// How messages will travel.
    pub opcode: Opcode,
    /// Whose socket it will be.
    pub claim: Claim,
}

/// Whose a WebSocket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody's yet: it registers as any IRC client.
    Nobody,
    /// This session's; look whether it is there still.
    Session(SessionId),
    /// A browser's whose session is over. It is to be told (4002), or else its page would go on
    /// under a name that nobody keeps for it.
    Expired,
}

/// A WebSocket that has just been opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// How messages travel.
    pub opcode: Opcode,
    /// Whose it is, as it was when the request was answered.
    pub claim: Claim,
}

/// A message that nobody has looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    /// The kind of frame that it came in; the wire of the connection is of this kind until the
    /// next message.
    pub opcode: Opcode,
    /// Its bytes; of a text they are UTF-8.
    pub payload: Bytes,
}
