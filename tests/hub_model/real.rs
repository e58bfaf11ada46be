//! The hub, asked in the words of the model.

use std::collections::{BTreeMap, BTreeSet};

use chat_core::hub::entry::{Committed, PostKind};
use chat_core::hub::request::{Addressee, Refusal, Request};
use chat_core::hub::{Effects, Hub, Introduction, Room};
use chat_core::id::{Identity, PersonId, Seq};
use chat_core::limits::Limits;
use chat_core::names::{Nick, RoomName};
use chat_core::time::Timestamp;

use crate::model::{No, Outcome};
use crate::{NICKS, Op, PEOPLE_PER_ROOM, ROOMS, ROOMS_MAX, ROOMS_PER_PERSON, identity};

/// The real one.
pub(crate) struct Real {
    hub: Hub,
    generations: BTreeMap<u32, u32>,
    seq: u64,
}

impl Real {
    pub(crate) fn new() -> Real {
        let limits = Limits {
            rooms: ROOMS_MAX as u64,
            rooms_per_person: ROOMS_PER_PERSON as u64,
            people_per_room: PEOPLE_PER_ROOM as u64,
            ..Limits::default()
        };
        Real {
            hub: Hub::new(RoomName::lobby(), &limits, Timestamp(0)),
            generations: BTreeMap::new(),
            seq: 0,
        }
    }

    fn id(&self, key: u32) -> PersonId {
        let generation = self.generations.get(&key).copied().unwrap_or(0);
        PersonId { key, generation }
    }

    pub(crate) fn apply(&mut self, op: &Op) -> Outcome {
        match *op {
            Op::Register(who, at) => self.register(who, nick(at)),
            Op::Keep(who, at) => {
                let kept = self.hub.reserve(&nick(at), Identity(identity(who)));
                kept.map(|()| BTreeSet::new()).map_err(no)
            }
            Op::Release(who, at) => {
                self.hub.release(&nick(at), Identity(identity(who)));
                Ok(BTreeSet::new())
            }
            Op::Quit(who) => {
                let told = self.ask(who, Request::Quit("".into()));
                *self.generations.entry(who).or_default() += u32::from(told.is_ok());
                told
            }
            Op::Rename(who, at) => self.ask(who, Request::Name(nick(at))),
            Op::Join(who, at) => self.ask(who, Request::Join(room(at), None)),
            Op::Part(who, at) => self.ask(who, Request::Part(room(at), None)),
            Op::Post(who, at) => self.ask(who, post(room(at))),
        }
    }

    fn register(&mut self, who: u32, nick: Nick) -> Outcome {
        let intro = Introduction {
            nick,
            user: "u".into(),
            host: "h".into(),
            real_name: "r".into(),
            identity: Identity(identity(who)),
        };
        let id = self.id(who);
        let done = self.hub.register(id, intro, Timestamp(0));
        done.map(|()| BTreeSet::new()).map_err(no)
    }

    fn ask(&mut self, who: u32, request: Request) -> Outcome {
        let entry = self.hub.check(self.id(who), request).map_err(no)?;
        self.seq += 1;
        let (seq, at) = (Seq(self.seq), Timestamp(0));
        let effects = self
            .hub
            .apply(&Committed {
                seq,
                aside: 0,
                at,
                entry,
            })
            .map_err(no)?;
        Ok(self.told(&effects, who))
    }

    fn told(&self, effects: &Effects, who: u32) -> BTreeSet<u32> {
        let room = effects.room.and_then(|key| self.hub.room_at(key));
        let members = room.into_iter().flat_map(|room| room.members());
        let mut told: BTreeSet<u32> = members.chain(&effects.people).map(|id| id.key).collect();
        told.remove(&who);
        told
    }

    /// Each room that there is, and who is in it.
    pub(crate) fn rooms(&self) -> BTreeMap<String, BTreeSet<u32>> {
        let members = |room: &Room| room.members().iter().map(|id| id.key).collect();
        self.hub
            .rooms()
            .map(|room| (room.name.to_string(), members(room)))
            .collect()
    }

    pub(crate) fn people(&self) -> BTreeMap<u32, String> {
        self.hub
            .people()
            .map(|member| (member.id.key, member.source.nick.to_string()))
            .collect()
    }
}

fn no(refusal: Refusal) -> No {
    match refusal {
        Refusal::NameInUse(_) => No::InUse,
        Refusal::LooksLike(_) => No::Alike,
        Refusal::Gone => No::Gone,
        Refusal::NotInRoom(_) | Refusal::CannotPost(_) => No::NotThere,
        Refusal::NoSuchRoom(_) => No::Nowhere,
        Refusal::RoomLooksLike(..) => No::RoomAlike,
        Refusal::TooManyRooms(_) => No::TooManyRooms,
        Refusal::RoomFull(_) => No::Full,
        Refusal::TooManyRoomsInAll(_) => No::TooManyInAll,
        other => panic!("nobody asked for what {other:?} refuses"),
    }
}

fn nick(at: usize) -> Nick {
    Nick::new(NICKS[at]).unwrap()
}

fn room(at: usize) -> RoomName {
    RoomName::new(ROOMS[at]).unwrap()
}

fn post(room: RoomName) -> Request {
    Request::Post {
        to: Addressee::Room(room),
        kind: PostKind::Message,
        text: "hi".into(),
        tags: "".into(),
        retry: None,
        concat: None,
    }
}
