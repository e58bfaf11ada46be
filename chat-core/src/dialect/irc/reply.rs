//! One line on its way out, parameter by parameter.
//!
//! **Invariant:** whatever strangers wrote and we repeat, one [`Line`] is one line with the
//! parameters that it was given: a middle parameter that could be taken for something else becomes
//! `*`, a text loses its line ends, and what is too long is cut between two characters.

use std::fmt::{Display, Write};

use super::numeric::Numeric;
use crate::dialect::without_line_ends;
use crate::hub::entry::Source;
use crate::limits::LINE_OUT_BYTES_MAX;

/// A line that is being written to the end of a string. Tags may stand in front of it already.
#[derive(Debug)]
#[must_use]
pub struct Line<'o> {
    out: &'o mut String,
    start: usize,
}

impl<'o> Line<'o> {
    /// `:server 001 nick`; the nick is `*` before there is one. RFC 2812 §2.4.
    pub fn numeric(out: &'o mut String, server: &str, code: Numeric, nick: &str) -> Self {
        Line::begin(out).put(':', server).put(' ', code).param(nick)
    }

    /// `:source COMMAND`, from the server or from a person.
    pub fn from_source(out: &'o mut String, source: impl Display, command: &str) -> Self {
        Line::begin(out).put(':', source).put(' ', command)
    }

    /// `:nick!user@host COMMAND`, from a person: the usual beginning of what rooms hear.
    pub fn from_person(out: &'o mut String, source: &Source, command: &str) -> Self {
        let line = Line::begin(out);
        for part in [":", source.mask(), " ", command] {
            line.out.push_str(part);
        }
        line
    }

    /// `COMMAND` alone: ERROR, which has no source (RFC 2812 §3.7.4), and PING.
    pub fn bare(out: &'o mut String, command: &str) -> Self {
        let line = Line::begin(out);
        line.out.push_str(command);
        line
    }

    /// Adds a parameter without spaces; one that cannot be such is written as `*`.
    pub fn param(self, param: &str) -> Self {
        self.out.push(' ');
        self.out
            .push_str(if is_middle(param) { param } else { "*" });
        self
    }

    /// Adds several.
    pub fn params(self, params: &[&str]) -> Self {
        params.iter().fold(self, |line, param| line.param(param))
    }

    /// Adds a number.
    pub fn number(self, number: impl Into<i128>) -> Self {
        self.put(' ', number.into())
    }

    /// Adds the last parameter, whatever it holds, and ends the line.
    pub fn text(self, text: impl Display) {
        // Writing to a string cannot fail.
        self.last(|out| {
            let _ = write!(out, "{text}");
        });
    }

    /// The same for a text that need not be put together.
    pub fn words(self, words: &str) {
        self.last(|out| out.push_str(words));
    }

    fn last(self, write: impl FnOnce(&mut String)) {
        self.out.push_str(" :");
        let start = self.out.len();
        write(self.out);
        one_line(self.out, start);
        self.end();
    }

    /// Ends the line.
    pub fn end(self) {
        let end = self
            .out
            .floor_char_boundary(self.start + LINE_OUT_BYTES_MAX - CRLF_BYTES);
        self.out.truncate(end);
    }

    fn begin(out: &'o mut String) -> Self {
        let start = out.len();
        Line { out, start }
    }

    fn put(self, before: char, what: impl Display) -> Self {
        let _ = write!(self.out, "{before}{what}");
        self
    }
}

/// Whether a parameter may stand anywhere in a line. RFC 2812 §2.3.1, `middle`.
fn is_middle(param: &str) -> bool {
    !param.is_empty() && !param.starts_with(':') && !param.contains([' ', '\r', '\n', '\0'])
}

/// Makes what stands behind `start` stay on its line. The framing refuses line ends from outside;
/// this is for what embedders and other dialects write.
pub(super) fn one_line(out: &mut String, start: usize) {
    if memchr::memchr3(b'\r', b'\n', 0, &out.as_bytes()[start..]).is_some() {
        let text = out.split_off(start);
        out.push_str(&without_line_ends(&text));
    }
}

/// Bytes of the line end that the framing adds.
pub(super) const CRLF_BYTES: usize = 2;

#[cfg(test)]
mod tests {
    use super::super::message::Message;
    use super::super::numeric::*;
    use super::*;
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn a_line_is_written_parameter_by_parameter() {
        let mut out = String::from("@time=x ");
        let line = Line::numeric(&mut out, "chat", RPL_CREATIONTIME, "ana");
        line.params(&["#a", "b c", ":d", "", "e:"]).number(7).end();
        assert_eq!(out, "@time=x :chat 329 ana #a * * * e: 7");
    }

    #[test]
    fn a_line_may_have_a_text_and_no_source() {
        let pong = |out: &mut String| Line::from_source(out, "chat", "PONG").text("");
        assert_eq!(written(pong), ":chat PONG :");
        assert_eq!(
            written(|out| Line::bare(out, "ERROR").text("a\r\nb")),
            "ERROR :a  b"
        );
    }

    #[test]
    fn a_long_line_is_cut_between_characters_and_tags_do_not_count() {
        let line = written(|out| {
            out.push_str("@time=x ");
            Line::numeric(out, "chat", RPL_TOPIC, "ana")
                .param("#ab")
                .text("é".repeat(400));
        });
        assert_eq!(
            line.len(),
            "@time=x ".len() + 509,
            "one byte less than 510, for the half é"
        );
        assert!(line.ends_with('é'));
    }

    proptest! {
        #[test]
        fn nobody_can_forge_a_line(param in any::<String>(), text in any::<String>(), odd in "[ :a\r\n\0]{0,6}") {
            for param in [&param, &odd] {
                let line = written(|out| {
                    Line::numeric(out, "chat", ERR_NOSUCHNICK, param).param(param).text(format!("{text}{odd}"));
                });
                prop_assert!(line.len() <= 510 && !line.contains(['\r', '\n', '\0']));
                let message = Message::parse(&line).unwrap();
                prop_assert_eq!((message.source, message.command), (Some("chat"), "401"));
                prop_assert!(message.params.len() <= 3);
            }
        }
    }
}
