//! Waiting for a server that may never answer.

use std::time::{Duration, Instant};

use anyhow::bail;

/// Without any progress for so long, a run has failed.
const PATIENCE: Duration = Duration::from_secs(15);

/// Ends a run in which nothing happens any more.
#[derive(Debug)]
pub(crate) struct Patience {
    since: Instant,
    progress: u64,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self {
            since: Instant::now(),
            progress: 0,
        }
    }

    /// To be called with a number that grows as long as all is well.
    ///
    /// # Errors
    /// It has not grown for too long; `waiting` tells for what.
    pub(crate) fn check(
        &mut self,
        now: Instant,
        progress: u64,
        waiting: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        if progress != self.progress {
            self.progress = progress;
            self.since = now;
        } else if now.saturating_duration_since(self.since) > PATIENCE {
            bail!("nothing came for {PATIENCE:?}: {}", waiting());
        }
        Ok(())
    }
}
