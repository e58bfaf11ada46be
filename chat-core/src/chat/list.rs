//! LIST: the rooms that there are, or some of them. Floor 5. RFC 2812 §3.2.6.

use super::Chat;
use super::answer::AnswerKey;
use super::cursor::Cursor;
use super::turn::Turn;
use crate::dialect::irc::list::{Bound, Condition, conditions};
use crate::dialect::irc::numeric::{RPL_LIST, RPL_LISTEND, RPL_LISTSTART};
use crate::hub::{Room, RoomKey, mask};
use crate::id::PersonId;
use crate::names::RoomName;
use crate::time::Timestamp;

/// What was asked for, and how far it is told.
#[derive(Debug)]
pub(super) struct List {
    conditions: Vec<Condition>,
    last: Option<RoomKey>,
    /// When it was asked, in seconds.
    now: i64,
}

impl Turn<'_> {
    pub(super) fn list(&mut self, params: &[&str], key: AnswerKey) {
        let Some(who) = self.asker(key) else { return };
        self.say_numeric(key, RPL_LISTSTART, &["Channel"], "Users Name");
        let conditions = conditions(params);
        let Some(names) = names(&conditions) else {
            let list = List::new(conditions, self.now.wall);
            return self.stream(who, Cursor::list(list, key));
        };
        for name in names {
            let room = self.chat.hub.seen_room(who, &name).ok();
            if let Some(line) = room.map(|room| self.chat.list_reply(who, room)) {
                self.say(key, line);
            }
        }
        self.say_numeric(key, RPL_LISTEND, &[], "end of list");
    }
}

/// The rooms that are asked for, if they are asked for by name: nobody looks through all for them.
fn names(conditions: &[Condition]) -> Option<Vec<RoomName>> {
    let name = |condition: &Condition| match condition {
        Condition::Like(name) if !name.contains(['*', '?']) => Some(RoomName::new(name).ok()),
        _ => None,
    };
    let names: Option<Vec<_>> = conditions.iter().map(name).collect();
    let names = names.filter(|names| !names.is_empty())?;
    Some(names.into_iter().flatten().collect())
}

impl List {
    pub(super) fn new(conditions: Vec<Condition>, now: Timestamp) -> List {
        List {
            conditions,
            last: None,
            now: now.seconds(),
        }
    }

    /// Rooms with somebody in them, and the one that is always there if it has something to show: a topic.
    pub(super) fn next(&mut self, chat: &Chat, who: PersonId) -> Option<String> {
        loop {
            let room = chat.hub.next_room(self.last)?;
            self.last = Some(room.key);
            let is_used = !room.members().is_empty() || room.topic.is_some();
            if is_used && chat.hub.sees(who, room) && self.has(room) {
                return Some(chat.list_reply(who, room));
            }
        }
    }

    /// Any of the masks, and all else.
    fn has(&self, room: &Room) -> bool {
        let is_mask = |condition: &&Condition| matches!(condition, Condition::Like(_));
        let (masks, others): (Vec<_>, Vec<_>) = self.conditions.iter().partition(is_mask);
        let holds = |condition: &&Condition| self.holds(room, condition);
        (masks.is_empty() || masks.iter().any(holds)) && others.iter().all(holds)
    }

    fn holds(&self, room: &Room, condition: &Condition) -> bool {
        match condition {
            Condition::Like(mask) => mask::matches(mask, room.name.as_str()),
            Condition::Unlike(mask) => !mask::matches(mask, room.name.as_str()),
            Condition::People(bound) => bound.has(room.members().len() as u64),
            Condition::Made(bound) => self.is_so_old(room.created, *bound),
            Condition::Topic(bound) => {
                let topic = room.topic.as_ref();
                topic.is_some_and(|topic| self.is_so_old(topic.at, *bound))
            }
        }
    }

    /// The bound is in minutes.
    fn is_so_old(&self, at: Timestamp, bound: Bound) -> bool {
        let age = u64::try_from(self.now - at.seconds()).unwrap_or(0);
        bound.times(60).has(age)
    }
}

impl Chat {
    fn list_reply(&self, who: PersonId, room: &Room) -> String {
        let count = room.members().len().to_string();
        let topic = room.topic.as_ref();
        let topic = topic.map(|topic| &*topic.text).unwrap_or_default();
        self.numeric(who, RPL_LIST, &[room.name.as_str(), &count], topic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::Hub;
    use crate::limits::Limits;

    #[test]
    fn a_room_is_told_by_its_age_in_minutes() {
        let hub = Hub::new(RoomName::lobby(), &Limits::default(), Timestamp(0));
        let room = hub.rooms().next().unwrap();
        let at = |seconds: i64, condition: &str| {
            let now = Timestamp(seconds * 1000);
            List::new(conditions(&[condition]), now).has(room)
        };
        for (seconds, condition, expected) in [
            (121, "C>2", true),
            (120, "C>2", false),
            (120, "C<2", false),
            (119, "C<2", true),
            (0, "C<0", false),
            (-5, "C<1", true),
            (500, "T>0", false),
            (0, "<1", true),
            (0, ">0", false),
            (0, "#LOB*", true),
            (0, "!*by", false),
        ] {
            assert_eq!(at(seconds, condition), expected, "{seconds} {condition}");
        }
    }
}
