//! How a WebSocket ends: a close that is answered, a farewell of ours, a frame that breaks the
//! protocol. RFC 6455 §5.5.1 and §7.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/peer.rs"]
mod peer;

use chat_core::net::framing::Framing;
use chat_web::web::{CLOSED, HTTP, Mode};
use peer::{Peer, Told, every_split, frame};

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
            every_split(&bytes, chat);
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
fn a_long_control_frame_is_refused_before_it_comes() {
    let mut peer = chat();
    peer.feed(&frame(0x89, &[b'x'; 126])[..8]);
    assert_eq!(close_code(&peer), 1002);
}

#[test]
fn what_is_announced_is_never_allocated() {
    let mut peer = Peer::socket(Mode::Raw, usize::MAX);
    let mut head = vec![0x81, 0xff];
    head.extend((1u64 << 62).to_be_bytes());
    head.extend([0; 4]);
    peer.feed(&head);
    peer.drip(b"so far it is fine");
    assert_eq!((peer.fault.is_none(), peer.sent.len()), (true, 0));
    peer.feed(b"\xff");
    assert_eq!(close_code(&peer), 1007);
}

#[test]
fn a_text_fails_where_it_stops_being_utf_8() {
    let bytes = frame(0x81, b"\xce\xba\xed\xa0\x80edited");
    let mut peer = chat();
    peer.feed(&bytes[..6 + 3]);
    assert!(peer.sent.is_empty(), "a lead byte may become anything");
    peer.feed(&bytes[9..10]);
    assert_eq!(close_code(&peer), 1007, "a surrogate, whatever follows");
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
        let mut peer = every_split(&bytes, chat);
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
