//! Rooms: who is in them, in which order they are forgotten. Floor 1.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use slab::Slab;

use crate::hub::effects::Forgotten;
use crate::hub::entry::Source;
use crate::hub::looks::Looks;
use crate::hub::modes::{Change, Modes};
use crate::hub::ranks::{Rank, Ranks};
use crate::hub::request::Refusal;
use crate::hub::settings::Settings;
use crate::hub::vacant::{Vacancy, Vacant};
use crate::id::PersonId;
use crate::limits::ROOM_INVITED_MAX;
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// A room's place in the hub, for whoever keeps something beside each room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomKey(pub usize);

/// A place that people join.
#[derive(Clone, Debug)]
pub struct Room {
    /// Its place in the hub.
    pub key: RoomKey,
    /// Its name as the first visitor wrote it.
    pub name: RoomName,
    /// What it is about, if somebody said so.
    pub topic: Option<Topic>,
    /// When it was made.
    pub created: Timestamp,
    /// Its modes, and who made it.
    pub settings: Settings,
    /// Something was said there that is kept, as far as is known.
    pub(super) has_words: bool,
    /// Nobody is in it, and it may be forgotten one day.
    pub(super) vacancy: Option<Vacancy>,
    members: Vec<PersonId>,
    /// Those of the members who have any, in slab order.
    ranks: Vec<(PersonId, Ranks)>,
    /// Who was asked in and has not come yet, the latest last.
    invited: VecDeque<PersonId>,
}

/// What a room is about.
#[derive(Clone, Debug)]
pub struct Topic {
    /// The words; never empty.
    pub text: Arc<str>,
    /// Who set it.
    pub by: Arc<Source>,
    /// When.
    pub at: Timestamp,
}

/// What a room was when it was last heard of.
#[derive(Clone, Debug)]
pub struct Past {
    /// When it was made.
    pub created: Timestamp,
    /// What it was about, if somebody said so.
    pub topic: Option<Topic>,
    /// When something happened there last.
    pub last: Timestamp,
    /// Whether something that was said there is kept.
    pub has_words: bool,
}

impl Room {
    /// Who is in it, in slab order: walking them in that order touches memory in that order.
    #[must_use]
    pub fn members(&self) -> &[PersonId] {
        &self.members
    }

    /// Whether somebody is in it.
    #[must_use]
    pub fn has(&self, id: PersonId) -> bool {
        self.members.binary_search(&id).is_ok()
    }

    /// What a member is besides.
    #[must_use]
    pub fn ranks(&self, id: PersonId) -> Ranks {
        match self.ranks.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(place) => self.ranks[place].1,
            Err(_) => Ranks::default(),
        }
    }

    /// Everybody with at least this rank, in slab order.
    pub fn ranked(&self, least: Rank) -> impl Iterator<Item = PersonId> {
        let has = move |ranks: Ranks| {
            Rank::ALL
                .iter()
                .any(|rank| *rank >= least && ranks.has(*rank))
        };
        let ranks = self.ranks.iter().filter(move |(_, ranks)| has(*ranks));
        ranks.map(|(id, _)| *id)
    }

    pub(super) fn set_rank(&mut self, id: PersonId, rank: Rank, has: bool) {
        let ranks = self.ranks(id).set(rank, has);
        match self.ranks.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(place) if ranks.any() => self.ranks[place].1 = ranks,
            Ok(place) => drop(self.ranks.remove(place)),
            Err(place) if ranks.any() => self.ranks.insert(place, (id, ranks)),
            Err(_) => {}
        }
    }

    pub(super) fn change(&mut self, change: &Change, by: &Nick, at: Timestamp) {
        match change {
            Change::Rank(rank, id, _, has) if self.has(*id) => self.set_rank(*id, *rank, *has),
            Change::Rank(..) => {}
            other => self.settings.modes.change(other, by, at),
        }
    }

    /// Remembers that somebody was asked in.
    pub(super) fn invite(&mut self, guest: PersonId) {
        if self.invited.contains(&guest) {
            return;
        }
        if self.invited.len() == ROOM_INVITED_MAX {
            self.invited.pop_front();
        }
        self.invited.push_back(guest);
    }

    /// Whoever is sent out is not expected any more.
    pub(super) fn uninvite(&mut self, guest: PersonId) {
        self.invited.retain(|other| *other != guest);
    }

    pub(super) fn invited(&self) -> impl Iterator<Item = PersonId> {
        self.invited.iter().copied()
    }

    /// Whether somebody was asked in and has not come yet.
    #[must_use]
    pub fn has_invited(&self, guest: PersonId) -> bool {
        self.invited.contains(&guest)
    }

    /// Whether somebody would miss it: words, a topic, or modes that a new room does not have.
    pub(super) fn holds_something(&self) -> bool {
        let is_as_new = || self.settings.modes == Modes::of_new_room();
        self.has_words || self.topic.is_some() || !is_as_new()
    }

    #[cfg(test)]
    pub(super) fn assert_sound(&self) {
        let here = |(id, ranks): &(PersonId, Ranks)| self.has(*id) && ranks.any();
        debug_assert!(
            self.ranks.iter().all(here),
            "who left {} has a rank",
            self.name
        );
        debug_assert!(self.ranks.is_sorted_by_key(|(id, _)| *id));
        debug_assert!(self.invited.len() <= ROOM_INVITED_MAX);
    }

    pub(super) fn add(&mut self, id: PersonId) {
        self.invited.retain(|guest| *guest != id);
        if let Err(place) = self.members.binary_search(&id) {
            self.members.insert(place, id);
        }
    }

    fn remove(&mut self, id: PersonId) {
        if let Ok(place) = self.members.binary_search(&id) {
            self.members.remove(place);
        }
        if let Ok(place) = self.ranks.binary_search_by_key(&id, |(id, _)| *id) {
            self.ranks.remove(place);
        }
    }
}

