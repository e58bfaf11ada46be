//! A fast talker is delayed by readers who read, and never by one who does not.
//! RELIABILITY: nobody slows another, and nobody is cut for being merely slower than a flood.
//!
//! Who reads how fast is told by the relay's own clock, which stands still while this machine is busy with
//! something else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use chat_core::limits::Limits;
use chat_core::relay::Relay;
use chat_core::testing::Ephemeral;
use socket2::{Domain, Socket, Type};

const LINES: usize = 60_000;
const TEXT: &str =
    "a line of a hundred bytes or so, said again and again as fast as the loop takes it, by one";

/// What the relay's clock goes on by when everybody had their turn.
const STEP: Duration = Duration::from_millis(1);

/// The room in the socket of somebody who reads slower than a flood comes. With less, TCP itself makes pauses of a fifth
/// of a second.
const WINDOW: usize = 64 * 1024;

/// How long a test may go on in the world outside.
const PATIENCE: Duration = Duration::from_secs(120);

/// Somebody in the room, as a bare socket.
struct Member {
    socket: TcpStream,
    /// How many bytes they read at most, and after how many steps again.
    bytes: usize,
    every: u32,
    /// What they have still to say.
    to_say: Vec<u8>,
    /// How many lines they heard, and the beginning of the next.
    heard: usize,
    rest: Vec<u8>,
    is_cut: bool,
}

impl Member {
    fn new(socket: TcpStream) -> Member {
        Member {
            socket,
            bytes: 64 * 1024,
            every: 1,
            to_say: Vec::new(),
            heard: 0,
            rest: Vec::new(),
            is_cut: false,
        }
    }

    fn say(&mut self) {
        match self.socket.write(&self.to_say) {
            Ok(count) => drop(self.to_say.drain(..count)),
            Err(why) => assert_eq!(why.kind(), ErrorKind::WouldBlock),
        }
    }

    fn read(&mut self) {
        let mut scratch = vec![0; self.bytes];
        match self.socket.read(&mut scratch) {
            Ok(count @ 1..) => self.hear(&scratch[..count]),
            Err(why) if why.kind() == ErrorKind::WouldBlock => {}
            Ok(_) | Err(_) => self.is_cut = true,
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let end = self.rest.iter().rposition(|&byte| byte == b'\n');
        let whole: Vec<u8> = self.rest.drain(..end.map_or(0, |end| end + 1)).collect();
        let lines = str::from_utf8(&whole).unwrap().lines();
        self.heard += lines.filter(|line| line.ends_with(TEXT)).count();
    }
}

/// A room whose members read and talk in turn with the relay.
struct Stage {
    chat: Ephemeral,
    members: Vec<Member>,
    steps: u32,
}

impl Stage {
    fn new() -> Stage {
        let mut limits = Limits {
            send_queue_bytes: 64 * 1024,
            ..Limits::default()
        };
        limits.lift();
        Stage {
            chat: Ephemeral::of(Relay::builder().limits(limits)).unwrap(),
            members: Vec::new(),
            steps: 0,
        }
    }

    /// Somebody who reads as fast as they can.
    fn enter(&mut self, nick: &str) -> usize {
        let socket = TcpStream::connect(self.chat.irc()).unwrap();
        self.join(socket, nick)
    }

    /// Somebody whose kernel takes hardly more than they read: so many bytes at most, after so many steps again.
    fn enter_slowly(&mut self, nick: &str, window: usize, bytes: usize, every: u32) -> usize {
        let at = self.join(connect_with(window, self.chat.irc()), nick);
        let member = &mut self.members[at];
        (member.bytes, member.every) = (bytes, every);
        at
    }

    /// A dozen people who read as fast as they can.
    fn enter_the_fast(&mut self) -> Vec<usize> {
        (0..12)
            .map(|number| self.enter(&format!("reader{number}")))
            .collect()
    }

    /// Some who read slower than a flood comes, but read.
    fn enter_the_slower(&mut self) -> Vec<usize> {
        let names = (0..4).map(|number| format!("reader{number}"));
        names
            .map(|nick| self.enter_slowly(&nick, WINDOW, 16 * 1024, 4))
            .collect()
    }

    fn join(&mut self, socket: TcpStream, nick: &str) -> usize {
        let socket = self.come_in(socket, nick);
        self.members.push(Member::new(socket));
        self.members.len() - 1
    }

    fn come_in(&mut self, mut socket: TcpStream, nick: &str) -> TcpStream {
        let lines = format!("NICK {nick}\r\nUSER u 0 * :{nick}\r\nJOIN #lobby\r\n");
        socket.write_all(lines.as_bytes()).unwrap();
        socket.set_nonblocking(true).unwrap();
        self.wait_for(&socket, " 366 ");
        socket
    }

