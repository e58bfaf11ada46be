//! MARKREAD: how far somebody has read. Floor 5.
//!
//! IRCv3 read-marker. A marker is its owner's alone: a session's over all its connections, anybody else's as long as they
//! are here. One of a person goes by their name, as clients keep what is said with them. [`ReadMarkers`] is pure.

mod notes;

pub(super) use notes::SHELF;

use super::Chat;
use super::answer::AnswerKey;
use super::kept::Kept;
use super::turn::Turn;
use crate::dialect::irc::read_marker;
use crate::hub::entry::{Act, Entry};
use crate::hub::request::Addressee;
use crate::id::{Identity, PersonId};
use crate::journal::stamps::is_ahead;
use crate::limits::{Limits, READ_MARKERS_DIRECT_MAX, READ_MARKERS_MAX};
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// How far everybody has read.
#[derive(Debug)]
pub(super) struct ReadMarkers {
    read: Kept<Addressee, Timestamp>,
    per_identity_max: usize,
}

impl ReadMarkers {
    pub(super) fn new(limits: &Limits) -> ReadMarkers {
        let rooms = usize::try_from(limits.rooms_per_person).unwrap_or(usize::MAX);
        ReadMarkers {
            read: Kept::default(),
            per_identity_max: rooms.saturating_add(READ_MARKERS_DIRECT_MAX),
        }
    }

    fn get(&self, identity: Identity, buffer: &Addressee) -> Option<Timestamp> {
        self.read.get(identity, buffer).copied()
    }

    /// Somebody has read on. Whether that is news: a marker never goes back. Every change is made here.
    fn advance(&mut self, identity: Identity, buffer: Addressee, read_to: Timestamp) -> bool {
        if self
            .get(identity, &buffer)
            .is_some_and(|known| known >= read_to)
        {
            return false;
        }
        self.read.put(identity, buffer, read_to);
        if self.read.len_of(identity) > self.per_identity_max {
            self.read.forget_oldest_of(identity);
        }
        if self.read.len() > READ_MARKERS_MAX {
            self.read.forget_oldest();
        }
        true
    }

    /// A clock that was ahead may have let somebody read the future: they have read as far as the present.
    fn pull_back(&mut self, identity: Identity, buffer: &Addressee, latest: Timestamp) -> bool {
        let is_ahead = self.get(identity, buffer).is_some_and(|it| it > latest);
        if is_ahead {
            self.read.put(identity, buffer.clone(), latest);
        }
        is_ahead
    }

    /// Whether there was something to be forgotten.
    fn forget(&mut self, identity: Identity) -> bool {
        let was_known = self.read.len_of(identity) > 0;
        while self.read.forget_oldest_of(identity).is_some() {}
        was_known
    }
}

