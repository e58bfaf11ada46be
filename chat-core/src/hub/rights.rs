//! Who may do what in a room, beyond being in it. Floor 1.
//!
//! An operator of the server may do what a room's operator may, in every room.

use std::sync::Arc;

use super::draft::{self, Draft};
use super::entry::{Act, Source};
use super::mask;
use super::modes::{self, Change, Flag, List};
use super::ranks::Rank;
use super::request::Refusal;
use super::user_modes::UserMode;
use super::{Effects, Hub, Member, Room, RoomKey};
use crate::id::PersonId;
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

impl Hub {
    /// Whether somebody may learn that a room is there.
    #[must_use]
    pub fn sees(&self, who: PersonId, room: &Room) -> bool {
        !room.settings.modes.has(Flag::Secret) || room.has(who) || self.is_server_operator(who)
    }

    /// A room, for somebody who may learn that it is there.
    ///
    /// # Errors
    /// There is none, or none for them: nobody can tell which.
    pub fn seen_room(&self, who: PersonId, name: &RoomName) -> Result<&Room, Refusal> {
        self.room(name)
            .filter(|room| self.sees(who, room))
            .ok_or_else(|| Refusal::NoSuchRoom(name.to_string()))
    }

    /// Whether somebody keeps the whole server in order.
    #[must_use]
    pub fn is_server_operator(&self, who: PersonId) -> bool {
        self.person(who).is_some_and(|member| member.is_operator)
    }

    /// Somebody keeps the whole server in order from now on, or does not any more.
    pub fn set_server_operator(&mut self, who: PersonId, is_operator: bool) {
        self.set_user_mode(who, UserMode::Operator, is_operator);
    }

    /// How many keep the whole server in order.
    #[must_use]
    pub fn server_operators(&self) -> usize {
        self.count_of(UserMode::Operator)
    }

    /// Whether somebody may keep a room in order.
    #[must_use]
    pub fn may_moderate(&self, who: PersonId, room: &Room) -> bool {
        room.ranks(who).has(Rank::Operator) || self.is_server_operator(who)
    }

    /// A room that somebody keeps in order.
    ///
    /// # Errors
    /// They do not, or may not learn of it.
    pub fn check_operator(&self, who: PersonId, name: &RoomName) -> Result<&Room, Refusal> {
        let room = self.seen_room(who, name)?;
        match self.may_moderate(who, room) {
            true => Ok(room),
            false => Err(Refusal::NotOperator(room.name.clone())),
        }
    }

    /// Whether somebody who is not in a room may enter it, whatever its key is. Who made it may always, and so may who
    /// was invited.
    pub(super) fn check_entry(&self, member: &Member, room: &Room) -> Result<(), Refusal> {
        let modes = &room.settings.modes;
        let name = || room.name.clone();
        if self.is_expected(member, room) {
            Ok(())
        } else if modes.bans(&member.source) {
            Err(Refusal::Banned(name()))
        } else if modes.has(Flag::InviteOnly) && !modes.lists(List::Invitations, &member.source) {
            Err(Refusal::InviteOnly(name()))
        } else if modes
            .limit
            .is_some_and(|limit| room.members().len() as u64 >= u64::from(limit))
        {
            Err(Refusal::RoomFull(name()))
        } else {
            Ok(())
        }
    }

    /// As [`Hub::check_entry`], for the key.
    pub(super) fn check_key(
        &self,
        member: &Member,
        room: &Room,
        key: Option<&str>,
    ) -> Result<(), Refusal> {
        let needed = room.settings.modes.key.as_deref();
        if needed.is_none() || needed == key || self.is_expected(member, room) {
            Ok(())
        } else {
            Err(Refusal::BadKey(room.name.clone()))
        }
    }

    fn is_expected(&self, member: &Member, room: &Room) -> bool {
        let is_founder = room.settings.founder == Some(member.identity);
        is_founder || member.is_operator || room.has_invited(member.id)
    }

