//! Changes of a room's modes in words. modern.ircdocs.horse, "Channel Modes".

use crate::dialect::terminal::visible;
use crate::hub::modes::{Change, Flag, List};
use crate::hub::ranks::Rank;

/// What a room is like from now on. What is read again has letters alone, and they stay what they are.
pub(super) fn in_words(changes: &[Change], letters: &str) -> String {
    if changes.is_empty() {
        return visible(letters).into_owned();
    }
    let words: Vec<String> = changes.iter().map(one).collect();
    words.join("; ")
}

fn one(change: &Change) -> String {
    match change {
        Change::Flag(flag, on) => self::flag(*flag, *on).to_owned(),
        Change::Key(Some(key)) => format!("its key is {}", visible(key)),
        Change::Key(None) => "it needs no key".to_owned(),
        Change::Limit(Some(limit)) => format!("at most {limit} people may be in it"),
        Change::Limit(None) => "any number of people may be in it".to_owned(),
        Change::List(list, mask, on) => format!("{} {}", visible(mask), listed(*list, *on)),
        Change::Rank(rank, _, nick, on) => format!("{nick} {}", ranked(*rank, *on)),
    }
}

fn flag(flag: Flag, on: bool) -> &'static str {
    match (flag, on) {
        (Flag::InviteOnly, true) => "only people who are invited may enter",
        (Flag::InviteOnly, false) => "nobody needs an invitation",
        (Flag::Moderated, true) => "only people with a voice may speak",
        (Flag::Moderated, false) => "nobody needs a voice to speak",
        (Flag::NoExternal, true) => "only people in it may speak",
        (Flag::NoExternal, false) => "people outside may speak",
        (Flag::Secret, true) => "it is hidden from people outside",
        (Flag::Secret, false) => "it is hidden from nobody",
        (Flag::TopicByOperators, true) => "only operators may set the topic",
        (Flag::TopicByOperators, false) => "everybody may set the topic",
    }
}

fn listed(list: List, on: bool) -> &'static str {
    match (list, on) {
        (List::Bans, true) => "is banned",
        (List::Bans, false) => "is not banned any more",
        (List::Exceptions, true) => "may enter past any ban",
        (List::Exceptions, false) => "may not enter past a ban any more",
        (List::Invitations, true) => "may enter without an invitation",
        (List::Invitations, false) => "may not enter without an invitation any more",
    }
}

fn ranked(rank: Rank, on: bool) -> &'static str {
    match (rank, on) {
        (Rank::Operator, true) => "is an operator",
        (Rank::Operator, false) => "is no operator any more",
        (Rank::Voice, true) => "has a voice",
        (Rank::Voice, false) => "has no voice any more",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PersonId;
    use crate::names::Nick;

    #[test]
    fn several_changes_stand_in_one_line() {
        let bob = Nick::new("bob").unwrap();
        let changes = [
            Change::Flag(Flag::Moderated, true),
            Change::Rank(Rank::Voice, PersonId::NOBODY, bob, true),
            Change::List(List::Bans, "*!*@\x1b".into(), true),
            Change::Key(Some("z\x07".into())),
            Change::Limit(None),
        ];
        assert_eq!(
            in_words(&changes, "+mvbk-l bob *!*@\x1b z\x07"),
            "only people with a voice may speak; bob has a voice; *!*@\u{fffd} is banned; \
             its key is z\u{fffd}; any number of people may be in it"
        );
    }

    #[test]
    fn what_is_read_again_has_letters() {
        assert_eq!(in_words(&[], "+o b\x1bb"), "+o b\u{fffd}b");
    }

    #[test]
    fn on_and_off_are_different_words() {
        let pairs = Flag::ALL.map(|it| (flag(it, true), flag(it, false)));
        let lists = List::ALL.map(|it| (listed(it, true), listed(it, false)));
        let ranks = Rank::ALL.map(|it| (ranked(it, true), ranked(it, false)));
        let all: Vec<_> = pairs.into_iter().chain(lists).chain(ranks).collect();
        let mut words: Vec<&str> = all.iter().flat_map(|(on, off)| [*on, *off]).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 2 * all.len());
    }
}