    /// Goes on until somebody was told this.
    fn wait_for(&mut self, mut socket: &TcpStream, part: &str) {
        let mut heard = String::new();
        let start = Instant::now();
        while !heard.contains(part) {
            assert!(start.elapsed() < PATIENCE, "no {part:?} in {heard:?}");
            self.step();
            let mut scratch = [0; 4 * 1024];
            let count = socket.read(&mut scratch).unwrap_or(0);
            heard.push_str(str::from_utf8(&scratch[..count]).unwrap());
        }
    }

    /// Everybody does what they do, and then it is a moment later. That takes as long in the world outside at
    /// least, whose kernel waits now and then before it sends on.
    fn step(&mut self) {
        for member in self.members.iter_mut().filter(|member| !member.is_cut) {
            if self.steps.is_multiple_of(member.every) {
                member.read();
            }
            member.say();
        }
        self.chat.relay().turn(Some(Duration::ZERO)).unwrap();
        self.chat.advance(STEP).unwrap();
        self.steps += 1;
        thread::sleep(STEP);
    }

    /// So many lines are said by each of these as fast as the relay takes them, until all of those have heard them
    /// or are cut. How long that took by the relay's clock.
    fn flood(&mut self, talkers: &[usize], lines: usize, readers: &[usize]) -> Duration {
        let all = format!("PRIVMSG #lobby :{TEXT}\r\n").repeat(lines);
        for &talker in talkers {
            self.members[talker].to_say = all.clone().into_bytes();
        }
        let (start, began) = (Instant::now(), self.steps);
        while readers.iter().any(|&reader| self.waits(reader)) {
            assert!(
                start.elapsed() < PATIENCE,
                "heard: {:?}",
                self.heard(readers)
            );
            self.step();
        }
        STEP * (self.steps - began)
    }

    fn waits(&self, reader: usize) -> bool {
        let Member { heard, is_cut, .. } = self.members[reader];
        heard < LINES && !is_cut
    }

    fn heard(&self, readers: &[usize]) -> Vec<usize> {
        let heard = |&reader: &usize| self.members[reader].heard;
        readers.iter().map(heard).collect()
    }

    #[track_caller]
    fn assert_all_was_heard(&self, readers: &[usize]) {
        assert_eq!(self.heard(readers), vec![LINES; readers.len()]);
    }
}

/// A socket with so little room that the kernel hides nothing.
fn connect_with(window: usize, address: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(window).unwrap();
    socket.connect(&address.into()).unwrap();
    TcpStream::from(socket)
}

#[test]
fn readers_who_read_are_not_cut_by_a_talker_at_full_speed() {
    let mut stage = Stage::new();
    let readers = stage.enter_the_slower();
    let talker = stage.enter("talker");
    stage.flood(&[talker], LINES, &readers);
    stage.assert_all_was_heard(&readers);
}

#[test]
fn readers_who_read_are_not_cut_by_many_talkers_at_once() {
    const TALKERS: usize = 10;
    let mut stage = Stage::new();
    let readers = stage.enter_the_slower();
    let talkers: Vec<usize> = (0..TALKERS)
        .map(|number| stage.enter(&format!("talker{number}")))
        .collect();
    stage.flood(&talkers, LINES / TALKERS, &readers);
    stage.assert_all_was_heard(&readers);
}

#[test]
fn one_reader_who_is_a_little_behind_all_others_is_not_cut() {
    let mut stage = Stage::new();
    let mut readers = stage.enter_the_fast();
    readers.push(stage.enter_slowly("slower", WINDOW, 16 * 1024, 4));
    let talker = stage.enter("talker");
    stage.flood(&[talker], LINES, &readers);
    stage.assert_all_was_heard(&readers);
}

#[test]
fn one_reader_who_takes_a_drop_now_and_then_delays_nobody() {
    let mut stage = Stage::new();
    let fast = stage.enter_the_fast();
    stage.enter_slowly("dripping", 8 * 1024, 100, 100);
    let talker = stage.enter("talker");
    let took = stage.flood(&[talker], LINES, &fast);
    stage.assert_all_was_heard(&fast);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_reader_who_does_not_read_delays_nobody_for_long() {
    let mut stage = Stage::new();
    let staller = connect_with(8 * 1024, stage.chat.irc());
    let _staller = stage.come_in(staller, "staller");
    let witness = stage.enter("witness");
    let talker = stage.enter("talker");
    let took = stage.flood(&[talker], LINES, &[witness]);
    stage.assert_all_was_heard(&[witness]);
    assert!(took < Duration::from_secs(2), "{took:?}");
    let mut witness = stage.members.swap_remove(witness).socket;
    witness.write_all(b"WHOIS staller\r\n").unwrap();
    stage.wait_for(&witness, " 401 ");
}
