//! A small host over real loopback sockets, driven turn by turn from the test's own thread.
//!
//! Its clock stands still but for [`Server::pass`], so what is due when does not depend on how busy this machine is.
#![allow(dead_code, missing_docs, unreachable_pub, unused_imports)] // each test uses its part

mod system;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chat_core::id::{DoorId, PersonId};
use chat_core::limits::Limits;
use chat_core::net::{
    After, Closed, Door, Dropped, Farewell, Frame, Framing, Host, Lines, People, Reactor, Slow,
};
use chat_core::time::Now;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};
use socket2::{Domain, Socket, Type};

pub use system::{CpuClock, descriptors, reset};

/// Longer than anything here takes, though the machine stands still for some seconds meanwhile.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What the host was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Opened(PersonId),
    Connected(PersonId),
    Line(PersonId, String),
    Unreadable(PersonId),
    Closed(PersonId, Closed),
    Deadline(PersonId),
    Drained(PersonId),
    Overflowed(PersonId),
    Dropped(PersonId, Dropped),
    Woken,
}

type Act = Box<dyn FnMut(&mut People, PersonId, &str, Now) + Send>;

/// Remembers what it is told, and does what the test wants when somebody speaks.
pub struct Room {
    pub told: Vec<Told>,
    pub act: Act,
    pub last_words: Vec<u8>,
    pub after: After,
    pub turns: usize,
}

impl Host for Room {
    fn opened(&mut self, _people: &mut People, who: PersonId, _door: DoorId, _now: Now) {
        self.told.push(Told::Opened(who));
    }

    fn connected(&mut self, _people: &mut People, who: PersonId, _now: Now) {
        self.told.push(Told::Connected(who));
    }

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, now: Now) {
        let Frame::Message(line) = frame else {
            return self.told.push(Told::Unreadable(who));
        };
        self.told.push(Told::Line(who, line.to_owned()));
        (self.act)(people, who, line, now);
    }

    fn closed(&mut self, _people: &mut People, who: PersonId, why: Closed, _now: Now) -> After {
        self.told.push(Told::Closed(who, why));
        self.after
    }

    fn deadline(&mut self, _people: &mut People, who: PersonId, _now: Now) {
        self.told.push(Told::Deadline(who));
    }

    fn drained(&mut self, _people: &mut People, who: PersonId, _now: Now) {
        self.told.push(Told::Drained(who));
    }

    fn overflowed(&mut self, people: &mut People, who: PersonId, _now: Now) {
        self.told.push(Told::Overflowed(who));
        people.cut(who, &self.last_words, &Farewell::too_slow());
    }

    fn dropped(&mut self, _people: &mut People, who: PersonId, dropped: &Dropped, _now: Now) {
        self.told.push(Told::Dropped(who, dropped.clone()));
    }

    fn turn(&mut self, _people: &mut People, _now: Now) {
        self.turns += 1;
    }

    fn woken(&mut self, _people: &mut People, _now: Now) {
        self.told.push(Told::Woken);
    }
}

/// A reactor with one door.
pub struct Server {
    pub reactor: Reactor<Room>,
    pub address: SocketAddr,
}

impl Server {
    pub fn new(act: impl FnMut(&mut People, PersonId, &str, Now) + Send + 'static) -> Self {
        Server::with(&Limits::default(), || Box::new(Lines::default()), act)
    }

    /// With a queue of this many bytes per person.
    pub fn with_queue(
        send_queue_bytes: u64,
        act: impl FnMut(&mut People, PersonId, &str, Now) + Send + 'static,
    ) -> Self {
        let limits = Limits {
            send_queue_bytes,
            ..Limits::default()
        };
        Server::with(&limits, || Box::new(Lines::default()), act)
    }

    /// The same, where this becomes of slow readers.
    pub fn with_slow(
        send_queue_bytes: u64,
        slow: Slow,
        act: impl FnMut(&mut People, PersonId, &str, Now) + Send + 'static,
    ) -> Self {
        let limits = Limits {
            send_queue_bytes,
            ..Limits::default()
        };
        let framing = || -> Box<dyn Framing> { Box::new(Lines::default()) };
        Server::at_door(&limits, framing, |door| door.slow(slow), act)
    }

    /// What it accepts has the smallest send buffer that the kernel gives, and a receive buffer of
    /// several turns.
    pub fn with(
        limits: &Limits,
        framing: impl Fn() -> Box<dyn Framing> + Send + 'static,
        act: impl FnMut(&mut People, PersonId, &str, Now) + Send + 'static,
    ) -> Self {
        Server::at_door(limits, framing, |door| door, act)
    }

    fn at_door(
        limits: &Limits,
        framing: impl Fn() -> Box<dyn Framing> + Send + 'static,
        finish: impl FnOnce(Door) -> Door,
        act: impl FnMut(&mut People, PersonId, &str, Now) + Send + 'static,
    ) -> Self {
        let room = Room {
            told: Vec::new(),
            act: Box::new(act),
            last_words: Vec::new(),
            after: After::Bury,
            turns: 0,
        };
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_send_buffer_size(4096).unwrap();
        socket.set_recv_buffer_size(200_000).unwrap();
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        socket.bind(&address.into()).unwrap();
        socket.listen(1024).unwrap();
        let door = finish(Door::new("test", socket.into(), framing).unwrap());
        let address = door.local_addr().unwrap();
        let mut reactor = Reactor::new(room, limits).unwrap();
        reactor.open(door).unwrap();
        reactor.advance(Duration::ZERO);
        Server { reactor, address }
    }

