//! The plain dialect: for people with `nc`, who type lines and read lines.
//!
//! A line is said to the current room unless it starts with `/`. [`encode`](mod@encode) writes what
//! happened, [`words`] everything that the house itself says; [`mod@dropped`] is for those who read too
//! slowly. All of it passes
//! [`visible`](super::terminal::visible): at the other end is a bare terminal.

pub mod dropped;
pub mod encode;
mod modes;
pub mod words;

pub use encode::{encode, encode_own};

use crate::names::{NameError, RoomName};

/// What somebody typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Says it to the current room.
    Say(&'a str),
    /// `/me waves`.
    Me(&'a str),
    /// `/msg ana hello`: says it to one person.
    Msg {
        /// To whom.
        nick: &'a str,
        /// What.
        text: &'a str,
    },
    /// `/who`: who is here?
    Who,
    /// `/join games`: goes to another room. [`room`] makes a name of it.
    Join(&'a str),
    /// `/nick zoe`: takes another name.
    Nick(&'a str),
    /// `/topic`: asks for it, or sets it.
    Topic(Option<&'a str>),
    /// `/kick bob too loud`: sends somebody out of the current room.
    Kick {
        /// Whom.
        nick: &'a str,
        /// Why.
        reason: Option<&'a str>,
    },
    /// `/op bob`, `/deop bob`: makes somebody an operator of the current room, or not any more.
    Op(&'a str, bool),
    /// `/invite bob`: asks somebody into the current room.
    Invite(&'a str),
    /// `/help`.
    Help,
    /// `/quit bye`.
    Quit(Option<&'a str>),
    /// A command without what it needs: this is how it is written.
    Incomplete(&'static str),
    /// No command of that name.
    Unknown(&'a str),
    /// Nothing.
    Empty,
}

/// What a line means.
#[must_use]
pub fn parse(line: &str) -> Line<'_> {
    let line = line.trim_end();
    match line.strip_prefix('/') {
        None if line.is_empty() => Line::Empty,
        None => Line::Say(line),
        Some(said) if said.starts_with('/') => Line::Say(said),
        Some(command) => parse_command(command),
    }
}

fn parse_command(command: &str) -> Line<'_> {
    let (name, rest) = word(command);
    match name.to_ascii_lowercase().as_str() {
        "me" => with(rest, Line::Me, "/me WHAT YOU DO"),
        "msg" => parse_msg(rest),
        "who" => Line::Who,
        "join" => with(rest, |rest| Line::Join(word(rest).0), "/join ROOM"),
        "nick" => with(rest, |rest| Line::Nick(word(rest).0), "/nick NAME"),
        "topic" => Line::Topic(some(rest)),
        "kick" => with(rest, parse_kick, "/kick NAME [WHY]"),
        "op" => with(rest, |rest| Line::Op(word(rest).0, true), "/op NAME"),
        "deop" => with(rest, |rest| Line::Op(word(rest).0, false), "/deop NAME"),
        "invite" => with(rest, |rest| Line::Invite(word(rest).0), "/invite NAME"),
        "help" => Line::Help,
        "quit" => Line::Quit(some(rest)),
        _ => Line::Unknown(name),
    }
}

fn parse_msg(rest: &str) -> Line<'_> {
    let (nick, text) = word(rest);
    with(
        text,
        |text| Line::Msg { nick, text },
        "/msg NAME WHAT YOU SAY",
    )
}

fn parse_kick(rest: &str) -> Line<'_> {
    let (nick, reason) = word(rest);
    Line::Kick {
        nick,
        reason: some(reason),
    }
}

fn with<'a>(
    rest: &'a str,
    line: impl FnOnce(&'a str) -> Line<'a>,
    usage: &'static str,
) -> Line<'a> {
    some(rest).map_or(Line::Incomplete(usage), line)
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The first word, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// The room that somebody means who may have left out the `#`.
///
/// # Errors
/// What is wrong with the name.
pub fn room(text: &str) -> Result<RoomName, NameError> {
    if text.starts_with('#') {
        RoomName::new(text)
    } else {
        RoomName::new(&format!("#{text}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_understood() {
        let cases = [
            ("hello there ", Line::Say("hello there")),
            (" indented", Line::Say(" indented")),
            ("//etc/passwd", Line::Say("/etc/passwd")),
            ("///", Line::Say("//")),
            ("", Line::Empty),
            ("   ", Line::Empty),
            ("/me waves  wildly", Line::Me("waves  wildly")),
            ("/ME waves", Line::Me("waves")),
            ("/me", Line::Incomplete("/me WHAT YOU DO")),
            (
                "/msg bob hi there",
                Line::Msg {
                    nick: "bob",
                    text: "hi there",
                },
            ),
            ("/msg bob", Line::Incomplete("/msg NAME WHAT YOU SAY")),
            ("/msg", Line::Incomplete("/msg NAME WHAT YOU SAY")),
            ("/who", Line::Who),
            ("/join #games now", Line::Join("#games")),
            ("/join", Line::Incomplete("/join ROOM")),
            ("/nick zoe", Line::Nick("zoe")),
            ("/topic", Line::Topic(None)),
            ("/topic tea at five", Line::Topic(Some("tea at five"))),
            (
                "/kick bob",
                Line::Kick {
                    nick: "bob",
                    reason: None,
                },
            ),
            (
                "/kick bob too loud",
                Line::Kick {
                    nick: "bob",
                    reason: Some("too loud"),
                },
            ),
            ("/kick ", Line::Incomplete("/kick NAME [WHY]")),
            ("/op bob now", Line::Op("bob", true)),
            ("/deop bob", Line::Op("bob", false)),
            ("/op", Line::Incomplete("/op NAME")),
            ("/invite bob", Line::Invite("bob")),
            ("/invite", Line::Incomplete("/invite NAME")),
            ("/help", Line::Help),
            ("/quit", Line::Quit(None)),
            ("/quit so long", Line::Quit(Some("so long"))),
            ("/dance now", Line::Unknown("dance")),
            ("/", Line::Unknown("")),
        ];
        for (line, expected) in cases {
            assert_eq!(parse(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_room_may_lack_its_hash() {
        assert_eq!(room("games"), RoomName::new("#games"));
        assert_eq!(room("#games"), RoomName::new("#games"));
        assert_eq!(room("#"), Err(NameError::Empty));
    }

    proptest! {
        #[test]
        fn no_line_panics(line in any::<String>(), command in "/[a-z]{0,6}[ \u{a0}é]{0,4}[a-z ]{0,9}") {
            let _ = (parse(&line), parse(&command));
        }
    }
}
