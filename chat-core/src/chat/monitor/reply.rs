//! Which watched names are here, and which are watched: some in a line. Floor 5. IRCv3 monitor, "Numeric replies".

use super::super::Chat;
use crate::dialect::irc::numeric::{RPL_ENDOFMONLIST, RPL_MONLIST, RPL_MONOFFLINE, RPL_MONONLINE};
use crate::id::PersonId;
use crate::names::Nick;

/// The names, and how far they are told.
#[derive(Debug)]
pub(in crate::chat) struct Reply {
    names: Vec<Nick>,
    next: usize,
    told: Told,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Online,
    Offline,
    All,
}

impl Reply {
    /// Who of them is here, then who is not.
    pub(super) fn status(names: Vec<Nick>) -> Reply {
        Reply {
            names,
            next: 0,
            told: Told::Online,
        }
    }

    /// All of them.
    pub(super) fn list(names: Vec<Nick>) -> Reply {
        Reply {
            names,
            next: 0,
            told: Told::All,
        }
    }

    /// As many as fit a line.
    pub(in crate::chat) fn next(&mut self, chat: &Chat, who: PersonId) -> Option<String> {
        let mut text = String::new();
        while let Some(nick) = self.names.get(self.next) {
            if let Some(name) = self.name(chat, nick) {
                if !text.is_empty() && text.len() + ",".len() + name.len() > TEXT_BYTES_MAX {
                    break;
                }
                text.push_str(if text.is_empty() { "" } else { "," });
                text.push_str(name);
            }
            self.next += 1;
        }
        if !text.is_empty() {
            return Some(chat.numeric(who, self.code(), &[], text));
        }
        (self.told == Told::Online).then(|| (self.told, self.next) = (Told::Offline, 0))?;
        self.next(chat, who)
    }

    /// A list has an end; what is here and what is not needs none.
    pub(in crate::chat) fn last_line(&self, chat: &Chat, who: PersonId) -> Option<String> {
        let is_list = self.told == Told::All;
        is_list.then(|| chat.numeric(who, RPL_ENDOFMONLIST, &[], "end of the names you watch"))
    }

    /// A name as it is told, if it is to be told at all.
    fn name<'c>(&self, chat: &'c Chat, nick: &'c Nick) -> Option<&'c str> {
        let member = chat.hub.by_nick(nick);
        match self.told {
            Told::Online => member.map(|member| member.source.mask()),
            Told::Offline => member.is_none().then_some(nick.as_str()),
            Told::All => Some(nick.as_str()),
        }
    }

    fn code(&self) -> crate::dialect::irc::Numeric {
        match self.told {
            Told::Online => RPL_MONONLINE,
            Told::Offline => RPL_MONOFFLINE,
            Told::All => RPL_MONLIST,
        }
    }
}

/// Bytes of names in a line: what is left behind the longest names of a server and of a reader.
const TEXT_BYTES_MAX: usize = 330;
