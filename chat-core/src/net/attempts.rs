//! How often one address may guess a password, or make a room. Floor 2; pure: the time is given in.
//!
//! Each address has some guesses at once, and gets one more every some seconds. Only wrong ones count,
//! so that an office behind one address comes in at nine o'clock, however many they are. Each new room does.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::networks::customer;
use crate::limits::{ATTEMPT_ADDRESSES_MAX, Limits, seconds};

/// Who guessed wrongly of late.
#[derive(Debug)]
pub struct Attempts {
    /// When each address has all its guesses again.
    full_at: HashMap<IpAddr, Instant>,
    /// The same by time.
    order: BTreeSet<(Instant, IpAddr)>,
    /// How long one guess takes to come back.
    each: Duration,
    /// How long all of them do.
    all: Duration,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// They do not know the password.
    #[error("that is not the password")]
    Wrong,
    /// They may not guess for so long; whether this guess was right, nobody looked.
    #[error("too many wrong passwords came from your address: try again in {}", in_words(*.0))]
    Wait(Duration),
}

impl Attempts {
    /// For passwords; nobody has guessed yet.
    #[must_use]
    pub fn new(limits: &Limits) -> Attempts {
        Attempts::so_many(limits.password_attempts, limits.password_seconds)
    }

    /// The same for new rooms: each that is [begun](Attempts::begin) counts.
    #[must_use]
    pub fn at_rooms(limits: &Limits) -> Attempts {
        Attempts::so_many(limits.new_rooms, limits.new_room_seconds)
    }

    fn so_many(count: u64, each_seconds: u64) -> Attempts {
        let each = seconds(each_seconds);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        Attempts {
            full_at: HashMap::new(),
            order: BTreeSet::new(),
            each,
            all: each.saturating_mul(count),
        }
    }

    /// One guess from an address. `is_right` is asked only if there may be one.
    ///
    /// # Errors
    /// It was wrong, or came too early.
    pub fn guess(
        &mut self,
        from: IpAddr,
        now: Instant,
        is_right: impl FnOnce() -> bool,
    ) -> Result<(), Denied> {
        self.forget_the_full(now);
        let from = customer(from);
        let full_at = self.full_at.get(&from).copied().unwrap_or(now);
        let spent = full_at.saturating_duration_since(now) + self.each;
        if spent > self.all {
            return Err(Denied::Wait(spent - self.all));
        }
        if is_right() {
            return Ok(());
        }
        self.note(from, now + spent);
        Err(Denied::Wrong)
    }

    /// One guess that is looked at elsewhere. It counts as wrong until it is known to be right ([`Attempts::was_right`]),
    /// so that nobody guesses more often by guessing at once.
    ///
    /// # Errors
    /// It came too early.
    pub fn begin(&mut self, from: IpAddr, now: Instant) -> Result<(), Denied> {
        match self.guess(from, now, || false) {
            Err(wait @ Denied::Wait(_)) => Err(wait),
            Ok(()) | Err(Denied::Wrong) => Ok(()),
        }
    }

    /// A guess that was begun was right, or nobody looked at it.
    pub fn was_right(&mut self, from: IpAddr) {
        let from = customer(from);
        let before = self.full_at.get(&from).copied();
        if let Some(full_at) = before.and_then(|at| at.checked_sub(self.each)) {
            self.note(from, full_at);
        }
    }

    fn note(&mut self, from: IpAddr, full_at: Instant) {
        if let Some(before) = self.full_at.insert(from, full_at) {
            self.order.remove(&(before, from));
        }
        self.order.insert((full_at, from));
        // Whoever has the most guesses left is the one to be forgotten.
        if self.order.len() > ATTEMPT_ADDRESSES_MAX {
            self.forget_first();
        }
    }

    fn forget_the_full(&mut self, now: Instant) {
        while self.order.first().is_some_and(|(at, _)| *at <= now) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, from)) = self.order.pop_first() {
            self.full_at.remove(&from);
        }
    }
}

impl Denied {
    /// How loudly it is logged: whoever has to wait could otherwise fill the log meanwhile.
    #[must_use]
    pub fn level(self) -> log::Level {
        match self {
            Denied::Wrong => log::Level::Warn,
            Denied::Wait(_) => log::Level::Debug,
        }
    }

    /// Seconds to wait, for `Retry-After`; at least one.
    #[must_use]
    pub fn wait_seconds(self) -> u64 {
        match self {
            Denied::Wrong => 0,
            Denied::Wait(time) => whole_seconds(time),
        }
    }
}

fn whole_seconds(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}