    /// Whether somebody may say something in a room.
    pub(super) fn check_voice(
        &self,
        member: &Member,
        room: &Room,
        is_in: bool,
    ) -> Result<(), Refusal> {
        let modes = &room.settings.modes;
        let refusal = if !is_in && modes.has(Flag::NoExternal) {
            Refusal::CannotPost
        } else if modes.has(Flag::Moderated) {
            Refusal::Moderated
        } else if modes.bans(&member.source) {
            Refusal::Silenced
        } else {
            return Ok(());
        };
        // Most rooms keep nobody quiet, so ranks are not looked for at each message.
        if room.ranks(member.id).any() || member.is_operator && is_in {
            Ok(())
        } else {
            Err(refusal(room.name.clone()))
        }
    }

    /// Whether somebody may set a room's topic: everybody in it reads that too, so who may say nothing there may not.
    pub(super) fn check_topic(&self, who: PersonId, name: &RoomName) -> Result<RoomName, Refusal> {
        let name = self.check_in(who, name)?;
        let (Some(room), Some(member)) = (self.room(&name), self.people.get(who)) else {
            return Ok(name);
        };
        if room.settings.modes.has(Flag::TopicByOperators) && !self.may_moderate(who, room) {
            return Err(Refusal::NotOperator(name));
        }
        match self.check_voice(member, room, true) {
            Ok(()) => Ok(name),
            Err(why) => Err(Refusal::TopicDenied(name, why.to_string().into())),
        }
    }

    /// Whether somebody may ask others into a room.
    pub(super) fn check_inviting(
        &self,
        who: PersonId,
        name: &RoomName,
    ) -> Result<RoomName, Refusal> {
        let name = self.check_in(who, name)?;
        match self.room(&name) {
            Some(room)
                if room.settings.modes.has(Flag::InviteOnly) && !self.may_moderate(who, room) =>
            {
                Err(Refusal::NotOperator(name))
            }
            _ => Ok(name),
        }
    }

    /// Whether somebody may be sent out of a room by somebody.
    pub(super) fn check_kick(
        &self,
        who: PersonId,
        name: &RoomName,
        nick: &Nick,
    ) -> Result<(RoomName, PersonId, Nick), Refusal> {
        if !self.is_server_operator(who) {
            self.check_in(who, name)?;
        }
        let room = self.check_operator(who, name)?;
        let other = self
            .by_nick(nick)
            .ok_or_else(|| Refusal::NoSuchNick(nick.to_string()))?;
        let nick = other.source.nick.clone();
        match room.has(other.id) {
            true => Ok((room.name.clone(), other.id, nick)),
            false => Err(Refusal::NotThere(nick, room.name.clone())),
        }
    }

    /// The act of a kick.
    pub(super) fn kick_act(
        &self,
        who: PersonId,
        name: &RoomName,
        nick: &Nick,
        reason: Arc<str>,
    ) -> Result<Act, Refusal> {
        let (room, id, nick) = self.check_kick(who, name, nick)?;
        Ok(Act::Kick {
            room,
            id,
            nick,
            reason,
        })
    }

    /// Whether one change of a room's modes may be made.
    ///
    /// # Errors
    /// Why not.
    pub fn check_change(
        &self,
        who: PersonId,
        name: &RoomName,
        change: &Change,
    ) -> Result<(), Refusal> {
        let room = self.check_operator(who, name)?;
        draft::fits(room, &room.settings.modes, change)
    }

    /// The act of changing modes, one after the other: what changes nothing by then is left out.
    pub(super) fn mode_act(
        &self,
        who: PersonId,
        name: &RoomName,
        changes: Vec<Change>,
    ) -> Result<Act, Refusal> {
        let room = self.check_operator(who, name)?;
        let by = &self.people.get(who).ok_or(Refusal::Gone)?.source.nick;
        let (mut draft, mut kept) = (Draft::of(room), Vec::new());
        for change in changes {
            if draft.change(&change, by)? {
                kept.push(change);
            }
        }
        Ok(Act::Mode {
            room: room.name.clone(),
            text: modes::text(&kept).into(),
            changes: kept.into(),
        })
    }

