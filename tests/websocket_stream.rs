//! Frames through the `Web` framing: every split, fragments, control frames, what breaks the
//! protocol, and how it ends. RFC 6455 §5–§7.
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
use chat_web::web::{BINARY, CLOSED, HTTP, Mode, Opcode, TEXT};
use peer::{Peer, Told, frame};

const MAX: usize = 8192;

fn chat() -> Peer {
    Peer::socket(Mode::Lines, MAX)
}

fn line(text: &str) -> Told {
    Told::Line(text.to_owned())
}

/// The close code of the last frame that was sent, and that nothing is behind it.
#[track_caller]
fn close_code(peer: &Peer) -> u16 {
    let start = peer.sent.iter().rposition(|&b| b == 0x88).expect("a close");
    let close = &peer.sent[start..];
    assert_eq!(close.len(), 2 + usize::from(close[1]));
    u16::from_be_bytes([close[2], close[3]])
}

/// What comes of these bytes, whichever pieces they come in.
#[track_caller]
fn every_split(bytes: &[u8], mode: Mode) -> Peer {
    let mut whole = Peer::socket(mode, MAX);
    whole.feed(bytes);
    for at in 0..=bytes.len() {
        let mut split = Peer::socket(mode, MAX);
        split.feed(&bytes[..at]);
        split.feed(&bytes[at..]);
        same(&whole, &split);
    }
    let mut drip = Peer::socket(mode, MAX);
    drip.drip(bytes);
    same(&whole, &drip);
    whole
}

#[track_caller]
fn same(one: &Peer, other: &Peer) {
    assert_eq!(one.told, other.told);
    assert_eq!(one.fault, other.fault);
    assert_eq!(one.sent, other.sent);
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
    let peer = every_split(&bytes.concat(), Mode::Lines);
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
    let peer = every_split(&bytes.concat(), Mode::Lines);
    assert_eq!(peer.told, [Told::Pinged, line("a\u{e9}b"), line("next")]);
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
fn broken_frames_end_the_connection_with_the_reason() {
    let unmasked = vec![0x81, 1, b'x'];
    let mut huge = vec![0x82, 0xff];
    huge.extend((1u64 << 63).to_be_bytes());
    huge.extend([1, 2, 3, 4]);
    let cases: [(&str, Vec<u8>, u16); 16] = [
        ("unmasked", unmasked, 1002),
        ("reserved data opcode", frame(0x83, b""), 1002),
        ("reserved control opcode", frame(0x8b, b""), 1002),
        ("reserved bit", frame(0xc1, b"x"), 1002),
        ("continuation of nothing", frame(0x80, b"x"), 1002),
        (
            "text within a text",
            [frame(0x01, b"x"), frame(0x81, b"y")].concat(),
            1002,
        ),
        ("fragmented ping", frame(0x09, b"x"), 1002),
        ("long ping", frame(0x89, &[b'x'; 126]), 1002),
        ("close with one byte", frame(0x88, b"x"), 1002),
        ("text that is not UTF-8", frame(0x81, b"\xff"), 1007),
        ("half a character", frame(0x81, b"\xc3"), 1007),
        (
            "close reason that is not UTF-8",
            frame(0x88, b"\x03\xe8\xff"),
            1007,
        ),
        ("too long", frame(0x81, &[b'x'; MAX + 1]), 1009),
        (
            "too long together",
            [frame(0x01, &[b'x'; MAX]), frame(0x80, b"x")].concat(),
            1009,
        ),
        ("a length of 2^63", huge, 1009),
        (
            "half a character in fragments",
            [frame(0x01, b"\xc3"), frame(0x80, b"x")].concat(),
            1007,
        ),
    ];
    for (what, bytes, code) in cases {
        let mut peer = chat();
        peer.feed(&frame(0x81, b"before"));
        peer.feed(&[&bytes[..], &frame(0x81, b"after")].concat());
        assert_eq!(peer.told, [line("before")], "{what}");
        assert_eq!(close_code(&peer), code, "{what}");
        assert!(peer.fault.is_some_and(|fault| fault != CLOSED), "{what}");
        if bytes.len() < 200 {
            every_split(&bytes, Mode::Lines);
        }
    }
}

#[test]
fn a_length_is_refused_as_soon_as_it_is_announced() {
    let mut peer = chat();
    peer.feed(&frame(0x82, &[0; MAX + 1])[..8]);
    assert_eq!(close_code(&peer), 1009);
}

#[test]
fn the_longest_message_is_taken() {
    let mut peer = Peer::socket(Mode::Raw, MAX);
    peer.feed(&frame(0x82, &[b'x'; MAX]));
    assert_eq!(peer.told, [Told::Raw(Opcode::Binary, vec![b'x'; MAX])]);
}

#[test]
fn a_close_is_answered_and_ends_it() {
    let cases: [(&[u8], &[u8]); 5] = [
        (b"", b"\x88\x00"),
        (b"\x03\xe8", b"\x88\x02\x03\xe8"),
        (b"\x03\xe9bye", b"\x88\x05\x03\xe9bye"),
        (b"\x0f\xa0", b"\x88\x02\x0f\xa0"),
        (b"\x03\xed", b"\x88\x14\x03\xeaProtocol violation"),
    ];
    for (close, answer) in cases {
        let bytes = [frame(0x88, close), frame(0x81, b"after")].concat();
        let mut peer = every_split(&bytes, Mode::Lines);
        assert_eq!(peer.sent, answer);
        assert_eq!(peer.fault, Some(CLOSED));
        assert!(peer.told.is_empty());
        peer.farewell(1001, "");
        assert_eq!(peer.sent, answer, "one close is enough");
    }
}

#[test]
fn a_farewell_says_why_and_nothing_follows_it() {
    let mut peer = chat();
    peer.farewell(4001, "you came back in another tab");
    assert_eq!(peer.sent, b"\x88\x1e\x0f\xa1you came back in another tab");
    assert_eq!(peer.web.wire(), HTTP);
    peer.feed(&frame(0x89, b"x"));
    assert_eq!(peer.fault, Some(CLOSED));
    assert_eq!(peer.sent.len(), 32);
}

#[test]
fn a_farewell_fits_a_control_frame() {
    let mut peer = chat();
    peer.farewell(1000, &"\u{e9}".repeat(100));
    assert_eq!(peer.sent[1], 124, "the code and 61 characters of two bytes");
    assert!(std::str::from_utf8(&peer.sent[4..]).is_ok());

    let mut peer = chat();
    peer.farewell(1005, "");
    assert_eq!(peer.sent, b"\x88\x02\x03\xe8", "1005 is never sent");
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
