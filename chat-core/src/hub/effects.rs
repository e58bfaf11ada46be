//! Who is to hear of an entry that was applied. Floor 1.

use crate::hub::room::RoomKey;
use crate::id::PersonId;
use crate::names::RoomName;

/// What follows from an entry. The author is never among the people here: whether and how they
/// hear of their own deed is for the dialect to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Everybody in this room hears of it.
    pub room: Option<RoomKey>,
    /// These people hear of it; in slab order, each once.
    pub people: Vec<PersonId>,
    /// A room that was forgotten to make place for another.
    pub forgotten: Option<Forgotten>,
    /// Nothing changed, so nobody needs to hear of it: a join of a room that one is in.
    pub is_void: bool,
}

/// A room that is not there any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// Its name.
    pub name: RoomName,
    /// Whether not everybody could enter it, or know of it: then nobody who makes one of its name may read what was said.
    pub was_closed: bool,
}

impl Effects {
    pub(super) fn to_room(key: RoomKey) -> Effects {
        Effects {
            room: Some(key),
            ..Effects::default()
        }
    }

    pub(super) fn to_people(people: Vec<PersonId>) -> Effects {
        Effects {
            people,
            ..Effects::default()
        }
    }

    pub(super) fn void() -> Effects {
        Effects {
            is_void: true,
            ..Effects::default()
        }
    }
}
