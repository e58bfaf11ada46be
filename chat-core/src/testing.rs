//! A relay for other people's tests: of a bot, a client, a program with a chat inside. Floor 5.
//!
//! ```
//! use chat_core::relay::Relay;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut chat = Relay::ephemeral()?;
//! chat.enter("ana")?;
//! chat.enter("bob")?;
//! chat.say("ana", "#lobby", "tea?")?;
//! chat.expect("bob", "PRIVMSG #lobby :tea?")?;
//! # Ok(())
//! # }
//! ```
//!
//! An [`Ephemeral`] relay listens at free ports of this machine, is turned by the test and is gone when it is
//! dropped. Its guests are in the test's own process and are told what IRC clients are told. Its clocks stand still
//! but for [`Ephemeral::advance`], so an hour of silence takes no time. Everything that its guests said and heard is
//! in the [`transcript`](Ephemeral::transcript), which is also what a [`Surprise`] shows.
//!
//! A bot that runs in a thread or a process of its own is waited for by [`Ephemeral::expect_within`]; a test that
//! wants the relay out of its way calls [`Ephemeral::spawn`], the one place in this crate that starts a thread.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::chat::NotIn;
use crate::handle::{Handle, HandleError};
use crate::inside::Insider;
use crate::net::clock;
use crate::relay::{Builder, Relay, StartError};

/// A relay of a test.
pub struct Ephemeral {
    relay: Relay,
    irc: SocketAddr,
    plain: SocketAddr,
    guests: Vec<Guest>,
    transcript: Vec<String>,
}

struct Guest {
    name: String,
    insider: Insider,
    /// What they heard and the test has not asked for.
    heard: VecDeque<String>,
}

/// Why a test cannot go on. It shows what was said and heard so far.
#[derive(Debug)]
pub struct Surprise {
    what: String,
    transcript: Vec<String>,
}

impl fmt::Display for Surprise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        self.transcript
            .iter()
            .try_for_each(|line| writeln!(f, "  {line}"))
    }
}

impl std::error::Error for Surprise {}

