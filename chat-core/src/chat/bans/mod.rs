//! Bans from the whole server: DLINE, KLINE and their opposites, and who is kept away by them. Floor 5.
//!
//! A ban of an address is looked at wherever an address becomes known: at the door, at the first line where a gateway might
//! have told another one, when it has, and before a page is shown. A ban of a mask is looked at when somebody says who they
//! are, and by the address as well as by the hash that others see instead of it. Whoever is there when a ban is set has to go.

mod list;

use std::net::IpAddr;
use std::time::Duration;

use super::Chat;
use super::answer::AnswerKey;
use super::consult::Wish;
use super::cursor::Cursor;
use super::turn::Turn;
use crate::dialect::irc::modes::full_mask;
use crate::dialect::irc::numeric::{ERR_UNKNOWNERROR, ERR_YOUREBANNEDCREEP};
use crate::dialect::irc::operator::BanKind;
use crate::hub::Member;
use crate::id::{DoorId, PersonId};
use crate::limits::SERVER_BANS_MAX;
use crate::net::framing::Farewell;
use crate::time::Timestamp;
pub(super) use list::{Ban, Bans, SHELF, Whom};

/// Why somebody or something cannot be banned.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum NotBanned {
    #[error("{0} is no address and no network: {1}")]
    NoNetwork(String, crate::net::networks::BadNetwork),
    #[error("{0} is no mask: write nick!user@host, with * for anything")]
    NoMask(String),
    #[error("{0} is this machine itself, or holds it: proxies and gateways may be there")]
    ThisMachine(String),
    #[error("{0} is where you are yourself")]
    Yourself(String),
    #[error("there are {SERVER_BANS_MAX} bans, and there cannot be more: take one away first")]
    Full,
}

impl Turn<'_> {
    pub(super) fn ban(
        &mut self,
        who: PersonId,
        kind: BanKind,
        whom: &str,
        lasts: Option<Duration>,
        reason: Option<&str>,
        key: AnswerKey,
    ) {
        let ban = self.banned(who, kind, whom).and_then(|whom| {
            let ban = Ban {
                whom,
                reason: reason.unwrap_or("no reason was given").to_owned(),
                by: self.chat.called(who).to_owned(),
                at: self.now.wall,
                until: lasts.map(|lasts| after(self.now.wall, lasts)),
            };
            self.forget_ended_bans();
            self.chat
                .bans
                .put(ban.clone())
                .map_err(|list::Full| NotBanned::Full)?;
            Ok(ban)
        });
        match ban {
            Ok(ban) => self.begin_ban(who, &ban, key),
            Err(why) => self.say_numeric(key, ERR_UNKNOWNERROR, &[kind.command()], why),
        }
    }

    /// A ban is set: it is noted, told, and enforced.
    fn begin_ban(&mut self, who: PersonId, ban: &Ban, key: AnswerKey) {
        self.chat.note(ban.note());
        let sent_away = self.enforce(ban);
        let Ban { whom, by, .. } = ban;
        log::info!(
            "{by} ({who}) has banned {whom}: {}; {sent_away} sent away",
            ban.words()
        );
        let until = ban.until.map(|until| format!(" until {}", until.iso()));
        let until = until.unwrap_or_default();
        self.say_notice(
            key,
            &format!("{whom} is banned{until}; connections that were closed: {sent_away}"),
        );
    }

    /// Whom somebody wants to ban; never themselves, by accident.
    fn banned(&self, who: PersonId, kind: BanKind, text: &str) -> Result<Whom, NotBanned> {
        let whom = read(kind, text)?;
        let known = self.ip(who).zip(self.chat.hub.person(who));
        if let Whom::Network(network) = &whom
            && network.holds_this_machine()
        {
            return Err(NotBanned::ThisMachine(whom.to_string()));
        }
        match known {
            Some((ip, member)) if whom.means(ip, &names_of(member, ip)) => {
                Err(NotBanned::Yourself(whom.to_string()))
            }
            _ => Ok(whom),
        }
    }

    pub(super) fn unban(&mut self, who: PersonId, kind: BanKind, whom: &str, key: AnswerKey) {
        self.forget_ended_bans();
        let ban = read(kind, whom).map(|whom| self.chat.bans.remove(&whom));
        match ban {
            Ok(Some(ban)) => {
                self.chat.note(ban.end());
                let nick = self.chat.called(who);
                log::info!("{nick} ({who}) has ended the ban of {}", ban.whom);
                self.say_notice(key, &format!("{} is not banned any more", ban.whom));
            }
            Ok(None) => {
                let command = kind.command();
                let text = format_args!("{whom} is not banned; {command} LIST shows who is");
                self.say_numeric(key, ERR_UNKNOWNERROR, &[kind.undo()], text);
            }
            Err(why) => self.say_numeric(key, ERR_UNKNOWNERROR, &[kind.undo()], why),
        }
    }

    pub(super) fn list_bans(&mut self, who: PersonId, kind: BanKind, key: AnswerKey) {
        self.forget_ended_bans();
        self.stream(who, Cursor::bans(kind, key));
    }

    fn forget_ended_bans(&mut self) {
        for ban in self.chat.bans.take_over(self.now.wall) {
            self.chat.note(ban.end());
        }
    }

    /// Sends away everybody whom a ban means; answers with how many.
    fn enforce(&mut self, ban: &Ban) -> usize {
        let speakers = self.chat.speakers.iter().flatten();
        let ids: Vec<PersonId> = speakers.map(|speaker| speaker.id).collect();
        let meant = |id: &PersonId| self.is_meant(*id, &ban.whom);
        let meant: Vec<PersonId> = ids.into_iter().filter(meant).collect();
        for id in &meant {
            self.keep_away(*id, &ban.words());
        }
        meant.len()
    }

    fn is_meant(&self, who: PersonId, whom: &Whom) -> bool {
        let Some(peer) = self.people.peer(who) else {
            return false;
        };
        if peer.door == DoorId::INSIDE || self.is_to_be_told(who) {
            return false;
        }
        let member = self.chat.hub.person(who);
        let names = member.map(|member| names_of(member, peer.ip));
        whom.means(peer.ip, names.as_ref().map_or(&[], |names| names))
    }

    /// Whether a gateway has yet to tell where somebody comes from.
    fn is_to_be_told(&self, who: PersonId) -> bool {
        let is_new = self.chat.speaker(who).is_some_and(|speaker| speaker.is_new);
        is_new && !self.people.is_counted(who)
    }

    /// Whether somebody had to go because of where they come from, as far as that is known.
    pub(super) fn is_kept_away(&mut self, who: PersonId) -> bool {
        if self.is_to_be_told(who) {
            return false;
        }
        let words = self
            .ip(who)
            .and_then(|ip| self.chat.ban_of(ip, self.now.wall));
        if let Some(words) = &words {
            self.keep_away(who, words);
        }
        words.is_some()
    }

    /// The same because of who they say they are.
    pub(super) fn is_kept_away_as(&mut self, who: PersonId, wish: &Wish) -> bool {
        let Some(ip) = self.ip(who) else { return false };
        let name = |host: &str| format!("{}!{}@{host}", wish.nick, wish.user);
        let names = [name(&self.chat.cloak(ip)), name(&ip.to_string())];
        let ban = self
            .chat
            .bans
            .find(self.now.wall, |whom| whom.means(ip, &names));
        let words = ban.map(Ban::words);
        if let Some(words) = &words {
            self.keep_away(who, words);
        }
        words.is_some()
    }

    fn keep_away(&mut self, who: PersonId, words: &str) {
        log::debug!("{who} is {words}");
        if !self.chat.is_plain(who) {
            let line = self.chat.numeric(
                who,
                ERR_YOUREBANNEDCREEP,
                &[],
                format_args!("you are {words}"),
            );
            self.write(who, &line);
        }
        self.expel(who, words);
    }

    /// Sends somebody away who is not to come back by themselves: a session ends with it.
    pub(super) fn expel(&mut self, who: PersonId, reason: &str) {
        self.dismiss(who, Farewell::NOT_WELCOME, reason);
        self.chat.expelled.push(who);
    }
}

