//! Peers that take their time: a byte now and then puts nothing off, wherever it falls. RELIABILITY
//! 14, at every door of the real program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions_support/mod.rs"]
mod sessions_support;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use sessions_support::Site;
use test_support::{LineClient, WsClient};

const SECOND: Duration = Duration::from_secs(1);

/// Everybody has a second for everything.
fn hurried() -> Site {
    Site::start_with(&[
        "--limit=registration_seconds=1",
        "--limit=http_head_seconds=1",
        "--limit=ping_seconds=1",
        "--limit=pong_seconds=1",
    ])
}

/// Sends these bytes one by one, five a second, until the door is closed; all that was heard.
#[track_caller]
fn drip(stream: &mut TcpStream, bytes: impl Iterator<Item = u8>, at_most: Duration) -> String {
    let start = Instant::now();
    let mut heard = Vec::new();
    stream.set_nodelay(true).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    for byte in bytes {
        let _ = stream.write_all(&[byte]);
        let mut some = [0; 4096];
        match stream.read(&mut some) {
            Ok(0) => return String::from_utf8_lossy(&heard).into_owned(),
            Ok(count) => heard.extend_from_slice(&some[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return String::from_utf8_lossy(&heard).into_owned(),
        }
        let text = String::from_utf8_lossy(&heard);
        assert!(start.elapsed() < at_most, "still open: {text}");
    }
    panic!("it was not closed: {}", String::from_utf8_lossy(&heard));
}

fn forever(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes.iter().copied().cycle()
}

#[test]
fn a_line_that_drips_does_not_hold_registration_open() {
    let site = hurried();
    for door in [site.irc, site.plain] {
        let mut stream = TcpStream::connect(door).unwrap();
        let heard = drip(&mut stream, forever(b"NICK an"), 4 * SECOND);
        assert!(heard.contains("you did not say who you are"), "{heard}");
    }
}

#[test]
fn a_line_that_drips_is_no_answer_to_a_ping() {
    let site = hurried();
    let mut witness = site.witness();
    let mut stream = TcpStream::connect(site.irc).unwrap();
    stream
        .write_all(b"NICK slow\r\nUSER x 0 * :x\r\nJOIN #lobby\r\n")
        .unwrap();
    witness.expect_contains(":slow!");
    let hears = std::thread::spawn(move || witness.expect_contains(" QUIT "));
    let heard = drip(&mut stream, forever(b"PONG "), 6 * SECOND);
    assert!(
        heard.contains("ERROR :Closing link: ping timeout"),
        "{heard}"
    );
    assert!(hears.join().unwrap().starts_with(":slow!"));
}

#[test]
fn a_request_that_drips_is_late_in_its_head_its_body_and_its_chunks() {
    let site = hurried();
    for request in [
        "GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaa",
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\naaaaaaaaaaaaaaaaaaaaaaa",
        "POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n",
    ] {
        let mut stream = TcpStream::connect(site.http).unwrap();
        // All but the last of it at once: what drips is in the part that is meant.
        let (first, last) = request.split_at(request.len() - 20);
        stream.write_all(first.as_bytes()).unwrap();
        let heard = drip(&mut stream, last.bytes(), 4 * SECOND);
        assert!(heard.starts_with("HTTP/1.1 408 "), "{request}: {heard}");
    }
    // Empty lines before a request are no request.
    let mut stream = TcpStream::connect(site.http).unwrap();
    assert_eq!(drip(&mut stream, forever(b"\r\n"), 4 * SECOND), "");
}

/// A masked frame with a mask of zeros: its payload goes over the wire as it is.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
}

#[test]
fn a_frame_that_drips_does_not_hold_registration_open() {
    let site = hurried();
    let payload = [b'x'; 100];
    for bytes in [
        frame(0x81, &payload),
        // Fragments of one message, which never ends.
        [frame(0x01, b"x"), frame(0x00, b"").repeat(20)].concat(),
        // Answers to pings that nobody sent.
        frame(0x8a, b"").repeat(20),
    ] {
        let mut bot = WsClient::connect(site.http);
        let heard = drip(bot.raw(), bytes.into_iter(), 4 * SECOND);
        assert!(heard.contains("you did not say who you are"), "{heard}");
    }
}

#[test]
fn a_frame_that_drips_is_no_answer_to_a_ping() {
    let site = hurried();
    let mut witness = site.witness();
    let mut bot = WsClient::connect(site.http);
    bot.register("slow");
    bot.join("#lobby");
    witness.expect_contains(":slow!");
    let hears = std::thread::spawn(move || witness.expect_contains(" QUIT "));
    let heard = drip(bot.raw(), frame(0x81, &[b'x'; 100]).into_iter(), 6 * SECOND);
    assert!(heard.contains("ping timeout"), "{heard}");
    assert!(hears.join().unwrap().starts_with(":slow!"));
}

#[test]
fn who_drips_keeps_nobody_waiting() {
    let site = hurried();
    let mut slow: Vec<TcpStream> = [site.irc, site.plain, site.http]
        .into_iter()
        .flat_map(|door| (0..20).map(move |_| TcpStream::connect(door).unwrap()))
        .collect();
    let mut ana = LineClient::connect(site.irc);
    ana.register("ana");
    for _ in 0..5 {
        for stream in &mut slow {
            let _ = stream.write_all(b"G");
        }
        let start = Instant::now();
        ana.fence();
        assert!(start.elapsed() < SECOND / 2, "{:?}", start.elapsed());
    }
}
