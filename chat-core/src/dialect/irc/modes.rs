//! What a MODE of a room asks for. modern.ircdocs.horse, "MODE message".

use crate::hub::modes::{Flag, List};
use crate::hub::ranks::Rank;
use crate::limits::{MASK_BYTES_MAX, MODE_PARAMS_MAX, ROOM_KEY_BYTES_MAX};

/// One thing that is wanted of a room's modes; names and masks are as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// On or off.
    Flag(Flag, bool),
    /// A new key, or none any more.
    Key(Option<&'a str>),
    /// A new limit, or none any more.
    Limit(Option<u32>),
    /// On a list, or off it: `nick!user@host`.
    List(List, String, bool),
    /// Who is on a list?
    Show(List),
    /// A member is to get a rank, or to lose it.
    Rank(Rank, &'a str, bool),
    /// No mode of ours. 472.
    Unknown(char),
    /// A mode of ours with a parameter that it cannot have. 696.
    Invalid(char, &'a str, &'static str),
}

/// What the letters and parameters of a MODE ask for. A letter that needs a parameter and has none is left out, as are
/// more than [`MODE_PARAMS_MAX`] of those that have one.
#[must_use]
pub fn wanted<'a>(modes: &[&'a str]) -> Vec<Wanted<'a>> {
    let (letters, params) = modes.split_first().unwrap_or((&"", &[]));
    let has_too_many = params.len() > MODE_PARAMS_MAX;
    let mut params = params.iter().copied().take(MODE_PARAMS_MAX);
    let (mut on, mut wanted) = (true, Vec::new());
    for letter in letters.chars() {
        match letter {
            '+' => on = true,
            '-' => on = false,
            letter => wanted.extend(one(letter, on, &mut params)),
        }
        // Each letter is told or answered at most once for each place on the line.
        if wanted.len() >= WANTED_MAX {
            break;
        }
    }
    let mut shown = Vec::new();
    wanted.retain(|one| match one {
        // Whose mask was left out did not ask who is on the list.
        Wanted::Show(_) if has_too_many => false,
        // Nobody needs it twice, and a list is long.
        Wanted::Show(list) if shown.contains(list) => false,
        Wanted::Show(list) => {
            shown.push(*list);
            true
        }
        _ => true,
    });
    wanted
}

/// Letters in one MODE: each of ours once set and once unset, about.
const WANTED_MAX: usize = 24;

fn one<'a>(
    letter: char,
    on: bool,
    params: &mut impl Iterator<Item = &'a str>,
) -> Option<Wanted<'a>> {
    if let Some(flag) = Flag::ALL.into_iter().find(|flag| flag.letter() == letter) {
        return Some(Wanted::Flag(flag, on));
    }
    if let Some(rank) = Rank::ALL.into_iter().find(|rank| rank.letter() == letter) {
        return params.next().map(|nick| Wanted::Rank(rank, nick, on));
    }
    if let Some(list) = List::ALL.into_iter().find(|list| list.letter() == letter) {
        return Some(match params.next() {
            None => Wanted::Show(list),
            Some(text) => listed(list, text, on),
        });
    }
    match (letter, on) {
        // With or without the key that it has: modern.ircdocs.horse, "Key Channel Mode".
        ('k', false) => {
            params.next();
            Some(Wanted::Key(None))
        }
        ('k', true) => params.next().map(key),
        ('l', false) => Some(Wanted::Limit(None)),
        ('l', true) => params.next().map(limit),
        (other, _) => Some(Wanted::Unknown(other)),
    }
}

fn key(text: &str) -> Wanted<'_> {
    let fits = !text.is_empty() && text.len() <= ROOM_KEY_BYTES_MAX;
    let is_one_word =
        !text.starts_with(':') && !text.contains([' ', ',']) && !text.chars().any(char::is_control);
    match fits && is_one_word {
        true => Wanted::Key(Some(text)),
        // What was to be a secret is not said again.
        false => Wanted::Invalid('k', "*", "a key has 1 to 23 bytes, and no space or comma"),
    }
}

fn limit(text: &str) -> Wanted<'_> {
    match text.parse().ok().filter(|limit| *limit > 0) {
        Some(limit) => Wanted::Limit(Some(limit)),
        None => Wanted::Invalid('l', text, "a limit is a number of people, at least 1"),
    }
}

fn listed(list: List, text: &str, on: bool) -> Wanted<'_> {
    let invalid = |why| Wanted::Invalid(list.letter(), text, why);
    match full_mask(text) {
        Some(mask) if on && matches_nobody(&mask) => invalid(NOBODY),
        Some(mask) => Wanted::List(list, mask, on),
        None => invalid("a mask is nick!user@host, with * and ?"),
    }
}

