//! A chat inside a poll of one's own: the program sleeps in one place, for its own sockets and the chat's.
//!
//! ```text
//! cargo run --release -p chat-core --example own_loop -- 127.0.0.1:6667 127.0.0.1:7777
//! ```
//!
//! Then an IRC client at port 6667, and `echo score | nc -u -w1 127.0.0.1 7777`: what comes by UDP is said in the room.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use anyhow::Context;
use chat_core::names::RoomName;
use chat_core::relay::Relay;
use mio::net::UdpSocket;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

const CHAT: Token = Token(0);
const SCORES: Token = Token(1);

fn main() -> anyhow::Result<()> {
    let [irc, udp] = addresses();
    let mut relay = Relay::builder().title("Game night").irc(irc)?.build()?;
    let announcer = relay.voice("announcer")?;
    let handle = relay.handle();
    handle.join(announcer, RoomName::lobby())?;

    let mut poll = Poll::new()?;
    let mut scores = UdpSocket::bind(udp).context("no place for scores")?;
    let chat = relay.as_fd().as_raw_fd();
    poll.registry()
        .register(&mut SourceFd(&chat), CHAT, Interest::READABLE)?;
    poll.registry()
        .register(&mut scores, SCORES, Interest::READABLE)?;
    println!(
        "irc {}\nudp {}\nready",
        relay.addresses()[0],
        scores.local_addr()?
    );

    let mut events = Events::with_capacity(64);
    // One turn does everything that is ready, so it does not matter what woke us.
    while relay.turn(Some(Duration::ZERO))?.is_running() {
        match poll.poll(&mut events, sleep(&relay)) {
            // A signal came, as when a debugger is attached; it ends nothing.
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            polled => polled?,
        }
        let mut datagram = [0; 400];
        while let Ok((count, _)) = scores.recv_from(&mut datagram) {
            let score = String::from_utf8_lossy(&datagram[..count]);
            // Busy: the chat has enough to say already.
            let _ = handle.post(announcer, RoomName::lobby(), score.trim());
        }
    }
    Ok(())
}

/// Until the chat has something to do of itself: a ping, a name that is given up.
fn sleep(relay: &Relay) -> Option<Duration> {
    let due = relay.next_deadline()?;
    Some(due.saturating_duration_since(Instant::now()))
}

/// The two addresses on the command line; any free ports if they are not there.
fn addresses() -> [SocketAddr; 2] {
    let mut given = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok());
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    [given.next().unwrap_or(any), given.next().unwrap_or(any)]
}
