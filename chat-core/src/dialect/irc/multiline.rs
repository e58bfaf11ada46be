//! Messages of several lines: a batch of lines that a client opens. IRCv3 multiline and client-batch, drafts still.
//!
//! ```text
//! BATCH +1 draft/multiline #lobby
//! @batch=1 PRIVMSG #lobby :one
//! @batch=1 PRIVMSG #lobby :two, which is
//! @batch=1;draft/multiline-concat PRIVMSG #lobby : long
//! BATCH -1                                                ─▶ "one\ntwo, which is long"
//! ```

mod draft;
mod pieces;

pub use draft::{Draft, Invalid, Whole};
pub use pieces::{Piece, pieces};

use super::command::Wrong;
use crate::limits::Limits;

/// The capability and the type of the batch.
pub const NAME: &str = "draft/multiline";

/// The tag of what goes on with the line before it.
pub const CONCAT: &str = "draft/multiline-concat";

/// What the capability tells.
pub(super) fn value(limits: &Limits) -> String {
    let (bytes, lines) = (limits.multiline_bytes(), limits.multiline_lines());
    format!("max-bytes={bytes},max-lines={lines}")
}

/// BATCH, as a client sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch<'a> {
    /// `BATCH +id draft/multiline target`.
    Open {
        /// What it is called from here to its end.
        id: &'a str,
        /// Whom it is for.
        target: &'a str,
    },
    /// `BATCH -id`.
    Close(&'a str),
}

impl<'a> Batch<'a> {
    /// Reads the parameters.
    ///
    /// # Errors
    /// It is none that a client may open.
    pub fn read(params: &[&'a str]) -> Result<Batch<'a>, Invalid<'a>> {
        let tag = params.first().copied().unwrap_or_default();
        let (open, close) = (tag.strip_prefix('+'), tag.strip_prefix('-'));
        match (open, close, params) {
            (Some(id), _, [_, NAME, target, ..]) if is_id(id) && is_one(target) => {
                Ok(Batch::Open { id, target })
            }
            (_, Some(id), _) if is_id(id) => Ok(Batch::Close(id)),
            _ => Err(Invalid::Other(USAGE)),
        }
    }
}

/// IRCv3 batch: ASCII letters, numbers and hyphens.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// One message goes to one target.
fn is_one(target: &str) -> bool {
    !target.is_empty() && !target.contains(',')
}

const USAGE: &str =
    "open a batch with BATCH +ID draft/multiline TARGET, one target, and close it with BATCH -ID";

/// The answer to a batch that stayed open for too long. IRCv3 client-batch.
#[must_use]
pub fn timeout(id: &str) -> Wrong<'_> {
    fail(
        "TIMEOUT",
        vec![id],
        "it was open for too long: send it again, and close it",
    )
}

fn fail<'a>(code: &'static str, context: Vec<&'a str>, text: &'static str) -> Wrong<'a> {
    Wrong::fail("BATCH", code, context, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_opened_and_closed() {
        let open = |id, target| Some(Batch::Open { id, target });
        let cases: [(&[&str], Option<Batch<'_>>); 12] = [
            (&["+1", NAME, "#a"], open("1", "#a")),
            (&["+aB-9", NAME, "bob", "x"], open("aB-9", "bob")),
            (&["-1"], Some(Batch::Close("1"))),
            (&["-1", "x"], Some(Batch::Close("1"))),
            (&["+1", NAME], None),
            (&["+1", NAME, ""], None),
            (&["+1", NAME, "#a,#b"], None),
            (&["+1", "netsplit", "a", "b"], None),
            (&["+", NAME, "#a"], None),
            (&["+a b", NAME, "#a"], None),
            (&["1", NAME, "#a"], None),
            (&["-"], None),
        ];
        for (params, expected) in cases {
            assert_eq!(Batch::read(params).ok(), expected, "{params:?}");
        }
    }

    #[test]
    fn a_small_queue_makes_small_messages() {
        let mut limits = Limits::default();
        assert_eq!(value(&limits), "max-bytes=8192,max-lines=100");
        limits.send_queue_bytes = 16_000;
        assert_eq!(value(&limits), "max-bytes=1000,max-lines=16");
    }
}
