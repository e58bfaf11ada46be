//! One turn's view of everything: the chat, the people and the time. Floor 5.
//!
//! What the other files add to [`Turn`] is what somebody's line, the journal or a deadline makes
//! happen. Here is what they all need: to say a line to somebody, to open and close an answer, to
//! hold somebody and to let them go on.

use std::fmt::Display;

use bytes::BytesMut;

use super::Chat;
use super::answer::{Answer, AnswerKey};
use super::forms::{Form, FormId};
use super::speaker::{Preset, Speaker, Voice};
use crate::dialect::Dialect;
use crate::dialect::irc::reply::Line;
use crate::dialect::irc::{Caps, Numeric};
use crate::dialect::plain::words;
use crate::id::PersonId;
use crate::net::framing::Farewell;
use crate::net::people::People;
use crate::time::Now;

pub(super) struct Turn<'t> {
    pub(super) chat: &'t mut Chat,
    pub(super) people: &'t mut People,
    pub(super) now: Now,
}

impl Turn<'_> {
    /// Says a line to somebody, after everything that their rooms have said so far; or the lines of one message, with
    /// `\n` between.
    pub(super) fn write(&mut self, who: PersonId, lines: &str) {
        if self.people.wire(who).is_none() {
            return;
        }
        self.chat.fan.settle(who, &self.chat.hub, self.people);
        for line in lines.split('\n') {
            self.people.say(who, line);
        }
    }

    /// Opens an answer, with the label by which the asker knows it.
    pub(super) fn ask(
        &mut self,
        who: PersonId,
        command: &'static str,
        label: Option<Box<str>>,
    ) -> AnswerKey {
        AnswerKey(self.chat.answers.insert(Answer::new(who, command, label)))
    }

    /// Adds a line to an answer.
    pub(super) fn say(&mut self, key: AnswerKey, line: String) {
        let Some(answer) = self.chat.answers.get_mut(key.0) else {
            return;
        };
        let who = answer.who;
        if let Some(line) = answer.add(line) {
            self.write(who, &line);
        }
    }

    /// Adds a line to a long answer: what is labeled goes out in an open batch, and is not held.
    pub(super) fn say_now(&mut self, key: AnswerKey, line: String) {
        self.say(key, line);
        let Some(answer) = self.chat.answers.get_mut(key.0) else {
            return;
        };
        let who = answer.who;
        let lines = answer.flow(&self.chat.house.server, batch_name(&mut self.chat.batches));
        for line in lines {
            self.write(who, &line);
        }
    }

    /// Adds some lines to an answer.
    pub(super) fn say_all(&mut self, key: AnswerKey, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.say(key, line);
        }
    }

    /// Adds a numeric to an answer.
    pub(super) fn say_numeric(
        &mut self,
        key: AnswerKey,
        code: Numeric,
        params: &[&str],
        text: impl Display,
    ) {
        let Some(who) = self.asker(key) else { return };
        let line = self.chat.numeric(who, code, params, text);
        self.say(key, line);
    }

    pub(super) fn asker(&self, key: AnswerKey) -> Option<PersonId> {
        self.chat.answers.get(key.0).map(|answer| answer.who)
    }

    /// One more thing that an answer waits for.
    pub(super) fn keep_open(&mut self, key: AnswerKey) {
        if let Some(answer) = self.chat.answers.get_mut(key.0) {
            answer.open += 1;
        }
    }

    /// One thing less that an answer waits for; the last one ends it.
    pub(super) fn close(&mut self, key: AnswerKey) {
        let Some(mut answer) = self.chat.one_less(key) else {
            return;
        };
        let lines = answer.finish(&self.chat.house.server, batch_name(&mut self.chat.batches));
        for line in lines {
            self.write(answer.who, &line);
        }
    }

    /// A name for a batch that is open at the same time as others.
    pub(super) fn new_batch(&mut self) -> String {
        batch_name(&mut self.chat.batches)()
    }

    /// Lets somebody speak, if the observer does.
    pub(super) fn let_speak(&mut self, who: PersonId, dialect: Dialect, preset: Option<Preset>) {
        self.open(who, dialect, preset);
        self.ask_connect(who);
    }

    /// Gets somebody a voice.
    pub(super) fn open(&mut self, who: PersonId, dialect: Dialect, preset: Option<Preset>) {
        let mut speaker = Speaker::new(who, dialect, self.now.mono);
        speaker.preset = preset.map(Box::new);
        // What the connection before this one began is still this person's.
        speaker.missed = self
            .chat
            .speaker_mut(who)
            .and_then(|before| before.missed.take());
        if let Some(before) = self.chat.abandon(who) {
            speaker.in_flight = before;
            speaker.holds.commit = before.others > 0;
            let former = self.chat.speaker(who).map(|former| former.holds.verdicts);
            speaker.holds.verdicts = former.unwrap_or(0);
        }
        if self.chat.speakers.len() <= who.index() {
            self.chat.speakers.resize_with(who.index() + 1, || None);
        }
        let before = self.chat.speakers[who.index()].replace(Box::new(speaker));
        self.chat.speaking += usize::from(before.is_none());
        self.chat.fan.tune(who, FormId::MUTE);
        self.set_deadline(who);
        if dialect == Dialect::Plain {
            self.greet(who);
        }
    }

    /// A registered person has got another connection.
    pub(super) fn resume(&mut self, who: PersonId) {
        let preset = self.known_as(who);
        self.open(who, Dialect::Irc, preset);
    }

    /// Somebody is without a connection.
    pub(super) fn suspend(&mut self, who: PersonId) {
        self.chat.fan.tune(who, FormId::MUTE);
        self.people.clear_deadline(who);
        self.chat.abandon(who);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.registered = false;
            speaker.stash = None;
        }
    }

    /// From now on events reach somebody, in the form that they agreed on.
    pub(super) fn tune(&mut self, who: PersonId) {
        let Some(wire) = self.people.wire(who) else {
            return;
        };
        let Some(speaker) = self.chat.speaker(who).filter(|speaker| speaker.registered) else {
            return;
        };
        let dialect = match speaker.voice {
            Voice::Irc(_) => Dialect::Irc,
            Voice::Plain(_) => Dialect::Plain,
        };
        let form = Form {
            dialect,
            wire,
            caps: speaker.caps(),
        };
        self.people
            .set_knows_markers(who, form.caps.has(Caps::STANDARD_REPLIES));
        self.chat.fan.settle(who, &self.chat.hub, self.people);
        let form = self.chat.fan.forms.id(form);
        self.chat.fan.tune(who, form);
    }

    pub(super) fn caps(&self, who: PersonId) -> Caps {
        self.chat.speaker(who).map_or(Caps::NONE, Speaker::caps)
    }

    /// Ends a connection: the rooms hear why, the person hears why, the socket closes.
    pub(super) fn dismiss(&mut self, who: PersonId, code: u16, reason: &str) {
        let words = self.last_words(who, reason);
        self.write(who, &words);
        self.leave(who, reason);
        self.people.dismiss(who, &Farewell::new(code, reason));
    }

    /// What a dialect says last. RFC 2812 §3.7.4.
    pub(super) fn last_words(&self, who: PersonId, reason: &str) -> String {
        match self.chat.speaker(who).map(|speaker| &speaker.voice) {
            Some(Voice::Plain(_)) => words::goodbye(reason),
            _ => {
                let mut out = String::new();
                Line::bare(&mut out, "ERROR").text(format_args!("Closing link: {reason}"));
                out
            }
        }
    }

    /// Reads on, unless something holds this person still.
    pub(super) fn go_on(&mut self, who: PersonId) {
        while let Some(line) = self.next_stashed(who) {
            self.line(who, &line);
        }
        let free = self
            .chat
            .speaker(who)
            .is_some_and(|speaker| !speaker.holds.any());
        if free {
            self.people.resume(who);
        }
    }

    fn next_stashed(&mut self, who: PersonId) -> Option<String> {
        let speaker = self.chat.speaker_mut(who)?;
        if speaker.holds.any() {
            None
        } else {
            speaker.stash.take().map(|line| *line)
        }
    }

    /// The last words as they go on the wire.
    pub(super) fn last_words_on_wire(&self, who: PersonId, reason: &str) -> Vec<u8> {
        let mut bytes = BytesMut::new();
        if let Some(wire) = self.people.wire(who) {
            (wire.wrap)(self.last_words(who, reason).as_bytes(), &mut bytes);
        }
        bytes.to_vec()
    }

    /// Everybody is told to go.
    pub(super) fn drain(&mut self, reason: &str) {
        let everybody = self.chat.speakers.iter().flatten();
        let ids: Vec<PersonId> = everybody.map(|speaker| speaker.id).collect();
        for id in ids {
            let words = self.last_words(id, reason);
            self.write(id, &words);
            let farewell = Farewell::new(Farewell::RESTART, reason);
            self.people.dismiss(id, &farewell);
        }
    }

    /// Stops reading somebody's lines when something holds them.
    pub(super) fn pause_if_held(&mut self, who: PersonId) {
        if self
            .chat
            .speaker(who)
            .is_some_and(|speaker| speaker.holds.any())
        {
            self.people.pause(who);
        }
    }
}

fn batch_name(counter: &mut u64) -> impl FnOnce() -> String {
    move || {
        *counter += 1;
        format!("b{counter:x}")
    }
}
