//! REDACT: a message is looked up, and taken back by whoever may. IRCv3 message-redaction. Floor 5.
//!
//! Whose a message is only the journal knows. Whoever asks is held until it has said so; then it is judged as everything
//! that is done, and the entry that takes the message back has its own place in the order.

use std::sync::Arc;

use super::inquiry::Wish;
use crate::chat::answer::AnswerKey;
use crate::chat::turn::Turn;
use crate::dialect::irc::msgid::{self, Msgid};
use crate::dialect::irc::redact::Asked;
use crate::hub::entry::{Act, Committed, Target};
use crate::hub::request::Request;
use crate::hub::{Class, RedactedBy, Redaction};
use crate::id::{Identity, PersonId, Seq};
use crate::journal::{About, Found, Place, Question, Span, Where};
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// What is to be taken back, as it was written.
#[derive(Debug)]
pub(super) struct Sought {
    target: Box<str>,
    msgid: Box<str>,
    reason: Option<Arc<str>>,
    /// Whether nobody of that name is known but to the journal, if to it.
    is_stranger: bool,
}

impl Sought {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            target: &self.target,
            msgid: &self.msgid,
        }
    }
}

impl Turn<'_> {
    pub(in crate::chat) fn redact(
        &mut self,
        who: PersonId,
        asked: Asked<'_>,
        reason: Option<&str>,
        key: AnswerKey,
    ) {
        let Some(at) = self.where_said(who, asked.target) else {
            return self.wrong(key, &asked.invalid_target());
        };
        let Some(seq) = self.place_of(asked.msgid) else {
            return self.wrong(key, &asked.unknown_msgid());
        };
        let sought = Sought {
            target: asked.target.into(),
            msgid: asked.msgid.into(),
            reason: reason.map(Arc::from),
            is_stranger: super::is_stranger(&at),
        };
        let about = About::Said {
            at,
            span: Span::only(seq),
            limit: 1,
            classes: vec![Class::Words, Class::Tags],
        };
        let until = self.chat.until;
        let wish = Wish::Redact(Box::new(sought));
        self.inquire(who, key, Question { until, about }, wish);
    }

    /// Where somebody may take back anything at all: where they may read, and an operator of the server in every room.
    fn where_said(&self, who: PersonId, target: &str) -> Option<Where> {
        self.whose(who, target).or_else(|| {
            let hub = &self.chat.hub;
            let room = hub.room(&RoomName::new(target).ok()?)?;
            let place = || Where::At(Place::Room(room.name.clone()));
            hub.is_server_operator(who).then(place)
        })
    }

    /// The place of a message that may be kept: what is transient is not.
    fn place_of(&self, msgid: &str) -> Option<Seq> {
        let named = msgid::parse(msgid).filter(|named| named.aside == 0)?;
        self.chat.journal.epochs().find(named.epoch, named.seq)
    }

    /// The journal has looked for the message.
    pub(super) fn sought(&mut self, who: PersonId, sought: &Sought, found: Found, key: AnswerKey) {
        let asked = sought.asked();
        let Found::Said { entries, .. } = found else {
            return self.wrong(key, &asked.unreadable());
        };
        let message = entries.first();
        match message.filter(|message| !self.chat.taken_back.has(message.seq)) {
            Some(message) => self.take_back(who, sought, message, key),
            None if sought.is_stranger => self.wrong(key, &asked.invalid_target()),
            None => self.wrong(key, &asked.unknown_msgid()),
        }
    }

    fn take_back(&mut self, who: PersonId, sought: &Sought, message: &Committed, key: AnswerKey) {
        let Some(redaction) = self.redaction_of(who, sought, message) else {
            return;
        };
        let by = self.chat.hub.may_redact(who, &redaction);
        if by == Some(RedactedBy::Author) && self.is_too_old(message.at) {
            let window = self.chat.limits.redact_seconds.to_string();
            return self.wrong(key, &sought.asked().window_expired(&window));
        }
        // Whoever may not is told so there.
        self.submit(who, Request::Redact(redaction), key);
    }

    fn redaction_of(
        &self,
        who: PersonId,
        sought: &Sought,
        message: &Committed,
    ) -> Option<Redaction> {
        let Act::Post(post) = &message.entry.act else {
            return None;
        };
        let author = message.entry.identity;
        let target = match &post.target {
            Target::Room(then) | Target::Ranked(then, _) => {
                let now = self.chat.hub.room(then).map(|room| &room.name);
                Target::Room(now.unwrap_or(then).clone())
            }
            Target::Person { identity, nick, .. } => {
                let own = self.chat.hub.person(who)?.identity;
                match own == author {
                    true => self.partner(*identity, nick, &sought.target),
                    false => self.partner(author, &message.entry.source.nick, &sought.target),
                }
            }
        };
        let mut msgid = String::new();
        Msgid::of(message, self.chat.journal.epochs().of(message.seq)).push(&mut msgid);
        Some(Redaction {
            target,
            seq: message.seq,
            msgid: msgid.into(),
            author: Some(author),
            reason: sought.reason.clone(),
        })
    }

    /// The other one of two people: as they are called now if they are here, else as they were called then.
    fn partner(&self, identity: Identity, then: &Nick, now: &str) -> Target {
        let here = Nick::new(now).ok();
        let here = here.and_then(|nick| self.chat.hub.by_nick(&nick));
        let here = here.filter(|member| member.identity == identity);
        Target::Person {
            id: here.map_or(PersonId::NOBODY, |member| member.id),
            identity,
            nick: here.map_or(then, |member| &member.source.nick).clone(),
        }
    }

    /// What else is remembered of a message that was taken back.
    pub(in crate::chat) fn forget_words(&mut self, committed: &Committed) {
        if let Act::Redact(redaction) = &committed.entry.act {
            self.chat.retries.redact(redaction);
            self.chat.taken_back.add(redaction.seq);
        }
    }

    /// Whether its author is too late to take it back.
    fn is_too_old(&self, at: Timestamp) -> bool {
        let window = self.chat.limits.redact_seconds.saturating_mul(1000);
        let age = self.now.wall.0.saturating_sub(at.0);
        u64::try_from(age).is_ok_and(|age| age >= window)
    }
}
