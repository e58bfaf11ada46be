//! A coarse timer wheel. Floor 3: holds keys, knows nobody.
//!
//! Deadlines move far more often than they pass: every line that somebody says puts their ping off.
//! So the wheel is lazy. Moving a deadline further away does not touch it; the entry comes up too
//! early, and whoever owns it puts it in again. An entry that is out of date says so by its tick,
//! which its owner remembers; nothing is ever searched for or removed.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use crate::limits::WHEEL_TICK;

/// A moment, in ticks since the wheel began. The first one is 1; the last one, thirteen years from
/// then, stands for whatever is later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tick(NonZeroU32);

impl Tick {
    fn new(ticks: u64) -> Tick {
        let ticks = u32::try_from(ticks).unwrap_or(u32::MAX);
        Tick(NonZeroU32::new(ticks).unwrap_or(NonZeroU32::MIN))
    }

    fn get(self) -> u64 {
        self.0.get().into()
    }
}

/// Slots of the wheel: 102 s at a tick of 100 ms, which the default ping fits in. A deadline
/// further away comes up after a whole turn and is put in again.
const SLOTS: u64 = 1024;

/// Keys by the tick at which they are to be looked at.
pub(super) struct Wheel {
    start: Instant,
    slots: Vec<Vec<Due>>,
    /// The first tick that has not come up yet.
    next: u64,
    /// The first tick that holds anything.
    soonest: Option<u64>,
}

/// A key whose tick has come up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) key: u32,
    pub(super) tick: Tick,
}

impl Wheel {
    pub(super) fn new(start: Instant) -> Self {
        Wheel {
            start,
            slots: (0..SLOTS).map(|_| Vec::new()).collect(),
            next: 0,
            soonest: None,
        }
    }

    /// The tick for something that is due at `at`: never before it.
    pub(super) fn tick_of(&self, at: Instant) -> Tick {
        Tick::new(ticks(at.saturating_duration_since(self.start), true))
    }

    /// The last tick that has passed.
    pub(super) fn passed(&self, now: Instant) -> Tick {
        Tick::new(ticks(now.saturating_duration_since(self.start), false))
    }

    /// The same tick, as far as the wheel reaches.
    pub(super) fn within(&self, tick: Tick) -> Tick {
        Tick::new(tick.get().clamp(self.next, self.next + SLOTS - 1))
    }

    /// Puts a key in at a tick that is [`within`](Self::within).
    pub(super) fn insert(&mut self, key: u32, tick: Tick) {
        let due = Due { key, tick };
        let tick = tick.get();
        self.slot(tick).push(due);
        self.soonest = Some(self.soonest.map_or(tick, |soonest| soonest.min(tick)));
    }

    /// When to look again, if anything is in.
    pub(super) fn next(&self) -> Option<Instant> {
        let tick = u32::try_from(self.soonest?).unwrap_or(u32::MAX);
        Some(self.start + WHEEL_TICK * tick)
    }

    /// Takes out what has come up, the earliest first.
    pub(super) fn expire(&mut self, now: Instant, due: &mut VecDeque<Due>) {
        let last = ticks(now.saturating_duration_since(self.start), false);
        while let Some(tick) = self.soonest.filter(|&tick| tick <= last) {
            due.extend(std::mem::take(self.slot(tick)));
            self.next = tick + 1;
            self.soonest = self.following();
        }
        self.next = self.next.max(last + 1);
    }

    /// The first tick from `next` on that holds anything.
    fn following(&mut self) -> Option<u64> {
        (self.next..self.next + SLOTS).find(|&tick| !self.slot(tick).is_empty())
    }

    fn slot(&mut self, tick: u64) -> &mut Vec<Due> {
        // The remainder is less than SLOTS, so it fits whatever the width.
        let slot = usize::try_from(tick % SLOTS).unwrap_or(0);
        &mut self.slots[slot]
    }
}

/// Ticks in `time`, rounded up or down.
fn ticks(time: Duration, up: bool) -> u64 {
    let (time, tick) = (time.as_nanos(), WHEEL_TICK.as_nanos());
    let whole = if up { time.div_ceil(tick) } else { time / tick };
    u64::try_from(whole).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(wheel: &Wheel, ms: u64) -> Instant {
        wheel.start + Duration::from_millis(ms)
    }

    fn put(wheel: &mut Wheel, key: u32, at: u64) -> u64 {
        let tick = wheel.within(wheel.tick_of(ms(wheel, at)));
        wheel.insert(key, tick);
        tick.get()
    }

    fn expired(wheel: &mut Wheel, at: u64) -> Vec<u32> {
        let mut due = VecDeque::new();
        wheel.expire(ms(wheel, at), &mut due);
        due.iter().map(|due| due.key).collect()
    }

    #[test]
    fn keys_come_up_in_order_never_early_and_a_tick_late_at_most() {
        let mut wheel = Wheel::new(Instant::now());
        for (key, at) in [(1, 950), (2, 101), (3, 200), (4, 950)] {
            put(&mut wheel, key, at);
        }
        assert_eq!(expired(&mut wheel, 199), []);
        assert_eq!(expired(&mut wheel, 200), [2, 3]);
        assert_eq!(expired(&mut wheel, 949), []);
        assert_eq!(expired(&mut wheel, 1_050), [1, 4]);
        assert_eq!(wheel.next(), None);
    }

    #[test]
    fn every_deadline_of_a_long_simulation_fires_within_a_tick() {
        let mut wheel = Wheel::new(Instant::now());
        let at: Vec<u64> = (0..2_000).map(|key| (key * 7_919) % 90_000).collect();
        for (key, &at) in (0..).zip(&at) {
            put(&mut wheel, key, at);
        }
        let mut fired = 0;
        for now in (0..=90_100).step_by(10) {
            for key in expired(&mut wheel, now) {
                let at = at[key as usize];
                assert!((at..at + 110).contains(&now), "{key} at {now}");
                fired += 1;
            }
        }
        assert_eq!(fired, at.len());
    }

    #[test]
    fn it_sleeps_until_the_first_tick_that_holds_anything() {
        let mut wheel = Wheel::new(Instant::now());
        assert_eq!(wheel.next(), None);
        put(&mut wheel, 1, 5_000);
        put(&mut wheel, 2, 730);
        assert_eq!(wheel.next(), Some(ms(&wheel, 800)));
        expired(&mut wheel, 800);
        assert_eq!(wheel.next(), Some(ms(&wheel, 5_000)));
    }

    #[test]
    fn what_is_beyond_the_wheel_comes_up_early_and_says_so_by_its_tick() {
        let mut wheel = Wheel::new(Instant::now());
        let tick = put(&mut wheel, 1, 600_000);
        assert_eq!(tick, SLOTS - 1);
        assert_eq!(expired(&mut wheel, 102_300), [1]);
        assert!(wheel.tick_of(ms(&wheel, 600_000)).get() > tick);
    }

    #[test]
    fn what_is_past_comes_up_at_the_next_tick_even_after_a_long_sleep() {
        let mut wheel = Wheel::new(Instant::now());
        expired(&mut wheel, 400_050);
        let tick = put(&mut wheel, 1, 10);
        assert_eq!(tick, 4_001);
        assert_eq!(expired(&mut wheel, 400_099), []);
        assert_eq!(expired(&mut wheel, 400_100), [1]);
    }

    #[test]
    fn a_long_sleep_brings_up_everything_that_was_due() {
        let mut wheel = Wheel::new(Instant::now());
        put(&mut wheel, 1, 300);
        put(&mut wheel, 2, 50_000);
        assert_eq!(expired(&mut wheel, 900_000), [1, 2]);
    }
}
