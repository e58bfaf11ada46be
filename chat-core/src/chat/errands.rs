//! What the program around a chat wants done: by its observer, or from another thread. Floor 5.
//!
//! Errands run once in a turn, after everybody was read and before anything is told, and take the way that
//! everybody's deeds take: checked, given a place, told. The observer is not asked about them.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::Chat;
use super::multiline::as_message;
use super::turn::Turn;
use crate::dialect::{cut, without_line_ends};
use crate::hub::entry::PostKind;
use crate::hub::request::{Addressee, Request};
use crate::id::PersonId;
use crate::limits::{
    AWAY_BYTES_MAX, LINE_BYTES_MAX, Limits, REAL_NAME_BYTES_MAX, REASON_BYTES_MAX, TOPIC_BYTES_MAX,
};
use crate::net::framing::Farewell;
use crate::net::people::People;
use crate::observer::{Ticket, Verdict};
use crate::snapshot::Snapshot;

/// Something to be done. What cannot be done is not: nobody is there any more, or the hub refuses it, a post to a room
/// that they are not in for example. Who has a connection is told why, as if they had asked for it.
#[non_exhaustive]
pub enum Errand {
    /// Somebody does something: says a word, enters or leaves a room, sets a topic, takes another name. A message may
    /// have several lines; within other words their ends become spaces. What is longer than it may be is cut off.
    Do(PersonId, Request),
    /// Somebody has to go.
    Dismiss {
        /// Who.
        who: PersonId,
        /// Why, as they and their rooms are told; its code is what a WebSocket is closed with.
        farewell: Farewell,
    },
    /// A verdict that was to come later is here.
    Settle(Ticket, Verdict),
    /// Somebody wants to know who is where. Called on the loop's thread, so it should only pass it on.
    Snapshot(Box<dyn FnOnce(Snapshot) + Send>),
}

impl Errand {
    /// Somebody says something to a room or a person.
    #[must_use]
    pub fn post(who: PersonId, to: impl Into<Addressee>, text: &str) -> Errand {
        Errand::Do(
            who,
            Request::Post {
                to: to.into(),
                kind: PostKind::Message,
                text: text.into(),
                tags: Arc::default(),
                retry: None,
                concat: None,
            },
        )
    }

    /// Bytes that it holds, roughly.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Errand>()
            + match self {
                Errand::Do(_, request) => words_of(request).map_or(0, str::len),
                Errand::Dismiss { farewell, .. } => farewell.reason.len(),
                Errand::Settle(_, Verdict::Deny(text) | Verdict::Rewrite(text)) => text.len(),
                _ => 0,
            }
    }
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people say is for nobody's log.
        let (what, who) = match self {
            Errand::Do(who, _) => ("Do", Some(who)),
            Errand::Dismiss { who, .. } => ("Dismiss", Some(who)),
            Errand::Settle(..) => ("Settle", None),
            Errand::Snapshot(_) => ("Snapshot", None),
        };
        f.debug_tuple(what).field(&who).finish()
    }
}

impl Chat {
    /// Who is where.
    pub(crate) fn snapshot(&self, people: &People) -> Snapshot {
        Snapshot::of(&self.hub, people)
    }

    /// Something to be done in the next turn.
    pub(crate) fn have(&mut self, errand: Errand) {
        self.program.errands.push(errand);
    }
}

impl Turn<'_> {
    /// Does what there is to do. What observers add meanwhile is for the next turn.
    pub(super) fn run_errands(&mut self) {
        for errand in std::mem::take(&mut self.chat.program.errands) {
            self.run(errand);
        }
    }

    fn run(&mut self, errand: Errand) {
        match errand {
            Errand::Do(who, request) => self.have_done(who, request),
            Errand::Dismiss { who, farewell } => {
                if self.chat.speaker(who).is_some() {
                    self.dismiss(who, farewell.code, &one_line(&farewell.reason));
                }
            }
            Errand::Settle(ticket, verdict) => self.settle_verdict(ticket, verdict),
            Errand::Snapshot(tell) => self.show(tell),
        }
    }

    /// What the program does with it is its own affair, and so is its panic.
    fn show(&self, tell: Box<dyn FnOnce(Snapshot) + Send>) {
        let snapshot = self.chat.snapshot(self.people);
        if catch_unwind(AssertUnwindSafe(|| tell(snapshot))).is_err() {
            log::error!("whoever wanted a snapshot panicked");
        }
    }

    fn have_done(&mut self, who: PersonId, request: Request) {
        let command = command_of(&request);
        if !self.chat.is_registered(who) {
            return log::debug!("{command} for {who}, who is not here, is not done");
        }
        let key = self.ask(who, command, None);
        match tidied(request, &self.chat.limits) {
            Request::Quit(reason) => self.dismiss(who, Farewell::NORMAL, &reason),
            request => self.grant(who, request, key),
        }
        self.close(key);
    }
}

/// What a client would have sent: by this a refusal names it.
fn command_of(request: &Request) -> &'static str {
    match request {
        Request::Post { kind, .. } => match kind {
            PostKind::Message => "PRIVMSG",
            PostKind::Notice => "NOTICE",
            PostKind::Tags => "TAGMSG",
        },
        Request::Join(..) => "JOIN",
        Request::Part(..) => "PART",
        Request::Quit(_) => "QUIT",
        Request::Name(_) => "NICK",
        Request::Topic(..) => "TOPIC",
        Request::Away(_) => "AWAY",
        Request::RealName(_) => "SETNAME",
        Request::Invite(..) => "INVITE",
        Request::Mode(..) => "MODE",
        Request::Kick(..) => "KICK",
        Request::Redact(_) => "REDACT",
    }
}

/// The words in it, if there are any.
fn words_of(request: &Request) -> Option<&str> {
    match request {
        Request::Post { text, .. }
        | Request::Quit(text)
        | Request::Topic(_, text)
        | Request::RealName(text)
        | Request::Kick(_, _, text) => Some(text),
        Request::Part(_, text) | Request::Away(text) => text.as_deref(),
        Request::Redact(redaction) => redaction.reason.as_deref(),
        Request::Join(..) | Request::Name(_) | Request::Invite(..) | Request::Mode(..) => None,
    }
}

/// The same with words that fit a line, as decoding makes them of what clients send; a message may have several.
fn tidied(request: Request, limits: &Limits) -> Request {
    let fit = |text: &str, bytes: usize| -> Arc<str> { cut(&one_line(text), bytes).into() };
    match request {
        Request::Post {
            to,
            kind,
            text,
            tags,
            retry,
            concat,
        } => Request::Post {
            to,
            kind,
            text: as_message(&text, limits).into(),
            tags,
            retry,
            concat,
        },
        Request::Quit(text) => Request::Quit(fit(&text, REASON_BYTES_MAX)),
        Request::Part(room, text) => {
            Request::Part(room, text.map(|text| fit(&text, REASON_BYTES_MAX)))
        }
        Request::Topic(room, text) => Request::Topic(room, fit(&text, TOPIC_BYTES_MAX)),
        Request::Kick(room, nick, text) => Request::Kick(room, nick, fit(&text, REASON_BYTES_MAX)),
        Request::Away(text) => Request::Away(text.map(|text| fit(&text, AWAY_BYTES_MAX))),
        Request::RealName(text) => Request::RealName(fit(&text, REAL_NAME_BYTES_MAX)),
        other => other,
    }
}

/// A program's words as one line of a chat.
pub(super) fn one_line(text: &str) -> String {
    cut(&without_line_ends(text), LINE_BYTES_MAX).to_owned()
}
