//! A fast talker is delayed by readers who read, and never by one who does not.
//! RELIABILITY: nobody slows another, and nobody is cut for being merely slower than a flood.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver};
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
    enter_with(8 * 1024, address, nick)
}

fn enter_with(bytes: usize, address: SocketAddr, nick: &str) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(bytes).unwrap();
    socket.connect(&address.into()).unwrap();
    join(TcpStream::from(socket), nick)
}

/// A dozen people in the room who read as fast as they can.
fn enter_the_fast(address: SocketAddr) -> Vec<JoinHandle<Option<usize>>> {
    let names = (0..12).map(|number| format!("reader{number}"));
    names
        .map(|nick| join(TcpStream::connect(address).unwrap(), &nick))
        .map(|socket| thread::spawn(move || read_all(socket, 64 * 1024, Duration::ZERO)))
        .collect()
}

fn join(mut socket: TcpStream, nick: &str) -> TcpStream {
    let lines = format!("NICK {nick}\r\nUSER u 0 * :{nick}\r\nJOIN #lobby\r\n");
    socket.write_all(lines.as_bytes()).unwrap();
    hear(&mut socket, " 366 ");
    socket
}

fn hear(socket: &mut TcpStream, end: &str) {
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let mut heard = String::new();
    while !heard.contains(end) {
        let mut scratch = [0; 16 * 1024];
        let count = socket.read(&mut scratch).unwrap();
        assert!(count > 0, "the server hung up before {end:?}");
        heard.drain(..heard.len().saturating_sub(end.len()));
        heard.push_str(str::from_utf8(&scratch[..count]).unwrap());
    }
}

/// Reads slower than a flood comes, but reads; returns how many lines came.
fn read_slowly(socket: TcpStream) -> usize {
    read_all(socket, 16 * 1024, Duration::from_millis(4)).expect("a reader who reads was cut")
}

/// Reads so many bytes at most after each pause; returns how many lines came, or nothing if the
/// server was the one to end it.
fn read_all(mut socket: TcpStream, bytes: usize, pause: Duration) -> Option<usize> {
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let (mut heard, mut rest) = (0, Vec::new());
    let mut scratch = vec![0; bytes];
    while heard < LINES {
        let count = socket.read(&mut scratch).unwrap_or(0);
        if count == 0 {
            return None;
        }
        rest.extend_from_slice(&scratch[..count]);
        let whole = rest
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1);
        for line in String::from_utf8_lossy(&rest[..whole]).lines() {
            heard += usize::from(line.ends_with(TEXT));
        }
        rest.drain(..whole);
        thread::sleep(pause);
    }
    Some(heard)
}

/// Reads a hundred bytes a tenth of a second.
fn read_in_drops(mut socket: TcpStream, is_over: &Receiver<()>) {
    let pause = Duration::from_millis(100);
    while is_over.recv_timeout(pause).is_err() {
        let mut scratch = [0; 100];
        let _ = socket.read(&mut scratch);
    }
}

fn flood(talker: TcpStream) {
    say(talker, LINES);
}

/// Talks as fast as the socket takes it, and reads meanwhile what others say.
fn say(mut talker: TcpStream, lines: usize) {
    let mut ear = talker.try_clone().unwrap();
    let heard = thread::spawn(move || hear(&mut ear, "PONG"));
    let lines = format!("PRIVMSG #lobby :{TEXT}\r\n").repeat(lines);
    talker.write_all(lines.as_bytes()).unwrap();
    talker.write_all(b"PING over\r\n").unwrap();
    heard.join().unwrap();
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
fn readers_who_read_are_not_cut_by_many_talkers_at_once() {
    const TALKERS: usize = 10;
    let relay = Running::start();
    let readers: Vec<JoinHandle<usize>> = (0..4)
        .map(|number| enter(relay.address, &format!("reader{number}")))
        .map(|socket| thread::spawn(move || read_slowly(socket)))
        .collect();
    let talkers: Vec<JoinHandle<()>> = (0..TALKERS)
        .map(|number| enter(relay.address, &format!("talker{number}")))
        .map(|talker| thread::spawn(move || say(talker, LINES / TALKERS)))
        .collect();
    for talker in talkers {
        talker.join().unwrap();
    }
    for reader in readers {
        assert_eq!(reader.join().unwrap(), LINES);
    }
}

#[test]
fn one_reader_who_is_a_little_behind_all_others_is_not_cut() {
    let relay = Running::start();
    let fast = enter_the_fast(relay.address);
    // With less, TCP itself makes pauses of a fifth of a second.
    let slower = enter_with(64 * 1024, relay.address, "slower");
    let slower = thread::spawn(move || read_slowly(slower));
    flood(enter(relay.address, "talker"));
    for reader in fast {
        assert_eq!(reader.join().unwrap(), Some(LINES));
    }
    assert_eq!(slower.join().unwrap(), LINES);
}

#[test]
fn one_reader_who_takes_a_drop_now_and_then_delays_nobody() {
    let relay = Running::start();
    let fast = enter_the_fast(relay.address);
    let drop = enter(relay.address, "dripping");
    let (over, is_over) = mpsc::channel();
    let dripping = thread::spawn(move || read_in_drops(drop, &is_over));
    let start = Instant::now();
    flood(enter(relay.address, "talker"));
    for reader in fast {
        assert_eq!(reader.join().unwrap(), Some(LINES));
    }
    let took = start.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    over.send(()).unwrap();
    dripping.join().unwrap();
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
