//! `Web`: the framing of a browser's connection, from HTTP requests to a WebSocket. Floor 3.
//!
//! ```text
//!             ┌───────────── answered, and the client keeps the connection ──┐
//!             ▼                                                              │
//! bytes ─▶ Reading ──a whole request──▶ Asked ──Exchange::answer──▶ Respond ─┤
//!                                                     │                      └─▶ Over
//!                                                     └──▶ Upgrade ─▶ Socket ──▶ Over
//!                                                                 Opened, Message, Pinged
//! ```
//!
//! It knows nothing of pages, names or rooms: what is asked goes to the host as [`Event::Asked`], and
//! the host's [`Answer`] is written on the next call to `decode`, which may well have no new input.
//! While an answer is owed, the requests behind it wait in the input, so pipelined answers keep their
//! order (RFC 9112 §9.3.2). The bytes behind an upgrade are the first frames.

mod close;
mod event;
mod handshake;
mod socket;
mod whole;
mod wire;

use bytes::Bytes;
use chat_core::limits::{LINE_IN_BYTES_MAX, Limits};
use chat_core::net::framing::{Farewell, Fault, Frame, Framing, Input, Unreadable, Wire};
use tungstenite::Message;

pub use close::CLOSED;
pub use event::{Answer, Claim, Event, Exchange, Opened, Raw, Upgrade};
pub use handshake::shake_hands;
pub use wire::{BINARY, HTTP, Opcode, TEXT};

use crate::http::{HttpBounds, Manner, Rejection, RequestReader, Response};
use close::{fault_of, say_close, say_farewell};
use socket::{Heard, Socket};

/// What every connection of a door has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long a request may be.
    pub http: HttpBounds,
    /// Bytes of one WebSocket message, fragments together.
    pub message_bytes_max: usize,
    /// What becomes of a message.
    pub mode: Mode,
}

/// What a WebSocket message is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A line of a chat: UTF-8, no line end within it, not longer than a line may be.
    Lines,
    /// Anything; the host gets it as [`Event::Raw`].
    Raw,
}

impl From<&Limits> for Settings {
    fn from(limits: &Limits) -> Self {
        let max = limits.websocket_message_bytes;
        Settings {
            http: HttpBounds::from(limits),
            message_bytes_max: usize::try_from(max).unwrap_or(usize::MAX),
            mode: Mode::Lines,
        }
    }
}

/// One browser's connection.
#[derive(Debug)]
pub struct Web {
    settings: Settings,
    state: State,
    /// What the host was told last. An answer to it is taken from here.
    event: Option<Event>,
    /// The message that the host was given last, if it was one of the usual kind.
    text: String,
    /// The same for any other.
    message: Bytes,
}

#[derive(Debug)]
enum State {
    Reading(RequestReader),
    Socket(Socket, Opcode),
    Over(Fault),
}

/// What the host's answer to the last event leads to.
enum Next {
    /// There is none yet.
    Wait,
    /// The next request or message.
    Go,
    /// First the news that the connection is a WebSocket.
    Tell(Opened),
}

impl Web {
    /// A connection that starts with HTTP.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Web {
            settings,
            state: State::Reading(RequestReader::default()),
            event: None,
            text: String::new(),
            message: Bytes::new(),
        }
    }

    /// The request that waits for its answer.
    pub fn exchange(&mut self) -> Option<&mut Exchange> {
        match &mut self.event {
            Some(Event::Asked(exchange)) => Some(exchange),
            _ => None,
        }
    }

    /// Whether this is a WebSocket by now, so that there is a person behind it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Socket(..))
    }

    /// Appends `answer` if a request has begun and takes too long to come in: RFC 9110 §15.5.9. An
    /// idle connection is closed without a word, since browsers open some in advance.
    pub fn time_out(&mut self, answer: &Response, out: &mut Vec<u8>) {
        if matches!(&self.state, State::Reading(reader) if reader.has_begun()) {
            answer.encode(Manner::LAST, out);
        }
        self.event = None;
        self.state = State::Over(Fault("the request took too long"));
    }

    /// Writes the answer to the last request, if there was one.
    fn settle(&mut self, replies: &mut Vec<u8>) -> Result<Next, Fault> {
        let Some(Event::Asked(mut exchange)) = self.event.take() else {
            return Ok(Next::Go);
        };
        match exchange.take_answer() {
            Some(answer) => self.write(&exchange, answer, replies),
            None => {
                self.event = Some(Event::Asked(exchange));
                Ok(Next::Wait)
            }
        }
    }

    fn write(
        &mut self,
        exchange: &Exchange,
        answer: Answer,
        replies: &mut Vec<u8>,
    ) -> Result<Next, Fault> {
        let manner = exchange.manner();
        match answer {
            Answer::Upgrade(upgrade) => {
                upgrade.response.encode(manner, replies);
                Ok(Next::Tell(self.open(&upgrade)))
            }
            Answer::Respond(response) if response.encode(manner, replies) => Ok(Next::Go),
            Answer::Respond(_) => Err(self.end(match exchange.request {
                Err(Rejection { why, .. }) => Fault(why),
                Ok(_) => CLOSED,
            })),
        }
    }

    fn open(&mut self, upgrade: &Upgrade) -> Opened {
        let socket = Socket::new(self.settings.message_bytes_max);
        self.state = State::Socket(socket, upgrade.opcode);
        Opened {
            opcode: upgrade.opcode,
            claim: upgrade.claim,
        }
    }

    fn tell(&mut self, event: Event) -> Frame<'_> {
        Frame::Other(self.event.insert(event))
    }

    fn end(&mut self, fault: Fault) -> Fault {
        self.state = State::Over(fault.clone());
        fault
    }

    /// A data frame goes to the host; of a control frame only the rest of its consequences is left.
    fn on_message(&mut self, message: Message) -> Result<Option<Frame<'_>>, Fault> {
        match message {
            Message::Text(text) => Ok(Some(self.on_data(Opcode::Text, text.into()))),
            Message::Binary(bytes) => Ok(Some(self.on_data(Opcode::Binary, bytes))),
            Message::Ping(_) => Ok(Some(self.tell(Event::Pinged))),
            Message::Close(_) => Err(self.end(CLOSED)),
            Message::Pong(_) | Message::Frame(_) => Ok(None),
        }
    }

    fn on_text(&mut self, opcode: Opcode) -> Frame<'_> {
        match self.settings.mode {
            Mode::Raw => {
                let payload = std::mem::take(&mut self.text).into();
                self.on_data(opcode, payload)
            }
            Mode::Lines => {
                let line = without_end(self.text.as_bytes());
                let text = &self.text[..line.len()];
                match wrong_with(line) {
                    None => Frame::Message(text),
                    Some(wrong) => Frame::Unreadable(wrong, line),
                }
            }
        }
    }

    fn on_data(&mut self, opcode: Opcode, payload: Bytes) -> Frame<'_> {
        match (self.settings.mode, &mut self.state) {
            (Mode::Raw, State::Socket(_, current)) => {
                *current = opcode;
                self.tell(Event::Raw(Raw { opcode, payload }))
            }
            _ => {
                self.message = payload;
                line(&self.message)
            }
        }
    }
}

