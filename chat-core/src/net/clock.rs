//! The clocks, and the only place that reads them. Floor 4.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::time::{Now, Timestamp};

/// Both clocks of one reactor. Everybody else is given the time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clock {
    /// They go with those of the system, so much ahead.
    Running(Duration),
    /// They stand still until somebody sets them forward.
    Stopped(Now),
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::Running(Duration::ZERO)
    }
}

impl Clock {
    #[inline]
    pub(super) fn now(self) -> Now {
        match self {
            Clock::Running(ahead) => later(read(), ahead),
            Clock::Stopped(now) => now,
        }
    }

    pub(super) fn is_stopped(self) -> bool {
        matches!(self, Clock::Stopped(_))
    }

    /// Stops the clocks, that much later.
    pub(super) fn advance(&mut self, by: Duration) {
        *self = Clock::Stopped(later(self.now(), by));
    }

    /// Lets them go on from where they stand.
    pub(super) fn start(&mut self) {
        let here = self.now().mono;
        *self = Clock::Running(here.saturating_duration_since(read().mono));
    }
}

fn later(now: Now, by: Duration) -> Now {
    let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Now {
        mono: now.mono + by,
        wall: Timestamp(now.wall.0.saturating_add(millis)),
    }
}

/// What both clocks of the system say.
pub(crate) fn read() -> Now {
    let wall = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    };
    Now {
        mono: Instant::now(),
        wall: Timestamp(wall),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_forward_stands_still() {
        let mut clock = Clock::default();
        let before = clock.now();
        clock.advance(Duration::from_secs(3600));
        let after = clock.now();
        assert!(after.mono >= before.mono + Duration::from_secs(3600));
        assert!(after.wall.0 >= before.wall.0 + 3_600_000);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(clock.now().mono, after.mono);
    }

    #[test]
    fn it_goes_on_from_where_it_stood() {
        let mut clock = Clock::default();
        clock.advance(Duration::from_secs(3600));
        let stood = clock.now();
        clock.start();
        std::thread::sleep(Duration::from_millis(2));
        assert!(clock.now().mono > stood.mono);
        assert!(clock.now().mono < stood.mono + Duration::from_secs(60));
    }
}
