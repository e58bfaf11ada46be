//! What a room is like beyond its name and topic: who may enter, who may speak. Floor 1.
//! modern.ircdocs.horse, "Channel Modes".

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use super::entry::Source;
use super::mask;
use super::ranks::Rank;
use crate::id::PersonId;
use crate::limits::ROOM_LISTED_MAX;
use crate::names::Nick;
use crate::time::Timestamp;

/// What is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flag {
    /// `i`: only who was invited may enter.
    InviteOnly,
    /// `m`: only who has a rank may speak.
    Moderated,
    /// `n`: only members may speak.
    NoExternal,
    /// `s`: who is not in it does not learn that it is there.
    Secret,
    /// `t`: only operators may set the topic.
    TopicByOperators,
}

impl Flag {
    /// All, as they stand in a room's modes.
    pub const ALL: [Flag; 5] = [
        Flag::InviteOnly,
        Flag::Moderated,
        Flag::NoExternal,
        Flag::Secret,
        Flag::TopicByOperators,
    ];

    /// Its letter.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Flag::InviteOnly => 'i',
            Flag::Moderated => 'm',
            Flag::NoExternal => 'n',
            Flag::Secret => 's',
            Flag::TopicByOperators => 't',
        }
    }
}

/// A list of masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum List {
    /// `b`: who may neither enter nor speak.
    Bans,
    /// `e`: who may all the same.
    Exceptions,
    /// `I`: who needs no invitation.
    Invitations,
}

impl List {
    /// All, as `CHANMODES` names them.
    pub const ALL: [List; 3] = [List::Bans, List::Exceptions, List::Invitations];

    /// Its letter.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            List::Bans => 'b',
            List::Exceptions => 'e',
            List::Invitations => 'I',
        }
    }
}

/// Somebody on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// `nick!user@host`, with `*` and `?`.
    pub mask: Arc<str>,
    /// The name of whoever put it there.
    pub by: Nick,
    /// When.
    pub at: Timestamp,
}

/// All modes of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    flags: u8,
    /// `k`: what whoever enters must know.
    pub key: Option<Arc<str>>,
    /// `l`: how many may be in it, at the most.
    pub limit: Option<u32>,
    lists: [Vec<Listed>; 3],
}

/// One change of a mode, as it takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// On or off.
    Flag(Flag, bool),
    /// The new key, or none any more.
    Key(Option<Arc<str>>),
    /// The new limit, or none any more.
    Limit(Option<u32>),
    /// On a list, or off it.
    List(List, Arc<str>, bool),
    /// A member gets a rank, or loses it.
    Rank(Rank, PersonId, Nick, bool),
}

impl Modes {
    /// Those of a room that somebody has made.
    #[must_use]
    pub fn of_new_room() -> Modes {
        let mut modes = Modes::default();
        modes.set(Flag::NoExternal, true);
        modes.set(Flag::TopicByOperators, true);
        modes
    }

    /// Those of the room that is always there: it has no operators who could set its topic.
    #[must_use]
    pub fn of_default_room() -> Modes {
        let mut modes = Modes::default();
        modes.set(Flag::NoExternal, true);
        modes
    }

    /// Whether this is on.
    #[must_use]
    pub fn has(&self, flag: Flag) -> bool {
        self.flags & (1 << flag as u8) != 0
    }

    /// Turns something on or off.
    pub fn set(&mut self, flag: Flag, on: bool) {
        let bit = 1 << flag as u8;
        self.flags = if on {
            self.flags | bit
        } else {
            self.flags & !bit
        };
    }

    /// Whether not everybody may enter, or know that the room is there.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        let is_hidden = self.has(Flag::InviteOnly) || self.has(Flag::Secret);
        self.key.is_some() || is_hidden || !self.list(List::Bans).is_empty()
    }

    /// Who is on a list, in the order in which they came.
    #[must_use]
    pub fn list(&self, list: List) -> &[Listed] {
        &self.lists[list as usize]
    }

    /// How many are on all lists.
    #[must_use]
    pub fn listed(&self) -> usize {
        self.lists.iter().map(Vec::len).sum()
    }

    /// Whether somebody is on a list.
    #[must_use]
    pub fn lists(&self, list: List, source: &Source) -> bool {
        let mut masks = self.list(list).iter();
        masks.any(|listed| mask::matches(&listed.mask, source.mask()))
    }

    /// Whether somebody is banned, and nothing excepts them.
    #[must_use]
    pub fn bans(&self, source: &Source) -> bool {
        self.lists(List::Bans, source) && !self.lists(List::Exceptions, source)
    }

    /// Whether a change would be one. A rank is not known here.
    #[must_use]
    pub fn would_change(&self, change: &Change) -> bool {
        match change {
            Change::Flag(flag, on) => self.has(*flag) != *on,
            Change::Key(key) => self.key != *key,
            Change::Limit(limit) => self.limit != *limit,
            Change::List(list, mask, on) => self.place(*list, mask).is_some() != *on,
            Change::Rank(..) => true,
        }
    }

    fn place(&self, list: List, mask: &str) -> Option<usize> {
        let mut masks = self.list(list).iter();
        masks.position(|listed| listed.mask.eq_ignore_ascii_case(mask))
    }

    /// Makes a change; that of a rank is the room's.
    pub fn change(&mut self, change: &Change, by: &Nick, at: Timestamp) {
        match change {
            Change::Flag(flag, on) => self.set(*flag, *on),
            Change::Key(key) => self.key.clone_from(key),
            Change::Limit(limit) => self.limit = *limit,
            Change::List(list, mask, true) => self.add(*list, mask, by, at),
            Change::List(list, mask, false) => {
                if let Some(place) = self.place(*list, mask) {
                    self.lists[*list as usize].remove(place);
                }
            }
            Change::Rank(..) => {}
        }
    }

    pub(super) fn add(&mut self, list: List, mask: &Arc<str>, by: &Nick, at: Timestamp) {
        if self.place(list, mask).is_none() && self.listed() < ROOM_LISTED_MAX {
            self.lists[list as usize].push(Listed {
                mask: Arc::clone(mask),
                by: by.clone(),
                at,
            });
        }
    }

    /// `+klnt <key> 5`: what MODE tells about a room. Who is not in it sees that there is a key, and not which.
    #[must_use]
    pub fn told(&self, with_key: bool) -> String {
        let on = Flag::ALL.into_iter().filter(|flag| self.has(*flag));
        let mut letters: String = on.map(Flag::letter).collect();
        let mut params = String::new();
        if let Some(key) = &self.key {
            letters.push('k');
            params.push(' ');
            params.push_str(if with_key { key } else { "*" });
        }
        if let Some(limit) = self.limit {
            letters.push('l');
            let _ = write!(params, " {limit}");
        }
        format!("+{letters}{params}")
    }
}

