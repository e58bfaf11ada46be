//! Taking back what was said, and who may. Floor 1. IRCv3 message-redaction.
//!
//! The hub does not know what was said, so whoever asks has looked the message up and says whose it is.

use std::sync::Arc;

use super::entry::Target;
use super::request::{Addressee, Refusal};
use super::{Effects, Hub, Member};
use crate::id::{Identity, PersonId, Seq};

/// A message that is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// Where it was said; for a person, from the side of whoever takes it back.
    pub target: Target,
    /// Its place in the order.
    pub seq: Seq,
    /// Its id, as it is told.
    pub msgid: Arc<str>,
    /// Whose it was. What a journal gives back may not say so.
    pub author: Option<Identity>,
    /// Why, if they said so.
    pub reason: Option<Arc<str>>,
}

/// By what right somebody takes a message back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedactedBy {
    /// It is their own. There is a window for that: `redact_seconds`.
    Author,
    /// They keep the room in order, and may do it at any time.
    Moderator,
}

impl Hub {
    /// By what right somebody may take a message back, if they may.
    #[must_use]
    pub fn may_redact(&self, who: PersonId, redaction: &Redaction) -> Option<RedactedBy> {
        let member = self.people.get(who)?;
        if let Target::Room(name) = &redaction.target {
            let room = self.room(name)?;
            if self.may_moderate(who, room) {
                return Some(RedactedBy::Moderator);
            }
            room.has(who).then_some(())?;
        }
        (redaction.author == Some(member.identity)).then_some(RedactedBy::Author)
    }

    pub(super) fn check_redact(
        &self,
        member: &Member,
        redaction: &Redaction,
    ) -> Result<(), Refusal> {
        match self.may_redact(member.id, redaction) {
            Some(_) => Ok(()),
            None => {
                let at = Addressee::from(&redaction.target);
                Err(Refusal::CannotRedact(at, Arc::clone(&redaction.msgid)))
            }
        }
    }

    /// The journal has taken the words away already, and they cannot come back: whatever has changed since it was
    /// asked for, those who are there are told.
    pub(super) fn redact(&self, who: PersonId, redaction: &Redaction) -> Effects {
        match &redaction.target {
            Target::Room(room) => self
                .rooms
                .key(room)
                .map_or_else(Effects::default, Effects::to_room),
            Target::Person { id, .. } if *id != who && self.people.contains(*id) => {
                Effects::to_people(vec![*id])
            }
            Target::Person { .. } | Target::Ranked(..) => Effects::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Introduction;
    use super::super::entry::{Act, Committed};
    use super::super::request::Request;
    use super::*;
    use crate::limits::Limits;
    use crate::names::{Nick, RoomName};
    use crate::time::Timestamp;

    fn person(key: u32) -> PersonId {
        PersonId { key, generation: 0 }
    }

    /// ana and bob, of whom ana is in the room.
    fn hub() -> Hub {
        let mut hub = Hub::new(RoomName::lobby(), &Limits::default(), Timestamp(0));
        for (key, nick) in [(1, "ana"), (2, "bob")] {
            let intro = Introduction {
                nick: Nick::new(nick).unwrap(),
                user: "u".into(),
                host: "h".into(),
                real_name: "r".into(),
                identity: Identity(key.into()),
            };
            hub.register(person(key), intro, Timestamp(0)).unwrap();
        }
        apply(&mut hub, 1, Request::Join(RoomName::lobby(), None));
        hub
    }

    fn apply(hub: &mut Hub, who: u32, request: Request) -> Effects {
        let entry = hub.check(person(who), request).unwrap();
        let committed = Committed {
            seq: Seq(1),
            aside: 0,
            at: Timestamp(0),
            entry,
        };
        hub.apply(&committed).unwrap()
    }

    fn of(author: u64, target: Target) -> Redaction {
        Redaction {
            target,
            seq: Seq(1),
            msgid: "e-1".into(),
            author: Some(Identity(author)),
            reason: None,
        }
    }

    fn in_room(author: u64) -> Redaction {
        of(author, Target::Room(RoomName::lobby()))
    }

    fn with_bob(author: u64) -> Redaction {
        let nick = Nick::new("bob").unwrap();
        let (id, identity) = (person(2), Identity(2));
        of(author, Target::Person { id, identity, nick })
    }

    #[test]
    fn only_its_author_may_take_a_message_back_and_only_where_they_are() {
        let hub = hub();
        let cases = [
            (1, in_room(1), Some(RedactedBy::Author)),
            (1, in_room(2), None),
            (2, in_room(2), None),
            (1, with_bob(1), Some(RedactedBy::Author)),
            (1, with_bob(2), None),
            (3, in_room(3), None),
        ];
        for (who, redaction, by) in cases {
            assert_eq!(hub.may_redact(person(who), &redaction), by);
            let checked = hub.check(person(who), Request::Redact(redaction.clone()));
            assert_eq!(checked.is_ok(), by.is_some(), "{who} {redaction:?}");
        }
        let unknown = Redaction {
            author: None,
            ..in_room(1)
        };
        assert_eq!(hub.may_redact(person(1), &unknown), None);
    }

    #[test]
    fn whoever_keeps_a_room_in_order_may_take_back_what_others_said_there() {
        let mut hub = hub();
        hub.set_server_operator(person(2), true);
        let (room, direct) = (in_room(1), with_bob(1));
        assert_eq!(
            hub.may_redact(person(2), &room),
            Some(RedactedBy::Moderator)
        );
        assert_eq!(hub.may_redact(person(2), &direct), None);
        hub.set_server_operator(person(2), false);
        assert_eq!(hub.may_redact(person(2), &room), None);
    }

    #[test]
    fn those_who_are_there_hear_of_it_whatever_has_changed_since() {
        let mut hub = hub();
        let effects = apply(&mut hub, 1, Request::Redact(with_bob(1)));
        assert_eq!(effects.people, [person(2)]);
        let entry = hub.check(person(1), Request::Redact(in_room(1))).unwrap();
        assert!(matches!(entry.act, Act::Redact(_)));
        apply(&mut hub, 1, Request::Part(RoomName::lobby(), None));
        let committed = Committed {
            seq: Seq(1),
            aside: 0,
            at: Timestamp(0),
            entry,
        };
        let effects = hub.apply(&committed).unwrap();
        assert_eq!(
            effects.room,
            hub.room(&RoomName::lobby()).map(|room| room.key)
        );
        apply(&mut hub, 2, Request::Quit("bye".into()));
        let effects = apply(&mut hub, 1, Request::Redact(with_bob(1)));
        assert_eq!(effects, Effects::default());
    }
}
