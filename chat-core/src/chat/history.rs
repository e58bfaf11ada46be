//! CHATHISTORY: what was said before, to those who could have heard it. Floor 5.
//!
//! IRCv3 chathistory. A room's history is for its present members; what two people said to each
//! other is for these two. Both are judged when somebody asks.

use super::answer::AnswerKey;
use super::cursor::Cursor;
use super::turn::Turn;
use crate::dialect::irc::history::{ChatHistory, Direction, Reference};
use crate::dialect::irc::{Caps, msgid};
use crate::id::PersonId;
use crate::journal::{Place, Point, Span};
use crate::names::{Nick, RoomName};

impl Turn<'_> {
    pub(super) fn chat_history(
        &mut self,
        who: PersonId,
        question: &ChatHistory<'_>,
        key: AnswerKey,
    ) {
        let Some(place) = self.place(who, question.target) else {
            return self.wrong(key, &question.invalid_target());
        };
        let span = self.span(question);
        let Some(span) = span.filter(|span| !self.has_gap(&place, *span)) else {
            return self.wrong(key, &question.message_error());
        };
        let posts = self.chat.journal.read(&place, span, question.limit);
        let batch = self.open_batch(who, question.target, key);
        self.stream(who, Cursor::history(posts, batch, key));
    }

    /// Whose history a target means to somebody, if it is theirs to read.
    fn place(&self, who: PersonId, target: &str) -> Option<Place> {
        if target.starts_with('#') {
            let name = RoomName::new(target).ok()?;
            return self.chat.hub.is_in(who, &name).then_some(Place::Room(name));
        }
        let nick = Nick::new(target).ok()?;
        let own = self.chat.hub.person(who)?.identity;
        let here = self.chat.hub.by_nick(&nick).map(|member| member.identity);
        let gone = || self.chat.hub.gone(&nick).next().map(|gone| gone.identity);
        Some(Place::direct(own, here.or_else(gone)?))
    }

    /// `None` when it names a message of another epoch.
    fn span(&self, question: &ChatHistory<'_>) -> Option<Span> {
        let epoch = &self.chat.house.epoch;
        let point = match question.reference {
            Reference::Star => None,
            Reference::Msgid(id) => Some(Point::Seq(msgid::parse(id, epoch)?)),
            Reference::Time(at) => Some(Point::Time(at)),
        };
        match (question.direction, point) {
            (Direction::Latest, point) => Some(Span::Latest(point)),
            (Direction::Before, Some(point)) => Some(Span::Before(point)),
            (Direction::After, Some(point)) => Some(Span::After(point)),
            (_, None) => None,
        }
    }

    /// Whether something between the message that somebody saw last and now is not kept any more.
    fn has_gap(&self, place: &Place, span: Span) -> bool {
        match span {
            Span::After(Point::Seq(seq)) | Span::Latest(Some(Point::Seq(seq))) => {
                !self.chat.journal.has_all_since(place, seq)
            }
            _ => false,
        }
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
