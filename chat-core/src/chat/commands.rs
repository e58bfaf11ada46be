//! What an IRC person may say: one match, its arms below or in the file of their subject. Floor 5.

use std::sync::Arc;

use super::answer::AnswerKey;
use super::speaker::Voice;
use super::turn::Turn;
use super::unreadable::unreadable;
use crate::dialect::irc::decode::Known;
use crate::dialect::irc::numeric::{ERR_ALREADYREGISTERED, ERR_NOTREGISTERED};
use crate::dialect::irc::refusal;
use crate::dialect::irc::{Caps, Command, Message, ParseError, Wrong};
use crate::dialect::quit_reason;
use crate::hub::ranks::Rank;
use crate::hub::request::{Refusal, Request};
use crate::id::PersonId;
use crate::limits::POSTS_IN_FLIGHT_MAX;
use crate::net::framing::{Farewell, Unreadable};
use crate::net::lines::Lines;

impl Turn<'_> {
    /// One line of somebody, in their dialect.
    pub(super) fn line(&mut self, who: PersonId, text: &str) {
        if self.is_a_web_page(who, text) {
            return self.dismiss(who, Farewell::POLICY, NOT_FOR_BROWSERS);
        }
        match self
            .chat
            .speaker(who)
            .map(|speaker| (speaker.leaving, &speaker.voice))
        {
            Some((false, Voice::Irc(_))) => self.irc_line(who, text),
            Some((false, Voice::Plain(_))) => self.plain_line(who, text),
            _ => {}
        }
    }

    fn irc_line(&mut self, who: PersonId, text: &str) {
        let is_first = self.is_first_line(who);
        let parsed = Message::parse(text);
        if let Some(webirc) = parsed.as_ref().ok().filter(|m| is_webirc(m.command)) {
            return self.webirc(who, is_first, &webirc.params);
        }
        if is_first && !self.keep_origin(who) {
            return;
        }
        // By reference, here and below: a message is 300 bytes.
        let message = match &parsed {
            Ok(message) => message,
            Err(error) => return self.no_message(who, text, *error),
        };
        let known = Known::find(message.command);
        let may_fly = known.is_some_and(|known| known.is_post() && !is_transient(known, message));
        if self.must_wait(who, may_fly) || self.waits_for_name(who, known, message) {
            return self.stash(who, text);
        }
        let label = self.label(who, message);
        let key = self.ask(who, known.map_or("*", |known| known.name), label);
        if !self.absorb(who, known, message, key) {
            self.obey(who, known, message, key);
        }
        self.close(key);
    }

    fn obey(&mut self, who: PersonId, known: Option<Known>, message: &Message<'_>, key: AnswerKey) {
        let unknown = Err(Wrong::UnknownCommand(message.command));
        match known.map_or(unknown, |known| known.decode(message)) {
            Ok(command) => self.command(who, command, message, key),
            Err(wrong) if self.comes_too_early(who, &wrong) => self.not_registered(key),
            Err(wrong) => self.wrong(key, &wrong),
        }
    }

    /// The answer to a line that is too long has the label of that line all the same.
    fn no_message(&mut self, who: PersonId, text: &str, error: ParseError) {
        let mut line = String::new();
        if !refusal::parse_error(&mut line, &self.chat.reader(who), error) {
            return;
        }
        let message = Message::of_server(text);
        let label = message.and_then(|message| self.label(who, &message));
        let key = self.ask(who, "*", label);
        self.say(key, line);
        self.close(key);
    }

    /// A browser that was made to post here speaks HTTP first, and the rest is not its user's will.
    fn is_a_web_page(&self, who: PersonId, text: &str) -> bool {
        let ends = [" HTTP/1.1", " HTTP/1.0"];
        self.chat.is_stranger(who) && ends.iter().any(|end| text.ends_with(end))
    }

    /// Posts that are kept may be in flight together; everything else waits for what is.
    pub(super) fn must_wait(&self, who: PersonId, is_post: bool) -> bool {
        let in_flight = self
            .chat
            .speaker(who)
            .map(|speaker| speaker.in_flight)
            .unwrap_or_default();
        in_flight.others > 0
            || (in_flight.posts > 0 && !is_post)
            || in_flight.posts >= POSTS_IN_FLIGHT_MAX
    }

    /// Keeps a line until what is in flight has landed; nothing more is read until then.
    pub(super) fn stash(&mut self, who: PersonId, text: &str) {
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.stash = Some(Box::new(text.to_owned()));
            speaker.holds.commit = true;
        }
        self.pause_if_held(who);
    }

    fn label(&self, who: PersonId, message: &Message<'_>) -> Option<Box<str>> {
        let agreed = self.caps(who).has(Caps::LABELED_RESPONSE | Caps::BATCH);
        agreed.then(|| message.label()).flatten().map(Box::from)
    }

    fn command(
        &mut self,
        who: PersonId,
        command: Command<'_>,
        message: &Message<'_>,
        key: AnswerKey,
    ) {
        match command {
            Command::Ping(token) => self.pong(token, key),
            Command::Quit(words) => self.quit(who, words),
            Command::Pong | Command::Error => {}
            Command::Attach => self.attach(who, key),
            Command::Detach(reason) => self.detach(who, reason, key),
            // What is left of the client before would register by a mere CAP END.
            _ if self.chat.is_unattended(who) => {}
            Command::Cap(command) => self.cap(who, command, key),
            _ if self.chat.is_registered(who) => {
                self.registered(who, command, message, key);
            }
            Command::Nick(nick) => self.choose_nick(who, nick, key),
            Command::User { user, real_name } => self.introduce(who, &user, real_name, key),
            Command::Pass(password) => self.pass(who, password),
            _ => self.not_registered(key),
        }
    }

    /// The program around the chat has a say in the words, if there are any.
    pub(super) fn quit(&mut self, who: PersonId, words: Option<&str>) {
        let words = words.and_then(|words| self.remark(who, words));
        self.dismiss(who, Farewell::NORMAL, &quit_reason(words.as_deref()));
    }

    /// A command for later, said wrongly. irssi sends half a JOIN first of all, and takes 451 for
    /// "no capabilities here", but shows people 461.
    fn comes_too_early(&self, who: PersonId, wrong: &Wrong<'_>) -> bool {
        match wrong {
            Wrong::NeedMoreParams("USER" | "PASS" | "CAP") => false,
            Wrong::NeedMoreParams(_) | Wrong::NoRecipient(_) | Wrong::NoTextToSend => {
                self.chat.is_stranger(who)
            }
            _ => false,
        }
    }

    pub(super) fn not_registered(&mut self, key: AnswerKey) {
        self.say_numeric(
            key,
            ERR_NOTREGISTERED,
            &[],
            "you have not registered yet: send NICK and USER",
        );
    }

    fn registered(
        &mut self,
        who: PersonId,
        command: Command<'_>,
        message: &Message<'_>,
        key: AnswerKey,
    ) {
        match command {
            Command::Post {
                kind,
                targets,
                text,
            } => self.post(who, kind, targets, text, message, key),
            Command::Nick(nick) => self.rename(who, nick, key),
            Command::User { .. } | Command::Pass(_) => {
                self.say_numeric(
                    key,
                    ERR_ALREADYREGISTERED,
                    &[],
                    "you are registered already",
                );
            }
            Command::Join { rooms, keys } => self.join(who, rooms, keys, key),
            Command::JoinZero => self.leave_all(who, key),
            Command::Part { rooms, reason } => self.part(who, rooms, reason, key),
            Command::Topic {
                room,
                text: Some(text),
            } => self.set_topic(who, room, text, key),
            Command::Invite { nick, room } => self.invite(who, nick, room, key),
            Command::Away(reason) => self.submit(who, Request::Away(reason.map(Arc::from)), key),
            Command::SetName(name) => self.submit(who, Request::RealName(name.into()), key),
            Command::Oper { name, password } => self.oper(who, name, password, key),
            Command::Operate(command) => self.operate(who, command, key),
            Command::Mode { target, modes } => self.mode(who, target, modes, key),
            Command::Kick {
                rooms,
                nicks,
                reason,
            } => self.kick(who, rooms, nicks, reason, key),
            Command::Batch(params) => self.batch(who, params, message, key),
            Command::MarkRead { target, read_to } => self.mark_read(who, target, read_to, key),
            Command::Redact { asked, reason } => self.redact(who, asked, reason, key),
            query => self.query(who, &query, key),
        }
    }

    /// What changes nothing that others see.
    fn query(&mut self, who: PersonId, query: &Command<'_>, key: AnswerKey) {
        match *query {
            Command::Topic { room, .. } => self.show_topic(who, room, key),
            Command::Names(rooms) => self.names(who, rooms, key),
            Command::Who { mask, options } => self.who(mask, options, key),
            Command::List(params) => self.list(params, key),
            Command::Whois { server, nicks } => self.whois(who, server, nicks, key),
            Command::Whowas { nicks, count } => self.whowas(who, nicks, count, key),
            Command::Userhost(nicks) => self.userhost(who, nicks, key),
            Command::Ison(nicks) => self.ison(who, nicks, key),
            Command::Invites => self.invites(who, key),
            Command::Ask { about, server } => self.about(who, about, server, key),
            Command::Help(subject) => self.help(who, subject, key),
            Command::Search(ref search) => self.search(who, search, key),
            Command::Monitor(command) => self.monitor(who, command, key),
            Command::ChatHistory(question) => self.chat_history(who, &question, key),
            _ => {}
        }
    }

    fn pong(&mut self, token: &str, key: AnswerKey) {
        let mut line = String::new();
        let Some(who) = self.asker(key) else { return };
        let reader = self.chat.reader(who);
        reader
            .command(&mut line, "PONG")
            .param(reader.server)
            .text(token);
        self.say(key, line);
    }

    pub(super) fn refuse(&mut self, key: AnswerKey, refused: &Refusal) {
        let Some(answer) = self.chat.answers.get(key.0) else {
            return;
        };
        let (who, command) = (answer.who, answer.command);
        if self.chat.is_plain(who) {
            return self.refuse_plainly(who, refused);
        }
        let mut line = String::new();
        if refusal::refusal(&mut line, &self.chat.reader(who), command, refused) {
            self.say(key, line);
        }
    }

    pub(super) fn wrong(&mut self, key: AnswerKey, wrong: &Wrong<'_>) {
        let Some(who) = self.asker(key) else { return };
        let mut line = String::new();
        if refusal::wrong(&mut line, &self.chat.reader(who), wrong) {
            self.say(key, line);
        }
    }

    /// The same browser, if the first line of its request cannot be read: an address may be longer
    /// than any line, and a TLS greeting holds NUL. No client begins like that.
    fn begins_like_a_web_page(&self, who: PersonId, why: Unreadable) -> bool {
        let is_on_lines = self.people.wire(who) == Some(Lines::WIRE);
        why != Unreadable::NotUtf8 && is_on_lines && self.chat.is_stranger(who)
    }

    /// A line that could not be read. It was nobody's fault but the sender's, who goes on.
    pub(super) fn unreadable(&mut self, who: PersonId, why: Unreadable, bytes: &[u8]) {
        if self.is_first_line(who) && !self.keep_origin(who) {
            return;
        }
        if self.begins_like_a_web_page(who, why) {
            return self.dismiss(who, Farewell::POLICY, NOT_FOR_BROWSERS);
        }
        if self.chat.is_plain(who) {
            return self.unreadable_plainly(who, why);
        }
        let line = unreadable(&self.chat.reader(who), why, bytes);
        self.write(who, &line);
    }
}

const NOT_FOR_BROWSERS: &str = "this door is not for browsers: open the page's address instead";

/// Not among the commands: nobody but a gateway has a use for it.
fn is_webirc(command: &str) -> bool {
    command.eq_ignore_ascii_case("WEBIRC")
}

/// Whether a post may be one that nobody keeps: it takes effect at once, and must not overtake those that the disk is
/// still to have.
fn is_transient(known: Known, message: &Message<'_>) -> bool {
    let to_ranks = |list: &str| list.chars().any(|sign| Rank::of_prefix(sign).is_some());
    match known.name {
        "PRIVMSG" | "NOTICE" => message.params.first().is_some_and(|list| to_ranks(list)),
        _ => true,
    }
}
