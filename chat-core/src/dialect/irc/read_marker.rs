//! MARKREAD: how far somebody has read. IRCv3 read-marker, a draft still.

use super::command::{Command, Wrong};
use super::reader::Reader;
use crate::time::Timestamp;

/// Reads the parameters of MARKREAD.
///
/// # Errors
/// A FAIL as the specification has it, "Errors and Warnings".
pub(super) fn decode<'a>(params: &[&'a str]) -> Result<Command<'a>, Wrong<'a>> {
    let target = params.first().copied().filter(|target| !target.is_empty());
    let target = target.ok_or(Wrong::fail(COMMAND, "NEED_MORE_PARAMS", vec![], TOO_FEW))?;
    let stamp = params.get(1).copied();
    let read_to = stamp.map(|stamp| parse_stamp(stamp).ok_or(invalid(stamp, BAD_STAMP)));
    Ok(Command::MarkRead {
        target,
        read_to: read_to.transpose()?,
    })
}

/// A literal `*` is for servers: nobody has read to no time at all.
fn parse_stamp(text: &str) -> Option<Timestamp> {
    Timestamp::from_iso(text.strip_prefix("timestamp=")?)
}

/// The answer when there is nothing to be read by them.
#[must_use]
pub fn invalid_target(target: &str) -> Wrong<'_> {
    invalid(target, BAD_TARGET)
}

/// Appends how far somebody has read, as far as is known.
pub fn marker(out: &mut String, reader: &Reader<'_>, target: &str, read_to: Option<Timestamp>) {
    let stamp = read_to.map(|at| format!("timestamp={}", at.iso()));
    let stamp = stamp.as_deref().unwrap_or("*");
    reader
        .command(out, COMMAND)
        .param(target)
        .param(stamp)
        .end();
}

fn invalid<'a>(param: &'a str, text: &'static str) -> Wrong<'a> {
    Wrong::fail(COMMAND, "INVALID_PARAMS", vec![param], text)
}

const COMMAND: &str = "MARKREAD";
const TOO_FEW: &str = "MARKREAD needs a room or a person";
const BAD_TARGET: &str = "that is neither a room that you are in nor a person's name";
const BAD_STAMP: &str =
    "write the time of the last message that was read as timestamp=YYYY-MM-DDThh:mm:ss.sssZ";

#[cfg(test)]
mod tests {
    use super::super::caps::Caps;
    use super::*;

    const STAMP: &str = "timestamp=2026-11-23T08:15:30.042Z";

    #[test]
    fn a_marker_is_asked_for_or_set() {
        let at = Timestamp::from_iso("2026-11-23T08:15:30.042Z");
        let cases: [(&[&str], Option<Timestamp>); 2] = [(&["#a"], None), (&["#a", STAMP], at)];
        for (params, read_to) in cases {
            let target = "#a";
            assert_eq!(decode(params), Ok(Command::MarkRead { target, read_to }));
        }
    }

    #[test]
    fn what_is_wrong_gets_the_code_of_the_specification() {
        let cases: [(&[&str], &str, &[&str]); 6] = [
            (&[], "NEED_MORE_PARAMS", &[]),
            (&[""], "NEED_MORE_PARAMS", &[]),
            (&["#a", "*"], "INVALID_PARAMS", &["*"]),
            (&["#a", ""], "INVALID_PARAMS", &[""]),
            (&["#a", "now"], "INVALID_PARAMS", &["now"]),
            (
                &["#a", "timestamp=now"],
                "INVALID_PARAMS",
                &["timestamp=now"],
            ),
        ];
        for (params, expected, given) in cases {
            match decode(params) {
                Err(Wrong::Fail { code, context, .. }) => {
                    assert_eq!((code, &*context), (expected, given), "{params:?}");
                }
                other => panic!("{params:?} is {other:?}"),
            }
        }
    }

    #[test]
    fn a_marker_is_told() {
        let reader = Reader {
            server: "chat",
            nick: "ana",
            caps: Caps::NONE,
        };
        let told = |read_to| {
            let mut out = String::new();
            marker(&mut out, &reader, "#a", read_to);
            out
        };
        let at = Timestamp::from_iso(&STAMP["timestamp=".len()..]);
        assert_eq!(told(at), format!(":chat MARKREAD #a {STAMP}"));
        assert_eq!(told(None), ":chat MARKREAD #a *");
    }
}
