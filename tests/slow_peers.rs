//! Peers that take their time: a byte now and then puts nothing off, wherever it falls. RELIABILITY
//! 14, at every door, by a clock that stands still unless a test lets time pass.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions_support/clocked.rs"]
mod clocked;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use chat_core::limits::WHEEL_TICK;
use clocked::House;
use test_support::{LineClient, PATIENCE, WsClient};

const SECOND: Duration = Duration::from_secs(1);
const FIFTH: Duration = Duration::from_millis(200);

/// Sends these bytes one by one, five a second, until the door is closed, as it has to be when this much time has
/// passed and not before; all that was heard.
#[track_caller]
fn drip(
    house: &House,
    stream: &mut TcpStream,
    bytes: impl Iterator<Item = u8>,
    due: Duration,
) -> String {
    drip_beside(house, stream, bytes, due, || {})
}

/// The same, while others do something.
#[track_caller]
fn drip_beside(
    house: &House,
    stream: &mut TcpStream,
    mut bytes: impl Iterator<Item = u8>,
    due: Duration,
    mut beside: impl FnMut(),
) -> String {
    let (mut heard, mut time) = (Vec::new(), Duration::ZERO);
    stream.set_nodelay(true).unwrap();
    while time < due + 2 * WHEEL_TICK {
        let byte = bytes.next().expect("a byte more");
        let _ = stream.write_all(&[byte]);
        house.pass(FIFTH);
        beside();
        time += FIFTH;
        if time < due {
            hear(stream, &mut heard);
        }
    }
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    match stream.read_to_end(&mut heard) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("it was not closed"),
        _ => String::from_utf8_lossy(&heard).into_owned(),
    }
}

/// What is there by now; it is not the end.
#[track_caller]
fn hear(stream: &mut TcpStream, heard: &mut Vec<u8>) {
    let mut some = [0; 4096];
    let moment = Duration::from_millis(1);
    stream.set_read_timeout(Some(moment)).unwrap();
    match stream.read(&mut some) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
        Ok(count @ 1..) => heard.extend_from_slice(&some[..count]),
        end => panic!("{end:?} after {}", String::from_utf8_lossy(heard)),
    }
}

fn forever(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes.iter().copied().cycle()
}

#[test]
fn a_line_that_drips_does_not_hold_registration_open() {
    let house = House::hurried();
    for door in [house.irc, house.plain] {
        let mut stream = TcpStream::connect(door).unwrap();
        let heard = drip(&house, &mut stream, forever(b"NICK an"), SECOND);
        assert!(heard.contains("you did not say who you are"), "{heard}");
    }
}

#[test]
fn a_line_that_drips_is_no_answer_to_a_ping() {
    let house = House::hurried();
    let mut witness = house.person("witness");
    let mut stream = TcpStream::connect(house.irc).unwrap();
    stream
        .write_all(b"NICK slow\r\nUSER x 0 * :x\r\nJOIN #lobby\r\n")
        .unwrap();
    witness.expect_contains(":slow!");
    let heard = drip_beside(&house, &mut stream, forever(b"PONG "), 2 * SECOND, || {
        witness.fence();
    });
    assert!(
        heard.contains("ERROR :Closing link: ping timeout"),
        "{heard}"
    );
    assert!(witness.transcript().contains(" QUIT :ping timeout"));
}

#[test]
fn a_request_that_drips_is_late_in_its_head_its_body_and_its_chunks() {
    let house = House::hurried();
    for request in [
        "GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaa",
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\naaaaaaaaaaaaaaaaaaaaaaa",
        "POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n",
    ] {
        let mut stream = TcpStream::connect(house.http).unwrap();
        // All but the last of it at once: what drips is in the part that is meant.
        let (first, last) = request.split_at(request.len() - 20);
        stream.write_all(first.as_bytes()).unwrap();
        let heard = drip(&house, &mut stream, last.bytes(), SECOND);
        assert!(heard.starts_with("HTTP/1.1 408 "), "{request}: {heard}");
    }
    // Empty lines before a request are no request.
    let mut stream = TcpStream::connect(house.http).unwrap();
    assert_eq!(drip(&house, &mut stream, forever(b"\r\n"), SECOND), "");
}

/// A masked frame with a mask of zeros: its payload goes over the wire as it is.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
}

#[test]
fn a_frame_that_drips_does_not_hold_registration_open() {
    let house = House::hurried();
    let payload = [b'x'; 100];
    for bytes in [
        frame(0x81, &payload),
        // Fragments of one message, which never ends.
        [frame(0x01, b"x"), frame(0x00, b"").repeat(20)].concat(),
        // Answers to pings that nobody sent.
        frame(0x8a, b"").repeat(20),
    ] {
        let mut bot = WsClient::connect(house.http);
        let heard = drip(&house, bot.raw(), bytes.into_iter(), SECOND);
        assert!(heard.contains("you did not say who you are"), "{heard}");
    }
}

#[test]
fn a_frame_that_drips_is_no_answer_to_a_ping() {
    let house = House::hurried();
    let mut witness = house.person("witness");
    let mut bot = WsClient::connect(house.http);
    bot.register("slow");
    bot.join("#lobby");
    witness.expect_contains(":slow!");
    let bytes = frame(0x81, &[b'x'; 100]).into_iter();
    let heard = drip_beside(&house, bot.raw(), bytes, 2 * SECOND, || {
        witness.fence();
    });
    assert!(heard.contains("ping timeout"), "{heard}");
    assert!(witness.transcript().contains(" QUIT :ping timeout"));
}

#[test]
fn who_drips_keeps_nobody_waiting() {
    let house = House::hurried();
    let mut slow: Vec<TcpStream> = [house.irc, house.plain, house.http]
        .into_iter()
        .flat_map(|door| (0..20).map(move |_| TcpStream::connect(door).unwrap()))
        .collect();
    let mut ana = LineClient::connect(house.irc);
    ana.register("ana");
    for _ in 0..5 {
        for stream in &mut slow {
            let _ = stream.write_all(b"G");
        }
        // No time passes.
        ana.fence();
    }
}
