//! The chat as a child would draw it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{NICKS, Op, PEOPLE_PER_ROOM, ROOMS, ROOMS_MAX, ROOMS_PER_PERSON, fold, identity, look};

/// Why not, without the details.
#[derive(Debug, PartialEq)]
pub(crate) enum No {
    InUse,
    Alike,
    Gone,
    NotThere,
    Nowhere,
    RoomAlike,
    TooManyRooms,
    Full,
    TooManyInAll,
}

/// Who hears of it, besides whoever did it.
pub(crate) type Outcome = Result<BTreeSet<u32>, No>;

/// The chat as a child would draw it.
#[derive(Debug)]
pub(crate) struct Model {
    /// What everybody who is in is called.
    pub(crate) people: BTreeMap<u32, &'static str>,
    /// For whom names are kept.
    kept: BTreeMap<String, u64>,
    pub(crate) rooms: Vec<(&'static str, BTreeSet<u32>)>,
    /// The rooms without anybody, the longest empty first.
    empty: Vec<&'static str>,
    /// Where something was said, since it was made.
    with_words: BTreeSet<&'static str>,
}

impl Model {
    pub(crate) fn new() -> Model {
        Model {
            people: BTreeMap::new(),
            kept: BTreeMap::new(),
            rooms: vec![("#lobby", BTreeSet::new())],
            empty: Vec::new(),
            with_words: BTreeSet::new(),
        }
    }

    pub(crate) fn apply(&mut self, op: &Op) -> Outcome {
        match *op {
            Op::Register(who, nick) => self.register(who, NICKS[nick]),
            Op::Keep(who, nick) => self.keep(identity(who), NICKS[nick]),
            Op::Release(who, nick) => {
                let nick = fold(NICKS[nick]);
                self.kept
                    .retain(|kept, of| *kept != nick || *of != identity(who));
                Ok(BTreeSet::new())
            }
            Op::Quit(who)
            | Op::Rename(who, _)
            | Op::Join(who, _)
            | Op::Part(who, _)
            | Op::Post(who, _)
                if !self.people.contains_key(&who) =>
            {
                Err(No::Gone)
            }
            Op::Quit(who) => Ok(self.quit(who)),
            Op::Rename(who, nick) => self.rename(who, NICKS[nick]),
            Op::Join(who, room) => self.join(who, ROOMS[room]),
            Op::Part(who, room) => self.part(who, ROOMS[room]),
            Op::Post(who, room) => self.post(who, ROOMS[room]),
        }
    }

    /// Names that are had or kept, and by whom.
    fn names(&self) -> Vec<(&str, u64)> {
        let had = self
            .people
            .iter()
            .map(|(who, nick)| (*nick, identity(*who)));
        let kept = self.kept.iter().map(|(nick, of)| (nick.as_str(), *of));
        had.chain(kept).collect()
    }

    fn check_name(&self, identity: u64, nick: &str) -> Result<(), No> {
        let same = |(other, _): &&(&str, u64)| fold(other) == fold(nick);
        let names = self.names();
        if let Some((_, of)) = names.iter().find(same) {
            return if *of == identity {
                Ok(())
            } else {
                Err(No::InUse)
            };
        }
        let alike = names.iter().any(|(other, of)| {
            *of != identity && look(other) == look(nick) && !(other.is_ascii() && nick.is_ascii())
        });
        if alike { Err(No::Alike) } else { Ok(()) }
    }

    fn holder(&self, nick: &str) -> Option<u32> {
        let mut people = self.people.iter();
        people
            .find(|(_, own)| fold(own) == fold(nick))
            .map(|(who, _)| *who)
    }

    fn register(&mut self, who: u32, nick: &'static str) -> Outcome {
        if self.holder(nick).is_some() {
            return Err(No::InUse);
        }
        self.check_name(identity(who), nick)?;
        self.people.insert(who, nick);
        Ok(BTreeSet::new())
    }

    fn keep(&mut self, identity: u64, nick: &str) -> Outcome {
        self.check_name(identity, nick)?;
        // One name is kept for one identity.
        self.kept.retain(|_, of| *of != identity);
        self.kept.insert(fold(nick), identity);
        Ok(BTreeSet::new())
    }

    fn neighbours(&self, who: u32) -> BTreeSet<u32> {
        let rooms = self
            .rooms
            .iter()
            .filter(|(_, members)| members.contains(&who));
        let mut all: BTreeSet<u32> = rooms.flat_map(|(_, members)| members.clone()).collect();
        all.remove(&who);
        all
    }

