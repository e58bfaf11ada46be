//! What somebody is not told because they read too slowly. Floor 0: uses nothing.
//!
//! A queue of bytes knows nothing of rooms, and a dialect knows nothing of queues. What they have to
//! say to each other when messages are dropped is here: what a line that may be dropped was, and
//! what is missing where lines were dropped.

use std::collections::BTreeMap;

/// A message that may be dropped, as its line tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost<'a> {
    /// The room in which it was said; empty where lines do not tell.
    pub room: &'a str,
    /// Its id; empty if the line has none.
    pub msgid: &'a str,
    /// When it was said, as the line has it; empty if it has not.
    pub time: &'a str,
    /// Whether others are dropped with it.
    pub part: Part<'a>,
}

/// What a message is of one that is told by several, which are dropped together: under a name that no other one has
/// meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// It is told by this alone.
    Whole,
    /// What begins with it is dropped as far as its end.
    First(&'a str),
    /// Dropped only with the first.
    Further(&'a str),
    /// The end.
    Last(&'a str),
}

impl<'a> Lost<'a> {
    /// A message that is told by itself.
    #[must_use]
    pub fn whole(room: &'a str, msgid: &'a str, time: &'a str) -> Lost<'a> {
        let part = Part::Whole;
        Lost {
            room,
            msgid,
            time,
            part,
        }
    }
}

/// Messages of one room that were dropped, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// How many.
    pub count: u64,
    /// The id of the latest one; empty if none had one.
    pub msgid: String,
    /// When the latest one was said; empty if no line told.
    pub time: String,
}

impl Gap {
    /// One more message, the last so far.
    pub fn add(&mut self, lost: Lost<'_>) {
        self.extend(1, lost.msgid, lost.time);
    }

    /// The gap goes on with another one.
    pub fn merge(&mut self, later: &Gap) {
        self.extend(later.count, &later.msgid, &later.time);
    }

    fn extend(&mut self, count: u64, msgid: &str, time: &str) {
        self.count += count;
        // A queue may also hold history, which is told behind what is newer.
        if age(msgid) >= age(&self.msgid) {
            msgid.clone_into(&mut self.msgid);
            time.clone_into(&mut self.time);
        }
    }
}

/// Ids of one epoch end in a number, and behind a dot in a second one: the longer number is the greater.
fn age(msgid: &str) -> (usize, &str, usize, &str) {
    let (place, aside) = msgid.split_once('.').unwrap_or((msgid, ""));
    (place.len(), place, aside.len(), aside)
}

/// Gaps by room.
pub type Gaps = BTreeMap<Box<str>, Gap>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_known_by_the_latest_message_in_it() {
        let mut gap = Gap::default();
        for (msgid, time) in [
            ("", "t0"),
            ("e-9", "t1"),
            ("e-10", "t2"),
            ("e-2", "t0"),
            ("e-9.12", "t1"),
        ] {
            gap.add(Lost::whole("#a", msgid, time));
        }
        let (msgid, time) = ("e-10".into(), "t2".into());
        assert_eq!(
            gap,
            Gap {
                count: 5,
                msgid,
                time
            }
        );
    }
}
