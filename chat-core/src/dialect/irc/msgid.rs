//! The name of a message: `<epoch>-<seq>`, and `.<n>` behind it for a transient one. IRCv3 message-ids; opaque to
//! clients.
//!
//! The epoch tells starts of journals apart, so an id from before a loss names nothing, instead of another message.

use crate::hub::entry::Committed;
use crate::id::Seq;
use crate::time::push_number;

/// An id as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Msgid<'a> {
    /// Which start of which journal.
    pub epoch: &'a str,
    /// Where in it.
    pub seq: Seq,
    /// Which transient entry behind that place; 0 is the durable one itself.
    pub aside: u32,
}

impl<'a> Msgid<'a> {
    /// The id of an entry.
    #[must_use]
    pub fn of(committed: &Committed, epoch: &'a str) -> Msgid<'a> {
        let Committed { seq, aside, .. } = *committed;
        Msgid { epoch, seq, aside }
    }

    /// Appends it to a line.
    pub fn push(self, out: &mut String) {
        out.push_str(self.epoch);
        out.push('-');
        push_number(self.seq.0, 1, out);
        if self.aside > 0 {
            out.push('.');
            push_number(self.aside.into(), 1, out);
        }
    }
}

/// The parts of an id, if it is one of ours.
#[must_use]
pub fn parse(text: &str) -> Option<Msgid<'_>> {
    let (epoch, place) = text.rsplit_once('-')?;
    let (seq, aside) = place.split_once('.').unwrap_or((place, "0"));
    Some(Msgid {
        epoch,
        seq: Seq(number(seq)?),
        aside: u32::try_from(number(aside)?).ok()?,
    })
}

fn number(digits: &str) -> Option<u64> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(epoch: &str, seq: u64, aside: u32) -> String {
        let mut out = String::new();
        let seq = Seq(seq);
        Msgid { epoch, seq, aside }.push(&mut out);
        out
    }

    #[test]
    fn an_id_is_read_back_as_it_was_written() {
        assert_eq!(written("a1-b2", 42, 0), "a1-b2-42");
        assert_eq!(written("e", 7, 3), "e-7.3");
        for seq in [0, 9, 10, 1_234_567_890, u64::MAX] {
            for aside in [0, 1, u32::MAX] {
                let text = written("a1-b2", seq, aside);
                let seq = Seq(seq);
                let epoch = "a1-b2";
                assert_eq!(parse(&text), Some(Msgid { epoch, seq, aside }), "{text}");
            }
        }
    }

    #[test]
    fn what_we_never_wrote_is_no_id() {
        for text in [
            "a1-",
            "a1-+4",
            "a1-x",
            "a1",
            "",
            "a1-1.",
            "a1-1.x",
            "a1-.1",
            "a1-1.4294967296",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
