//! The host of a browser's connection: hears requests, answers them, and hears messages.

use std::any::Any;

use chat_core::limits::Limits;
use chat_core::net::framing::{Farewell, Frame, Framing};
use chat_web::http::{Response, Status};
use chat_web::web::{
    Answer, CLOSED, Claim, Event, Exchange, Mode, Opcode, Settings, Upgrade, Web, shake_hands,
};

use crate::connection::{Connection, Listener};
use crate::memory;
use crate::oracle::frames::pongs_and_close;
use crate::oracle::lines::Told;
use crate::pieces::Input;

/// What the framing told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A request as it is printed, and its body; or why it is none.
    Asked(String, Option<Vec<u8>>),
    Opened(Opcode),
    Pinged,
    Raw(Opcode, Vec<u8>),
    Told(Told),
}

/// Bounds that are small, so that short inputs reach them.
pub(crate) const HEAD_BYTES_MAX: usize = 512;
pub(crate) const BODY_BYTES_MAX: usize = 100;

/// What one call to `decode` may send: an answer of this host, a pong with a close, or `100 Continue`.
const REPLY_BYTES_MAX: usize = 512;

pub(crate) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

pub(crate) fn settings(mode: Mode, message_bytes_max: usize) -> Settings {
    let mut settings = Settings::from(&Limits::default());
    settings.http.head_bytes_max = HEAD_BYTES_MAX;
    settings.http.body_bytes_max = BODY_BYTES_MAX;
    Settings {
        mode,
        message_bytes_max,
        ..settings
    }
}

/// Looks at each request.
pub(crate) type Look = fn(&Exchange);

/// Remembers what it hears.
pub(crate) struct Host {
    /// Answers come in a later turn.
    answers_late: bool,
    look: Look,
    pub(crate) heard: Vec<Heard>,
    pub(crate) sent: Vec<u8>,
}

/// What came of a whole stream.
pub(crate) struct Outcome {
    pub(crate) heard: Vec<Heard>,
    pub(crate) sent: Vec<u8>,
    pub(crate) fault: Option<String>,
}

impl Host {
    fn on_event(&mut self, event: &mut Event) -> Heard {
        match event {
            Event::Asked(exchange) => {
                (self.look)(exchange);
                if !self.answers_late {
                    answer(exchange);
                }
                let body = exchange.request.as_ref().ok();
                Heard::Asked(summary(exchange), body.map(|request| request.body.clone()))
            }
            Event::Opened(opened) => Heard::Opened(opened.opcode),
            Event::Pinged => Heard::Pinged,
            Event::Raw(raw) => Heard::Raw(raw.opcode, raw.payload.to_vec()),
        }
    }

    fn on_other(&mut self, other: &mut dyn Any) -> Heard {
        self.on_event(other.downcast_mut::<Event>().expect("an event of the web"))
    }
}

impl Listener for Host {
    fn hear(&mut self, frame: Frame<'_>) {
        let heard = match (Told::of(&frame), frame) {
            (None, Frame::Other(other)) => self.on_other(other),
            (Some(told), _) => Heard::Told(told),
            (None, _) => return,
        };
        self.heard.push(heard);
    }

    /// Whether a client is told to go on depends on whether it has, and so on the pieces.
    fn replied(&mut self, replies: &[u8]) {
        assert!(replies.len() <= REPLY_BYTES_MAX, "{} bytes", replies.len());
        let replies = replies.strip_suffix(CONTINUE).unwrap_or(replies);
        self.sent.extend_from_slice(replies);
    }
}

/// What was asked, so that two requests with the same summary are the same to any site.
fn summary(exchange: &Exchange) -> String {
    match &exchange.request {
        Err(rejection) => rejection.to_string(),
        Ok(request) => format!("{request:?}"),
    }
}

/// A site that has a WebSocket at `/socket`, and else one word for everybody.
fn answer(exchange: &mut Exchange) {
    let answer = match &exchange.request {
        Err(rejection) => Response::new(rejection.status).into(),
        Ok(request) if request.target.path == "/socket" => match shake_hands(request) {
            Ok((response, opcode)) => Answer::Upgrade(Upgrade {
                response,
                opcode,
                claim: Claim::Nobody,
            }),
            Err(response) => response.into(),
        },
        Ok(_) => Response::new(Status::OK)
            .body("text/plain", &b"yes"[..])
            .into(),
    };
    exchange.answer(answer);
}

/// A stream in pieces through a connection.
pub(crate) struct Visit {
    pub(crate) settings: Settings,
    pub(crate) answers_late: bool,
    pub(crate) look: Look,
    /// What comes first, whole.
    pub(crate) before: &'static [u8],
    /// The most that may wait undecoded when everything was answered.
    pub(crate) waiting_max: usize,
}

impl Visit {
    /// The stream at once, in the pieces that the input names, and byte by byte: all the same.
    pub(crate) fn every_way(&self, input: Input<'_>) -> Outcome {
        let single: Vec<&[u8]> = input.stream.chunks(1).collect();
        let whole = self.walk(&[input.stream], false);
        for pieces in [input.pieces(), single] {
            let other = self.walk(&pieces, self.answers_late);
            assert_eq!(whole.heard, other.heard);
            assert_eq!(whole.fault, other.fault);
            assert_eq!(
                whole.sent.escape_ascii().to_string(),
                other.sent.escape_ascii().to_string()
            );
        }
        whole
    }

    fn walk(&self, pieces: &[&[u8]], answers_late: bool) -> Outcome {
        let bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
        let bound = 64 * 1024 + 64 * bytes;
        memory::within(bound, || self.walk_within(pieces, answers_late))
    }

    fn walk_within(&self, pieces: &[&[u8]], answers_late: bool) -> Outcome {
        let host = Host {
            answers_late,
            look: self.look,
            heard: Vec::new(),
            sent: Vec::new(),
        };
        let mut connection = Connection::new(Web::new(self.settings), host);
        connection.feed(self.before);
        self.answer_late(&mut connection);
        for piece in pieces {
            connection.feed(piece);
            self.answer_late(&mut connection);
        }
        let fault = connection.fault.as_ref().map(ToString::to_string);
        say_goodbye(&mut connection);
        connection.stays_over();
        Outcome {
            heard: connection.listener.heard,
            sent: connection.listener.sent,
            fault,
        }
    }

    /// The host's turn: it answers what is owed, until nothing is.
    fn answer_late(&self, connection: &mut Connection<Web, Host>) {
        while let Some(exchange) = connection.framing.exchange() {
            answer(exchange);
            assert!(connection.fault.is_none(), "over, and an answer is owed");
            connection.go_on();
        }
        let waiting = connection.waiting();
        let bounded = connection.fault.is_some() || waiting <= self.waiting_max;
        assert!(bounded, "{waiting} bytes wait");
    }
}

/// A goodbye ends a WebSocket with one close frame, and with one only.
fn say_goodbye(connection: &mut Connection<Web, Host>) {
    let farewell = Farewell::new(Farewell::POLICY, "\u{e9}".repeat(100));
    let was_open = connection.framing.is_open();
    let mut words = Vec::new();
    connection.framing.farewell(&farewell, &mut words);
    connection.framing.farewell(&farewell, &mut words);
    let (pongs, close) = pongs_and_close(&words);
    assert_eq!((pongs.len(), close.is_some()), (0, was_open));
    if was_open {
        connection.fault = Some(CLOSED);
    }
}
