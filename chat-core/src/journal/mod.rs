//! The one order of everything that a room can see. Floor 2.
//!
//! Nothing is seen or takes effect before the journal has committed it. [`Journal::append`] takes an
//! entry and answers with a ticket; [`Journal::committed`] gives entries back with their places, this
//! turn (in memory) or a later one (on a disk, in a cluster). The loop never waits for it.
//!
//! Another journal is another implementation of this trait, given to
//! [`Builder::journal`](crate::relay::Builder::journal). **The trait may still change** until one that writes to a disk has
//! implemented it. One that only wants to see what passes may put itself around [`Memory`]:
//!
//! ```
//! use std::sync::Arc;
//!
//! use chat_core::hub::entry::{Committed, Entry};
//! use chat_core::id::Seq;
//! use chat_core::journal::{Journal, Memory, Outcome, Place, Span, Ticket};
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
//!     fn epoch(&self) -> &str {
//!         self.memory.epoch()
//!     }
//!     fn committed(&mut self) -> Option<Outcome> {
//!         self.memory.committed()
//!     }
//!     fn read(&self, place: &Place, span: Span, limit: usize) -> Vec<Arc<Committed>> {
//!         self.memory.read(place, span, limit)
//!     }
//!     fn has_all_since(&self, place: &Place, seq: Seq) -> bool {
//!         self.memory.has_all_since(place, seq)
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

mod late;
mod memory;

use std::sync::Arc;
use std::time::Duration;

pub use late::{Failing, Late};
pub use memory::Memory;

use crate::hub::entry::{Act, Committed, Entry, Target};
use crate::id::{Identity, Seq};
use crate::names::RoomName;
use crate::time::Timestamp;

/// Stands for an entry until it is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket(pub u64);

/// Gives each entry its place in one order.
pub trait Journal: Send {
    /// Tells this journal's sequence from that of another. It is part of each message's id, the tag `msgid` of IRCv3,
    /// and so may be made of ASCII letters and digits, `-` and `_`: a space in it, say, would end the tags of a line.
    /// Asked for once, when the chat is made.
    fn epoch(&self) -> &str;

    /// Takes an entry. What becomes of it comes by [`Journal::committed`], with this ticket.
    fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket;

    /// The next entry whose fate is decided, in the order of their places; `None` for now.
    fn committed(&mut self) -> Option<Outcome>;

    /// A turn of the loop begins.
    fn turn(&mut self) {}

    /// How long the loop may sleep when nothing else happens; `None` when the journal wakes it.
    fn wait(&self) -> Option<Duration> {
        None
    }

    /// What was said at a place, in order: the latest `limit` posts within the span when it is
    /// counted from its end, else the earliest. Called on the loop, for everybody who asks for history, and must not
    /// block: what is on a disk has to be in memory by then.
    fn read(&self, place: &Place, span: Span, limit: usize) -> Vec<Arc<Committed>>;

    /// Whether everything that was said at a place after a message is still here: if not, whoever
    /// saw that message last has to be told of a gap.
    fn has_all_since(&self, place: &Place, seq: Seq) -> bool;

    /// A room was forgotten, and what was said there with it.
    fn forget(&mut self, room: &RoomName);
}

/// What became of an entry.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which one.
    pub ticket: Ticket,
    /// Its place, or the entry back when it has none: nobody sees it then.
    pub result: Result<Arc<Committed>, Box<Entry>>,
}

/// Whose history a post belongs to.
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

    /// Where an entry can be read again; only posts can.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Place> {
        let Act::Post(post) = &entry.act else {
            return None;
        };
        Some(match &post.target {
            Target::Room(name) => Place::Room(name.clone()),
            Target::Person { identity, .. } => Place::direct(entry.identity, *identity),
        })
    }
}

/// A point in a history, as clients name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// A message.
    Seq(Seq),
    /// A moment.
    Time(Timestamp),
}

/// The part of a history that is asked for; the point itself is never in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The latest posts, after a point if there is one.
    Latest(Option<Point>),
    /// The latest posts before a point.
    Before(Point),
    /// The earliest posts after a point.
    After(Point),
}
