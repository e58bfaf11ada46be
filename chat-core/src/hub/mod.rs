//! Who is where, and who may do what. Floor 1: pure state, no socket, no clock, no thread.
//!
//! ```text
//! Request ──check──▶ Entry ──(the journal gives it a place)──▶ apply ──▶ Effects
//!            │                                                   │
//!            └────────────────── Refusal ◀───────────────────────┘
//! ```
//!
//! [`Hub::check`] looks and changes nothing. [`Hub::apply`] changes and asks the same questions again,
//! since others' entries may have come in between. What is not seen by others needs no entry:
//! registering ([`Hub::register`]) and keeping a name for somebody ([`Hub::reserve`]).
//!
//! **Invariant:** nothing here names `net`, mio, `std::net` or a clock; the test `tidy` holds it.

mod apply;
mod check;
mod class;
mod draft;
mod effects;
pub mod entry;
mod looks;
pub mod mask;
mod members;
pub mod modes;
mod names;
pub mod ranks;
mod redaction;
pub mod request;
mod rights;
mod room;
pub mod settings;
pub mod user_modes;
mod vacant;
#[cfg(test)]
mod walk;
mod whereabouts;

use std::collections::VecDeque;
use std::sync::Arc;

pub use class::Class;
pub use effects::{Effects, Forgotten};
pub use redaction::{RedactedBy, Redaction};
pub use room::{Past, Room, RoomKey, Topic};
pub use whereabouts::Whereabouts;

use crate::id::{Identity, PersonId};
use crate::limits::{Limits, WHOWAS_ENTRIES_MAX};
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;
use entry::Source;
use members::Members;
use names::Names;
use room::Rooms;
use settings::Settings;
use user_modes::Census;

/// The chat as everybody in it agrees it is.
#[derive(Debug)]
pub struct Hub {
    people: Members,
    names: Names,
    rooms: Rooms,
    gone: VecDeque<Gone>,
    rooms_per_person: u64,
    people_per_room: u64,
    census: Census,
}

/// A registered person.
#[derive(Clone, Debug)]
pub struct Member {
    /// Their connection's id.
    pub id: PersonId,
    /// Whose history is theirs.
    pub identity: Identity,
    /// As the others see them.
    pub source: Arc<Source>,
    /// Their real name, or whatever they wrote there.
    pub real_name: Arc<str>,
    /// Why they are away, if they are.
    pub away: Option<Arc<str>>,
    /// The rooms that they are in, in the order in which they came.
    pub rooms: Whereabouts,
    /// When they registered.
    pub since: Timestamp,
    /// When they last said something.
    pub spoke: Timestamp,
    /// Whether they keep the whole server in order.
    pub is_operator: bool,
    /// Nothing is told of them to whoever shares no room with them.
    pub is_invisible: bool,
}

/// Somebody who left, for WHOWAS and for what was said with them.
#[derive(Clone, Debug)]
pub struct Gone {
    /// As the others saw them.
    pub source: Arc<Source>,
    /// Their real name.
    pub real_name: Arc<str>,
    /// Whose history it was.
    pub identity: Identity,
    /// When they left, or took another name.
    pub at: Timestamp,
}

/// What somebody registers with.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// The name they want.
    pub nick: Nick,
    /// The user part of their prefix.
    pub user: Arc<str>,
    /// The keyed hash of their address.
    pub host: Arc<str>,
    /// Their real name.
    pub real_name: Arc<str>,
    /// Whose history is theirs.
    pub identity: Identity,
}

impl Hub {
    /// An empty chat with its one permanent room.
    #[must_use]
    pub fn new(default_room: RoomName, limits: &Limits, at: Timestamp) -> Hub {
        Hub {
            people: Members::default(),
            names: Names::new(),
            rooms: Rooms::new(default_room, limits.rooms, at),
            gone: VecDeque::new(),
            rooms_per_person: limits.rooms_per_person,
            people_per_room: limits.people_per_room,
            census: Census::default(),
        }
    }

    /// A room is as it was before the program began, even if there are more than may be:
    /// [`Hub::forget_one_too_many`].
    pub fn restore(&mut self, name: RoomName, past: Past) {
        self.rooms.restore(name, past);
    }

    /// The same for its modes, once it is there.
    pub fn restore_settings(&mut self, name: &RoomName, settings: Settings) {
        self.rooms.restore_settings(name, settings);
    }

    /// When all is restored: a room that gives way since there are more than may be; nothing when there are not, or when
    /// none of them does.
    pub fn forget_one_too_many(&mut self) -> Option<Forgotten> {
        self.rooms.forget_one_too_many()
    }