const NOBODY: &str =
    "this would match nobody: a host here is a hash, as WHOIS shows it, and never an address";

/// Whether the name or the host holds what none has, as addresses do: it would look like a ban and be none. One that is on
/// a list from before may still be taken off it.
fn matches_nobody(mask: &str) -> bool {
    let name = mask.split('!').next().unwrap_or_default();
    let host = mask.rsplit('@').next().unwrap_or_default();
    name.contains(IN_ADDRESSES) || host.contains(IN_ADDRESSES)
}

const IN_ADDRESSES: [char; 3] = ['.', ':', '/'];

/// A mask in full: what is left out is `*`. `ana` is `ana!*@*`, `a@h` is `*!a@h`.
#[must_use]
pub fn full_mask(text: &str) -> Option<String> {
    let (nick, rest) = match text.split_once('!') {
        Some((nick, rest)) => (nick, rest),
        None if text.contains('@') => ("*", text),
        None => (text, "*@*"),
    };
    let (user, host) = rest.split_once('@').unwrap_or((rest, "*"));
    let or_any = |part: &str| {
        if part.is_empty() {
            "*".to_owned()
        } else {
            part.to_owned()
        }
    };
    let mask = format!("{}!{}@{}", or_any(nick), or_any(user), or_any(host));
    let is_one_word = !text.is_empty() && !text.starts_with(':') && !mask.contains([' ', ',']);
    let fits = mask.len() <= MASK_BYTES_MAX && !mask.chars().any(char::is_control);
    (is_one_word && fits).then_some(mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_take_their_parameters_in_turn() {
        assert_eq!(
            wanted(&["+ov-k+l", "ana", "bob", "x"]),
            [
                Wanted::Rank(Rank::Operator, "ana", true),
                Wanted::Rank(Rank::Voice, "bob", true),
                Wanted::Key(None),
            ],
            "the limit has none left"
        );
        assert_eq!(
            wanted(&["-sx+b"]),
            [
                Wanted::Flag(Flag::Secret, false),
                Wanted::Unknown('x'),
                Wanted::Show(List::Bans)
            ]
        );
        assert_eq!(
            wanted(&["bbe+b"]),
            [Wanted::Show(List::Bans), Wanted::Show(List::Exceptions)],
            "each list is shown once"
        );
        assert_eq!(wanted(&["-k"]), [Wanted::Key(None)]);
        assert_eq!(wanted(&[]), []);
    }

    #[test]
    fn no_more_than_three_parameters_are_taken() {
        let names = ["+vvvv", "a", "b", "c", "d"];
        assert_eq!(wanted(&names).len(), 3);
        assert_eq!(wanted(&[&"s".repeat(500)]).len(), WANTED_MAX);
    }

    #[test]
    fn a_mask_is_made_whole() {
        let cases = [
            ("ana", Some("ana!*@*")),
            ("a@h", Some("*!a@h")),
            ("@h", Some("*!*@h")),
            ("ana!a", Some("ana!a@*")),
            ("*!*@h", Some("*!*@h")),
            ("", None),
            (":a", None),
            ("a b", None),
        ];
        for (text, expected) in cases {
            assert_eq!(full_mask(text).as_deref(), expected, "{text}");
        }
        assert_eq!(full_mask(&"a".repeat(MASK_BYTES_MAX)), None);
    }

    #[test]
    fn a_mask_of_an_address_is_refused_and_may_be_taken_away() {
        for mask in [
            "*!*@127.0.0.1",
            "*!*@127.0.0.0/8",
            "*!*@2001:db8::*",
            "*!*@*.example.org",
            "192.0.2.7",
        ] {
            for letter in ['b', 'e', 'I'] {
                let set = [format!("+{letter}"), format!("-{letter}")];
                let told = wanted(&[&set[0], mask]);
                assert_eq!(told, [Wanted::Invalid(letter, mask, NOBODY)]);
                let taken = wanted(&[&set[1], mask]);
                assert!(matches!(taken[..], [Wanted::List(_, _, false)]), "{mask}");
            }
        }
        for mask in ["*!*@0123456789abcdef", "*!*@01*", "ana", "*!a.b@*"] {
            let told = wanted(&["+b", mask]);
            assert!(matches!(told[..], [Wanted::List(_, _, true)]), "{mask}");
        }
    }

    #[test]
    fn what_cannot_be_a_parameter_is_told() {
        let invalid = |modes: &[&str]| matches!(wanted(modes)[..], [Wanted::Invalid(..)]);
        for modes in [
            ["+l", "0"],
            ["+l", "x"],
            ["+k", "a b"],
            ["+k", "a,b"],
            ["+b", "a b"],
        ] {
            assert!(invalid(&modes), "{modes:?}");
        }
        assert!(invalid(&["+k", &"k".repeat(24)]));
    }
}
