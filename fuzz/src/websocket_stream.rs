//! Bytes behind an upgrade.

use std::collections::VecDeque;

use bytes::BytesMut;
use chat_core::limits::LINE_IN_BYTES_MAX;
use chat_core::net::framing::Unreadable;
use chat_web::web::{BINARY, Mode, Opcode, TEXT};

use crate::oracle::frames::{Message, Read, pongs_and_close, read};
use crate::oracle::lines::{Told, text};
use crate::pieces::Input;
use crate::web::{Heard, Outcome, Visit, settings};

/// What a host hears is what RFC 6455 makes of the stream, in whatever pieces it comes; every ping
/// has its pong and nothing else is said but a close frame at the end.
///
/// # Panics
/// When it finds something.
pub fn websocket_stream(bytes: &[u8]) {
    let Some(input) = Input::new(bytes) else {
        return;
    };
    let mode = if input.chooses(0) {
        Mode::Raw
    } else {
        Mode::Lines
    };
    let message_bytes_max = if input.chooses(1) { LONG } else { SHORT };
    let visit = Visit {
        settings: settings(mode, message_bytes_max),
        answers_late: input.chooses(2),
        look: |_| {},
        before: HANDSHAKE,
        waiting_max: WAITING_BYTES_MAX,
    };
    let outcome = visit.every_way(input);
    compare(mode, &read(input.stream, message_bytes_max), &outcome);
    check_wire(&outcome);
}

/// Bytes of a message: so few that short inputs go beyond, or so many that a line may be too long.
const SHORT: usize = 150;
const LONG: usize = LINE_IN_BYTES_MAX + 200;

/// What may wait is a control frame that is not whole, or the header of a frame. RFC 6455 §5.5: 125
/// bytes behind the header.
const WAITING_BYTES_MAX: usize = 124;

const HANDSHAKE: &[u8] = b"GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

fn compare(mode: Mode, read: &Read, outcome: &Outcome) {
    let expected: Vec<Heard> = read.messages.iter().map(|m| heard_of(mode, m)).collect();
    // First the request and the news that there is a socket.
    assert_eq!(outcome.heard.get(2..), Some(&expected[..]));
    assert_eq!(outcome.heard[1], Heard::Opened(Opcode::Text));
    let over = outcome.fault.is_some();
    assert!(
        !over || read.over,
        "over for no reason: {:?}",
        outcome.fault
    );
    assert!(over || !read.over_for_sure, "it should be over");
    let (pongs, close) = pongs_and_close(behind_the_head(&outcome.sent));
    let pings = read.messages.iter().filter_map(|message| match message {
        Message::Ping(payload) => Some(payload),
        _ => None,
    });
    assert!(pings.eq(&pongs), "pings and pongs differ");
    assert_eq!(close.is_some(), over, "a close frame, and only at the end");
    close.iter().for_each(|payload| check_close(payload));
}

fn heard_of(mode: Mode, message: &Message) -> Heard {
    match (message, mode) {
        (Message::Ping(_) | Message::Nothing, _) => Heard::Pinged,
        (Message::Text(text), Mode::Raw) => Heard::Raw(Opcode::Text, text.clone()),
        (Message::Binary(bytes), Mode::Raw) => Heard::Raw(Opcode::Binary, bytes.clone()),
        (Message::Text(bytes) | Message::Binary(bytes), Mode::Lines) => Heard::Told(line(bytes)),
    }
}

/// One message is one line, whose end is forgiven.
fn line(message: &[u8]) -> Told {
    let mut line = message;
    if let [before @ .., b'\n'] = line {
        line = before.strip_suffix(b"\r").unwrap_or(before);
    }
    if line.len() + 2 > LINE_IN_BYTES_MAX {
        return Told::Unreadable(Unreadable::TooLong);
    }
    text(line)
}

fn behind_the_head(sent: &[u8]) -> &[u8] {
    let end = memchr::memmem::find(sent, b"\r\n\r\n").expect("an answer to the handshake");
    &sent[end + 4..]
}

/// RFC 6455 §5.5.1 and §7.4: a code that may be on the wire, and a reason in UTF-8.
fn check_close(payload: &[u8]) {
    if payload.is_empty() {
        return;
    }
    let (code, reason) = payload.split_first_chunk().expect("a code");
    assert!(matches!(u16::from_be_bytes(*code), 1000..=1003 | 1007..=1014 | 3000..=4999));
    assert!(std::str::from_utf8(reason).is_ok());
}

/// What was heard goes out again in one frame, whose length is found.
fn check_wire(outcome: &Outcome) {
    let mut out = BytesMut::new();
    let mut lengths = VecDeque::new();
    let mut before = 0;
    for heard in &outcome.heard {
        match heard {
            Heard::Told(Told::Line(line)) => (TEXT.wrap)(line.as_bytes(), &mut out),
            Heard::Raw(_, bytes) => (BINARY.wrap)(bytes, &mut out),
            _ => continue,
        }
        lengths.push_back(out.len() - before);
        before = out.len();
    }
    let mut rest = &out[..];
    while let Some(length) = lengths.pop_front() {
        assert_eq!((TEXT.first)(rest), length);
        rest = &rest[length..];
    }
    assert!(rest.is_empty());
}
