//! What an entry changes, once it has its place in the order. Floor 1.

use std::sync::Arc;

use super::entry::{Act, Committed, Entry, Post, Source, Target};
use super::ranks::Rank;
use super::request::Refusal;
use super::{Effects, Gone, Hub, Introduction, Member, Topic, Whereabouts};
use crate::id::{Identity, PersonId};
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

impl Hub {
    /// Lets an entry take effect, and says who is to hear of it.
    ///
    /// # Errors
    /// It was right when it was checked and is not any more. Nothing changed.
    pub fn apply(&mut self, committed: &Committed) -> Result<Effects, Refusal> {
        let Committed { entry, at, .. } = committed;
        if !self.people.contains(entry.who) {
            return Err(Refusal::Gone);
        }
        self.rooms.see_time(*at);
        let effects = self.take_effect(entry, *at);
        #[cfg(test)]
        self.assert_sound();
        effects
    }

    fn take_effect(&mut self, entry: &Entry, at: Timestamp) -> Result<Effects, Refusal> {
        let who = entry.who;
        match &entry.act {
            Act::Post(post) => self.post(who, post, at),
            Act::Join { room, key, .. } => self.join(who, room, key.as_deref(), at),
            Act::Part { room, .. } => self.part(who, room),
            Act::Quit { .. } => Ok(self.quit(who, at)),
            Act::Name { new, .. } => self.rename(who, new, at),
            Act::Topic { room, text } => self.set_topic(entry, room, text, at),
            Act::Away { reason } => Ok(self.set_away(who, reason.clone())),
            Act::RealName { real_name } => Ok(self.set_real_name(who, real_name)),
            Act::Invite { nick, room } => self.invite(who, nick, room),
            Act::Mode { room, changes, .. } => self.change_modes(who, room, changes, at),
            Act::Kick { room, id, nick, .. } => self.kick(who, room, *id, nick),
            Act::Redact(redaction) => Ok(self.redact(who, redaction)),
        }
    }

    fn post(&mut self, who: PersonId, post: &Post, at: Timestamp) -> Result<Effects, Refusal> {
        let effects = match &post.target {
            Target::Room(name) => {
                let member = self.people.get(who).ok_or(Refusal::Gone)?;
                let key = self.check_post(member, name)?.key;
                if post.is_lasting() {
                    self.rooms.note_words(key);
                }
                Effects::to_room(key)
            }
            Target::Ranked(name, rank) => {
                let member = self.people.get(who).ok_or(Refusal::Gone)?;
                let room = self.check_post(member, name)?;
                Effects::to_people(room.ranked(*rank).filter(|id| *id != who).collect())
            }
            Target::Person { id, nick, .. } => {
                let there = self.people.contains(*id);
                there
                    .then_some(())
                    .ok_or_else(|| Refusal::NoSuchNick(nick.to_string()))?;
                let others = if *id == who { Vec::new() } else { vec![*id] };
                Effects::to_people(others)
            }
        };
        if let Some(member) = self.people.get_mut(who) {
            member.spoke = at;
        }
        Ok(effects)
    }

    fn join(
        &mut self,
        who: PersonId,
        name: &RoomName,
        key: Option<&str>,
        at: Timestamp,
    ) -> Result<Effects, Refusal> {
        let member = self.people.get(who).ok_or(Refusal::Gone)?;
        self.check_join(member, name, key)?;
        if self.is_in(who, name) {
            return Ok(Effects::void());
        }
        let (founder, is_new) = (member.identity, self.room(name).is_none());
        let (key, forgotten) = self.rooms.open(name, at);
        self.rooms.enter(key, who);
        if let Some(room) = self.rooms.get_mut(key) {
            room.settings.founder = room.settings.founder.or(is_new.then_some(founder));
            if room.settings.founder == Some(founder) {
                room.set_rank(who, Rank::Operator, true);
            }
        }
        if let Some(member) = self.people.get_mut(who) {
            member.rooms.enter(key);
        }
        Ok(Effects {
            forgotten,
            ..Effects::to_room(key)
        })
    }

    fn part(&mut self, who: PersonId, name: &RoomName) -> Result<Effects, Refusal> {
        self.check_in(who, name)?;
        let key = self.rooms.key(name).ok_or(Refusal::Gone)?;
        self.rooms.leave(key, who);
        if let Some(member) = self.people.get_mut(who) {
            member.rooms.leave(key);
        }
        Ok(Effects::to_room(key))
    }

    fn quit(&mut self, who: PersonId, at: Timestamp) -> Effects {
        let others = self.to_neighbours(who);
        if let Some(member) = self.people.remove(who) {
            for &key in member.rooms.iter() {
                self.rooms.leave(key, who);
            }
            self.names.leave(&member.source.nick, who);
            self.census.leave(&member);
            self.remember(Gone::new(&member, at));
        }
        others
    }

