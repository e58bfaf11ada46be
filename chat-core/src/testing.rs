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
//!
//! An observer that panics does not end the relay ([`observer`](crate::observer)). The panic is printed all the same,
//! by the panic hook of the test as that of any other, and only the chat tells whether the test has failed.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::chat::NotIn;
use crate::handle::Handle;
use crate::inside::{Insider, InsiderError};
use crate::limits::CENTURY;
use crate::net::clock;
use crate::relay::{Builder, Progress, Relay, StartError};

/// How far a test may set the clocks forward, all told. Deadlines of people are kept as ticks of 32 bits, which are at
/// their end a few years later.
const TEST_TIME_MAX: Duration = Duration::from_secs(CENTURY.as_secs() / 10);

/// A relay of a test.
pub struct Ephemeral {
    relay: Relay,
    began: Instant,
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
    /// The last line that they were told.
    last: String,
    /// They were sent away or have left.
    is_gone: bool,
}

impl Guest {
    fn new(name: &str, insider: Insider) -> Guest {
        Guest {
            name: name.to_owned(),
            insider,
            heard: VecDeque::new(),
            last: String::new(),
            is_gone: false,
        }
    }

    /// The next line that the test has not been told of. The end is none.
    fn listen(&mut self) -> Option<String> {
        let line = match self.insider.hear() {
            Ok(line) => line?,
            Err(_) => {
                self.is_gone = true;
                return None;
            }
        };
        self.heard.push_back(line.clone());
        self.last.clone_from(&line);
        Some(line)
    }

