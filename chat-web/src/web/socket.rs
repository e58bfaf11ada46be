//! The WebSocket half: tungstenite over pipes in memory. RFC 6455.
//!
//! tungstenite reads from the input and writes to the replies, so it never sees a socket, is never
//! blocked on a write, and its pongs share the outbox with everything else. It is given one frame at a
//! time: what is behind that frame stays in the input, where the host's pauses apply to it, and
//! between two messages there is nothing to keep, so an idle connection has no buffers at all.
//!
//! tungstenite would make room for a whole frame as soon as its header is there, and look into it when
//! all of it has come. So a data frame that comes in pieces is given to it as fragments, one for each
//! piece, which RFC 6455 §5.4 allows: what a peer announces is never allocated, and a text
//! that is not UTF-8 fails where it stops being so (§8.1).
//!
//! Messages of the usual kind, one whole frame each, are read without it: `whole.rs`.

use std::io::{self, Cursor, ErrorKind, Read, Take, Write};

use chat_core::net::framing::Input;
use tungstenite::Message;
use tungstenite::error::{CapacityError, Error, ProtocolError};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};

use super::whole;
use super::wire::Opcode;
use crate::limits::{CONTROL_BYTES_MAX, FRAME_HEAD_BYTES_MAX, WEBSOCKET_READ_BYTES};

/// What came off the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A message, or a control frame that does something.
    Message(Message),
    /// A frame that says nothing: a pong, or a fragment without content. Whoever sends many of them
    /// costs as much as whoever talks.
    Nothing,
}

/// One open WebSocket.
#[derive(Debug)]
pub(super) struct Socket {
    /// There while a message is incomplete.
    context: Option<Box<WebSocketContext>>,
    /// The frame that has begun and is not given to tungstenite to its end.
    frame: Option<Rest>,
    /// Within a message.
    is_incomplete: bool,
    /// Bytes of the current message, as far as its frames announced them; between two, of the last one
    /// that was read here.
    message_bytes: u64,
    message_bytes_max: usize,
}

/// What is left of a frame.
#[derive(Debug)]
struct Rest {
    /// Of a frame that would hold what is left.
    header: FrameHeader,
    bytes: u64,
}

impl Socket {
    pub(super) fn new(message_bytes_max: usize) -> Self {
        Socket {
            context: None,
            frame: None,
            is_incomplete: false,
            message_bytes: 0,
            message_bytes_max,
        }
    }

    /// Takes the next message into `text` if it is one whole frame of the usual kind, which needs no
    /// tungstenite.
    pub(super) fn take_whole(&self, input: &mut Input<'_>, text: &mut String) -> Option<Opcode> {
        let is_between = self.frame.is_none() && !self.is_incomplete;
        is_between
            .then(|| whole::take(input, self.message_bytes_max, text))
            .flatten()
    }

