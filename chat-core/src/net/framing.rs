//! Bytes ⇄ messages. Floor 2; knows nothing of chat and nothing of sockets.
//!
//! A [`Framing`] belongs to one connection and takes messages off its bytes. It is an open trait:
//! [`Lines`](super::lines::Lines) is here, chat-web brings its own, an embedder may bring another. Half a message is not
//! an error and is not read twice: what is left over comes again with more behind it, and the framing
//! remembers how far it has searched.
//!
//! A framing of one's own goes to a [`Door`](super::Door), which makes one for each connection, and the door with a
//! dialect to [`Builder::door`](crate::relay::Builder::door): then its people are in the same rooms as everybody. What it has
//! to hold to is said at [`Framing::decode`], [`Frame::Message`] and [`Wire`]. The example `custom_framing` is one for
//! messages behind their lengths, in eighty lines.

use std::any::Any;

use bytes::BytesMut;

/// One connection's way of finding messages in its bytes.
pub trait Framing: Any + Send {
    /// Takes the next message off the front of `input`; `None` waits for more bytes.
    ///
    /// What is not taken is offered again, in front of what came since. `replies` is for answers of
    /// the framing's own (a pong, an HTTP error); they are sent before anything that the host says
    /// to this message.
    ///
    /// It is called until it returns `None` having neither taken nor replied anything, also with
    /// nothing left to take: after a [`Frame::Other`] it may have the host's answer to encode. While
    /// it waits for such an answer it returns `None` and is called again when the person is resumed.
    ///
    /// # Errors
    /// The peer broke the framing beyond repair and is to be dismissed. Its last bytes, if any, are
    /// in `replies`.
    fn decode<'a>(
        &'a mut self,
        input: &mut Input<'a>,
        replies: &mut Vec<u8>,
    ) -> Result<Option<Frame<'a>>, Fault>;

    /// How messages to this person are put on the wire at present.
    ///
    /// It is asked before [`decode`](Self::decode), and the answer holds for the replies of that call and
    /// for what the host says to its frame. So a framing that changes its wire returns `None` first,
    /// and takes the first message of the new kind when it is called again.
    fn wire(&self) -> Wire;

    /// Appends what the peer should see last, if this framing has such a thing.
    fn farewell(&mut self, _farewell: &Farewell, _out: &mut Vec<u8>) {}
}

/// Bytes that came from a peer and were not taken yet.
#[derive(Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
    taken: usize,
}

impl<'a> Input<'a> {
    /// Everything that is there.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Input { bytes, taken: 0 }
    }

    /// What was not taken yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        &self.bytes[self.taken..]
    }

    /// Takes up to `count` bytes off the front.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let count = count.min(self.rest().len());
        let start = self.taken;
        self.taken += count;
        &self.bytes[start..self.taken]
    }

    /// How many bytes were taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken
    }
}

/// What a framing found.
pub enum Frame<'a> {
    /// One message for the host: an IRC line without its line end, a WebSocket text.
    Message(&'a str),
    /// A message that cannot be passed on, and what there is of its bytes; the connection is still sound.
    Unreadable(Unreadable, &'a [u8]),
    /// Something that only this framing and its host understand, such as an HTTP request.
    Other(&'a mut dyn Any),
}

impl std::fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Frame::Message(text) => f.debug_tuple("Message").field(text).finish(),
            Frame::Unreadable(why, _) => f.debug_tuple("Unreadable").field(why).finish(),
            Frame::Other(_) => f.write_str("Other"),
        }
    }
}

/// Why a message cannot be passed on. The host tells the person, who goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Longer than [`LINE_IN_BYTES_MAX`](crate::limits::LINE_IN_BYTES_MAX); it was skipped to its end.
    TooLong,
    /// A CR, LF or NUL in the middle.
    ControlByte,
    /// Not UTF-8.
    NotUtf8,
}

/// A peer that broke the framing: why it is dismissed, for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub &'static str);

/// Why the house ends a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// A WebSocket close code: RFC 6455 §7.4, or 4000–4999 of our own.
    pub code: u16,
    /// For people, at most 123 bytes on a WebSocket.
    pub reason: String,
}

impl Farewell {
    /// Everything was said. RFC 6455 §7.4.1.
    pub const NORMAL: u16 = 1000;
    /// Somebody did what the house does not suffer. RFC 6455 §7.4.1.
    pub const POLICY: u16 = 1008;
    /// The service restarts: come again. IANA registry of close codes.
    pub const RESTART: u16 = 1012;
    /// There is no place now: come again later. IANA registry of close codes.
    pub const TRY_AGAIN_LATER: u16 = 1013;

    /// The program around the chat does not want this person: the page does not come back by itself. The first of the
    /// codes from 4500 to 4999, all of which the page takes so; after others it comes back.
    pub const NOT_WELCOME: u16 = 4500;

    /// A reason with its code; with [`POLICY`](Self::POLICY) if that code cannot be sent (RFC 6455 §7.4).
    #[must_use]
    pub fn new(code: u16, reason: impl Into<String>) -> Self {
        let is_sendable = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
        Farewell {
            code: if is_sendable { code } else { Self::POLICY },
            reason: reason.into(),
        }
    }

    /// For somebody who reads too slowly.
    #[must_use]
    pub fn too_slow() -> Self {
        Farewell::new(Farewell::POLICY, "Reading too slowly")
    }
}

/// How an outgoing message is put on the wire. People with equal wires get the same bytes, so
/// a message is wrapped once for all of them.
#[derive(Clone, Copy)]
pub struct Wire {
    /// Tells wires apart: no two different ones have the same name.
    pub name: &'static str,
    /// Appends one message, wrapped.
    pub wrap: fn(message: &[u8], out: &mut BytesMut),
    /// Length of the wrapped message at the front of `bytes`, which begin with one: where the next
    /// one starts. Used when a queue is cut, so that no message is sent in part.
    pub first: fn(bytes: &[u8]) -> usize,
    /// The message that one wrapped one holds, exactly as it was given to `wrap`; empty if it holds
    /// none, as a pong. Used when a queue is thinned.
    pub message: fn(wrapped: &[u8]) -> &[u8],
}

impl PartialEq for Wire {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Wire {}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
