//! SEARCH: messages with some words, of somebody, of some time. The extension `search` of soju, a draft still.
//!
//! Its one parameter is written as message tags are: `in=#room;text=two\\swords`.

use std::borrow::Cow;

use super::command::{Command, Wrong};
use super::reader::{Reader, Standard};
use super::tags::{Tags, unescape};
use crate::limits::SEARCH_MESSAGES_MAX;
use crate::time::Timestamp;

/// The name of the capability, and of the batch in which messages come.
pub const NAME: &str = "soju.im/search";

/// What is looked for. The points themselves are among it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search<'a> {
    /// A room or a person; everything that is theirs to read if not given.
    pub target: Option<Cow<'a, str>>,
    /// Who said it.
    pub from: Option<Cow<'a, str>>,
    /// From when on; then the earliest are asked for, else the latest.
    pub after: Option<Timestamp>,
    /// Until when.
    pub before: Option<Timestamp>,
    /// Words.
    pub text: Option<Cow<'a, str>>,
    /// How many messages at most, not above [`SEARCH_MESSAGES_MAX`].
    pub limit: usize,
}

/// Reads the parameter of SEARCH.
///
/// # Errors
/// A FAIL as the specification has it, "Errors and Warnings".
pub(super) fn decode<'a>(params: &[&'a str]) -> Result<Command<'a>, Wrong<'a>> {
    let attributes = params.first().copied().unwrap_or_default();
    if Tags::new(attributes).iter().next().is_none() {
        return Err(invalid(vec![], TOO_FEW));
    }
    let mut search = Search {
        limit: SEARCH_MESSAGES_MAX,
        ..Search::default()
    };
    for (key, value) in Tags::new(attributes).iter() {
        search.set(key, value)?;
    }
    Ok(Command::Search(search))
}

impl<'a> Search<'a> {
    fn set(&mut self, key: &'a str, value: &'a str) -> Result<(), Wrong<'a>> {
        let text = unescape(value);
        match key {
            "in" => self.target = Some(text),
            "from" => self.from = Some(text),
            "text" => self.text = Some(text),
            "after" => self.after = Some(moment(key, &text)?),
            "before" => self.before = Some(moment(key, &text)?),
            "limit" => self.limit = limit(&text).ok_or_else(|| invalid(vec![key], BAD_LIMIT))?,
            _ => return Err(invalid(vec![key], UNKNOWN)),
        }
        Ok(())
    }
}

fn moment<'a>(key: &'a str, stamp: &str) -> Result<Timestamp, Wrong<'a>> {
    Timestamp::from_iso(stamp).ok_or_else(|| invalid(vec![key], BAD_MOMENT))
}

/// Who wants more than there may be gets what there may be.
fn limit(text: &str) -> Option<usize> {
    let limit = text.parse::<usize>().ok().filter(|limit| *limit > 0)?;
    Some(limit.min(SEARCH_MESSAGES_MAX))
}

/// The answer when an attribute is not one that can be looked for.
#[must_use]
pub fn invalid<'a>(attributes: Vec<&'a str>, text: &'static str) -> Wrong<'a> {
    Wrong::fail(COMMAND, "INVALID_PARAMS", attributes, text)
}

/// The answer when nothing can be read at present.
#[must_use]
pub fn unreadable() -> Wrong<'static> {
    let text = "the history of this chat cannot be read now: try again later";
    Wrong::fail(COMMAND, "INTERNAL_ERROR", vec![], text)
}

/// Appends the answer to whoever would take what is found for what is said now: it is known by its batch alone.
pub fn not_agreed(out: &mut String, reader: &Reader<'_>) {
    let text = "agree on soju.im/search and batch first: CAP REQ :soju.im/search batch";
    reader.fail_or_notice(out, COMMAND, "NEED_CAPABILITIES", text);
}

/// Appends that not everything could be looked through; what was found follows.
pub fn incomplete(out: &mut String, reader: &Reader<'_>) {
    let text = "not everything could be looked through: name a room, a time or rarer words";
    reader.standard(
        out,
        Standard::Warn,
        COMMAND,
        "INCOMPLETE_RESULTS",
        &[],
        text,
    );
}

const COMMAND: &str = "SEARCH";
const TOO_FEW: &str =
    "SEARCH needs what to look for, as in SEARCH in=#room;from=nick;text=word;limit=20";
const UNKNOWN: &str = "SEARCH knows in, from, after, before, text and limit";
const BAD_MOMENT: &str = "a moment is YYYY-MM-DDThh:mm:ss.sssZ";
const BAD_LIMIT: &str = "the limit is a number from 1";

#[cfg(test)]
mod tests {
    use super::super::caps::Caps;
    use super::*;

    const STAMP: &str = "2026-11-23T08:15:30.042Z";

    #[test]
    fn attributes_are_read_as_tags_are() {
        let at = Timestamp::from_iso(STAMP);
        let all = format!("in=#a;from=ana;after={STAMP};before={STAMP};text=a\\sb\\:;limit=999");
        let expected = Search {
            target: Some("#a".into()),
            from: Some("ana".into()),
            after: at,
            before: at,
            text: Some("a b;".into()),
            limit: SEARCH_MESSAGES_MAX,
        };
        assert_eq!(decode(&[&all]), Ok(Command::Search(expected)));
        let Ok(Command::Search(search)) = decode(&["limit=3;limit=5;text=a b"]) else {
            panic!("it can be read");
        };
        assert_eq!((search.text.as_deref(), search.limit), (Some("a b"), 5));
    }

    #[test]
    fn what_is_not_all_is_said_so() {
        let reader = Reader {
            server: "chat",
            nick: "ana",
            caps: Caps::NONE,
        };
        let mut out = String::new();
        incomplete(&mut out, &reader);
        assert!(
            out.starts_with(":chat WARN SEARCH INCOMPLETE_RESULTS :"),
            "{out}"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases: [(&[&str], &[&str]); 8] = [
            (&[], &[]),
            (&[""], &[]),
            (&[";"], &[]),
            (&["after=now"], &["after"]),
            (&["text=a;before=timestamp=x"], &["before"]),
            (&["limit=0"], &["limit"]),
            (&["limit"], &["limit"]),
            (&["text=a;colour=red"], &["colour"]),
        ];
        for (params, named) in cases {
            match decode(params) {
                Err(Wrong::Fail { code, context, .. }) => {
                    assert_eq!((code, &*context), ("INVALID_PARAMS", named), "{params:?}");
                }
                other => panic!("{params:?} is {other:?}"),
            }
        }
    }
}
