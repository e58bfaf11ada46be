//! CHATHISTORY: what was said before, to those who could have heard it. Floor 5.
//!
//! IRCv3 chathistory. A room's history is for its present members; what two people said to each
//! other is for these two. Both are judged when somebody asks.
//!
//! The journal may answer in a later turn. What was asked goes as far as what had taken effect when it was asked
//! ([`Question::until`]), and whoever may ask hears everything behind that as it happens: so between the two there
//! is no gap, and nothing comes twice, however fast others talk.

use std::sync::Arc;

use super::answer::AnswerKey;
use super::cursor::Cursor;
use super::turn::Turn;
use crate::dialect::irc::history::{ChatHistory, Direction, Reference};
use crate::dialect::irc::{Caps, msgid};
use crate::hub::entry::Committed;
use crate::id::PersonId;
use crate::journal::{About, Found, Inquiry, Place, Point, Question, Span, Where};
use crate::limits::PLAIN_HISTORY_MESSAGES;
use crate::names::{Nick, RoomName};

/// Who waits for the journal's answer.
#[derive(Debug)]
pub(super) struct Asking {
    who: PersonId,
    key: AnswerKey,
    wish: Wish,
}

/// What somebody asked for.
#[derive(Debug)]
enum Wish {
    /// CHATHISTORY.
    History(Box<History>),
    /// The plain door shows what was said in the room that somebody has entered.
    Recall,
}

#[derive(Debug)]
struct History {
    direction: Direction,
    target: Box<str>,
    /// Whether the message that they named is one of this journal's.
    is_known: bool,
    /// Whether nobody of that name is known but to the journal, if to it.
    is_stranger: bool,
}

