//! Rooms with so many people that their coming and going is counted, not told one by one. Floor 5. docs/clients.md.
//!
//! Whoever has agreed on `chat.local/crowds` hears of a crowd once a second at most, in one line. So a thousand people
//! who join cost each of the others as many lines as it took seconds, and not a thousand; and whoever enters asks for
//! the names when somebody wants to see them.

use std::collections::BTreeMap;
use std::time::Instant;

use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::irc::Caps;
use crate::hub::entry::{Act, Committed};
use crate::hub::{Room, RoomKey};
use crate::id::PersonId;
use crate::limits::{CROWD_PEOPLE, CROWD_TOLD_EVERY};

/// Who came and went since it was last told.
#[derive(Debug, Default)]
pub(super) struct Crowds {
    tallies: BTreeMap<RoomKey, Tally>,
}

#[derive(Debug)]
struct Tally {
    joined: usize,
    left: usize,
    due: Instant,
}

impl Crowds {
    /// When the next room is to be told.
    pub(super) fn next(&self) -> Option<Instant> {
        self.tallies.values().map(|tally| tally.due).min()
    }

    fn count(&mut self, room: RoomKey, has_joined: bool, now: Instant) {
        let tally = self.tallies.entry(room).or_insert(Tally {
            joined: 0,
            left: 0,
            due: now + CROWD_TOLD_EVERY,
        });
        let count = if has_joined {
            &mut tally.joined
        } else {
            &mut tally.left
        };
        *count += 1;
    }

    fn take_due(&mut self, now: Instant) -> Vec<(RoomKey, Tally)> {
        self.tallies
            .extract_if(.., |_, tally| tally.due <= now)
            .collect()
    }
}

/// Whether so many are in a room that they are counted.
pub(super) fn is_crowd(room: &Room) -> bool {
    room.members().len() > CROWD_PEOPLE
}

impl Turn<'_> {
    /// Whether something is only counted, for those who agreed on that.
    pub(super) fn is_counted(&mut self, committed: &Committed, key: RoomKey) -> bool {
        let has_joined = match committed.entry.act {
            Act::Join { .. } => true,
            Act::Part { .. } | Act::Quit { .. } => false,
            _ => return false,
        };
        let is_crowd = self.chat.hub.room_at(key).is_some_and(is_crowd);
        if is_crowd {
            self.chat.crowds.count(key, has_joined, self.now.mono);
        }
        is_crowd
    }

    /// Tells each crowd how many came and went.
    pub(super) fn tell_crowds(&mut self) {
        for (key, Tally { joined, left, .. }) in self.chat.crowds.take_due(self.now.mono) {
            let Some(room) = self.chat.hub.room_at(key) else {
                continue;
            };
            let line = self.chat.crowd_line(room, joined, left);
            for who in room.members().to_vec() {
                if self.caps(who).has(Caps::CROWDS) && self.chat.is_registered(who) {
                    self.write(who, &line);
                }
            }
        }
    }

    /// Instead of the names: how many there are.
    pub(super) fn say_crowd(&mut self, key: RoomKey, answer: AnswerKey) {
        if let Some(room) = self.chat.hub.room_at(key) {
            let line = self.chat.crowd_line(room, 0, 0);
            self.say(answer, line);
        }
    }

    /// Whether somebody who enters a room is told how many are in it, and not who.
    pub(super) fn counts_only(&self, who: PersonId, key: RoomKey) -> bool {
        self.caps(who).has(Caps::CROWDS) && self.chat.hub.room_at(key).is_some_and(is_crowd)
    }
}

impl super::Chat {
    /// `CROWD #room <joined> <left> <people>`.
    fn crowd_line(&self, room: &Room, joined: usize, left: usize) -> String {
        let (server, name) = (&self.house.server, &room.name);
        format!(
            ":{server} CROWD {name} {joined} {left} {}",
            room.members().len()
        )
    }
}
