//! What may be dropped for somebody who reads too slowly, and what they are told instead.
//!
//! A line for a terminal does not say what it is: it is recognised by how [`encode`](mod@super::encode)
//! writes what is said in a room. Whatever could be something else stays, so an action whose words look
//! like news of the house (`/me left the house`) is kept with those.

use crate::dialect::missing;
use crate::gap::{Gap, Lost};
use crate::names::Nick;

use super::words::{BEFORE, NOW};

/// How news go on behind a name, and what is for one person only.
const NEWS: [&str; 14] = [
    "joined ",
    "left ",
    "is gone",
    "is now called ",
    "are now called ",
    "set the topic: ",
    "cleared the topic",
    "changes ",
    "removed ",
    "took back a message",
    "invites ",
    "is invited to ",
    "is away: ",
    "(to ",
];

/// What a line is, if it may be dropped: said by somebody in the room where the reader is.
#[must_use]
pub fn dispensable(line: &str) -> Option<Lost<'_>> {
    let (word, rest) = line.split_once(' ')?;
    let is_said = is_text(word) || is_notice(word, rest) || is_action(word, rest, line);
    is_said.then_some(Lost::whole("", "", ""))
}

/// Appends the line that stands where messages are missing.
pub fn dropped(_room: &str, gap: &Gap, out: &mut String) {
    out.push_str("* ");
    out.push_str(&missing(gap.count));
}

/// `ana: hello`.
fn is_text(word: &str) -> bool {
    word.strip_suffix(':').is_some_and(is_nick)
}

/// `-ana- hello`. A name may end with a dash: `-ana- (to you)- hello` is from `ana-`.
fn is_notice(word: &str, rest: &str) -> bool {
    let nick = word
        .strip_prefix('-')
        .and_then(|word| word.strip_suffix('-'));
    nick.is_some_and(is_nick) && !rest.starts_with("(to ")
}

/// `* ana waves`.
fn is_action(word: &str, rest: &str, line: &str) -> bool {
    let Some((nick, does)) = rest.split_once(' ') else {
        return false;
    };
    let is_news = NEWS.iter().any(|news| does.starts_with(news));
    word == "*" && is_nick(nick) && !is_news && line != BEFORE && line != NOW
}

fn is_nick(word: &str) -> bool {
    Nick::new(word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_in_the_room_may_be_dropped() {
        for line in [
            "ana: hello",
            "ana: joined #a",
            "Jos\u{e9}: \u{a1}hola!",
            "-ana- hello",
            "-a-- hello",
            "* ana waves",
            "* ana is here",
        ] {
            assert!(dispensable(line).is_some(), "{line}");
        }
    }

    #[test]
    fn a_marker_counts() {
        let mut out = String::new();
        let gap = Gap {
            count: 12,
            ..Gap::default()
        };
        dropped("", &gap, &mut out);
        assert_eq!(out, "* 12 messages are missing here: you read too slowly");
        assert!(dispensable(&out).is_none());
    }
}
