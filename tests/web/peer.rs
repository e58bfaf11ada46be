//! A browser's connection without a socket: bytes go in, in pieces of any size, and what the framing
//! makes of them is kept, as a reactor and its host would do it.
//!
//! Each test that includes this is a program of its own, and uses what it needs.
#![allow(dead_code, missing_docs, unreachable_pub)]

use chat_core::limits::Limits;
use chat_core::net::framing::{Farewell, Fault, Frame, Framing, Input, Unreadable};
use chat_web::http::{Response, Status};
use chat_web::web::{
    Answer, Claim, Event, Exchange, Mode, Opcode, Settings, Upgrade, Web, shake_hands,
};

/// What the framing told the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Asked(String),
    Opened(Opcode),
    Pinged,
    Raw(Opcode, Vec<u8>),
    Line(String),
    Unreadable(Unreadable),
}

/// One connection and everything that came of it.
pub struct Peer {
    pub web: Web,
    /// Whether requests are answered at once.
    pub answers: bool,
    pub told: Vec<Told>,
    pub sent: Vec<u8>,
    pub fault: Option<Fault>,
    inbox: Vec<u8>,
}

pub fn settings() -> Settings {
    Settings::from(&Limits::default())
}

impl Peer {
    pub fn new(settings: Settings) -> Self {
        Peer {
            web: Web::new(settings),
            answers: true,
            told: Vec::new(),
            sent: Vec::new(),
            fault: None,
            inbox: Vec::new(),
        }
    }

    /// A connection that is a WebSocket already, and whose handshake is forgotten.
    pub fn socket(mode: Mode, message_bytes_max: usize) -> Self {
        let mut peer = Peer::new(Settings {
            mode,
            message_bytes_max,
            ..settings()
        });
        peer.feed(HANDSHAKE);
        assert_eq!(peer.told.last(), Some(&Told::Opened(Opcode::Text)));
        peer.told.clear();
        peer.sent.clear();
        peer
    }

    /// All of it in one read.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.inbox.extend_from_slice(bytes);
        while self.fault.is_none() && self.step() {}
    }

    /// A read for every byte.
    pub fn drip(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.feed(std::slice::from_ref(byte));
        }
    }

    pub fn farewell(&mut self, code: u16, reason: &str) {
        let reason = reason.to_owned();
        self.web
            .farewell(&Farewell { code, reason }, &mut self.sent);
    }

    /// One call to `decode`, and the host's part; false when it waits.
    fn step(&mut self) -> bool {
        let mut input = Input::new(&self.inbox);
        let told = match self.web.decode(&mut input, &mut self.sent) {
            Ok(None) => None,
            Ok(Some(Frame::Message(text))) => Some(Told::Line(text.to_owned())),
            Ok(Some(Frame::Unreadable(why, _))) => Some(Told::Unreadable(why)),
            Ok(Some(Frame::Other(other))) => {
                let event = other.downcast_mut::<Event>().expect("an event");
                Some(on_event(event, self.answers))
            }
            Err(fault) => {
                self.fault = Some(fault);
                None
            }
        };
        let taken = input.taken();
        self.inbox.drain(..taken);
        self.told.extend(told.clone());
        told.is_some()
    }
}

fn on_event(event: &mut Event, answers: bool) -> Told {
    match event {
        Event::Asked(exchange) => {
            if answers {
                answer(exchange);
            }
            Told::Asked(summary(exchange))
        }
        Event::Opened(opened) => Told::Opened(opened.opcode),
        Event::Pinged => Told::Pinged,
        Event::Raw(raw) => Told::Raw(raw.opcode, raw.payload.to_vec()),
    }
}

/// What was asked, in one line.
pub fn summary(exchange: &Exchange) -> String {
    match &exchange.request {
        Err(rejection) => rejection.status.code().to_string(),
        Ok(request) => {
            let host = request.authority().map(ToString::to_string);
            format!(
                "{:?} {}?{} {} {}",
                request.method,
                request.target.path,
                request.target.query,
                host.unwrap_or_default(),
                String::from_utf8_lossy(&request.body)
            )
        }
    }
}

/// A site that says what it understood, and speaks WebSocket at `/socket`.
pub fn answer(exchange: &mut Exchange) {
    let text = summary(exchange);
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
            .body("text/plain", text.into_bytes())
            .into(),
    };
    exchange.answer(answer);
}

/// RFC 6455 §1.3, with its sample key.
pub const HANDSHAKE: &[u8] = b"GET /socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// A masked frame, as a client sends it.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    let length = payload.len();
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ 0..=125), _) => out.push(0x80 | length),
        (_, Ok(length)) => {
            out.push(0x80 | 126);
            out.extend(length.to_be_bytes());
        }
        _ => {
            out.push(0x80 | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    out.extend(mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m));
    out
}

/// The same bytes whole, in any two pieces, and byte by byte come to the same, which is given.
#[track_caller]
pub fn every_split(bytes: &[u8], new: impl Fn() -> Peer) -> Peer {
    let mut whole = new();
    whole.feed(bytes);
    for at in 0..=bytes.len() {
        let mut split = new();
        split.feed(&bytes[..at]);
        split.feed(&bytes[at..]);
        same(&whole, &split);
    }
    let mut drip = new();
    drip.drip(bytes);
    same(&whole, &drip);
    whole
}

#[track_caller]
fn same(one: &Peer, other: &Peer) {
    assert_eq!(one.told, other.told);
    assert_eq!(one.fault, other.fault);
    let text = |peer: &Peer| peer.sent.escape_ascii().to_string();
    assert_eq!(text(one), text(other));
}

/// A request line and fields, with the CRLFs that the cases leave out.
pub fn head(text: &str) -> Vec<u8> {
    (text.replace('\n', "\r\n") + "\r\n\r\n").into_bytes()
}

/// The requests that the host heard of.
pub fn requests(peer: &Peer) -> Vec<String> {
    let asked = peer.told.iter().map(|told| match told {
        Told::Asked(summary) => summary.clone(),
        other => panic!("{other:?} is not a request"),
    });
    asked.collect()
}

/// The requests in these bytes.
pub fn asked(bytes: &[u8]) -> Vec<String> {
    let mut peer = Peer::new(settings());
    peer.feed(bytes);
    requests(&peer)
}

/// The only request in these bytes, in every split; or the status that it was refused with.
#[track_caller]
pub fn check(bytes: &[u8], expected: &str) {
    let peer = every_split(bytes, || Peer::new(settings()));
    assert_eq!(requests(&peer), [expected], "{}", bytes.escape_ascii());
}
