//! CHATHISTORY: what is asked of the past. IRCv3 chathistory, "CHATHISTORY Command".
//!
//! AROUND, BETWEEN and TARGETS wait for history that lasts; they are answered as unknown.

use super::command::Wrong;
use crate::limits::HISTORY_MESSAGES_MAX;
use crate::time::Timestamp;

/// A question about the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatHistory<'a> {
    /// Which way from the reference.
    pub direction: Direction,
    /// A room or a person.
    pub target: &'a str,
    /// From where.
    pub reference: Reference<'a>,
    /// How many messages at most, not above [`HISTORY_MESSAGES_MAX`].
    pub limit: usize,
}

/// Which messages relative to the reference, which itself is never among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The last ones, if later than the reference.
    Latest,
    /// Those right before it.
    Before,
    /// Those right after it.
    After,
}

impl Direction {
    /// The subcommand, which the answers to it repeat.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Latest => "LATEST",
            Direction::Before => "BEFORE",
            Direction::After => "AFTER",
        }
    }
}

impl<'a> ChatHistory<'a> {
    /// The answer when there is no such target, or it is not theirs to read.
    #[must_use]
    pub fn invalid_target(&self) -> Wrong<'a> {
        self.fail(
            "INVALID_TARGET",
            "there are no messages for you to read there",
        )
    }

    /// What is said when the message is not known, or not all that followed it is kept. What is there follows.
    #[must_use]
    pub fn message_error(&self) -> Wrong<'a> {
        self.fail(
            "MESSAGE_ERROR",
            "messages are missing here: this chat does not have them any more",
        )
    }

    /// The answer when nothing can be read at present.
    #[must_use]
    pub fn unreadable(&self) -> Wrong<'a> {
        self.fail(
            "MESSAGE_ERROR",
            "the history of this chat cannot be read now: try again later",
        )
    }

    fn fail(&self, code: &'static str, text: &'static str) -> Wrong<'a> {
        let context = vec![self.direction.as_str(), self.target];
        Wrong::Fail {
            command: COMMAND,
            code,
            context,
            text,
        }
    }
}

/// A place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `*`: no bound. Only with [`Direction::Latest`].
    Star,
    /// `msgid=…`: read by [`msgid::parse`](super::msgid::parse).
    Msgid(&'a str),
    /// `timestamp=…`.
    Time(Timestamp),
}

/// Reads the parameters of CHATHISTORY.
///
/// # Errors
/// A FAIL as the specification has it, "Errors and Warnings".
pub(super) fn decode<'a>(params: &[&'a str]) -> Result<ChatHistory<'a>, Wrong<'a>> {
    let (&subcommand, rest) = params.split_first().ok_or(invalid(vec![], TOO_FEW))?;
    let direction = direction(subcommand).ok_or(invalid(vec![subcommand], UNKNOWN))?;
    let &[target, reference, limit] = rest else {
        let text = if rest.len() < 3 { TOO_FEW } else { TOO_MANY };
        return Err(invalid(vec![subcommand], text));
    };
    Ok(ChatHistory {
        direction,
        target,
        reference: parse_reference(direction, reference)
            .ok_or_else(|| bad_reference(subcommand, target, reference))?,
        limit: parse_limit(limit).ok_or_else(|| invalid(vec![subcommand, limit], BAD_LIMIT))?,
    })
}

fn direction(subcommand: &str) -> Option<Direction> {
    let all = [Direction::Latest, Direction::Before, Direction::After];
    all.into_iter()
        .find(|direction| direction.as_str().eq_ignore_ascii_case(subcommand))
}

fn parse_reference(direction: Direction, text: &str) -> Option<Reference<'_>> {
    if text == "*" && direction == Direction::Latest {
        return Some(Reference::Star);
    }
    match text.split_once('=')? {
        ("msgid", id) if !id.is_empty() => Some(Reference::Msgid(id)),
        ("timestamp", stamp) => Timestamp::from_iso(stamp).map(Reference::Time),
        _ => None,
    }
}

/// A client that wants more than it may gets what it may, as the token `CHATHISTORY` told it.
fn parse_limit(text: &str) -> Option<usize> {
    let limit = text.parse::<usize>().ok().filter(|limit| *limit > 0)?;
    Some(limit.min(HISTORY_MESSAGES_MAX))
}