    /// A registered person.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Member> {
        self.people.get(id)
    }

    /// Whoever has this name.
    #[must_use]
    pub fn by_nick(&self, nick: &Nick) -> Option<&Member> {
        self.people.get(self.names.person(nick)?)
    }

    /// Everybody who is registered, in slab order but for those who are just leaving.
    pub fn people(&self) -> impl Iterator<Item = &Member> {
        self.people.iter()
    }

    /// How many are registered.
    #[must_use]
    pub fn people_count(&self) -> usize {
        self.people.len()
    }

    /// A room by its name.
    #[must_use]
    pub fn room(&self, name: &RoomName) -> Option<&Room> {
        self.rooms.get(self.rooms.key(name)?)
    }

    /// A room by its key.
    #[must_use]
    pub fn room_at(&self, key: RoomKey) -> Option<&Room> {
        self.rooms.get(key)
    }

    /// A room that somebody is in, by its name as they write it. People are in few rooms, so looking
    /// through those is cheaper than asking for the name among all rooms, and then for the person
    /// among all members.
    #[must_use]
    pub fn room_of(&self, member: &Member, name: &str) -> Option<&Room> {
        let mut rooms = member.rooms.iter().filter_map(|&key| self.rooms.get(key));
        rooms.find(|room| room.name.is(name))
    }

    /// Every room, in the order of their keys.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.iter()
    }

    /// The first room behind a key that people are to see in a list: somebody is in it, or it is the
    /// one that is always there.
    #[must_use]
    pub fn next_room(&self, after: Option<RoomKey>) -> Option<&Room> {
        self.rooms.next_shown(after)
    }

    /// How many rooms somebody is in.
    #[must_use]
    pub fn inhabited_rooms(&self) -> usize {
        self.rooms.inhabited()
    }

    /// The room that is always there.
    #[must_use]
    pub fn default_room(&self) -> &RoomName {
        self.rooms.default_name()
    }

    /// Whether somebody is in a room.
    #[must_use]
    pub fn is_in(&self, id: PersonId, room: &RoomName) -> bool {
        self.room(room).is_some_and(|room| room.has(id))
    }

    /// Those who left under a name, the latest first.
    pub fn gone<'h>(&'h self, nick: &Nick) -> impl Iterator<Item = &'h Gone> {
        self.departed()
            .filter(move |gone| gone.source.nick == *nick)
    }

    /// All who left and are remembered, the latest first.
    pub fn departed(&self) -> impl Iterator<Item = &Gone> {
        self.gone.iter().rev()
    }

    /// Everybody who shares a room with somebody, without that person, in slab order.
    #[must_use]
    pub fn neighbours(&self, id: PersonId) -> Vec<PersonId> {
        let Some(member) = self.people.get(id) else {
            return Vec::new();
        };
        let rooms = member.rooms.iter().filter_map(|&key| self.rooms.get(key));
        let mut all: Vec<PersonId> = rooms.flat_map(|room| room.members()).copied().collect();
        all.sort_unstable();
        all.dedup();
        all.retain(|&other| other != id);
        all
    }

    fn remember(&mut self, gone: Gone) {
        if self.gone.len() == WHOWAS_ENTRIES_MAX {
            self.gone.pop_front();
        }
        self.gone.push_back(gone);
    }

    /// What must always be true; called after each step of a test.
    #[cfg(test)]
    pub(crate) fn assert_sound(&self) {
        for room in self.rooms.iter() {
            for id in room.members() {
                let member = self.people.get(*id);
                debug_assert!(
                    member.is_some_and(|m| m.rooms.contains(&room.key)),
                    "{id} is in {} but does not know it",
                    room.name
                );
            }
            debug_assert!(room.members().is_sorted(), "{} is out of order", room.name);
            room.assert_sound();
        }
        for member in self.people.iter() {
            let holder = self.names.person(&member.source.nick);
            debug_assert_eq!(
                holder,
                Some(member.id),
                "{} is not theirs",
                member.source.nick
            );
            debug_assert!(member.rooms.len() as u64 <= self.rooms_per_person);
            for &key in member.rooms.iter() {
                debug_assert!(self.rooms.get(key).is_some_and(|room| room.has(member.id)));
            }
        }
        self.rooms.assert_sound(self.people_per_room);
        self.names.assert_sound(|id, nick| {
            let member = self.people.get(id);
            member.is_some_and(|member| member.source.nick == *nick)
        });
        assert!(self.gone.len() <= WHOWAS_ENTRIES_MAX);
        self.assert_counted();
    }
}
