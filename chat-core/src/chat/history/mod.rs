//! CHATHISTORY: what was said before, to those who could have heard it. Floor 5.
//!
//! IRCv3 chathistory. A room's history is for its present members; what two people said to each
//! other is for these two. Both are judged when somebody asks.
//!
//! | file | what |
//! |---|---|
//! | `inquiry.rs` | who waits for the journal's answer, and what becomes of it |
//! | `spans.rs` | the parts of a history that are asked for, and how they are put together |
//! | `targets.rs` | with whom and where something was said |
//! | `search.rs` | SEARCH: the same, by its words |
//! | `lines.rs` | the answer, line by line |
//! | `redaction.rs` | REDACT: what is taken back is looked up first |
//! | `taken_back.rs` | what was taken back lately: an answer that was read before does not tell it |

mod inquiry;
mod lines;
mod redaction;
mod search;
mod spans;
mod taken_back;
mod targets;

pub(super) use inquiry::Asking;
pub(super) use lines::Lines;
pub(super) use taken_back::TakenBack;

use super::answer::AnswerKey;
use super::cursor::Cursor;
use super::turn::Turn;
use crate::dialect::irc::Caps;
use crate::dialect::irc::history::{ChatHistory, Part, Query, classes};
use crate::hub::Class;
use crate::id::PersonId;
use crate::journal::{About, Epochs, Place, Point, Question, Span, Where};
use crate::limits::{NAMESAKES_MAX, PLAIN_HISTORY_MESSAGES};
use crate::names::{Nick, RoomName};
use inquiry::{Told, Wish};
use spans::{Reading, spans};

/// Whether nothing that was told behind the message that is named was lost by the end of the program.
fn misses_nothing(span: Span, epochs: &Epochs) -> bool {
    match (span.after, span.before) {
        (Some(Point::Seq(seq)), None) => epochs.is_whole_since(seq),
        _ => true,
    }
}

/// Whether nobody of that name is known but to the journal, if to it.
fn is_stranger(at: &Where) -> bool {
    matches!(at, Where::With { or, .. } if or.is_empty())
}

impl Turn<'_> {
    pub(super) fn chat_history(
        &mut self,
        who: PersonId,
        question: &ChatHistory<'_>,
        key: AnswerKey,
    ) {
        match question.query {
            Query::Targets { from, to } => {
                self.ask_for_targets(who, from, to, question.limit, key);
            }
            Query::Said { target, part } => {
                self.ask_for_said(who, question, target, part, key);
            }
        }
    }

    fn ask_for_said(
        &mut self,
        who: PersonId,
        question: &ChatHistory<'_>,
        target: &str,
        part: Part<'_>,
        key: AnswerKey,
    ) {
        let asked = question.asked();
        let Some(at) = self.whose(who, target) else {
            return self.wrong(key, &asked.invalid_target());
        };
        let known = spans(part, self.chat.journal.epochs());
        let epochs = self.chat.journal.epochs();
        let is_whole = |spans: &Vec<Span>| spans.iter().all(|span| misses_nothing(*span, epochs));
        let is_known = known.as_ref().is_some_and(is_whole);
        let spans = match (known, part) {
            (Some(spans), _) => spans,
            // Whoever only wants to know what is new gets what there is.
            (None, Part::Latest(_) | Part::After(_)) => vec![Span::latest(None)],
            (None, _) => return self.wrong(key, &asked.message_error()),
        };
        let told = Told {
            subcommand: asked.subcommand,
            target: target.into(),
            is_known,
            is_stranger: is_stranger(&at),
        };
        let classes = classes(self.caps(who));
        let mut reading = Reading::new(at, spans, question.limit, classes, self.chat.until);
        if let Some(question) = reading.next() {
            self.inquire(who, key, question, Wish::Said(Box::new((told, reading))));
        }
    }

    /// The last messages of a room that somebody has entered by the plain door.
    pub(super) fn recall(&mut self, who: PersonId, room: &RoomName) {
        let about = About::Said {
            at: Where::At(Place::Room(room.clone())),
            span: Span::latest(None),
            limit: PLAIN_HISTORY_MESSAGES,
            classes: vec![Class::Words],
        };
        let until = self.chat.until;
        let key = self.ask(who, "", None);
        self.inquire(who, key, Question { until, about }, Wish::Recall);
        self.close(key);
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
        let gone = self.chat.hub.gone(&nick).map(|gone| gone.identity);
        let or = gone.take(NAMESAKES_MAX).collect();
        Some(match here {
            Some(other) => Where::At(Place::direct(own, other)),
            None => Where::With {
                own,
                called: nick,
                or,
            },
        })
    }

    /// What is there; and first that something is missing before it, if so.
    fn tell_history(&mut self, who: PersonId, told: &Told, reading: Reading, key: AnswerKey) {
        let is_whole = reading.is_whole && told.is_known;
        let entries = reading.entries();
        if told.is_stranger && entries.is_empty() {
            return self.wrong(key, &told.asked().invalid_target());
        }
        if !is_whole {
            self.wrong(key, &told.asked().message_error());
        }
        self.tell_batch(
            who,
            &["chathistory", &told.target],
            Lines::said(entries),
            key,
        );
    }

    /// A batch of a kind of its own, if they know of batches.
    fn tell_batch(&mut self, who: PersonId, kind: &[&str], lines: Lines, key: AnswerKey) {
        let batch = self.open_batch(who, kind, key);
        self.stream(who, Cursor::history(lines, batch, key));
    }

    fn open_batch(&mut self, who: PersonId, kind: &[&str], key: AnswerKey) -> Option<String> {
        if !self.caps(who).has(Caps::BATCH) {
            return None;
        }
        let name = self.new_batch();
        let mut line = String::new();
        let start = format!("+{name}");
        let reader = self.chat.reader(who);
        let command = reader.command(&mut line, "BATCH").param(&start);
        command.params(kind).end();
        if let Some(answer) = self.chat.answers.get_mut(key.0) {
            line = answer.label_batch(line);
        }
        self.say(key, line);
        Some(name)
    }
}
