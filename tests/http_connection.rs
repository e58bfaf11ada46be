//! What becomes of a connection: pipelining, keep-alive, HEAD, late answers, the end.
//! RFC 9112 §9.3.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/peer.rs"]
mod peer;

use chat_core::net::framing::Framing;
use chat_web::http::{Response, Status};
use chat_web::web::{CLOSED, HTTP};
use peer::{HANDSHAKE, Peer, Told, answer, settings};

fn sent(peer: &Peer) -> String {
    String::from_utf8(peer.sent.clone()).unwrap()
}

fn statuses(peer: &Peer) -> Vec<String> {
    let text = sent(peer);
    let starts = text.split("HTTP/1.1 ").skip(1);
    starts.map(|rest| rest[..3].to_owned()).collect()
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let mut peer = Peer::new(settings());
    peer.feed(
        b"GET /one HTTP/1.1\r\nHost: a\r\n\r\n\
          POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi\r\n\
          POST /three HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nho\r\n0\r\n\r\n\
          GET /four HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    let text = sent(&peer);
    let places = ["/one", "/two? a hi", "/three? a ho", "/four"].map(|p| text.find(p).unwrap());
    assert!(places.is_sorted());
    assert_eq!(statuses(&peer), ["200"; 4]);
    assert_eq!(peer.fault, None);
}

#[test]
fn nothing_behind_an_answer_that_is_owed_is_looked_at() {
    let mut peer = Peer::new(settings());
    peer.answers = false;
    peer.feed(b"GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(peer.told, [Told::Asked("Get /one? a ".into())]);
    assert!(peer.sent.is_empty());

    answer(peer.web.exchange().unwrap());
    peer.answers = true;
    peer.feed(b"");
    assert_eq!(statuses(&peer), ["200", "200"]);
}

#[test]
fn a_connection_stays_or_ends_as_the_client_asks() {
    let cases: [(&str, bool); 8] = [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            false,
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
            false,
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
            true,
        ),
        ("GET / HTTP/1.0\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
        (
            "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
            false,
        ),
        ("HEAD / HTTP/1.0\r\n\r\n", false),
    ];
    for (request, stays) in cases {
        let mut peer = Peer::new(settings());
        peer.feed(request.as_bytes());
        peer.feed(request.as_bytes());
        let answers = if stays { 2 } else { 1 };
        assert_eq!(statuses(&peer).len(), answers, "{request}");
        assert_eq!(peer.fault, (!stays).then_some(CLOSED), "{request}");
        assert_eq!(
            sent(&peer).contains("Connection: close"),
            !stays,
            "{request}"
        );
    }
}

#[test]
fn after_a_request_that_cannot_be_read_nothing_else_is() {
    let mut peer = Peer::new(settings());
    peer.feed(b"GET / HTTP/1.1\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(statuses(&peer), ["400"]);
    assert!(sent(&peer).contains("Connection: close\r\n"));
    assert!(peer.fault.is_some_and(|fault| fault != CLOSED));
}

#[test]
fn head_is_answered_without_a_body_and_the_next_answer_follows() {
    let mut peer = Peer::new(settings());
    peer.feed(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let text = sent(&peer);
    let (head, get) = text.split_at(text.rfind("HTTP/1.1").unwrap());
    assert!(head.ends_with("Content-Length: 10\r\n\r\n"), "{head}");
    assert!(get.ends_with("Content-Length: 9\r\n\r\nGet /? a "), "{get}");
}

#[test]
fn a_request_that_takes_too_long_is_told_and_an_idle_connection_is_not() {
    let late = Response::new(Status::REQUEST_TIMEOUT);
    for (bytes, status) in [
        (&b""[..], None),
        (b"\r\n", None),
        (b"G", Some("408")),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh",
            Some("408"),
        ),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", Some("200")),
    ] {
        let mut peer = Peer::new(settings());
        peer.feed(bytes);
        peer.web.time_out(&late, &mut peer.sent);
        assert_eq!(statuses(&peer).first().map(String::as_str), status);
        assert_eq!(statuses(&peer).len(), usize::from(status.is_some()));
        peer.feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(peer.fault.is_some());
    }
}

#[test]
fn before_the_upgrade_there_is_no_wire_and_no_farewell() {
    let mut peer = Peer::new(settings());
    assert_eq!(peer.web.wire(), HTTP);
    peer.farewell(1012, "restart");
    assert!(peer.sent.is_empty());
    peer.feed(HANDSHAKE);
    assert_eq!(statuses(&peer), ["101"]);
}