impl Turn<'_> {
    /// MARKREAD: the answer is what is known now, whether or not that is what was asked for. Nobody has read what is not
    /// written yet.
    pub(super) fn mark_read(
        &mut self,
        who: PersonId,
        target: &str,
        read_to: Option<Timestamp>,
        key: AnswerKey,
    ) {
        let buffer = match read_to {
            None => self.buffer(who, target).or_else(|| elsewhere(target)),
            Some(_) => self.buffer(who, target),
        };
        let (identity, buffer) = match (self.chat.hub.person(who), buffer) {
            (Some(member), Some(buffer)) => (member.identity, buffer),
            _ => return self.wrong(key, &read_marker::invalid_target(target)),
        };
        if let Some(read_to) = read_to {
            self.pull_back(identity, &buffer);
            let read_to = read_to.min(self.latest());
            self.chat.note_read(identity, buffer.clone(), read_to);
        }
        self.say_marker(who, identity, &buffer, key);
    }

    /// The latest moment that anybody can have read: a clock that stepped back does not put what was said into the future.
    fn latest(&self) -> Timestamp {
        let (wall, stamped) = (self.now.wall, self.chat.stamped);
        match is_ahead(stamped, wall) {
            true => wall,
            false => wall.max(stamped),
        }
    }

    fn pull_back(&mut self, identity: Identity, buffer: &Addressee) {
        let latest = self.latest();
        if self.chat.markers.pull_back(identity, buffer, latest) {
            self.chat.note_markers(identity);
        }
    }

    /// What a client shows in one window: a room that they are in, or what is said with one person.
    fn buffer(&self, who: PersonId, target: &str) -> Option<Addressee> {
        if !target.starts_with('#') {
            return Nick::new(target).ok().map(Addressee::Person);
        }
        let room = self.chat.hub.room(&RoomName::new(target).ok()?)?;
        room.has(who).then(|| Addressee::Room(room.name.clone()))
    }

    /// How far somebody has read in a room that they have entered. IRCv3 read-marker, "Command flows".
    pub(super) fn say_marker_of(&mut self, who: PersonId, room: &RoomName, key: AnswerKey) {
        if let Some(identity) = self.chat.hub.person(who).map(|member| member.identity) {
            self.say_marker(who, identity, &Addressee::Room(room.clone()), key);
        }
    }

    fn say_marker(&mut self, who: PersonId, of: Identity, buffer: &Addressee, key: AnswerKey) {
        let name = match buffer {
            Addressee::Room(room) | Addressee::Ranked(room, _) => room.as_str(),
            Addressee::Person(nick) => nick.as_str(),
        };
        self.pull_back(of, buffer);
        let (read_to, mut line) = (self.chat.markers.get(of, buffer), String::new());
        read_marker::marker(&mut line, &self.chat.reader(who), name, read_to);
        self.say(key, line);
    }
}

/// A room that they are not in: how far they had read there says nothing about the room.
fn elsewhere(target: &str) -> Option<Addressee> {
    RoomName::new(target).ok().map(Addressee::Room)
}

impl Chat {
    /// Somebody has read on. What a session has read outlives the program, as the session does.
    fn note_read(&mut self, identity: Identity, buffer: Addressee, read_to: Timestamp) {
        if self.markers.advance(identity, buffer, read_to) {
            self.note_markers(identity);
        }
    }

    fn note_markers(&mut self, identity: Identity) {
        if self.kept_for(identity).is_some() {
            let note = self.markers.note(identity);
            self.note(note);
        }
    }

    pub(super) fn forget_markers_of_who_left(&mut self, entry: &Entry) {
        if matches!(entry.act, Act::Quit { .. }) {
            self.forget_markers_if_over(entry.identity, &entry.source.nick);
        }
    }

