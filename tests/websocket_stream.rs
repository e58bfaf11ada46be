//! Frames through the `Web` framing: every split, fragments, control frames, and whole messages of any
//! kind. RFC 6455 §5 and §6.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/peer.rs"]
mod peer;

use bytes::BytesMut;
use chat_core::limits::LINE_IN_BYTES_MAX;
use chat_core::net::framing::{Framing, Unreadable};
use chat_web::web::{BINARY, Mode, Opcode, TEXT};
use peer::{Peer, Told, every_split, frame};

const MAX: usize = 8192;

fn chat() -> Peer {
    Peer::socket(Mode::Lines, MAX)
}

fn line(text: &str) -> Told {
    Told::Line(text.to_owned())
}

#[test]
fn messages_come_out_whole_and_in_order() {
    let long = "x".repeat(300);
    let bytes = [
        frame(0x81, b"one"),
        frame(0x82, b"two"),
        frame(0x81, "sm\u{f8}rrebr\u{f8}d".as_bytes()),
        frame(0x81, long.as_bytes()),
        frame(0x81, b""),
    ];
    let peer = every_split(&bytes.concat(), chat);
    let lines = ["one", "two", "sm\u{f8}rrebr\u{f8}d", &long, ""].map(line);
    assert_eq!(peer.told, lines);
    assert!(peer.sent.is_empty());
}

#[test]
fn fragments_are_put_together_and_control_frames_come_between() {
    let bytes = [
        frame(0x01, "a\u{e9}".as_bytes().split_at(2).0),
        frame(0x89, b"ping"),
        frame(0x00, "a\u{e9}".as_bytes().split_at(2).1),
        frame(0x8a, b"unasked"),
        frame(0x00, b""),
        frame(0x80, b"b"),
        frame(0x81, b"next"),
    ];
    let peer = every_split(&bytes.concat(), chat);
    // The ping, the pong, and the fragment without content count as talk; nothing else becomes of them.
    let counted = [Told::Pinged, Told::Pinged, Told::Pinged];
    assert_eq!(peer.told[..3], counted);
    assert_eq!(peer.told[3..], [line("a\u{e9}b"), line("next")]);
    assert_eq!(peer.sent, b"\x8a\x04ping");
}

#[test]
fn one_line_end_is_forgiven_and_no_other() {
    let too_long = "x".repeat(LINE_IN_BYTES_MAX - 1);
    let longest = "x".repeat(LINE_IN_BYTES_MAX - 2);
    let cases = [
        ("PING 1\r\n".to_owned(), line("PING 1")),
        ("PING 1\n".to_owned(), line("PING 1")),
        ("\r\n".to_owned(), line("")),
        (
            "PING 1\r".to_owned(),
            Told::Unreadable(Unreadable::ControlByte),
        ),
        (
            "PING 1\n\n".to_owned(),
            Told::Unreadable(Unreadable::ControlByte),
        ),
        (
            "PING 1\r\r\n".to_owned(),
            Told::Unreadable(Unreadable::ControlByte),
        ),
        (
            "a\r\nQUIT".to_owned(),
            Told::Unreadable(Unreadable::ControlByte),
        ),
        (
            "a\nQUIT\n".to_owned(),
            Told::Unreadable(Unreadable::ControlByte),
        ),
        ("a\0b".to_owned(), Told::Unreadable(Unreadable::ControlByte)),
        (too_long, Told::Unreadable(Unreadable::TooLong)),
        (format!("{longest}\r\n"), line(&longest)),
    ];
    for (text, told) in cases {
        let mut peer = chat();
        peer.feed(&frame(0x81, text.as_bytes()));
        peer.feed(&frame(0x81, b"next"));
        assert_eq!(peer.told, [told, line("next")], "{text:?}");
    }
}

#[test]
fn binary_that_is_not_utf_8_is_refused_and_the_connection_goes_on() {
    let mut peer = chat();
    peer.feed(&frame(0x82, b"\xff\xfe"));
    peer.feed(&frame(0x82, b"next"));
    let refused = Told::Unreadable(Unreadable::NotUtf8);
    assert_eq!(peer.told, [refused, line("next")]);
}

#[test]
fn every_ping_gets_its_pong_at_once_and_is_counted() {
    let mut peer = chat();
    let pings: Vec<u8> = (0..100u8).flat_map(|n| frame(0x89, &[n])).collect();
    peer.feed(&[pings, frame(0x81, b"text")].concat());
    let pongs: Vec<u8> = (0..100u8).flat_map(|n| [0x8a, 1, n]).collect();
    assert_eq!(peer.sent, pongs);
    assert_eq!(peer.told.len(), 101);
    assert!(peer.told[..100].iter().all(|told| *told == Told::Pinged));
}

#[test]
fn the_longest_message_is_taken() {
    let mut peer = Peer::socket(Mode::Raw, MAX);
    peer.feed(&frame(0x82, &[b'x'; MAX]));
    assert_eq!(peer.told, [Told::Raw(Opcode::Binary, vec![b'x'; MAX])]);
}

#[test]
fn raw_messages_keep_their_opcode_and_so_does_the_wire() {
    let not_text = b"\xff\r\n\0";
    let mut peer = Peer::socket(Mode::Raw, MAX);
    for (first, opcode, wire) in [
        (0x82, Opcode::Binary, BINARY),
        (0x81, Opcode::Text, TEXT),
        (0x82, Opcode::Binary, BINARY),
    ] {
        let payload: &[u8] = if first == 0x81 { b"a\r\n" } else { not_text };
        peer.feed(&frame(first, payload));
        assert_eq!(peer.told.pop(), Some(Told::Raw(opcode, payload.to_vec())));
        assert_eq!(peer.web.wire(), wire);
    }
}

#[test]
fn an_echo_of_a_long_message_is_the_same_message() {
    const LONG: usize = 1 << 20;
    let payload = vec![7; LONG];
    let mut peer = Peer::socket(Mode::Raw, LONG);
    let bytes = frame(0x82, &payload);
    for piece in bytes.chunks(1500) {
        peer.feed(piece);
    }
    let Some(Told::Raw(_, echoed)) = peer.told.pop() else {
        panic!("nothing came");
    };
    let mut out = BytesMut::new();
    (peer.web.wire().wrap)(&echoed, &mut out);
    assert_eq!(out[..10], [0x82, 127, 0, 0, 0, 0, 0, 0x10, 0, 0]);
    assert!(out[10..] == payload[..]);
}

#[test]
fn what_waits_behind_a_message_stays_in_the_input() {
    let bytes = [frame(0x81, b"one"), frame(0x81, b"two")].concat();
    let mut peer = chat();
    let mut input = chat_core::net::framing::Input::new(&bytes);
    let found = peer.web.decode(&mut input, &mut peer.sent);
    assert!(found.is_ok_and(|frame| frame.is_some()));
    assert_eq!(input.rest(), frame(0x81, b"two"));
}
