//! Bytes to people. Floor 3.
//!
//! What is sent waits in the outbox until the end of the turn, so that it leaves with one write, except the
//! chunks of a fan-out: a turn has one per room, and who has no backlog gets it straight from
//! the room's buffer, without an outbox at all.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};

use super::People;
use super::person::Link;
use crate::id::PersonId;
use crate::net::framing::Wire;
use crate::net::outbox::{First, Outbox, Taking};

/// What waits for somebody. A reader that stalls is not worth waiting for, one that is merely slow is:
/// they differ in when they last took something, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Bytes in the outbox.
    pub bytes: usize,
    /// How the socket takes it, if it took something while there was an outbox.
    pub taking: Option<Taking>,
}

impl Backlog {
    /// Whether somebody reads: nothing waits, or the socket took something so lately.
    #[must_use]
    pub fn is_read_within(&self, span: Duration, now: Instant) -> bool {
        let taken = |taking: Taking| taking.last + span >= now;
        self.bytes == 0 || self.taking.is_some_and(taken)
    }

    /// Whether somebody reads well: nothing waits, or the socket took a whole stride so lately.
    #[must_use]
    pub fn is_read_well_within(&self, span: Duration, now: Instant) -> bool {
        let stride = self.taking.and_then(|taking| taking.stride);
        self.bytes == 0 || stride.is_some_and(|stride| stride + span >= now)
    }

    /// Whether nothing waited until so lately.
    #[must_use]
    pub fn is_new_within(&self, span: Duration, now: Instant) -> bool {
        self.taking.is_some_and(|taking| taking.begun + span >= now)
    }
}

impl People {
    /// Queues whole messages in the form of the person's [`wire`](Self::wire).
    pub fn send(&mut self, id: PersonId, bytes: &[u8]) {
        if let Some((link, first)) = self.room_for(id, bytes.len()) {
            link.outbox().push_copy(bytes, first);
            self.mark_dirty(id);
            self.hold_bound(id);
        }
    }

    /// Queues one message, put on the wire as this person's framing does it.
    pub fn say(&mut self, id: PersonId, message: &str) {
        let Some(wire) = self.wire(id) else {
            return;
        };
        // Room for a frame's header, or a line end.
        let mut bytes = BytesMut::with_capacity(message.len() + 16);
        (wire.wrap)(message.as_bytes(), &mut bytes);
        self.send(id, &bytes);
    }

    /// Queues whole messages that others get too, without copying them unless they are short.
    pub fn send_shared(&mut self, id: PersonId, bytes: Bytes) {
        if let Some((link, first)) = self.room_for(id, bytes.len()) {
            link.outbox().push_shared(bytes, first);
            self.mark_dirty(id);
            self.hold_bound(id);
        }
    }

    /// The direct path of a fan-out: writes to the socket now if nothing waits, and queues the rest.
    /// Tells what waits afterwards.
    pub fn write_chunk(&mut self, id: PersonId, chunk: &Bytes) -> Backlog {
        let Some(link) = self
            .link(id)
            .filter(|link| link.is_open() && !chunk.is_empty())
        else {
            return self.backlog(id);
        };
        if link.outbox.is_some() {
            self.send_shared(id, chunk.clone());
        } else {
            match link.write(chunk) {
                Ok(written) if written == chunk.len() => return Backlog::default(),
                Ok(written) => self.keep_rest(id, chunk, written),
                Err(error) => self.fail(id, error.kind()),
            }
        }
        self.backlog(id)
    }

    /// What waits for somebody.
    #[must_use]
    pub fn backlog(&self, id: PersonId) -> Backlog {
        let outbox = self
            .person(id)
            .and_then(|person| person.link.outbox.as_ref());
        outbox.map_or_else(Backlog::default, |outbox| Backlog {
            bytes: outbox.bytes(),
            taking: outbox.taking(),
        })
    }

    /// Bytes that wait.
    #[must_use]
    pub fn queued(&self, id: PersonId) -> usize {
        self.person(id).map_or(0, |person| person.link.queued())
    }

    /// Asks for one call of [`Host::drained`](crate::net::Host::drained) when at most a quarter of
    /// the queue waits, which may be now: a cursor refills then.
    pub fn want_drained(&mut self, id: PersonId) {
        if let Some(person) = self.person_mut(id) {
            person.wants_drained = true;
            self.note_drained(id);
        }
    }

