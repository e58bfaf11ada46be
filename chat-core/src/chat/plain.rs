//! The plain door: a name first, then every line is said to the current room. Floor 5.
//!
//! Somebody here is in one room at a time: `/join` goes to another, and the one before is left once
//! they are there, so that nobody is ever nowhere.

use std::sync::Arc;

use super::answer::AnswerKey;
use super::consult::Wish;
use super::deeds::named;
use super::turn::Turn;
use crate::dialect::irc::encode::text_bytes_max;
use crate::dialect::plain::{self, Line, words};
use crate::dialect::quit_reason;
use crate::hub::entry::Committed;
use crate::hub::entry::PostKind;
use crate::hub::request::{Addressee, Refusal, Request};
use crate::id::PersonId;
use crate::limits::{LINE_BYTES_MAX, PLAIN_HISTORY_LINES};
use crate::names::{Nick, RoomName};
use crate::net::framing::{Farewell, Unreadable};

impl Turn<'_> {
    pub(super) fn greet(&mut self, who: PersonId) {
        let title = &self.chat.house.title;
        let greeting = match self.chat.is_locked_out(who) {
            true => words::greeting_with_password(title),
            false => words::greeting(title),
        };
        self.write(who, &greeting);
    }

    pub(super) fn plain_line(&mut self, who: PersonId, text: &str) {
        if !self.chat.is_registered(who) {
            return self.answer_stranger(who, text);
        }
        let line = plain::parse(text);
        let is_post = matches!(line, Line::Say(_) | Line::Me(_) | Line::Msg { .. });
        if self.must_wait(who, is_post) {
            return self.stash(who, text);
        }
        let key = self.ask(who, "", None);
        self.plain_command(who, line, key);
        self.close(key);
    }

    fn answer_stranger(&mut self, who: PersonId, text: &str) {
        match text.trim() {
            "/quit" => self.dismiss(who, Farewell::NORMAL, &quit_reason(None)),
            _ if self.chat.is_locked_out(who) => self.answer_password(who, text),
            name => self.answer_name(who, name),
        }
    }

    /// The first line is a name; a bad or taken one is asked for again.
    fn answer_name(&mut self, who: PersonId, text: &str) {
        let nick = match Nick::new(text) {
            Ok(nick) => nick,
            Err(wrong) => return self.write(who, &words::bad_name(wrong)),
        };
        if self.becomes_heir(who, &nick) {
            return self.stash(who, text);
        }
        let real_name: Arc<str> = nick.as_str().into();
        let wish = Wish {
            nick,
            user: "nc".into(),
            real_name,
            password: None,
        };
        let key = self.ask(who, "", None);
        self.ask_register(who, wish, key);
        self.close(key);
    }

    pub(super) fn let_in(&mut self, who: PersonId) {
        let now = self.now.mono;
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.register(now);
        }
        self.set_deadline(who);
        self.tune(who);
        let room = self.chat.hub.default_room().clone();
        let key = self.ask(who, "", None);
        self.submit(who, Request::Join(room, None), key);
        self.close(key);
    }

    fn plain_command(&mut self, who: PersonId, line: Line<'_>, key: AnswerKey) {
        match line {
            Line::Say(text) => self.say_plainly(who, text, key),
            Line::Me(text) => self.say_plainly(who, &plain::encode::action(text), key),
            Line::Msg { nick, text } => self.message(who, nick, text, key),
            Line::Who => self.who_plainly(who),
            Line::Join(room) => self.go_to(who, room, key),
            Line::Nick(nick) => self.rename_plainly(who, nick, key),
            Line::Topic(text) => self.topic_plainly(who, text, key),
            Line::Kick { nick, reason } => self.kick_plainly(who, nick, reason, key),
            Line::Op(nick, on) => self.op_plainly(who, nick, on, key),
            Line::Invite(nick) => self.invite_plainly(who, nick, key),
            Line::Help => self.help_plainly(who),
            Line::Quit(words) => self.quit(who, words),
            Line::Incomplete(usage) => self.write(who, &words::incomplete(usage)),
            Line::Unknown(name) => self.write(who, &words::unknown(name)),
            Line::Empty => {}
        }
    }

    fn say_plainly(&mut self, who: PersonId, text: &str, key: AnswerKey) {
        if let Some(room) = self.room_or_told(who) {
            self.post_plainly(who, Addressee::Room(room), text, key);
        }
    }

    fn message(&mut self, who: PersonId, nick: &str, text: &str, key: AnswerKey) {
        match named(nick) {
            Ok(nick) => self.post_plainly(who, Addressee::Person(nick), text, key),
            Err(refusal) => self.refuse(key, &refusal),
        }
    }

    fn post_plainly(&mut self, who: PersonId, to: Addressee, text: &str, key: AnswerKey) {
        let most = self.text_bytes_max(who, &to);
        if text.len() > most {
            return self.write(who, &words::too_long(most));
        }
        let (text, tags) = (text.into(), "".into());
        self.submit(
            who,
            Request::Post {
                to,
                kind: PostKind::Message,
                text,
                tags,
                retry: None,
                concat: None,
            },
            key,
        );
    }

    /// What IRC readers would get cut is not taken in the first place: people here can say it again.
    fn text_bytes_max(&self, who: PersonId, to: &Addressee) -> usize {
        let target = match to {
            Addressee::Room(room) | Addressee::Ranked(room, _) => room.as_str(),
            Addressee::Person(nick) => nick.as_str(),
        };
        let source = self.chat.hub.person(who).map(|member| &member.source);
        source.map_or(0, |source| {
            text_bytes_max(source, PostKind::Message, target)
        })
    }

    fn who_plainly(&mut self, who: PersonId) {
        let room = self.room_or_told(who);
        let Some(room) = room.and_then(|name| self.chat.hub.room(&name)) else {
            return;
        };
        let members = room.members().iter().take(PEOPLE_SHOWN_MAX);
        let people = members.filter_map(|id| {
            let member = self.chat.hub.person(*id)?;
            Some((room.ranks(*id), &member.source.nick))
        });
        let text = words::people(&room.name, people);
        let more = room.members().len().saturating_sub(PEOPLE_SHOWN_MAX);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        self.write(who, &(text + &more));
    }

    fn go_to(&mut self, who: PersonId, room: &str, key: AnswerKey) {
        match plain::room(room) {
            Ok(room) if self.chat.hub.is_in(who, &room) => {
                self.write(who, &format!("You are in {room} already."));
            }
            Ok(room) => {
                self.go_into(who, &room, None, key);
            }
            Err(wrong) => self.refuse(key, &Refusal::BadName(room.to_owned(), wrong)),
        }
    }

    fn rename_plainly(&mut self, who: PersonId, nick: &str, key: AnswerKey) {
        match Nick::new(nick) {
            Ok(nick) => self.submit(who, Request::Name(nick), key),
            Err(wrong) => self.refuse(key, &Refusal::BadName(nick.to_owned(), wrong)),
        }
    }

    fn topic_plainly(&mut self, who: PersonId, text: Option<&str>, key: AnswerKey) {
        let Some(room) = self.room_or_told(who) else {
            return;
        };
        if let Some(text) = text {
            let text = crate::dialect::cut(text, crate::limits::TOPIC_BYTES_MAX);
            return self.submit(who, Request::Topic(room, text.into()), key);
        }
        let topic = self
            .chat
            .hub
            .room(&room)
            .and_then(|room| room.topic.as_ref());
        let text = topic.map(|topic| &*topic.text).unwrap_or_default();
        let line = words::topic(&room, text);
        self.write(who, &line);
    }

    fn help_plainly(&mut self, who: PersonId) {
        for line in words::HELP {
            self.write(who, line);
        }
    }

    /// They are in a room: what was said there last, and the old room is left.
    pub(super) fn entered_plainly(&mut self, who: PersonId, room: &RoomName) {
        let Some(name) = self.chat.hub.room(room).map(|room| room.name.clone()) else {
            return;
        };
        let old = self
            .plain_voice(who)
            .and_then(|voice| voice.room.replace(name.clone()));
        let nick = self.chat.nick_of(who).cloned();
        if let Some(nick) = nick {
            self.write(who, &words::entered(&nick, &name));
        }
        let topic = self
            .chat
            .hub
            .room(&name)
            .and_then(|room| room.topic.as_ref());
        if let Some(line) = topic.map(|topic| words::topic(&name, &topic.text)) {
            self.write(who, &line);
        }
        self.recall(who, &name);
        if let Some(old) = old {
            let key = self.ask(who, "", None);
            self.submit(who, Request::Part(old, None), key);
            self.close(key);
        }
    }

    /// They were sent out of a room, as they have just read.
    pub(super) fn put_out_plainly(&mut self, who: PersonId, room: &RoomName) {
        let Some(voice) = self.plain_voice(who) else {
            return;
        };
        voice.room.take_if(|here| here == room);
        self.write(who, words::NOWHERE);
    }

    /// What was said before they came, as it was seen.
    pub(super) fn tell_recalled(&mut self, who: PersonId, posts: &[Arc<Committed>]) {
        let mut told = String::new();
        for post in posts {
            if plain::encode(post, &mut told) {
                told.push('\n');
            }
        }
        if told.is_empty() {
            return;
        }
        self.write(who, words::BEFORE);
        self.write(who, last_lines(told.trim_end_matches('\n')));
        self.write(who, words::NOW);
    }

    pub(super) fn refuse_plainly(&mut self, who: PersonId, refusal: &Refusal) {
        self.write(who, &words::refusal(refusal));
    }

    pub(super) fn unreadable_plainly(&mut self, who: PersonId, why: Unreadable) {
        let line = match why {
            Unreadable::TooLong => words::too_long(LINE_BYTES_MAX),
            Unreadable::ControlByte => "That line held a CR or NUL; nobody saw it.".to_owned(),
            Unreadable::NotUtf8 => "That line was not UTF-8; nobody saw it.".to_owned(),
        };
        self.write(who, &line);
    }
}

/// Of what was said in many lines, those that one has come for.
fn last_lines(told: &str) -> &str {
    let mut ends = memchr::memrchr_iter(b'\n', told.as_bytes());
    let before = ends.nth(PLAIN_HISTORY_LINES - 1);
    before.map_or(told, |end| &told[end + "\n".len()..])
}

/// Names that `/who` shows.
const PEOPLE_SHOWN_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_lines_the_last_are_shown() {
        let lines = |numbers: std::ops::Range<usize>| {
            let lines: Vec<String> = numbers.map(|number| format!("ana: {number}")).collect();
            lines.join("\n")
        };
        for (before, shown) in [
            (0..1, 0..1),
            (0..25, 0..25),
            (0..26, 1..26),
            (0..90, 65..90),
        ] {
            assert_eq!(last_lines(&lines(before)), lines(shown));
        }
    }
}
