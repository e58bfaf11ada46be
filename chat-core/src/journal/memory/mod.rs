//! A journal in memory: commits at once, forgets the oldest beyond a bound in bytes. Floor 2.

mod look;
mod search;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::mem::size_of;
use std::sync::Arc;

use super::stamps::{Fall, Stamps};
use super::{Epochs, Found, Inquiry, Journal, Outcome, Place, Question, Ticket};
use crate::hub::entry::{Act, Committed, Entry, Source};
use crate::id::Seq;
use crate::names::RoomName;
use crate::time::Timestamp;
use slab::Slab;

/// Everything that was said, until it is too much.
#[derive(Debug)]
pub struct Memory {
    epochs: Epochs,
    last: Seq,
    /// Transient entries since the last durable one.
    asides: u32,
    tickets: u64,
    stamps: Stamps,
    /// The stamp of the last one that is kept, and where stamps fall.
    kept_at: Option<Timestamp>,
    falls: VecDeque<Fall>,
    decided: VecDeque<Outcome>,
    found: VecDeque<(Inquiry, Found)>,
    inquiries: u64,
    /// Where each place is in `said`.
    places: HashMap<Place, usize>,
    said: Slab<Said>,
    /// Mostly the next entry goes where the last one went.
    last_place: Option<(Place, usize)>,
    /// The last entry that was dropped: what places that are not here any more have lost.
    dropped: Seq,
    /// Each kept entry, the oldest first.
    ages: VecDeque<Age>,
    bytes: u64,
    bytes_max: u64,
}

/// When an entry was made, and where it is in `said`.
#[derive(Clone, Copy, Debug)]
struct Age {
    seq: Seq,
    at: Timestamp,
    place: usize,
}

/// What was said at one place.
#[derive(Debug)]
struct Said {
    place: Place,
    entries: VecDeque<Arc<Committed>>,
    /// The last entry of this place that may have been dropped.
    lost: Seq,
    /// The stamp of the last one that was dropped, if one was.
    lost_at: Option<Timestamp>,
}

impl Memory {
    /// An empty journal. The epoch is random at each start: a client that names a message of
    /// another one can be told so. Whatever may not be in an epoch becomes `_` in it.
    #[must_use]
    pub fn new(epoch: String, bytes_max: u64) -> Memory {
        Memory {
            epochs: Epochs::only(epoch),
            last: Seq(0),
            asides: 0,
            tickets: 0,
            stamps: Stamps::behind(None),
            kept_at: None,
            falls: VecDeque::new(),
            decided: VecDeque::new(),
            found: VecDeque::new(),
            inquiries: 0,
            places: HashMap::new(),
            said: Slab::new(),
            last_place: None,
            dropped: Seq(0),
            ages: VecDeque::new(),
            bytes: 0,
            bytes_max,
        }
    }