fn in_words(time: Duration) -> String {
    match whole_seconds(time) {
        1 => "1 second".to_owned(),
        count => format!("{count} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(attempts: &mut Attempts, from: &str, now: Instant) -> Result<(), Denied> {
        attempts.guess(from.parse().unwrap(), now, || false)
    }

    #[test]
    fn ten_wrong_guesses_come_at_once_and_then_one_every_six_seconds() {
        let mut attempts = Attempts::new(&Limits::default());
        let (ana, now) = ("192.0.2.7", Instant::now());
        for _ in 0..10 {
            assert_eq!(wrong(&mut attempts, ana, now), Err(Denied::Wrong));
        }
        let wait = Err(Denied::Wait(Duration::from_secs(6)));
        assert_eq!(wrong(&mut attempts, ana, now), wait);
        let too_early = attempts.guess(ana.parse().unwrap(), now, || panic!("compared"));
        assert_eq!(too_early, wait, "not even the right one");
        let later = now + Duration::from_secs(6);
        assert_eq!(wrong(&mut attempts, ana, later), Err(Denied::Wrong));
        assert_eq!(wrong(&mut attempts, ana, later), wait);
        assert_eq!(wrong(&mut attempts, "192.0.2.8", now), Err(Denied::Wrong));
    }

    #[test]
    fn right_guesses_are_free() {
        let mut attempts = Attempts::new(&Limits::default());
        let (ana, now) = ("192.0.2.7".parse().unwrap(), Instant::now());
        for _ in 0..100 {
            assert_eq!(attempts.guess(ana, now, || true), Ok(()));
        }
    }

    #[test]
    fn a_guess_that_is_looked_at_elsewhere_counts_as_wrong_until_it_is_right() {
        let mut attempts = Attempts::new(&Limits::default());
        let (ana, now) = ("192.0.2.7".parse().unwrap(), Instant::now());
        for _ in 0..10 {
            assert_eq!(attempts.begin(ana, now), Ok(()));
        }
        assert!(attempts.begin(ana, now).is_err(), "ten at once");
        attempts.was_right(ana);
        assert_eq!(attempts.begin(ana, now), Ok(()));
        for _ in 0..20 {
            attempts.was_right(ana);
        }
        let _ = wrong(&mut attempts, "192.0.2.8", now);
        assert_eq!((attempts.full_at.len(), attempts.order.len()), (1, 1));
    }

    #[test]
    fn a_hundred_rooms_are_made_at_once_and_then_one_each_ten_minutes() {
        let mut founders = Attempts::at_rooms(&Limits::default());
        let (ana, now) = ("192.0.2.7".parse().unwrap(), Instant::now());
        assert!((0..100).all(|_| founders.begin(ana, now).is_ok()));
        let wait = Duration::from_secs(600);
        assert_eq!(founders.begin(ana, now), Err(Denied::Wait(wait)));
        assert_eq!(founders.begin(ana, now + wait), Ok(()));
    }

    #[test]
    fn a_network_of_ipv6_is_one_customer_and_nobody_is_exempt() {
        let now = Instant::now();
        for (a, b) in [("2001:db8::1", "2001:db8::2:3"), ("127.0.0.1", "127.0.0.1")] {
            let mut attempts = Attempts::new(&Limits::default());
            for _ in 0..10 {
                assert_eq!(wrong(&mut attempts, a, now), Err(Denied::Wrong));
            }
            assert_ne!(wrong(&mut attempts, b, now), Err(Denied::Wrong));
        }
    }

    #[test]
    fn so_many_addresses_are_remembered_and_none_longer_than_needed() {
        let mut attempts = Attempts::new(&Limits::default());
        let now = Instant::now();
        let count = u32::try_from(ATTEMPT_ADDRESSES_MAX).unwrap();
        for number in 0..count + 10 {
            let from = IpAddr::V4(number.into());
            let _ = attempts.guess(from, now, || false);
        }
        assert_eq!(attempts.full_at.len(), ATTEMPT_ADDRESSES_MAX);
        assert_eq!(attempts.order.len(), ATTEMPT_ADDRESSES_MAX);
        let _ = wrong(&mut attempts, "192.0.2.7", now + Duration::from_secs(6));
        assert_eq!((attempts.full_at.len(), attempts.order.len()), (1, 1));
    }

    #[test]
    fn waiting_is_told_in_whole_seconds() {
        for (millis, told) in [(0, "1 second"), (1000, "1 second"), (5001, "6 seconds")] {
            let denied = Denied::Wait(Duration::from_millis(millis));
            assert!(denied.to_string().ends_with(&format!("in {told}")));
        }
    }
}
