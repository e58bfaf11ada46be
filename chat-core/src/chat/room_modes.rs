//! MODE of a room, and KICK. Floor 5. modern.ircdocs.horse, "MODE message" and "KICK message".
//!
//! Here letters become changes; whether somebody may make them is for the hub to say.

use std::sync::Arc;

use super::answer::AnswerKey;
use super::deeds::{existing, named};
use super::turn::Turn;
use crate::dialect::irc::command::targets;
use crate::dialect::irc::modes::{Wanted, wanted};
use crate::dialect::irc::numeric::{
    ERR_INVALIDMODEPARAM, ERR_UNKNOWNMODE, Numeric, RPL_BANLIST, RPL_CHANNELMODEIS,
    RPL_CREATIONTIME, RPL_ENDOFBANLIST, RPL_ENDOFEXCEPTLIST, RPL_ENDOFINVEXLIST, RPL_EXCEPTLIST,
    RPL_INVEXLIST,
};
use crate::hub::modes::{Change, List};
use crate::hub::request::{Refusal, Request};
use crate::hub::{Room, RoomKey};
use crate::id::PersonId;
use crate::limits::TARGETS_MAX;
use crate::names::RoomName;

impl Turn<'_> {
    pub(super) fn room_mode(
        &mut self,
        who: PersonId,
        target: &str,
        modes: &[&str],
        key: AnswerKey,
    ) {
        let room = existing(target).and_then(|name| Ok(self.chat.hub.seen_room(who, &name)?.key));
        match room {
            Err(refusal) => self.refuse(key, &refusal),
            Ok(room) if modes.is_empty() => self.say_room_mode(who, room, key),
            Ok(room) => self.change_room_mode(who, room, modes, key),
        }
    }

    fn change_room_mode(&mut self, who: PersonId, room: RoomKey, modes: &[&str], key: AnswerKey) {
        let Some(name) = self.chat.hub.room_at(room).map(|room| room.name.clone()) else {
            return;
        };
        let mut changes = Vec::new();
        for wanted in wanted(modes) {
            match self.change(who, &name, wanted, key) {
                Ok(change) => changes.extend(change),
                Err(refusal @ Refusal::NotOperator(_)) => {
                    return self.refuse(key, &refusal);
                }
                Err(refusal) => self.refuse(key, &refusal),
            }
        }
        if !changes.is_empty() {
            self.submit(who, Request::Mode(name, changes), key);
        }
    }

    /// A change that may be made; none if what is wanted is an answer. Whoever may make none is told so, and not what is wrong
    /// with this one.
    fn change(
        &mut self,
        who: PersonId,
        room: &RoomName,
        wanted: Wanted<'_>,
        key: AnswerKey,
    ) -> Result<Option<Change>, Refusal> {
        if wanted != Wanted::Show(List::Bans) {
            self.chat.hub.check_operator(who, room)?;
        }
        let change = match wanted {
            Wanted::Show(list) => return self.show_list(who, room, list, key).map(|()| None),
            Wanted::Unknown(letter) => {
                let letter = letter.to_string();
                let text = "there is no such mode here; 005 lists those that there are";
                self.say_numeric(key, ERR_UNKNOWNMODE, &[&letter], text);
                return Ok(None);
            }
            Wanted::Invalid(letter, param, why) => {
                let letter = letter.to_string();
                self.say_numeric(
                    key,
                    ERR_INVALIDMODEPARAM,
                    &[room.as_str(), &letter, param],
                    why,
                );
                return Ok(None);
            }
            Wanted::Flag(flag, on) => Change::Flag(flag, on),
            Wanted::Key(secret) => Change::Key(secret.map(Into::into)),
            Wanted::Limit(limit) => Change::Limit(limit),
            Wanted::List(list, mask, on) => Change::List(list, mask.into(), on),
            Wanted::Rank(rank, nick, on) => {
                let member = self.chat.present(nick);
                let member = member.ok_or_else(|| Refusal::NoSuchNick(nick.to_owned()))?;
                Change::Rank(rank, member.id, member.source.nick.clone(), on)
            }
        };
        self.chat.hub.check_change(who, room, &change)?;
        Ok(Some(change))
    }

    fn say_room_mode(&mut self, who: PersonId, room: RoomKey, key: AnswerKey) {
        let Some(room) = self.chat.hub.room_at(room) else {
            return;
        };
        let told = room
            .settings
            .modes
            .told(room.has(who) || self.chat.hub.is_server_operator(who));
        let mut modes = vec![room.name.as_str()];
        modes.extend(told.split(' '));
        let created = room.created.seconds().to_string();
        let lines = [
            self.chat.middle(who, RPL_CHANNELMODEIS, &modes),
            self.chat
                .middle(who, RPL_CREATIONTIME, &[room.name.as_str(), &created]),
        ];
        self.say_all(key, lines);
    }

    /// Bans are shown to everybody, so that one can see why one may not enter; the other lists to operators.
    fn show_list(
        &mut self,
        who: PersonId,
        name: &RoomName,
        list: List,
        key: AnswerKey,
    ) -> Result<(), Refusal> {
        let room = self.chat.hub.seen_room(who, name)?;
        let (code, end) = numerics(list);
        let lines = self.list_lines(who, room, list, code);
        self.say_all(key, lines);
        self.say_numeric(key, end, &[name.as_str()], "end of the list");
        Ok(())
    }

    fn list_lines(&self, who: PersonId, room: &Room, list: List, code: Numeric) -> Vec<String> {
        let line = |listed: &crate::hub::modes::Listed| {
            let at = listed.at.seconds().to_string();
            let params = [room.name.as_str(), &listed.mask, listed.by.as_str(), &at];
            self.chat.middle(who, code, &params)
        };
        room.settings.modes.list(list).iter().map(line).collect()
    }

    /// Sends people out, one after the other: all of one room, or each of the room in the same place of its list.
    pub(super) fn kick(
        &mut self,
        who: PersonId,
        rooms: &str,
        nicks: &str,
        reason: Option<&str>,
        key: AnswerKey,
    ) {
        // RFC 2812 §3.2.8: the name of whoever does it, if they do not say why.
        let reason: Arc<str> = reason.unwrap_or_else(|| self.chat.called(who)).into();
        let (mut rooms, mut room) = (targets(rooms), "");
        for nick in targets(nicks).take(TARGETS_MAX) {
            room = rooms.next().unwrap_or(room);
            let request = |room| Ok(Request::Kick(room, named(nick)?, reason.clone()));
            match existing(room).and_then(request) {
                Ok(request) => self.submit(who, request, key),
                Err(refusal) => self.refuse(key, &refusal),
            }
        }
    }
}

fn numerics(list: List) -> (Numeric, Numeric) {
    match list {
        List::Bans => (RPL_BANLIST, RPL_ENDOFBANLIST),
        List::Exceptions => (RPL_EXCEPTLIST, RPL_ENDOFEXCEPTLIST),
        List::Invitations => (RPL_INVEXLIST, RPL_ENDOFINVEXLIST),
    }
}
