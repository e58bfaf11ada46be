//! WHOIS and WHOWAS. Floor 5. RFC 2812 §3.6.2 and §3.6.3. WHOWAS of several is one search, from the latest back.

use std::net::IpAddr;

use super::Chat;
use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::irc::command::targets;
use crate::dialect::irc::numeric::{
    ERR_NOSUCHNICK, ERR_NOSUCHSERVER, ERR_WASNOSUCHNICK, RPL_AWAY, RPL_ENDOFWHOIS, RPL_ENDOFWHOWAS,
    RPL_WHOISACTUALLY, RPL_WHOISBOT, RPL_WHOISCHANNELS, RPL_WHOISIDLE, RPL_WHOISOPERATOR,
    RPL_WHOISSERVER, RPL_WHOISUSER, RPL_WHOWASUSER,
};
use crate::hub::{Gone, Member};
use crate::id::PersonId;
use crate::limits::TARGETS_MAX;
use crate::names::Nick;

impl Turn<'_> {
    pub(super) fn whois(
        &mut self,
        who: PersonId,
        server: Option<&str>,
        nicks: &str,
        key: AnswerKey,
    ) {
        let known = |server: &&str| !self.chat.is_us(server) && self.chat.present(server).is_none();
        if let Some(server) = server.filter(known) {
            let text = "there is no such server; this one stands alone";
            return self.say_numeric(key, ERR_NOSUCHSERVER, &[server], text);
        }
        for nick in targets(nicks).take(TARGETS_MAX) {
            match self.chat.present(nick) {
                Some(member) => {
                    let ip = self
                        .people
                        .peer(member.id)
                        .filter(|_| member.id == who || self.chat.hub.is_server_operator(who))
                        .map(|peer| peer.ip);
                    let mut lines = self.chat.whois_lines(who, member, self.now.wall.seconds());
                    lines.extend(ip.map(|ip| self.chat.address_line(who, member, ip)));
                    self.say_all(key, lines);
                }
                None => {
                    let text = format_args!("nobody here is called {nick}");
                    self.say_numeric(key, ERR_NOSUCHNICK, &[nick], text);
                }
            }
        }
        self.say_numeric(key, RPL_ENDOFWHOIS, &[nicks], "end of whois");
    }

    pub(super) fn whowas(
        &mut self,
        who: PersonId,
        nicks: &str,
        count: Option<usize>,
        key: AnswerKey,
    ) {
        for nick in targets(nicks).take(TARGETS_MAX) {
            if !Nick::new(nick).is_ok_and(|nick| self.chat.hub.gone(&nick).next().is_some()) {
                let text = format_args!("nobody was called {nick}");
                self.say_numeric(key, ERR_WASNOSUCHNICK, &[nick], text);
            }
        }
        let lines = self
            .chat
            .whowas_lines(who, nicks, count.unwrap_or(usize::MAX));
        self.say_all(key, lines);
        self.say_numeric(key, RPL_ENDOFWHOWAS, &[nicks], "end of whowas");
    }
}

impl Chat {
    pub(super) fn is_us(&self, server: &str) -> bool {
        server == "*" || server.eq_ignore_ascii_case(&self.house.server)
    }

    fn whois_lines(&self, who: PersonId, member: &Member, now: i64) -> Vec<String> {
        let source = &member.source;
        let nick = source.nick.as_str();
        let mut lines = vec![self.numeric(
            who,
            RPL_WHOISUSER,
            &[nick, source.user(), source.host(), "*"],
            &member.real_name,
        )];
        lines.extend(self.whois_rooms(who, member));
        let server = self.house.server.as_str();
        lines.push(self.numeric(who, RPL_WHOISSERVER, &[nick, server], &self.house.title));
        if member.is_operator {
            let text = "is an operator of this server";
            lines.push(self.numeric(who, RPL_WHOISOPERATOR, &[nick], text));
        }
        if let Some(reason) = &member.away {
            lines.push(self.numeric(who, RPL_AWAY, &[nick], reason));
        }
        if member.source.is_bot {
            lines.push(self.numeric(who, RPL_WHOISBOT, &[nick], "is a bot"));
        }
        let idle = (now - member.spoke.seconds()).max(0).to_string();
        let since = member.since.seconds().to_string();
        let text = "seconds idle, signon time";
        lines.push(self.numeric(who, RPL_WHOISIDLE, &[nick, &idle, &since], text));
        lines
    }

    /// Where somebody is: for themselves and for operators of the server.
    fn address_line(&self, who: PersonId, member: &Member, ip: IpAddr) -> String {
        let ip = as_parameter(ip);
        let params = [member.source.nick.as_str(), ip.as_str()];
        let text = match member.id == who {
            true => "is your address, which only you and operators of this server see",
            false => "is their address, which only they and operators of this server see",
        };
        self.numeric(who, RPL_WHOISACTUALLY, &params, text)
    }

    /// The rooms that somebody is in, as many as fit a line each.
    fn whois_rooms(&self, who: PersonId, member: &Member) -> Vec<String> {
        let rooms = member.rooms.iter().filter_map(|&key| self.hub.room_at(key));
        let rooms = rooms.filter(|room| self.shows_place(who, member, room));
        let mut texts = vec![String::new()];
        for room in rooms {
            let mut name = String::new();
            self.push_prefixes(who, room, member.id, &mut name);
            name.push_str(room.name.as_str());
            if texts
                .last()
                .is_some_and(|text| text.len() + name.len() > ROOMS_BYTES_MAX)
            {
                texts.push(String::new());
            }
            if let Some(text) = texts.last_mut() {
                text.push_str(if text.is_empty() { "" } else { " " });
                text.push_str(&name);
            }
        }
        let texts = texts.into_iter().filter(|text| !text.is_empty());
        let nick = member.source.nick.as_str();
        texts
            .map(|text| self.numeric(who, RPL_WHOISCHANNELS, &[nick], text))
            .collect()
    }

    /// All of several names in one, the latest first, and so many of each.
    fn whowas_lines(&self, who: PersonId, nicks: &str, count: usize) -> Vec<String> {
        let asked = targets(nicks)
            .take(TARGETS_MAX)
            .filter_map(|nick| Nick::new(nick).ok());
        let mut asked: Vec<(Nick, usize)> = asked.map(|nick| (nick, count)).collect();
        let mut is_asked = |gone: &&Gone| {
            let asked = asked
                .iter_mut()
                .find(|(nick, rest)| *rest > 0 && *nick == gone.source.nick);
            asked.map(|(_, rest)| *rest -= 1).is_some()
        };
        let gone: Vec<&Gone> = self.hub.departed().filter(|gone| is_asked(gone)).collect();
        gone.into_iter()
            .flat_map(|gone| self.gone_lines(who, gone))
            .collect()
    }

    fn gone_lines(&self, who: PersonId, gone: &Gone) -> [String; 2] {
        let source = &gone.source;
        let nick = source.nick.as_str();
        let params = [nick, source.user(), source.host(), "*"];
        let server = [nick, self.house.server.as_str()];
        [
            self.numeric(who, RPL_WHOWASUSER, &params, &gone.real_name),
            self.numeric(who, RPL_WHOISSERVER, &server, gone.at.iso()),
        ]
    }
}

/// An address as a parameter, which may not begin with a colon. IRCv3 WebIRC says how.
fn as_parameter(ip: IpAddr) -> String {
    match ip.to_canonical().to_string() {
        ip if ip.starts_with(':') => format!("0{ip}"),
        ip => ip,
    }
}

/// Bytes of room names in one line: what is left behind two long names.
const ROOMS_BYTES_MAX: usize = 250;