impl Ephemeral {
    /// The relay that a builder describes, with a door for IRC and one for plain lines at free ports besides its own.
    ///
    /// # Errors
    /// The system refuses what a reactor needs.
    pub fn of(builder: Builder) -> Result<Ephemeral, StartError> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut relay = builder.irc(any)?.plain(any)?.build()?;
        relay.advance(Duration::ZERO);
        let [.., irc, plain] = *relay.addresses() else {
            return Err(io::Error::other("a door has no address").into());
        };
        Ok(Ephemeral {
            relay,
            irc,
            plain,
            guests: Vec::new(),
            transcript: Vec::new(),
        })
    }

    /// Where IRC clients come in.
    #[must_use]
    pub fn irc(&self) -> SocketAddr {
        self.irc
    }

    /// Where people with plain lines come in.
    #[must_use]
    pub fn plain(&self) -> SocketAddr {
        self.plain
    }

    /// The relay itself.
    pub fn relay(&mut self) -> &mut Relay {
        &mut self.relay
    }

    /// A guest comes in and enters `#lobby`, or whatever room is always there.
    ///
    /// # Errors
    /// The name is none, or somebody has it.
    pub fn enter(&mut self, name: &str) -> Result<(), Surprise> {
        let insider = self.relay.person(name);
        let insider = insider.map_err(|why: NotIn| self.surprise(format!("{name}: {why}")))?;
        let room = self.relay.host_mut().default_room().to_string();
        self.guests.push(Guest {
            name: name.to_owned(),
            insider,
            heard: VecDeque::new(),
        });
        self.send(name, &format!("JOIN {room}"))
    }

    /// A guest says something to a room or a person.
    ///
    /// # Errors
    /// There is no such guest, or it is not in the chat any more.
    pub fn say(&mut self, name: &str, to: &str, text: &str) -> Result<(), Surprise> {
        self.send(name, &format!("PRIVMSG {to} :{text}"))
    }

    /// A guest says a line of IRC, and whatever follows from it happens.
    ///
    /// # Errors
    /// There is no such guest, or it is not in the chat any more.
    pub fn send(&mut self, name: &str, line: &str) -> Result<(), Surprise> {
        self.note(name, "says", line);
        let sent = self.guest(name)?.insider.send(line);
        sent.map_err(|why| self.surprise(format!("{name}: {why}")))?;
        self.settle()
    }

    /// Turns the relay until nothing happens any more. What a program outside is about to do is not waited for.
    ///
    /// # Errors
    /// The poll itself fails.
    pub fn settle(&mut self) -> Result<(), Surprise> {
        loop {
            let turned = self.turn(Duration::ZERO);
            turned.map_err(|why| self.surprise(why.to_string()))?;
            let now = self.relay.now().mono;
            if self.relay.next_deadline().is_none_or(|at| at > now) {
                return Ok(());
            }
        }
    }

    /// The next line that a guest heard; `None` if there is none.
    ///
    /// # Errors
    /// There is no such guest.
    pub fn hear(&mut self, name: &str) -> Result<Option<String>, Surprise> {
        Ok(self.guest(name)?.heard.pop_front())
    }

    /// The next line with `part` in it that a guest heard; those before it are passed over.
    ///
    /// # Errors
    /// There is none, or no such guest.
    pub fn expect(&mut self, name: &str, part: &str) -> Result<String, Surprise> {
        self.expect_within(name, part, Duration::ZERO)
    }

    /// The same, and waits for it: for what comes from a program outside.
    ///
    /// # Errors
    /// There was none in that time, which is that of the world outside; or there is no such guest.
    pub fn expect_within(
        &mut self,
        name: &str,
        part: &str,
        patience: Duration,
    ) -> Result<String, Surprise> {
        let end = clock::read().mono + patience;
        loop {
            while let Some(line) = self.hear(name)? {
                if line.contains(part) {
                    return Ok(line);
                }
            }
            let left = end.saturating_duration_since(clock::read().mono);
            if left.is_zero() {
                return Err(self.surprise(format!("{name} did not hear {part:?}")));
            }
            let turned = self.turn(left.min(Duration::from_millis(20)));
            turned.map_err(|why| self.surprise(why.to_string()))?;
        }
    }

    /// Lets time pass, and everything happen that is due meanwhile.
    ///
    /// # Errors
    /// The poll itself fails.
    pub fn advance(&mut self, by: Duration) -> Result<(), Surprise> {
        let end = self.relay.now().mono + by;
        self.settle()?;
        loop {
            let now = self.relay.now().mono;
            let next = self.relay.next_deadline().filter(|at| *at < end);
            let step = next.unwrap_or(end).saturating_duration_since(now);
            self.relay.advance(step);
            self.settle()?;
            if next.is_none() {
                return Ok(());
            }
        }
    }

    /// All that guests said and heard, in order.
    #[must_use]
    pub fn transcript(&self) -> &[String] {
        &self.transcript
    }

    /// Turns the relay in a thread of its own, with clocks that run. Its guests leave; a test that wants some takes them
    /// from [`Relay::person`] before.
    #[must_use]
    pub fn spawn(self) -> Spawned {
        let (irc, plain) = (self.irc(), self.plain());
        let Ephemeral { mut relay, .. } = self;
        relay.start_clock();
        let handle = relay.handle();
        let thread = thread::spawn(move || relay.run());
        Spawned {
            irc,
            plain,
            handle,
            thread: Some(thread),
        }
    }

    fn turn(&mut self, timeout: Duration) -> io::Result<()> {
        // A test that stops its relay sees it by what its guests hear.
        let _ = self.relay.turn(Some(timeout))?;
        for at in 0..self.guests.len() {
            while let Ok(Some(line)) = self.guests[at].insider.hear() {
                let name = self.guests[at].name.clone();
                self.note(&name, "hears", &line);
                self.guests[at].heard.push_back(line);
            }
        }
        Ok(())
    }

    fn guest(&mut self, name: &str) -> Result<&mut Guest, Surprise> {
        match self.guests.iter().position(|guest| guest.name == name) {
            Some(at) => Ok(&mut self.guests[at]),
            None => Err(self.surprise(format!("there is no guest {name}"))),
        }
    }

    fn note(&mut self, name: &str, how: &str, line: &str) {
        self.transcript.push(format!("{name} {how} {line}"));
    }

    fn surprise(&self, what: String) -> Surprise {
        Surprise {
            what,
            transcript: self.transcript.clone(),
        }
    }
}

/// A relay that a thread of its own turns. Dropped, it is stopped, and the thread has ended.
#[derive(Debug)]
pub struct Spawned {
    irc: SocketAddr,
    plain: SocketAddr,
    handle: Handle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Spawned {
    /// Where IRC clients come in.
    #[must_use]
    pub fn irc(&self) -> SocketAddr {
        self.irc
    }

    /// Where people with plain lines come in.
    #[must_use]
    pub fn plain(&self) -> SocketAddr {
        self.plain
    }

    /// The way in for the test.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        let patience = Duration::from_millis(100);
        while self.handle.stop("the test is over", patience) == Err(HandleError::Busy) {
            thread::yield_now();
        }
        // A panic in the thread was printed, and must not be doubled while another one unwinds.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
