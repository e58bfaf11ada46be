//! A seeded random walk: whatever people ask for, in whatever order it is committed, the hub stays
//! sound after each step.
//!
//! Entries wait in a queue, as in a journal that commits late, while their authors go on, leave and
//! are followed by others with the same key. [`Hub::apply`] checks the hub by itself.

use std::collections::VecDeque;
use std::sync::Arc;

use super::entry::{Act, Committed, Entry, PostKind, Target};
use super::modes::{Change, Flag, List};
use super::ranks::Rank;
use super::request::{Addressee, Refusal, Request};
use super::{Effects, Hub, Introduction, Redaction};
use crate::id::{Identity, PersonId, Seq};
use crate::limits::Limits;
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

struct Walk {
    hub: Hub,
    /// Checked, and not committed yet.
    late: VecDeque<Entry>,
    generations: [u32; KEYS],
    seed: u64,
    seq: u64,
}

impl Walk {
    fn new(seed: u64) -> Walk {
        let limits = Limits {
            rooms: ROOMS_MAX as u64,
            rooms_per_person: 3,
            people_per_room: 4,
            ..Limits::default()
        };
        Walk {
            hub: Hub::new(RoomName::lobby(), &limits, Timestamp(0)),
            late: VecDeque::new(),
            generations: [0; KEYS],
            seed,
            seq: 0,
        }
    }

    /// A number below `bound`. SplitMix64 by Sebastiano Vigna, public domain.
    fn below(&mut self, bound: usize) -> usize {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }

    fn nick(&mut self) -> Nick {
        Nick::new(NICKS[self.below(NICKS.len())]).unwrap()
    }

    fn room(&mut self) -> RoomName {
        RoomName::new(ROOMS[self.below(ROOMS.len())]).unwrap()
    }

    /// Somebody who has a key now, registered or not.
    fn somebody(&mut self) -> PersonId {
        let key = self.below(KEYS);
        PersonId {
            key: u32::try_from(key).unwrap(),
            generation: self.generations[key],
        }
    }

    /// Some keys share an identity, as the tabs of one session do.
    fn identity(id: PersonId) -> Identity {
        Identity(u64::from(id.key) % IDENTITIES + 1)
    }

    fn step(&mut self) {
        match self.below(10) {
            0 | 1 => self.come_in(),
            2 => self.keep_or_let_go(),
            _ => self.ask(),
        }
        if self.late.len() > self.below(WAITING_MAX) {
            self.commit();
        }
        self.hub.assert_sound();
    }

    fn come_in(&mut self) {
        let id = self.somebody();
        if self.hub.person(id).is_some() {
            return;
        }
        let intro = Introduction {
            nick: self.nick(),
            user: "u".into(),
            host: "h".into(),
            real_name: "r".into(),
            identity: Walk::identity(id),
        };
        let _ = self.hub.register(id, intro, Timestamp(0));
    }

    fn keep_or_let_go(&mut self) {
        let (id, nick) = (self.somebody(), self.nick());
        if self.below(2) == 0 {
            let _ = self.hub.reserve(&nick, Walk::identity(id));
        } else {
            self.hub.release(&nick, Walk::identity(id));
        }
    }

    fn ask(&mut self) {
        let (who, request) = (self.somebody(), self.request());
        let before = format!("{:?}", self.hub);
        if let Ok(entry) = self.hub.check(who, request) {
            self.late.push_back(entry);
        }
        assert_eq!(before, format!("{:?}", self.hub), "a check changes nothing");
    }

    fn request(&mut self) -> Request {
        let (nick, room) = (self.nick(), self.room());
        match self.below(40) {
            0 => Request::Quit("bye".into()),
            1..=4 => Request::Name(nick),
            5 => Request::Topic(room, "tea".into()),
            6 => Request::Topic(room, "".into()),
            7 => Request::Away(Some("out".into())),
            8 => Request::Away(None),
            9 => Request::RealName("other".into()),
            10..=19 => Request::Invite(nick, room),
            20..=25 => Request::Part(room, None),
            26 => post(Addressee::Person(nick)),
            27 | 28 => post(Addressee::Room(room)),
            29..=31 => Request::Mode(room, vec![self.change()]),
            32 => Request::Kick(room, nick, "out".into()),
            33 => Request::Join(room, Some("key".into())),
            34 => Request::Redact(self.redaction(Target::Room(room))),
            35 => match self.hub.by_nick(&nick) {
                Some(other) => {
                    let (id, identity) = (other.id, other.identity);
                    Request::Redact(self.redaction(Target::Person { id, identity, nick }))
                }
                None => Request::Away(None),
            },
            _ => Request::Join(room, None),
        }
    }

    /// Of somebody's message.
    fn redaction(&mut self, target: Target) -> Redaction {
        let author = self.somebody();
        Redaction {
            target,
            seq: Seq(1),
            msgid: "e-1".into(),
            author: Some(Walk::identity(author)),
            reason: None,
        }
    }

