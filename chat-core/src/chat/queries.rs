//! NAMES, WHO, LIST and TOPIC as questions; USERHOST, ISON, INVITE. Floor 5.

use super::Chat;
use super::answer::AnswerKey;
use super::cursor::Cursor;
use super::deeds::existing;
use super::turn::Turn;
use crate::dialect::irc::Caps;
use crate::dialect::irc::command::targets;
use crate::dialect::irc::numeric::{
    ERR_NOTONCHANNEL, Numeric, RPL_ENDOFINVITELIST, RPL_ENDOFNAMES, RPL_ENDOFWHO, RPL_INVITELIST,
    RPL_ISON, RPL_LIST, RPL_LISTEND, RPL_LISTSTART, RPL_NOTOPIC, RPL_USERHOST, RPL_WHOREPLY,
};
use crate::hub::user_modes::UserMode;
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

    /// WHO of a room, of one person by name, or of all whom a mask means; `0` and nothing mean
    /// everybody. There are no operators to ask for.
    pub(super) fn who(&mut self, mask: Option<&str>, operators_only: bool, key: AnswerKey) {
        let Some(who) = self.asker(key) else { return };
        let mask = mask.filter(|mask| *mask != "0").unwrap_or("*");
        if let Some(room) = RoomName::new(mask)
            .ok()
            .filter(|name| self.chat.hub.seen_room(who, name).is_ok())
        {
            return self.stream(who, Cursor::who(room, operators_only, key));
        }
        if mask.contains(['*', '?']) && !operators_only {
            return self.stream(who, Cursor::matching(mask, key));
        }
        let member = Nick::new(mask)
            .ok()
            .and_then(|nick| self.chat.hub.by_nick(&nick));
        let id = member.map(|member| member.id);
        let id = id.filter(|id| !operators_only && self.chat.shows(who, *id));
        if let Some(line) = id.and_then(|id| self.chat.who_reply(who, id, "*")) {
            self.say(key, line);
        }
        self.say_numeric(key, RPL_ENDOFWHO, &[mask], "end of who");
    }

    /// LIST of everything, or of the rooms that are named.
    pub(super) fn list(&mut self, rooms: Option<&str>, key: AnswerKey) {
        let Some(who) = self.asker(key) else { return };
        self.say_numeric(key, RPL_LISTSTART, &["Channel"], "Users Name");
        let Some(rooms) = rooms.filter(|rooms| rooms.starts_with('#')) else {
            return self.stream(who, Cursor::list(key));
        };
        for name in targets(rooms).take(TARGETS_MAX) {
            let room = RoomName::new(name)
                .ok()
                .and_then(|name| self.chat.hub.seen_room(who, &name).ok());
            if let Some(line) = room.map(|room| self.chat.list_reply(who, room)) {
                self.say(key, line);
            }
        }
        self.say_numeric(key, RPL_LISTEND, &[], "end of list");
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

    /// `room user host server nick H|G :0 real name`: here or gone.
    pub(super) fn who_reply(&self, who: PersonId, id: PersonId, room: &str) -> Option<String> {
        let member = self.hub.person(id)?;
        let source = &member.source;
        let flags = self.who_flags(who, member, room);
        let params = [
            room,
            source.user(),
            source.host(),
            &self.house.server,
            source.nick.as_str(),
            &flags,
        ];
        Some(self.numeric(
            who,
            RPL_WHOREPLY,
            &params,
            format_args!("0 {}", member.real_name),
        ))
    }

    /// `H` or `G` for here or gone, `*` for an operator of the server, the prefixes in that room, `B` for a bot.
    fn who_flags(&self, who: PersonId, member: &Member, room: &str) -> String {
        let mut flags = String::from(if member.away.is_some() { "G" } else { "H" });
        if member.is_operator {
            flags.push('*');
        }
        if let Some(room) = self.hub.room_of(member, room) {
            self.push_prefixes(who, room, member.id, &mut flags);
        }
        if member.source.is_bot {
            flags.push(UserMode::Bot.letter());
        }
        flags
    }

    /// All prefixes of a member, or the highest for who has not agreed on more. IRCv3 multi-prefix.
    pub(super) fn push_prefixes(&self, who: PersonId, room: &Room, id: PersonId, out: &mut String) {
        let caps = self.reader(who).caps;
        let most = if caps.has(Caps::MULTI_PREFIX) {
            usize::MAX
        } else {
            1
        };
        out.extend(room.ranks(id).prefixes().take(most));
    }

    pub(super) fn list_reply(&self, who: PersonId, room: &Room) -> String {
        let count = room.members().len().to_string();
        let topic = room
            .topic
            .as_ref()
            .map(|topic| &*topic.text)
            .unwrap_or_default();
        self.numeric(who, RPL_LIST, &[room.name.as_str(), &count], topic)
    }
}

/// Replies to one USERHOST. RFC 2812 §4.8: five.
const USERHOSTS_MAX: usize = 5;
