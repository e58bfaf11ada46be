//! OPER: becoming an operator of the whole server, and giving it up; KILL and WALLOPS. Floor 5. RFC 2812 §3.1.4, §3.7.1.
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
    ERR_CANTKILLSERVER, ERR_NOOPERHOST, ERR_NOPRIVILEGES, ERR_PASSWDMISMATCH, RPL_TRYAGAIN,
    RPL_YOUREOPER,
};
use crate::dialect::irc::operator::Operate;
use crate::dialect::irc::reply::Line;
use crate::hub::request::Refusal;
use crate::id::{DoorId, PersonId};
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

    /// Whether somebody is an operator of the server; who is not is told so.
    pub(super) fn is_operator_or_told(&mut self, who: PersonId, key: AnswerKey) -> bool {
        let is_operator = self.chat.hub.is_server_operator(who);
        if !is_operator {
            let text = "only operators of this server may do that: OPER makes you one";
            self.say_numeric(key, ERR_NOPRIVILEGES, &[], text);
        }
        is_operator
    }

    pub(super) fn operate(&mut self, who: PersonId, command: Operate<'_>, key: AnswerKey) {
        if !self.is_operator_or_told(who, key) {
            return;
        }
        match command {
            Operate::Kill { nick, reason } => self.kill(who, nick, reason, key),
            Operate::Wallops(text) => self.wallops(who, text),
            Operate::Ban {
                kind,
                whom,
                lasts,
                reason,
            } => self.ban(who, kind, whom, lasts, reason.as_deref(), key),
            Operate::Unban { kind, whom } => self.unban(who, kind, whom, key),
            Operate::Bans(kind) => self.list_bans(who, kind, key),
        }
    }

    /// Sends somebody away from the whole server. modern.ircdocs.horse, "KILL message".
    fn kill(&mut self, who: PersonId, nick: &str, reason: Option<&str>, key: AnswerKey) {
        if nick.eq_ignore_ascii_case(&self.chat.house.server) {
            let text = "nobody kills the server from within: whoever runs it can end it";
            return self.say_numeric(key, ERR_CANTKILLSERVER, &[], text);
        }
        let Some((id, nick)) = self
            .chat
            .present(nick)
            .map(|member| (member.id, member.source.nick.clone()))
        else {
            return self.refuse(key, &Refusal::NoSuchNick(nick.to_owned()));
        };
        if self
            .people
            .peer(id)
            .is_none_or(|peer| peer.door == DoorId::INSIDE)
        {
            let text = format_args!("{nick} is a part of this server");
            return self.say_numeric(key, ERR_CANTKILLSERVER, &[], text);
        }
        let by = self.chat.called(who).to_owned();
        let reason = reason.unwrap_or(&by);
        log::info!("{by} ({who}) has killed {nick} ({id}): {reason}");
        if !self.chat.is_plain(id) {
            let line = self.by_operator(who, "KILL", Some(nick.as_str()), reason);
            self.write(id, &line);
        }
        self.expel(id, &format!("Killed ({by} ({reason}))"));
    }

    /// To all operators, as modern.ircdocs.horse allows.
    fn wallops(&mut self, who: PersonId, text: &str) {
        let line = self.by_operator(who, "WALLOPS", None, text);
        let members = self.chat.hub.people();
        let operators = members.filter(|member| member.is_operator);
        let ids: Vec<PersonId> = operators.map(|member| member.id).collect();
        for id in ids {
            self.write(id, &line);
        }
    }

    fn by_operator(&self, who: PersonId, command: &str, whom: Option<&str>, text: &str) -> String {
        let mut out = String::new();
        if let Some(member) = self.chat.hub.person(who) {
            let line = Line::from_person(&mut out, &member.source, command);
            match whom {
                Some(nick) => line.param(nick).text(text),
                None => line.text(text),
            }
        }
        out
    }

    /// A NOTICE of the server, in an answer.
    pub(super) fn say_notice(&mut self, key: AnswerKey, text: &str) {
        let Some(who) = self.asker(key) else { return };
        let mut line = String::new();
        self.chat.reader(who).notice(&mut line, text);
        self.say(key, line);
    }

    pub(super) fn ip(&self, who: PersonId) -> Option<IpAddr> {
        self.people.peer(who).map(|peer| peer.ip)
    }
}

const WRONG: &str = "that is not the name and the password of an operator";