impl Framing for Web {
    fn decode<'a>(
        &'a mut self,
        input: &mut Input<'a>,
        replies: &mut Vec<u8>,
    ) -> Result<Option<Frame<'a>>, Fault> {
        self.message = Bytes::new();
        match self.settle(replies)? {
            Next::Wait => return Ok(None),
            Next::Tell(opened) => return Ok(Some(self.tell(Event::Opened(opened)))),
            Next::Go => {}
        }
        match &mut self.state {
            State::Reading(reader) => {
                let request = reader.next(input, &self.settings.http, replies);
                let request = request.transpose().map(Exchange::new);
                Ok(request.map(|exchange| self.tell(Event::Asked(Box::new(exchange)))))
            }
            State::Socket(socket, _) => {
                if let Some(opcode) = socket.take_whole(input, &mut self.text) {
                    return Ok(Some(self.on_text(opcode)));
                }
                self.text = String::new();
                match next_message(socket, input, replies) {
                    Ok(Some(Heard::Message(message))) => self.on_message(message),
                    Ok(Some(Heard::Nothing)) => Ok(Some(self.tell(Event::Pinged))),
                    Ok(None) => Ok(None),
                    Err(fault) => Err(self.end(fault)),
                }
            }
            State::Over(fault) => Err(fault.clone()),
        }
    }

    fn wire(&self) -> Wire {
        match self.state {
            State::Socket(_, opcode) => opcode.wire(),
            State::Reading(_) | State::Over(_) => HTTP,
        }
    }

    /// A close frame on a WebSocket, once; nothing in HTTP, where an answer says it all.
    fn farewell(&mut self, farewell: &Farewell, out: &mut Vec<u8>) {
        if self.is_open() {
            say_farewell(farewell, out);
            self.state = State::Over(CLOSED);
        }
    }
}

/// The next frame or message; whoever breaks the protocol is told so.
fn next_message(
    socket: &mut Socket,
    input: &mut Input<'_>,
    replies: &mut Vec<u8>,
) -> Result<Option<Heard>, Fault> {
    socket.next(input, replies).map_err(|error| {
        let (code, fault) = fault_of(&error);
        say_close(code, fault.0, replies);
        fault
    })
}

/// One WebSocket message is one line. The line end of a client that adds one is forgiven; what else
/// could be read as two lines further on is not.
fn line(message: &[u8]) -> Frame<'_> {
    let line = without_end(message);
    match (wrong_with(line), std::str::from_utf8(line)) {
        (Some(wrong), _) => Frame::Unreadable(wrong, line),
        (None, Ok(text)) => Frame::Message(text),
        (None, Err(_)) => Frame::Unreadable(Unreadable::NotUtf8, line),
    }
}

fn without_end(message: &[u8]) -> &[u8] {
    let line = message.strip_suffix(b"\r\n");
    line.or_else(|| message.strip_suffix(b"\n"))
        .unwrap_or(message)
}

/// Why a message is not one line, if it is not.
fn wrong_with(line: &[u8]) -> Option<Unreadable> {
    if line.len() > LINE_IN_BYTES_MAX - 2 {
        return Some(Unreadable::TooLong);
    }
    let control = memchr::memchr3(b'\r', b'\n', b'\0', line);
    control.map(|_| Unreadable::ControlByte)
}
