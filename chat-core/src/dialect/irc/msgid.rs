//! The name of a message: `<epoch>-<seq>`. IRCv3 message-ids; opaque to clients.
//!
//! The epoch tells journals apart: a memory journal has a new one at each start, so an id from
//! before names nothing, instead of another message.

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

    fn written(epoch: &str, seq: u64) -> String {
        let (mut out, seq) = (String::new(), Seq(seq));
        Msgid { epoch, seq }.push(&mut out);
        out
    }

    #[test]
    fn an_id_is_read_back_in_its_epoch_only() {
        let id = written("a1-b2", 42);
        assert_eq!(id, "a1-b2-42");
        for seq in [0, 9, 10, 1_234_567_890, u64::MAX] {
            assert_eq!(written("e", seq), format!("e-{seq}"));
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
