//! The thread that writes: everything that has come meanwhile goes into one transaction, and is on the disk with one
//! sync. Floor 2.
//!
//! After an error the file is not trusted: a page that could not be written reads clean from the cache. It is opened
//! anew, looked through, and rid of whatever was told to nobody; only then the authors hear that their entries were
//! refused.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};

use log::Level;
use rusqlite::{Connection, ErrorCode};

use super::gathering::Gathering;
use super::orders::{Order, Report, entries_of, forget_former_notes};
use super::retention::Retention;
use super::trouble::Trouble;
use super::write::{self, Known};
use super::{Bell, Cause, folder, schema};
use crate::hub::entry::NotKept;
use crate::id::Seq;
use crate::journal::{Durability, Found, Inquiry, Question};
use crate::limits::{
    JOURNAL_BATCH_ORDERS_MAX, JOURNAL_FRESH, JOURNAL_INDEXED_AT_ONCE, JOURNAL_LOG_PAGES,
    JOURNAL_OWED_MAX,
};
use crate::time::Timestamp;

/// Pages that a transaction writes besides those of its entries, about.
const PAGES_OF_A_BATCH: usize = 4;

/// Entries that go into a page, about.
const ENTRIES_OF_A_PAGE: usize = 10;

/// Entries for each page of the index of words that is written, about: what is merged there is written again.
const ENTRIES_OF_AN_INDEX_PAGE: usize = 4;

pub(super) struct Writer {
    pub(super) file: PathBuf,
    pub(super) durability: Durability,
    pub(super) retention: Retention,
    /// What each turn of the loop had.
    pub(super) orders: Receiver<Vec<Order>>,
    pub(super) reports: Sender<Report>,
    pub(super) questions: Sender<(Inquiry, Question)>,
    pub(super) answers: Sender<(Inquiry, Found)>,
    pub(super) bell: Arc<Bell>,
    /// `None` after an error, until it can be opened again.
    pub(super) connection: Option<Connection>,
    pub(super) known: Known,
    /// How long the log is, about.
    pub(super) log_pages: usize,
    pub(super) gathering: Gathering,
    /// How many entries wait to be sorted, at least.
    pub(super) fresh: usize,
    /// How many of them wait for the index of words, at least; more than many mean that it follows until it has them all.
    pub(super) unindexed: usize,
    /// The last entry that the disk has.
    pub(super) last_kept: Seq,
    /// What cannot be refused, and so is tried again.
    pub(super) owed: Vec<Order>,
    pub(super) trouble: Trouble,
    /// Until when it was looked for what is old, as long as there is some left.
    pub(super) overdue: Option<Option<Timestamp>>,
}

impl Writer {
    /// Writes until the end is ordered.
    pub(super) fn run(mut self) {
        while let Some(turn) = self.next() {
            if self.take(turn) {
                break;
            }
        }
        self.end();
    }

    /// What the next turn had. While there is nothing, words are indexed and what is old goes; `None` is the end.
    fn next(&mut self) -> Option<Vec<Order>> {
        let mut has_waited = true;
        loop {
            match self.orders.try_recv() {
                Ok(turn) => return Some(self.begin(turn, has_waited)),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => has_waited = false,
            }
            if self.overdue.is_none() && !self.is_behind() {
                let turn = self.orders.recv().ok()?;
                return Some(self.begin(turn, false));
            }
            self.index();
            self.move_log();
            self.retain();
        }
    }

    fn begin(&mut self, turn: Vec<Order>, has_waited: bool) -> Vec<Order> {
        self.gathering.open(has_waited);
        turn
    }

    /// Writes what one turn had, together with all that comes behind it; whether the end is among it.
    fn take(&mut self, mut batch: Vec<Order>) -> bool {
        while batch.len() < JOURNAL_BATCH_ORDERS_MAX
            && let Some(turn) = self.one_more(batch.len())
        {
            batch.extend(turn);
        }
        self.gathering.close(batch.len());
        let ends = self.write(batch);
        self.gathering.written();
        ends
    }

    fn one_more(&self, count: usize) -> Option<Vec<Order>> {
        match self.orders.try_recv() {
            Ok(turn) => Some(turn),
            Err(_) => {
                let patience = self.gathering.patience(count)?;
                self.orders.recv_timeout(patience).ok()
            }
        }
    }

