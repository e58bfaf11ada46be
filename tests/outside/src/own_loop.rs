//! The loop is the caller's: a relay nested in another poll, and what it says of its deadlines.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use chat_core::id::PersonId;
use chat_core::observer::{Context, Observer, Said, Verdict};
use chat_core::relay::Relay;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};
use test_support::LineClient;

use super::{builder, quiet, settle};

const CHAT: Token = Token(0);
const OVER: Token = Token(1);

/// Longer than any client here waits for an answer.
const LONG: Duration = Duration::from_secs(60);

/// mio's polls are edge triggered: whoever does not finish the work of an event never gets another.
struct Outer {
    poll: Poll,
    /// Says that it is over.
    waker: Arc<Waker>,
    relay: Relay,
}

/// Tells the outer poll that its clients are done, also if they failed.
struct Over(Arc<Waker>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.wake().unwrap();
    }
}

impl Outer {
    fn around(relay: Relay) -> Outer {
        let poll = Poll::new().unwrap();
        let chat = relay.as_fd().as_raw_fd();
        let registry = poll.registry();
        registry
            .register(&mut SourceFd(&chat), CHAT, Interest::READABLE)
            .unwrap();
        let waker = Arc::new(Waker::new(registry, OVER).unwrap());
        Outer { poll, waker, relay }
    }

    fn over(&self) -> Over {
        Over(Arc::clone(&self.waker))
    }

    /// Turns when the relay has an event or is due, and never else, until it is over.
    fn run(&mut self) {
        let mut events = Events::with_capacity(8);
        loop {
            let due = self.relay.next_deadline();
            let wait = due.map(|at| at.saturating_duration_since(Instant::now()));
            let wait = wait.unwrap_or(LONG).min(LONG);
            self.poll.poll(&mut events, Some(wait)).unwrap();
            if events.iter().any(|event| event.token() == OVER) {
                return;
            }
            let is_due = due.is_some_and(|at| at <= Instant::now());
            assert!(is_due || !events.is_empty(), "nothing happens any more");
            assert!(self.relay.turn(Some(Duration::ZERO)).unwrap().is_running());
        }
    }
}

#[test]
fn nested_in_an_edge_triggered_poll_nobody_is_forgotten() {
    const PEOPLE: usize = 60;
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let relay = builder().irc(any).unwrap().build().unwrap();
    let address = relay.addresses()[0];
    let mut outer = Outer::around(relay);
    let over = outer.over();
    let clients = std::thread::spawn(move || {
        let _over = over;
        let mut all: Vec<LineClient> = (0..PEOPLE)
            .map(|number| {
                let mut client = LineClient::connect(address);
                client.send(&format!("NICK p{number}\r\nUSER u 0 * :r\r\nJOIN #lobby"));
                client
            })
            .collect();
        for (number, client) in all.iter_mut().enumerate() {
            // More than one read of a turn takes: the rest brings no event.
            let lines = format!("PRIVMSG #nowhere :{}\r\n", "x".repeat(400)).repeat(300);
            client.send_bytes(format!("{lines}PING {number}\r\n").as_bytes());
        }
        for (number, client) in all.iter_mut().enumerate() {
            client.expect_contains(&format!("PONG chat.local :{number}"));
        }
    });
    outer.run();
    clients.join().unwrap();
}

/// Lets a client say the next line as soon as one is heard, so that no poll of a turn is the last.
struct Breathless {
    client: Arc<OnceLock<TcpStream>>,
    heard: Arc<AtomicUsize>,
}

impl Observer for Breathless {
    fn message(&mut self, _: &mut Context<'_>, _: PersonId, _: &Said<'_>) -> Verdict {
        self.heard.fetch_add(1, Ordering::Relaxed);
        let mut client = self.client.get().unwrap();
        client.write_all(b"PRIVMSG #lobby :on\r\n").unwrap();
        Verdict::Allow
    }
}

#[test]
fn a_relay_is_due_at_once_while_somebody_talks_without_a_breath() {
    const LINES: usize = 1000;
    let (client, heard) = (Arc::default(), Arc::default());
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let relay = builder().irc(any).unwrap().observer(Breathless {
        client: Arc::clone(&client),
        heard: Arc::clone(&heard),
    });
    let mut relay = relay.build().unwrap();
    let mut stream = TcpStream::connect(relay.addresses()[0]).unwrap();
    let begin = b"NICK ana\r\nUSER u 0 * :r\r\nJOIN #lobby\r\nPRIVMSG #lobby :on\r\n";
    stream.write_all(begin).unwrap();
    client.set(stream).unwrap();
    let (end, mut at_once) = (Instant::now() + LONG, 0);
    while heard.load(Ordering::Relaxed) < LINES {
        assert!(Instant::now() < end, "the client is not heard");
        // The turn in which they come in may be followed by another one for reasons of its own.
        let talks = heard.load(Ordering::Relaxed) > 0;
        let wait = Some(Duration::from_millis(20));
        assert!(relay.turn(wait).unwrap().is_running());
        let due = relay.next_deadline();
        at_once += usize::from(talks && due.is_some_and(|at| at <= Instant::now()));
    }
    assert!(at_once > 0, "nobody was told that there is more to read");
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
    let wait = Some(LONG);
    outer.poll.poll(&mut events, wait).unwrap();
    assert!(
        !events.is_empty(),
        "what an insider says wakes the outer poll"
    );
}
