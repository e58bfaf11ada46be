//! The whole thing as a value: a chat on a reactor, with its doors. Floor 5.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use crate::chat::{Chat, Gateways, Setup, SlowReaders};
use crate::dialect::Dialect;
use crate::handle::{Command, Handle, Inbox};
use crate::id::DoorId;
use crate::journal::Journal;
use crate::limits::{CENTURY, Limits};
use crate::names::RoomName;
use crate::net::framing::Framing;
use crate::net::reactor::clock;
use crate::net::{Door, Host, Lines, People, Reactor};
use crate::secret::Secret;
use crate::time::Now;

/// A host that can say goodbye: [`Chat`] itself, what a program puts around it, or a gateway to one.
pub trait Front: Host {
    /// Tells everybody to go, and why.
    fn drain(&mut self, people: &mut People, reason: &str, now: Now);
}

impl Front for Chat {
    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        Chat::drain(self, people, reason, now);
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

    /// What was set by [`Builder::limits`].
    #[must_use]
    pub fn bounds(&self) -> &Limits {
        &self.setup.limits
    }

    /// What was set by [`Builder::slow`].
    #[must_use]
    pub fn slow_readers(&self) -> SlowReaders {
        self.slow
    }

    /// The doors that it has by now: what is spoken there, and where they really are.
    ///
    /// # Errors
    /// The system does not say where.
    pub fn doors(&self) -> io::Result<Vec<(Dialect, SocketAddr)>> {
        let doors = self.doors.iter();
        doors
            .map(|(door, dialect)| Ok((*dialect, door.local_addr()?)))
            .collect()
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
        let mut chat = Chat::new(self.setup, clock().wall)?;
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
        while self.turn(None)? {}
        Ok(())
    }

    /// One turn: whatever is ready now, or within the timeout. False when the relay has stopped.
    ///
    /// # Errors
    /// The poll itself fails, which no peer can cause.
    pub fn turn(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        let left = self
            .deadline
            .map(|at| at.saturating_duration_since(clock().mono));
        let timeout = match (timeout, left) {
            (Some(timeout), Some(left)) => Some(timeout.min(left)),
            (timeout, left) => timeout.or(left),
        };
        self.reactor.turn(timeout)?;
        while let Some(command) = self.inbox.next() {
            self.obey(command);
        }
        Ok(self
            .deadline
            .is_none_or(|at| !self.reactor.people().is_deserted() && clock().mono < at))
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Stop { reason, within } => self.stop(&reason, within),
        }
    }

    /// Closes the doors and tells everybody to go; they have so long to hear it.
    fn stop(&mut self, reason: &str, within: Duration) {
        self.reactor.shut_doors();
        self.reactor.with(|host, people, now| {
            host.drain(people, reason, now);
        });
        self.deadline = Some(clock().mono + within.min(CENTURY));
    }
}

fn lines() -> Box<dyn Framing> {
    Box::new(Lines::default())
}