    fn write(&mut self, batch: Vec<Order>) -> bool {
        let (mut orders, mut ends) = (std::mem::take(&mut self.owed), false);
        let (mut questions, mut retry) = (Vec::new(), false);
        for order in batch {
            match order {
                Order::PassOn(inquiry, question) => questions.push((inquiry, question)),
                Order::TurnedAway(count) => self.trouble.count(count),
                Order::Tick(now) => self.overdue = Some(now),
                Order::Retry => retry = true,
                Order::End => ends = true,
                order => orders.push(order),
            }
        }
        if retry {
            self.reopen();
        }
        if !orders.is_empty() || retry {
            self.count(&orders);
            self.commit(orders);
        }
        self.tell_if_over();
        for question in questions {
            self.pass_on(question);
        }
        self.sort();
        self.index();
        self.move_log();
        self.retain();
        ends
    }

    /// Counts what a batch adds to the log and to what is fresh.
    fn count(&mut self, orders: &[Order]) {
        let entries = entries_of(orders).count();
        self.fresh += entries;
        self.unindexed += entries;
        self.log_pages += PAGES_OF_A_BATCH + entries / ENTRIES_OF_A_PAGE + orders.len() - entries;
    }

    /// What was told and could not be written would be missing in the answer.
    fn pass_on(&self, (inquiry, question): (Inquiry, Question)) {
        // Without a reader, or a loop, there is nobody to ask or to hear it either.
        if entries_of(&self.owed).next().is_some() {
            let _ = self.answers.send((inquiry, Found::Unreadable));
            self.bell.ring();
        } else {
            let _ = self.questions.send((inquiry, question));
        }
    }

    fn commit(&mut self, orders: Vec<Order>) {
        let mut report = Report::of(&orders);
        let result = self.try_commit(&orders);
        self.note_trouble(&result, &orders);
        if let (Ok(()), Some(last)) = (&result, entries_of(&orders).last()) {
            self.last_kept = last.seq;
        }
        report.refused = result.err();
        if report.refused.is_some() {
            self.keep_what_is_owed(orders);
            report.struck = 0;
        }
        self.report(report);
    }

    /// A commit of nothing says nothing of the disk.
    fn note_trouble(&mut self, result: &Result<(), NotKept>, orders: &[Order]) {
        match result {
            Ok(()) if orders.is_empty() => {}
            Ok(()) => self.trouble.ease(),
            Err(_) => {
                self.trouble.begin();
                if self.durability == Durability::Disk {
                    self.trouble.count(entries_of(orders).count());
                }
            }
        }
    }

    fn tell_if_over(&mut self) {
        if let Some(refused) = self.trouble.end() {
            log::info!(
                "the journal {} is written again; so much was refused meanwhile: {refused}",
                self.file.display()
            );
        }
    }

    fn report(&self, report: Report) {
        // Nobody is there to hear it any more, if so.
        let _ = self.reports.send(report);
        self.bell.ring();
    }

    fn try_commit(&mut self, orders: &[Order]) -> Result<(), NotKept> {
        let Some(connection) = &mut self.connection else {
            return Err(NotKept::DiskFailed);
        };
        let written = transact(connection, &mut self.known, orders);
        written.map_err(|error| self.failed(&error))
    }

