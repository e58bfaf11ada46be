//! A journal on the disk: one SQLite file, a thread that writes it and one that reads it. Floor 2.
//!
//! ```text
//!  loop: append ──orders──▶ writer: one transaction, one sync, for all that came meanwhile
//!        committed ◀─reports──┘
//!        ask ──questions──▶ reader: one state of the file for each
//!        answered ◀─answers──┘
//! ```
//!
//! The loop never waits: what it hands over and what it gets back are queues, and the [`Alarm`] wakes it. At
//! [`Durability::Disk`] an entry is told when its transaction is on the disk, at [`Durability::Relay`] at once. A place
//! in the order is given by the loop when an entry is appended, so that the order is that of appending; one that the
//! disk refuses leaves a number that nobody has seen.

mod archive;
mod ending;
mod error;
mod folder;
mod gathering;
mod index;
mod look;
mod lost;
mod moments;
mod open;
mod orders;
mod reader;
mod record;
mod redact;
mod retention;
mod schema;
mod search;
#[cfg(test)]
mod tests;
mod trouble;
mod wal;
mod write;
mod writer;

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Ticket;
use super::stamps::{Stamps, Steady};
use super::{
    Alarm, Durability, Epochs, Found, Inquiry, Journal, Lost, Note, Outcome, Question, Recovered,
};
use crate::hub::Topic;
use crate::hub::entry::{Committed, Entry, NotKept};
use crate::id::Seq;
use crate::limits::{JOURNAL_WAITING_BYTES_MAX, RETENTION_EVERY};
use crate::names::RoomName;
use crate::time::{Now, Timestamp};
pub use archive::Archive;
pub use error::{Cause, OpenError};
use folder::Folder;
use orders::{Order, Report};
pub use retention::Retention;

/// Where and how to keep a journal.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder; made if it is not there, and then nobody else may look into it.
    pub folder: PathBuf,
    /// When an entry is told: [`Durability::Disk`] or [`Durability::Relay`].
    pub durability: Durability,
    /// What is dropped in time.
    pub retention: Retention,
}

/// A journal on the disk.
pub struct Sqlite {
    folder: Folder,
    durability: Durability,
    epochs: Epochs,
    recovered: Recovered,
    /// The last place that was given.
    last: Seq,
    /// The last place that was told, and the transient entries since.
    told: Seq,
    asides: u32,
    /// The last place that the chat was given back: it knows of nothing behind it.
    given: Seq,
    stamps: Stamps,
    /// The last stamp.
    at: Timestamp,
    tickets: u64,
    inquiries: u64,
    /// What the writer has not reported on yet, in order.
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    note_bytes: usize,
    /// How often what is to be struck out or concealed is still there.
    striking: usize,
    unanswered: BTreeSet<Inquiry>,
    decided: VecDeque<Outcome>,
    /// What this turn has for the writer: it gets all of it at once, so that it is one batch.
    turn: Vec<Order>,
    orders: Option<Sender<Vec<Order>>>,
    reports: Receiver<Report>,
    questions: Option<Sender<(Inquiry, Question)>>,
    answers: Receiver<(Inquiry, Found)>,
    bell: Arc<Bell>,
    threads: Vec<JoinHandle<()>>,
    /// Why the last write failed, if it did and what is told does not wait for it: then something told is owed, and until the
    /// disk has it nothing new is told.
    owes: Option<NotKept>,
    /// How many were refused that the writer has not heard of.
    turned_away: usize,
    /// What was told and will never be on the disk.
    lost: Lost,
    /// When the writer is to try again, after it failed.
    retry_at: Option<Instant>,
    retain_at: Option<Instant>,
    steady: Steady,
    /// For how long the clock must be steady before it says what is old.
    steady_for: Duration,
}

/// An entry on its way to the disk.
struct Waiting {
    ticket: Ticket,
    committed: Arc<Committed>,
}

/// How the threads wake the loop, once it has said how.
#[derive(Default)]
struct Bell(OnceLock<Alarm>);

