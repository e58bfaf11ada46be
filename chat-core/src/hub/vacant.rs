//! Rooms that nobody is in, in the order in which they give way to new ones. Floor 1.

use std::collections::BTreeMap;
use std::time::Duration;

use super::room::{Room, RoomKey};
use crate::time::Timestamp;

/// How long nobody was in a room before it gives way with all that is kept of it. Ours: long enough for a holiday, and not
/// for ever, or whoever makes as many rooms as may be and says a word in each would keep everybody else from making one.
pub(super) const ABANDONED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Since when nobody is in a room, and where it waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vacancy {
    since: Timestamp,
    turn: Turn,
}

/// Rooms of which nothing is kept are first, then the longest empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    holds_something: bool,
    number: u64,
}

/// All rooms that nobody is in, but the one that is always there.
#[derive(Debug, Default)]
pub(super) struct Vacant {
    rooms: BTreeMap<Turn, RoomKey>,
    last: u64,
}

impl Vacant {
    /// Nobody is in it any more.
    pub(super) fn add(&mut self, room: &mut Room, since: Timestamp) {
        self.remove(room);
        self.last += 1;
        self.put(room, since, self.last);
    }

    /// Somebody is in it, or it is there no more.
    pub(super) fn remove(&mut self, room: &mut Room) {
        if let Some(Vacancy { turn, .. }) = room.vacancy.take() {
            self.rooms.remove(&turn);
        }
    }

    /// Something of it was changed while nobody was in it, if nobody was.
    pub(super) fn look_again(&mut self, room: &mut Room) {
        if let Some(Vacancy { since, turn }) = room.vacancy {
            self.remove(room);
            self.put(room, since, turn.number);
        }
    }

    fn put(&mut self, room: &mut Room, since: Timestamp, number: u64) {
        let holds_something = room.holds_something();
        let turn = Turn {
            holds_something,
            number,
        };
        room.vacancy = Some(Vacancy { since, turn });
        self.rooms.insert(turn, room.key);
    }

    /// The one that gives way before all others, if it does.
    pub(super) fn first(&self) -> Option<RoomKey> {
        self.rooms.values().next().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.rooms.len()
    }
}

impl Vacancy {
    #[cfg(test)]
    pub(super) fn holds_something(self) -> bool {
        self.turn.holds_something
    }

