//! From HTTP to a WebSocket: what is accepted, with which subprotocol, and what is answered to the
//! rest. RFC 6455 §4.2, IRCv3 "WebSocket".
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/peer.rs"]
mod peer;

use chat_core::net::framing::Framing;
use chat_web::web::{BINARY, Opcode, TEXT};
use peer::{HANDSHAKE, Peer, Told, frame, settings};

/// A handshake with these fields changed, added (`+Name: value`) or left out (`-Name`).
fn handshake(changes: &[&str]) -> Vec<u8> {
    let text = String::from_utf8(HANDSHAKE.to_vec()).unwrap();
    let mut lines: Vec<String> = text.trim_end().split("\r\n").map(str::to_owned).collect();
    for change in changes {
        if let Some(name) = change.strip_prefix('-') {
            lines.retain(|line| !line.starts_with(&format!("{name}:")));
        } else if let Some(line) = change.strip_prefix('+') {
            lines.push(line.to_owned());
        } else if let Some((name, _)) = change.split_once(':') {
            lines.retain(|line| !line.starts_with(&format!("{name}:")));
            lines.push((*change).to_owned());
        } else {
            lines[0] = (*change).to_owned();
        }
    }
    (lines.join("\r\n") + "\r\n\r\n").into_bytes()
}

fn shake(changes: &[&str]) -> Peer {
    let mut peer = Peer::new(settings());
    peer.feed(&handshake(changes));
    peer
}

fn sent(peer: &Peer) -> String {
    String::from_utf8(peer.sent.clone()).unwrap()
}

#[test]
fn the_sample_of_the_rfc_is_accepted() {
    let peer = shake(&[]);
    assert_eq!(
        sent(&peer),
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    );
    assert_eq!(peer.told.last(), Some(&Told::Opened(Opcode::Text)));
}

#[test]
fn tokens_are_found_in_any_case_and_in_lists() {
    for changes in [
        &["Connection: keep-alive, Upgrade"][..],
        &["Connection: UPGRADE", "Upgrade: WebSocket"],
        &["Connection: keep-alive", "+Connection: upgrade"],
        &["Upgrade: h2c, websocket"],
        &["+Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"],
    ] {
        let peer = shake(changes);
        assert!(peer.web.is_open(), "{changes:?}");
        assert!(!sent(&peer).contains("Extensions"));
    }
}

#[test]
fn the_first_offer_that_is_known_is_chosen() {
    let text = Some("text.ircv3.net");
    let binary = Some("binary.ircv3.net");
    let cases: [(&[&str], Option<&str>, Opcode); 6] = [
        (&[], None, Opcode::Text),
        (
            &["+Sec-WebSocket-Protocol: text.ircv3.net"],
            text,
            Opcode::Text,
        ),
        (
            &["+Sec-WebSocket-Protocol: binary.ircv3.net, text.ircv3.net"],
            binary,
            Opcode::Binary,
        ),
        (
            &["+Sec-WebSocket-Protocol: x, text.ircv3.net,binary.ircv3.net"],
            text,
            Opcode::Text,
        ),
        (
            &[
                "+Sec-WebSocket-Protocol: x",
                "+Sec-WebSocket-Protocol: binary.ircv3.net",
            ],
            binary,
            Opcode::Binary,
        ),
        (
            &["+Sec-WebSocket-Protocol: chat, TEXT.IRCV3.NET"],
            None,
            Opcode::Text,
        ),
    ];
    for (changes, protocol, opcode) in cases {
        let peer = shake(changes);
        let text = sent(&peer);
        let chosen = text
            .lines()
            .find_map(|line| line.strip_prefix("Sec-WebSocket-Protocol: "));
        assert_eq!(chosen, protocol, "{changes:?}");
        assert_eq!(peer.told.last(), Some(&Told::Opened(opcode)));
        let wire = if opcode == Opcode::Text { TEXT } else { BINARY };
        assert_eq!(peer.web.wire(), wire);
    }
}

#[test]
fn what_is_no_handshake_is_told_what_is_missing() {
    let cases: [(&[&str], &str, &str); 14] = [
        (&["-Upgrade"], "426", "Upgrade: websocket"),
        (&["-Connection"], "426", "Upgrade: websocket"),
        (&["Upgrade: h2c"], "426", "Upgrade: websocket"),
        (&["Connection: keep-alive"], "426", "Upgrade: websocket"),
        (&["POST /socket HTTP/1.1"], "426", "Upgrade: websocket"),
        (&["GET /socket HTTP/1.0"], "426", "Upgrade: websocket"),
        (
            &["-Sec-WebSocket-Version"],
            "426",
            "Sec-WebSocket-Version: 13",
        ),
        (
            &["Sec-WebSocket-Version: 8"],
            "426",
            "Sec-WebSocket-Version: 13",
        ),
        (&["+Sec-WebSocket-Version: 13"], "400", "close"),
        (&["-Sec-WebSocket-Key"], "400", "close"),
        (
            &["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ"],
            "400",
            "close",
        ),
        (
            &["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTEyMw=="],
            "400",
            "close",
        ),
        (
            &["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j!Q=="],
            "400",
            "close",
        ),
        (
            &["+Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
            "400",
            "close",
        ),
    ];
    for (changes, status, field) in cases {
        let peer = shake(changes);
        let text = sent(&peer);
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status} ")),
            "{changes:?} {text}"
        );
        assert!(text.contains(field), "{changes:?} {text}");
        assert!(!peer.web.is_open());
    }
}

#[test]
fn bytes_behind_the_head_are_the_first_frames() {
    let bytes = [handshake(&[]), frame(0x81, b"NICK ana"), frame(0x89, b"x")].concat();
    for at in 0..=bytes.len() {
        let mut peer = Peer::new(settings());
        peer.feed(&bytes[..at]);
        peer.feed(&bytes[at..]);
        assert_eq!(
            peer.told[1..],
            [
                Told::Opened(Opcode::Text),
                Told::Line("NICK ana".into()),
                Told::Pinged
            ]
        );
        assert!(
            peer.sent.ends_with(b"\r\n\r\n\x8a\x01x"),
            "the pong is behind the 101"
        );
    }
}

#[test]
fn the_host_hears_that_it_is_open_when_the_101_is_on_its_way() {
    let mut peer = Peer::new(settings());
    peer.answers = false;
    peer.feed(HANDSHAKE);
    assert!(!peer.web.is_open());
    peer::answer(peer.web.exchange().unwrap());
    peer.feed(b"");
    assert!(peer.web.is_open());
    assert!(peer.sent.starts_with(b"HTTP/1.1 101"));
    assert_eq!(peer.told.last(), Some(&Told::Opened(Opcode::Text)));
}
