//! Messages ⇄ requests and events. Floor 3; pure: no socket, no clock, no state.
//!
//! ```text
//!             ┌─ irc::Message ─▶ irc::decode ─▶ irc::Command ─┐
//!  one line ──┤                                               ├──▶ requests and questions
//!             └─ plain::parse ──────────────▶ plain::Line ────┘
//!
//!             ┌─ irc::encode ◀─ what happened (a Committed) ──┐
//!  one line ◀─┼─ irc::reply  ◀─ answers to one person         ├──◀ the hub and the journal
//!             └─ plain::encode, plain::words ◀────────────────┘
//! ```
//!
//! **Invariants:** what comes in is text of one line that the framing found: UTF-8, without CR, LF
//! or NUL. What goes out is one line without its end, which the framing adds, or for a message of several lines
//! so many with `\n` between, each of them whole; nothing that a person wrote can end a line early, add a parameter to
//! it or (at the plain door) move a cursor.
//!
//! Nothing here decides: whether a command is allowed, and what it does, is for the front and the hub.

pub mod irc;
pub mod plain;
pub mod terminal;

/// How messages are written at a door. A closed set: adding one means touching every `match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// IRC with IRCv3 tags: IRC clients, bots and the page.
    Irc,
    /// Lines for people with `nc`.
    Plain,
}

/// The reason of somebody who left on their own. Modern IRC, "QUIT message": the words are marked,
/// so that nobody can pretend that the house threw them out. Who says nothing leaves the mark alone.
#[must_use]
pub fn quit_reason(words: Option<&str>) -> String {
    match words {
        Some(words) if !words.is_empty() => format!("{QUIT_MARK}: {words}"),
        _ => QUIT_MARK.to_owned(),
    }
}

/// The words that are marked so, or the house's own.
fn own_words(reason: &str) -> &str {
    match reason.strip_prefix(QUIT_MARK) {
        Some("") => "",
        Some(rest) => rest.strip_prefix(": ").unwrap_or(reason),
        None => reason,
    }
}

/// What somebody who reads too slowly is told where messages were dropped.
fn missing(count: u64) -> String {
    let are = if count == 1 {
        "message is"
    } else {
        "messages are"
    };
    format!("{count} {are} missing here: you read too slowly")
}

/// What [`quit_reason`] puts in front of a person's own words.
const QUIT_MARK: &str = "Quit";

/// The same text without what would end a line: the framing refuses that from outside, but a program around the chat
/// may write it.
#[must_use]
pub(crate) fn without_line_ends(text: &str) -> String {
    text.replace(['\r', '\n', '\0'], " ")
}

/// The longest start of `text` that has at most `bytes_max` bytes and ends between characters.
#[must_use]
pub(crate) fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        let cases = [
            ("abc", 5, "abc"),
            ("abc", 2, "ab"),
            ("aé", 2, "a"),
            ("é", 1, ""),
            ("", 0, ""),
        ];
        for (text, bytes_max, expected) in cases {
            assert_eq!(cut(text, bytes_max), expected, "{text} at {bytes_max}");
        }
    }

    #[test]
    fn own_words_are_marked() {
        let cases = [
            (Some("Ping timeout"), "Quit: Ping timeout", "Ping timeout"),
            (Some("Quit"), "Quit: Quit", "Quit"),
            (Some(""), "Quit", ""),
            (None, "Quit", ""),
        ];
        for (words, reason, shown) in cases {
            assert_eq!(quit_reason(words), reason);
            assert_eq!(own_words(reason), shown);
        }
        for of_the_house in ["Ping timeout", "Quitting time", "Quit:"] {
            assert_eq!(own_words(of_the_house), of_the_house);
        }
    }
}
