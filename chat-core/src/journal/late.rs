//! Journals that try the rest of the house: one commits late, one fails. Floor 2.
//!
//! A disk commits when it has written, a cluster when it has agreed; both can say no. All
//! conversations are tried on these two as well, so that nobody builds upon "this turn".

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::{Journal, Outcome, Place, Span, Ticket};
use crate::hub::entry::{Committed, Entry};
use crate::names::RoomName;
use crate::time::Timestamp;

/// Passes on what another journal committed, some turns later.
#[derive(Debug)]
pub struct Late<J> {
    inner: J,
    turns: u64,
    turn: u64,
    held: VecDeque<(u64, Outcome)>,
}

impl<J: Journal> Late<J> {
    /// Holds back everything for a number of turns.
    pub fn new(inner: J, turns: u64) -> Late<J> {
        Late {
            inner,
            turns,
            turn: 0,
            held: VecDeque::new(),
        }
    }

    fn collect(&mut self) {
        while let Some(outcome) = self.inner.committed() {
            self.held.push_back((self.turn + self.turns, outcome));
        }
    }
}

impl<J: Journal> Journal for Late<J> {
    fn epoch(&self) -> &str {
        self.inner.epoch()
    }

    fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket {
        let ticket = self.inner.append(entry, at);
        self.collect();
        ticket
    }

    fn committed(&mut self) -> Option<Outcome> {
        let (due, _) = self.held.front()?;
        if *due > self.turn {
            return None;
        }
        self.held.pop_front().map(|(_, outcome)| outcome)
    }

    fn turn(&mut self) {
        self.inner.turn();
        self.collect();
        self.turn += 1;
    }

    fn wait(&self) -> Option<Duration> {
        (!self.held.is_empty()).then_some(Duration::from_millis(1))
    }

    fn read(&self, place: &Place, span: Span, limit: usize) -> Vec<Arc<Committed>> {
        let first_held = self
            .held
            .iter()
            .find_map(|(_, outcome)| outcome.result.as_ref().ok());
        let Some(first) = first_held else {
            return self.inner.read(place, span, limit);
        };
        let mut posts = self.inner.read(place, span, limit + self.held.len());
        posts.retain(|post| post.seq < first.seq);
        match span {
            Span::After(_) => posts.truncate(limit),
            Span::Latest(_) | Span::Before(_) => {
                posts.drain(..posts.len().saturating_sub(limit));
            }
        }
        posts
    }

    fn forget(&mut self, room: &RoomName) {
        self.inner.forget(room);
    }
}

/// Takes some entries and refuses the others.
#[derive(Debug)]
pub struct Failing<J> {
    inner: J,
    refuses: fn(&Entry) -> bool,
    refused: VecDeque<Outcome>,
    next: u64,
}

impl<J: Journal> Failing<J> {
    /// Refuses the entries that a function picks.
    pub fn new(inner: J, refuses: fn(&Entry) -> bool) -> Failing<J> {
        Failing {
            inner,
            refuses,
            refused: VecDeque::new(),
            next: u64::MAX,
        }
    }
}

impl<J: Journal> Journal for Failing<J> {
    fn epoch(&self) -> &str {
        self.inner.epoch()
    }

    fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket {
        if !(self.refuses)(&entry) {
            return self.inner.append(entry, at);
        }
        let ticket = Ticket(self.next);
        self.next -= 1;
        self.refused.push_back(Outcome {
            ticket,
            result: Err(Box::new(entry)),
        });
        ticket
    }

    fn committed(&mut self) -> Option<Outcome> {
        self.inner.committed().or_else(|| self.refused.pop_front())
    }

    fn turn(&mut self) {
        self.inner.turn();
    }

    fn wait(&self) -> Option<Duration> {
        self.inner.wait()
    }

    fn read(&self, place: &Place, span: Span, limit: usize) -> Vec<Arc<Committed>> {
        self.inner.read(place, span, limit)
    }

    fn forget(&mut self, room: &RoomName) {
        self.inner.forget(room);
    }
}
