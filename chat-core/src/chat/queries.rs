//! NAMES and TOPIC as questions; USERHOST, ISON, INVITE. Floor 5.

use super::Chat;
use super::answer::AnswerKey;
use super::cursor::Cursor;
use super::deeds::existing;
use super::turn::Turn;
use crate::dialect::irc::Caps;
use crate::dialect::irc::command::targets;
use crate::dialect::irc::numeric::{
    ERR_NOTONCHANNEL, Numeric, RPL_ENDOFINVITELIST, RPL_ENDOFNAMES, RPL_INVITELIST, RPL_ISON,
    RPL_NOTOPIC, RPL_USERHOST,
};
use crate::hub::ranks::{Rank, Ranks};
use crate::hub::{Member, Room, RoomKey};
use crate::id::PersonId;
use crate::limits::TARGETS_MAX;
use crate::names::{Nick, RoomName};

impl Turn<'_> {
    pub(super) fn show_topic(&mut self, who: PersonId, name: &str, key: AnswerKey) {
        let room = existing(name).and_then(|name| {
            let room = self.chat.hub.seen_room(who, &name)?;
            Ok((room.key, room.name.clone(), room.has(who)))
        });
        match room {
            Err(refusal) => self.refuse(key, &refusal),
            Ok((_, name, false)) => {
                let text = format_args!("you are not in {name}");
                self.say_numeric(key, ERR_NOTONCHANNEL, &[name.as_str()], text);
            }
            Ok((room, name, true)) => self.say_topic(who, room, &name, key),
        }
    }

    fn say_topic(&mut self, who: PersonId, room: RoomKey, name: &RoomName, key: AnswerKey) {
        let lines = self.chat.topic_lines(who, room);
        if lines.is_empty() {
            self.say_numeric(key, RPL_NOTOPIC, &[name.as_str()], "no topic is set");
        }
        self.say_all(key, lines);
    }

    /// Without a room there is nothing to list: nobody wants all of them. RFC 2812 §3.2.5.
    pub(super) fn names(&mut self, who: PersonId, rooms: Option<&str>, key: AnswerKey) {
        let Some(rooms) = rooms else {
            return self.say_numeric(key, RPL_ENDOFNAMES, &["*"], "end of names");
        };
        for name in targets(rooms).take(TARGETS_MAX) {
            match existing(name)
                .ok()
                .filter(|name| self.chat.hub.seen_room(who, name).is_ok())
            {
                Some(name) => self.stream(who, Cursor::names(name, key)),
                None => self.say_numeric(key, RPL_ENDOFNAMES, &[name], "end of names"),
            }
        }
    }

    /// The rooms that somebody was asked into and has not entered yet.
    pub(super) fn invites(&mut self, who: PersonId, key: AnswerKey) {
        let rooms = self.chat.hub.rooms().filter(|room| room.has_invited(who));
        let lines: Vec<String> = rooms
            .map(|room| self.chat.middle(who, RPL_INVITELIST, &[room.name.as_str()]))
            .collect();
        self.say_all(key, lines);
        self.say_numeric(key, RPL_ENDOFINVITELIST, &[], "end of invitations");
    }

    /// `nick=+user@host`, with `-` for who is away, and `nick*` for an operator. RFC 2812 §4.8.
    pub(super) fn userhost(&mut self, who: PersonId, nicks: &[&str], key: AnswerKey) {
        let present = nicks
            .iter()
            .take(USERHOSTS_MAX)
            .filter_map(|nick| self.chat.present(nick));
        let replies: Vec<String> = present
            .map(|member| {
                let source = &member.source;
                let here = if member.away.is_some() { '-' } else { '+' };
                let star = if member.is_operator { "*" } else { "" };
                format!(
                    "{}{star}={here}{}@{}",
                    source.nick,
                    source.user(),
                    source.host()
                )
            })
            .collect();
        let line = self.chat.numeric(who, RPL_USERHOST, &[], replies.join(" "));
        self.say(key, line);
    }

    /// Who of these is here. RFC 2812 §4.9.
    pub(super) fn ison(&mut self, who: PersonId, nicks: &[&str], key: AnswerKey) {
        let names = nicks.iter().flat_map(|names| names.split(' '));
        let present = names.filter_map(|nick| self.chat.present(nick));
        let present: Vec<&str> = present.map(|member| member.source.nick.as_str()).collect();
        let line = self.chat.numeric(who, RPL_ISON, &[], present.join(" "));
        self.say(key, line);
    }
}

impl Chat {
    pub(super) fn present(&self, nick: &str) -> Option<&Member> {
        self.hub.by_nick(&Nick::new(nick).ok()?)
    }

    /// A numeric without a text.
    pub(super) fn middle(&self, who: PersonId, code: Numeric, params: &[&str]) -> String {
        let mut out = String::new();
        let line = self.reader(who).numeric(&mut out, code);
        params
            .iter()
            .fold(line, |line, param| line.param(param))
            .end();
        out
    }

    pub(super) fn push_prefixes(&self, who: PersonId, room: &Room, id: PersonId, out: &mut String) {
        out.extend(shown_prefixes(room.ranks(id), self.reader(who).caps));
    }
}

/// All prefixes of a member, or the highest for who has not agreed on more. IRCv3 multi-prefix.
pub(super) fn shown_prefixes(ranks: Ranks, caps: Caps) -> impl Iterator<Item = char> {
    let shows_all = caps.has(Caps::MULTI_PREFIX);
    ranks
        .prefixes()
        .take(if shows_all { Rank::ALL.len() } else { 1 })
}

/// Replies to one USERHOST. RFC 2812 §4.8: five.
const USERHOSTS_MAX: usize = 5;
