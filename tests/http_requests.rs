//! One request after the other through the `Web` framing: what is understood, what is refused, and
//! that it makes no difference in which pieces the bytes come. RFC 9112.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/peer.rs"]
mod peer;

use chat_web::web::Settings;
use peer::{Peer, Told, settings};

/// A request line and fields, with the CRLFs that the cases leave out.
fn head(text: &str) -> Vec<u8> {
    (text.replace('\n', "\r\n") + "\r\n\r\n").into_bytes()
}

fn asked(bytes: &[u8]) -> Vec<String> {
    let mut peer = Peer::new(settings());
    peer.feed(bytes);
    requests(&peer)
}

fn requests(peer: &Peer) -> Vec<String> {
    let asked = peer.told.iter().map(|told| match told {
        Told::Asked(summary) => summary.clone(),
        other => panic!("{other:?} is not a request"),
    });
    asked.collect()
}

/// The only request, whole; or the status that it was refused with.
#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    assert_eq!(asked(bytes), [expected], "{}", bytes.escape_ascii());
    every_split(bytes);
}

/// The same bytes in any two pieces, and byte by byte, come to the same.
#[track_caller]
fn every_split(bytes: &[u8]) {
    let mut whole = Peer::new(settings());
    whole.feed(bytes);
    for at in 0..=bytes.len() {
        let mut split = Peer::new(settings());
        split.feed(&bytes[..at]);
        split.feed(&bytes[at..]);
        same(&whole, &split);
    }
    let mut drip = Peer::new(settings());
    drip.drip(bytes);
    same(&whole, &drip);
}

#[track_caller]
fn same(one: &Peer, other: &Peer) {
    assert_eq!(one.told, other.told);
    assert_eq!(one.fault, other.fault);
    assert_eq!(
        one.sent.escape_ascii().to_string(),
        other.sent.escape_ascii().to_string()
    );
}

#[test]
fn requests_are_read() {
    let cases = [
        ("GET / HTTP/1.1\nHost: a", "Get /? a "),
        ("HEAD /x?y=z HTTP/1.1\nHost: a:8080", "Head /x?y=z a:8080 "),
        ("GET /%6cogin HTTP/1.1\nhOsT:a", "Get /login? a "),
        ("GET / HTTP/1.1\nHost:\t a \t", "Get /? a "),
        ("GET / HTTP/1.0", "Get /?  "),
        ("GET / HTTP/1.0\nHost: a", "Get /? a "),
        ("PUT / HTTP/1.1\nHost: a", "Elsewhere /? a "),
        ("OPTIONS /x HTTP/1.1\nHost: a", "Elsewhere /x? a "),
        ("\n\nGET / HTTP/1.1\nHost: a", "Get /? a "),
        (
            "GET / HTTP/1.1\nHost: a\nX-Empty:\nX-Latin: caf\u{e9}",
            "Get /? a ",
        ),
    ];
    for (text, summary) in cases {
        check(&head(text), summary);
    }
}

#[test]
fn the_host_of_an_absolute_target_counts() {
    let cases = [
        ("GET http://b:81/x?y HTTP/1.1\nHost: a", "Get /x?y b:81 "),
        ("GET https://B HTTP/1.1\nHost: a", "Get /? b "),
        ("GET http://b/ HTTP/1.1", "400"),
        ("GET http:///x HTTP/1.1\nHost: a", "400"),
    ];
    for (text, summary) in cases {
        check(&head(text), summary);
    }
}

#[test]
fn host_is_there_exactly_once_in_http_1_1() {
    let cases = [
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\nHost: a\nHost: a",
        "GET / HTTP/1.1\nHost: a\nhost: b",
        "GET / HTTP/1.1\nHost: a, b",
        "GET / HTTP/1.1\nHost:",
        "GET / HTTP/1.1\nHost: a b",
        "GET / HTTP/1.1\nHost: user@a",
        "GET / HTTP/1.1\nHost: a/b",
        "GET / HTTP/1.1\nHost: a:port",
        "GET / HTTP/1.0\nHost: a\nHost: a",
    ];
    for text in cases {
        check(&head(text), "400");
    }
}

#[test]
fn what_is_not_http_is_refused() {
    let cases: [(&[u8], &str); 22] = [
        (b"GET / HTTP/1.1\nHost: a\n\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX(y): b\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: b\x01\r\n\r\n", "400"),
        (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (b"GET /\r\n\r\n", "400"),
        (b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "400"),
        (b"GET / HTTX/1.1\r\nHost: a\r\n\r\n", "400"),
        (b"GET / HTTP/1.1x\r\nHost: a\r\n\r\n", "400"),
        (b"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"),
        (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "505"),
        (b"GET / HTTP/0.9\r\nHost: a\r\n\r\n", "505"),
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            "400",
        ),
    ];
    for (bytes, status) in cases {
        check(bytes, status);
    }
}

#[test]
fn targets_that_climb_or_are_for_proxies_are_refused() {
    for target in [
        "/..",
        "/a/../b",
        "/%2e%2e/b",
        "/a%2fb",
        "/a%00",
        "/a%0d%0a",
        "/a\\b",
        "/%zz",
        "*",
        "a:80",
        "/a#b",
    ] {
        check(&head(&format!("GET {target} HTTP/1.1\nHost: a")), "400");
    }
}

#[test]
fn methods_that_nobody_knows_are_501() {
    for text in [
        "get / HTTP/1.1\nHost: a",
        "BREW /pot HTTP/1.1\nHost: a",
        "CONNECT a:80 HTTP/1.1\nHost: a",
        "PRI * HTTP/1.1\nHost: a",
    ] {
        check(&head(text), "501");
    }
}

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
fn a_head_has_bounds() {
    let with_field = |length: usize| {
        let fixed = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n".len();
        head(&format!(
            "GET / HTTP/1.1\nHost: a\nX: {}",
            "x".repeat(length - fixed)
        ))
    };
    assert_eq!(asked(&with_field(8192)), ["Get /? a "]);
    assert_eq!(asked(&with_field(8193)), ["431"]);
    assert_eq!(asked(&[b'x'; 9000]), ["414"]);
    let long_target = format!("GET /{} HTTP/1.1\nHost: a", "x".repeat(9000));
    assert_eq!(asked(&head(&long_target)), ["414"]);

    let fields = |count: usize| {
        head(&format!(
            "GET / HTTP/1.1\nHost: a{}",
            "\nX: y".repeat(count)
        ))
    };
    check(&fields(63), "Get /? a ");
    check(&fields(64), "431");

    let mut drip = Peer::new(settings());
    drip.drip(&with_field(8193));
    assert_eq!(requests(&drip), ["431"]);
}

#[test]
fn an_operator_sets_the_bound_of_a_head() {
    let mut small = settings();
    small.http.head_bytes_max = 30;
    let mut peer = Peer::new(Settings { ..small });
    peer.feed(&head("GET / HTTP/1.1\nHost: chat.example"));
    assert_eq!(requests(&peer), ["431"]);
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
