//! Reading the parameters of CHATHISTORY. IRCv3 chathistory, "Subcommands".

use super::super::command::Wrong;
use super::{COMMAND, ChatHistory, Part, Query, Reference, TARGETS};
use crate::limits::HISTORY_MESSAGES_MAX;
use crate::time::Timestamp;

/// Reads the parameters of CHATHISTORY.
///
/// # Errors
/// A FAIL as the specification has it, "Errors and Warnings".
pub(in crate::dialect::irc) fn decode<'a>(
    params: &[&'a str],
) -> Result<ChatHistory<'a>, Wrong<'a>> {
    let (&said, rest) = params.split_first().ok_or(invalid(vec![], TOO_FEW))?;
    let known = SUBCOMMANDS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(said));
    let &(name, count) = known.ok_or(invalid(vec![said], UNKNOWN))?;
    let Some((limit, rest)) = rest.split_last().filter(|_| rest.len() == count) else {
        let text = if rest.len() < count {
            TOO_FEW
        } else {
            TOO_MANY
        };
        return Err(invalid(vec![said], text));
    };
    Ok(ChatHistory {
        query: query(said, name, rest)?,
        limit: parse_limit(limit).ok_or_else(|| invalid(vec![said, limit], BAD_LIMIT))?,
    })
}

fn query<'a>(
    said: &'a str,
    name: &'static str,
    params: &[&'a str],
) -> Result<Query<'a>, Wrong<'a>> {
    let (target, part) = match (name, params) {
        (TARGETS, &[from, to]) => {
            let (from, to) = (moment(said, from)?, moment(said, to)?);
            return Ok(Query::Targets { from, to });
        }
        ("LATEST", &[target, "*"]) => (target, Part::Latest(None)),
        ("BETWEEN", &[target, from, to]) => {
            let (from, to) = (reference(said, target, from)?, reference(said, target, to)?);
            (target, Part::Between(from, to))
        }
        (_, &[target, at]) => {
            let at = reference(said, target, at)?;
            let part = match name {
                "LATEST" => Part::Latest(Some(at)),
                "BEFORE" => Part::Before(at),
                "AFTER" => Part::After(at),
                _ => Part::Around(at),
            };
            (target, part)
        }
        _ => return Err(invalid(vec![said], TOO_FEW)),
    };
    Ok(Query::Said { target, part })
}

/// A kind of reference that we do not know has a code of its own.
fn reference<'a>(
    said: &'a str,
    target: &'a str,
    text: &'a str,
) -> Result<Reference<'a>, Wrong<'a>> {
    let read = match text.split_once('=') {
        Some(("msgid", id)) if !id.is_empty() => Some(Reference::Msgid(id)),
        Some(("timestamp", stamp)) => Timestamp::from_iso(stamp).map(Reference::Time),
        Some((kind, _)) if kind != "msgid" => {
            return Err(Wrong::Fail {
                command: COMMAND,
                code: "INVALID_MSGREFTYPE",
                context: vec![said, target, text],
                text: "a message is named by msgid= or timestamp=",
            });
        }
        _ => None,
    };
    read.ok_or_else(|| invalid(vec![said, text], BAD_REFERENCE))
}

/// TARGETS takes no messages, only moments.
fn moment<'a>(said: &'a str, text: &'a str) -> Result<Timestamp, Wrong<'a>> {
    let stamp = text.strip_prefix("timestamp=");
    stamp
        .and_then(Timestamp::from_iso)
        .ok_or_else(|| invalid(vec![said, text], BAD_MOMENT))
}

/// A client that wants more than it may gets what it may, as the token `CHATHISTORY` told it.
fn parse_limit(text: &str) -> Option<usize> {
    let limit = text.parse::<usize>().ok().filter(|limit| *limit > 0)?;
    Some(limit.min(HISTORY_MESSAGES_MAX))
}

fn invalid<'a>(context: Vec<&'a str>, text: &'static str) -> Wrong<'a> {
    Wrong::Fail {
        command: COMMAND,
        code: "INVALID_PARAMS",
        context,
        text,
    }
}

/// How many parameters each of them takes.
const SUBCOMMANDS: [(&str, usize); 6] = [
    ("LATEST", 3),
    ("BEFORE", 3),
    ("AFTER", 3),
    ("AROUND", 3),
    ("BETWEEN", 4),
    (TARGETS, 3),
];

