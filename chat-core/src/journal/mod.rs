//! The one order of everything that a room can see. Floor 2.
//!
//! Nothing is seen or takes effect before the journal has committed it. [`Journal::append`] takes an
//! entry and answers with a ticket; [`Journal::committed`] gives entries back with their places, this
//! turn (in memory) or a later one (on a disk, in a cluster). The loop never waits for it.
//!
//! Another journal is another implementation of this trait, given to
//! [`Builder::journal`](crate::relay::Builder::journal). The two here are [`Memory`] and, with the feature `sqlite`,
//! `Sqlite`. One that only wants to see what passes may put itself around either:
//!
//! ```
//! use chat_core::hub::entry::Entry;
//! use chat_core::journal::{Epochs, Found, Inquiry, Journal, Memory, Outcome, Question, Ticket};
//! use chat_core::names::RoomName;
//! use chat_core::relay::Relay;
//! use chat_core::time::Timestamp;
//!
//! struct Counted {
//!     memory: Memory,
//!     entries: u64,
//! }
//!
//! impl Journal for Counted {
//!     fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket {
//!         self.entries += 1;
//!         self.memory.append(entry, at)
//!     }
//!
//!     // The rest is passed on as it is.
//!     fn epochs(&self) -> &Epochs {
//!         self.memory.epochs()
//!     }
//!     fn committed(&mut self) -> Option<Outcome> {
//!         self.memory.committed()
//!     }
//!     fn ask(&mut self, question: Question) -> Inquiry {
//!         self.memory.ask(question)
//!     }
//!     fn answered(&mut self) -> Option<(Inquiry, Found)> {
//!         self.memory.answered()
//!     }
//!     fn forget(&mut self, room: &RoomName) {
//!         self.memory.forget(room);
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let memory = Memory::new("2026-11-23".into(), 1 << 20);
//! let journal = Counted { memory, entries: 0 };
//! let relay = Relay::builder().journal(Box::new(journal)).build()?;
//! # Ok(())
//! # }
//! ```
//!
//! **Invariant:** nothing here names `net`, mio, `std::net` or a clock; the test `tidy` holds it.

#[cfg(test)]
mod clock_tests;
mod epochs;
mod late;
mod lost;
mod memory;
mod question;
mod search;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub(crate) mod stamps;

use std::sync::Arc;
use std::time::Duration;

pub use epochs::{Epoch, Epochs};
pub use late::{Failing, Late};
pub use lost::Lost;
pub use memory::Memory;
pub use question::{
    About, Durability, End, Found, Inquiry, Note, Partner, Point, Question, Recovered, RoomThen,
    Span, Talk, Where,
};
pub use search::{BadTerms, Search, Terms, Within};

pub use crate::hub::entry::NotKept;
use crate::hub::entry::{Act, Committed, Entry, Post, Target};
use crate::hub::{Redaction, Topic};
use crate::id::{Identity, Seq};
use crate::names::RoomName;
use crate::time::{Now, Timestamp};
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

/// Stands for an entry until it is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket(pub u64);

/// Wakes the loop, from any thread: something was committed or found.
pub type Alarm = Arc<dyn Fn() + Send + Sync>;

/// Gives each entry its place in one order.
pub trait Journal: Send {
    /// The starts of this journal that an id of a message may name. The present one stays the same.
    fn epochs(&self) -> &Epochs;

    /// Takes an entry. What becomes of it comes by [`Journal::committed`], with this ticket.
    fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket;

    /// The next entry whose fate is decided, in the order of their places; `None` for now.
    fn committed(&mut self) -> Option<Outcome>;

    /// Takes a question about the past. The answer comes by [`Journal::answered`], at once or in a later turn.
    fn ask(&mut self, question: Question) -> Inquiry;

    /// The next answer; `None` for now.
    fn answered(&mut self) -> Option<(Inquiry, Found)>;

    /// A turn of the loop begins.
    fn turn(&mut self, _now: Now) {}

    /// A turn ends: whatever was appended in it may be handed on, all at once.
    fn hand_over(&mut self) {}

    /// How long the loop may sleep when nothing else happens; `None` when the journal wakes it.
    fn wait(&self) -> Option<Duration> {
        None
    }

    /// How the loop is woken when something is decided or found between two turns.
    fn wake_by(&mut self, _alarm: Alarm) {}

    /// An entry that has its place could not take effect any more: nobody hears of it, and nobody is to read of it.
    fn strike(&mut self, _committed: &Committed) {}

    /// A topic was struck out: what the room is about is this still, unless a later one is on its way.
    fn restore_topic(&mut self, _room: &RoomName, _topic: Option<&Topic>, _struck: Seq) {}

    /// A room was forgotten, and what was said there with it, or it was not made after all: as of the last entry that
    /// [`Journal::committed`] gave. One that is still on its way may make a room of that name.
    fn forget(&mut self, room: &RoomName);

    /// Nobody may read any more what was said in a room so far, as of the same entry.
    fn conceal(&mut self, _room: &RoomName) {}

    /// Keeps something small, in the order of what was appended.
    fn note(&mut self, _note: Note) {}

    /// What outlived the end of the program; asked for once, when the chat is made.
    fn recover(&mut self) -> Recovered {
        Recovered::default()
    }

    /// When an entry is told.
    fn durability(&self) -> Durability {
        Durability::Memory
    }

    /// The end, in order: whatever was told is kept before this returns, and nothing more is taken.
    ///
    /// # Errors
    /// Some of it could not be.
    fn end(&mut self) -> Result<(), Lost> {
        Ok(())
    }
}

/// What became of an entry.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which one.
    pub ticket: Ticket,
    /// Its place; or the entry back when it has none, and why: nobody sees it then.
    pub result: Result<Arc<Committed>, (Box<Entry>, NotKept)>,
}

/// Whose history an entry belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A room's.
    Room(RoomName),
    /// That of two identities; the lesser one first.
    Direct(Identity, Identity),
}

impl Place {
    /// What two identities said to each other.
    #[must_use]
    pub fn direct(one: Identity, other: Identity) -> Place {
        Place::Direct(one.min(other), one.max(other))
    }

    /// Where an entry can be read again; several places only if somebody left or took another name.
    pub fn all_of(entry: &Entry) -> impl Iterator<Item = Place> {
        let one = entry.is_durable().then(|| Place::named_in(entry)).flatten();
        let others = match &entry.act {
            Act::Quit { rooms, .. } | Act::Name { rooms, .. } => &rooms[..],
            _ => &[],
        };
        one.into_iter()
            .chain(others.iter().cloned().map(Place::Room))
    }

    fn named_in(entry: &Entry) -> Option<Place> {
        match &entry.act {
            Act::Post(Post { target, .. }) | Act::Redact(Redaction { target, .. }) => {
                Some(match target {
                    Target::Room(name) | Target::Ranked(name, _) => Place::Room(name.clone()),
                    Target::Person { identity, .. } => Place::direct(entry.identity, *identity),
                })
            }
            Act::Join { room, .. }
            | Act::Part { room, .. }
            | Act::Topic { room, .. }
            | Act::Mode { room, .. }
            | Act::Kick { room, .. } => Some(Place::Room(room.clone())),
            _ => None,
        }
    }
}
