//! Whether somebody may do something: looks, and changes nothing. Floor 1.

use std::sync::Arc;

use super::Hub;
use super::entry::{Act, Entry, Post, Target};
use super::request::{Addressee, Refusal, Request};
use super::{Member, Room};
use crate::id::PersonId;
use crate::limits::ROOM_KEY_BYTES_MAX;
use crate::names::{Nick, RoomName};

impl Hub {
    /// Turns a request into an entry for the journal.
    ///
    /// # Errors
    /// Why not, to be told to whoever asked.
    pub fn check(&self, who: PersonId, request: Request) -> Result<Entry, Refusal> {
        let member = self.people.get(who).ok_or(Refusal::Gone)?;
        let act = self.act(member, request)?;
        Ok(Entry {
            who,
            identity: member.identity,
            source: Arc::clone(&member.source),
            act,
        })
    }

    /// Whether an entry would change nothing: a join of a room that one is in, the name that one has. It is
    /// not worth a place in the order, and would stand in a history as if something had happened.
    #[must_use]
    pub fn is_void(&self, entry: &Entry) -> bool {
        match &entry.act {
            Act::Join { room, .. } => self.is_in(entry.who, room),
            Act::Name { new, .. } => entry.source.nick.as_str() == new.as_str(),
            Act::Mode { changes, .. } => changes.is_empty(),
            _ => false,
        }
    }

    fn names_of_rooms(&self, member: &Member) -> Box<[RoomName]> {
        let rooms = member.rooms.iter().filter_map(|&key| self.rooms.get(key));
        rooms.map(|room| room.name.clone()).collect()
    }

    fn act(&self, member: &Member, request: Request) -> Result<Act, Refusal> {
        Ok(match request {
            Request::Post {
                to,
                kind,
                text,
                tags,
                retry,
                concat,
            } => Act::Post(Post {
                target: self.target(member, to)?,
                kind,
                concat: Post::concat_of(&text, concat),
                text,
                tags,
                retry,
            }),
            Request::Join(room, key) => {
                self.check_join(member, &room, key.as_deref())?;
                Act::Join {
                    room: self.as_written(room),
                    real_name: Arc::clone(&member.real_name),
                    key: key.filter(|key| key.len() <= ROOM_KEY_BYTES_MAX),
                }
            }
            Request::Part(room, reason) => Act::Part {
                room: self.check_in(member.id, &room)?,
                reason,
            },
            Request::Quit(reason) => Act::Quit {
                reason,
                rooms: self.names_of_rooms(member),
            },
            Request::Name(new) => {
                self.check_name(member, &new)?;
                Act::Name {
                    new,
                    rooms: self.names_of_rooms(member),
                }
            }
            Request::Topic(room, text) => Act::Topic {
                room: self.check_topic(member.id, &room)?,
                text,
            },
            Request::Away(reason) => Act::Away { reason },
            Request::RealName(real_name) => Act::RealName { real_name },
            Request::Invite(nick, room) => self.invitation(member, &nick, &room)?,
            Request::Mode(room, changes) => self.mode_act(member.id, &room, changes)?,
            Request::Kick(room, nick, reason) => self.kick_act(member.id, &room, &nick, reason)?,
            Request::Redact(redaction) => {
                self.check_redact(member, &redaction)?;
                Act::Redact(redaction)
            }
        })
    }

    fn target(&self, member: &Member, to: Addressee) -> Result<Target, Refusal> {
        match to {
            // The name as the room itself writes it.
            Addressee::Room(name) => {
                let room = self.check_post(member, &name)?;
                Ok(Target::Room(room.name.clone()))
            }
            Addressee::Ranked(name, rank) => {
                let room = self.check_post(member, &name)?;
                Ok(Target::Ranked(room.name.clone(), rank))
            }
            Addressee::Person(nick) => {
                let other = self.by_nick(&nick);
                let other = other.ok_or_else(|| Refusal::NoSuchNick(nick.to_string()))?;
                Ok(Target::Person {
                    id: other.id,
                    identity: other.identity,
                    nick: other.source.nick.clone(),
                })
            }
        }
    }

    /// Whether somebody may take another name. That their identity has it is not enough: another of
    /// its people may go by it.
    pub(super) fn check_name(&self, member: &Member, new: &Nick) -> Result<(), Refusal> {
        match self.names.person(new) {
            Some(holder) if holder != member.id => Err(Refusal::NameInUse(new.clone())),
            _ => self.names.check(new, member.identity),
        }
    }

    /// A room's name as whoever made it wrote it.
    fn as_written(&self, name: RoomName) -> RoomName {
        self.room(&name).map_or(name, |room| room.name.clone())
    }

    /// Mostly only members may post.
    pub(super) fn check_post(&self, member: &Member, name: &RoomName) -> Result<&Room, Refusal> {
        let (room, is_in) = match self.room_of(member, name.as_str()) {
            Some(room) => (room, true),
            None => (self.seen_room(member.id, name)?, false),
        };
        self.check_voice(member, room, is_in)?;
        Ok(room)
    }

    /// As [`Hub::check_post`], for whatever else only members may do.
    pub(super) fn check_in(&self, who: PersonId, name: &RoomName) -> Result<RoomName, Refusal> {
        let room = self.seen_room(who, name)?;
        match room.has(who) {
            true => Ok(room.name.clone()),
            false => Err(Refusal::NotInRoom(room.name.clone())),
        }
    }

    /// Joining a room that one is in is granted, and does nothing.
    pub(super) fn check_join(
        &self,
        member: &Member,
        name: &RoomName,
        key: Option<&str>,
    ) -> Result<(), Refusal> {
        if self.is_in(member.id, name) {
            return Ok(());
        }
        if member.rooms.len() as u64 >= self.rooms_per_person {
            return Err(Refusal::TooManyRooms(name.clone()));
        }
        match self.room(name) {
            Some(room) if room.members().len() as u64 >= self.people_per_room => {
                Err(Refusal::RoomFull(room.name.clone()))
            }
            Some(room) => {
                self.check_entry(member, room)?;
                self.check_room_name(member, name)?;
                self.check_key(member, room, key)
            }
            None => self.check_room_name(member, name),
        }
    }

    /// Who does not see a room does not learn its name from one that looks like it.
    fn check_room_name(&self, member: &Member, name: &RoomName) -> Result<(), Refusal> {
        self.rooms.check(name).map_err(|why| match why {
            Refusal::RoomLooksLike(name, other) if self.seen_room(member.id, &other).is_err() => {
                Refusal::RoomLooksLikeSecret(name)
            }
            other => other,
        })
    }

    fn invitation(&self, member: &Member, nick: &Nick, room: &RoomName) -> Result<Act, Refusal> {
        let room = self.check_inviting(member.id, room)?;
        let guest = self.by_nick(nick);
        let guest = guest.ok_or_else(|| Refusal::NoSuchNick(nick.to_string()))?;
        if self.is_in(guest.id, &room) {
            return Err(Refusal::AlreadyInRoom(guest.source.nick.clone(), room));
        }
        Ok(Act::Invite {
            nick: guest.source.nick.clone(),
            room,
        })
    }
}
