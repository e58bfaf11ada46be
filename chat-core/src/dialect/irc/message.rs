//! One line taken apart: tags, source, command, parameters. Nothing is copied.
//!
//! RFC 2812 §2.3.1 with the tags of IRCv3 message-tags, read as modern.ircdocs.horse, "Message
//! Format", has it: parts are separated by one or more spaces, and only by those.

use std::ops::Deref;

use super::tags::Tags;
use crate::limits::{CLIENT_TAG_BYTES_MAX, LABEL_BYTES_MAX, LINE_BYTES_MAX, PARAMS_MAX};

/// A line, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// What stood behind `@`.
    pub tags: Tags<'a>,
    /// Who it is said to come from. From a client it means nothing.
    pub source: Option<&'a str>,
    /// The command, as it was written.
    pub command: &'a str,
    /// Its parameters.
    pub params: Params<'a>,
}

/// Why a line is not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// It has no command. Ignored, like an empty line: RFC 2812 §2.3.1.
    #[error("there is no command on this line")]
    Empty,
    /// More than [`CLIENT_TAG_BYTES_MAX`] bytes of tags. 417.
    #[error("at most {CLIENT_TAG_BYTES_MAX} bytes of tags, please")]
    TagsTooLong,
    /// More than [`LINE_BYTES_MAX`] bytes without the tags. 417.
    #[error("at most {LINE_BYTES_MAX} bytes in a line, please")]
    TooLong,
}

impl<'a> Message<'a> {
    /// Takes a line apart that has no line end any more.
    ///
    /// # Errors
    /// It is too long, or there is no command on it.
    #[inline]
    pub fn parse(line: &'a str) -> Result<Message<'a>, ParseError> {
        let (tags, rest) = split_tags(line.trim_start_matches(' '));
        if tags.len() > CLIENT_TAG_BYTES_MAX {
            return Err(ParseError::TagsTooLong);
        }
        if rest.len() > LINE_BYTES_MAX {
            return Err(ParseError::TooLong);
        }
        Message::of_parts(tags, rest).ok_or(ParseError::Empty)
    }

    /// Takes a line of a server apart, whose lengths are its own affair; nothing if there is no
    /// command on it.
    #[must_use]
    pub fn of_server(line: &'a str) -> Option<Message<'a>> {
        let (tags, rest) = split_tags(line);
        Message::of_parts(tags, rest)
    }

    #[inline]
    fn of_parts(tags: &'a str, rest: &'a str) -> Option<Message<'a>> {
        let (source, rest) = split_source(rest);
        match word(rest) {
            ("", _) => None,
            (command, rest) => Some(Message {
                tags: Tags::new(tags),
                source,
                command,
                params: Params::parse(rest),
            }),
        }
    }
}

impl<'a> Message<'a> {
    /// The label that the answer must carry, still escaped: it is opaque. One that is empty or
    /// longer than it may be is none. IRCv3 labeled-response, "Tag value".
    #[must_use]
    pub fn label(&self) -> Option<&'a str> {
        let is_label = |label: &&str| (1..=LABEL_BYTES_MAX).contains(&label.len());
        self.tags.raw("label").filter(is_label)
    }
}

fn split_tags(line: &str) -> (&str, &str) {
    let Some(tagged) = line.strip_prefix('@') else {
        return ("", line);
    };
    let (tags, rest) = tagged.split_once(' ').unwrap_or((tagged, ""));
    (tags, rest.trim_start_matches(' '))
}

fn split_source(line: &str) -> (Option<&str>, &str) {
    match line.strip_prefix(':') {
        Some(sourced) => {
            let (source, rest) = word(sourced);
            (Some(source), rest)
        }
        None => (None, line),
    }
}

/// The first word of a line, and what follows the spaces behind it.
fn word(line: &str) -> (&str, &str) {
    match memchr::memchr(b' ', line.as_bytes()) {
        Some(end) => (&line[..end], line[end..].trim_start_matches(' ')),
        None => (line, ""),
    }
}

/// The parameters of one message: at most [`PARAMS_MAX`], a slice to its readers.
#[derive(Clone, Copy)]
pub struct Params<'a> {
    items: [&'a str; PARAMS_MAX],
    count: usize,
}

impl<'a> Params<'a> {
    /// Takes what follows a command apart. The fifteenth takes all the rest, colon or not: RFC 2812 §2.3.1.
    fn parse(mut rest: &'a str) -> Self {
        let mut params = Params {
            items: [""; PARAMS_MAX],
            count: 0,
        };
        while !rest.is_empty() {
            if let Some(trailing) = rest.strip_prefix(':') {
                params.push(trailing);
                break;
            }
            if params.count == PARAMS_MAX - 1 {
                params.push(rest);
                break;
            }
            let (param, after) = word(rest);
            params.push(param);
            rest = after;
        }
        params
    }

    fn push(&mut self, param: &'a str) {
        self.items[self.count] = param;
        self.count += 1;
    }
}

