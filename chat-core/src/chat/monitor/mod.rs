//! MONITOR: somebody hears when a name comes and goes, and with `extended-monitor` when whoever has it is away or has
//! another real name. Floor 5. IRCv3 monitor, extended-monitor.
//!
//! It is a name that is watched, however it looks: who is invisible is told of too, as WHOIS and ISON tell of them to
//! whoever knows the name already. A list is a connection's: whoever comes next behind it begins with none.

mod reply;
mod table;

pub(super) use reply::Reply;
pub(super) use table::Monitors;

use super::answer::AnswerKey;
use super::cursor::Cursor;
use super::turn::Turn;
use crate::dialect::irc::Caps;
use crate::dialect::irc::command::targets;
use crate::dialect::irc::monitor::{COMMAND, MonitorCommand};
use crate::dialect::irc::numeric::{
    ERR_MONLISTFULL, ERR_UNKNOWNERROR, Numeric, RPL_MONOFFLINE, RPL_MONONLINE,
};
use crate::hub::Effects;
use crate::hub::entry::{Act, Committed};
use crate::id::PersonId;
use crate::limits::MONITORED_MAX;
use crate::names::Nick;

impl Turn<'_> {
    pub(super) fn monitor(&mut self, who: PersonId, command: MonitorCommand<'_>, key: AnswerKey) {
        match command {
            MonitorCommand::Add(list) => self.watch(who, list, key),
            MonitorCommand::Remove(list) => {
                for nick in targets(list).filter_map(|name| Nick::new(name).ok()) {
                    self.chat.monitors.remove(who, &nick);
                }
            }
            MonitorCommand::Clear => self.chat.monitors.forget(who),
            MonitorCommand::List => {
                let reply = Reply::list(self.chat.monitors.watched(who).to_vec());
                self.stream(who, Cursor::monitored(reply, key));
            }
            MonitorCommand::Status => {
                let reply = Reply::status(self.chat.monitors.watched(who).to_vec());
                self.stream(who, Cursor::monitored(reply, key));
            }
            MonitorCommand::Unknown(what) => {
                let text = "MONITOR takes + and names, - and names, C, L or S";
                self.say_numeric(key, ERR_UNKNOWNERROR, &[COMMAND, what], text);
            }
        }
    }

    /// What cannot be a name is never here and left out. Whoever is watched already is told of again.
    fn watch(&mut self, who: PersonId, list: &str, key: AnswerKey) {
        let (mut added, mut left_out) = (Vec::new(), Vec::new());
        for (name, nick) in targets(list).filter_map(|name| Some((name, Nick::new(name).ok()?))) {
            match self.chat.monitors.add(who, &nick) {
                true if added.contains(&nick) => {}
                true => added.push(nick),
                false => left_out.push(name),
            }
        }
        self.stream(who, Cursor::monitored(Reply::status(added), key));
        let most = MONITORED_MAX.to_string();
        for names in left_out.chunks(LEFT_OUT_PER_LINE) {
            let text = "you watch as many names as you may: take some off with MONITOR -";
            self.say_numeric(key, ERR_MONLISTFULL, &[&most, &names.join(",")], text);
        }
    }

    /// Somebody has come under a name, and those who watch it hear of it.
    pub(super) fn tell_of_arrival(&mut self, who: PersonId) {
        if self.chat.monitors.is_empty() {
            return;
        }
        if let Some(member) = self.chat.hub.person(who) {
            let source = member.source.clone();
            self.tell_watchers(&source.nick, RPL_MONONLINE, source.mask());
        }
    }

    /// The same for what changes who is here: somebody has left, or has another name. Another case of the letters is none.
    pub(super) fn tell_of_presence(&mut self, committed: &Committed) {
        let old = &committed.entry.source.nick;
        match &committed.entry.act {
            Act::Quit { .. } => self.tell_watchers(old, RPL_MONOFFLINE, old.as_str()),
            Act::Name { new, .. } if new != old => {
                self.tell_watchers(old, RPL_MONOFFLINE, old.as_str());
                self.tell_of_arrival(committed.entry.who);
            }
            _ => {}
        }
    }

    fn tell_watchers(&mut self, nick: &Nick, code: Numeric, text: &str) {
        for who in self.chat.monitors.watchers(nick) {
            let line = self.chat.numeric(who, code, &[], text);
            self.write(who, &line);
        }
    }

    /// Whoever watches somebody without sharing a room hears what those who do share one hear of them.
    pub(super) fn tell_watchers_elsewhere(&mut self, committed: &Committed, effects: &Effects) {
        let is_told = matches!(committed.entry.act, Act::Away { .. } | Act::RealName { .. });
        if !is_told || effects.is_void {
            return;
        }
        let who = committed.entry.who;
        let mut others = self.chat.monitors.watchers(&committed.entry.source.nick);
        others.retain(|&other| {
            let asked = self.caps(other).has(Caps::EXTENDED_MONITOR);
            asked && other != who && !self.chat.share_a_room(who, other)
        });
        let (hub, people) = (&self.chat.hub, &mut *self.people);
        self.chat.fan.tell(&others, committed, hub, people);
    }
}

/// Names of 64 bytes at the most, so that the line is not cut within one.
const LEFT_OUT_PER_LINE: usize = 3;
