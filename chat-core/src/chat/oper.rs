//! OPER: becoming an operator of the whole server, and giving it up. Floor 5. RFC 2812 §3.1.4.
//!
//! The password is looked at elsewhere ([`Opers`]); whoever asked waits for it like for an observer's verdict, under a ticket
//! of the same kind. A guess counts as a wrong one until it is known to be right, so that nobody guesses more often by
//! guessing at once. What is an operator's stays with their person: over a page that is reloaded, not over a restart.

use std::net::IpAddr;
use std::time::Instant;

use super::answer::AnswerKey;
use super::consult::About;
use super::turn::Turn;
use crate::dialect::irc::numeric::{
    ERR_NOOPERHOST, ERR_PASSWDMISMATCH, RPL_TRYAGAIN, RPL_YOUREOPER,
};
use crate::id::PersonId;
use crate::journal::Alarm;
use crate::limits::Limits;
use crate::net::attempts::{Attempts, Denied};
use crate::observer::{Ticket, Verdict};
use crate::opers::{Claim, Opers};

/// Where claims are looked at, and who has made wrong ones.
pub(super) struct Claims {
    opers: Option<Box<dyn Opers>>,
    attempts: Attempts,
}

/// Why a claim is not looked at.
enum NotAsked {
    NoOpers,
    Denied(Denied),
    Busy,
}

impl Claims {
    pub(super) fn new(opers: Option<Box<dyn Opers>>, limits: &Limits) -> Claims {
        Claims {
            opers,
            attempts: Attempts::new(limits),
        }
    }

    pub(super) fn wake_by(&mut self, alarm: Alarm) {
        if let Some(opers) = &mut self.opers {
            opers.wake_by(alarm);
        }
    }

    fn ask(&mut self, claim: Claim, from: IpAddr, now: Instant) -> Result<(), NotAsked> {
        let opers = self.opers.as_mut().ok_or(NotAsked::NoOpers)?;
        let begun = self.attempts.begin(from, now);
        begun.map_err(NotAsked::Denied)?;
        opers.ask(claim).map_err(|_| {
            self.attempts.was_right(from);
            NotAsked::Busy
        })
    }

    fn answered(&mut self) -> Option<(Ticket, bool)> {
        self.opers.as_mut()?.answered()
    }
}

impl Turn<'_> {
    pub(super) fn oper(&mut self, who: PersonId, name: &str, password: &str, key: AnswerKey) {
        let Some(ip) = self.ip(who) else { return };
        let ticket = self.chat.program.take_ticket();
        let claim = Claim::new(ticket, name, password);
        match self.chat.claims.ask(claim, ip, self.now.mono) {
            Ok(()) => self.wait_for(who, ticket, About::Oper(name.into(), key)),
            Err(NotAsked::NoOpers) => {
                let text = "nobody can become an operator here: this server has none";
                self.say_numeric(key, ERR_NOOPERHOST, &[], text);
            }
            Err(NotAsked::Denied(wait)) => {
                log::log!(wait.level(), "{who} at {ip}: OPER: {wait}");
                self.say_numeric(key, ERR_PASSWDMISMATCH, &[], wait);
            }
            Err(NotAsked::Busy) => {
                let text = "too many passwords are being looked at: try again in a moment";
                self.say_numeric(key, RPL_TRYAGAIN, &["OPER"], text);
            }
        }
    }

    /// What became of claims.
    pub(super) fn hear_opers(&mut self) {
        while let Some((ticket, is_right)) = self.chat.claims.answered() {
            self.settle_verdict(
                ticket,
                match is_right {
                    true => Verdict::Allow,
                    false => Verdict::Deny(WRONG.to_owned()),
                },
            );
        }
    }

    /// A claim was right.
    pub(super) fn make_operator(&mut self, who: PersonId, name: &str, key: AnswerKey) {
        let Some(ip) = self.ip(who) else { return };
        self.chat.claims.attempts.was_right(ip);
        let nick = self.chat.called(who);
        log::info!("{nick} ({who} at {ip}) is an operator of the server now, as {name}");
        let was = self.chat.hub.is_server_operator(who);
        self.chat.hub.set_server_operator(who, true);
        self.say_numeric(
            key,
            RPL_YOUREOPER,
            &[],
            "you are an operator of this server now",
        );
        if !was {
            self.say_changed_modes(who, "+o", key);
        }
    }

    /// A claim was wrong. Its name is not logged: it may be a password in the wrong place.
    pub(super) fn deny_operator(&mut self, who: PersonId, reason: &str, key: AnswerKey) {
        if let Some(ip) = self.ip(who) {
            log::warn!("{who} at {ip} is no operator: {reason}");
        }
        self.say_numeric(key, ERR_PASSWDMISMATCH, &[], reason);
    }

    /// `MODE nick -o`.
    pub(super) fn log_given_up(&self, who: PersonId) {
        let nick = self.chat.called(who);
        log::info!("{nick} ({who}) is no operator of the server any more");
    }

    pub(super) fn ip(&self, who: PersonId) -> Option<IpAddr> {
        self.people.peer(who).map(|peer| peer.ip)
    }
}

const WRONG: &str = "that is not the name and the password of an operator";
