//! The WebSocket half: tungstenite over pipes in memory. RFC 6455.
//!
//! tungstenite reads from the input and writes to the replies, so it never sees a socket, is never
//! blocked on a write, and its pongs share the outbox with everything else. It is given one frame at a
//! time: what is behind that frame stays in the input, where the host's pauses apply to it, and
//! between two messages there is nothing to keep, so an idle connection has no buffers at all.

use std::io::{self, Cursor, ErrorKind, Read, Write};

use chat_core::net::framing::Input;
use tungstenite::Message;
use tungstenite::error::Error;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};

use crate::limits::WEBSOCKET_READ_BYTES;

/// What came off the stream.
#[derive(Debug)]
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
    /// There while a frame or a fragmented message is incomplete.
    context: Option<Box<WebSocketContext>>,
    /// Bytes of the current frame that have not come yet.
    frame_left: u64,
    /// Within a message of several frames.
    is_fragmented: bool,
    /// The current frame is a fragment without content.
    is_empty: bool,
    message_bytes_max: usize,
}

impl Socket {
    pub(super) fn new(message_bytes_max: usize) -> Self {
        Socket {
            context: None,
            frame_left: 0,
            is_fragmented: false,
            is_empty: false,
            message_bytes_max,
        }
    }

    /// Takes the next message or control frame; `None` waits for more bytes. Pongs and the answer to
    /// a close are in `replies` when this returns.
    pub(super) fn next(
        &mut self,
        input: &mut Input<'_>,
        replies: &mut Vec<u8>,
    ) -> Result<Option<Heard>, Error> {
        while self.frame_left > 0 || self.begin_frame(input)? {
            match self.read(input, replies) {
                Ok(Message::Pong(_)) => return Ok(Some(Heard::Nothing)),
                Ok(message) => return Ok(Some(Heard::Message(message))),
                Err(Error::Io(e)) if e.kind() == ErrorKind::WouldBlock && self.is_over_empty() => {
                    return Ok(Some(Heard::Nothing));
                }
                // The frame was a fragment, and the next one may be there.
                Err(Error::Io(e)) if e.kind() == ErrorKind::WouldBlock && self.frame_left == 0 => {}
                Err(Error::Io(e)) if e.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Looks at the header of the next frame; false if it is not whole yet.
    fn begin_frame(&mut self, input: &Input<'_>) -> Result<bool, Error> {
        let mut cursor = Cursor::new(input.rest());
        let Some((header, length)) = FrameHeader::parse(&mut cursor)? else {
            self.rest();
            return Ok(false);
        };
        self.frame_left = length.saturating_add(cursor.position());
        self.is_empty = length == 0 && !header.is_final;
        if let OpCode::Data(Data::Text | Data::Binary | Data::Continue) = header.opcode {
            self.is_fragmented = !header.is_final;
        }
        Ok(true)
    }

    /// Whether a fragment without content is over.
    fn is_over_empty(&self) -> bool {
        self.is_empty && self.frame_left == 0
    }

    /// Between two messages: lets the buffers go.
    fn rest(&mut self) {
        if !self.is_fragmented {
            self.context = None;
        }
    }

    fn read(&mut self, input: &mut Input<'_>, replies: &mut Vec<u8>) -> Result<Message, Error> {
        let max = self.message_bytes_max;
        let context = self.context.get_or_insert_with(|| new_context(max));
        let mut pipe = Pipe {
            input,
            left: &mut self.frame_left,
            replies,
        };
        let message = context.read(&mut pipe)?;
        if matches!(message, Message::Ping(_) | Message::Close(_)) {
            flush(context, &mut pipe)?;
        }
        Ok(message)
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

/// The input up to the end of the current frame, and the replies.
struct Pipe<'a, 'b> {
    input: &'a mut Input<'b>,
    left: &'a mut u64,
    replies: &'a mut Vec<u8>,
}

impl Read for Pipe<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(*self.left).unwrap_or(usize::MAX);
        let bytes = self.input.take(buffer.len().min(left));
        if bytes.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        buffer[..bytes.len()].copy_from_slice(bytes);
        *self.left -= bytes.len() as u64;
        Ok(bytes.len())
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
