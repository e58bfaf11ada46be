//! What becomes of the observer's verdicts. Floor 5.

use std::time::Instant;

use super::Chat;
use super::consult::{About, Asked, NO_VERDICT, Wish};
use super::errands::one_line;
use super::multiline::as_message;
use super::turn::Turn;
use crate::dialect::cut;
use crate::hub::request::{Refusal, Request};
use crate::id::PersonId;
use crate::limits::{Limits, TOPIC_BYTES_MAX};
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
            About::Oper(name, key) => self.make_operator(who, &name, key),
        }
    }

    fn deny(&mut self, who: PersonId, reason: &str, about: About) {
        match about {
            About::Connect => self.dismiss(who, Farewell::POLICY, reason),
            About::Register(wish, key) => {
                self.refuse_entry(who, &Refusal::NameDenied(wish.nick, reason.into()), key);
            }
            About::Deed(Request::Join(room, _), key) => {
                self.refuse(key, &Refusal::JoinDenied(room, reason.into()));
            }
            About::Deed(Request::Name(nick), key) => {
                self.refuse(key, &Refusal::NameDenied(nick, reason.into()));
            }
            About::Deed(Request::Post { to, .. }, key) => {
                self.refuse(key, &Refusal::PostDenied(to, reason.into()));
            }
            About::Deed(Request::Topic(room, _), key) => {
                self.refuse(key, &Refusal::TopicDenied(room, reason.into()));
            }
            About::Deed(..) => {}
            About::Oper(_, key) => self.deny_operator(who, reason, key),
        }
    }

    fn rewrite(&mut self, who: PersonId, text: &str, about: About) {
        // A session's name was settled when it logged in.
        let is_settled = matches!(about, About::Register(..)) && self.has_preset(who);
        match about.rewritten(text, &self.chat.limits) {
            Ok(about) if !is_settled => self.allow(who, about),
            Ok(about) | Err(about) => {
                log::error!("the observer wants {text:?} instead of something that it cannot be");
                self.deny(who, NO_VERDICT, about);
            }
        }
    }

    pub(super) fn wait_for(&mut self, who: PersonId, ticket: Ticket, about: About) {
        if !self.chat.program.is_fresh(ticket) {
            log::error!("the observer used a ticket that it did not take for this question");
            return self.deny(who, NO_VERDICT, about);
        }
        if let Some(key) = about.answer() {
            self.keep_open(key);
        }
        let until = self.now.mono + VERDICT_WAIT;
        let asked = Asked { who, until, about };
        self.chat.program.pending.insert(ticket, asked);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.verdicts = speaker.holds.verdicts.saturating_add(1);
        }
        self.pause_if_held(who);
    }

    /// A verdict that was to come later is here. One that comes too late changes nothing.
    pub(super) fn settle_verdict(&mut self, ticket: Ticket, verdict: Verdict) {
        let Some(Asked { who, about, .. }) = self.chat.program.pending.remove(&ticket) else {
            return;
        };
        let key = about.answer();
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.verdicts = speaker.holds.verdicts.saturating_sub(1);
        }
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

impl About {
    /// The same with another text, name or room; itself again if it cannot be that.
    fn rewritten(self, text: &str, limits: &Limits) -> Result<About, About> {
        let (request, key) = match self {
            About::Register(wish, key) => {
                return match Nick::new(text) {
                    Ok(nick) => Ok(About::Register(Wish { nick, ..wish }, key)),
                    Err(_) => Err(About::Register(wish, key)),
                };
            }
            About::Deed(request, key) => (request, key),
            about @ (About::Connect | About::Oper(..)) => return Err(about),
        };
        match reworded(&request, text, limits) {
            Some(request) => Ok(About::Deed(request, key)),
            None => Err(About::Deed(request, key)),
        }
    }
}

fn reworded(request: &Request, text: &str, limits: &Limits) -> Option<Request> {
    Some(match request.clone() {
        Request::Name(_) => Request::Name(Nick::new(text).ok()?),
        Request::Join(_, key) => Request::Join(RoomName::new(text).ok()?, key),
        Request::Topic(room, _) => {
            let text = one_line(text);
            Request::Topic(room, cut(&text, TOPIC_BYTES_MAX).into())
        }
        Request::Post {
            to,
            kind,
            tags,
            retry,
            ..
        } => Request::Post {
            to,
            kind,
            text: Some(as_message(text, limits))
                .filter(|text| !text.is_empty())?
                .into(),
            tags,
            retry,
            concat: None,
        },
        _ => return None,
    })
}

impl Chat {
    /// Nobody wants to know any more what was asked about somebody's connection, which is another now; or about
    /// anything of theirs, if they are gone.
    pub(super) fn drop_questions(&mut self, who: PersonId, is_gone: bool) {
        let waits = self
            .speaker(who)
            .map_or(0, |speaker| speaker.holds.verdicts);
        if waits == 0 {
            return;
        }
        let mut left = 0;
        let mut keys = Vec::new();
        self.program.pending.retain(|_, asked| {
            let is_over = is_gone || !matches!(asked.about, About::Deed(..));
            if asked.who != who || !is_over {
                left += u8::from(asked.who == who);
                return true;
            }
            keys.extend(asked.about.answer());
            false
        });
        if let Some(speaker) = self.speaker_mut(who) {
            speaker.holds.verdicts = left;
        }
        for key in keys {
            self.one_less(key);
        }
    }

    /// When somebody will have waited for a verdict for too long.
    pub(super) fn next_verdict(&self) -> Option<Instant> {
        let (_, asked) = self.program.pending.first_key_value()?;
        Some(asked.until)
    }
}
