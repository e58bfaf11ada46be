//! What the program around a chat wants done: by its observer, or from another thread. Floor 5.
//!
//! Errands run once in a turn, after everybody was read and before anything is told, and take the way that
//! everybody's deeds take: checked, given a place, told. The observer is not asked about them.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::Chat;
use super::turn::Turn;
use crate::dialect::cut;
use crate::hub::entry::PostKind;
use crate::hub::request::{Addressee, Request};
use crate::id::PersonId;
use crate::limits::LINE_BYTES_MAX;
use crate::names::RoomName;
use crate::net::framing::Farewell;
use crate::net::people::People;
use crate::observer::{Ticket, Verdict};
use crate::snapshot::Snapshot;

/// Something to be done. What cannot be done is not: nobody is there any more, or the hub refuses it, a post to a room
/// that they are not in for example. Who has a connection is told why, as if they had asked for it.
#[non_exhaustive]
pub enum Errand {
    /// Somebody says something.
    Post {
        /// Who.
        who: PersonId,
        /// To whom.
        to: Addressee,
        /// As a message, or as a notice, which bots do not answer.
        kind: PostKind,
        /// The words. Ends of lines become spaces; what no line can hold is cut off.
        text: String,
    },
    /// Somebody enters a room.
    Join(PersonId, RoomName),
    /// Somebody leaves a room.
    Part(PersonId, RoomName),
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
    /// A message.
    #[must_use]
    pub fn post(who: PersonId, to: Addressee, text: &str) -> Errand {
        Errand::Post {
            who,
            to,
            kind: PostKind::Message,
            text: text.to_owned(),
        }
    }

    /// Bytes that it holds, roughly.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Errand>()
            + match self {
                Errand::Post { text, .. } => text.len(),
                Errand::Dismiss { farewell, .. } => farewell.reason.len(),
                Errand::Settle(_, Verdict::Deny(text) | Verdict::Rewrite(text)) => text.len(),
                _ => 0,
            }
    }
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, who) = match self {
            Errand::Post { who, .. } => ("Post", Some(who)),
            Errand::Join(who, _) => ("Join", Some(who)),
            Errand::Part(who, _) => ("Part", Some(who)),
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
            Errand::Post {
                who,
                to,
                kind,
                text,
            } => self.have_posted(who, to, kind, &text),
            Errand::Join(who, room) => self.have_done(who, "JOIN", Request::Join(room)),
            Errand::Part(who, room) => self.have_done(who, "PART", Request::Part(room, None)),
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

    fn have_posted(&mut self, who: PersonId, to: Addressee, kind: PostKind, text: &str) {
        let command = match kind {
            PostKind::Message => "PRIVMSG",
            PostKind::Notice => "NOTICE",
            PostKind::Tags => "TAGMSG",
        };
        let text: Arc<str> = one_line(text).into();
        let tags = Arc::default();
        self.have_done(
            who,
            command,
            Request::Post {
                to,
                kind,
                text,
                tags,
            },
        );
    }

    fn have_done(&mut self, who: PersonId, command: &'static str, request: Request) {
        if !self.chat.is_registered(who) {
            return log::debug!("{command} for {who}, who is not here, is not done");
        }
        let key = self.ask(who, command, None);
        self.grant(who, request, key);
        self.close(key);
    }
}

/// A program's words as one line of a chat.
pub(super) fn one_line(text: &str) -> String {
    let line = text.replace(['\r', '\n', '\0'], " ");
    cut(&line, LINE_BYTES_MAX).to_owned()
}
