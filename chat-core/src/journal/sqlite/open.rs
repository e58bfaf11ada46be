//! Opening a journal: the folder, the file, one more start, what outlived the last one, two threads. Floor 2.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::{Builder, JoinHandle};

use rusqlite::{Connection, Row, params};

use super::gathering::Gathering;
use super::reader::Reader;
use super::record::{self, COLUMNS, number, unsigned};
use super::trouble::Trouble;
use super::write::Known;
use super::writer::Writer;
use super::{Bell, Folder, OpenError, Settings, Sqlite, folder, schema, wal};
use crate::hub::entry::{Committed, Source};
use crate::hub::{Past, Topic};
use crate::id::Seq;
use crate::journal::stamps::{Stamps, Steady};
use crate::journal::{Durability, Epoch, Epochs, Lost, Note, Recovered, RoomThen};
use crate::limits::{CLOCK_STEADY, JOURNAL_FRESH, RETRIES_MAX};
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

impl Sqlite {
    /// Opens the journal in a folder, or makes one there.
    ///
    /// # Errors
    /// The folder cannot be used, somebody else uses it, or what is in it is not ours.
    pub fn open(settings: &Settings) -> Result<Sqlite, OpenError> {
        let folder = Folder::take(&settings.folder)?;
        let file = folder.path.join(folder::FILE);
        let failed = |source| OpenError::file(&file, source);
        let before = wal::before(&file);
        let mut connection = schema::open(&file)?;
        wal::tell(&file, before, &connection);
        let name = format!("{:016x}", getrandom::u64()?);
        let start = start(&mut connection, &name, settings.durability).map_err(failed)?;
        folder::sync_around(&file)?;
        schema::settle(&connection, settings.durability).map_err(failed)?;
        let recovered = recover(&connection, &start).map_err(failed)?;
        let bell = Arc::new(Bell::default());
        let (orders, for_writer) = mpsc::channel();
        let (for_loop, reports) = mpsc::channel();
        let (questions, for_reader) = mpsc::channel();
        let (found, answers) = mpsc::channel();
        let writer = Writer {
            file: file.clone(),
            durability: settings.durability,
            retention: settings.retention,
            orders: for_writer,
            reports: for_loop,
            questions: questions.clone(),
            answers: found.clone(),
            bell: Arc::clone(&bell),
            connection: Some(connection),
            known: Known::default(),
            log_pages: 0,
            gathering: Gathering::new(),
            // What a start before this one has left.
            fresh: JOURNAL_FRESH,
            unindexed: JOURNAL_FRESH,
            last_kept: start.last,
            owed: Vec::new(),
            trouble: Trouble::default(),
            overdue: None,
        };
        let reader = Reader {
            file,
            questions: for_reader,
            answers: found,
            bell: Arc::clone(&bell),
            trouble: Trouble::default(),
        };
        let threads = vec![
            spawn("journal-writer", || writer.run())?,
            spawn("journal-reader", || reader.run())?,
        ];
        Ok(Sqlite {
            folder,
            durability: settings.durability,
            epochs: start.epochs,
            recovered,
            last: start.last,
            told: start.last,
            given: start.last,
            asides: 0,
            stamps: Stamps::behind(start.at),
            at: start.at.unwrap_or(Timestamp(i64::MIN)),
            tickets: 0,
            inquiries: 0,
            waiting: Default::default(),
            waiting_bytes: 0,
            note_bytes: 0,
            striking: 0,
            unanswered: BTreeSet::new(),
            decided: Default::default(),
            turn: Vec::new(),
            orders: Some(orders),
            reports,
            questions: Some(questions),
            answers,
            bell,
            threads,
            owes: None,
            turned_away: 0,
            lost: Lost::default(),
            retry_at: None,
            retain_at: None,
            steady: Steady::default(),
            steady_for: settings.retention.age.unwrap_or_default().min(CLOCK_STEADY),
        })
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    Builder::new()
        .name(name.into())
        .spawn(run)
        .map_err(OpenError::Thread)
}

/// Where a start begins.
struct Start {
    number: i64,
    epochs: Epochs,
    last: Seq,
    /// The stamp of the last entry.
    at: Option<Timestamp>,
}

/// Notes one more start; it is on the disk before anything is told in it.
fn start(to: &mut Connection, name: &str, durability: Durability) -> rusqlite::Result<Start> {
    let transaction = to.transaction()?;
    let (last, at) = transaction.query_row(
        "SELECT max((SELECT coalesce(max(seq), 0) FROM entries), (SELECT coalesce(max(after), 0) FROM epochs),
                    (SELECT until FROM dropped)),
                (SELECT at FROM entries ORDER BY seq DESC LIMIT 1)",
        [],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?)),
    )?;
    forget_starts(&transaction)?;
    let past = past(&transaction)?;
    let tells_first = durability != Durability::Disk;
    let number = transaction
        .prepare("INSERT INTO epochs (name, after, tells_first) VALUES (?1, ?2, ?3)")?
        .insert(params![name, last, tells_first])?;
    transaction.commit()?;
    let last = Seq(unsigned(last));
    Ok(Start {
        number,
        epochs: Epochs::new(past, name.to_owned(), last),
        last,
        at: at.map(Timestamp),
    })
}