impl<'a> Deref for Params<'a> {
    type Target = [&'a str];

    fn deref(&self) -> &[&'a str] {
        &self.items[..self.count]
    }
}

impl PartialEq for Params<'_> {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

impl Eq for Params<'_> {}

impl std::fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self[..].fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_taken_apart() {
        let cases: [(&str, Option<&str>, &str, &[&str]); 12] = [
            ("QUIT", None, "QUIT", &[]),
            ("NICK ana ", None, "NICK", &["ana"]),
            (
                "PRIVMSG #a :hello  world ",
                None,
                "PRIVMSG",
                &["#a", "hello  world "],
            ),
            ("PRIVMSG #a ::)", None, "PRIVMSG", &["#a", ":)"]),
            ("TOPIC #a :", None, "TOPIC", &["#a", ""]),
            ("  JOIN   #a   key  ", None, "JOIN", &["#a", "key"]),
            (
                ":ana!a@b PRIVMSG #a x:y",
                Some("ana!a@b"),
                "PRIVMSG",
                &["#a", "x:y"],
            ),
            ("@a=b;c :s CMD p", Some("s"), "CMD", &["p"]),
            ("@a  CMD", None, "CMD", &[]),
            ("@ CMD", None, "CMD", &[]),
            (
                "MODE #a +b *!*@x :",
                None,
                "MODE",
                &["#a", "+b", "*!*@x", ""],
            ),
            ("A\tB c\td", None, "A\tB", &["c\td"]),
        ];
        for (line, source, command, params) in cases {
            let message = Message::parse(line).unwrap();
            assert_eq!(
                (message.source, message.command, &message.params[..]),
                (source, command, params),
                "{line}"
            );
        }
    }

    #[test]
    fn a_line_without_a_command_is_empty() {
        for line in [
            "",
            "   ",
            "@a=b",
            "@a=b ",
            ":source",
            ":source ",
            "@a :source",
            ": ",
        ] {
            assert_eq!(Message::parse(line), Err(ParseError::Empty), "{line:?}");
        }
    }

    #[test]
    fn the_fifteenth_parameter_takes_the_rest() {
        let message = Message::parse("C 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 :17").unwrap();
        assert_eq!(message.params.len(), PARAMS_MAX);
        assert_eq!(message.params[14], "15 16 :17");
        let message = Message::parse("C 1 2 3 4 5 6 7 8 9 10 11 12 13 14 :15 16").unwrap();
        assert_eq!(message.params[14], "15 16");
    }

    #[test]
    fn tags_and_the_rest_have_a_limit_each() {
        let line = |tags: usize, rest: usize| format!("@{} {}", "t".repeat(tags), "r".repeat(rest));
        assert!(Message::parse(&line(CLIENT_TAG_BYTES_MAX, LINE_BYTES_MAX)).is_ok());
        assert_eq!(
            Message::parse(&line(CLIENT_TAG_BYTES_MAX + 1, 1)),
            Err(ParseError::TagsTooLong)
        );
        assert_eq!(
            Message::parse(&line(1, LINE_BYTES_MAX + 1)),
            Err(ParseError::TooLong)
        );
        assert_eq!(
            Message::parse(&"r".repeat(LINE_BYTES_MAX + 1)),
            Err(ParseError::TooLong)
        );
    }

    #[test]
    fn a_label_has_1_to_64_bytes() {
        let long = "l".repeat(LABEL_BYTES_MAX + 1);
        for (tags, expected) in [
            ("label=a\\s", Some("a\\s")),
            ("label=", None),
            ("x", None),
            (&format!("label={long}"), None),
        ] {
            let line = format!("@{tags} PING x");
            assert_eq!(Message::parse(&line).unwrap().label(), expected);
        }
    }

    proptest! {
        #[test]
        fn no_line_panics(line in any::<String>(), likely in "[@: a-c;=é]{0,60}") {
            let _ = Message::parse(&line);
            let _ = Message::parse(&likely);
        }

        #[test]
        fn what_was_put_together_is_found_again(
            source in proptest::option::of("[a-z!@.é]{1,20}"),
            command in "[A-Z]{1,8}|[0-9]{3}",
            middles in proptest::collection::vec("[^: \r\n\0][^ \r\n\0]{0,8}", 0..14),
            trailing in proptest::option::of("[^\r\n\0]{0,40}"),
            spaces in " {1,3}",
        ) {
            let mut line = String::new();
            if let Some(source) = &source {
                line.push_str(&format!(":{source}{spaces}"));
            }
            line.push_str(&command);
            middles.iter().for_each(|middle| line.push_str(&format!("{spaces}{middle}")));
            trailing.iter().for_each(|trailing| line.push_str(&format!("{spaces}:{trailing}")));
            prop_assume!(line.len() <= LINE_BYTES_MAX);
            let message = Message::parse(&line).unwrap();
            let params: Vec<&str> = middles.iter().chain(&trailing).map(String::as_str).collect();
            prop_assert_eq!(message.source, source.as_deref());
            prop_assert_eq!(message.command, command);
            prop_assert_eq!(&message.params[..], &params[..]);
        }
    }
}
