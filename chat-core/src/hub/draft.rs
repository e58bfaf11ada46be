//! Changes of a room's modes before they are made: each is seen as it is after those before it. Floor 1.

use super::Room;
use super::modes::{Change, Modes};
use super::ranks::{Rank, Ranks};
use super::request::Refusal;
use crate::id::PersonId;
use crate::limits::ROOM_LISTED_MAX;
use crate::names::Nick;
use crate::time::Timestamp;

/// What a room would be like.
pub(super) struct Draft<'r> {
    room: &'r Room,
    modes: Modes,
    /// Of those whose ranks have been asked for.
    ranks: Vec<(PersonId, Ranks)>,
}

impl Draft<'_> {
    pub(super) fn of(room: &Room) -> Draft<'_> {
        Draft {
            room,
            modes: room.settings.modes.clone(),
            ranks: Vec::new(),
        }
    }

    /// Makes a change, if it may be made; whether it is one.
    pub(super) fn change(&mut self, change: &Change, by: &Nick) -> Result<bool, Refusal> {
        fits(self.room, &self.modes, change)?;
        if let Change::Rank(rank, id, _, has) = change {
            return Ok(self.change_rank(*id, *rank, *has));
        }
        let is_one = self.modes.would_change(change);
        // A draft is not looked at for when somebody was listed.
        self.modes.change(change, by, Timestamp(0));
        Ok(is_one)
    }

    fn change_rank(&mut self, id: PersonId, rank: Rank, has: bool) -> bool {
        let place = self.ranks.iter().position(|(other, _)| *other == id);
        let place = place.unwrap_or_else(|| {
            self.ranks.push((id, self.room.ranks(id)));
            self.ranks.len() - 1
        });
        let before = self.ranks[place].1;
        self.ranks[place].1 = before.set(rank, has);
        self.ranks[place].1 != before
    }
}

/// Whether a change can be made in a room with these modes.
pub(super) fn fits(room: &Room, modes: &Modes, change: &Change) -> Result<(), Refusal> {
    match change {
        Change::Rank(_, id, nick, _) if !room.has(*id) => {
            Err(Refusal::NotThere(nick.clone(), room.name.clone()))
        }
        Change::List(list, _, true)
            if modes.listed() >= ROOM_LISTED_MAX && modes.would_change(change) =>
        {
            Err(Refusal::ListFull(room.name.clone(), list.letter()))
        }
        _ => Ok(()),
    }
}
