//! From the first line to 001. Floor 5.
//!
//! RFC 2812 §3.1 and IRCv3 capability-negotiation: NICK and USER, in any order; a CAP LS or REQ
//! holds registration until CAP END.

use super::answer::AnswerKey;
use super::consult::Wish;
use super::speaker::{Preset, Wanted};
use super::turn::Turn;
use crate::dialect::irc::caps;
use crate::dialect::irc::command::CapCommand;
use crate::dialect::irc::numeric::ERR_ERRONEUSNICKNAME;
use crate::dialect::plain::words;
use crate::hub::Introduction;
use crate::hub::request::{Refusal, Request};
use crate::id::PersonId;
use crate::names::Nick;
use crate::net::framing::Farewell;

impl Turn<'_> {
    /// CAP, before and after registration.
    pub(super) fn cap(&mut self, who: PersonId, command: CapCommand<'_>, key: AnswerKey) {
        let registered = self.chat.is_registered(who);
        let author = self.known_as(who);
        let author = author.map(|known| self.chat.author_token(known.identity));
        let Some(irc) = self.chat.irc_mut(who) else {
            return;
        };
        match command {
            CapCommand::Ls { version } => {
                irc.version = irc.version.max(version);
                irc.caps = irc.caps.listed(version);
                irc.negotiating |= !registered;
                let offers = caps::offers(version, &self.chat.limits, author.as_deref());
                self.list_caps(who, "LS", &offers, version, key);
            }
            CapCommand::List => {
                let names: Vec<String> = irc.caps.names().map(str::to_owned).collect();
                let version = irc.version;
                self.list_caps(who, "LIST", &names, version, key);
            }
            CapCommand::Req(list) => {
                irc.negotiating |= !registered;
                self.request_caps(who, list, key);
            }
            CapCommand::End => {
                irc.negotiating = false;
                self.try_register(who, key);
            }
        }
        self.tune(who);
    }

    fn request_caps(&mut self, who: PersonId, list: &str, key: AnswerKey) {
        let Some(irc) = self.chat.irc_mut(who) else {
            return;
        };
        match irc.caps.requested(list, irc.version) {
            Some(caps) => {
                irc.caps = caps;
                self.say_cap(key, "ACK", list);
            }
            None => self.say_cap(key, "NAK", list),
        }
    }

    fn list_caps(
        &mut self,
        who: PersonId,
        subcommand: &str,
        words: &[String],
        version: u32,
        key: AnswerKey,
    ) {
        let lines = caps::replies(&self.chat.reader(who), subcommand, words, version);
        self.say_all(key, lines);
    }

    fn say_cap(&mut self, key: AnswerKey, subcommand: &str, list: &str) {
        let Some(who) = self.asker(key) else { return };
        let mut line = String::new();
        caps::reply(&self.chat.reader(who), &[subcommand], list, &mut line);
        self.say(key, line);
    }

    /// NICK before registration. A session's name is its own, whatever is asked for.
    pub(super) fn choose_nick(&mut self, who: PersonId, text: &str, key: AnswerKey) {
        let preset = self
            .chat
            .speaker(who)
            .and_then(|speaker| speaker.preset.as_deref());
        let nick = match preset {
            Some(Preset { nick, identity, .. }) => {
                self.chat.kept_for(*identity).unwrap_or(nick).clone()
            }
            None => match self.free_nick(text) {
                Ok(nick) => nick,
                Err(refusal) => return self.refuse(key, &refusal),
            },
        };
        if let Some(irc) = self.chat.irc_mut(who) {
            irc.wanted.get_or_insert_default().nick = Some(nick);
        }
        self.try_register(who, key);
    }

    /// A name that a stranger may have now.
    fn free_nick(&self, text: &str) -> Result<Nick, Refusal> {
        let nick = Nick::new(text).map_err(|wrong| Refusal::BadName(text.to_owned(), wrong))?;
        self.chat.hub.check_free(&nick, crate::id::Identity(0))?;
        Ok(nick)
    }

    /// NICK after it.
    pub(super) fn rename(&mut self, who: PersonId, text: &str, key: AnswerKey) {
        match Nick::new(text) {
            Ok(nick) if self.has_fixed_name(who) => {
                let reason = "yours is that by which you are known where you logged in".into();
                self.refuse(key, &Refusal::NameDenied(nick, reason));
            }
            Ok(nick) => self.submit(who, Request::Name(nick), key),
            Err(wrong) => {
                let line = self.chat.numeric(who, ERR_ERRONEUSNICKNAME, &[text], wrong);
                self.say(key, line);
            }
        }
    }

    /// USER before registration.
    pub(super) fn introduce(&mut self, who: PersonId, user: &str, real_name: &str, key: AnswerKey) {
        if let Some(irc) = self.chat.irc_mut(who) {
            let user = (user.into(), real_name.into());
            irc.wanted.get_or_insert_default().user = Some(user);
        }
        self.try_register(who, key);
    }

    /// Registers somebody who has said everything and is done negotiating.
    fn try_register(&mut self, who: PersonId, key: AnswerKey) {
        let Some(speaker) = self.chat.speaker(who).filter(|speaker| !speaker.registered) else {
            return;
        };
        let Some(irc) = speaker.irc().filter(|irc| !irc.negotiating) else {
            return;
        };
        let wanted = irc.wanted.as_deref();
        let Some(wish) = wanted.and_then(wish_of) else {
            return;
        };
        if self.chat.is_locked_out(who) {
            return self.miss_password(who);
        }
        // A session that comes back is somebody already.
        if self.chat.hub.person(who).is_some() {
            return self.welcome(who, key);
        }
        self.ask_register(who, wish, key);
    }

    /// Lets somebody in who may be who they want to be.
    pub(super) fn enter(&mut self, who: PersonId, wish: Wish, key: AnswerKey) {
        if self.is_kept_away_as(who, &wish) {
            return;
        }
        match self.register(who, wish) {
            Ok(()) if self.chat.is_plain(who) => self.let_in(who),
            Ok(()) => self.welcome(who, key),
            Err(refusal) => self.refuse_entry(who, &refusal, key),
        }
    }

    /// They may try another name; a session has only one.
    pub(super) fn refuse_entry(&mut self, who: PersonId, refusal: &Refusal, key: AnswerKey) {
        if self.chat.is_plain(who) {
            return self.write(who, &words::taken_name(refusal));
        }
        if self.has_preset(who) {
            return match refusal {
                Refusal::NameDenied(_, reason) => {
                    self.dismiss(who, Farewell::NOT_WELCOME, reason);
                }
                // The name is kept for them: it is their former self, whose goodbye is on its way.
                _ => {
                    let reason = "you are just leaving; come in again";
                    self.dismiss(who, Farewell::RESTART, reason);
                }
            };
        }
        if let Some(wanted) = self.chat.irc_mut(who).and_then(|irc| irc.wanted.as_mut()) {
            wanted.nick = None;
        }
        self.refuse(key, refusal);
    }

    fn has_fixed_name(&self, who: PersonId) -> bool {
        let preset = self
            .chat
            .speaker(who)
            .and_then(|speaker| speaker.preset.as_ref());
        preset.is_some_and(|preset| preset.is_fixed)
    }

    pub(super) fn has_preset(&self, who: PersonId) -> bool {
        let speaker = self.chat.speaker(who);
        speaker.is_some_and(|speaker| speaker.preset.is_some())
    }

    /// Makes somebody known to the hub.
    pub(super) fn register(
        &mut self,
        who: PersonId,
        Wish {
            nick,
            user,
            real_name,
            ..
        }: Wish,
    ) -> Result<(), Refusal> {
        // Nobody is two people.
        if self.chat.hub.person(who).is_some() {
            return Err(Refusal::Gone);
        }
        let preset = self
            .chat
            .speaker(who)
            .and_then(|speaker| speaker.preset.clone());
        let identity = match preset {
            Some(preset) => preset.identity,
            None => self.chat.new_identity(),
        };
        let ip = self
            .people
            .peer(who)
            .map(|peer| peer.ip)
            .ok_or(Refusal::Gone)?;
        let host = self.chat.cloak(ip).into();
        let introduction = Introduction {
            nick,
            user,
            host,
            real_name,
            identity,
        };
        self.chat.hub.register(who, introduction, self.now.wall)?;
        let count = self.chat.hub.people_count();
        self.chat.house.most_people = self.chat.house.most_people.max(count);
        self.tell_of_arrival(who);
        Ok(())
    }
}

/// Who somebody wants to be, if they have said all of it.
fn wish_of(wanted: &Wanted) -> Option<Wish> {
    let (user, real_name) = wanted.user.clone()?;
    Some(Wish {
        nick: wanted.nick.clone()?,
        user,
        real_name,
        password: wanted.password.clone(),
    })
}