    /// Bytes that are kept, all told; never more than the bound.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn keep(&mut self, committed: &Arc<Committed>) {
        if committed.aside == 0 {
            self.note_fall(committed.seq, committed.at);
        }
        for place in Place::all_of(&committed.entry) {
            if let Act::Redact(redaction) = &committed.entry.act {
                self.remove(&place, redaction.seq);
            }
            let place = self.open(place);
            self.bytes += weight(committed) + AGE_BYTES;
            self.ages.push_back(Age {
                seq: committed.seq,
                at: committed.at,
                place,
            });
            self.said[place].entries.push_back(Arc::clone(committed));
        }
        while self.bytes > self.bytes_max && self.forget_oldest() {}
    }

    fn note_fall(&mut self, seq: Seq, at: Timestamp) {
        let last = self.kept_at.replace(at);
        if let Some(fall) = Fall::between(last, seq, at) {
            self.bytes += FALL_BYTES;
            self.falls.push_back(fall);
        }
    }

    /// The place that an entry gets; a transient one shares that of the last durable one.
    fn next_place(&mut self, entry: &Entry) -> (Seq, u32) {
        match entry.is_durable() {
            true => (self.last.0, self.asides) = (self.last.0 + 1, 0),
            false => self.asides += 1,
        }
        (self.last, self.asides)
    }

    /// Where what is said at a place is kept, from now on if nothing was said there yet.
    fn open(&mut self, place: Place) -> usize {
        if let Some((last, at)) = &self.last_place
            && *last == place
        {
            return *at;
        }
        let at = self.places.get(&place).copied().unwrap_or_else(|| {
            let at = self.said.insert(Said {
                place: place.clone(),
                entries: VecDeque::new(),
                lost: self.dropped,
                lost_at: None,
            });
            self.places.insert(place.clone(), at);
            at
        });
        self.last_place = Some((place, at));
        at
    }

    /// An entry is not at a place any more.
    fn remove(&mut self, place: &Place, seq: Seq) {
        let at = self.places.get(place);
        let Some(said) = at.and_then(|at| self.said.get_mut(*at)) else {
            return;
        };
        let at = said.entries.binary_search_by_key(&seq, |entry| entry.seq);
        let removed = at.ok().and_then(|at| said.entries.remove(at));
        self.bytes -= removed.map_or(0, |entry| weight(&entry));
    }

    /// Nothing is kept of a place any more.
    fn close(&mut self, at: usize) -> Option<Said> {
        let said = self.said.try_remove(at)?;
        self.places.remove(&said.place);
        self.last_place = None;
        Some(said)
    }

    /// Drops the oldest entry. One of a forgotten room is gone already.
    fn forget_oldest(&mut self) -> bool {
        let Some(Age { seq, at, place }) = self.ages.pop_front() else {
            return false;
        };
        self.bytes -= AGE_BYTES;
        self.dropped = self.dropped.max(seq);
        while self.falls.front().is_some_and(|fall| fall.seq <= seq) {
            self.bytes -= FALL_BYTES;
            self.falls.pop_front();
        }
        if let Some(said) = self.said.get_mut(place) {
            if said.entries.front().is_some_and(|entry| entry.seq == seq) {
                let gone = said.entries.pop_front();
                self.bytes -= gone.map_or(0, |entry| weight(&entry));
                (said.lost, said.lost_at) = (seq, Some(at));
            }
            // Those who come back to a room are to be told.
            if said.entries.is_empty() && matches!(said.place, Place::Direct(..)) {
                self.close(place);
            }
        }
        true
    }
}

impl Journal for Memory {
    fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let at = self.stamps.next(at);
        let (seq, aside) = self.next_place(&entry);
        let committed = Arc::new(Committed {
            seq,
            aside,
            at,
            entry,
        });
        match committed.as_kept() {
            Some(kept) => self.keep(&Arc::new(kept)),
            None => self.keep(&committed),
        }
        self.decided.push_back(Outcome {
            ticket,
            result: Ok(committed),
        });
        ticket
    }

    fn committed(&mut self) -> Option<Outcome> {
        self.decided.pop_front()
    }

    fn ask(&mut self, question: Question) -> Inquiry {
        self.inquiries += 1;
        let inquiry = Inquiry(self.inquiries);
        let found = self.look_for(&question);
        self.found.push_back((inquiry, found));
        inquiry
    }

    fn answered(&mut self) -> Option<(Inquiry, Found)> {
        self.found.pop_front()
    }

    fn strike(&mut self, committed: &Committed) {
        for place in Place::all_of(&committed.entry) {
            self.remove(&place, committed.seq);
        }
    }

    fn forget(&mut self, room: &RoomName) {
        let at = self.places.get(&Place::Room(room.clone())).copied();
        let Some(said) = at.and_then(|at| self.close(at)) else {
            return;
        };
        self.bytes -= said.entries.iter().map(|entry| weight(entry)).sum::<u64>();
        let last = said.entries.back().map_or(said.lost, |entry| entry.seq);
        self.dropped = self.dropped.max(last);
    }
}

/// Bytes of an entry in the queue of ages. It is held until it is the oldest, even when the
/// room was forgotten, so it is counted apart.
const AGE_BYTES: u64 = size_of::<Age>() as u64;

const FALL_BYTES: u64 = size_of::<Fall>() as u64;

/// Bytes that one entry holds: itself, its words, and its place among those of its room.
fn weight(committed: &Committed) -> u64 {
    // Its author is counted with each entry: who changes their name leaves another one behind.
    let author = &committed.entry.source;
    let names = author.nick.as_str().len() + author.mask().len();
    let fixed = size_of::<Committed>() + size_of::<Arc<Committed>>() + size_of::<Source>();
    (fixed + names + committed.entry.size()) as u64
}
