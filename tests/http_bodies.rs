//! Where a request ends: lengths, chunks, and what could be read in two ways. RFC 9112 §6 and §7.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/peer.rs"]
mod peer;

use peer::{Peer, asked, check, head, requests, settings};

#[test]
fn a_body_is_as_long_as_its_length_says() {
    let post = |length: &str, body: &str| {
        let mut bytes = head(&format!(
            "POST / HTTP/1.1\nHost: a\nContent-Length: {length}"
        ));
        bytes.extend(body.as_bytes());
        bytes
    };
    check(&post("5", "hello"), "Post /? a hello");
    check(&post("0", ""), "Post /? a ");
    check(&post("005", "hello"), "Post /? a hello");
    for length in ["-1", "+5", "5 5", "5, 5", "0x5", "5.0", "five", ""] {
        check(&post(length, ""), "400");
    }
    for length in ["4097", "18446744073709551615", "99999999999999999999999"] {
        check(&post(length, ""), "413");
    }
    let whole = "x".repeat(4096);
    assert_eq!(asked(&post("4096", &whole)), [format!("Post /? a {whole}")]);
    assert!(asked(&post("5", "hell")).is_empty());
}

#[test]
fn what_is_announced_is_never_allocated() {
    let mut unbounded = settings();
    unbounded.http.body_bytes_max = usize::MAX;
    for begun in [
        "Content-Length: 4611686018427387904\n\nhell",
        "Transfer-Encoding: chunked\n\n4000000000000000\nhell",
    ] {
        let mut peer = Peer::new(unbounded);
        let request = format!("POST / HTTP/1.1\nHost: a\n{begun}");
        peer.feed(request.replace('\n', "\r\n").as_bytes());
        assert_eq!((requests(&peer), peer.fault), (vec![], None), "{begun}");
    }
}

#[test]
fn a_chunked_body_is_put_together() {
    let chunked = |body: &str| {
        let mut bytes = head("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked");
        bytes.extend(body.as_bytes());
        bytes
    };
    let cases = [
        ("5\r\nhello\r\n0\r\n\r\n", "Post /? a hello"),
        (
            "2\r\nhe\r\n3;a=\"b\"\r\nllo\r\n000\r\n\r\n",
            "Post /? a hello",
        ),
        (
            "A\r\n0123456789\r\n0 ; x\r\nX: y\r\nZ: w\r\n\r\n",
            "Post /? a 0123456789",
        ),
        ("0\r\n\r\n", "Post /? a "),
        ("5\nhello\r\n0\r\n\r\n", "400"),
        ("5\r\nhello\n0\r\n\r\n", "400"),
        ("5\r\nhello!\r\n0\r\n\r\n", "400"),
        ("\r\n", "400"),
        ("x\r\n", "400"),
        ("-5\r\n", "400"),
        ("+5\r\n", "400"),
        ("0x5\r\n", "400"),
        (" 5\r\n", "400"),
        ("5 5\r\n", "400"),
        ("5\r;\r\n", "400"),
        ("1001\r\n", "413"),
        ("fffffffffffffffffff\r\n", "413"),
        ("ffffffffffffffff\r\n", "413"),
    ];
    for (body, summary) in cases {
        check(&chunked(body), summary);
    }
    let long_line = format!("5;{}\r\n", "x".repeat(300));
    check(&chunked(&long_line), "400");
    let trailers = format!("0\r\n{}\r\n", "X: y\r\n".repeat(17));
    check(&chunked(&trailers), "431");
    let full = format!("{}0\r\n\r\n", "1\r\nx\r\n".repeat(4096));
    assert_eq!(asked(&chunked(&full)).len(), 1);
    let over = format!("{}1\r\nx\r\n", "1\r\nx\r\n".repeat(4096));
    assert_eq!(asked(&chunked(&over)), ["413"]);
}

#[test]
fn lengths_that_can_be_read_in_two_ways_are_refused() {
    let cases = [
        (
            "POST / HTTP/1.1\nHost: a\nContent-Length: 5\nTransfer-Encoding: chunked",
            "400",
        ),
        (
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nContent-Length: 5",
            "400",
        ),
        (
            "POST / HTTP/1.1\nHost: a\nContent-Length: 5\nContent-Length: 5",
            "400",
        ),
        (
            "POST / HTTP/1.1\nHost: a\nContent-Length: 5\ncontent-length: 6",
            "400",
        ),
        ("POST / HTTP/1.0\nTransfer-Encoding: chunked", "400"),
        (
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: xchunked",
            "501",
        ),
        (
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: gzip, chunked",
            "501",
        ),
        (
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked, identity",
            "501",
        ),
        (
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nTransfer-Encoding: x",
            "501",
        ),
        (
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked;q=1",
            "501",
        ),
        ("POST / HTTP/1.1\nHost: a\nTransfer-Encoding:", "501"),
    ];
    for (text, status) in cases {
        let mut bytes = head(text);
        bytes.extend(b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        check(&bytes, status);
    }
}

#[test]
fn who_expects_continue_is_told_to_go_on() {
    let expecting = head("POST / HTTP/1.1\nHost: a\nExpect: 100-Continue\nContent-Length: 2");
    let mut peer = Peer::new(settings());
    peer.feed(&expecting);
    assert_eq!(peer.sent, b"HTTP/1.1 100 Continue\r\n\r\n");
    peer.feed(b"hi");
    assert_eq!(requests(&peer), ["Post /? a hi"]);

    let mut hasty = Peer::new(settings());
    hasty.feed(&[&expecting[..], b"hi"].concat());
    assert_eq!(requests(&hasty), ["Post /? a hi"]);
    assert!(hasty.sent.starts_with(b"HTTP/1.1 200"));

    let too_long = "POST / HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 5000";
    check(&head(too_long), "413");
    check(
        &head("POST / HTTP/1.1\nHost: a\nExpect: a miracle\nContent-Length: 2"),
        "417",
    );
    check(&head("GET / HTTP/1.0\nExpect: 100-continue"), "Get /?  ");
}
