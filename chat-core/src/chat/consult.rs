//! Asking the observer, and what becomes of its verdicts. Floor 5.
//!
//! Whether somebody may connect, register, take another name, enter a room, set a topic, say something; and words that
//! come with something else. A verdict that is to come later holds the person (`Holds::verdicts`), and what was asked about
//! waits here under its ticket; tickets grow, so the first one is also the first that is overdue.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::answer::AnswerKey;
use super::errands::{Errand, one_line};
use super::turn::Turn;
use crate::hub::entry::Committed;
use crate::hub::request::Request;
use crate::id::PersonId;
use crate::names::Nick;
use crate::observer::{Candidate, Context, Observer, Said, Ticket, Verdict};
use crate::secret::Secret;

/// The program around a chat: who has a say, and what is to be done for it.
pub(super) struct Program {
    pub(super) observer: Option<Box<dyn Observer>>,
    /// The last ticket that the observer was given. The first one is by chance, so that those of another relay in
    /// the same process are none here.
    tickets: u64,
    /// The last one before the present call. A ticket is good for the call in which it was taken, so those that wait
    /// are overdue in their order.
    tickets_before: u64,
    /// What waits for a verdict, by its ticket.
    pub(super) pending: BTreeMap<Ticket, Asked>,
    pub(super) errands: Vec<Errand>,
}

impl Program {
    pub(super) fn new(observer: Option<Box<dyn Observer>>) -> Result<Program, getrandom::Error> {
        let tickets = u64::from(getrandom::u32()?) << 32;
        Ok(Program {
            observer,
            tickets,
            tickets_before: tickets,
            pending: BTreeMap::new(),
            errands: Vec::new(),
        })
    }

    /// A ticket for a question of the chat's own, whose answer is to come later.
    pub(super) fn take_ticket(&mut self) -> Ticket {
        self.tickets_before = self.tickets;
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Whether a ticket was taken in the present call, and not used yet.
    pub(super) fn is_fresh(&self, ticket: Ticket) -> bool {
        let taken = self.tickets_before + 1..=self.tickets;
        taken.contains(&ticket.0) && !self.pending.contains_key(&ticket)
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
    /// To be the operator of this name.
    Oper(Box<str>, AnswerKey),
}

/// Who somebody wants to be.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) nick: Nick,
    pub(super) user: Arc<str>,
    pub(super) real_name: Arc<str>,
    pub(super) password: Option<Secret>,
}

impl About {
    /// The answer that waits for it.
    pub(super) fn answer(&self) -> Option<AnswerKey> {
        match self {
            About::Connect => None,
            About::Register(_, key) | About::Deed(_, key) | About::Oper(_, key) => Some(*key),
        }
    }
}

impl Turn<'_> {
    /// Asks the observer; nothing if there is none.
    fn consult<R>(
        &mut self,
        ask: impl FnOnce(&mut dyn Observer, &mut Context<'_>) -> R,
    ) -> Option<Result<R, Panicked>> {
        let mut observer = self.chat.program.observer.take()?;
        self.chat.program.tickets_before = self.chat.program.tickets;
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

    pub(super) fn report_leave(&mut self, who: PersonId, nick: &Nick, reason: &str) {
        self.report(|observer, context| observer.leave(context, who, nick, reason));
    }

    /// What an observer leaves of words that come with something else: nothing if it denies them.
    pub(super) fn remark(&mut self, who: PersonId, text: &str) -> Option<String> {
        match self.verdict(|observer, context| observer.remark(context, who, text)) {
            Verdict::Allow => Some(text.to_owned()),
            Verdict::Rewrite(text) => Some(one_line(&text)),
            Verdict::Deny(_) | Verdict::Later(_) => None,
        }
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
        let Some(peer) = self.people.peer(who).cloned() else {
            return;
        };
        let verdict = self.verdict(|observer, context| {
            let candidate = Candidate {
                nick: &wish.nick,
                user: &wish.user,
                real_name: &wish.real_name,
                password: wish.password.as_ref().map(Secret::expose),
                ip: peer.ip,
                door: peer.door,
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
        // About what was tried before it has been asked.
        if self.was_tried(who, &request, key) {
            return;
        }
        let request = self.without_bad_remarks(who, request);
        let is_asked_about = matches!(
            request,
            Request::Join(..) | Request::Post { .. } | Request::Name(_) | Request::Topic(..)
        );
        // What the hub refuses is not asked about; it says why when it is asked again.
        if !is_asked_about || self.chat.hub.check(who, request.clone()).is_err() {
            return self.grant(who, request, key);
        }
        let verdict = self.verdict(|observer, context| ask(observer, context, who, &request));
        self.follow(who, verdict, About::Deed(request, key));
    }

    /// Words that come with something which nobody has to allow.
    fn without_bad_remarks(&mut self, who: PersonId, request: Request) -> Request {
        match request {
            Request::Part(room, Some(reason)) => {
                Request::Part(room, self.remark(who, &reason).map(Arc::from))
            }
            Request::Kick(room, nick, reason) => {
                let reason = self.remark(who, &reason);
                Request::Kick(room, nick, reason.unwrap_or_default().into())
            }
            Request::Redact(mut redaction) => {
                let reason = redaction.reason.take();
                let reason = reason.and_then(|reason| self.remark(who, &reason));
                redaction.reason = reason.map(Arc::from);
                Request::Redact(redaction)
            }
            Request::Away(Some(reason)) => {
                let reason = self.remark(who, &reason).unwrap_or_default();
                Request::Away(Some(reason.into()))
            }
            Request::RealName(name) => {
                Request::RealName(self.remark(who, &name).unwrap_or_default().into())
            }
            other => other,
        }
    }
}

fn ask(
    observer: &mut dyn Observer,
    context: &mut Context<'_>,
    who: PersonId,
    request: &Request,
) -> Verdict {
    match request {
        Request::Join(room, _) => observer.join(context, who, room),
        Request::Name(nick) => observer.rename(context, who, nick),
        Request::Topic(room, text) => observer.topic(context, who, room, text),
        Request::Post {
            to,
            kind,
            text,
            tags,
            ..
        } => {
            let kind = *kind;
            let said = Said {
                to,
                kind,
                text,
                tags,
            };
            observer.message(context, who, &said)
        }
        _ => Verdict::Allow,
    }
}

struct Panicked;

pub(super) const NO_VERDICT: &str = "it could not be decided whether this is allowed: try again";
