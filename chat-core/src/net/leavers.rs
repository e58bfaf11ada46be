//! Those who left the people but whose last bytes are still on their way. Floor 3.
//!
//! A connection that ends is announced at once; its socket stays here until the peer has had a
//! chance to read what was said last. Closing a socket with unread input makes the kernel answer
//! with a reset, which destroys what the peer has not read yet. So: flush, shut down the writing
//! side, then read and discard until the peer closes too, [`LINGER`] at most.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::net::Shutdown;
use std::time::Instant;

use mio::net::TcpStream;
use mio::{Interest, Registry};
use slab::Slab;

use super::outbox::{Flow, Outbox};
use super::source::Source;
use crate::limits::LINGER;

/// Reads of one event: a quarter of a megabyte, more than a socket usually holds.
const READS_PER_EVENT: usize = 4;

/// Sockets that linger, and when each has lingered long enough.
#[derive(Default)]
pub(super) struct Leavers {
    slab: Slab<(Instant, Leaver)>,
    /// In order, since everybody gets the same time. An entry may be out of date.
    until: VecDeque<(Instant, usize)>,
}

/// A socket on its way out.
pub(super) struct Leaver {
    pub(super) socket: TcpStream,
    pub(super) outbox: Option<Box<Outbox>>,
    /// The peer has closed its side: there is nothing to discard.
    pub(super) eof: bool,
}

/// Whether a socket has to stay.
#[derive(PartialEq, Eq)]
enum Step {
    Stay,
    Gone,
}

impl Leavers {
    /// Sends what can be sent now, and keeps the socket if it has to stay.
    pub(super) fn push(&mut self, registry: &Registry, mut leaver: Leaver, now: Instant) {
        if leaver.flush(now) == Step::Gone {
            return;
        }
        let entry = self.slab.vacant_entry();
        let (key, token) = (entry.key(), Source::Leaver(entry.key()).token());
        let interest = Interest::READABLE | Interest::WRITABLE;
        if registry
            .reregister(&mut leaver.socket, token, interest)
            .is_ok()
        {
            entry.insert((now + LINGER, leaver));
            self.until.push_back((now + LINGER, key));
        }
    }

    /// Goes on with one of them: its socket has news.
    pub(super) fn ready(&mut self, key: usize, scratch: &mut [u8], now: Instant) {
        let Some((_, leaver)) = self.slab.get_mut(key) else {
            return;
        };
        if leaver.step(scratch, now) == Step::Gone {
            self.slab.remove(key);
        }
    }

    /// Closes those who had their time.
    pub(super) fn expire(&mut self, now: Instant) {
        while let Some(&(until, key)) = self.until.front() {
            let current = self.slab.get(key).is_some_and(|entry| entry.0 == until);
            if current && until > now {
                break;
            }
            self.until.pop_front();
            if current {
                self.slab.remove(key);
            }
        }
    }

    /// When somebody's time is over.
    pub(super) fn next(&self) -> Option<Instant> {
        self.until.front().map(|&(until, _)| until)
    }

    /// Whether nobody is on the way out.
    pub(super) fn is_empty(&self) -> bool {
        self.slab.is_empty()
    }
}

impl Leaver {
    fn step(&mut self, scratch: &mut [u8], now: Instant) -> Step {
        match self.flush(now) {
            Step::Gone => Step::Gone,
            _ if self.eof => Step::Stay,
            _ => self.discard(scratch),
        }
    }

    /// Sends what is left, then says that this was all.
    fn flush(&mut self, now: Instant) -> Step {
        if let Some(outbox) = &mut self.outbox {
            match outbox.write_to(&mut self.socket, now) {
                Ok(Flow::Empty) => self.outbox = None,
                Ok(Flow::Blocked) => return Step::Stay,
                Err(_) => return Step::Gone,
            }
        }
        match self.socket.shutdown(Shutdown::Write) {
            Ok(()) if !self.eof => Step::Stay,
            _ => Step::Gone,
        }
    }

    /// Within reason: a peer that goes on talking brings the next event itself.
    fn discard(&mut self, scratch: &mut [u8]) -> Step {
        for _ in 0..READS_PER_EVENT {
            match self.socket.read(scratch) {
                Ok(0) => return self.peer_closed(),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Step::Stay,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Step::Gone,
            }
        }
        Step::Stay
    }

    fn peer_closed(&mut self) -> Step {
        self.eof = true;
        match self.outbox {
            Some(_) => Step::Stay,
            None => Step::Gone,
        }
    }
}
