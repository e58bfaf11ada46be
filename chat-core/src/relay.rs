//! The whole thing as a value: a chat on a reactor, with its doors. Floor 5.
//!
//! A [`Builder`] takes doors, limits and whoever has a say; [`Builder::build`] opens the doors. Then there are three
//! ways to let it run:
//!
//! - [`Relay::run`] serves until a [`Handle`] says stop.
//! - [`Relay::turn`], in a loop of one's own, does whatever is ready and sleeps for the timeout at most:
//!
//!   ```
//!   # use std::time::Duration;
//!   # use chat_core::relay::Relay;
//!   # fn main() -> Result<(), Box<dyn std::error::Error>> {
//!   let mut relay = Relay::builder().irc("127.0.0.1:0".parse()?)?.build()?;
//!   # relay.handle().stop("the example is over", Duration::ZERO)?;
//!   while relay.turn(Some(Duration::from_millis(16)))?.is_running() {
//!       // the program's own work, sixty times a second
//!   }
//!   # Ok(())
//!   # }
//!   ```
//! - Nested in another poll, epoll or select, by its descriptor ([`AsFd`]): register that for reading, level or edge
//!   triggered, sleep until [`Relay::next_deadline`] at most, and turn with a timeout of zero whatever woke you. A turn
//!   goes on until nothing is ready; if it stopped before that, the next deadline is now. The example `own_loop` does it.
//!
//! A relay is [`Send`] and may be turned by any thread, but by one at a time; [`Relay::handle`] is for all others.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use crate::chat::{Chat, Gateways, NotIn, Setup, SlowReaders};
use crate::dialect::Dialect;
use crate::handle::{Command, Handle, Inbox};
use crate::id::{DoorId, PersonId};
use crate::inside::Insider;
use crate::journal::Journal;
use crate::limits::{CENTURY, Limits};
use crate::names::RoomName;
use crate::net::clock;
use crate::net::framing::Framing;
use crate::net::{Door, Host, Lines, People, Reactor};
use crate::observer::Observer;
use crate::secret::Secret;
use crate::snapshot::Snapshot;
use crate::testing::Ephemeral;
use crate::time::Now;

/// A host that can say goodbye: [`Chat`] itself, what a program puts around it, or a gateway to one.
pub trait Front: Host {
    /// Tells everybody to go, and why.
    fn drain(&mut self, people: &mut People, reason: &str, now: Now);

    /// The chat behind it; a gateway has none.
    fn chat(&mut self) -> Option<&mut Chat> {
        None
    }
}

impl Front for Chat {
    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        Chat::drain(self, people, reason, now);
    }

    fn chat(&mut self) -> Option<&mut Chat> {
        Some(self)
    }
}

/// Whether there will be another turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is to be another.
    Running,
    /// A handle has said stop, and everybody has gone or had their time to.
    Stopped,
}

impl Progress {
    /// Whether the relay is to be turned again.
    #[must_use]
    pub fn is_running(self) -> bool {
        self == Progress::Running
    }
}

/// Why a relay cannot start. All of it is for whoever starts it to mend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A door cannot be opened: its address is in use, not ours or not permitted.
    #[error("cannot open the {door} door at {address}: {source}")]
    Door {
        /// Which door.
        door: &'static str,
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The system gives no poll, descriptor or the like.
    #[error("the system refuses what a reactor needs: {0}")]
    System(#[from] io::Error),
    /// The system gives no randomness.
    #[error("the system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
}

/// A running chat that its owner turns.
///
/// No threads, no globals, no signals: [`Relay::run`] serves until a [`Handle`] says stop, or
/// [`Relay::turn`] is called in a loop of one's own. Dropped, it closes everything at once.
pub struct Relay<H: Front = Chat> {
    reactor: Reactor<H>,
    inbox: Inbox,
    handle: Handle,
    /// Where the doors really are, by their ids.
    addresses: Vec<SocketAddr>,
    /// By when everybody must have gone.
    deadline: Option<Instant>,
}

/// Builds a [`Relay`].
pub struct Builder {
    setup: Setup,
    doors: Vec<(Door, Dialect)>,
    slow: SlowReaders,
}

impl Relay {
    /// A relay that has everything but doors.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            setup: Setup::default(),
            doors: Vec::new(),
            slow: SlowReaders::default(),
        }
    }

    /// A relay for tests of bots and clients, on free ports, with its time in the test's hand.
    ///
    /// # Errors
    /// The system refuses what a reactor needs.
    pub fn ephemeral() -> Result<Ephemeral, StartError> {
        let mut limits = Limits::default();
        limits.lift();
        Ephemeral::of(Relay::builder().limits(limits))
    }
}

