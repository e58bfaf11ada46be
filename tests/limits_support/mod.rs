//! A real relay on a thread of its own, with bounds of the test's choosing, over loopback.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test uses its part

pub mod abroad;
pub mod crowd;

use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chat_core::chat::Chat;
use chat_core::dialect::Dialect;
use chat_core::handle::Handle;
use chat_core::limits::Limits;
use chat_core::relay::{Builder, Front, Relay};
use test_support::LineClient;

/// A running chat; it ends when this is dropped.
pub struct House {
    pub irc: SocketAddr,
    pub plain: SocketAddr,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl House {
    pub fn new(limits: &Limits) -> House {
        House::around(limits, |builder| builder, |chat| chat)
    }

    /// With something more to build, and something around the chat.
    pub fn around<H: Front + Send + 'static>(
        limits: &Limits,
        more: impl FnOnce(Builder) -> Builder,
        around: impl FnOnce(Chat) -> H,
    ) -> House {
        let (irc, plain) = (listener(), listener());
        let builder = Relay::builder().limits(*limits);
        let builder = builder.listener("irc", irc, Dialect::Irc).unwrap();
        let builder = builder.listener("plain", plain, Dialect::Plain).unwrap();
        let mut relay = more(builder).build_with(around).unwrap();
        let (irc, plain) = (relay.addresses()[0], relay.addresses()[1]);
        let handle = relay.handle();
        let thread = std::thread::spawn(move || relay.run().unwrap());
        House {
            irc,
            plain,
            handle,
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

/// How long something took.
pub fn timed<R>(act: impl FnOnce() -> R) -> (R, Duration) {
    let start = Instant::now();
    let result = act();
    (result, start.elapsed())
}