/// Starts of which nothing is kept any more are of no use: whoever names them is told so.
fn forget_starts(to: &Connection) -> rusqlite::Result<usize> {
    to.execute(
        "DELETE FROM epochs WHERE EXISTS (
             SELECT 1 FROM epochs AS next
             WHERE next.id > epochs.id AND next.after < (SELECT coalesce(min(seq), 0) FROM entries))",
        [],
    )
}

fn past(from: &Connection) -> rusqlite::Result<Vec<Epoch>> {
    let mut select =
        from.prepare("SELECT name, after, NOT tells_first OR is_ended FROM epochs ORDER BY id")?;
    let epochs = select.query_map([], |row| {
        Ok(Epoch {
            name: row.get(0)?,
            after: Seq(unsigned(row.get(1)?)),
            is_whole: row.get(2)?,
        })
    })?;
    epochs.collect()
}

/// All starts, the present one or the last among them.
pub(super) fn starts(from: &Connection) -> rusqlite::Result<Epochs> {
    let mut starts = past(from)?;
    let last = starts.pop().ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(Epochs::new(starts, last.name, last.after))
}

/// Identities of one start are numbers with this many bits behind that of the start.
const IDENTITY_BITS: u32 = 32;

fn recover(from: &Connection, start: &Start) -> rusqlite::Result<Recovered> {
    Ok(Recovered {
        rooms: rooms(from)?,
        notes: notes(from)?,
        retries: retries(from)?,
        last: start.last,
        last_identity: unsigned(start.number) << IDENTITY_BITS,
    })
}

/// Those in which something happened last come last.
pub(super) fn rooms(from: &Connection) -> rusqlite::Result<Vec<RoomThen>> {
    let mut select = from.prepare(
        "WITH there AS MATERIALIZED (
             SELECT name, created, topic, topic_nick, topic_user, topic_host, topic_at,
                 coalesce((SELECT seq FROM heard WHERE place = id AND is_event = 0 ORDER BY seq DESC LIMIT 1), 0) AS said,
                 coalesce((SELECT seq FROM heard WHERE place = id AND is_event = 1 ORDER BY seq DESC LIMIT 1), 0) AS event
             FROM places WHERE created IS NOT NULL AND room IS NOT NULL)
         SELECT name, created, topic, topic_nick, topic_user, topic_host, topic_at, said > 0,
             coalesce((SELECT at FROM entries WHERE seq = max(said, event)), created)
         FROM there ORDER BY max(said, event)",
    )?;
    let mut rows = select.query([])?;
    let mut rooms = Vec::new();
    while let Some(row) = rows.next()? {
        match room(row)? {
            Some(room) => rooms.push(room),
            None => log::warn!("a room of the journal has a name that none can have: left out"),
        }
    }
    Ok(rooms)
}

fn room(row: &Row<'_>) -> rusqlite::Result<Option<RoomThen>> {
    let name: String = row.get(0)?;
    let Ok(name) = RoomName::new(&name) else {
        return Ok(None);
    };
    let past = Past {
        created: Timestamp(row.get(1)?),
        topic: topic(row)?,
        has_words: row.get(7)?,
        last: Timestamp(row.get(8)?),
    };
    Ok(Some(RoomThen { name, past }))
}

fn topic(row: &Row<'_>) -> rusqlite::Result<Option<Topic>> {
    let Some(text) = row.get::<_, Option<String>>(2)? else {
        return Ok(None);
    };
    let text = text.replace(['\r', '\n', '\0'], " ");
    let nick: String = row.get(3)?;
    let source = |nick| -> rusqlite::Result<Source> {
        Ok(Source::new(
            nick,
            &row.get::<_, String>(4)?,
            &row.get::<_, String>(5)?,
        ))
    };
    let by = Nick::new(&nick).ok().map(source).transpose()?;
    let at = Timestamp(row.get(6)?);
    Ok(by.map(|by| Topic {
        text: text.into(),
        by: Arc::new(by),
        at,
    }))
}

fn notes(from: &Connection) -> rusqlite::Result<Vec<Note>> {
    let mut select = from.prepare("SELECT shelf, key, value FROM notes")?;
    let notes = select.query_map([], |row| {
        Ok(Note {
            shelf: row.get(0)?,
            key: row.get(1)?,
            value: Some(row.get(2)?),
        })
    })?;
    notes.collect()
}

/// The latest posts that came with an id of their author's, in order; one that was taken back is not said again.
fn retries(from: &Connection) -> rusqlite::Result<Vec<Arc<Committed>>> {
    let mut select = from.prepare(&format!(
        "SELECT {COLUMNS} FROM entries e
         WHERE e.retry IS NOT NULL AND (e.removed = 0 OR e.text = '') ORDER BY e.seq DESC LIMIT ?1"
    ))?;
    let rows = select.query_and_then([number(RETRIES_MAX as u64)], record::read)?;
    let mut posts: Vec<Arc<Committed>> = rows
        .filter_map(|row: rusqlite::Result<_>| row.ok())
        .map(Arc::new)
        .collect();
    posts.reverse();
    Ok(posts)
}
