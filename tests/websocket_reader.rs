//! Somebody who reads a WebSocket slowly gets every frame whole. RELIABILITY 8.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions_support/mod.rs"]
mod sessions_support;

use std::io::Read;
use std::net::TcpStream;

use sessions_support::Site;
use test_support::{PATIENCE, WsClient};

/// Three megabytes together: more than the kernel holds, so that it takes the frames in pieces.
const MESSAGES: usize = 8_000;

fn text(number: usize) -> String {
    format!("{number:06}{}", "x".repeat(300 + number % 100))
}

/// One unmasked text frame off the stream. RFC 6455 §5.2.
fn frame(stream: &mut impl Read) -> String {
    let mut head = [0; 2];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(head[0], 0x81, "not the start of a text frame");
    let mut length = usize::from(head[1]);
    if length == 126 {
        let mut long = [0; 2];
        stream.read_exact(&mut long).unwrap();
        length = usize::from(u16::from_be_bytes(long));
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).unwrap();
    String::from_utf8(payload).unwrap()
}

/// Takes a byte at a time for a while, and then as much as there is.
struct Slow<'a> {
    stream: &'a mut TcpStream,
    bytes: usize,
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.bytes += 1;
        let most = if self.bytes < 20_000 { 1 } else { buffer.len() };
        self.stream.read(&mut buffer[..most])
    }
}

#[test]
fn a_frame_taken_a_byte_at_a_time_is_whole() {
    let site = Site::start_with(&["--unlimited", "--limit=send_queue_bytes=9000000"]);
    let mut slow: WsClient = site.upgrade().receive_buffer(2048).connect();
    slow.register("slow");
    slow.join("#lobby");
    slow.fence();
    let mut ana = site.witness();
    for number in 0..MESSAGES {
        ana.send(&format!("PRIVMSG #lobby :{}", text(number)));
    }
    ana.fence();
    slow.raw().set_read_timeout(Some(PATIENCE)).unwrap();
    let mut slow = Slow {
        stream: slow.raw(),
        bytes: 0,
    };
    assert!(frame(&mut slow).contains(" JOIN "));
    for number in 0..MESSAGES {
        let line = frame(&mut slow);
        let said = format!(" PRIVMSG #lobby :{}", text(number));
        assert!(line.ends_with(&said), "{number}: {line}");
    }
}