    /// Whether the room may be forgotten for another.
    pub(super) fn gives_way(self, now: Timestamp) -> bool {
        let abandoned = i64::try_from(ABANDONED.as_millis()).unwrap_or(i64::MAX);
        !self.turn.holds_something || now.0.saturating_sub(self.since.0) >= abandoned
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::Committed;
    use super::super::modes::{Change, Flag, Modes};
    use super::super::request::{Refusal, Request};
    use super::super::settings::Settings;
    use super::super::{Effects, Hub, Introduction, Past};
    use super::*;
    use crate::id::{Identity, PersonId, Seq};
    use crate::limits::Limits;
    use crate::names::{Nick, RoomName};

    const ANA: PersonId = PersonId {
        key: 0,
        generation: 0,
    };
    const DAY: i64 = 24 * 60 * 60 * 1000;

    /// With place for two besides the room that is always there.
    fn hub() -> Hub {
        let limits = Limits {
            rooms: 3,
            ..Limits::default()
        };
        let mut hub = Hub::new(RoomName::lobby(), &limits, Timestamp(0));
        let introduction = Introduction {
            nick: Nick::new("ana").unwrap(),
            user: "u".into(),
            host: "h".into(),
            real_name: "r".into(),
            identity: Identity(7),
        };
        hub.register(ANA, introduction, Timestamp(0)).unwrap();
        hub
    }

    fn ask(hub: &mut Hub, request: Request, at: i64) -> Result<Effects, Refusal> {
        let entry = hub.check(ANA, request)?;
        hub.apply(&Committed {
            seq: Seq(1),
            aside: 0,
            at: Timestamp(at),
            entry,
        })
    }

    fn name(room: &str) -> RoomName {
        RoomName::new(room).unwrap()
    }

    fn join(hub: &mut Hub, room: &str, at: i64) -> Option<String> {
        let effects = ask(hub, Request::Join(name(room), None), at).unwrap();
        effects
            .forgotten
            .map(|forgotten| forgotten.name.to_string())
    }

    fn visit(hub: &mut Hub, room: &str, at: i64) -> Option<String> {
        let forgotten = join(hub, room, at);
        ask(hub, Request::Part(name(room), None), at).unwrap();
        forgotten
    }

    fn past(last: i64, has_words: bool) -> Past {
        Past {
            created: Timestamp(0),
            topic: None,
            last: Timestamp(last),
            has_words,
        }
    }

    #[test]
    fn a_room_with_something_in_it_gives_way_when_it_was_empty_for_long() {
        let mut hub = hub();
        join(&mut hub, "#a", 0);
        ask(&mut hub, Request::Topic(name("#a"), "ours".into()), 0).unwrap();
        ask(&mut hub, Request::Part(name("#a"), None), DAY).unwrap();
        join(&mut hub, "#b", DAY);
        let late = Request::Join(name("#c"), None);
        let refused = ask(&mut hub, late.clone(), 31 * DAY - 1);
        assert_eq!(refused, Err(Refusal::TooManyRoomsInAll(name("#c"))));
        hub.rooms.see_time(Timestamp(31 * DAY));
        assert_eq!(join(&mut hub, "#c", 31 * DAY).as_deref(), Some("#a"));
    }

    #[test]
    fn what_an_operator_changes_from_outside_counts() {
        let mut hub = hub();
        visit(&mut hub, "#a", 0);
        visit(&mut hub, "#b", 0);
        hub.set_server_operator(ANA, true);
        let invite_only = vec![Change::Flag(Flag::InviteOnly, true)];
        ask(&mut hub, Request::Mode(name("#a"), invite_only), 0).unwrap();
        assert_eq!(visit(&mut hub, "#c", 0).as_deref(), Some("#b"));
        assert_eq!(visit(&mut hub, "#d", 0).as_deref(), Some("#c"));
    }

    #[test]
    fn more_rooms_than_may_be_stay_if_somebody_would_miss_them() {
        let mut hub = hub();
        for (room, last, has_words) in [
            ("#words", 0, true),
            ("#new", 0, false),
            ("#closed", 0, false),
            ("#newer", 0, false),
        ] {
            hub.restore(name(room), past(last, has_words));
        }
        let mut modes = Modes::of_new_room();
        modes.set(Flag::Secret, true);
        let founder = None;
        hub.restore_settings(&name("#closed"), Settings { modes, founder });
        hub.assert_sound();
        let mut forgotten = std::iter::from_fn(|| hub.forget_one_too_many());
        assert_eq!(forgotten.next().unwrap().name, name("#new"));
        assert_eq!(forgotten.next().unwrap().name, name("#newer"));
        assert_eq!(forgotten.next(), None);
        hub.restore(name("#more"), past(0, true));
        assert_eq!(hub.forget_one_too_many(), None);
        hub.rooms.see_time(Timestamp(30 * DAY));
        assert_eq!(hub.forget_one_too_many().unwrap().name, name("#words"));
    }

    #[test]
    fn a_room_that_was_left_in_the_future_gives_way_all_the_same() {
        let mut hub = hub();
        for room in ["#a", "#b", "#c"] {
            hub.restore(name(room), past(4_000 * DAY, true));
        }
        assert_eq!(hub.forget_one_too_many(), None);
        hub.rooms.see_time(Timestamp(4_000 * DAY));
        hub.rooms.see_time(Timestamp(30 * DAY));
        assert_eq!(hub.forget_one_too_many().unwrap().name, name("#a"));
    }

    #[test]
    fn what_was_said_with_bans_is_not_for_everybody() {
        let mut modes = Modes::of_new_room();
        assert!(!modes.is_closed());
        let ban = super::super::modes::tests::banned("*!*@h");
        modes.change(&ban, &Nick::new("ana").unwrap(), Timestamp(0));
        assert!(modes.is_closed());
    }
}
