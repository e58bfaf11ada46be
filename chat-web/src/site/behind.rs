//! What is behind the site: a chat in this process, or a relay elsewhere. Floor 4.

use std::net::IpAddr;

use chat_core::id::{Identity, PersonId};
use chat_core::names::Nick;
use chat_core::net::Attempts;

use crate::session::Session;

/// What the site needs of the chat behind it.
pub trait Behind {
    /// An identity that nobody had before.
    fn identity(&mut self) -> Identity;

    /// Keeps `nick` for `identity`, so that nobody else can take it.
    fn reserve(&mut self, nick: &Nick, identity: Identity) -> Reservation;

    /// Frees what was reserved for an identity that did not come to be a session.
    fn release(&mut self, nick: &Nick, identity: Identity);

    /// Why nobody from there is let in now, if an operator has banned them. A gateway's relay knows, and says so itself.
    fn ban_of(&self, _from: IpAddr) -> Option<String> {
        None
    }

    /// Who has guessed the password wrongly of late, here or at another door.
    fn attempts(&mut self) -> &mut Attempts;

    /// What a session is called now, if that is known; it may have changed its name since it logged in.
    fn name_of(&self, session: &Session) -> Option<Nick>;

    /// The ghost of a session leaves: the others hear QUIT. The name stays reserved.
    fn quit(&mut self, session: &Session, person: PersonId);

    /// A session is over: close its socket (4002), let its person quit, free its name.
    fn over(&mut self, session: &Session);
}

/// Why a login that had to wait does not get its name; one sentence or two for whoever logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotGranted {
    /// The name cannot be had.
    Refused(String),
    /// The relay cannot be had.
    Unreachable(String),
}

/// Whether a name could be reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// It could.
    Granted,
    /// It could not, and this is what to do, in one sentence.
    Refused(String),
    /// The relay has been asked.
    Pending,
}
