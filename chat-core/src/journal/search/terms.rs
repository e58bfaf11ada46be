//! What is looked for in a text: all of some words and phrases. Floor 2.
//!
//! Everything between two spaces is looked for as it stands, and so is everything between two `"`: its words one right
//! behind the other. The last word may go on, unless it is in quotes: `conf` finds `conference`. There is nothing else to
//! a question, so nobody can ask one that costs more than its words.

use super::words::{folded, words};
use crate::limits::{SEARCH_TEXT_BYTES_MAX, SEARCH_WORDS_MAX};

/// Words and phrases that must all be there; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms(Vec<Phrase>);

/// Words that stand one right behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::journal) struct Phrase {
    /// All but the last.
    pub(in crate::journal) head: Vec<String>,
    pub(in crate::journal) last: String,
    /// Whether the last one may go on.
    pub(in crate::journal) is_open: bool,
}

/// Why a text cannot be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTerms {
    /// No letter, digit or picture is in it.
    #[error("the text to search for has no word in it")]
    NoWord,
    /// It is too long, or has too many words.
    #[error(
        "the text to search for has at most {SEARCH_TEXT_BYTES_MAX} bytes and {SEARCH_WORDS_MAX} words"
    )]
    TooLong,
}

impl Terms {
    /// What somebody means who writes so.
    ///
    /// # Errors
    /// There is no word in it, or there is too much.
    pub fn parse(text: &str) -> Result<Terms, BadTerms> {
        if text.len() > SEARCH_TEXT_BYTES_MAX {
            return Err(BadTerms::TooLong);
        }
        let mut phrases: Vec<Phrase> = pieces(text).filter_map(Phrase::of).collect();
        if let Some((_, others)) = phrases.split_last_mut() {
            others.iter_mut().for_each(|other| other.is_open = false);
        }
        let count: usize = phrases.iter().map(|phrase| phrase.head.len() + 1).sum();
        match count {
            0 => Err(BadTerms::NoWord),
            _ if count > SEARCH_WORDS_MAX => Err(BadTerms::TooLong),
            _ => Ok(Terms(phrases)),
        }
    }

    /// Whether all of it is in a text.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        let text = folded(text);
        let words: Vec<&str> = words(&text).collect();
        self.0.iter().all(|phrase| phrase.is_in(&words))
    }

    #[cfg(feature = "sqlite")]
    pub(in crate::journal) fn phrases(&self) -> &[Phrase] {
        &self.0
    }
}

/// What stands between spaces or quotes, and whether it was not quoted.
fn pieces(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let parts = text.split('"').enumerate();
    parts.flat_map(|(i, part)| {
        let is_quoted = i % 2 == 1;
        let quoted = is_quoted.then_some((part, false));
        let open = (!is_quoted).then(|| part.split_whitespace().map(|piece| (piece, true)));
        quoted.into_iter().chain(open.into_iter().flatten())
    })
}

impl Phrase {
    fn of((piece, is_open): (&str, bool)) -> Option<Phrase> {
        let folded = folded(piece);
        let mut head: Vec<String> = words(&folded).map(str::to_owned).collect();
        let last = head.pop()?;
        Some(Phrase {
            head,
            last,
            is_open,
        })
    }

    fn is_in(&self, words: &[&str]) -> bool {
        let mut places = words.windows(self.head.len() + 1);
        places.any(|place| match place.split_last() {
            Some((last, head)) => self.ends_with(last) && self.head == head,
            None => false,
        })
    }

    fn ends_with(&self, word: &str) -> bool {
        match self.is_open {
            true => word.starts_with(&self.last),
            false => word == self.last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_words_must_be_there_and_the_last_may_go_on() {
        let cases = [
            ("fast", "That was fast!", true),
            ("fast", "Fasting is hard.", true),
            ("fast", "breakfast", false),
            ("hard fast", "Fasting is hard.", true),
            ("fast hard", "Fasting is hard.", false),
            ("fasting easy", "Fasting is hard.", false),
            ("\"fast\"", "Fasting is hard.", false),
            ("hard \"fast\"", "fast and hard", true),
            ("\"is hard\"", "Fasting is hard.", true),
            ("\"hard is\"", "Fasting is hard.", false),
            ("\"is har", "Fasting is hard.", false),
            ("foo.bar", "see foo-bar now", true),
            ("foo.bar", "see foo and bar now", false),
            ("\"a b\"", "a c a b", true),
            ("東京", "昨日東京に", true),
            ("東京", "京東", false),
            ("cafe", "ein Café", true),
            ("👍", "ok 👍", true),
            ("a \"\" --", "a", true),
        ];
        for (query, text, expected) in cases {
            let terms = Terms::parse(query).unwrap();
            assert_eq!(terms.are_in(text), expected, "{query} in {text}");
        }
    }

    #[test]
    fn what_has_no_words_or_too_many_is_refused() {
        for nothing in ["", " ", "\"\"", "-- !"] {
            assert_eq!(Terms::parse(nothing), Err(BadTerms::NoWord), "{nothing}");
        }
        let long = "x".repeat(SEARCH_TEXT_BYTES_MAX + 1);
        let many = "x ".repeat(SEARCH_WORDS_MAX + 1);
        for much in [long, many] {
            assert_eq!(Terms::parse(&much), Err(BadTerms::TooLong), "{much}");
        }
        assert!(Terms::parse(&"x ".repeat(SEARCH_WORDS_MAX)).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_is_said_is_found_by_itself(text in ".{1,60}") {
            let text = text.replace('"', " ");
            if let Ok(terms) = Terms::parse(&text) {
                prop_assert!(terms.are_in(&text));
            }
        }
    }
}