impl Builder {
    /// The name of the whole chat.
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.setup.title);
        self
    }

    /// The room that is always there; `#lobby` if not given.
    #[must_use]
    pub fn room(mut self, room: RoomName) -> Self {
        self.setup.room = room;
        self
    }

    /// The message of the day, line by line; none if not given.
    #[must_use]
    pub fn motd(mut self, lines: Vec<String>) -> Self {
        self.setup.motd = lines;
        self
    }

    /// What everybody has to know to come in; nothing if not given.
    #[must_use]
    pub fn password(mut self, password: Option<Secret>) -> Self {
        self.setup.password = password;
        self
    }

    /// Who may tell where somebody comes from; nobody if not given.
    #[must_use]
    pub fn gateways(mut self, gateways: Option<Gateways>) -> Self {
        self.setup.gateways = gateways;
        self
    }

    /// Every bound that may be set.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.setup.limits = limits;
        self
    }

    /// What becomes of people who read too slowly, at all doors that do not say it themselves
    /// ([`Door::slow`]); their connections end if not given.
    #[must_use]
    pub fn slow(mut self, slow: SlowReaders) -> Self {
        self.slow = slow;
        self
    }

    /// Where entries get their order; in memory if not given.
    #[must_use]
    pub fn journal(mut self, journal: Box<dyn Journal>) -> Self {
        self.setup.journal = Some(journal);
        self
    }

    /// Who has a say in what happens; nobody if not given.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.setup.observer = Some(Box::new(observer));
        self
    }

    /// Opens a door for IRC clients.
    ///
    /// # Errors
    /// The address is in use, not ours or not permitted.
    pub fn irc(self, address: SocketAddr) -> Result<Self, StartError> {
        self.bind("irc", address, Dialect::Irc)
    }

    /// Opens a door for people with `nc`.
    ///
    /// # Errors
    /// The address is in use, not ours or not permitted.
    pub fn plain(self, address: SocketAddr) -> Result<Self, StartError> {
        self.bind("plain", address, Dialect::Plain)
    }

    /// Takes a socket that listens already as a door: of a test, or of whoever started the program.
    ///
    /// # Errors
    /// The system refuses an option of the socket.
    pub fn listener(
        mut self,
        name: &'static str,
        listener: TcpListener,
        dialect: Dialect,
    ) -> Result<Self, StartError> {
        self.doors
            .push((Door::new(name, listener, lines)?, dialect));
        Ok(self)
    }

    /// Adds a door of any kind.
    #[must_use]
    pub fn door(mut self, door: Door, dialect: Dialect) -> Self {
        self.doors.push((door, dialect));
        self
    }

    fn bind(
        self,
        door: &'static str,
        address: SocketAddr,
        dialect: Dialect,
    ) -> Result<Self, StartError> {
        let opened = Door::bind(door, address, lines);
        let opened = opened.map_err(|source| StartError::Door {
            door,
            address,
            source,
        })?;
        Ok(self.door(opened, dialect))
    }

    /// The relay, with its doors open.
    ///
    /// # Errors
    /// The system refuses what a reactor needs.
    pub fn build(self) -> Result<Relay, StartError> {
        self.build_with(|chat| chat)
    }

    /// The same, with something around the chat.
    ///
    /// # Errors
    /// The system refuses what a reactor needs.
    pub fn build_with<H: Front>(
        self,
        around: impl FnOnce(Chat) -> H,
    ) -> Result<Relay<H>, StartError> {
        let limits = self.setup.limits;
        let mut chat = Chat::new(self.setup, clock::read().wall)?;
        for (_, dialect) in &self.doors {
            chat.add_door(*dialect);
        }
        let mut relay = Relay::serving(around(chat), &limits)?;
        for (door, dialect) in self.doors {
            relay.open(door.or_slow(self.slow.at(dialect)))?;
        }
        Ok(relay)
    }
}

impl<H: Front> Relay<H> {
    /// Any host, a gateway to a relay elsewhere for example, without doors as yet.
    ///
    /// # Errors
    /// The system refuses what a reactor needs.
    pub fn serving(host: H, limits: &Limits) -> Result<Relay<H>, StartError> {
        let reactor = Reactor::new(host, limits)?;
        let (handle, inbox) = Handle::new(reactor.waker());
        Ok(Relay {
            reactor,
            inbox,
            handle,
            addresses: Vec::new(),
            deadline: None,
        })
    }

    /// Opens one more door, for the host to know what to do with.
    ///
    /// # Errors
    /// The system refuses to watch it.
    pub fn open(&mut self, door: Door) -> io::Result<DoorId> {
        self.addresses.push(door.local_addr()?);
        self.reactor.open(door)
    }