    fn rename(&mut self, who: PersonId, new: &Nick, at: Timestamp) -> Result<Effects, Refusal> {
        let others = self.to_neighbours(who);
        self.check_name(self.people.get(who).ok_or(Refusal::Gone)?, new)?;
        let member = self.people.get_mut(who).ok_or(Refusal::Gone)?;
        if member.source.nick.as_str() == new.as_str() {
            return Ok(Effects::void());
        }
        let gone = Gone::new(member, at);
        let old = member.source.nick.clone();
        member.source = Arc::new(member.source.renamed(new.clone()));
        self.names.change(&old, new);
        if old != *new {
            self.remember(gone);
        }
        Ok(others)
    }

    fn set_topic(
        &mut self,
        entry: &Entry,
        name: &RoomName,
        text: &Arc<str>,
        at: Timestamp,
    ) -> Result<Effects, Refusal> {
        self.check_topic(entry.who, name)?;
        let key = self.rooms.key(name).ok_or(Refusal::Gone)?;
        if let Some(room) = self.rooms.get_mut(key) {
            let topic = Topic {
                text: Arc::clone(text),
                by: Arc::clone(&entry.source),
                at,
            };
            room.topic = (!text.is_empty()).then_some(topic);
        }
        Ok(Effects::to_room(key))
    }

    fn set_away(&mut self, who: PersonId, reason: Option<Arc<str>>) -> Effects {
        match self.people.get_mut(who) {
            Some(member) if member.away == reason => Effects::void(),
            Some(member) => {
                member.away = reason;
                self.to_neighbours(who)
            }
            None => Effects::void(),
        }
    }

    fn set_real_name(&mut self, who: PersonId, real_name: &Arc<str>) -> Effects {
        if let Some(member) = self.people.get_mut(who) {
            member.real_name = Arc::clone(real_name);
        }
        self.to_neighbours(who)
    }

    fn invite(&mut self, who: PersonId, nick: &Nick, room: &RoomName) -> Result<Effects, Refusal> {
        self.check_inviting(who, room)?;
        let guest = self.by_nick(nick);
        let guest = guest
            .ok_or_else(|| Refusal::NoSuchNick(nick.to_string()))?
            .id;
        if self.is_in(guest, room) {
            return Err(Refusal::AlreadyInRoom(nick.clone(), room.clone()));
        }
        let key = self.rooms.key(room);
        // What keeps people out is for operators to open: others only tell that they would like somebody there.
        let opens = self
            .room(room)
            .is_some_and(|room| self.may_moderate(who, room));
        if let Some(room) = key
            .and_then(|key| self.rooms.get_mut(key))
            .filter(|_| opens)
        {
            room.invite(guest);
        }
        Ok(Effects {
            room: key,
            ..Effects::to_people(vec![guest])
        })
    }

    /// Everybody who shares a room with somebody. Whoever is in one room only has that room for
    /// neighbours, and a room is cheaper to tell than its people.
    fn to_neighbours(&self, who: PersonId) -> Effects {
        match self.people.get(who).map(|member| &*member.rooms) {
            Some(&[room]) => Effects::to_room(room),
            _ => Effects::to_people(self.neighbours(who)),
        }
    }

    /// Lets somebody in under a name. Nobody can see it yet, so it needs no entry.
    ///
    /// # Errors
    /// The name is somebody else's.
    pub fn register(
        &mut self,
        id: PersonId,
        intro: Introduction,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let Introduction {
            nick,
            user,
            host,
            real_name,
            identity,
        } = intro;
        self.check_free(&nick, identity)?;
        self.rooms.see_time(at);
        self.names.take(&nick, identity, id);
        let source = Arc::new(Source::new(nick, &user, &host));
        let member = Member {
            id,
            identity,
            source,
            real_name,
            away: None,
            rooms: Whereabouts::default(),
            since: at,
            spoke: at,
            is_operator: false,
            is_invisible: false,
        };
        self.people.insert(member);
        Ok(())
    }

    /// Whether an identity may register under a name: it is free, or kept for that identity and
    /// nobody goes by it now.
    ///
    /// # Errors
    /// The name is somebody else's, or somebody goes by it.
    pub fn check_free(&self, nick: &Nick, identity: Identity) -> Result<(), Refusal> {
        match self.names.person(nick) {
            Some(_) => Err(Refusal::NameInUse(nick.clone())),
            None => self.names.check(nick, identity),
        }
    }

    /// Keeps a name for an identity, whether or not it has a person, until [`Hub::release`].
    ///
    /// # Errors
    /// The name is somebody else's.
    pub fn reserve(&mut self, nick: &Nick, identity: Identity) -> Result<(), Refusal> {
        self.names.check(nick, identity)?;
        self.names.reserve(nick, identity);
        Ok(())
    }

    /// The name that is kept for an identity; it follows when its person takes another.
    #[must_use]
    pub fn kept_for(&self, identity: Identity) -> Option<&Nick> {
        self.names.kept_for(identity)
    }

    /// Lets go of a name that was kept for an identity.
    pub fn release(&mut self, nick: &Nick, identity: Identity) {
        self.names.release(nick, identity);
    }
}

impl Gone {
    fn new(member: &Member, at: Timestamp) -> Gone {
        Gone {
            source: Arc::clone(&member.source),
            real_name: Arc::clone(&member.real_name),
            identity: member.identity,
            at,
        }
    }
}
