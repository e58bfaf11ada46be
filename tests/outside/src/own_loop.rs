//! The loop is the caller's: a relay nested in another poll, and what it says of its deadlines.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use chat_core::relay::Relay;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use test_support::LineClient;

use super::{builder, quiet, settle};

/// mio's polls are edge triggered: whoever does not finish the work of an event never gets another.
struct Outer {
    poll: Poll,
    relay: Relay,
}

impl Outer {
    fn around(relay: Relay) -> Outer {
        let poll = Poll::new().unwrap();
        let chat = relay.as_fd().as_raw_fd();
        let registry = poll.registry();
        registry
            .register(&mut SourceFd(&chat), Token(0), Interest::READABLE)
            .unwrap();
        Outer { poll, relay }
    }

    /// Turns until nothing happens for as long as the relay's own next deadline is away.
    fn run(&mut self, until: Instant) {
        let mut events = Events::with_capacity(8);
        while Instant::now() < until {
            assert!(self.relay.turn(Some(Duration::ZERO)).unwrap().is_running());
            let due = self.relay.next_deadline().unwrap_or(until).min(until);
            let wait = due.saturating_duration_since(Instant::now());
            self.poll.poll(&mut events, Some(wait)).unwrap();
        }
    }
}

#[test]
fn nested_in_an_edge_triggered_poll_nobody_is_forgotten() {
    const PEOPLE: usize = 60;
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let relay = builder().irc(any).unwrap().build().unwrap();
    let address = relay.addresses()[0];
    let clients = std::thread::spawn(move || {
        let mut all: Vec<LineClient> = (0..PEOPLE)
            .map(|number| {
                let mut client = LineClient::connect(address);
                client.send(&format!("NICK p{number}\r\nUSER u 0 * :r\r\nJOIN #lobby"));
                client
            })
            .collect();
        for (number, client) in all.iter_mut().enumerate() {
            // More than one read of a turn takes.
            let lines = format!("PRIVMSG #nowhere :{}\r\n", "x".repeat(400)).repeat(300);
            client.send_bytes(lines.as_bytes());
            client.send(&format!("PING {number}"));
        }
        for (number, client) in all.iter_mut().enumerate() {
            client.expect_contains(&format!("PONG chat.local :{number}"));
        }
    });
    let mut outer = Outer::around(relay);
    let end = Instant::now() + Duration::from_secs(30);
    while !clients.is_finished() {
        assert!(Instant::now() < end, "somebody is still waiting");
        outer.run(Instant::now() + Duration::from_millis(20));
    }
    clients.join().unwrap();
}

#[test]
fn who_sleeps_elsewhere_is_told_when_to_turn() {
    let mut relay = quiet();
    settle(&mut relay);
    assert_eq!(
        relay.next_deadline(),
        None,
        "an empty chat waits for nothing"
    );
    let person = relay.person("ana").unwrap();
    settle(&mut relay);
    let due = relay.next_deadline().unwrap();
    assert!(due > Instant::now(), "a sign of life is due some time");
    person.join("#lobby").unwrap();
    let mut events = Events::with_capacity(8);
    let mut outer = Outer::around(relay);
    let wait = Some(Duration::from_secs(10));
    outer.poll.poll(&mut events, wait).unwrap();
    assert!(
        !events.is_empty(),
        "what an insider says wakes the outer poll"
    );
}
