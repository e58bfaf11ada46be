//! What is asked of a journal, and its answers. Floor 2.

use std::sync::Arc;

use super::Place;
use super::search::Search;
use crate::hub::entry::Committed;
use crate::hub::{Class, Past};
use crate::id::{Identity, Seq};
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// Stands for a question until it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Inquiry(pub u64);

/// What somebody wants to know of the past. Nothing behind `until` is in the answer: who asks hears of that as it
/// happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The last place that had taken effect when it was asked.
    pub until: Seq,
    /// What it is about.
    pub about: About,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum About {
    /// What was said at a place.
    Said {
        /// Where.
        at: Where,
        /// Which part of it.
        span: Span,
        /// How many entries at most.
        limit: usize,
        /// What of it.
        classes: Vec<Class>,
    },
    /// Where something was said last between two moments: a place where somebody has spoken since is not meant.
    Talks {
        /// With whom: everybody to whom this identity has spoken, or they to it.
        of: Identity,
        /// And in which of these rooms.
        rooms: Vec<RoomName>,
        /// Behind this moment.
        after: Timestamp,
        /// Before that one.
        before: Timestamp,
        /// From which end the limit counts.
        from: End,
        /// How many at most.
        limit: usize,
    },
    /// Where something like this was said; the answer is [`Found::Said`].
    Search(Box<Search>),
}

/// Whose history a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Where {
    /// That of a room, or of two identities.
    At(Place),
    /// What an identity and all who had a name then said to each other, since by a name alone nobody is known from another.
    With {
        /// Whose.
        own: Identity,
        /// What the others were called when they talked last.
        called: Nick,
        /// If nobody was: the first of these with whom there is anything. Who has left under a name may have talked under
        /// another one.
        or: Vec<Identity>,
    },
}

/// A point in a history, as clients name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// A message.
    Seq(Seq),
    /// A moment.
    Time(Timestamp),
}

/// The part of a history that is asked for; the points themselves are never in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Only what came after this.
    pub after: Option<Point>,
    /// Only what came before this.
    pub before: Option<Point>,
    /// From which end the limit counts.
    pub from: End,
}

/// An end of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The earliest are given.
    Earliest,
    /// The latest are given.
    Latest,
}

impl End {
    /// So many of what is in order, from this end on.
    pub(super) fn cut<T>(self, all: &mut Vec<T>, limit: usize) {
        match self {
            End::Earliest => all.truncate(limit),
            End::Latest => drop(all.drain(..all.len().saturating_sub(limit))),
        }
    }
}

impl Span {
    /// The latest, after a point if there is one.
    #[must_use]
    pub fn latest(after: Option<Point>) -> Span {
        let (before, from) = (None, End::Latest);
        Span {
            after,
            before,
            from,
        }
    }

    /// The latest before a point.
    #[must_use]
    pub fn before(point: Point) -> Span {
        let (after, before) = (None, Some(point));
        Span {
            after,
            before,
            from: End::Latest,
        }
    }

    /// One place alone.
    #[must_use]
    pub fn only(seq: Seq) -> Span {
        let point = |seq| Some(Point::Seq(Seq(seq)));
        Span {
            after: seq.0.checked_sub(1).and_then(point),
            before: seq.0.checked_add(1).and_then(point),
            from: End::Earliest,
        }
    }

    /// The earliest after a point.
    #[must_use]
    pub fn after(point: Point) -> Span {
        let (after, before) = (Some(point), None);
        Span {
            after,
            before,
            from: End::Earliest,
        }
    }
}

/// What a journal knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// What was said, in order.
    Said {
        /// The entries; those of people who are gone too.
        entries: Vec<Arc<Committed>>,
        /// Whether nothing behind the point from which it was asked is lost or was dropped, as far as the place is known to
        /// have had something then if the point is a moment; of a search, whether all that
        /// is kept was looked through.
        is_whole: bool,
    },
    /// Where something was said, in the order of when last, from the end that was asked for.
    Talks(Vec<Talk>),
    /// It cannot be read at present.
    Unreadable,
}

/// Where something was said, and when last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    /// A room, or the other one of two people.
    pub with: Partner,
    /// The time of the last post there.
    pub at: Timestamp,
}

impl Talk {
    /// So many from one end on, of some with the place of the last post. By time, since clients page by it.
    pub(super) fn first(mut talks: Vec<(Seq, Talk)>, from: End, limit: usize) -> Vec<Talk> {
        talks.sort_by_key(|(seq, talk)| (talk.at, *seq));
        if from == End::Latest {
            talks.reverse();
        }
        let talks = talks.into_iter().map(|(_, talk)| talk);
        talks.take(limit).collect()
    }
}

/// A room, or somebody as they were called when they last spoke or were spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Partner {
    /// A room.
    Room(RoomName),
    /// A person.
    Person(Identity, Nick),
}

/// What outlived the end of the program.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Rooms, in the order in which they were left.
    pub rooms: Vec<RoomThen>,
    /// Whatever was noted.
    pub notes: Vec<Note>,
    /// Posts that came with an id of their author's, of late.
    pub retries: Vec<Arc<Committed>>,
    /// The last place that was given.
    pub last: Seq,
    /// Identities above this one were never given.
    pub last_identity: u64,
}

/// A room as it was.
#[derive(Clone, Debug)]
pub struct RoomThen {
    /// Its name.
    pub name: RoomName,
    /// What is known of it.
    pub past: Past,
}

/// Something small that is kept beside the order, and told to nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What kind of thing it is.
    pub shelf: String,
    /// Which one.
    pub key: Vec<u8>,
    /// What is kept; `None` takes it away.
    pub value: Option<Vec<u8>>,
}

impl Note {
    /// Bytes of it.
    #[must_use]
    pub fn size(&self) -> usize {
        let value = self.value.as_ref().map_or(0, Vec::len);
        self.shelf.len() + self.key.len() + value
    }
}

/// When an entry is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// At once, and it is kept as long as the program runs.
    Memory,
    /// At once; the disk has it a moment later.
    Relay,
    /// When the disk has it.
    Disk,
}

impl Durability {
    /// One word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Durability::Memory => "memory",
            Durability::Relay => "relay",
            Durability::Disk => "disk",
        }
    }
}