    /// What went wrong, after the file is sound again or was given up for now.
    fn failed(&mut self, error: &rusqlite::Error) -> NotKept {
        self.trouble.begin();
        self.complain(&format!(
            "the journal {} was not written: {error}{}",
            self.file.display(),
            Cause::of(error)
        ));
        self.known.clear();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => return NotKept::DiskFull,
            // Somebody else writes, with a tool of their own.
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => return NotKept::Busy,
            _ => {}
        }
        self.overdue = None;
        // Those that are refused now must not be there after the next start.
        if let Some(Err(error)) = self.connection.take().as_ref().map(write::over) {
            self.complain(&format!("what was refused may come back: {error}"));
        }
        self.reopen();
        NotKept::DiskFailed
    }

    /// Opens the file again after an error, looks it through, and takes back what was told to nobody.
    fn reopen(&mut self) {
        if self.connection.is_some() {
            return;
        }
        match self.open_anew() {
            Ok(connection) => {
                self.remark(
                    Level::Info,
                    &format!(
                        "the journal {} is sound and written again",
                        self.file.display()
                    ),
                );
                self.trouble.ease();
                self.connection = Some(connection);
            }
            Err(error) => self.complain(&format!("{error}{}", error.cause())),
        }
    }

    fn complain(&mut self, what: &str) {
        self.remark(Level::Error, what);
    }

    /// Once, as long as the disk refuses.
    fn remark(&mut self, level: Level, what: &str) {
        if self.trouble.is_news(what) {
            log::log!(level, "{what}");
        }
    }

    fn open_anew(&self) -> Result<Connection, super::OpenError> {
        let failed = |source| super::OpenError::file(&self.file, source);
        let mut connection = schema::open(&self.file)?;
        schema::check(&connection).map_err(failed)?;
        if self.durability == Durability::Disk {
            let taken = write::take_back(&mut connection, self.last_kept).map_err(failed)?;
            log::debug!("{taken} entries that were refused are not in it");
        }
        folder::sync_around(&self.file)?;
        schema::settle(&connection, self.durability).map_err(failed)?;
        Ok(connection)
    }

    /// An entry that was not told is its author's to try again; all else is ours.
    fn keep_what_is_owed(&mut self, orders: Vec<Order>) {
        let told_first = self.durability != Durability::Disk;
        let owed = orders.into_iter().filter(|order| match order {
            Order::Append(_) => told_first,
            _ => true,
        });
        self.owed.extend(owed);
        forget_former_notes(&mut self.owed);
        let mut too_many = self.owed.len().saturating_sub(JOURNAL_OWED_MAX);
        self.owed.retain(|order| {
            let goes = too_many > 0 && !matches!(order, Order::Append(_));
            too_many -= usize::from(goes);
            !goes
        });
    }

    /// Puts away where what was said lately is found, when that is much.
    fn sort(&mut self) {
        if self.fresh < JOURNAL_FRESH {
            return;
        }
        let Some(connection) = self.connection.as_mut() else {
            return;
        };
        self.fresh = 0;
        match write::sort(connection) {
            Ok(places) => self.log_pages += PAGES_OF_A_BATCH + places,
            Err(error) => {
                self.failed(&error);
            }
        }
    }

    fn is_behind(&self) -> bool {
        self.unindexed >= JOURNAL_FRESH && self.connection.is_some()
    }

    /// Puts some words of what was said into their index, when that is much.
    fn index(&mut self) {
        let is_behind = self.is_behind();
        let Some(connection) = self.connection.as_mut().filter(|_| is_behind) else {
            return;
        };
        let indexed = write::index(connection, self.last_kept);
        // After an error nobody is to wait for the next one soon.
        if !matches!(indexed, Ok(JOURNAL_INDEXED_AT_ONCE)) {
            self.unindexed = 0;
        }
        match indexed {
            Ok(count) => {
                self.log_pages += PAGES_OF_A_BATCH + count / ENTRIES_OF_AN_INDEX_PAGE;
            }
            Err(error) => {
                self.failed(&error);
            }
        }
    }

    /// Moves the log into the file when it is long.
    fn move_log(&mut self) {
        let Some(connection) = self.connection.as_ref() else {
            return;
        };
        if self.log_pages < JOURNAL_LOG_PAGES {
            return;
        }
        self.log_pages = 0;
        let moved = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = moved {
            self.failed(&error);
        }
    }

    /// Drops a little of what is old, so that nobody waits for it.
    fn retain(&mut self) {
        let (Some(connection), Some(now)) = (&mut self.connection, self.overdue) else {
            self.overdue = None;
            return;
        };
        match self.retention.drop_some(connection, now) {
            // A place that is gone may have been known.
            Ok(true) => self.known.clear(),
            Ok(false) => self.overdue = None,
            Err(error) => {
                self.overdue = None;
                self.failed(&error);
            }
        }
    }

    /// The end is in order only if nothing is owed.
    fn end(mut self) {
        self.reopen();
        let owed = std::mem::take(&mut self.owed);
        if !owed.is_empty() {
            self.commit(owed);
        }
        let is_paid = self.owed.is_empty();
        let Some(connection) = self.connection.take() else {
            return;
        };
        if let Err(error) = close(connection, is_paid) {
            log::error!(
                "the journal {} was not closed in order: {error}",
                self.file.display()
            );
        }
    }
}

fn transact(
    connection: &mut Connection,
    known: &mut Known,
    orders: &[Order],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for order in orders {
        match order {
            Order::Append(committed) => write::entry(&transaction, known, committed)?,
            Order::Strike(seq) => write::strike(&transaction, *seq)?,
            Order::Topic(room, topic, at) => {
                write::topic(&transaction, room, topic.as_ref(), *at)?;
            }
            Order::Forget(room, until) => write::forget(&transaction, room, *until)?,
            Order::Conceal(room, until) => write::conceal(&transaction, room, *until)?,
            Order::Note(note) => write::note(&transaction, note)?,
            Order::PassOn(..)
            | Order::TurnedAway(_)
            | Order::Tick(_)
            | Order::Retry
            | Order::End => {}
        }
    }
    transaction.commit()
}

/// The end of a start, in order: whatever was told is there.
fn close(connection: Connection, is_in_order: bool) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE epochs SET is_ended = ?1 WHERE id = (SELECT max(id) FROM epochs)",
        [is_in_order],
    )?;
    // What waits beside the file goes into it: the folder is one file then.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)
}