    /// An identity is over when nobody goes by its name, and none is kept for it to come back to.
    pub(super) fn forget_markers_if_over(&mut self, identity: Identity, nick: &Nick) {
        let here = self.hub.by_nick(nick).map(|member| member.identity);
        let is_over = here != Some(identity) && self.kept_for(identity).is_none();
        if is_over && self.markers.forget(identity) {
            let note = self.markers.note(identity);
            self.note(note);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Setup;
    use super::*;
    use crate::relay::Relay;
    use crate::testing::Ephemeral;

    const ANA: Identity = Identity(1);
    const BOB: Identity = Identity(2);

    fn room(name: &str) -> Addressee {
        Addressee::Room(RoomName::new(name).unwrap())
    }

    fn person(name: &str) -> Addressee {
        Addressee::Person(Nick::new(name).unwrap())
    }

    fn markers() -> ReadMarkers {
        let mut markers = ReadMarkers::new(&Limits::default());
        for (identity, buffer, read_to) in [
            (ANA, room("#a"), Timestamp(5)),
            (ANA, person("a"), Timestamp(6)),
            (BOB, room("#a"), Timestamp(7)),
        ] {
            markers.advance(identity, buffer, read_to);
        }
        markers
    }

    #[test]
    fn everybody_has_markers_of_their_own() {
        let markers = markers();
        assert_eq!(markers.get(ANA, &room("#A")), Some(Timestamp(5)));
        assert_eq!(markers.get(ANA, &person("a")), Some(Timestamp(6)));
        assert_eq!(markers.get(BOB, &room("#a")), Some(Timestamp(7)));
        assert_eq!(markers.get(BOB, &person("a")), None);
    }

    #[test]
    fn a_marker_goes_only_forward() {
        let mut markers = markers();
        for (read_to, news, then) in [(4, false, 5), (5, false, 5), (6, true, 6)] {
            assert_eq!(markers.advance(ANA, room("#a"), Timestamp(read_to)), news);
            assert_eq!(markers.get(ANA, &room("#a")), Some(Timestamp(then)));
        }
    }

    #[test]
    fn nobody_has_read_the_future() {
        let mut markers = markers();
        assert!(markers.pull_back(ANA, &person("a"), Timestamp(5)));
        assert!(!markers.pull_back(ANA, &room("#a"), Timestamp(5)));
        assert!(!markers.pull_back(BOB, &person("a"), Timestamp(5)));
        assert_eq!(markers.get(ANA, &person("a")), Some(Timestamp(5)));
        assert!(markers.advance(ANA, person("a"), Timestamp(6)));
    }

    #[test]
    fn who_has_more_than_they_may_loses_the_one_that_was_moved_last_long_ago() {
        let mut markers = markers();
        let most = u64::try_from(markers.per_identity_max).unwrap();
        assert_eq!(most, 120);
        for i in 0..most - 1 {
            markers.advance(ANA, person(&format!("p{i}")), Timestamp(1));
        }
        assert_eq!(markers.get(ANA, &room("#a")), None);
        assert_eq!(markers.get(ANA, &person("a")), Some(Timestamp(6)));
        assert_eq!(markers.get(BOB, &room("#a")), Some(Timestamp(7)));
    }

    #[test]
    fn there_are_so_many_markers_and_the_oldest_make_place() {
        let mut markers = markers();
        for i in 0..READ_MARKERS_MAX as u64 {
            markers.advance(Identity(i + 10), room("#a"), Timestamp(1));
        }
        assert_eq!(markers.read.len(), READ_MARKERS_MAX);
        assert_eq!(markers.get(BOB, &room("#a")), None);
    }

    #[test]
    fn nothing_is_left_of_whoever_is_forgotten() {
        let mut markers = markers();
        markers.forget(ANA);
        assert_eq!(markers.get(ANA, &room("#a")), None);
        assert_eq!(markers.read.len(), 1);
    }

    #[test]
    fn whoever_leaves_for_good_leaves_no_markers() {
        let mut chat = Ephemeral::of(Relay::builder()).unwrap();
        chat.enter("ana").unwrap();
        chat.send("ana", "MARKREAD #lobby timestamp=2026-01-02T03:04:05.678Z")
            .unwrap();
        chat.expect("ana", " MARKREAD #lobby timestamp=").unwrap();
        assert_eq!(chat.relay().host_mut().markers.read.len(), 1);
        chat.leave("ana").unwrap();
        chat.settle().unwrap();
        assert_eq!(chat.relay().host_mut().markers.read.len(), 0);
    }

    #[test]
    fn a_session_has_its_markers_until_its_name_is_free() {
        let mut chat = Chat::new(Setup::default(), Timestamp(0)).unwrap();
        let (ana, nick) = (chat.new_identity(), Nick::new("ana").unwrap());
        chat.reserve(&nick, ana).unwrap();
        chat.markers.advance(ana, room("#a"), Timestamp(5));
        chat.forget_markers_if_over(ana, &nick);
        assert_eq!(chat.markers.get(ana, &room("#a")), Some(Timestamp(5)));
        chat.release(&nick, ana);
        assert_eq!(chat.markers.get(ana, &room("#a")), None);
    }
}
