//! What a chat is made of, before there is one. Floor 5.

use std::fmt;

use super::webirc::Gateways;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::names::RoomName;
use crate::observer::Observer;
use crate::opers::Opers;
use crate::secret::Secret;

/// What a chat is made of; the default is one in memory with the room `#lobby`.
pub struct Setup {
    /// The name of the whole chat, shown to people.
    pub title: String,
    /// The name of the server in IRC; one word with a dot.
    pub server: String,
    /// The room that is always there.
    pub room: RoomName,
    /// The message of the day, line by line.
    pub motd: Vec<String>,
    /// What everybody has to know to come in, if anything.
    pub password: Option<Secret>,
    /// Who may tell where somebody comes from, if anybody.
    pub gateways: Option<Gateways>,
    /// Every bound that an operator may set.
    pub limits: Limits,
    /// Where entries get their order; in memory if not given.
    pub journal: Option<Box<dyn Journal>>,
    /// Who has a say in what happens, if anybody.
    pub observer: Option<Box<dyn Observer>>,
    /// Who knows the operators of the server; it has none if not given.
    pub opers: Option<Box<dyn Opers>>,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            title: "Chat".into(),
            server: "chat.local".into(),
            room: RoomName::lobby(),
            motd: Vec::new(),
            password: None,
            gateways: None,
            limits: Limits::default(),
            journal: None,
            observer: None,
            opers: None,
        }
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("title", &self.title)
            .field("room", &self.room)
            .finish()
    }
}
