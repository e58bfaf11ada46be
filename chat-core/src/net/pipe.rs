//! A connection without a socket: two bounded queues of bytes in memory. Floor 2.
//!
//! [`Near`] is what the loop holds: it is read and written like a socket that does not block. [`Far`]
//! belongs to somebody in the same process, on whatever thread. What either does is [`News`] for the loop,
//! which takes them in when it is woken. A queue has memory only while something waits in it.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use mio::Waker;

use crate::limits::PIPE_BYTES_MAX;

/// Which pipes have something to be read, or room to be written to, by the places of their people.
#[derive(Debug)]
pub(super) struct News {
    keys: Mutex<BTreeSet<usize>>,
    waker: Arc<Waker>,
}

/// The end that the loop holds.
#[derive(Debug)]
pub(super) struct Near(Arc<Shared>);

/// The other end. Dropped, it hangs up.
#[derive(Debug)]
pub(crate) struct Far(Arc<Shared>);

/// Why nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// Too much waits already.
    Full,
    /// The loop has ended the connection.
    Over,
}

/// What there is to be heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A line, without its end.
    Line(String),
    /// Nothing for now.
    Nothing,
    /// Nothing any more: the loop has ended the connection.
    Over,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Something to be heard, or the end.
    changed: Condvar,
    news: Arc<News>,
}

#[derive(Debug, Default)]
struct State {
    to_near: BytesMut,
    to_far: BytesMut,
    /// Place of the person in the slab, once it has one.
    key: Option<usize>,
    /// The loop wrote more than there was room for, and wants to know when there is.
    blocked: bool,
    near_is_gone: bool,
    far_is_gone: bool,
}

impl News {
    pub(super) fn new(waker: Arc<Waker>) -> Arc<News> {
        let keys = Mutex::default();
        Arc::new(News { keys, waker })
    }

    /// All that came since this was last asked.
    pub(super) fn take(&self) -> BTreeSet<usize> {
        std::mem::take(&mut *lock(&self.keys))
    }

    fn tell(&self, key: usize) {
        if lock(&self.keys).insert(key) {
            // A poll that cannot be woken hears at its next turn.
            let _ = self.waker.wake();
        }
    }
}

/// Both ends of a new connection.
pub(super) fn pipe(news: &Arc<News>) -> (Near, Far) {
    let shared = Arc::new(Shared {
        state: Mutex::default(),
        changed: Condvar::new(),
        news: Arc::clone(news),
    });
    (Near(Arc::clone(&shared)), Far(shared))
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn tell(&self, state: &State) {
        if let Some(key) = state.key {
            self.news.tell(key);
        }
    }
}

impl Near {
    /// From now on it belongs to this place; whatever is there is news again.
    pub(super) fn belong(&self, key: usize) {
        let mut state = self.0.state();
        state.key = Some(key);
        self.0.tell(&state);
    }

    /// Whether the far end will say no more than what waits.
    pub(super) fn hung_up(&self) -> bool {
        self.0.state().far_is_gone
    }

    /// Writes what is said last, however much waits.
    pub(super) fn finish(&self, bytes: &[u8]) {
        self.0.state().to_far.extend_from_slice(bytes);
    }
}

impl Read for Near {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut state = self.0.state();
        if state.to_near.is_empty() {
            return match state.far_is_gone {
                true => Ok(0),
                false => Err(ErrorKind::WouldBlock.into()),
            };
        }
        let count = into.len().min(state.to_near.len());
        into[..count].copy_from_slice(&state.to_near[..count]);
        take_off(&mut state.to_near, count);
        Ok(count)
    }
}

impl Write for Near {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    /// As much as there is room for: whoever is told less than they offered waits for news. For who has hung up
    /// it is all taken and not kept: an error would be the end, and their last words are still to be heard.
    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut state = self.0.state();
        let offered: usize = slices.iter().map(|slice| slice.len()).sum();
        if state.far_is_gone {
            return Ok(offered);
        }
        let written: usize = slices.iter().map(|slice| state.take_in(slice)).sum();
        state.blocked = written < offered;
        if written == 0 && state.blocked {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.0.changed.notify_all();
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Near {
    fn drop(&mut self) {
        self.0.state().near_is_gone = true;
        self.0.changed.notify_all();
    }
}

impl Far {
    /// Says whole lines, all of these or none.
    pub(crate) fn say(&self, lines: &[u8]) -> Result<(), NotTaken> {
        let mut state = self.0.state();
        if state.near_is_gone {
            return Err(NotTaken::Over);
        }
        if state.to_near.len() + lines.len() > PIPE_BYTES_MAX {
            return Err(NotTaken::Full);
        }
        state.to_near.extend_from_slice(lines);
        self.0.tell(&state);
        Ok(())
    }

    /// Says a last line and hangs up. It goes beyond the bound if it must: it is one.
    pub(crate) fn say_last(self, line: &[u8]) {
        // Dropping it tells the loop. Whom that has sent away is not heard, and nobody keeps the words.
        self.0.state().to_near.extend_from_slice(line);
    }

    /// The next line, if it is there.
    pub(crate) fn hear(&self) -> Heard {
        self.next_line(&mut self.0.state())
    }

    /// The next line; waits for it for so long.
    pub(crate) fn hear_within(&self, patience: Duration) -> Heard {
        let waits = |state: &mut State| !state.has_line() && !state.near_is_gone;
        let state = self.0.state();
        let waited = self.0.changed.wait_timeout_while(state, patience, waits);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        self.next_line(&mut state)
    }

    fn next_line(&self, state: &mut State) -> Heard {
        let Some(line) = state.take_line() else {
            return match state.near_is_gone {
                true => Heard::Over,
                false => Heard::Nothing,
            };
        };
        if std::mem::take(&mut state.blocked) {
            self.0.tell(state);
        }
        Heard::Line(line)
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.far_is_gone = true;
        self.0.tell(&state);
    }
}

impl State {
    /// Takes what there is room for on the way to the far end.
    fn take_in(&mut self, bytes: &[u8]) -> usize {
        let room = PIPE_BYTES_MAX.saturating_sub(self.to_far.len());
        let count = bytes.len().min(room);
        self.to_far.extend_from_slice(&bytes[..count]);
        count
    }

    fn has_line(&self) -> bool {
        self.to_far.contains(&b'\n')
    }

    fn take_line(&mut self) -> Option<String> {
        let end = memchr::memchr(b'\n', &self.to_far)?;
        let line = &self.to_far[..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = String::from_utf8_lossy(line).into_owned();
        take_off(&mut self.to_far, end + 1);
        Some(line)
    }
}

/// Takes bytes off the front of a queue, without moving the others.
fn take_off(queue: &mut BytesMut, count: usize) {
    queue.advance(count);
    if queue.is_empty() {
        *queue = BytesMut::new();
    }
}

/// Nothing here panics with a lock in hand.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "pipe_tests.rs"]
mod tests;
