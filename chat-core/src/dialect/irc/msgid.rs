//! The name of a message: `<epoch>-<seq>`. IRCv3 message-ids; opaque to clients.
//!
//! The epoch tells journals apart: a memory journal has a new one at each start, so an id from
//! before names nothing, instead of another message.

use std::fmt::{Display, Formatter, Result};

use crate::id::Seq;
use crate::time::push_number;

/// An id as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Msgid<'a> {
    /// Which journal.
    pub epoch: &'a str,
    /// Where in it.
    pub seq: Seq,
}

impl Msgid<'_> {
    /// Appends it to a line.
    pub fn push(self, out: &mut String) {
        out.push_str(self.epoch);
        out.push('-');
        push_number(self.seq.0, 1, out);
    }
}

impl Display for Msgid<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}-{}", self.epoch, self.seq.0)
    }
}

/// The place that an id names in the journal of this epoch, if it is one of its.
#[must_use]
pub fn parse(text: &str, epoch: &str) -> Option<Seq> {
    let digits = text.strip_prefix(epoch)?.strip_prefix('-')?;
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| canonical).map(Seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_in_its_epoch_only() {
        let id = Msgid {
            epoch: "a1-b2",
            seq: Seq(42),
        }
        .to_string();
        assert_eq!(id, "a1-b2-42");
        for seq in [0, 9, 10, 1_234_567_890, u64::MAX] {
            let (mut pushed, epoch) = (String::new(), "e");
            Msgid {
                epoch,
                seq: Seq(seq),
            }
            .push(&mut pushed);
            assert_eq!(pushed, format!("e-{seq}"));
        }
        assert_eq!(parse(&id, "a1-b2"), Some(Seq(42)));
        for (text, epoch) in [
            ("a1-42", "b2"),
            ("a1-", "a1"),
            ("a1-+4", "a1"),
            ("a1-x", "a1"),
            ("a1", "a1"),
            ("", "a1"),
        ] {
            assert_eq!(parse(text, epoch), None, "{text}");
        }
    }
}