/// `+o-b ana *!*@h`: changes as MODE has them.
#[must_use]
pub fn text(changes: &[Change]) -> String {
    let (mut letters, mut params, mut sign) = (String::new(), String::new(), None);
    for change in changes {
        let (on, letter, param) = change.parts();
        if sign.replace(on) != Some(on) {
            letters.push(if on { '+' } else { '-' });
        }
        letters.push(letter);
        if let Some(param) = param {
            params.push(' ');
            params.push_str(&param);
        }
    }
    letters + &params
}

/// The same without keys, as a history has it: whoever may enter by now need not know those that were.
#[must_use]
pub fn without_keys(text: &str) -> Cow<'_, str> {
    let mut params = text.split(' ');
    let letters = params.next().unwrap_or_default();
    if !letters.contains('k') {
        return text.into();
    }
    let mut on = true;
    let mut told = letters.to_owned();
    for letter in letters.chars() {
        let param = match letter {
            '+' | '-' => {
                on = letter == '+';
                continue;
            }
            letter if !has_param(letter, on) => continue,
            'k' => params.next().map(|_| "*"),
            _ => params.next(),
        };
        told.extend(param.map(|param| [" ", param]).into_iter().flatten());
    }
    told.into()
}

fn has_param(letter: char, on: bool) -> bool {
    let is_flag = Flag::ALL.into_iter().any(|flag| flag.letter() == letter);
    !is_flag && (on || letter != 'l')
}

impl Change {
    /// Whether it sets something, the letter, and the parameter.
    fn parts(&self) -> (bool, char, Option<String>) {
        match self {
            Change::Flag(flag, on) => (*on, flag.letter(), None),
            Change::Key(Some(key)) => (true, 'k', Some(key.to_string())),
            // Whoever takes it away need not know it, but the letter has a parameter always.
            Change::Key(None) => (false, 'k', Some("*".to_owned())),
            Change::Limit(Some(limit)) => (true, 'l', Some(limit.to_string())),
            Change::Limit(None) => (false, 'l', None),
            Change::List(list, mask, on) => (*on, list.letter(), Some(mask.to_string())),
            Change::Rank(rank, _, nick, on) => (*on, rank.letter(), Some(nick.to_string())),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::hub) fn nick(name: &str) -> Nick {
        Nick::new(name).unwrap()
    }

    pub(in crate::hub) fn banned(mask: &str) -> Change {
        Change::List(List::Bans, mask.into(), true)
    }

    #[test]
    fn changes_are_told_with_one_sign_for_each_run() {
        let changes = [
            Change::Flag(Flag::Secret, true),
            Change::Rank(Rank::Operator, PersonId::NOBODY, nick("ana"), true),
            Change::Key(None),
            Change::Limit(None),
            banned("*!*@h"),
        ];
        assert_eq!(text(&changes), "+so-kl+b ana * *!*@h");
        assert_eq!(text(&[]), "");
    }

    #[test]
    fn a_history_has_no_keys() {
        for (told, kept) in [
            ("+k hunter2", "+k *"),
            ("+sokl-lk+b ana kk 7 * *!*@h", "+sokl-lk+b ana * 7 * *!*@h"),
            ("-k+k * k", "-k+k * *"),
            ("+b k!k@k", "+b k!k@k"),
            ("+k", "+k"),
        ] {
            assert_eq!(without_keys(told), kept);
        }
    }

    #[test]
    fn an_exception_is_stronger_than_a_ban() {
        let mut modes = Modes::default();
        let ana = Source::new(nick("ana"), "a", "cafe");
        modes.change(&banned("*!*@CAFE"), &nick("op"), Timestamp(1));
        assert!(modes.bans(&ana));
        assert!(!modes.would_change(&banned("*!*@cafe")));
        let except = Change::List(List::Exceptions, "ana!*@*".into(), true);
        modes.change(&except, &nick("op"), Timestamp(1));
        assert!(!modes.bans(&ana));
        modes.change(
            &Change::List(List::Bans, "*!*@cafe".into(), false),
            &nick("op"),
            Timestamp(1),
        );
        assert_eq!(modes.listed(), 1);
    }
}