    /// Writes what waits for everybody who was sent something; each gets one write.
    pub(in crate::net) fn flush_dirty(&mut self) {
        let mut dirty = std::mem::take(&mut self.lists.dirty);
        for id in dirty.drain(..) {
            if let Some(person) = self.person_mut(id) {
                person.dirty = false;
                self.flush(id);
            }
        }
        // Nothing above marks anybody, so the list is still empty: keep its memory.
        self.lists.dirty = dirty;
    }

    /// The socket takes bytes again.
    pub(in crate::net) fn writable(&mut self, key: usize) {
        let Some(id) = self.id_at(key) else {
            return;
        };
        if let Some(link) = self.link(id).filter(|link| link.blocked) {
            link.blocked = false;
            self.mark_dirty(id);
        }
    }

    /// Whose outbox overflowed.
    pub(in crate::net) fn overflowed(&mut self) -> Vec<PersonId> {
        let mut ids = std::mem::take(&mut self.lists.overflowed);
        ids.retain(|&id| self.take_overflow(id));
        ids
    }

    /// Whose outbox has drained.
    pub(in crate::net) fn drained(&mut self) -> Vec<PersonId> {
        let mut ids = std::mem::take(&mut self.lists.drained);
        ids.retain(|&id| self.take_drained(id));
        ids
    }

    /// Whether somebody has something to be flushed or told before the reactor may sleep.
    pub(in crate::net) fn pending(&self) -> bool {
        let lists = &self.lists;
        !(lists.dirty.is_empty()
            && lists.readable.is_empty()
            && lists.overflowed.is_empty()
            && lists.drained.is_empty()
            && lists.ended.is_empty()
            && lists.graves.is_empty())
    }

    pub(super) fn flush(&mut self, id: PersonId) {
        let now = self.now;
        if let Some(Err(error)) = self.link(id).map(|link| link.flush(now)) {
            self.fail(id, error.kind());
        }
        self.note_drained(id);
    }

    pub(super) fn first(&self, id: PersonId) -> Option<First> {
        self.wire(id).map(|Wire { first, .. }| first)
    }

    pub(super) fn mark_dirty(&mut self, id: PersonId) {
        let Some(person) = self.person_mut(id) else {
            return;
        };
        // A full socket is not tried again before it says that it takes more.
        let useless = person.dirty || person.link.blocked || person.link.outbox.is_none();
        if !useless {
            person.dirty = true;
            self.lists.dirty.push(id);
        }
    }

    /// The outbox, if `more` bytes may be queued in it, or something may be dropped for them.
    fn room_for(&mut self, id: PersonId, more: usize) -> Option<(&mut Link, First)> {
        if more == 0 || !self.person(id)?.link.is_open() {
            return None;
        }
        let first = self.first(id)?;
        if self.queued(id) + more > self.queue_bytes_max {
            // Perhaps it only waits for the end of the turn.
            self.flush(id);
        }
        if self.queued(id) + more > self.queue_bytes_max && self.drops(id).is_none() {
            self.overflow(id);
            return None;
        }
        let link = self.link(id).filter(|link| link.is_open())?;
        Some((link, first))
    }

    fn keep_rest(&mut self, id: PersonId, chunk: &Bytes, written: usize) {
        let Some(first) = self.first(id) else {
            return;
        };
        let rest = Outbox::rest_of(chunk, written, first, self.now);
        if let Some(link) = self.link(id) {
            link.outbox = Some(Box::new(rest));
        }
        self.hold_bound(id);
    }

    pub(super) fn overflow(&mut self, id: PersonId) {
        if let Some(link) = self.link(id) {
            link.overflowed = true;
            self.lists.overflowed.push(id);
        }
    }

    fn take_overflow(&mut self, id: PersonId) -> bool {
        self.link(id)
            .is_some_and(|link| std::mem::take(&mut link.overflowed) && link.ending.is_none())
    }

    fn note_drained(&mut self, id: PersonId) {
        let low = self.queue_bytes_max / 4;
        let Some(person) = self.person(id) else {
            return;
        };
        if person.wants_drained && person.link.queued() <= low {
            self.lists.drained.push(id);
        }
    }

    fn take_drained(&mut self, id: PersonId) -> bool {
        self.person_mut(id).is_some_and(|person| {
            std::mem::take(&mut person.wants_drained) && person.link.ending.is_none()
        })
    }
}
