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

use peer::{Peer, asked, check, head, requests, settings};

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
    let mut peer = Peer::new(small);
    peer.feed(&head("GET / HTTP/1.1\nHost: chat.example"));
    assert_eq!(requests(&peer), ["431"]);
}