impl Turn<'_> {
    pub(super) fn chat_history(
        &mut self,
        who: PersonId,
        question: &ChatHistory<'_>,
        key: AnswerKey,
    ) {
        let Some(at) = self.whose(who, question.target) else {
            return self.wrong(key, &question.invalid_target());
        };
        let (span, is_known) = match self.span(question) {
            Some(span) => (span, true),
            None if question.direction == Direction::Before => {
                return self.wrong(key, &question.message_error());
            }
            None => (Span::latest(None), false),
        };
        let wish = Wish::History(Box::new(History {
            direction: question.direction,
            target: question.target.into(),
            is_known,
            is_stranger: matches!(at, Where::With(..)),
        }));
        let about = About::Said {
            at,
            span,
            limit: question.limit,
            with_events: false,
        };
        self.inquire(who, key, about, wish);
    }

    /// The last messages of a room that somebody has entered by the plain door.
    pub(super) fn recall(&mut self, who: PersonId, room: &RoomName) {
        let about = About::Said {
            at: Where::At(Place::Room(room.clone())),
            span: Span::latest(None),
            limit: PLAIN_HISTORY_MESSAGES,
            with_events: false,
        };
        let key = self.ask(who, "", None);
        self.inquire(who, key, about, Wish::Recall);
        self.close(key);
    }

    /// Asks the journal; until it has answered, whoever asked is not read from.
    fn inquire(&mut self, who: PersonId, key: AnswerKey, about: About, wish: Wish) {
        self.keep_open(key);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.past += 1;
        }
        let until = self.chat.until;
        let inquiry = self.chat.journal.ask(Question { until, about });
        self.chat.asking.insert(inquiry, Asking { who, key, wish });
        self.hear_answers();
    }

    /// Passes on what the journal has found.
    pub(super) fn hear_answers(&mut self) {
        while let Some((inquiry, found)) = self.chat.journal.answered() {
            self.found(inquiry, found);
        }
    }

    fn found(&mut self, inquiry: Inquiry, found: Found) {
        // Whoever has another connection by now did not ask.
        let Some(Asking { who, key, wish }) = self.chat.asking.remove(&inquiry) else {
            return;
        };
        match (wish, found) {
            (Wish::History(history), Found::Said { entries, is_whole }) => {
                self.tell_history(who, &history, entries, is_whole, key);
            }
            (Wish::History(history), _) => {
                self.wrong(key, &history.asked().unreadable());
            }
            (Wish::Recall, Found::Said { entries, .. }) => self.tell_recalled(who, &entries),
            (Wish::Recall, _) => {}
        }
        self.close(key);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.past = speaker.holds.past.saturating_sub(1);
            self.go_on(who);
        }
    }

    /// What is there; and first that something is missing before it, if so.
    fn tell_history(
        &mut self,
        who: PersonId,
        history: &History,
        entries: Vec<Arc<Committed>>,
        is_whole: bool,
        key: AnswerKey,
    ) {
        if history.is_stranger && entries.is_empty() {
            return self.wrong(key, &history.asked().invalid_target());
        }
        if !(is_whole && history.is_known) {
            self.wrong(key, &history.asked().message_error());
        }
        let batch = self.open_batch(who, &history.target, key);
        self.stream(who, Cursor::history(entries, batch, key));
    }

    /// Whose history a target means to somebody, if it is theirs to read.
    fn whose(&self, who: PersonId, target: &str) -> Option<Where> {
        if target.starts_with('#') {
            let name = RoomName::new(target).ok()?;
            let is_in = self.chat.hub.is_in(who, &name);
            return is_in.then_some(Where::At(Place::Room(name)));
        }
        let nick = Nick::new(target).ok()?;
        let own = self.chat.hub.person(who)?.identity;
        let here = self.chat.hub.by_nick(&nick).map(|member| member.identity);
        let gone = || self.chat.hub.gone(&nick).next().map(|gone| gone.identity);
        Some(match here.or_else(gone) {
            Some(other) => Where::At(Place::direct(own, other)),
            None => Where::With(own, nick),
        })
    }

    /// `None` when it names a message that this journal does not know.
    fn span(&self, question: &ChatHistory<'_>) -> Option<Span> {
        let point = match question.reference {
            Reference::Star => None,
            Reference::Msgid(id) => Some(self.point(id, question.direction)?),
            Reference::Time(at) => Some(Point::Time(at)),
        };
        match (question.direction, point) {
            (Direction::Latest, point) => Some(Span::latest(point)),
            (Direction::Before, Some(point)) => Some(Span::before(point)),
            (Direction::After, Some(point)) => Some(Span::after(point)),
            (_, None) => None,
        }
    }

    /// A transient entry comes right behind the durable one of the same place.
    fn point(&self, id: &str, direction: Direction) -> Option<Point> {
        let id = msgid::parse(id)?;
        let seq = self.chat.journal.epochs().find(id.epoch, id.seq)?;
        let behind = id.aside > 0 && direction == Direction::Before;
        Some(Point::Seq(crate::id::Seq(
            seq.0.saturating_add(u64::from(behind)),
        )))
    }

    fn open_batch(&mut self, who: PersonId, target: &str, key: AnswerKey) -> Option<String> {
        if !self.caps(who).has(Caps::BATCH) {
            return None;
        }
        let name = self.new_batch();
        let mut line = String::new();
        let start = format!("+{name}");
        self.chat
            .reader(who)
            .command(&mut line, "BATCH")
            .param(&start)
            .param("chathistory")
            .param(target)
            .end();
        if let Some(answer) = self.chat.answers.get_mut(key.0) {
            line = answer.label_batch(line);
        }
        self.say(key, line);
        Some(name)
    }
}

impl History {
    fn asked(&self) -> ChatHistory<'_> {
        ChatHistory {
            direction: self.direction,
            target: &self.target,
            reference: Reference::Star,
            limit: 0,
        }
    }
}

impl super::Chat {
    /// Somebody's connection has ended or is another one now: nobody waits for those answers any more.
    pub(super) fn drop_inquiries(&mut self, who: PersonId) {
        let theirs = self.asking.extract_if(.., |_, asking| asking.who == who);
        let keys: Vec<AnswerKey> = theirs.map(|(_, asking)| asking.key).collect();
        for key in keys {
            self.one_less(key);
        }
    }
}
