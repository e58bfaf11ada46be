//! A fast talker is delayed by readers who read, and never by one who does not.
//! RELIABILITY: nobody slows another, and nobody is cut for being merely slower than a flood.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use chat_core::handle::Handle;
use chat_core::limits::Limits;
use chat_core::relay::Relay;
use socket2::{Domain, Socket, Type};
use test_support::LineClient;

const LINES: usize = 60_000;
const TEXT: &str =
    "a line of a hundred bytes or so, said again and again as fast as the loop takes it, by one";

/// A relay in a thread of its own, until dropped.
struct Running {
    address: SocketAddr,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    fn start() -> Running {
        let mut limits = Limits {
            send_queue_bytes: 64 * 1024,
            ..Limits::default()
        };
        limits.lift();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut relay = Relay::builder()
            .limits(limits)
            .irc(any)
            .unwrap()
            .build()
            .unwrap();
        let (address, handle) = (relay.addresses()[0], relay.handle());
        let thread = Some(thread::spawn(move || relay.run().unwrap()));
        Running {
            address,
            handle,
            thread,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self
            .handle
            .stop("the test is over", Duration::from_millis(100));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Somebody in the room, as a bare socket with so little room that the kernel hides nothing.
fn enter(address: SocketAddr, nick: &str) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    socket.connect(&address.into()).unwrap();
    let mut socket = TcpStream::from(socket);
    let lines = format!("NICK {nick}\r\nUSER u 0 * :{nick}\r\nJOIN #lobby\r\n");
    socket.write_all(lines.as_bytes()).unwrap();
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains(" 366 ") {
        let mut scratch = [0; 1024];
        let count = socket.read(&mut scratch).unwrap();
        heard.extend_from_slice(&scratch[..count]);
    }
    socket
}

/// Reads slower than a flood comes, but reads; returns how many lines came in order.
fn read_slowly(mut socket: TcpStream) -> usize {
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let (mut heard, mut rest) = (0, Vec::new());
    let mut scratch = [0; 16 * 1024];
    while heard < LINES {
        let count = socket
            .read(&mut scratch)
            .expect("somebody who reads hears on");
        assert!(count > 0, "a reader who reads was cut after {heard} lines");
        rest.extend_from_slice(&scratch[..count]);
        let whole = rest
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1);
        for line in String::from_utf8_lossy(&rest[..whole]).lines() {
            heard += usize::from(line.ends_with(&format!(":{heard} {TEXT}")));
        }
        rest.drain(..whole);
        thread::sleep(Duration::from_millis(4));
    }
    heard
}

fn flood(mut talker: TcpStream) {
    let mut lines = String::new();
    for number in 0..LINES {
        lines.push_str(&format!("PRIVMSG #lobby :{number} {TEXT}\r\n"));
    }
    talker.write_all(lines.as_bytes()).unwrap();
    // What the server says to the talker is not read; it says nothing that could fill a queue.
    talker
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    talker.write_all(b"PING over\r\n").unwrap();
    let mut byte = [0];
    talker.read_exact(&mut byte).unwrap();
}

#[test]
fn readers_who_read_are_not_cut_by_a_talker_at_full_speed() {
    let relay = Running::start();
    let readers: Vec<JoinHandle<usize>> = (0..4)
        .map(|number| enter(relay.address, &format!("reader{number}")))
        .map(|socket| thread::spawn(move || read_slowly(socket)))
        .collect();
    flood(enter(relay.address, "talker"));
    for reader in readers {
        assert_eq!(reader.join().unwrap(), LINES);
    }
}

#[test]
fn a_reader_who_does_not_read_delays_nobody_for_long() {
    let relay = Running::start();
    let _staller = enter(relay.address, "staller");
    let mut witness = LineClient::connect(relay.address);
    witness.register("witness");
    let start = Instant::now();
    flood(enter(relay.address, "talker"));
    assert!(
        start.elapsed() < Duration::from_secs(15),
        "{:?}",
        start.elapsed()
    );
    witness.send("WHOIS staller");
    witness.expect_contains(" 401 ");
}