impl Bell {
    fn ring(&self) {
        if let Some(alarm) = self.0.get() {
            alarm();
        }
    }
}

/// How long a disk that failed is left alone. Ours.
const PAUSE: Duration = Duration::from_millis(500);

impl Sqlite {
    /// The folder in which it is.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.folder.path
    }

    fn order(&mut self, order: Order) {
        self.turn.push(order);
    }

    fn next_ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    fn decide(&mut self, ticket: Ticket, result: Result<Arc<Committed>, (Box<Entry>, NotKept)>) {
        if let Ok(committed) = &result
            && committed.aside == 0
        {
            (self.told, self.asides) = (committed.seq, 0);
        }
        self.decided.push_back(Outcome { ticket, result });
    }

    /// A transient entry stands behind what was told, and waits for nothing.
    fn append_aside(&mut self, ticket: Ticket, entry: Entry) {
        self.asides += 1;
        let committed = Committed {
            seq: self.told,
            aside: self.asides,
            at: self.at,
            entry,
        };
        self.decide(ticket, Ok(Arc::new(committed)));
    }

    fn append_durably(&mut self, ticket: Ticket, entry: Entry) {
        if let Some(why) = self.refuses() {
            self.turned_away += 1;
            return self.decide(ticket, Err((Box::new(entry), why)));
        }
        self.last.0 += 1;
        let committed = Arc::new(Committed {
            seq: self.last,
            aside: 0,
            at: self.at,
            entry,
        });
        self.waiting_bytes += weight(&committed);
        self.order(Order::Append(Arc::clone(&committed)));
        if self.durability != Durability::Disk {
            self.decide(ticket, Ok(Arc::clone(&committed)));
        }
        self.waiting.push_back(Waiting { ticket, committed });
    }

    /// Why nothing can be taken now, if so.
    fn refuses(&self) -> Option<NotKept> {
        let is_busy = self.waiting_bytes > JOURNAL_WAITING_BYTES_MAX || self.has_lost_its_writer();
        is_busy.then_some(NotKept::Busy).or(self.owes)
    }

    fn has_lost_its_writer(&self) -> bool {
        self.threads.is_empty() || self.threads.iter().any(JoinHandle::is_finished)
    }

    fn hear_reports(&mut self, retry_at: Option<Instant>) {
        while let Ok(report) = self.reports.try_recv() {
            let Report { count, refused, .. } = report;
            self.note_bytes = self.note_bytes.saturating_sub(report.note_bytes);
            self.striking = self.striking.saturating_sub(report.struck);
            self.retry_at = refused.and(self.retry_at.or(retry_at));
            // What was told already is tried again until the disk has it.
            if self.durability != Durability::Disk {
                self.owes = refused;
            }
            if self.owes.is_some() {
                continue;
            }
            for _ in 0..count {
                self.landed(refused);
            }
        }
    }

    /// The writer is gone by a fault of its own, and has said so: nothing comes of what waits.
    fn give_up_without_writer(&mut self) {
        while self.has_lost_its_writer() && !self.waiting.is_empty() {
            self.landed(Some(NotKept::DiskFailed));
        }
    }

    fn landed(&mut self, refused: Option<NotKept>) {
        let Some(Waiting { ticket, committed }) = self.waiting.pop_front() else {
            return;
        };
        self.waiting_bytes -= weight(&committed);
        if self.durability != Durability::Disk {
            if refused.is_some() {
                self.lost.add(&committed.entry);
            }
            return;
        }
        let result = match refused {
            None => Ok(committed),
            Some(why) => Err((Box::new(committed.entry.clone()), why)),
        };
        self.decide(ticket, result);
    }
}

impl Journal for Sqlite {
    fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket {
        let ticket = self.next_ticket();
        self.at = self.stamps.next(at);
        match entry.is_durable() {
            true => self.append_durably(ticket, entry),
            false => self.append_aside(ticket, entry),
        }
        ticket
    }

    fn committed(&mut self) -> Option<Outcome> {
        let outcome = self.decided.pop_front();
        if let Some(Outcome { result: Ok(it), .. }) = &outcome {
            self.given = self.given.max(it.seq);
        }
        outcome
    }

