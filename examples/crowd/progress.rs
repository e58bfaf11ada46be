//! How far a long run is: a bar on stderr, if that is a terminal.

use std::time::Duration;

use indicatif::ProgressBar;

/// Shorter runs need no bar.
const LONG: Duration = Duration::from_secs(3);
const MANY: usize = 2000;

#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Of people who come in.
    pub(crate) fn of_people(count: usize) -> Self {
        Self::new(count, count >= MANY)
    }

    /// Of time that passes.
    pub(crate) fn of_time(length: Duration) -> Self {
        Self::new(milliseconds(length), length >= LONG)
    }

    fn new(length: usize, is_shown: bool) -> Self {
        let bar = if is_shown {
            ProgressBar::new(length as u64)
        } else {
            ProgressBar::hidden()
        };
        Self(bar)
    }

    pub(crate) fn set(&self, position: usize) {
        if self.0.position() != position as u64 {
            self.0.set_position(position as u64);
        }
    }

    /// So much time has passed.
    pub(crate) fn passed(&self, time: Duration) {
        // In steps, because drawing is dear.
        self.set(milliseconds(time) / 250 * 250);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn milliseconds(length: Duration) -> usize {
    usize::try_from(length.as_millis()).unwrap_or(usize::MAX)
}