    /// Where the doors really are, in the order in which they were opened: after port 0, say.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// A way in from other threads.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// What is served.
    pub fn host_mut(&mut self) -> &mut H {
        self.reactor.host_mut()
    }

    /// Serves until a handle says stop and everybody has gone.
    ///
    /// # Errors
    /// The poll itself fails, which no peer can cause.
    pub fn run(&mut self) -> io::Result<()> {
        while self.turn(None)?.is_running() {}
        Ok(())
    }

    /// One turn: whatever is ready now, or within the timeout; as long as nothing happens if there is none.
    ///
    /// # Errors
    /// The poll itself fails, which no peer can cause.
    pub fn turn(&mut self, timeout: Option<Duration>) -> io::Result<Progress> {
        let now = self.reactor.now().mono;
        let left = self.deadline.map(|at| at.saturating_duration_since(now));
        self.hear_handles();
        self.reactor.turn(left.into_iter().chain(timeout).min())?;
        let is_over = self.is_over();
        // Whoever sleeps in a poll of their own is not woken for these again. Stop is among them: the next turn says
        // goodbye, however little time there is.
        self.hear_handles();
        Ok(match is_over {
            true => Progress::Stopped,
            false => Progress::Running,
        })
    }

    /// When the next turn is due if nothing happens before: for whoever sleeps in a poll of their own, with the relay
    /// among its sources ([`AsFd`]). At once while something is left to do; never if it is `None`.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        let deadlines = [self.reactor.next_deadline(), self.deadline];
        deadlines.into_iter().flatten().min()
    }

    /// Stops the relay's clocks and sets them forward: see [`testing`](crate::testing).
    pub(crate) fn advance(&mut self, by: Duration) {
        self.reactor.advance(by);
    }

    pub(crate) fn start_clock(&mut self) {
        self.reactor.start_clock();
    }

    pub(crate) fn now(&self) -> Now {
        self.reactor.now()
    }

    /// Somebody in this process comes in, who speaks and hears without a socket.
    ///
    /// # Errors
    /// The name is none, or somebody has it; or this is a gateway.
    pub fn person(&mut self, name: &str) -> Result<Insider, NotIn> {
        let admitted = self.with_chat(|chat, people, now| chat.admit_inside(people, name, now));
        let (id, far) = admitted.ok_or(NotIn::NoChat)??;
        Ok(Insider::new(id, far))
    }

    /// Somebody in this process comes in who only speaks, through [`Handle::post`] or an observer's context. Nothing
    /// waits for them to hear it.
    ///
    /// # Errors
    /// The name is none, or somebody has it; or this is a gateway.
    pub fn voice(&mut self, name: &str) -> Result<PersonId, NotIn> {
        let admitted = self.with_chat(|chat, people, now| chat.admit_voice(people, name, now));
        admitted.ok_or(NotIn::NoChat)?
    }

    /// Who is where.
    #[must_use]
    pub fn snapshot(&mut self) -> Snapshot {
        self.with_chat(|chat, people, _| chat.snapshot(people))
            .unwrap_or_default()
    }

    fn with_chat<R>(&mut self, act: impl FnOnce(&mut Chat, &mut People, Now) -> R) -> Option<R> {
        self.reactor
            .with(|host, people, now| host.chat().map(|chat| act(chat, people, now)))
    }

    fn hear_handles(&mut self) {
        while let Some(command) = self.inbox.next() {
            self.obey(command);
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Stop { reason, within } => self.stop(&reason, within),
            Command::Have(errand) => {
                let known = self.with_chat(|chat, _, _| chat.have(errand));
                if known.is_none() {
                    log::warn!("a gateway can do nothing to people: they are at its relay");
                }
            }
        }
    }

    fn is_over(&self) -> bool {
        let now = self.reactor.now().mono;
        self.deadline
            .is_some_and(|at| self.reactor.people().is_deserted() || at <= now)
    }

    /// Closes the doors and tells everybody to go; they have so long to hear it.
    fn stop(&mut self, reason: &str, within: Duration) {
        self.reactor.shut_doors();
        self.reactor.with(|host, people, now| {
            host.drain(people, reason, now);
        });
        self.deadline = Some(self.reactor.now().mono + within.min(CENTURY));
    }
}

/// The descriptor by which another poll learns that a turn has something to do, level or edge triggered.
impl<H: Front> AsFd for Relay<H> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reactor.as_fd()
    }
}

fn lines() -> Box<dyn Framing> {
    Box::new(Lines::default())
}
