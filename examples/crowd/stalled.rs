//! Those who never read: has the server cut them off?

use std::io::{ErrorKind, Read};
use std::thread;
use std::time::Duration;

use crate::crowd::Crowd;
use crate::person::Person;
use crate::speech::Speech;

/// A server may take a second or two to let go of somebody.
const LOOKS: u32 = 30;
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Counts the people, from a number on, whose connection has ended.
///
/// Its end waits behind all that was not read, and through a small buffer that takes minutes. So they say
/// something: a socket that was closed answers with a reset (RFC 1122 §4.2.2.13).
pub(crate) fn count_cut(crowd: &mut Crowd, first: usize) -> usize {
    let mut waiting: Vec<usize> = (first..crowd.len()).collect();
    let count = waiting.len();
    for _ in 0..LOOKS {
        waiting.retain(|who| {
            let (person, speech) = crowd.person(*who);
            is_open(person, speech)
        });
        if waiting.is_empty() {
            break;
        }
        thread::sleep(LOOK_EVERY);
    }
    count - waiting.len()
}

fn is_open(person: &mut Person, speech: &Speech) -> bool {
    speech.ping(b"stalled", person.outbox());
    if person.flush().is_err() {
        return false;
    }
    match person.socket.read(&mut [0; 64 * 1024]) {
        Ok(count) => count > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}
