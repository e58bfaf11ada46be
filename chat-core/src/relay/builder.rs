//! What a relay is made of, before there is one. Floor 5.

use std::io;
use std::net::{SocketAddr, TcpListener};

use super::{Front, Relay, StartError};
use crate::chat::{Chat, Gateways, Setup, SlowReaders};
use crate::dialect::Dialect;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::names::RoomName;
use crate::net::clock;
use crate::net::framing::Framing;
use crate::net::{Door, Lines};
use crate::observer::Observer;
use crate::opers::Opers;
use crate::secret::Secret;

/// Builds a [`Relay`].
#[derive(Default)]
pub struct Builder {
    setup: Setup,
    doors: Vec<(Door, Dialect)>,
    slow: SlowReaders,
}

impl Builder {
    /// The name of the whole chat. IRC clients are told the first 80 bytes of it.
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

    /// Who knows the operators of the server; it has none if not given.
    #[must_use]
    pub fn opers(mut self, opers: impl Opers + 'static) -> Self {
        self.setup.opers = Some(Box::new(opers));
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

fn lines() -> Box<dyn Framing> {
    Box::new(Lines::default())
}