    /// Takes the next message or control frame; `None` waits for more bytes. Pongs and the answer to
    /// a close are in `replies` when this returns.
    pub(super) fn next(
        &mut self,
        input: &mut Input<'_>,
        replies: &mut Vec<u8>,
    ) -> Result<Option<Heard>, Error> {
        while let Some(piece) = self.next_piece(input)? {
            let is_empty = piece.payload.is_empty();
            match self.read(piece, replies) {
                Ok(Message::Pong(_)) => return Ok(Some(Heard::Nothing)),
                Ok(message) => return Ok(Some(Heard::Message(message))),
                // It was a fragment, and the next one may be there.
                Err(Error::Io(e)) if e.kind() == ErrorKind::WouldBlock && !is_empty => {}
                Err(Error::Io(e)) if e.kind() == ErrorKind::WouldBlock => {
                    return Ok(Some(Heard::Nothing));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Takes what has come of the current frame, as a frame of its own.
    fn next_piece<'a>(&mut self, input: &mut Input<'a>) -> Result<Option<Piece<'a>>, Error> {
        let mut frame = match self.frame.take() {
            Some(frame) => frame,
            None => match self.begin_frame(input)? {
                Some(frame) => frame,
                None => return Ok(None),
            },
        };
        let piece = frame.next_piece(input)?;
        let is_over = piece.is_some() && frame.bytes == 0;
        if frame.is_data() {
            self.is_incomplete = !(is_over && frame.header.is_final);
        }
        self.frame = (!is_over).then_some(frame);
        Ok(piece)
    }

    /// Takes the header of the next frame, if it is whole.
    fn begin_frame(&mut self, input: &mut Input<'_>) -> Result<Option<Rest>, Error> {
        let mut cursor = Cursor::new(input.rest());
        let Some((header, bytes)) = FrameHeader::parse(&mut cursor)? else {
            self.rest();
            return Ok(None);
        };
        input.take(usize::try_from(cursor.position()).unwrap_or(usize::MAX));
        self.check_length(&header, bytes)?;
        Ok(Some(Rest { header, bytes }))
    }

    /// RFC 6455 §5.5: 125 for a control frame. §10.4: our own bound for a message.
    fn check_length(&mut self, header: &FrameHeader, bytes: u64) -> Result<(), Error> {
        self.message_bytes = match header.opcode {
            OpCode::Control(_) if bytes > CONTROL_BYTES_MAX => {
                return Err(ProtocolError::ControlFrameTooBig.into());
            }
            OpCode::Control(_) => self.message_bytes,
            OpCode::Data(Data::Continue) if self.is_incomplete => {
                self.message_bytes.saturating_add(bytes)
            }
            OpCode::Data(_) => bytes,
        };
        let size = usize::try_from(self.message_bytes).unwrap_or(usize::MAX);
        let max_size = self.message_bytes_max;
        if size > max_size {
            return Err(CapacityError::MessageTooLong { size, max_size }.into());
        }
        Ok(())
    }

    /// Between two messages: lets the buffers go.
    fn rest(&mut self) {
        if !self.is_incomplete {
            self.context = None;
        }
    }

    fn read(&mut self, piece: Piece<'_>, replies: &mut Vec<u8>) -> Result<Message, Error> {
        let max = self.message_bytes_max;
        let context = self.context.get_or_insert_with(|| new_context(max));
        let mut pipe = Pipe { piece, replies };
        let message = context.read(&mut pipe)?;
        if matches!(message, Message::Ping(_) | Message::Close(_)) {
            flush(context, &mut pipe)?;
        }
        Ok(message)
    }
}

impl Rest {
    fn is_data(&self) -> bool {
        matches!(self.header.opcode, OpCode::Data(_))
    }

    /// What is there of it. A control frame must not be fragmented (RFC 6455 §5.4), so it waits until it
    /// is whole.
    fn next_piece<'a>(&mut self, input: &mut Input<'a>) -> Result<Option<Piece<'a>>, Error> {
        let here = input.rest().len();
        let count = usize::try_from(self.bytes).map_or(here, |bytes| bytes.min(here));
        let is_whole = count as u64 == self.bytes;
        if !is_whole && (count == 0 || !self.is_data()) {
            return Ok(None);
        }
        let mut header = self.header.clone();
        header.is_final &= is_whole;
        self.advance(count);
        Piece::new(&header, input.take(count)).map(Some)
    }

    /// What follows continues this frame, and the mask where it is in its turn.
    fn advance(&mut self, count: usize) {
        self.bytes -= count as u64;
        if self.is_data() {
            self.header.opcode = OpCode::Data(Data::Continue);
        }
        if let Some(mask) = &mut self.header.mask {
            let turn = count % mask.len();
            mask.rotate_left(turn);
        }
    }
}

/// Sends what tungstenite wants to say by itself. After the answer to a close it says that the
/// connection is closed, which the caller knows by then.
fn flush(context: &mut WebSocketContext, pipe: &mut Pipe<'_, '_>) -> Result<(), Error> {
    match context.flush(pipe) {
        Err(Error::ConnectionClosed) => Ok(()),
        flushed => flushed,
    }
}

