//! Waiting with a deadline. A test that sleeps a fixed time is either slow or flaky, so it looks
//! again and again until what it awaits is there.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up: long enough for a busy machine that stands still for some
/// seconds, short enough to be waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two looks.
const STEP: Duration = Duration::from_millis(10);

/// Looks until there is something, for [`PATIENCE`].
///
/// # Panics
/// When nothing came: the message names what was `awaited`.
#[track_caller]
pub fn eventually<T>(awaited: &str, look: impl FnMut() -> Option<T>) -> T {
    match within(PATIENCE, look) {
        Some(found) => found,
        None => panic!("waited {PATIENCE:?} in vain for {awaited}"),
    }
}

/// Looks until there is something or until `limit` is over. Looks once at least.
pub fn within<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        let found = look();
        if found.is_some() || Instant::now() >= deadline {
            return found;
        }
        thread::sleep(STEP);
    }
}

/// What is left until the deadline, never zero: a socket refuses a timeout of zero.
pub(crate) fn left(deadline: Instant) -> Duration {
    deadline
        .saturating_duration_since(Instant::now())
        .max(Duration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_until_there_is_something() {
        let mut looks = 0;
        let found = eventually("the third look", || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found, 3);
    }

    #[test]
    fn gives_up_at_the_deadline() {
        let started = Instant::now();
        assert_eq!(within(Duration::from_millis(50), || None::<()>), None);
        assert!(started.elapsed() >= Duration::from_millis(50));
    }
}
