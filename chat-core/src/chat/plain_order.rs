//! Keeping a room in order from the plain door: whoever makes one there is its operator, too. Floor 5.
//!
//! What may be done is what IRC has for it; bans and other modes are for clients that can show them.

use std::sync::Arc;

use super::answer::AnswerKey;
use super::deeds::named;
use super::turn::Turn;
use crate::dialect::cut;
use crate::dialect::plain::words;
use crate::hub::modes::Change;
use crate::hub::ranks::Rank;
use crate::hub::request::{Refusal, Request};
use crate::id::PersonId;
use crate::limits::REASON_BYTES_MAX;
use crate::names::{Nick, RoomName};

impl Turn<'_> {
    /// The room that somebody is in; who is in none is told how to get into one.
    pub(super) fn room_or_told(&mut self, who: PersonId) -> Option<RoomName> {
        let room = self.plain_voice(who)?.room.clone();
        if room.is_none() {
            self.write(who, words::NOWHERE);
        }
        room
    }

    pub(super) fn kick_plainly(
        &mut self,
        who: PersonId,
        nick: &str,
        reason: Option<&str>,
        key: AnswerKey,
    ) {
        let Some(room) = self.room_or_told(who) else {
            return;
        };
        let reason = reason.unwrap_or_else(|| self.chat.called(who));
        let reason: Arc<str> = cut(reason, REASON_BYTES_MAX).into();
        match named(nick) {
            Ok(nick) => self.submit(who, Request::Kick(room, nick, reason), key),
            Err(refusal) => self.refuse(key, &refusal),
        }
    }

    pub(super) fn invite_plainly(&mut self, who: PersonId, nick: &str, key: AnswerKey) {
        let Some(room) = self.room_or_told(who) else {
            return;
        };
        match named(nick) {
            Ok(nick) => self.submit(who, Request::Invite(nick, room), key),
            Err(refusal) => self.refuse(key, &refusal),
        }
    }

    pub(super) fn op_plainly(&mut self, who: PersonId, nick: &str, on: bool, key: AnswerKey) {
        let Some(room) = self.room_or_told(who) else {
            return;
        };
        match self.promotion(who, &room, nick, on) {
            Ok((nick, None)) => self.write(who, &words::no_change(&nick, &room, on)),
            Ok((_, Some(change))) => self.submit(who, Request::Mode(room, vec![change]), key),
            Err(refusal) => self.refuse(key, &refusal),
        }
    }

    /// Who is to become an operator, or to be none any more; and the change, if it is one: else the room would hear nothing,
    /// and whoever asked would wait.
    fn promotion(
        &self,
        who: PersonId,
        name: &RoomName,
        nick: &str,
        on: bool,
    ) -> Result<(Nick, Option<Change>), Refusal> {
        let room = self.chat.hub.check_operator(who, name)?;
        let member = self.chat.present(nick);
        let member = member.ok_or_else(|| Refusal::NoSuchNick(nick.to_owned()))?;
        let nick = member.source.nick.clone();
        let change = Change::Rank(Rank::Operator, member.id, nick.clone(), on);
        self.chat.hub.check_change(who, name, &change)?;
        let is_one = room.ranks(member.id).has(Rank::Operator) != on;
        Ok((nick, is_one.then_some(change)))
    }
}