impl Chat {
    /// Why nobody may come in from an address now, if somebody has banned it.
    #[must_use]
    pub fn ban_of(&self, ip: IpAddr, now: Timestamp) -> Option<String> {
        let ban = self.bans.find(now, |whom| whom.means(ip, &[]))?;
        Some(ban.words())
    }

    /// Who was sent away by an operator in this turn: their sessions are over.
    pub fn take_expelled(&mut self) -> Vec<PersonId> {
        std::mem::take(&mut self.expelled)
    }

    /// One line for each ban of a kind.
    pub(super) fn ban_line(
        &self,
        who: PersonId,
        kind: BanKind,
        next: &mut usize,
    ) -> Option<String> {
        let (place, ban) = self.bans.next(kind, *next)?;
        *next = place;
        let (whom, by, at) = (&ban.whom, &ban.by, ban.at.iso());
        let mut line = String::new();
        let text = format_args!("{whom} by {by} at {at}: {}", ban.words());
        self.reader(who).notice(&mut line, text);
        Some(line)
    }
}

fn read(kind: BanKind, text: &str) -> Result<Whom, NotBanned> {
    match kind {
        BanKind::Network => {
            let network = text.parse().map(Whom::Network);
            network.map_err(|why| NotBanned::NoNetwork(text.to_owned(), why))
        }
        BanKind::Mask => {
            let mask = full_mask(text).map(Whom::Mask);
            mask.ok_or_else(|| NotBanned::NoMask(text.to_owned()))
        }
    }
}

/// Who somebody is for a mask: with the hash that others see, and with the address.
fn names_of(member: &Member, ip: IpAddr) -> [String; 2] {
    let source = &member.source;
    let by_address = format!("{}!{}@{ip}", source.nick, source.user());
    [source.mask().to_owned(), by_address]
}

fn after(now: Timestamp, lasts: Duration) -> Timestamp {
    let millis = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
    Timestamp(now.0.saturating_add(millis))
}
