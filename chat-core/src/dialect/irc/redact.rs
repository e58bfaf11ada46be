//! REDACT: takes a message back. IRCv3 message-redaction, a draft still.

use super::command::{Command, Wrong};
use super::reply::Line;
use crate::dialect::cut;
use crate::hub::Redaction;
use crate::hub::entry::Target;
use crate::limits::REASON_BYTES_MAX;

/// Reads the parameters of REDACT.
///
/// # Errors
/// One is missing.
pub(super) fn decode<'a>(params: &[&'a str]) -> Result<Command<'a>, Wrong<'a>> {
    let given = |index| {
        params
            .get(index)
            .copied()
            .filter(|param: &&str| !param.is_empty())
    };
    let needed = |index| given(index).ok_or(Wrong::NeedMoreParams(COMMAND));
    Ok(Command::Redact {
        asked: Asked {
            target: needed(0)?,
            msgid: needed(1)?,
        },
        reason: given(2).map(|reason| cut(reason, REASON_BYTES_MAX)),
    })
}

/// Which message is meant, as it was written: answers repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// A room or a person.
    pub target: &'a str,
    /// The id of the message.
    pub msgid: &'a str,
}

impl<'a> Asked<'a> {
    /// The answer when there is no such target, or it is none of theirs.
    #[must_use]
    pub fn invalid_target(&self) -> Wrong<'a> {
        Wrong::fail(COMMAND, "INVALID_TARGET", vec![self.target], BAD_TARGET)
    }

    /// The answer when there is no such message at that target.
    #[must_use]
    pub fn unknown_msgid(&self) -> Wrong<'a> {
        Wrong::fail(COMMAND, "UNKNOWN_MSGID", self.both(), UNKNOWN)
    }

    /// The answer when it is too late; the window in seconds.
    #[must_use]
    pub fn window_expired(&self, window: &'a str) -> Wrong<'a> {
        let context = vec![self.target, self.msgid, window];
        Wrong::fail(COMMAND, "REDACT_WINDOW_EXPIRED", context, TOO_LATE)
    }

    /// The answer when the message cannot be looked up at present. Ours: the specification has none.
    #[must_use]
    pub fn unreadable(&self) -> Wrong<'a> {
        Wrong::fail(COMMAND, "JOURNAL_FAILED", self.both(), UNREADABLE)
    }

    fn both(&self) -> Vec<&'a str> {
        vec![self.target, self.msgid]
    }
}

/// Appends what those are told who have agreed on it, behind its command.
pub(super) fn write(line: Line<'_>, redaction: &Redaction) {
    let target = match &redaction.target {
        Target::Room(room) | Target::Ranked(room, _) => room.as_str(),
        Target::Person { nick, .. } => nick.as_str(),
    };
    let line = line.param(target).param(&redaction.msgid);
    match &redaction.reason {
        Some(reason) => line.text(reason),
        None => line.end(),
    }
}

/// The command, and that of its answers.
pub(super) const COMMAND: &str = "REDACT";
const BAD_TARGET: &str = "that is neither a room that you are in nor somebody you talked with";
const UNKNOWN: &str = "there is no such message there: it is too old, or gone already";
const TOO_LATE: &str = "it was said too long ago to be taken back";
const UNREADABLE: &str = "the history of this chat cannot be read now: try again later";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_named_and_a_reason_may_be_given() {
        let asked = Asked {
            target: "#a",
            msgid: "e-7",
        };
        let long = "x".repeat(REASON_BYTES_MAX + 1);
        let cases: [(&[&str], Option<&str>); 4] = [
            (&["#a", "e-7"], None),
            (&["#a", "e-7", ""], None),
            (&["#a", "e-7", "oh no"], Some("oh no")),
            (&["#a", "e-7", &long], Some(&long[1..])),
        ];
        for (params, reason) in cases {
            assert_eq!(decode(params), Ok(Command::Redact { asked, reason }));
        }
        for params in [&[][..], &["#a"], &["#a", ""], &["", "e-7"]] {
            let missing = Err(Wrong::NeedMoreParams("REDACT"));
            assert_eq!(decode(params), missing, "{params:?}");
        }
    }

    #[test]
    fn what_is_wrong_gets_the_code_of_the_specification() {
        let asked = Asked {
            target: "#a",
            msgid: "e-7",
        };
        let cases: [(Wrong<'_>, &str, &[&str]); 4] = [
            (asked.invalid_target(), "INVALID_TARGET", &["#a"]),
            (asked.unknown_msgid(), "UNKNOWN_MSGID", &["#a", "e-7"]),
            (
                asked.window_expired("60"),
                "REDACT_WINDOW_EXPIRED",
                &["#a", "e-7", "60"],
            ),
            (asked.unreadable(), "JOURNAL_FAILED", &["#a", "e-7"]),
        ];
        for (wrong, expected, named) in cases {
            assert!(
                matches!(&wrong, Wrong::Fail { command: "REDACT", code, context, .. }
                    if *code == expected && context == named),
                "{wrong:?}"
            );
        }
    }
}
