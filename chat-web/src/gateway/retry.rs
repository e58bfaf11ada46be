//! When to try again: by chance, so that a thousand clients do not come back in one moment.

use std::time::Duration;

use crate::limits::{RELAY_RETRY, RELAY_RETRY_SOON};

/// After a socket that was good: perhaps it was only this one.
pub(super) fn soon() -> Duration {
    RELAY_RETRY_SOON.mul_f64(chance())
}

/// After one that failed: between half of the longest time and all of it.
pub(super) fn later() -> Duration {
    RELAY_RETRY.mul_f64(0.5 + chance() / 2.0)
}

/// From 0 to 1. Without randomness everybody comes at once, and is still let in.
fn chance() -> f64 {
    getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX))
}
