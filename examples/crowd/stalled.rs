//! Those who never read: has the server cut them off?

use std::io::{ErrorKind, Read};
use std::thread;
use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::person::Person;

/// A server that has something left sends it when there is place again.
const QUIET: Duration = Duration::from_secs(1);

/// Reads what waits for these people, from a number on, and counts those whose connection has ended.
pub(crate) fn count_cut(crowd: &mut Crowd, first: usize) -> usize {
    let mut waiting: Vec<usize> = (first..crowd.len()).collect();
    let count = waiting.len();
    let mut heard_at = Instant::now();
    while heard_at.elapsed() < QUIET && !waiting.is_empty() {
        waiting.retain(|who| match rest(crowd.person(*who).0) {
            Rest::Ended => false,
            Rest::Some => {
                heard_at = Instant::now();
                true
            }
            Rest::Nothing => true,
        });
        thread::sleep(Duration::from_millis(1));
    }
    count - waiting.len()
}

enum Rest {
    Some,
    Nothing,
    Ended,
}

fn rest(person: &mut Person) -> Rest {
    match person.socket.read(&mut [0; 64 * 1024]) {
        Ok(1..) => Rest::Some,
        Err(error) if error.kind() == ErrorKind::WouldBlock => Rest::Nothing,
        Ok(0) | Err(_) => Rest::Ended,
    }
}