    /// Lets so much time pass, and happen what is due meanwhile, one thing after another.
    pub fn pass(&mut self, time: Duration) {
        let end = self.reactor.now().mono + time;
        loop {
            self.reactor.turn(Some(Duration::ZERO)).unwrap();
            let now = self.reactor.now().mono;
            if now >= end {
                return;
            }
            let next = self.reactor.next_deadline().filter(|at| *at < end);
            let step = next.unwrap_or(end).saturating_duration_since(now);
            self.reactor.advance(step);
        }
    }

    /// A turn that sleeps 10 ms at most.
    pub fn turn(&mut self) {
        self.reactor.turn(Some(Duration::from_millis(10))).unwrap();
    }

    /// Turns for this long in the world outside, whose kernel may have something to deliver; here no time passes.
    pub fn turns_for(&mut self, time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            self.turn();
        }
    }

    /// Sleeps until the next turn has something to do, since somebody's words are here.
    pub fn wait_for_news(&self) {
        let (mut poll, mut events) = (Poll::new().unwrap(), Events::with_capacity(1));
        let reactor = self.reactor.as_fd().as_raw_fd();
        let mut source = SourceFd(&reactor);
        let registry = poll.registry();
        registry
            .register(&mut source, Token(0), Interest::READABLE)
            .unwrap();
        poll.poll(&mut events, Some(PATIENCE)).unwrap();
    }

    /// Turns until something holds.
    #[track_caller]
    pub fn until(&mut self, what: impl Fn(&Reactor<Room>) -> bool) {
        let start = Instant::now();
        while !what(&self.reactor) {
            assert!(start.elapsed() < PATIENCE, "told: {:?}", self.told());
            self.turn();
        }
    }

    /// Connects, and turns until the host has seen it.
    #[track_caller]
    pub fn client(&mut self) -> (TcpStream, PersonId) {
        self.admit(|address| TcpStream::connect(address).unwrap())
    }

    /// A client that takes in as little as the kernel allows.
    #[track_caller]
    pub fn slow_client(&mut self) -> (TcpStream, PersonId) {
        self.admit(|address| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_recv_buffer_size(2048).unwrap();
            socket.connect(&address.into()).unwrap();
            socket.into()
        })
    }

    #[track_caller]
    fn admit(&mut self, connect: impl Fn(SocketAddr) -> TcpStream) -> (TcpStream, PersonId) {
        let before = self.opened().len();
        let client = connect(self.address);
        client.set_nodelay(true).unwrap();
        client
            .set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        self.until(|reactor| opened(reactor).len() > before);
        let id = *self.opened().last().unwrap();
        (client, id)
    }

    pub fn told(&self) -> &[Told] {
        &self.reactor.host().told
    }

    pub fn opened(&self) -> Vec<PersonId> {
        opened(&self.reactor)
    }

    pub fn lines_of(&self, who: PersonId) -> Vec<String> {
        let lines = self.told().iter().filter_map(|told| match told {
            Told::Line(id, line) if *id == who => Some(line.clone()),
            _ => None,
        });
        lines.collect()
    }

    #[track_caller]
    pub fn until_told(&mut self, told: &Told) {
        self.until(|reactor| reactor.host().told.contains(told));
    }

    /// Turns and reads until the client has got as much as `text`, and compares.
    #[track_caller]
    pub fn expect(&mut self, client: &mut TcpStream, text: &str) {
        let mut got = vec![0; text.len()];
        let (mut count, start) = (0, Instant::now());
        while count < got.len() {
            assert!(start.elapsed() < PATIENCE, "got {count} bytes");
            self.turn();
            match client.read(&mut got[count..]) {
                Ok(0) => return assert_eq!(String::from_utf8_lossy(&got[..count]), text, "closed"),
                Ok(more) => count += more,
                Err(error) => assert!(is_timeout(&error), "{error}"),
            }
        }
        assert_eq!(String::from_utf8_lossy(&got), text);
    }

    /// Turns and reads until the server has closed; returns everything that came.
    #[track_caller]
    pub fn read_to_end(&mut self, client: &mut TcpStream) -> Vec<u8> {
        let (mut got, mut buffer, start) = (Vec::new(), [0; 65536], Instant::now());
        loop {
            assert!(start.elapsed() < PATIENCE, "not closed");
            self.turn();
            match client.read(&mut buffer) {
                Ok(0) => return got,
                Ok(count) => got.extend_from_slice(&buffer[..count]),
                Err(error) => assert!(is_timeout(&error), "{error}"),
            }
        }
    }
}

fn opened(reactor: &Reactor<Room>) -> Vec<PersonId> {
    let opened = reactor.host().told.iter().filter_map(|told| match told {
        Told::Opened(id) => Some(*id),
        _ => None,
    });
    opened.collect()
}

pub fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Runs a reactor in a thread of its own as long as `test` lasts.
pub fn in_background<R>(
    mut reactor: Reactor<Room>,
    test: impl FnOnce() -> R,
) -> (R, Reactor<Room>) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let stop = Stop(&done, reactor.waker());
        let server = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                reactor.turn(None).unwrap();
            }
            reactor
        });
        let result = test();
        drop(stop);
        (result, server.join().unwrap())
    })
}

/// Ends the thread of a reactor, also when the test fails.
struct Stop<'a>(&'a AtomicBool, Arc<Waker>);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        self.1.wake().unwrap();
    }
}

/// Says each line back.
pub fn echo(people: &mut People, who: PersonId, line: &str, _now: Now) {
    people.send(who, format!("{line}\r\n").as_bytes());
}

/// Says each line to everybody.
pub fn broadcast(people: &mut People, _who: PersonId, line: &str, _now: Now) {
    let line = bytes::Bytes::from(format!("{line}\r\n"));
    for id in people.ids().collect::<Vec<_>>() {
        people.write_chunk(id, &line);
    }
}

pub fn say(client: &mut TcpStream, text: &str) {
    client.write_all(text.as_bytes()).unwrap();
}
