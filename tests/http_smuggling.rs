//! Raw requests to the door of the real program: what could be read in two ways is read in none, and
//! nothing behind it is taken for a request. RELIABILITY 21; RFC 9112 §11.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions_support/mod.rs"]
mod sessions_support;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use sessions_support::Site;
use test_support::{PATIENCE, http};

/// What a smuggler wants to be answered.
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// The statuses of all answers to these bytes, to the end of the connection.
#[track_caller]
fn answers(door: SocketAddr, pieces: impl Iterator<Item = Vec<u8>>) -> Vec<u16> {
    let mut stream = TcpStream::connect(door).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    for piece in pieces {
        // Whoever is refused early is not listened to any more.
        if stream.write_all(&piece).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let mut heard = Vec::new();
    match stream.read_to_end(&mut heard) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => {}
    }
    let text = String::from_utf8_lossy(&heard).into_owned();
    let starts = text.split("HTTP/1.1 ").skip(1);
    starts.map(|rest| rest[..3].parse().unwrap()).collect()
}

/// Sent whole and a byte at a time, with another request behind it, this comes to these answers.
#[track_caller]
fn check(site: &Site, request: &[u8], expected: &[u16]) {
    let bytes = [request, SMUGGLED.as_bytes()].concat();
    let what = request[..request.len().min(300)].escape_ascii();
    let whole = answers(site.http, std::iter::once(bytes.clone()));
    assert_eq!(whole, expected, "{what}");
    if bytes.len() < 1000 {
        let dripped = answers(site.http, bytes.chunks(1).map(<[u8]>::to_vec));
        assert_eq!(dripped, expected, "byte by byte: {what}");
    }
}

/// `\n` stands for CRLF.
fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

/// A POST to the login form with these fields and this body; 422 if it is taken, since it names nobody.
fn post(fields: &str, body: &str) -> Vec<u8> {
    let head = format!(
        "POST /login HTTP/1.1\nHost: localhost\n\
         Content-Type: application/x-www-form-urlencoded\n{fields}\n\n"
    );
    [crlf(&head), body.as_bytes().to_vec()].concat()
}

/// A GET with these fields after its `Host`; 200 if it is taken.
fn get(fields: &[u8]) -> Vec<u8> {
    [
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n",
        fields,
        b"\r\n",
    ]
    .concat()
}

