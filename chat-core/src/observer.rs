//! A program's say in its chat: who comes in, who goes where, what is said. Floor 5.
//!
//! An [`Observer`] is asked before anything happens, and answers with a [`Verdict`]. All its methods have a default
//! that allows everything, so it holds only what the program cares about:
//!
//! ```
//! use chat_core::id::PersonId;
//! use chat_core::observer::{Context, Observer, Said, Verdict};
//!
//! struct NoShouting;
//!
//! impl Observer for NoShouting {
//!     fn message(&mut self, _: &mut Context<'_>, _: PersonId, said: &Said<'_>) -> Verdict {
//!         match said.text.chars().any(char::is_lowercase) {
//!             true => Verdict::Allow,
//!             false => Verdict::Rewrite(said.text.to_lowercase()),
//!         }
//!     }
//! }
//! ```
//!
//! It is called on the loop's thread and must not block: the whole chat waits meanwhile. What takes time is
//! answered [`Verdict::Later`], with a [`Ticket`] that a [`Handle`](crate::handle::Handle::settle) settles from
//! any thread. Only that person waits then, and their lines keep their order.
//!
//! People in the same process ([`Insider`](crate::inside::Insider), voices) are the program's own: nobody is asked
//! whether they may connect and register, but their joins and messages are like everybody's. A web session that gets
//! another connection stays who it is, and is not asked about again.
//!
//! Nobody is asked about what keeps a room in order: modes, removing and inviting people, taking a message back, OPER.
//! Whether somebody may is for the rooms' operators and those of the server ([`Builder::opers`]); the words that come with
//! it are a [`remark`](Observer::remark), and what was done is told by [`happened`](Observer::happened).
//!
//! [`Builder::opers`]: crate::relay::Builder::opers
//!
//! An observer that panics is not taken for a permission: what it was asked about is denied, the panic is
//! logged, and the chat goes on. (The panic hook is the program's and prints as it does; with `panic = "abort"` there is
//! nothing to catch.)

use std::net::IpAddr;
use std::time::Duration;

use crate::chat::Errand;
use crate::hub::entry::{Committed, PostKind};
use crate::hub::request::Addressee;
use crate::hub::{Hub, Room};
use crate::id::{DoorId, PersonId};
use crate::names::{Nick, RoomName};
use crate::net::{Farewell, People};
use crate::time::Now;

/// How long somebody waits for a verdict that was to come later; then it is no. Ours: a database that is down
/// should not look like a chat that is.
pub const VERDICT_WAIT: Duration = Duration::from_secs(10);

/// What an observer says to something that is about to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It may happen.
    Allow,
    /// It may not, and whoever wanted it is told why.
    Deny(String),
    /// It may, but so: another text for a message or a topic, another name for a person, another room to join. What is no
    /// name, no room or no text then counts as denied. A message may have several lines; elsewhere their ends become
    /// spaces, and what a line cannot hold is cut off.
    Rewrite(String),
    /// That is not known yet. The person is not heard until the ticket is settled, [`VERDICT_WAIT`] at most.
    Later(Ticket),
}

/// Stands for a verdict that comes later: [`Context::ticket`]. It is good for the question about which it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(crate) u64);

/// Something that is about to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said<'a> {
    /// Whom it is for.
    pub to: &'a Addressee,
    /// A message, a notice, or tags alone, which have no text.
    pub kind: PostKind,
    /// The words, with `\n` between lines if there are several.
    pub text: &'a str,
    /// Client-only tags, still escaped, without `@`.
    pub tags: &'a str,
}

/// Who somebody wants to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate<'a> {
    /// The name that they want, or that their web session has.
    pub nick: &'a Nick,
    /// The user part of their prefix.
    pub user: &'a str,
    /// Whatever they wrote as their real name.
    pub real_name: &'a str,
    /// What they sent with PASS, if anything: a token of the program's, say. It is shown to nobody.
    pub password: Option<&'a str>,
    /// Where they come from.
    pub ip: IpAddr,
    /// By which door they came in.
    pub door: DoorId,
}

/// Has a say in what happens. The order of the calls about one person: connect, register, then joins and messages
/// as they come, leave at last; whoever never registered goes without it.
#[expect(unused_variables, reason = "the defaults look at nothing")]
pub trait Observer: Send {
    /// Somebody has connected; nothing is known but where they come from, which for a gateway's people is the gateway
    /// until they register. Denied, they are told and sent away; there is nothing to rewrite.
    fn connect(&mut self, context: &mut Context<'_>, who: PersonId, ip: IpAddr) -> Verdict {
        Verdict::Allow
    }

    /// Somebody has said who they are. Denied, they may try another name; [`Verdict::Rewrite`] gives them one. A web
    /// session has its name since it logged in: denied, it is sent away, and it cannot be rewritten.
    fn register(
        &mut self,
        context: &mut Context<'_>,
        who: PersonId,
        candidate: &Candidate<'_>,
    ) -> Verdict {
        Verdict::Allow
    }