    fn ask(&mut self, question: Question) -> Inquiry {
        self.inquiries += 1;
        let inquiry = Inquiry(self.inquiries);
        self.unanswered.insert(inquiry);
        // What was told may still be on its way to the file, or what did not take effect still be there.
        let is_behind = self.durability != Durability::Disk && !self.waiting.is_empty();
        if is_behind || self.striking > 0 {
            self.order(Order::PassOn(inquiry, question));
        } else if let Some(questions) = &self.questions {
            // As with the writer.
            let _ = questions.send((inquiry, question));
        }
        inquiry
    }

    fn answered(&mut self) -> Option<(Inquiry, Found)> {
        if let Ok((inquiry, found)) = self.answers.try_recv() {
            self.unanswered.remove(&inquiry);
            return Some((inquiry, found));
        }
        // A thread that is gone by a fault of its own answers nothing more.
        let lost = self
            .has_lost_its_writer()
            .then(|| self.unanswered.pop_first());
        lost.flatten().map(|inquiry| (inquiry, Found::Unreadable))
    }

    fn turn(&mut self, now: Now) {
        self.hear_reports(Some(now.mono + PAUSE));
        self.give_up_without_writer();
        if self.turned_away > 0 {
            let turned_away = std::mem::take(&mut self.turned_away);
            self.order(Order::TurnedAway(turned_away));
        }
        if self.retry_at.is_some_and(|at| at <= now.mono) {
            self.retry_at = None;
            self.order(Order::Retry);
        }
        if self.retain_at.is_none_or(|at| at <= now.mono) {
            self.retain_at = Some(now.mono + RETENTION_EVERY);
            let is_steady = self.steady.time(now) >= self.steady_for;
            self.order(Order::Tick(is_steady.then_some(now.wall)));
        }
    }

    fn hand_over(&mut self) {
        let turn = std::mem::take(&mut self.turn);
        if let Some(orders) = self.orders.as_ref().filter(|_| !turn.is_empty()) {
            // The writer ends only when it is told to, or by a fault of its own; then everything is refused.
            let _ = orders.send(turn);
        }
    }

    fn wait(&self) -> Option<Duration> {
        Some(match self.retry_at {
            _ if !self.turn.is_empty() => Duration::ZERO,
            Some(_) => PAUSE,
            None => RETENTION_EVERY,
        })
    }

    fn wake_by(&mut self, alarm: Alarm) {
        // The first one counts: there is one loop.
        let _ = self.bell.0.set(alarm);
    }

    fn strike(&mut self, committed: &Committed) {
        // A transient entry is not there, and bears the place of one that is.
        if committed.aside == 0 {
            self.striking += 1;
            self.order(Order::Strike(committed.seq));
        }
    }

    fn restore_topic(&mut self, room: &RoomName, topic: Option<&Topic>, struck: Seq) {
        self.order(Order::Topic(room.clone(), topic.cloned(), struck));
    }

    fn forget(&mut self, room: &RoomName) {
        self.order(Order::Forget(room.clone(), self.given));
    }

    fn conceal(&mut self, room: &RoomName) {
        self.striking += 1;
        self.order(Order::Conceal(room.clone(), self.given));
    }

    fn note(&mut self, note: Note) {
        if self.note_bytes > JOURNAL_WAITING_BYTES_MAX {
            return log::error!(
                "a note of {} is not kept: the disk does not keep up",
                note.shelf
            );
        }
        self.note_bytes += note.size();
        self.order(Order::Note(note));
    }

    fn recover(&mut self) -> Recovered {
        std::mem::take(&mut self.recovered)
    }

    fn durability(&self) -> Durability {
        self.durability
    }

    fn end(&mut self) -> Result<(), Lost> {
        self.end_in_order()
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite")
            .field("folder", &self.folder.path)
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}

/// Bytes that an entry holds while it waits for the disk, roughly.
fn weight(committed: &Committed) -> usize {
    size_of::<Committed>() + committed.entry.size()
}
