//! The clocks, and the only place that reads them. Floor 4.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::limits::CENTURY;
use crate::time::{Now, Timestamp};

/// Both clocks of one reactor. Everybody else is given the time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clock {
    /// They go with those of the system, so far from them.
    Running(Shift),
    /// They stand still until somebody sets them forward.
    Stopped(Now),
}

/// How far clocks are from those of the system: behind them if they stood still, ahead if they were set forward.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shift {
    ahead: Duration,
    behind: Duration,
    /// The other clock, in milliseconds. It is shifted by itself, for rounding would put it back by one.
    wall: i64,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::Running(Shift::default())
    }
}

impl Clock {
    #[inline]
    pub(super) fn now(self) -> Now {
        match self {
            Clock::Running(shift) => shift.of(read()),
            Clock::Stopped(now) => now,
        }
    }

    pub(super) fn is_stopped(self) -> bool {
        matches!(self, Clock::Stopped(_))
    }

    /// Stops the clocks, that much later: a century at most.
    pub(super) fn advance(&mut self, by: Duration) {
        *self = Clock::Stopped(later(self.now(), by.min(CENTURY)));
    }

    /// Lets them go on from where they stand.
    pub(super) fn start(&mut self) {
        *self = Clock::Running(Shift::between(read(), self.now()));
    }
}

impl Shift {
    fn between(system: Now, here: Now) -> Shift {
        Shift {
            ahead: here.mono.saturating_duration_since(system.mono),
            behind: system.mono.saturating_duration_since(here.mono),
            wall: here.wall.0.saturating_sub(system.wall.0),
        }
    }

    #[inline]
    fn of(self, system: Now) -> Now {
        let mono = sum(system.mono, self.ahead);
        Now {
            mono: mono.checked_sub(self.behind).unwrap_or(mono),
            wall: Timestamp(system.wall.0.saturating_add(self.wall)),
        }
    }
}

fn later(now: Now, by: Duration) -> Now {
    let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Now {
        mono: sum(now.mono, by),
        wall: Timestamp(now.wall.0.saturating_add(millis)),
    }
}

/// Where the system's clock cannot go any further, it stands.
#[inline]
fn sum(at: Instant, by: Duration) -> Instant {
    at.checked_add(by).unwrap_or(at)
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

    #[test]
    fn it_goes_on_from_where_it_stood_for_a_while() {
        let mut clock = Clock::default();
        clock.advance(Duration::ZERO);
        let stood = clock.now();
        std::thread::sleep(Duration::from_millis(100));
        let before = read().mono;
        clock.start();
        let now = clock.now();
        let took = read().mono.duration_since(before);
        assert!(now.mono >= stood.mono && now.mono <= stood.mono + took);
        let passed = now.wall.0 - stood.wall.0;
        assert!(passed >= 0 && passed <= i64::try_from(took.as_millis()).unwrap() + 1);
    }

    #[test]
    fn it_goes_no_further_than_a_century_at_once() {
        let mut clock = Clock::default();
        let before = clock.now();
        clock.advance(Duration::MAX);
        let moved = clock.now().mono.duration_since(before.mono);
        assert!(moved >= CENTURY && moved < CENTURY + Duration::from_secs(60));
        clock.start();
        assert!(clock.now().mono >= before.mono + CENTURY);
    }
}
