//! What somebody looks for in the past, and whether an entry is that. Floor 2.
//!
//! [`Search::finds`] decides, in memory and on the disk alike: an index only says where it is worth looking. So nobody
//! reads what is not theirs, whatever an index says.

mod terms;
mod words;

use std::collections::HashSet;

#[cfg(feature = "sqlite")]
pub(super) use terms::Phrase;
pub use terms::{BadTerms, Terms};
#[cfg(feature = "sqlite")]
pub(super) use words::{folded, words};

use super::{End, Place, Where};
use crate::hub::entry::Act;
use crate::hub::entry::{Committed, Post, PostKind, Target};
use crate::id::Identity;
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Where.
    pub within: Within,
    /// Said by somebody who was called so then.
    pub by: Option<Nick>,
    /// Said at this moment or later.
    pub after: Option<Timestamp>,
    /// Said at this moment or before.
    pub before: Option<Timestamp>,
    /// With these words.
    pub terms: Option<Terms>,
    /// From which end the limit counts.
    pub from: End,
    /// How many posts at most.
    pub limit: usize,
}

/// Where it is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Within {
    /// At one place; by the name of somebody who is gone, in all talks with those who were called so.
    At(Where),
    /// In some rooms, and in all talks of somebody.
    All {
        /// The rooms.
        rooms: HashSet<RoomName>,
        /// Whose talks.
        of: Identity,
    },
}

impl Within {
    /// Whether a place is among these, as far as it is known without its posts.
    pub(super) fn holds(&self, place: &Place) -> bool {
        match (self, place) {
            (Within::At(Where::At(at)), _) => at == place,
            (Within::At(Where::With { own, .. }), Place::Direct(one, other)) => {
                own == one || own == other
            }
            (Within::At(Where::With { .. }), Place::Room(_)) => false,
            (Within::All { rooms, .. }, Place::Room(room)) => rooms.contains(room),
            (Within::All { of, .. }, Place::Direct(one, other)) => of == one || of == other,
        }
    }

    /// Whether a post was said there.
    fn has(&self, it: &Committed, post: &Post) -> bool {
        let place = match &post.target {
            Target::Room(room) => Place::Room(room.clone()),
            Target::Person { identity, .. } => Place::direct(it.entry.identity, *identity),
            // For some of a room only, and not kept.
            Target::Ranked(..) => return false,
        };
        self.holds(&place) && self.is_called(it, post)
    }

    /// Whether the other one was called as somebody said, if they are known by that alone.
    fn is_called(&self, it: &Committed, post: &Post) -> bool {
        let Within::At(Where::With { own, called, or }) = self else {
            return true;
        };
        match &post.target {
            Target::Person { nick, identity, .. } if it.entry.identity == *own => {
                nick == called || or.contains(identity)
            }
            _ => it.entry.source.nick == *called || or.contains(&it.entry.identity),
        }
    }
}

impl Search {
    /// Whether an entry is what is looked for.
    #[must_use]
    pub fn finds(&self, it: &Committed) -> bool {
        self.means(it).is_some_and(|post| self.says(post))
    }

    /// The post of an entry, if nothing but its words may be other than what is looked for.
    pub(super) fn means<'e>(&self, it: &'e Committed) -> Option<&'e Post> {
        let Act::Post(post) = &it.entry.act else {
            return None;
        };
        let is_text = post.kind != PostKind::Tags;
        let is_then = self.after.is_none_or(|after| it.at >= after)
            && self.before.is_none_or(|before| it.at <= before);
        let is_theirs = self
            .by
            .as_ref()
            .is_none_or(|nick| it.entry.source.nick == *nick);
        (is_text && is_then && is_theirs && self.within.has(it, post)).then_some(post)
    }

    /// Whether the words are in a post.
    pub(super) fn says(&self, post: &Post) -> bool {
        let terms = self.terms.as_ref();
        terms.is_none_or(|terms| terms.are_in(&post.text))
    }
}
