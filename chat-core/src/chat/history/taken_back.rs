//! What was taken back lately. Floor 5; pure.
//!
//! An answer of the journal is of the moment at which it looked, and is told later: line by line, as its reader takes it. What was
//! taken back in between must not come back behind the REDACT, since nobody would be told of that again.

use std::collections::{HashSet, VecDeque};

use crate::id::Seq;
use crate::limits::TAKEN_BACK_MAX;

/// The places of the last messages that were taken back.
#[derive(Debug, Default)]
pub(in crate::chat) struct TakenBack {
    all: HashSet<Seq>,
    /// The latest last.
    order: VecDeque<Seq>,
}

impl TakenBack {
    pub(super) fn add(&mut self, seq: Seq) {
        if !self.all.insert(seq) {
            return;
        }
        if self.order.len() == TAKEN_BACK_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.all.remove(&oldest);
        }
        self.order.push_back(seq);
    }

    pub(super) fn has(&self, seq: Seq) -> bool {
        self.all.contains(&seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_known_and_each_once() {
        let mut taken_back = TakenBack::default();
        for seq in 0..=TAKEN_BACK_MAX as u64 {
            taken_back.add(Seq(seq));
            taken_back.add(Seq(seq));
        }
        assert!(!taken_back.has(Seq(0)));
        assert!((1..=TAKEN_BACK_MAX as u64).all(|seq| taken_back.has(Seq(seq))));
        assert_eq!(taken_back.all.len(), TAKEN_BACK_MAX);
    }
}
