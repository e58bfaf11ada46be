//! How the author of an entry hears that it has taken effect. Floor 5.
//!
//! A post comes back only to those who want an echo; one without a label comes with the room's other
//! lines, at no cost of its own. Whatever changes where its author is (a join, a name) is told
//! directly, so that what follows from it can come right behind.

use std::sync::Arc;

use super::answer::AnswerKey;
use super::cursor::Cursor;
use super::speaker::{PlainVoice, Voice};
use super::turn::Turn;
use crate::dialect::irc::numeric::{
    RPL_AWAY, RPL_INVITING, RPL_NOWAWAY, RPL_TOPIC, RPL_TOPICWHOTIME, RPL_UNAWAY,
};
use crate::dialect::irc::reply::Line;
use crate::dialect::irc::{self, Caps};
use crate::hub::entry::{Act, Committed, Post, PostKind, Target};
use crate::hub::{Effects, RoomKey};
use crate::id::PersonId;
use crate::names::Nick;

impl Turn<'_> {
    /// Whether the room's line is not for its author: they hear of it directly, or not at all.
    pub(super) fn spares_author(&self, committed: &Committed, key: Option<AnswerKey>) -> bool {
        let answer = key.and_then(|key| self.chat.answers.get(key.0));
        let labeled = answer.is_some_and(|answer| answer.is_labeled());
        let Some(speaker) = self.chat.speaker(committed.entry.who) else {
            return true;
        };
        match (&committed.entry.act, &speaker.voice) {
            (Act::Topic { .. }, _) => labeled,
            (Act::Mode { room, .. } | Act::Kick { room, .. }, _) => {
                labeled || !self.chat.hub.is_in(committed.entry.who, room)
            }
            (Act::Redact(redaction), _) => labeled || self.is_outside(committed, &redaction.target),
            (Act::Post(post), Voice::Irc(irc)) => {
                labeled
                    || !irc.caps.has(Caps::ECHO_MESSAGE)
                    || self.is_outside(committed, &post.target)
            }
            _ => true,
        }
    }

    /// Whether something is told to a room that its author is not in, and so does not hear.
    fn is_outside(&self, committed: &Committed, target: &Target) -> bool {
        let Target::Room(room) = target else {
            return false;
        };
        let member = self.chat.hub.person(committed.entry.who);
        member.is_none_or(|member| self.chat.hub.room_of(member, room.as_str()).is_none())
    }

    pub(super) fn tell_author(
        &mut self,
        committed: &Arc<Committed>,
        effects: &Effects,
        key: AnswerKey,
    ) {
        let who = committed.entry.who;
        match self.chat.speaker(who).map(|speaker| &speaker.voice) {
            Some(Voice::Irc(_)) => self.tell_irc_author(committed, effects, key),
            Some(Voice::Plain(_)) => self.tell_plain_author(committed, effects),
            None => {}
        }
    }

    fn tell_irc_author(&mut self, committed: &Committed, effects: &Effects, key: AnswerKey) {
        let who = committed.entry.who;
        match &committed.entry.act {
            Act::Post(post) => self.echo(post, committed, effects, key),
            Act::Join { .. } => {
                if let Some(room) = effects.room {
                    self.say_own(committed, key);
                    self.say_room(who, room, key);
                }
            }
            Act::Part { .. } | Act::Name { .. } if !effects.is_void => self.say_own(committed, key),
            Act::Topic { .. } | Act::Mode { .. } | Act::Kick { .. }
                if !effects.is_void && self.spares_author(committed, Some(key)) =>
            {
                self.say_own(committed, key);
            }
            // Also without an echo: it says that it was done.
            Act::Redact(_)
                if effects.room.is_none() || self.spares_author(committed, Some(key)) =>
            {
                self.say_own(committed, key);
            }
            Act::RealName { .. } if self.caps(who).has(Caps::SETNAME) => {
                self.say_own(committed, key);
            }
            Act::Away { reason: Some(_) } => {
                self.say_numeric(key, RPL_NOWAWAY, &[], "you are marked as away");
            }
            Act::Away { reason: None } => {
                self.say_numeric(key, RPL_UNAWAY, &[], "you are not marked as away any more");
            }
            Act::Invite { nick, room } => {
                let (nick, room) = (nick.to_string(), room.to_string());
                self.say_inviting(&nick, &room, key);
            }
            _ => {}
        }
    }

    /// The echo of a post; the room's own line serves when there is no label.
    fn echo(&mut self, post: &Post, committed: &Committed, effects: &Effects, key: AnswerKey) {
        let who = committed.entry.who;
        let with_room = effects.room.is_some() && !self.spares_author(committed, Some(key));
        let away = self.away_of_target(post);
        if self.caps(who).has(Caps::ECHO_MESSAGE) && !with_room {
            self.say_echo(committed, away.is_some(), key);
        }
        if matches!(&post.target, Target::Person { id, .. } if *id == who) {
            self.say_to_oneself(committed);
        }
        if let Some((nick, reason)) = away {
            self.say_numeric(key, RPL_AWAY, &[nick.as_str()], reason);
        }
    }

    /// Who is away of those whom a message is for, and why. A notice is never answered.
    fn away_of_target<'p>(&self, post: &'p Post) -> Option<(&'p Nick, Arc<str>)> {
        match &post.target {
            Target::Person { id, nick, .. } if post.kind == PostKind::Message => {
                Some((nick, self.chat.away_of(*id)?))
            }
            _ => None,
        }
    }

    /// If more is to be said, the label is that of the batch around all of it.
    fn say_echo(&mut self, committed: &Committed, is_more_to_come: bool, key: AnswerKey) {
        match self.own_line(committed) {
            Some(lines) if is_more_to_come => {
                self.say_all(key, lines.split('\n').map(str::to_owned));
            }
            Some(lines) => self.say_whole(key, &lines),
            None => {}
        }
    }

    /// Who writes to themselves gets it, and the echo besides. IRCv3 labeled-response: only the echo
    /// is an answer.
    fn say_to_oneself(&mut self, committed: &Committed) {
        if let Some(line) = self.own_line(committed) {
            self.write(committed.entry.who, &line);
        }
    }

    /// The author's copy of an entry.
    fn say_own(&mut self, committed: &Committed, key: AnswerKey) {
        if let Some(line) = self.own_line(committed) {
            self.say(key, line);
        }
    }

    /// The whole answer to a message: one line, or a batch that bears the label, or a line for each of its own.
    /// IRCv3 multiline, "Labeled response".
    pub(super) fn say_whole(&mut self, key: AnswerKey, lines: &str) {
        let is_batch = self
            .asker(key)
            .is_some_and(|who| self.caps(who).has(Caps::LINES));
        let Some((first, rest)) = lines.split_once('\n') else {
            return self.say(key, lines.to_owned());
        };
        let mut first = first.to_owned();
        if let Some(answer) = self.chat.answers.get_mut(key.0).filter(|_| is_batch) {
            first = answer.label_batch(first);
        }
        self.say(key, first);
        self.say_all(key, rest.split('\n').map(str::to_owned));
    }

    fn own_line(&self, committed: &Committed) -> Option<String> {
        let caps = self.caps(committed.entry.who);
        let mut line = String::new();
        irc::encode(committed, caps, &self.chat.house.epoch, &mut line).then_some(line)
    }

    fn say_away(&mut self, id: PersonId, nick: &str, key: AnswerKey) {
        let away = self.chat.away_of(id);
        if let Some(reason) = away {
            self.say_numeric(key, RPL_AWAY, &[nick], reason);
        }
    }

    fn say_inviting(&mut self, nick: &str, room: &str, key: AnswerKey) {
        let Some(who) = self.asker(key) else { return };
        let mut line = String::new();
        self.chat
            .reader(who)
            .numeric(&mut line, RPL_INVITING)
            .param(nick)
            .param(room)
            .end();
        self.say(key, line);
        let guest = Nick::new(nick).ok();
        let guest = guest
            .and_then(|nick| self.chat.hub.by_nick(&nick))
            .map(|member| member.id);
        if let Some(guest) = guest {
            self.say_away(guest, nick, key);
        }
    }

    /// What somebody is told who has another connection and is in a room already: as if they had come now.
    pub(super) fn say_entered(&mut self, who: PersonId, room: RoomKey, key: AnswerKey) {
        let Some(name) = self.chat.hub.room_at(room).map(|room| room.name.clone()) else {
            return;
        };
        let Some(member) = self.chat.hub.person(who) else {
            return;
        };
        let (source, real_name) = (Arc::clone(&member.source), Arc::clone(&member.real_name));
        let mut line = String::new();
        let join = Line::from_source(&mut line, &source, "JOIN").param(name.as_str());
        if self.caps(who).has(Caps::EXTENDED_JOIN) {
            join.param("*").text(real_name);
        } else {
            join.end();
        }
        self.say(key, line);
        self.say_room(who, room, key);
    }

    /// The topic, and who is there. RFC 2812 §3.2.1.
    fn say_room(&mut self, who: PersonId, room: RoomKey, key: AnswerKey) {
        let Some(name) = self.chat.hub.room_at(room).map(|room| room.name.clone()) else {
            return;
        };
        let lines = self.chat.topic_lines(who, room);
        self.say_all(key, lines);
        if self.caps(who).has(Caps::READ_MARKER) {
            self.say_marker_of(who, &name, key);
        }
        let caps = self.caps(who);
        let wants_names =
            !caps.has(Caps::NO_IMPLICIT_NAMES) && !caps.has(Caps::DRAFT_NO_IMPLICIT_NAMES);
        match self.counts_only(who, room) {
            true => self.say_crowd(room, key),
            false if wants_names => self.stream(who, Cursor::names(name, key)),
            false => {}
        }
    }

    pub(super) fn plain_voice(&mut self, who: PersonId) -> Option<&mut PlainVoice> {
        self.chat.speaker_mut(who)?.plain_mut()
    }
}

impl super::Chat {
    /// A room's topic as numerics; nothing when it has none.
    pub(super) fn topic_lines(&self, who: PersonId, room: RoomKey) -> Vec<String> {
        let Some(room) = self.hub.room_at(room) else {
            return Vec::new();
        };
        let Some(topic) = &room.topic else {
            return Vec::new();
        };
        let mut set_by = String::new();
        let at = topic.at.seconds();
        let nick = topic.by.nick.as_str();
        let line = self.reader(who).numeric(&mut set_by, RPL_TOPICWHOTIME);
        line.param(room.name.as_str()).param(nick).number(at).end();
        vec![
            self.numeric(who, RPL_TOPIC, &[room.name.as_str()], &topic.text),
            set_by,
        ]
    }
}