    fn change(&mut self) -> Change {
        let (id, nick, on) = (self.somebody(), self.nick(), self.below(2) == 0);
        match self.below(10) {
            0 => Change::Flag(Flag::InviteOnly, on),
            1 => Change::Flag(Flag::Moderated, on),
            2 => Change::Flag(Flag::Secret, on),
            3 => Change::Key(on.then(|| "key".into())),
            4 => Change::Limit(on.then_some(3)),
            5 => Change::List(List::Bans, format!("{nick}!*@*").into(), on),
            6 => Change::List(List::Exceptions, format!("{nick}!*@*").into(), on),
            7 => Change::Rank(Rank::Operator, id, nick, on),
            _ => Change::Rank(Rank::Voice, id, nick, on),
        }
    }

    /// The oldest entry gets its place.
    fn commit(&mut self) {
        let Some(entry) = self.late.pop_front() else {
            return;
        };
        self.seq += 1;
        let committed = Committed {
            seq: Seq(self.seq),
            aside: 0,
            at: Timestamp(0),
            entry,
        };
        let before = format!("{:?}", self.hub);
        match self.hub.apply(&committed) {
            Ok(effects) => self.look_at(&committed.entry, &effects),
            Err(refusal) => {
                assert_eq!(
                    before,
                    format!("{:?}", self.hub),
                    "{refusal} changes nothing"
                );
            }
        }
    }

    fn look_at(&mut self, entry: &Entry, effects: &Effects) {
        let heard = &effects.people;
        assert!(
            heard.is_sorted() && !heard.contains(&entry.who),
            "{effects:?}"
        );
        assert!(heard.iter().all(|id| self.hub.person(*id).is_some()));
        assert!(
            effects
                .room
                .is_none_or(|room| self.hub.room_at(room).is_some())
        );
        if let Some(forgotten) = &effects.forgotten {
            assert!(self.hub.room(&forgotten.name).is_none());
            assert_ne!(&forgotten.name, self.hub.default_room());
        }
        assert!(self.hub.rooms().count() <= ROOMS_MAX);
        let default = self.hub.room(self.hub.default_room()).unwrap();
        assert!(
            default.ranked(Rank::Voice).next().is_none(),
            "nobody can be raised there"
        );
        if let Act::Kick { room, id, .. } = &entry.act {
            assert!(!self.hub.is_in(*id, room));
        }
        if let Some(room) = members_only(&entry.act) {
            assert!(self.hub.is_in(entry.who, room), "{entry:?} by a stranger");
            let is_news = |id: &PersonId| !self.hub.is_in(*id, room);
            assert!(heard.iter().all(is_news), "{entry:?} told to members twice");
        }
        if matches!(entry.act, Act::Quit { .. }) {
            assert_eq!(
                self.hub.check(entry.who, Request::Away(None)),
                Err(Refusal::Gone)
            );
            self.generations[entry.who.index()] += 1;
        }
    }
}

/// The room in which one must be to do this, and is still afterwards.
fn members_only(act: &Act) -> Option<&RoomName> {
    match act {
        Act::Topic { room, .. } | Act::Invite { room, .. } | Act::Join { room, .. } => Some(room),
        Act::Post(post) => match &post.target {
            Target::Room(room) => Some(room),
            Target::Person { .. } | Target::Ranked(..) => None,
        },
        _ => None,
    }
}

fn post(to: Addressee) -> Request {
    let (text, tags): (Arc<str>, Arc<str>) = ("hi".into(), "".into());
    Request::Post {
        to,
        kind: PostKind::Message,
        text,
        tags,
        retry: None,
        concat: None,
    }
}

#[test]
fn whatever_is_asked_and_whenever_it_is_committed_the_hub_is_sound() {
    for seed in 0..SEEDS {
        let mut walk = Walk::new(seed);
        for _ in 0..STEPS {
            walk.step();
        }
        while !walk.late.is_empty() {
            walk.commit();
        }
    }
}

#[test]
fn when_everybody_has_left_nothing_is_held() {
    let mut walk = Walk::new(7);
    for _ in 0..STEPS {
        walk.step();
    }
    let everybody: Vec<PersonId> = walk.hub.people().map(|member| member.id).collect();
    for id in everybody {
        let quit = walk.hub.check(id, Request::Quit("".into())).unwrap();
        walk.late.push_back(quit);
    }
    while !walk.late.is_empty() {
        walk.commit();
    }
    assert_eq!(walk.hub.people_count(), 0);
    assert!(walk.hub.inhabited_rooms() == 0);
    for nick in NICKS.map(|nick| Nick::new(nick).unwrap()) {
        (1..=IDENTITIES).for_each(|identity| walk.hub.release(&nick, Identity(identity)));
    }
    walk.hub.names.assert_empty();
}

const KEYS: usize = 7;
const ROOMS_MAX: usize = 4;
const IDENTITIES: u64 = 5;
const SEEDS: u64 = 20;
const STEPS: usize = 1500;

/// Entries that may wait at most.
const WAITING_MAX: usize = 12;

/// Equal but for case, alike beyond ASCII (`а` is Cyrillic, `ո` Armenian), alike within it.
const NICKS: [&str; 8] = ["ana", "ANA", "аna", "bob", "rn", "m", "rո", "cat"];

const ROOMS: [&str; 8] = ["#lobby", "#a", "#A", "#а", "#b", "#rn", "#m", "#rո"];
