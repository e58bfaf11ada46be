//! Journals that try the rest of the house: one commits late, one fails. Floor 2.
//!
//! A disk commits when it has written, a cluster when it has agreed; both can say no. All
//! conversations are tried on these two as well, so that nobody builds upon "this turn".

use std::collections::VecDeque;
use std::time::Duration;

use super::{
    Alarm, Durability, Epochs, Found, Inquiry, Journal, Lost, NotKept, Note, Outcome, Question,
    Recovered, Ticket,
};
use crate::hub::Topic;
use crate::hub::entry::{Committed, Entry};
use crate::id::Seq;
use crate::names::RoomName;
use crate::time::{Now, Timestamp};

/// What both leave to the journal within.
macro_rules! the_rest_is_passed_on {
    () => {
        fn epochs(&self) -> &Epochs {
            self.inner.epochs()
        }

        fn forget(&mut self, room: &RoomName) {
            self.inner.forget(room);
        }

        fn conceal(&mut self, room: &RoomName) {
            self.inner.conceal(room);
        }

        fn hand_over(&mut self) {
            self.inner.hand_over();
        }

        fn strike(&mut self, committed: &Committed) {
            self.inner.strike(committed);
        }

        fn restore_topic(&mut self, room: &RoomName, topic: Option<&Topic>, struck: Seq) {
            self.inner.restore_topic(room, topic, struck);
        }

        fn wake_by(&mut self, alarm: Alarm) {
            self.inner.wake_by(alarm);
        }

        fn note(&mut self, note: Note) {
            self.inner.note(note);
        }

        fn recover(&mut self) -> Recovered {
            self.inner.recover()
        }

        fn durability(&self) -> Durability {
            self.inner.durability()
        }

        fn end(&mut self) -> Result<(), Lost> {
            self.inner.end()
        }
    };
}

/// Passes on what another journal committed or found, some turns later.
#[derive(Debug)]
pub struct Late<J> {
    inner: J,
    turns: u64,
    /// How many turns later what was found is told.
    answer_turns: u64,
    turn: u64,
    held: VecDeque<(u64, Outcome)>,
    found: VecDeque<(u64, (Inquiry, Found))>,
}

impl<J: Journal> Late<J> {
    /// Holds back everything for a number of turns.
    pub fn new(inner: J, turns: u64) -> Late<J> {
        Late {
            inner,
            turns,
            answer_turns: turns,
            turn: 0,
            held: VecDeque::new(),
            found: VecDeque::new(),
        }
    }

    /// Questions are answered at once: the answer may know what has not taken effect yet.
    #[must_use]
    pub fn answering_at_once(self) -> Late<J> {
        self.answering(0)
    }

    /// Questions are answered so many turns later: what is in the answer may have been taken back meanwhile.
    #[must_use]
    pub fn answering(self, turns: u64) -> Late<J> {
        Late {
            answer_turns: turns,
            ..self
        }
    }

    fn collect(&mut self) {
        let due = self.turn + self.turns;
        while let Some(outcome) = self.inner.committed() {
            self.held.push_back((due, outcome));
        }
        while let Some(answer) = self.inner.answered() {
            let due = self.turn + self.answer_turns;
            self.found.push_back((due, answer));
        }
    }
}

impl<J: Journal> Journal for Late<J> {
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

    fn turn(&mut self, now: Now) {
        self.inner.turn(now);
        self.collect();
        self.turn += 1;
    }

    fn wait(&self) -> Option<Duration> {
        let waits = !self.held.is_empty() || !self.found.is_empty();
        waits.then_some(Duration::from_millis(1))
    }

    fn ask(&mut self, question: Question) -> Inquiry {
        let inquiry = self.inner.ask(question);
        self.collect();
        inquiry
    }

    fn answered(&mut self) -> Option<(Inquiry, Found)> {
        let (due, _) = self.found.front()?;
        let is_due = *due <= self.turn;
        is_due
            .then(|| self.found.pop_front())?
            .map(|(_, answer)| answer)
    }

    the_rest_is_passed_on!();
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
    fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket {
        if !(self.refuses)(&entry) {
            return self.inner.append(entry, at);
        }
        let ticket = Ticket(self.next);
        self.next -= 1;
        self.refused.push_back(Outcome {
            ticket,
            result: Err((Box::new(entry), NotKept::Refused)),
        });
        ticket
    }

    fn committed(&mut self) -> Option<Outcome> {
        self.inner.committed().or_else(|| self.refused.pop_front())
    }

    fn turn(&mut self, now: Now) {
        self.inner.turn(now);
    }

    fn wait(&self) -> Option<Duration> {
        self.inner.wait()
    }

    fn ask(&mut self, question: Question) -> Inquiry {
        self.inner.ask(question)
    }

    fn answered(&mut self) -> Option<(Inquiry, Found)> {
        self.inner.answered()
    }

    the_rest_is_passed_on!();
}
