//! How long a batch is left open for more. Floor 2.
//!
//! Those who wait for their echo before they go on come in two groups if nobody waits for them: while the disk has the
//! one, the other stands in line, and everybody waits for two syncs. A batch that is left open until those who were
//! told just now have answered unites the groups. Only a crowd is waited for, only as long as one more comes every now
//! and then, and never for long compared with the sync.

use std::time::{Duration, Instant};

/// What the last batches were like, and since when one is open.
#[derive(Debug)]
pub(super) struct Gathering {
    /// How many orders the last two had, the latest first.
    counts: [usize; 2],
    /// How long the last one took to write.
    took: Duration,
    /// Whether the one that is open was waiting already when the last one was written.
    has_waited: bool,
    /// When the present step began.
    since: Instant,
}

impl Gathering {
    pub(super) fn new() -> Gathering {
        Gathering {
            counts: [0; 2],
            took: Duration::ZERO,
            has_waited: false,
            since: Instant::now(),
        }
    }

    /// A batch is begun.
    pub(super) fn open(&mut self, has_waited: bool) {
        self.has_waited = has_waited;
        self.since = Instant::now();
    }

    /// How long more is waited for, if there are so many orders; `None` if they are to be written.
    pub(super) fn patience(&self, count: usize) -> Option<Duration> {
        self.patience_after(self.since.elapsed(), count)
    }

    fn patience_after(&self, open: Duration, count: usize) -> Option<Duration> {
        let [last, before] = self.counts;
        // Who stood in line is one group, and who was told just now is the other.
        let expected = match self.has_waited {
            true => last + before,
            false => last.max(before),
        };
        let left = (self.took / 2).checked_sub(open)?;
        (count < expected).then_some(left.min(self.took / 8))
    }

    /// No more comes into it: it is written now.
    pub(super) fn close(&mut self, count: usize) {
        self.counts = [count, self.counts[0]];
        self.since = Instant::now();
    }

    /// It was written.
    pub(super) fn written(&mut self) {
        self.took = self.since.elapsed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNC: Duration = Duration::from_millis(16);

    fn after(counts: [usize; 2], has_waited: bool) -> Gathering {
        let mut gathering = Gathering::new();
        for count in counts {
            gathering.close(count);
        }
        gathering.open(has_waited);
        Gathering {
            took: SYNC,
            ..gathering
        }
    }

    #[test]
    fn nobody_waits_for_others_who_are_not_there() {
        assert_eq!(after([1, 1], false).patience_after(Duration::ZERO, 1), None);
    }

    #[test]
    fn a_batch_stays_open_for_those_of_the_last_ones_and_no_longer() {
        let gathering = after([15, 1], true);
        let a_little = Some(SYNC / 8);
        assert_eq!(gathering.patience_after(Duration::ZERO, 1), a_little);
        assert_eq!(gathering.patience_after(SYNC / 4, 15), a_little);
        assert_eq!(
            gathering.patience_after(Duration::ZERO, 16),
            None,
            "all came"
        );
        let long = SYNC / 2 + SYNC / 16;
        assert_eq!(gathering.patience_after(long, 1), None, "too long");
    }

    #[test]
    fn a_crowd_that_came_together_is_waited_for_after_a_pause() {
        let gathering = after([16, 3], false);
        assert!(gathering.patience_after(Duration::ZERO, 15).is_some());
        assert_eq!(gathering.patience_after(Duration::ZERO, 16), None);
    }
}