/// All rooms, bounded in number. One that nobody is in gives way to a new one, if nothing is kept of it or if it has been
/// empty for long.
#[derive(Debug)]
pub(super) struct Rooms {
    slab: Slab<Room>,
    by_name: HashMap<RoomName, RoomKey>,
    looks: Looks<RoomName>,
    vacant: Vacant,
    /// The last moment of which anybody told.
    now: Timestamp,
    default: RoomKey,
    default_name: RoomName,
    most: u64,
}

impl Rooms {
    pub(super) fn new(default_name: RoomName, most: u64, at: Timestamp) -> Rooms {
        let mut rooms = Rooms {
            slab: Slab::new(),
            by_name: HashMap::new(),
            looks: Looks::new(),
            vacant: Vacant::default(),
            now: at,
            default: RoomKey(0),
            default_name: default_name.clone(),
            most: most.max(1),
        };
        rooms.default = rooms.insert(default_name, at);
        if let Some(room) = rooms.get_mut(rooms.default) {
            room.settings.modes = Modes::of_default_room();
        }
        rooms
    }

    pub(super) fn key(&self, name: &RoomName) -> Option<RoomKey> {
        self.by_name.get(name).copied()
    }

    pub(super) fn get(&self, key: RoomKey) -> Option<&Room> {
        self.slab.get(key.0)
    }

    pub(super) fn get_mut(&mut self, key: RoomKey) -> Option<&mut Room> {
        self.slab.get_mut(key.0)
    }

    /// The first room behind a key that is to be shown: somebody is in it, or it is always there.
    pub(super) fn next_shown(&self, after: Option<RoomKey>) -> Option<&Room> {
        let start = after.map_or(0, |key| key.0 + 1);
        let mut rooms = (start..self.slab.capacity()).filter_map(|key| self.slab.get(key));
        rooms.find(|room| !room.members.is_empty() || room.key == self.default)
    }

