//! Bytes at a line door.

use bytes::BytesMut;
use chat_core::limits::LINE_IN_BYTES_MAX;
use chat_core::net::Lines;
use chat_core::net::framing::Frame;

use crate::connection::{Connection, Listener};
use crate::memory;
use crate::oracle::lines::{Told, told};
use crate::pieces::Input;

/// The lines that come of a stream are those that an innocent reader finds, in whatever pieces it
/// comes; and no more than one line is ever kept.
///
/// # Panics
/// When it finds something.
pub fn relay_stream(bytes: &[u8]) {
    let Some(input) = Input::new(bytes) else {
        return;
    };
    let expected = told(input.stream);
    let single: Vec<&[u8]> = input.stream.chunks(1).collect();
    for pieces in [vec![input.stream], input.pieces(), single] {
        let bound = 4 * LINE_IN_BYTES_MAX + 128 * (input.stream.len() + 8);
        let heard = memory::within(bound, || heard(&pieces));
        assert_eq!(heard, expected);
    }
    expected.iter().for_each(check_wire);
}

/// What was heard goes out again as one line, whose length is found.
fn check_wire(told: &Told) {
    let Told::Line(line) = told else { return };
    let mut out = BytesMut::new();
    (Lines::WIRE.wrap)(line.as_bytes(), &mut out);
    let length = out.len();
    (Lines::WIRE.wrap)(b"next", &mut out);
    assert_eq!((Lines::WIRE.first)(&out), length);
}

fn heard(pieces: &[&[u8]]) -> Vec<Told> {
    let mut connection = Connection::new(Lines::default(), Heard::default());
    for piece in pieces {
        connection.feed(piece);
        assert!(connection.waiting() < LINE_IN_BYTES_MAX, "a line too long");
    }
    assert_eq!(connection.fault, None);
    connection.listener.0
}

#[derive(Default)]
struct Heard(Vec<Told>);

impl Listener for Heard {
    fn hear(&mut self, frame: Frame<'_>) {
        self.0.extend(Told::of(&frame));
    }

    fn replied(&mut self, replies: &[u8]) {
        assert!(replies.is_empty(), "lines are not answered");
    }
}
