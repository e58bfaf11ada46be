//! What a registered IRC person may do: say, join, part, set a topic, invite. Floor 5.
//!
//! Here lists are taken apart and names checked; whether it is granted is for the hub to say.

use std::sync::Arc;

use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::irc::Message;
use crate::dialect::irc::command::targets;
use crate::dialect::irc::numeric::ERR_TOOMANYTARGETS;
use crate::hub::entry::PostKind;
use crate::hub::ranks::Rank;
use crate::hub::request::{Addressee, Refusal, Request};
use crate::id::{DoorId, PersonId};
use crate::limits::TARGETS_MAX;
use crate::names::{Nick, RoomName};
use crate::net::attempts::Denied;

impl Turn<'_> {
    pub(super) fn post(
        &mut self,
        who: PersonId,
        kind: PostKind,
        list: &str,
        text: &str,
        message: &Message<'_>,
        key: AnswerKey,
    ) {
        let retry: Option<Arc<str>> = match self.retry_id(who, message, kind, list) {
            Ok(id) => id.map(Arc::from),
            Err(wrong) => return self.wrong(key, &wrong),
        };
        let text: Arc<str> = text.into();
        // Nobody allocates for no tags.
        let tags: Arc<str> = match &*message.tags.passed_on() {
            "" => Arc::default(),
            some => some.into(),
        };
        for (index, target) in targets(list).enumerate() {
            if index == TARGETS_MAX {
                return self.too_many(kind, target, key);
            }
            match self.addressee(who, target) {
                Ok(to) => {
                    let (text, tags, retry) = (text.clone(), tags.clone(), retry.clone());
                    self.submit(
                        who,
                        Request::Post {
                            to,
                            kind,
                            text,
                            tags,
                            retry,
                            concat: None,
                        },
                        key,
                    );
                }
                Err(_) if kind == PostKind::Notice => {}
                Err(refusal) => self.refuse(key, &refusal),
            }
        }
    }

    /// Mostly a room that they are in, whose name need not be checked again.
    pub(super) fn addressee(&self, who: PersonId, target: &str) -> Result<Addressee, Refusal> {
        if target.starts_with('#') {
            let hub = &self.chat.hub;
            let member = hub.person(who);
            let here = member.and_then(|member| hub.room_of(member, target));
            let name = here.map_or_else(|| existing(target), |room| Ok(room.name.clone()));
            return name.map(Addressee::Room);
        }
        if let Some((rank, room)) = ranked(target) {
            return existing(room).map(|room| Addressee::Ranked(room, rank));
        }
        named(target).map(Addressee::Person)
    }

    fn too_many(&mut self, kind: PostKind, target: &str, key: AnswerKey) {
        if kind != PostKind::Notice {
            let text = format_args!("at most {TARGETS_MAX} targets at once; this one was left out");
            self.say_numeric(key, ERR_TOOMANYTARGETS, &[target], text);
        }
    }

    /// The keys go with the rooms in turn. RFC 2812 §3.2.1.
    pub(super) fn join(&mut self, who: PersonId, rooms: &str, keys: Option<&str>, key: AnswerKey) {
        let (mut named, mut made) = (Vec::new(), 0_u32);
        let mut secrets = keys.unwrap_or_default().split(',');
        for name in targets(rooms).take(self.rooms_at_once()) {
            let secret = secrets.next().filter(|secret| !secret.is_empty());
            match RoomName::new(name) {
                // The first one may not have been committed yet.
                Ok(room) if named.contains(&room) => {}
                Ok(room) => {
                    made += u32::from(self.go_into(who, &room, secret, key));
                    named.push(room);
                }
                Err(wrong) => self.refuse(key, &Refusal::BadName(name.to_owned(), wrong)),
            }
        }
        // Many may be entered at once, as clients do when they start; many that are not there yet are as many lines.
        if made > 1 {
            self.charge(who, made - 1);
        }
    }

    /// Goes into a room; whether it is made for that. What they may not do anyway counts for nothing.
    pub(super) fn go_into(
        &mut self,
        who: PersonId,
        room: &RoomName,
        secret: Option<&str>,
        key: AnswerKey,
    ) -> bool {
        let request = Request::Join(room.clone(), secret.map(Arc::from));
        let is_new = self.chat.hub.room(room).is_none();
        let is_made = is_new && self.chat.hub.check(who, request.clone()).is_ok();
        if is_made && let Err(refusal) = self.count_founding(who, room) {
            self.refuse(key, &refusal);
            return false;
        }
        self.submit(who, request, key);
        is_new
    }

    /// Counts a room that somebody is about to make: nobody can fill the chat with rooms, which stay while there are words
    /// in them.
    fn count_founding(&mut self, who: PersonId, room: &RoomName) -> Result<(), Refusal> {
        let peer = self.people.peer(who).filter(|peer| !peer.is_exempt());
        let Some(ip) = peer
            .filter(|peer| peer.door != DoorId::INSIDE)
            .map(|peer| peer.ip)
        else {
            return Ok(());
        };
        match self.chat.founders.begin(ip, self.now.mono) {
            Err(Denied::Wait(wait)) => Err(Refusal::TooManyNewRooms(room.clone(), wait)),
            Ok(()) | Err(Denied::Wrong) => Ok(()),
        }
    }

    fn rooms_at_once(&self) -> usize {
        usize::try_from(self.chat.limits.rooms_per_person)
            .unwrap_or(usize::MAX)
            .saturating_add(1)
    }

    pub(super) fn leave_all(&mut self, who: PersonId, key: AnswerKey) {
        let rooms = self
            .chat
            .hub
            .person(who)
            .map(|member| member.rooms.to_vec());
        for room in rooms.unwrap_or_default() {
            if let Some(name) = self.chat.hub.room_at(room).map(|room| room.name.clone()) {
                self.submit(who, Request::Part(name, None), key);
            }
        }
    }

    pub(super) fn part(
        &mut self,
        who: PersonId,
        rooms: &str,
        reason: Option<&str>,
        key: AnswerKey,
    ) {
        for name in targets(rooms).take(self.rooms_at_once()) {
            match existing(name) {
                Ok(room) => self.submit(who, Request::Part(room, reason.map(Arc::from)), key),
                Err(refusal) => self.refuse(key, &refusal),
            }
        }
    }

    pub(super) fn set_topic(&mut self, who: PersonId, room: &str, text: &str, key: AnswerKey) {
        match existing(room) {
            Ok(room) => self.submit(who, Request::Topic(room, text.into()), key),
            Err(refusal) => self.refuse(key, &refusal),
        }
    }

    pub(super) fn invite(&mut self, who: PersonId, nick: &str, room: &str, key: AnswerKey) {
        match named(nick).and_then(|nick| Ok((nick, existing(room)?))) {
            Ok((nick, room)) => self.submit(who, Request::Invite(nick, room), key),
            Err(refusal) => self.refuse(key, &refusal),
        }
    }
}

/// `@#room`: a rank in front of anything else means nothing.
fn ranked(target: &str) -> Option<(Rank, &str)> {
    let rank = target.chars().next().and_then(Rank::of_prefix)?;
    let room = &target[1..];
    room.starts_with('#').then_some((rank, room))
}

/// Somebody who ought to be there: a name that cannot be one is nobody's.
pub(super) fn named(nick: &str) -> Result<Nick, Refusal> {
    Nick::new(nick).map_err(|_| Refusal::NoSuchNick(nick.to_owned()))
}

/// A room that ought to be there: a name that cannot be one is that of no room.
pub(super) fn existing(name: &str) -> Result<RoomName, Refusal> {
    RoomName::new(name).map_err(|_| Refusal::NoSuchRoom(name.to_owned()))
}