    /// How many rooms somebody is in.
    pub(super) fn inhabited(&self) -> usize {
        let lobby_is_empty = self
            .get(self.default)
            .is_some_and(|room| room.members.is_empty());
        self.slab.len() - self.vacant.len() - usize::from(lobby_is_empty)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Room> {
        self.slab.iter().map(|(_, room)| room)
    }

    pub(super) fn default_name(&self) -> &RoomName {
        &self.default_name
    }

    /// Whether somebody may go to a room of this name, which is made if it is not there.
    pub(super) fn check(&self, name: &RoomName) -> Result<(), Refusal> {
        let there = self.key(name).is_some();
        if there && !self.is_empty(name) {
            return Ok(());
        }
        if let Some(other) = self.look_alike(name) {
            return Err(Refusal::RoomLooksLike(name.clone(), other.clone()));
        }
        if !there && self.is_full() && self.gives_way().is_none() {
            return Err(Refusal::TooManyRoomsInAll(name.clone()));
        }
        Ok(())
    }

    /// A look-alike is refused only when one of the two is not ASCII, as with the names of people;
    /// and an ASCII name is not barred by a room that nobody is in.
    fn look_alike(&self, name: &RoomName) -> Option<&RoomName> {
        self.looks.find_alike(name, |other| {
            if other == name {
                return false;
            }
            let gives_way = other.as_str().is_ascii() || self.is_empty(other);
            !(name.as_str().is_ascii() && gives_way)
        })
    }

    fn is_empty(&self, name: &RoomName) -> bool {
        let room = self.key(name).and_then(|key| self.get(key));
        room.is_some_and(|room| room.members.is_empty() && room.key != self.default)
    }

    /// The room of this name, made if need be, and the one that was forgotten for it.
    pub(super) fn open(&mut self, name: &RoomName, at: Timestamp) -> (RoomKey, Option<Forgotten>) {
        if let Some(key) = self.key(name) {
            return (key, None);
        }
        let forgotten = self.forget_one_if(self.is_full());
        (self.insert(name.clone(), at), forgotten)
    }

    /// A room of before, with nobody in it since then. The one that is always there gets its topic back.
    pub(super) fn restore(&mut self, name: RoomName, past: Past) {
        let key = match self.key(&name) {
            Some(key) => key,
            None => self.insert(name, past.created),
        };
        let Some(room) = self.slab.get_mut(key.0) else {
            return;
        };
        (room.created, room.topic, room.has_words) = (past.created, past.topic, past.has_words);
        if key != self.default {
            // Not from the future, or it would never give way.
            self.vacant.add(room, past.last.min(self.now));
        }
    }

    /// The one that is always there has nobody who made it.
    pub(super) fn restore_settings(&mut self, name: &RoomName, mut settings: Settings) {
        let Some(key) = self.key(name) else {
            return;
        };
        settings.founder = settings.founder.filter(|_| key != self.default);
        if let Some(room) = self.get_mut(key) {
            room.settings = settings;
        }
        self.look_again(key);
    }

    /// One that gives way, if there are more rooms than may be.
    pub(super) fn forget_one_too_many(&mut self) -> Option<Forgotten> {
        self.forget_one_if(self.slab.len() as u64 > self.most)
    }

    /// Somebody tells what time it is: there is no clock here.
    pub(super) fn see_time(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// Something was said in a room.
    pub(super) fn note_words(&mut self, key: RoomKey) {
        if let Some(room) = self.slab.get_mut(key.0).filter(|room| !room.has_words) {
            room.has_words = true;
            self.vacant.look_again(room);
        }
    }

    /// What is kept of a room may be more than before, or less, though nobody need be in it.
    pub(super) fn look_again(&mut self, key: RoomKey) {
        if let Some(room) = self.slab.get_mut(key.0) {
            self.vacant.look_again(room);
        }
    }

    pub(super) fn enter(&mut self, key: RoomKey, id: PersonId) {
        let Some(room) = self.slab.get_mut(key.0) else {
            return;
        };
        self.vacant.remove(room);
        room.add(id);
    }

    pub(super) fn leave(&mut self, key: RoomKey, id: PersonId) {
        let Some(room) = self.slab.get_mut(key.0) else {
            return;
        };
        room.remove(id);
        if room.members.is_empty() && key != self.default {
            self.vacant.add(room, self.now);
        }
    }

    fn is_full(&self) -> bool {
        self.slab.len() as u64 >= self.most
    }

    fn insert(&mut self, name: RoomName, at: Timestamp) -> RoomKey {
        let key = RoomKey(self.slab.vacant_key());
        self.by_name.insert(name.clone(), key);
        self.looks.add(name.clone());
        self.slab.insert(Room {
            key,
            name,
            topic: None,
            created: at,
            settings: Settings {
                modes: Modes::of_new_room(),
                founder: None,
            },
            has_words: false,
            vacancy: None,
            members: Vec::new(),
            ranks: Vec::new(),
            invited: VecDeque::new(),
        });
        key
    }

    /// The room that is to be forgotten next, if there is one.
    fn gives_way(&self) -> Option<RoomKey> {
        let key = self.vacant.first()?;
        let vacancy = self.get(key)?.vacancy?;
        vacancy.gives_way(self.now).then_some(key)
    }

    fn forget_one_if(&mut self, is_due: bool) -> Option<Forgotten> {
        is_due.then(|| self.forget(self.gives_way()?)).flatten()
    }

    fn forget(&mut self, key: RoomKey) -> Option<Forgotten> {
        let mut room = self.slab.try_remove(key.0)?;
        self.vacant.remove(&mut room);
        self.by_name.remove(&room.name);
        self.looks.remove(&room.name);
        Some(Forgotten {
            was_closed: room.settings.modes.is_closed(),
            name: room.name,
        })
    }

    #[cfg(test)]
    pub(super) fn assert_sound(&self, people_per_room: u64) {
        for room in self.iter() {
            debug_assert!(room.members.len() as u64 <= people_per_room);
            debug_assert_eq!(self.key(&room.name), Some(room.key));
            let here = |name: &RoomName| *name == room.name;
            let found = self.looks.find_alike(&room.name, here);
            debug_assert!(found.is_some(), "{} has no look", room.name);
        }
        debug_assert_eq!(self.looks.len(), self.slab.len());
        debug_assert!(
            self.slab.contains(self.default.0),
            "the default room is permanent"
        );
        let empty = |room: &&Room| room.members.is_empty() && room.key != self.default;
        debug_assert_eq!(
            self.iter().filter(empty).count(),
            self.vacant.len(),
            "an empty room waits to be forgotten"
        );
        for room in self.iter() {
            let waits = room.vacancy.map(Vacancy::holds_something);
            let expected = empty(&room).then(|| room.holds_something());
            debug_assert_eq!(waits, expected, "{} waits in the wrong place", room.name);
        }
    }
}