#[test]
fn what_is_sound_is_answered_and_so_is_the_next_request() {
    let site = Site::start();
    let chunked = "Transfer-Encoding: chunked";
    for (request, status) in [
        (get(b""), 200),
        (get(b"X-Tab: a\tb\r\nX-Latin: caf\xe9\r\n"), 200),
        (post("Content-Length: 8", "name=1st"), 422),
        (
            post("transfer-encoding:\tCHUNKED\t", "4\r\nname\r\n4\r\n=1st\r\n0\r\n\r\n"),
            422,
        ),
        (
            post(chunked, "8;a=b;c=\"d\"\r\nname=1st\r\n0\r\nX-Trailer: x\r\n\r\n"),
            422,
        ),
        (crlf("OPTIONS / HTTP/1.1\nHost: localhost\n\n"), 405),
        (crlf("TRACE / HTTP/1.1\nHost: localhost\n\n"), 405),
        // RFC 9110 §7.8: an upgrade that is not known here is passed over.
        (
            get(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"),
            200,
        ),
        (get(b"Expect: 100-continue\r\n"), 200),
    ] {
        check(&site, &request, &[status, 200]);
    }
}

#[test]
fn a_length_that_can_be_read_in_two_ways_ends_the_connection() {
    let site = Site::start();
    let body = "0\r\n\r\n";
    for (fields, status) in [
        ("Content-Length: 5\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: chunked\nContent-Length: 5", 400),
        ("Content-Length: 5\nContent-Length: 5", 400),
        ("Content-Length: 5\nContent-Length: 60", 400),
        ("Content-Length: +5", 400),
        ("Content-Length: -5", 400),
        ("Content-Length: 5, 5", 400),
        ("Content-Length: 5 5", 400),
        ("Content-Length: 0x5", 400),
        ("Content-Length: 5.0", 400),
        ("Content-Length: 5_0", 400),
        ("Content-Length:", 400),
        ("Content-Length: \u{665}", 400),
        ("Content-Length : 5", 400),
        ("Content-Length\t: 5", 400),
        (" Content-Length: 5", 400),
        ("Content-Length: 4097", 413),
        ("Content-Length: 18446744073709551616", 413),
        ("Content-Length: 99999999999999999999999999", 413),
        ("Transfer-Encoding : chunked", 400),
        ("Transfer-Encoding: chunked, identity", 501),
        ("Transfer-Encoding: identity, chunked", 501),
        ("Transfer-Encoding: chunked, chunked", 501),
        (
            "Transfer-Encoding: chunked\nTransfer-Encoding: chunked",
            501,
        ),
        (
            "Transfer-Encoding: chunked\nTransfer-Encoding: identity",
            501,
        ),
        ("Transfer-Encoding: xchunked", 501),
        ("Transfer-Encoding: chunkedx", 501),
        ("Transfer-Encoding: \"chunked\"", 501),
        ("Transfer-Encoding: chunked;q=1", 501),
        ("Transfer-Encoding: identity", 501),
        ("Transfer-Encoding: gzip", 501),
        ("Transfer-Encoding:", 501),
        ("Transfer-Encoding: \u{b}chunked", 400),
        ("X: y\n Transfer-Encoding: chunked", 400),
        ("Transfer-Encoding:\n chunked", 400),
    ] {
        check(&site, &post(fields, body), &[status]);
    }
    let old = "POST /login HTTP/1.0\nHost: localhost\nTransfer-Encoding: chunked\n\n0\n\n";
    check(&site, &crlf(old), &[400]);
}

#[test]
fn chunks_that_can_be_read_in_two_ways_end_the_connection() {
    let site = Site::start();
    for (body, status) in [
        ("ffffffffffffffff\r\n", 413),
        ("10000000000000000\r\n", 413),
        ("00000000000000001001\r\n", 413),
        ("+1\r\nx\r\n0\r\n\r\n", 400),
        ("-1\r\nx\r\n0\r\n\r\n", 400),
        ("0x1\r\nx\r\n0\r\n\r\n", 400),
        ("1h\r\nx\r\n0\r\n\r\n", 400),
        (" 1\r\nx\r\n0\r\n\r\n", 400),
        ("1 1\r\nx\r\n0\r\n\r\n", 400),
        ("\r\n", 400),
        ("1\nx\r\n0\r\n\r\n", 400),
        ("1\r\nx0\r\n\r\n", 400),
        ("1\r\nxy\r\n0\r\n\r\n", 400),
        ("1\r\nx\n0\r\n\r\n", 400),
        ("1\r\nx\r0\r\n\r\n", 400),
        ("1;\n\r\nx\r\n0\r\n\r\n", 400),
        ("1;a\rb\r\nx\r\n0\r\n\r\n", 400),
        ("1;a\0b\r\nx\r\n0\r\n\r\n", 400),
        ("0\r\nX: a\0b\r\n\r\n", 400),
        ("0\r\nX: a\u{1b}b\r\n\r\n", 400),
        ("0\r\nX: y\n\r\n", 400),
        ("0\r\n\n", 400),
    ] {
        check(&site, &post("Transfer-Encoding: chunked", body), &[status]);
    }
    let long = format!("1;{}\r\n", "x".repeat(300));
    check(&site, &post("Transfer-Encoding: chunked", &long), &[400]);
    let many = format!("0\r\n{}\r\n", "X: y\r\n".repeat(17));
    check(&site, &post("Transfer-Encoding: chunked", &many), &[431]);
}

#[test]
fn a_host_that_is_missing_doubtful_or_there_twice_ends_the_connection() {
    let site = Site::start();
    for host in [
        "X: y",
        "Host: localhost\nHost: localhost",
        "Host: localhost\nHost: evil.example",
        "Host:",
        "Host: ",
        "Host: local host",
        "Host: localhost, evil.example",
        "Host: user@localhost",
        "Host: localhost/x",
        "Host: localhost\\",
        "Host: localhost#x",
        "Host: localhost?x",
        "Host: localhost:",
        "Host: localhost:x",
        "Host: localhost:99999",
        "Host: localhost%0d%0aX:y",
        "Host: [::1",
        "Host : localhost",
        " Host: localhost",
        "Host: local\u{7f}host",
    ] {
        let request = crlf(&format!("GET /healthz HTTP/1.1\n{host}\n\n"));
        check(&site, &request, &[400]);
    }
}

#[test]
fn a_field_that_decides_ends_the_connection_when_it_comes_twice() {
    let site = Site::start();
    for (field, one, other) in [
        ("Origin", "http://localhost", "http://evil.example"),
        (
            "Content-Type",
            "application/x-www-form-urlencoded",
            "text/plain",
        ),
        ("Expect", "100-continue", "100-continue"),
        (
            "Sec-WebSocket-Key",
            "dGhlIHNhbXBsZSBub25jZQ==",
            "dGhlIHNhbXBsZSBub25jZQ==",
        ),
        ("Sec-WebSocket-Version", "13", "8"),
    ] {
        let twice = format!(
            "{field}: {one}\r\nX: y\r\n{}: {other}\r\n",
            field.to_lowercase()
        );
        check(&site, &get(twice.as_bytes()), &[400]);
        let once = format!("{field}: {one}\r\n");
        check(&site, &get(once.as_bytes()), &[200, 200]);
    }
}

#[test]
fn line_ends_and_control_bytes_that_others_read_otherwise_end_the_connection() {
    let site = Site::start();
    for fields in [
        &b"X: y\n"[..],
        b"X: y\n\r\n",
        b"X: y\r\r\n",
        b"X: a\rY: b\r\n",
        b"X: a\r\n folded\r\n",
        b"X: a\r\n\tfolded\r\n",
        b"X: a\0b\r\n",
        b"X: a\x1bb\r\n",
        b"X: a\x7fb\r\n",
        b"X: a\x01\r\n",
        b"X\0: y\r\n",
        b"X\x01: y\r\n",
        b"X\xe9: y\r\n",
        b"X Y: z\r\n",
        b"X(: y\r\n",
        b": y\r\n",
        b"X\r\n",
    ] {
        check(&site, &get(fields), &[400]);
    }
    for request in [
        &b"GET /healthz HTTP/1.1\nHost: localhost\n\n"[..],
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\n",
        b"GET /healthz HTTP/1.1\rHost: localhost\r\r",
        b"\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\r\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b" GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET\t/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health\0z HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health z HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /healthz HTTP/1.1 \r\nHost: localhost\r\n\r\n",
        b"GET /healthz  HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        check(&site, request, &[400]);
    }
}

#[test]
fn other_versions_methods_and_targets_end_the_connection() {
    let site = Site::start();
    for (line, status) in [
        ("GET /healthz", 400),
        ("GET /healthz HTTP/0.9", 505),
        ("GET /healthz HTTP/2.0", 505),
        ("GET /healthz HTTP/1.2", 505),
        ("GET /healthz HTTP/1.1.1", 400),
        ("GET /healthz http/1.1", 400),
        ("GET /healthz HTTP/11", 400),
        ("PRI * HTTP/2.0", 505),
        ("CONNECT localhost:80 HTTP/1.1", 501),
        ("BREW / HTTP/1.1", 501),
        ("get / HTTP/1.1", 501),
        ("OPTIONS * HTTP/1.1", 400),
        ("GET * HTTP/1.1", 400),
        ("GET localhost:80 HTTP/1.1", 400),
        ("GET healthz HTTP/1.1", 400),
        ("GET ftp://localhost/ HTTP/1.1", 400),
        ("GET http:///healthz HTTP/1.1", 400),
        ("GET http://user@localhost/ HTTP/1.1", 400),
    ] {
        let request = crlf(&format!("{line}\nHost: localhost\n\n"));
        check(&site, &request, &[status]);
    }
    // RFC 9113 §3.4: the whole preface of HTTP/2.
    check(&site, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[505]);
    check(&site, b"GET /healthz\r\n", &[400]);
}

#[test]
fn no_path_leaves_its_folder() {
    let site = Site::start();
    for path in [
        "/..",
        "/../etc/passwd",
        "/assets/../healthz",
        "/assets/./style.css",
        "/assets/%2e%2e/healthz",
        "/assets/%2E%2e/healthz",
        "/assets/.%2e/healthz",
        "/assets/..%2fhealthz",
        "/assets%2fstyle.css",
        "/assets/..\\healthz",
        "/assets/..%5chealthz",
        "/assets/style.css%00.js",
        "/healthz%0d%0aX:%20y",
        "/healthz%7f",
        "/healthz%c2%9b",
        "/healthz%ff",
        "/healthz%",
        "/healthz%2",
        "/healthz%zz",
        "/healthz#x",
        "http://localhost/assets/../healthz",
        "http://localhost/%2e%2e/healthz",
    ] {
        let request = crlf(&format!("GET {path} HTTP/1.1\nHost: localhost\n\n"));
        check(&site, &request, &[400]);
    }
    for path in [
        // Decoded once, and not again.
        "/assets/%252e%252e/healthz",
        "/assets/..;/healthz",
        "/assets/.../healthz",
        "/assets//style.css",
        "//localhost/healthz",
        "///healthz",
        "/assets/login.html",
        "/assets/",
    ] {
        let request = crlf(&format!("GET {path} HTTP/1.1\nHost: localhost\n\n"));
        check(&site, &request, &[404, 200]);
    }
}

#[test]
fn lengths_that_are_absurd_end_the_connection() {
    let site = Site::start();
    let long = |bytes: usize| "x".repeat(bytes);
    let field = |bytes: usize| get(format!("X: {}\r\n", long(bytes)).as_bytes());
    let fixed = field(0).len();
    check(&site, &field(8192 - fixed), &[200, 200]);
    check(&site, &field(8193 - fixed), &[431]);
    check(&site, &field(1 << 20), &[431]);
    let fields = |count: usize| get("X: y\r\n".repeat(count).as_bytes());
    check(&site, &fields(63), &[200, 200]);
    check(&site, &fields(64), &[431]);
    check(&site, &fields(100_000), &[431]);
    let line = |bytes| {
        crlf(&format!(
            "GET /{} HTTP/1.1\nHost: localhost\n\n",
            long(bytes)
        ))
    };
    check(&site, &line(9000), &[414]);
    check(&site, &line(1 << 20), &[414]);
    check(&site, long(1 << 20).as_bytes(), &[414]);
    let body = format!("name={}", long(4092));
    check(&site, &post("Content-Length: 4097", &body), &[413]);
    let chunks = "1\r\nx\r\n".repeat(4097);
    check(&site, &post("Transfer-Encoding: chunked", &chunks), &[413]);
}

/// Every line of these answers is one that the site wrote.
#[track_caller]
fn has_no_field_of_a_strangers(site: &Site, request: &[u8]) {
    let answer = http::request(site.http, request);
    let what = request.escape_ascii();
    assert_eq!(answer.header("x-injected"), None, "{what}");
    let head = format!("{answer:?}").to_ascii_lowercase();
    for cookie in head.split("set-cookie").skip(1) {
        assert!(!cookie.starts_with("evil"), "{what}");
    }
    assert!(!answer.text().contains("<x-injected"), "{what}");
}

#[test]
fn nobody_adds_a_field_or_an_element_to_an_answer() {
    let site = Site::start();
    for evil in [
        "%0d%0aX-Injected:%20y",
        "%0aX-Injected:%20y",
        "%0dX-Injected:%20y",
        "%0d%0a%0d%0a%3Cx-injected%3E",
        "%E5%98%8A%E5%98%8DX-Injected:%20y",
        "%22%3E%3Cx-injected%3E",
        "%3C/title%3E%3Cx-injected%3E",
        "%27%3E%3Cx-injected%3E",
    ] {
        for target in [
            format!("/{evil}"),
            format!("/?room=%23a{evil}"),
            format!("/?room={evil}"),
            format!("/?{evil}"),
            format!("/login?name=a{evil}"),
            format!("/login?room=%23a{evil}&first={evil}"),
            format!("/assets/{evil}"),
            format!("http://localhost/{evil}"),
            format!("http://localhost{evil}/"),
        ] {
            let request = format!("GET {target} HTTP/1.1\nHost: localhost\n\n");
            has_no_field_of_a_strangers(&site, &crlf(&request));
        }
        for form in [
            format!("name=a{evil}"),
            format!("name=bob&room=%23a{evil}"),
            format!("name=1&room={evil}"),
            format!("{evil}={evil}&name=cat"),
        ] {
            let length = format!("Content-Length: {}", form.len());
            has_no_field_of_a_strangers(&site, &post(&length, &form));
        }
        for field in [
            "Host",
            "Origin",
            "Cookie",
            "If-None-Match",
            "Referer",
            "User-Agent",
        ] {
            let host = if field == "Host" {
                ""
            } else {
                "Host: localhost\n"
            };
            let request = format!("GET / HTTP/1.1\n{host}{field}: {evil}\n\n");
            has_no_field_of_a_strangers(&site, &crlf(&request));
        }
    }
}