const TOO_FEW: &str = "CHATHISTORY needs a subcommand, a target, a reference and a limit; BETWEEN needs two references, \
                       TARGETS two and no target";
const TOO_MANY: &str =
    "CHATHISTORY takes a subcommand, a target, a reference (BETWEEN two) and a limit";
const UNKNOWN: &str = "the subcommands are LATEST, BEFORE, AFTER, AROUND, BETWEEN and TARGETS";
const BAD_REFERENCE: &str =
    "a reference is timestamp=YYYY-MM-DDThh:mm:ss.sssZ or msgid=…; LATEST also takes *";
const BAD_MOMENT: &str = "TARGETS takes timestamp=YYYY-MM-DDThh:mm:ss.sssZ, twice";
const BAD_LIMIT: &str = "the limit is a number from 1";

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: &str = "timestamp=2026-11-23T08:15:30.042Z";

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
        let (at, msgid) = (Reference::Time(time), Reference::Msgid);
        let said = |part| Query::Said { target: "#a", part };
        let cases: [(&[&str], Query<'_>, usize); 8] = [
            (&["LATEST", "#a", "*", "50"], said(Part::Latest(None)), 50),
            (
                &["latest", "#a", "msgid=e-7", "1"],
                said(Part::Latest(Some(msgid("e-7")))),
                1,
            ),
            (
                &["BEFORE", "#a", STAMP, "9999"],
                said(Part::Before(at)),
                100,
            ),
            (
                &["After", "#a", "msgid=e-1", "100"],
                said(Part::After(msgid("e-1"))),
                100,
            ),
            (&["AROUND", "#a", STAMP, "9"], said(Part::Around(at)), 9),
            (
                &["BETWEEN", "#a", "msgid=e-9", STAMP, "5"],
                said(Part::Between(msgid("e-9"), at)),
                5,
            ),
            (
                &["TARGETS", STAMP, "timestamp=1970-01-01T00:00:00.000Z", "5"],
                Query::Targets {
                    from: time,
                    to: Timestamp(0),
                },
                5,
            ),
            // A room may have that name.
            (
                &["LATEST", "*", "*", "5"],
                Query::Said {
                    target: "*",
                    part: Part::Latest(None),
                },
                5,
            ),
        ];
        for (params, query, limit) in cases {
            assert_eq!(
                decode(params),
                Ok(ChatHistory { query, limit }),
                "{params:?}"
            );
        }
    }

    #[test]
    fn bad_questions_get_the_code_of_the_specification() {
        let cases: [(&[&str], &str, &[&str]); 16] = [
            (&[], "INVALID_PARAMS", &[]),
            (&["PLAY", "#a", "*", "5"], "INVALID_PARAMS", &["PLAY"]),
            (&["LATEST", "#a", "*"], "INVALID_PARAMS", &["LATEST"]),
            (&["LATEST"], "INVALID_PARAMS", &["LATEST"]),
            (
                &["LATEST", "#a", "*", "5", "6"],
                "INVALID_PARAMS",
                &["LATEST"],
            ),
            (&["BETWEEN", "#a", "*", "5"], "INVALID_PARAMS", &["BETWEEN"]),
            (
                &["BETWEEN", "#a", STAMP, "*", "5"],
                "INVALID_PARAMS",
                &["BETWEEN", "*"],
            ),
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
                &["around", "#a", "msgid=", "5"],
                "INVALID_PARAMS",
                &["around", "msgid="],
            ),
            (
                &["BEFORE", "#a", "seq=5", "5"],
                "INVALID_MSGREFTYPE",
                &["BEFORE", "#a", "seq=5"],
            ),
            (
                &["BETWEEN", "#a", STAMP, "seq=5", "5"],
                "INVALID_MSGREFTYPE",
                &["BETWEEN", "#a", "seq=5"],
            ),
            (&["TARGETS", STAMP, STAMP], "INVALID_PARAMS", &["TARGETS"]),
            (
                &["TARGETS", STAMP, "msgid=e-1", "5"],
                "INVALID_PARAMS",
                &["TARGETS", "msgid=e-1"],
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
