//! Asking the observer, and what becomes of its verdicts. Floor 5.
//!
//! Four things are asked about: that somebody connects, registers, enters a room, says something. A verdict that
//! is to come later holds the person (`Holds::verdict`), and what was asked about waits here under its ticket;
//! tickets grow, so the first one is also the first that is overdue.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::answer::AnswerKey;
use super::errands::Errand;
use super::turn::Turn;
use crate::hub::entry::Committed;
use crate::hub::request::Request;
use crate::id::PersonId;
use crate::names::Nick;
use crate::observer::{Candidate, Context, Observer, Said, Ticket, Verdict};

/// The program around a chat: who has a say, and what is to be done for it.
#[derive(Default)]
pub(super) struct Program {
    pub(super) observer: Option<Box<dyn Observer>>,
    /// The last ticket that the observer was given.
    pub(super) tickets: u64,
    /// What waits for a verdict, by its ticket.
    pub(super) pending: BTreeMap<Ticket, Asked>,
    pub(super) errands: Vec<Errand>,
}

impl Program {
    pub(super) fn of(observer: Option<Box<dyn Observer>>) -> Program {
        Program {
            observer,
            ..Program::default()
        }
    }
}

/// What waits for its verdict.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) who: PersonId,
    pub(super) until: Instant,
    pub(super) about: About,
}

/// What somebody wants to do.
#[derive(Debug)]
pub(super) enum About {
    Connect,
    Register(Wish, AnswerKey),
    Deed(Request, AnswerKey),
}

/// Who somebody wants to be.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) nick: Nick,
    pub(super) user: Arc<str>,
    pub(super) real_name: Arc<str>,
}

impl Turn<'_> {
    /// Asks the observer; nothing if there is none.
    fn consult<R>(
        &mut self,
        ask: impl FnOnce(&mut dyn Observer, &mut Context<'_>) -> R,
    ) -> Option<Result<R, Panicked>> {
        let mut observer = self.chat.program.observer.take()?;
        let mut context = Context {
            hub: &self.chat.hub,
            people: self.people,
            errands: &mut self.chat.program.errands,
            tickets: &mut self.chat.program.tickets,
            now: self.now,
        };
        let asked = catch_unwind(AssertUnwindSafe(|| ask(&mut *observer, &mut context)));
        self.chat.program.observer = Some(observer);
        Some(asked.map_err(|_| {
            log::error!("the observer panicked; what it was asked about is denied");
            Panicked
        }))
    }

    /// The verdict about something; without an observer it is allowed.
    fn verdict(
        &mut self,
        ask: impl FnOnce(&mut dyn Observer, &mut Context<'_>) -> Verdict,
    ) -> Verdict {
        match self.consult(ask) {
            None => Verdict::Allow,
            Some(Ok(verdict)) => verdict,
            Some(Err(Panicked)) => Verdict::Deny(NO_VERDICT.to_owned()),
        }
    }

    /// Something that needs no verdict.
    fn report(&mut self, tell: impl FnOnce(&mut dyn Observer, &mut Context<'_>)) {
        let _ = self.consult(tell);
    }

    pub(super) fn report_happened(&mut self, what: &Committed) {
        self.report(|observer, context| observer.happened(context, what));
    }

    pub(super) fn report_slow(&mut self, who: PersonId) {
        self.report(|observer, context| observer.slow(context, who));
    }

    pub(super) fn report_leave(&mut self, who: PersonId, reason: &str) {
        self.report(|observer, context| observer.leave(context, who, reason));
    }

    /// Somebody has connected.
    pub(super) fn ask_connect(&mut self, who: PersonId) {
        let Some(ip) = self.people.peer(who).map(|peer| peer.ip) else {
            return;
        };
        let verdict = self.verdict(|observer, context| observer.connect(context, who, ip));
        self.follow(who, verdict, About::Connect);
    }

    /// Somebody has said who they are.
    pub(super) fn ask_register(&mut self, who: PersonId, wish: Wish, key: AnswerKey) {
        let Some(ip) = self.people.peer(who).map(|peer| peer.ip) else {
            return;
        };
        let verdict = self.verdict(|observer, context| {
            let candidate = Candidate {
                nick: &wish.nick,
                user: &wish.user,
                real_name: &wish.real_name,
                ip,
            };
            observer.register(context, who, &candidate)
        });
        self.follow(who, verdict, About::Register(wish, key));
    }

    /// Asks the hub and then the observer, and does what both grant.
    pub(super) fn submit(&mut self, who: PersonId, request: Request, key: AnswerKey) {
        if self.chat.program.observer.is_none() {
            return self.grant(who, request, key);
        }
        // What the hub refuses is not asked about; it says why when it is asked again.
        if self.chat.hub.check(who, request.clone()).is_err() {
            return self.grant(who, request, key);
        }
        let verdict = match &request {
            Request::Join(room) => {
                self.verdict(|observer, context| observer.join(context, who, room))
            }
            Request::Post {
                to,
                kind,
                text,
                tags,
            } => self.verdict(|observer, context| {
                let kind = *kind;
                let said = Said {
                    to,
                    kind,
                    text,
                    tags,
                };
                observer.message(context, who, &said)
            }),
            Request::Name(nick) => {
                self.verdict(|observer, context| observer.rename(context, who, nick))
            }
            _ => Verdict::Allow,
        };
        self.follow(who, verdict, About::Deed(request, key));
    }
}

struct Panicked;

pub(super) const NO_VERDICT: &str = "it could not be decided whether this is allowed: try again";