    /// The same act as it takes effect by now, if that is another one: an entry is as things were when it was checked, and
    /// others may have heard since of a new name, or of a change of modes that leaves nothing to change.
    #[must_use]
    pub fn in_effect(&self, who: PersonId, act: &Act) -> Option<Act> {
        match act {
            Act::Kick {
                room,
                id,
                nick,
                reason,
            } => Some(Act::Kick {
                room: room.clone(),
                id: *id,
                nick: self.newer_name(*id, nick)?,
                reason: Arc::clone(reason),
            }),
            Act::Mode { room, changes, .. } => {
                let changes = self.changes_left(who, room, changes)?;
                Some(Act::Mode {
                    room: room.clone(),
                    text: modes::text(&changes).into(),
                    changes,
                })
            }
            _ => None,
        }
    }

    /// Those of the changes that are still some, under the names that those have by now whom they mean; nothing if they are
    /// what they were.
    fn changes_left(
        &self,
        who: PersonId,
        name: &RoomName,
        changes: &[Change],
    ) -> Option<Box<[Change]>> {
        let by = &self.person(who)?.source.nick;
        let mut draft = Draft::of(self.room(name)?);
        let (mut left, mut is_other) = (Vec::new(), false);
        for change in changes {
            if draft.change(change, by) != Ok(true) {
                is_other = true;
                continue;
            }
            let newer = self.under_newer_name(change);
            is_other |= newer.is_some();
            left.push(newer.unwrap_or_else(|| change.clone()));
        }
        is_other.then(|| left.into())
    }

    fn under_newer_name(&self, change: &Change) -> Option<Change> {
        let Change::Rank(rank, id, nick, has) = change else {
            return None;
        };
        Some(Change::Rank(*rank, *id, self.newer_name(*id, nick)?, *has))
    }

    fn newer_name(&self, id: PersonId, then: &Nick) -> Option<Nick> {
        let now = &self.person(id)?.source.nick;
        (now.as_str() != then.as_str()).then(|| now.clone())
    }

    pub(super) fn change_modes(
        &mut self,
        who: PersonId,
        name: &RoomName,
        changes: &[Change],
        at: Timestamp,
    ) -> Result<Effects, Refusal> {
        let room = self.check_operator(who, name)?;
        let key = room.key;
        if changes.is_empty() {
            return Ok(Effects::void());
        }
        let by = self
            .people
            .get(who)
            .ok_or(Refusal::Gone)?
            .source
            .nick
            .clone();
        if let Some(room) = self.rooms.get_mut(key) {
            for change in changes {
                room.change(change, &by, at);
            }
        }
        for guest in self.not_expected_any_more(key, changes) {
            if let Some(room) = self.rooms.get_mut(key) {
                room.uninvite(guest);
            }
        }
        // An operator of the server may do that from outside, when nobody is there.
        self.rooms.look_again(key);
        Ok(Effects::to_room(key))
    }

    /// Who was invited before the changes banned them. Who is banned and invited then is let in: an operator has said so.
    fn not_expected_any_more(&self, key: RoomKey, changes: &[Change]) -> Vec<PersonId> {
        let Some(room) = self.rooms.get(key) else {
            return Vec::new();
        };
        let bans = |change: &Change, source: &Source| match change {
            Change::List(List::Bans, mask, true) => mask::matches(mask, source.mask()),
            _ => false,
        };
        let is_meant = |guest: &PersonId| {
            let source = self.person(*guest).map(|member| &*member.source);
            source.is_some_and(|source| {
                changes.iter().any(|change| bans(change, source))
                    && room.settings.modes.bans(source)
            })
        };
        room.invited().filter(is_meant).collect()
    }

    pub(super) fn kick(
        &mut self,
        who: PersonId,
        name: &RoomName,
        id: PersonId,
        nick: &Nick,
    ) -> Result<Effects, Refusal> {
        let room = self.check_operator(who, name)?;
        let key = room.key;
        if !room.has(id) {
            return Err(Refusal::NotThere(nick.clone(), room.name.clone()));
        }
        self.rooms.leave(key, id);
        if let Some(room) = self.rooms.get_mut(key) {
            room.uninvite(id);
        }
        if let Some(member) = self.people.get_mut(id) {
            member.rooms.leave(key);
        }
        let people = if id == who { Vec::new() } else { vec![id] };
        Ok(Effects {
            people,
            ..Effects::to_room(key)
        })
    }
}