    /// Why they do not do what the test wants of them.
    fn excuse(&self, why: &str) -> String {
        let Guest { name, last, .. } = self;
        match self.is_gone {
            true => format!("{name} is not in the chat any more, and was told at last {last:?}"),
            false => format!("{name} {why}"),
        }
    }
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
    /// Its limits are the builder's: a guest who talks fast is delayed as anybody is, until time is let pass.
    /// [`Relay::ephemeral`] lifts those on talking fast and on connections of one address ([`Limits::lift`]).
    ///
    /// [`Limits::lift`]: crate::limits::Limits::lift
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
        let began = relay.now().mono;
        Ok(Ephemeral {
            relay,
            began,
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

    /// A guest comes in and enters `#lobby`, or whatever room is always there. One who has gone may come back; what they
    /// heard before is not asked for any more then.
    ///
    /// # Errors
    /// The name is none, or somebody has it.
    pub fn enter(&mut self, name: &str) -> Result<(), Surprise> {
        self.listen();
        if self.place(name).is_some_and(|at| !self.guests[at].is_gone) {
            return Err(self.surprise(format!("{name} is a guest already")));
        }
        let insider = self.relay.person(name);
        let insider = insider.map_err(|why: NotIn| self.surprise(format!("{name}: {why}")))?;
        self.guests.retain(|guest| guest.name != name);
        self.guests.push(Guest::new(name, insider));
        let room = self.relay.host_mut().default_room().to_string();
        self.send(name, &format!("JOIN {room}"))
    }

    /// A guest leaves the chat. What they have heard can still be asked for, and they may [`enter`](Ephemeral::enter)
    /// again.
    ///
    /// # Errors
    /// There is no such guest, or it is not in the chat any more.
    pub fn leave(&mut self, name: &str) -> Result<(), Surprise> {
        self.send(name, "QUIT")
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
        let guest = self.guest(name)?;
        let sent = guest.insider.send(line);
        guest.is_gone |= sent == Err(InsiderError::Gone);
        if let Err(why) = sent {
            let excuse = guest.excuse(&format!("is not heard: {why}"));
            return Err(self.surprise(excuse));
        }
        self.settle()
    }

    /// Turns the relay until nothing happens any more, or it has stopped. What a program outside is about to do is not
    /// waited for.
    ///
    /// # Errors
    /// The poll itself fails.
    pub fn settle(&mut self) -> Result<(), Surprise> {
        self.settled().map(|_| ())
    }

    /// The next line that a guest heard; `None` if there is none, as for one who has gone.
    ///
    /// # Errors
    /// There is no such guest.
    pub fn hear(&mut self, name: &str) -> Result<Option<String>, Surprise> {
        Ok(self.guest(name)?.heard.pop_front())
    }

    /// The next line with `part` in it that a guest heard; those before it are passed over.
    ///
    /// # Errors
    /// There is none, or no such guest. The [`Surprise`] says if they were sent away.
    pub fn expect(&mut self, name: &str, part: &str) -> Result<String, Surprise> {
        self.expect_within(name, part, Duration::ZERO)
    }

    /// The same, and waits for it: for what comes from a program outside.
    ///
    /// # Errors
    /// There was none in that time, which is that of the world outside; or there will be none, since they were sent
    /// away or the relay has stopped; or there is no such guest.
    pub fn expect_within(
        &mut self,
        name: &str,
        part: &str,
        patience: Duration,
    ) -> Result<String, Surprise> {
        let end = clock::read().mono + patience.min(CENTURY);
        let mut progress = Progress::Running;
        loop {
            while let Some(line) = self.hear(name)? {
                if line.contains(part) {
                    return Ok(line);
                }
            }
            let left = end.saturating_duration_since(clock::read().mono);
            let guest = self.guest(name)?;
            if left.is_zero() || guest.is_gone || !progress.is_running() {
                let excuse = guest.excuse(&format!("did not hear {part:?}"));
                return Err(self.surprise(excuse));
            }
            progress = self.turn(left.min(Duration::from_millis(20)))?;
        }
    }

    /// Lets time pass, ten years in all at most, and everything happen that is due meanwhile, one thing after another.
    /// Guests are looked after every minute or so, so years of somebody take their time. When the relay has stopped,
    /// nothing is due any more.
    ///
    /// # Errors
    /// The poll itself fails.
    pub fn advance(&mut self, by: Duration) -> Result<(), Surprise> {
        let end = self.relay.now().mono + by.min(TEST_TIME_MAX);
        let end = end.min(self.began + TEST_TIME_MAX);
        while self.settled()?.is_running() {
            let now = self.relay.now().mono;
            if now >= end {
                break;
            }
            let next = self.relay.next_deadline().filter(|at| *at < end);
            let step = next.unwrap_or(end).saturating_duration_since(now);
            self.relay.advance(step);
        }
        Ok(())
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

    /// Turns the relay until there is nothing to do; whether there will ever be.
    fn settled(&mut self) -> Result<Progress, Surprise> {
        loop {
            let progress = self.turn(Duration::ZERO)?;
            let now = self.relay.now().mono;
            let is_due = self.relay.next_deadline().is_some_and(|at| at <= now);
            // Of a relay that has stopped, the time by which it had to is due for ever.
            if !progress.is_running() || !is_due {
                return Ok(progress);
            }
        }
    }

    fn turn(&mut self, timeout: Duration) -> Result<Progress, Surprise> {
        let turned = self.relay.turn(Some(timeout));
        let progress = turned.map_err(|why| self.surprise(why.to_string()))?;
        self.listen();
        Ok(progress)
    }

    /// Takes what guests were told.
    fn listen(&mut self) {
        for guest in &mut self.guests {
            while let Some(line) = guest.listen() {
                let Guest { name, .. } = guest;
                self.transcript.push(format!("{name} hears {line}"));
            }
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.guests.iter().position(|guest| guest.name == name)
    }

    fn guest(&mut self, name: &str) -> Result<&mut Guest, Surprise> {
        match self.place(name) {
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

/// A relay that a thread of its own turns. Dropped, it is stopped, and the thread has ended; [`Spawned::stop`] tells
/// how it went.
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

    /// Stops the relay and waits for its end.
    ///
    /// # Errors
    /// What [`Relay::run`] has ended with, or that its thread has panicked.
    pub fn stop(mut self) -> io::Result<()> {
        self.end()
    }

    /// Does nothing the second time.
    fn end(&mut self) -> io::Result<()> {
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        // A relay that is gone has stopped.
        let _ = self
            .handle
            .stop("the test is over", Duration::from_millis(100));
        let ended = thread.join();
        ended.unwrap_or_else(|_| Err(io::Error::other("the relay's thread has panicked")))
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        // A panic in the thread was printed, and must not be doubled while another one unwinds.
        let _ = self.end();
    }
}