    fn quit(&mut self, who: u32) -> BTreeSet<u32> {
        let told = self.neighbours(who);
        for room in self.joined(who) {
            self.leave(who, room);
        }
        self.people.remove(&who);
        told
    }

    pub(crate) fn joined(&self, who: u32) -> Vec<&'static str> {
        let rooms = self
            .rooms
            .iter()
            .filter(|(_, members)| members.contains(&who));
        rooms.map(|(name, _)| *name).collect()
    }

    fn rename(&mut self, who: u32, nick: &'static str) -> Outcome {
        if self.holder(nick).is_some_and(|holder| holder != who) {
            return Err(No::InUse);
        }
        self.check_name(identity(who), nick)?;
        let old = self.people.insert(who, nick).unwrap();
        if fold(old) != fold(nick)
            && let Some(of) = self.kept.remove(&fold(old))
        {
            self.kept.insert(fold(nick), of);
        }
        Ok(if old == nick {
            BTreeSet::new()
        } else {
            self.neighbours(who)
        })
    }

    fn place(&self, room: &str) -> Option<usize> {
        self.rooms
            .iter()
            .position(|(name, _)| fold(name) == fold(room))
    }

    pub(crate) fn members(&self, who: u32, room: &str) -> Outcome {
        let (_, members) = &self.rooms[self.place(room).ok_or(No::Nowhere)?];
        let mut others = members.clone();
        if others.remove(&who) {
            Ok(others)
        } else {
            Err(No::NotThere)
        }
    }

    fn post(&mut self, who: u32, room: &str) -> Outcome {
        let others = self.members(who, room)?;
        let name = self.rooms[self.place(room).unwrap()].0;
        self.with_words.insert(name);
        Ok(others)
    }

    fn part(&mut self, who: u32, room: &str) -> Outcome {
        let others = self.members(who, room)?;
        let name = self.rooms[self.place(room).unwrap()].0;
        self.leave(who, name);
        Ok(others)
    }

    fn leave(&mut self, who: u32, room: &'static str) {
        let place = self.place(room).unwrap();
        let (name, members) = &mut self.rooms[place];
        members.remove(&who);
        if members.is_empty() && *name != "#lobby" {
            self.empty.push(name);
        }
    }

    fn join(&mut self, who: u32, room: &'static str) -> Outcome {
        if self.members(who, room).is_ok() {
            return Ok(BTreeSet::new());
        }
        if self.joined(who).len() == ROOMS_PER_PERSON {
            return Err(No::TooManyRooms);
        }
        if let Some(place) = self.place(room)
            && self.rooms[place].1.len() == PEOPLE_PER_ROOM
        {
            return Err(No::Full);
        }
        self.check_look(room)?;
        let place = match self.place(room) {
            Some(place) => place,
            None => self.make(room)?,
        };
        let (name, members) = &mut self.rooms[place];
        let told = members.clone();
        members.insert(who);
        let name = *name;
        self.empty.retain(|empty| *empty != name);
        Ok(told)
    }

    /// An ASCII name is barred by a look-alike only if somebody is in there, and nobody is barred
    /// from a room that somebody is in.
    fn check_look(&self, room: &'static str) -> Result<(), No> {
        let abandoned = |name: &str| self.empty.iter().any(|empty| fold(empty) == fold(name));
        if self.place(room).is_some() && !abandoned(room) {
            return Ok(());
        }
        let bars = |(other, _): &(&str, _)| {
            let alike = look(other) == look(room) && fold(other) != fold(room);
            alike && !(room.is_ascii() && (other.is_ascii() || abandoned(other)))
        };
        match self.rooms.iter().any(bars) {
            true => Err(No::RoomAlike),
            false => Ok(()),
        }
    }

    fn make(&mut self, room: &'static str) -> Result<usize, No> {
        if self.rooms.len() == ROOMS_MAX {
            let mut empty = self.empty.iter();
            let without_words = empty.position(|name| !self.with_words.contains(name));
            let forgotten = self.empty.remove(without_words.ok_or(No::TooManyInAll)?);
            self.rooms.retain(|(name, _)| *name != forgotten);
        }
        self.rooms.push((room, BTreeSet::new()));
        Ok(self.rooms.len() - 1)
    }
}
