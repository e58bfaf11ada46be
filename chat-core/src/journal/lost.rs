//! What was told and is not kept. Floor 2.

use crate::hub::Class;
use crate::hub::entry::Entry;

/// How much of what was told the journal could not keep: it ended before the disk took it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error(
    "the disk did not take all that was told: messages lost: {messages}, other events: {others}"
)]
pub struct Lost {
    /// Messages.
    pub messages: usize,
    /// Everything else that is kept: who came and left, topics, modes.
    pub others: usize,
}

impl Lost {
    /// One more entry.
    pub fn add(&mut self, entry: &Entry) {
        match entry.class() {
            Class::Words => self.messages += 1,
            _ => self.others += 1,
        }
    }

    /// Whether it is nothing at all.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Lost::default()
    }
}
