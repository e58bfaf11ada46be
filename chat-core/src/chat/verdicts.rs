//! What becomes of the observer's verdicts. Floor 5.

use std::time::Instant;

use super::Chat;
use super::consult::{About, Asked, NO_VERDICT, Wish};
use super::errands::one_line;
use super::turn::Turn;
use crate::hub::request::{Refusal, Request};
use crate::id::PersonId;
use crate::names::{Nick, RoomName};
use crate::net::framing::Farewell;
use crate::observer::{Ticket, VERDICT_WAIT, Verdict};

impl Turn<'_> {
    /// A verdict is here: at once, or later by its ticket.
    pub(super) fn follow(&mut self, who: PersonId, verdict: Verdict, about: About) {
        match verdict {
            Verdict::Allow => self.allow(who, about),
            Verdict::Deny(reason) => self.deny(who, &one_line(&reason), about),
            Verdict::Rewrite(text) => self.rewrite(who, &text, about),
            Verdict::Later(ticket) => self.wait_for(who, ticket, about),
        }
    }

    fn allow(&mut self, who: PersonId, about: About) {
        match about {
            About::Connect => {}
            About::Register(wish, key) => self.enter(who, wish, key),
            About::Deed(request, key) => self.grant(who, request, key),
        }
    }

    fn deny(&mut self, who: PersonId, reason: &str, about: About) {
        match about {
            About::Connect => self.dismiss(who, Farewell::POLICY, reason),
            About::Register(wish, key) => {
                self.refuse_entry(who, &Refusal::NameDenied(wish.nick, reason.into()), key);
            }
            About::Deed(Request::Join(room), key) => {
                self.refuse(key, &Refusal::JoinDenied(room, reason.into()));
            }
            About::Deed(Request::Name(nick), key) => {
                self.refuse(key, &Refusal::NameDenied(nick, reason.into()));
            }
            About::Deed(Request::Post { to, .. }, key) => {
                self.refuse(key, &Refusal::PostDenied(to, reason.into()));
            }
            About::Deed(..) => {}
        }
    }

    fn rewrite(&mut self, who: PersonId, text: &str, about: About) {
        let rewritten = match about {
            // A session's name was settled when it logged in.
            About::Register(wish, key) => match Nick::new(text) {
                Ok(nick) if !self.has_preset(who) => {
                    Ok(About::Register(Wish { nick, ..wish }, key))
                }
                _ => Err(About::Register(wish, key)),
            },
            About::Deed(Request::Name(nick), key) => match Nick::new(text) {
                Ok(other) => Ok(About::Deed(Request::Name(other), key)),
                Err(_) => Err(About::Deed(Request::Name(nick), key)),
            },
            About::Deed(Request::Join(room), key) => match RoomName::new(text) {
                Ok(other) => Ok(About::Deed(Request::Join(other), key)),
                Err(_) => Err(About::Deed(Request::Join(room), key)),
            },
            About::Deed(Request::Post { to, kind, tags, .. }, key) => {
                let text = one_line(text).into();
                let request = Request::Post {
                    to,
                    kind,
                    text,
                    tags,
                };
                Ok(About::Deed(request, key))
            }
            other => Ok(other),
        };
        match rewritten {
            Ok(about) => self.allow(who, about),
            Err(about) => {
                log::error!("the observer gave {text:?} for a name, which cannot be");
                self.deny(who, NO_VERDICT, about);
            }
        }
    }

    fn wait_for(&mut self, who: PersonId, ticket: Ticket, about: About) {
        if self.chat.program.pending.contains_key(&ticket) || ticket.0 > self.chat.program.tickets {
            log::error!("the observer used a ticket twice");
            return self.deny(who, NO_VERDICT, about);
        }
        if let About::Deed(_, key) | About::Register(_, key) = about {
            self.keep_open(key);
        }
        let until = self.now.mono + VERDICT_WAIT;
        let asked = Asked { who, until, about };
        self.chat.program.pending.insert(ticket, asked);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.verdict = true;
        }
        self.pause_if_held(who);
    }

    /// A verdict that was to come later is here. One that comes too late changes nothing.
    pub(super) fn settle_verdict(&mut self, ticket: Ticket, verdict: Verdict) {
        let Some(Asked { who, about, .. }) = self.chat.program.pending.remove(&ticket) else {
            return;
        };
        let key = match about {
            About::Deed(_, key) | About::Register(_, key) => Some(key),
            About::Connect => None,
        };
        self.unhold(who);
        let is_here = self
            .chat
            .speaker(who)
            .is_some_and(|speaker| !speaker.leaving);
        if is_here {
            match verdict {
                Verdict::Later(_) => self.deny(who, NO_VERDICT, about),
                verdict => self.follow(who, verdict, about),
            }
        }
        if let Some(key) = key {
            self.close(key);
        }
        self.go_on(who);
    }

    /// Whether somebody waits for one more.
    fn unhold(&mut self, who: PersonId) {
        let waits = self
            .chat
            .program
            .pending
            .values()
            .any(|asked| asked.who == who);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.verdict = waits;
        }
    }

    /// Denies what was waited for too long.
    pub(super) fn expire_verdicts(&mut self) {
        while let Some((&ticket, asked)) = self.chat.program.pending.first_key_value() {
            if asked.until > self.now.mono {
                break;
            }
            log::warn!("no verdict about {} came in time", asked.who);
            self.settle_verdict(ticket, Verdict::Deny(NO_VERDICT.to_owned()));
        }
    }
}

impl Chat {
    /// When somebody will have waited for a verdict for too long.
    pub(super) fn next_verdict(&self) -> Option<Instant> {
        let (_, asked) = self.program.pending.first_key_value()?;
        Some(asked.until)
    }
}
