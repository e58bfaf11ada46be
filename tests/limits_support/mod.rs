//! A real relay on a thread of its own, with bounds of the test's choosing, over loopback.
//!
//! What depends on time is told by a relay whose clock stands still but for what the test lets pass
//! ([`House::still`]): this machine may be busy with something else for seconds.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test uses its part

pub mod abroad;
pub mod crowd;

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chat_core::chat::Chat;
use chat_core::dialect::Dialect;
use chat_core::handle::Handle;
use chat_core::limits::Limits;
use chat_core::relay::{Builder, Front, Relay};
use chat_core::testing::Ephemeral;
use test_support::{LineClient, PATIENCE};

/// A running chat; it ends when this is dropped.
pub struct House {
    pub irc: SocketAddr,
    pub plain: SocketAddr,
    handle: Handle,
    /// Sets the clock forward, if it stands still.
    clock: Option<Sender<Passing>>,
    thread: Option<JoinHandle<()>>,
}

/// How much time is to pass, and whom to tell when it has.
type Passing = (Duration, Sender<()>);

impl House {
    /// One whose clock stands still but for [`House::pass`].
    pub fn still(limits: &Limits) -> House {
        House::still_with(limits, |builder| builder)
    }

    pub fn still_with(limits: &Limits, more: impl FnOnce(Builder) -> Builder) -> House {
        let mut chat = Ephemeral::of(more(with_doors(limits))).unwrap();
        let addresses = chat.relay().addresses();
        let (irc, plain) = (addresses[0], addresses[1]);
        let handle = chat.relay().handle();
        let (clock, passings) = mpsc::channel();
        let thread = std::thread::spawn(move || serve(chat, &passings));
        House {
            irc,
            plain,
            handle,
            clock: Some(clock),
            thread: Some(thread),
        }
    }

    /// Lets so much time pass. All that was said before is heard before, and all that is due meanwhile has happened.
    pub fn pass(&self, time: Duration) {
        // In the world outside, what was said has a moment to arrive.
        std::thread::sleep(Duration::from_millis(2));
        let (passed, has_passed) = mpsc::channel();
        let clock = self.clock.as_ref().unwrap();
        clock.send((time, passed)).unwrap();
        // Wakes it.
        self.handle.snapshot(drop).unwrap();
        has_passed.recv_timeout(PATIENCE).unwrap();
    }

    /// Lets time pass, step by step, until somebody hears this. How much that was at most.
    #[track_caller]
    pub fn time_until(&self, person: &mut LineClient, text: &str) -> Duration {
        let (start, mut time) = (Instant::now(), Duration::ZERO);
        loop {
            let lines = person.poll().unwrap();
            if lines.iter().any(|line| line.contains(text)) {
                return time;
            }
            assert!(start.elapsed() < PATIENCE, "no {text:?} in {time:?}");
            self.pass(STEP);
            time += STEP;
        }
    }

    /// Lets time pass until all that somebody said was heard. How much that was at most.
    #[track_caller]
    pub fn time_to_hear(&self, person: &mut LineClient) -> Duration {
        person.send("PING all-was-heard");
        self.time_until(person, "PONG chat.local :all-was-heard")
    }

    pub fn new(limits: &Limits) -> House {
        House::around(limits, |builder| builder, |chat| chat)
    }

    /// With something more to build, and something around the chat.
    pub fn around<H: Front + Send + 'static>(
        limits: &Limits,
        more: impl FnOnce(Builder) -> Builder,
        around: impl FnOnce(Chat) -> H,
    ) -> House {
        let mut relay = more(with_doors(limits)).build_with(around).unwrap();
        let (irc, plain) = (relay.addresses()[0], relay.addresses()[1]);
        let handle = relay.handle();
        let thread = std::thread::spawn(move || relay.run().unwrap());
        House {
            irc,
            plain,
            handle,
            clock: None,
            thread: Some(thread),
        }
    }

    /// Somebody registered at the IRC door.
    #[track_caller]
    pub fn person(&self, nick: &str) -> LineClient {
        self.person_with(nick, &[])
    }

    #[track_caller]
    pub fn person_with(&self, nick: &str, caps: &[&str]) -> LineClient {
        let mut person = LineClient::connect(self.irc);
        introduce(&mut person, nick, caps);
        person
    }

    /// Somebody registered and in a room.
    #[track_caller]
    pub fn member(&self, nick: &str, room: &str) -> LineClient {
        let mut person = self.person(nick);
        person.join(room);
        person
    }

    /// Somebody whose receive buffer is as small as the kernel allows.
    #[track_caller]
    pub fn slow_person(&self, nick: &str, caps: &[&str]) -> LineClient {
        let mut person = LineClient::connect_with_receive_buffer(self.irc, 2048);
        introduce(&mut person, nick, caps);
        person
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.handle.stop("the test is over", Duration::ZERO);
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(
            std::thread::panicking() || matches!(ended, Some(Ok(()))),
            "the relay panicked"
        );
    }
}

fn with_doors(limits: &Limits) -> Builder {
    let builder = Relay::builder().limits(*limits);
    let builder = builder.listener("irc", listener(), Dialect::Irc).unwrap();
    builder
        .listener("plain", listener(), Dialect::Plain)
        .unwrap()
}

/// Turns a chat, and its clock when that is wanted.
fn serve(mut chat: Ephemeral, passings: &Receiver<Passing>) {
    while chat.relay().turn(None).unwrap().is_running() {
        for (time, passed) in passings.try_iter() {
            chat.advance(time).unwrap();
            let _ = passed.send(());
        }
    }
}

/// What it accepts has a small send buffer, so that who does not read is felt early.
fn listener() -> TcpListener {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_send_buffer_size(4096).unwrap();
    let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&address.into()).unwrap();
    socket.listen(4096).unwrap();
    socket.into()
}

#[track_caller]
fn introduce(person: &mut LineClient, nick: &str, caps: &[&str]) {
    if !caps.is_empty() {
        person.caps(caps);
    }
    person.register(nick);
}

/// The default bounds without those on talking fast.
pub fn lifted() -> Limits {
    let mut limits = Limits::default();
    limits.lift();
    limits
}

/// Small, so that little time passes for nothing.
const STEP: Duration = Duration::from_millis(10);