    /// Somebody who is registered wants another name.
    fn rename(&mut self, context: &mut Context<'_>, who: PersonId, nick: &Nick) -> Verdict {
        Verdict::Allow
    }

    /// Somebody wants to enter a room, which is made if it does not exist.
    fn join(&mut self, context: &mut Context<'_>, who: PersonId, room: &RoomName) -> Verdict {
        Verdict::Allow
    }

    /// Somebody who may says something, to a room or to a person.
    fn message(&mut self, context: &mut Context<'_>, who: PersonId, said: &Said<'_>) -> Verdict {
        Verdict::Allow
    }

    /// Somebody wants to set a room's topic, or with an empty text to clear it.
    fn topic(
        &mut self,
        context: &mut Context<'_>,
        who: PersonId,
        room: &RoomName,
        text: &str,
    ) -> Verdict {
        Verdict::Allow
    }

    /// Words that others see with something which needs no permission: why somebody leaves a room or the chat or is
    /// away, is sent out of a room or has what they said taken back, a new real name. Denied, or not decided at once, it happens without them.
    fn remark(&mut self, context: &mut Context<'_>, who: PersonId, text: &str) -> Verdict {
        Verdict::Allow
    }

    /// Something has its place in the order and takes effect: everything that a room or a person is told, in the
    /// one order in which all see it.
    fn happened(&mut self, context: &mut Context<'_>, what: &Committed) {}

    /// Somebody reads too slowly: their connection ends, or messages were dropped for them.
    fn slow(&mut self, context: &mut Context<'_>, who: PersonId) {}

    /// Somebody who was registered is leaving; their rooms hear of it next.
    fn leave(&mut self, context: &mut Context<'_>, who: PersonId, nick: &Nick, reason: &str) {}
}

/// What an observer may look at, and do. What it does happens after it has answered, in this turn or the next: nothing
/// is ever called from within a call.
pub struct Context<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) people: &'a People,
    pub(crate) errands: &'a mut Vec<Errand>,
    pub(crate) tickets: &'a mut u64,
    pub(crate) now: Now,
}

impl Context<'_> {
    /// The moment of this turn.
    #[must_use]
    pub fn now(&self) -> Now {
        self.now
    }

    /// What somebody is called; nothing before they are registered.
    #[must_use]
    pub fn nick(&self, who: PersonId) -> Option<&Nick> {
        Some(&self.hub.person(who)?.source.nick)
    }

    /// Who is called so.
    #[must_use]
    pub fn person(&self, nick: &Nick) -> Option<PersonId> {
        Some(self.hub.by_nick(nick)?.id)
    }

    /// Where somebody comes from.
    #[must_use]
    pub fn ip(&self, who: PersonId) -> Option<IpAddr> {
        Some(self.people.peer(who)?.ip)
    }

    /// Whether somebody is in a room.
    #[must_use]
    pub fn is_in(&self, who: PersonId, room: &RoomName) -> bool {
        self.hub.is_in(who, room)
    }

    /// Who is in a room, in no order that means anything; nobody if there is no such room.
    #[must_use]
    pub fn members(&self, room: &RoomName) -> &[PersonId] {
        self.hub.room(room).map_or(&[], Room::members)
    }

    /// The rooms that somebody is in, in the order in which they came.
    pub fn rooms_of(&self, who: PersonId) -> impl Iterator<Item = &RoomName> {
        let keys = self.hub.person(who).map(|member| &*member.rooms);
        let rooms = keys.unwrap_or_default().iter();
        rooms.filter_map(|&key| Some(&self.hub.room_at(key)?.name))
    }

    /// Everybody who is registered.
    pub fn people(&self) -> impl Iterator<Item = (PersonId, &Nick)> {
        let people = self.hub.people();
        people.map(|member| (member.id, &member.source.nick))
    }

    /// A ticket for a verdict that comes later.
    #[must_use]
    pub fn ticket(&mut self) -> Ticket {
        *self.tickets += 1;
        Ticket(*self.tickets)
    }

    /// Has somebody do something. The observer is not asked about it.
    pub fn have(&mut self, errand: Errand) {
        self.errands.push(errand);
    }

    /// Has somebody say something to a room or a person.
    pub fn post(&mut self, who: PersonId, to: impl Into<Addressee>, text: &str) {
        self.have(Errand::post(who, to, text));
    }

    /// Sends somebody away, with a reason that they and their rooms are told, and a code for WebSockets.
    pub fn dismiss(&mut self, who: PersonId, code: u16, reason: &str) {
        let farewell = Farewell::new(code, reason);
        self.have(Errand::Dismiss { who, farewell });
    }
}