/// A kind of reference that we do not know has a code of its own.
fn bad_reference<'a>(subcommand: &'a str, target: &'a str, reference: &'a str) -> Wrong<'a> {
    match reference.split_once('=') {
        Some((kind, _)) if kind != "msgid" && kind != "timestamp" => Wrong::Fail {
            command: COMMAND,
            code: "INVALID_MSGREFTYPE",
            context: vec![subcommand, target, reference],
            text: "a message is named by msgid= or timestamp=",
        },
        _ => invalid(vec![subcommand, reference], BAD_REFERENCE),
    }
}

fn invalid<'a>(context: Vec<&'a str>, text: &'static str) -> Wrong<'a> {
    Wrong::Fail {
        command: COMMAND,
        code: "INVALID_PARAMS",
        context,
        text,
    }
}

const COMMAND: &str = "CHATHISTORY";
const TOO_FEW: &str = "CHATHISTORY needs a subcommand, a target, a reference and a limit";
const TOO_MANY: &str = "CHATHISTORY takes a subcommand, a target, a reference and a limit";
const UNKNOWN: &str = "the subcommands here are LATEST, BEFORE and AFTER";
const BAD_REFERENCE: &str =
    "a reference is timestamp=YYYY-MM-DDThh:mm:ss.sssZ or msgid=…; LATEST also takes *";
const BAD_LIMIT: &str = "the limit is a number from 1";

#[cfg(test)]
mod tests {
    use super::*;

    fn code<'a>(params: &[&'a str]) -> (&'static str, Vec<&'a str>) {
        match decode(params) {
            Err(Wrong::Fail {
                command: "CHATHISTORY",
                code,
                context,
                ..
            }) => (code, context),
            other => panic!("{params:?} is {other:?}"),
        }
    }

    #[test]
    fn questions_are_typed() {
        let time = Timestamp::from_iso("2026-11-23T08:15:30.042Z").unwrap();
        let cases: [(&[&str], Direction, Reference, usize); 4] = [
            (
                &["LATEST", "#a", "*", "50"],
                Direction::Latest,
                Reference::Star,
                50,
            ),
            (
                &["latest", "#a", "msgid=e-7", "1"],
                Direction::Latest,
                Reference::Msgid("e-7"),
                1,
            ),
            (
                &["BEFORE", "#a", "timestamp=2026-11-23T08:15:30.042Z", "9999"],
                Direction::Before,
                Reference::Time(time),
                100,
            ),
            (
                &["After", "#a", "msgid=e-1", "100"],
                Direction::After,
                Reference::Msgid("e-1"),
                100,
            ),
        ];
        for (params, direction, reference, limit) in cases {
            assert_eq!(
                decode(params),
                Ok(ChatHistory {
                    direction,
                    target: "#a",
                    reference,
                    limit
                }),
                "{params:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_answered_names_the_question() {
        let question = decode(&["latest", "#a", "*", "5"]).unwrap();
        for (wrong, expected) in [
            (question.invalid_target(), "INVALID_TARGET"),
            (question.message_error(), "MESSAGE_ERROR"),
        ] {
            assert!(
                matches!(wrong, Wrong::Fail { code, context, .. } if code == expected && context == ["LATEST", "#a"])
            );
        }
    }

    #[test]
    fn bad_questions_get_the_code_of_the_specification() {
        let cases: [(&[&str], &str, &[&str]); 10] = [
            (&[], "INVALID_PARAMS", &[]),
            (&["LATEST", "#a", "*"], "INVALID_PARAMS", &["LATEST"]),
            (
                &["LATEST", "#a", "*", "5", "6"],
                "INVALID_PARAMS",
                &["LATEST"],
            ),
            (&["BETWEEN", "#a", "*", "5"], "INVALID_PARAMS", &["BETWEEN"]),
            (
                &["BEFORE", "#a", "*", "5"],
                "INVALID_PARAMS",
                &["BEFORE", "*"],
            ),
            (
                &["BEFORE", "#a", "timestamp=now", "5"],
                "INVALID_PARAMS",
                &["BEFORE", "timestamp=now"],
            ),
            (
                &["BEFORE", "#a", "msgid=", "5"],
                "INVALID_PARAMS",
                &["BEFORE", "msgid="],
            ),
            (
                &["BEFORE", "#a", "seq=5", "5"],
                "INVALID_MSGREFTYPE",
                &["BEFORE", "#a", "seq=5"],
            ),
            (
                &["LATEST", "#a", "*", "0"],
                "INVALID_PARAMS",
                &["LATEST", "0"],
            ),
            (
                &["LATEST", "#a", "*", "-5"],
                "INVALID_PARAMS",
                &["LATEST", "-5"],
            ),
        ];
        for (params, expected, context) in cases {
            assert_eq!(code(params), (expected, context.to_vec()), "{params:?}");
        }
    }
}
