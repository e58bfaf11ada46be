//! Somebody who is told something, and the ways of telling it.

use std::fmt::Display;

use super::caps::Caps;
use super::numeric::Numeric;
use super::reply::Line;

/// What every answer needs to know of whom it is for.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// What the server calls itself.
    pub server: &'a str,
    /// Their name, or `*` before they have one.
    pub nick: &'a str,
    /// What was agreed on.
    pub caps: Caps,
}

/// The three standard replies. IRCv3 standard-replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    /// It was not done.
    Fail,
    /// It was done, but.
    Warn,
    /// By the way.
    Note,
}

impl Reader<'_> {
    /// Starts a numeric.
    pub fn numeric<'o>(&self, out: &'o mut String, code: Numeric) -> Line<'o> {
        Line::numeric(out, self.server, code, self.nick)
    }

    /// Starts a command that comes from the server, such as CAP, BATCH or ACK.
    pub fn command<'o>(&self, out: &'o mut String, command: &str) -> Line<'o> {
        Line::from_source(out, self.server, command)
    }

    /// Writes a numeric with parameters and words.
    pub fn say(&self, out: &mut String, code: Numeric, params: &[&str], text: impl Display) {
        self.numeric(out, code).params(params).text(text);
    }

    /// Writes a NOTICE from the server.
    pub fn notice(&self, out: &mut String, text: impl Display) {
        self.command(out, "NOTICE").param(self.nick).text(text);
    }

    /// Writes `FAIL COMMAND CODE context… :text`; the command is `*` if it was none of theirs.
    pub fn standard(
        &self,
        out: &mut String,
        kind: Standard,
        command: &str,
        code: &str,
        context: &[&str],
        text: impl Display,
    ) {
        let line = self.command(out, kind.command()).param(command).param(code);
        line.params(context).text(text);
    }

    /// Writes a FAIL if they know of those, else a NOTICE.
    pub fn fail_or_notice(&self, out: &mut String, command: &str, code: &str, text: impl Display) {
        if self.caps.has(Caps::STANDARD_REPLIES) {
            self.standard(out, Standard::Fail, command, code, &[], text);
        } else {
            self.notice(out, text);
        }
    }
}

impl Standard {
    fn command(self) -> &'static str {
        match self {
            Standard::Fail => "FAIL",
            Standard::Warn => "WARN",
            Standard::Note => "NOTE",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::numeric::ERR_NOSUCHNICK;
    use super::*;

    #[test]
    fn answers_are_written() {
        let ana = Reader {
            server: "chat",
            nick: "ana",
            caps: Caps::NONE,
        };
        let kai = Reader {
            caps: Caps::STANDARD_REPLIES,
            ..ana
        };
        type Write<'a> = &'a dyn Fn(&mut String);
        let cases: [(Write<'_>, &str); 6] = [
            (
                &|out| ana.say(out, ERR_NOSUCHNICK, &["bob"], "who?"),
                ":chat 401 ana bob :who?",
            ),
            (&|out| ana.notice(out, "hi"), ":chat NOTICE ana :hi"),
            (&|out| ana.command(out, "ACK").end(), ":chat ACK"),
            (
                &|out| ana.standard(out, Standard::Warn, "X", "CODE", &["#a", "b c"], "no"),
                ":chat WARN X CODE #a * :no",
            ),
            (
                &|out| ana.fail_or_notice(out, "X", "CODE", "no"),
                ":chat NOTICE ana :no",
            ),
            (
                &|out| kai.fail_or_notice(out, "X", "CODE", "no"),
                ":chat FAIL X CODE :no",
            ),
        ];
        for (write, expected) in cases {
            let mut out = String::new();
            write(&mut out);
            assert_eq!(out, expected);
        }
    }
}