/// The library's defaults are 128 KiB of buffer, an unbounded outbox and 64 MiB for a message.
fn new_context(message_bytes_max: usize) -> Box<WebSocketContext> {
    let config = WebSocketConfig::default()
        .read_buffer_size(WEBSOCKET_READ_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(message_bytes_max))
        .max_frame_size(Some(message_bytes_max));
    Box::new(WebSocketContext::new(Role::Server, Some(config)))
}

/// One frame for tungstenite, and the replies.
struct Pipe<'a, 'b> {
    piece: Piece<'a>,
    replies: &'b mut Vec<u8>,
}

/// A frame, or a part of one with a header of its own.
struct Piece<'a> {
    head: Take<Cursor<[u8; FRAME_HEAD_BYTES_MAX]>>,
    payload: &'a [u8],
}

impl<'a> Piece<'a> {
    fn new(header: &FrameHeader, payload: &'a [u8]) -> Result<Self, Error> {
        let mut head = [0; FRAME_HEAD_BYTES_MAX];
        let length = payload.len() as u64;
        header.format(length, &mut &mut head[..])?;
        Ok(Piece {
            head: Cursor::new(head).take(header.len(length) as u64),
            payload,
        })
    }
}

impl Read for Pipe<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = self.piece.head.read(buffer)?;
        let count = head + self.piece.payload.read(&mut buffer[head..])?;
        if count == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(count)
    }
}

impl Write for Pipe<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.replies.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether anything is kept after each of these pieces of input.
    fn kept(pieces: &[&[u8]]) -> Vec<bool> {
        let mut socket = Socket::new(1000);
        let mut replies = Vec::new();
        let after = pieces.iter().map(|piece| {
            let mut input = Input::new(piece);
            while socket.next(&mut input, &mut replies).unwrap().is_some() {}
            assert!(input.rest().is_empty());
            socket.context.is_some() || socket.frame.is_some()
        });
        after.collect()
    }

    #[test]
    fn between_two_messages_there_are_no_buffers() {
        let ping = b"\x89\x81\0\0\0\0x";
        let begun = b"\x01\x81\0\0\0\0x";
        let ended = b"\x80\x81\0\0\0\0x";
        let (half, other) = (&b"\x81\x82\0\0\0\0x"[..], &b"y"[..]);
        assert_eq!(kept(&[ping]), [false]);
        assert_eq!(
            kept(&[begun, ping, ended, ping]),
            [true, true, false, false]
        );
        assert_eq!(kept(&[half, other]), [true, false]);
    }

    #[test]
    fn a_continuation_of_nothing_breaks_the_protocol_however_long_the_message_before_it() {
        let (whole, continuation) = (b"\x81\x83\0\0\0\0xyz", b"\x80\x82\0\0\0\0xy");
        let mut socket = Socket::new(4);
        let mut next = |bytes: &[u8]| socket.next(&mut Input::new(bytes), &mut Vec::new());
        assert_eq!(
            next(whole).unwrap(),
            Some(Heard::Message(Message::text("xyz")))
        );
        let error = next(continuation).unwrap_err();
        let expected = ProtocolError::UnexpectedContinueFrame;
        assert!(matches!(error, Error::Protocol(e) if e == expected));
    }

    #[test]
    fn pieces_of_a_frame_are_unmasked_where_they_are() {
        let frame = b"\x81\x8b\x01\x02\x03\x04igohn\"tksng";
        for at in 6..frame.len() {
            for end in at..frame.len() {
                let mut socket = Socket::new(1000);
                let mut last = None;
                for piece in [&frame[..at], &frame[at..end], &frame[end..]] {
                    last = socket
                        .next(&mut Input::new(piece), &mut Vec::new())
                        .unwrap();
                }
                assert_eq!(last, Some(Heard::Message(Message::text("hello world"))));
            }
        }
    }
}
