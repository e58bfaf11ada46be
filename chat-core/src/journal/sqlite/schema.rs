//! The tables of a journal, and how they came to be. Floor 2.
//!
//! `user_version` says which of the [`MIGRATIONS`] a file has seen; a new version of this program runs the rest.

use std::cmp::Ordering;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{OpenError, redact, wal};
use crate::journal::Durability;

/// What leads from one version of the tables to the next. Those that were released once stay as they are.
const MIGRATIONS: [&str; 8] = ["
    -- Every start of a journal: the part of a message's id that tells starts apart.
    CREATE TABLE epochs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        after INTEGER NOT NULL,               -- the last place of those before it
        tells_first INTEGER NOT NULL,         -- whether entries were told before they were here
        is_ended INTEGER NOT NULL DEFAULT 0   -- whether it came to an end in order
    );
    -- Everything that a room or two people could see.
    CREATE TABLE entries (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,                  -- milliseconds since 1970; never less than that of the one before
        kind INTEGER NOT NULL,
        identity INTEGER NOT NULL,
        nick TEXT NOT NULL,
        user TEXT NOT NULL,
        host TEXT NOT NULL,
        target TEXT,                          -- a room, a nick, or a new name
        other INTEGER,                        -- the identity that a direct message was for
        text TEXT,
        tags TEXT,
        retry TEXT,                           -- its author's own id for it
        removed INTEGER NOT NULL DEFAULT 0    -- a tombstone: it was there, and is not shown any more
    );
    CREATE INDEX entries_retry ON entries (seq) WHERE retry IS NOT NULL;
    -- Rooms, and pairs of identities.
    CREATE TABLE places (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- never another one's
        room TEXT UNIQUE,                     -- its name, folded
        one INTEGER, other INTEGER,           -- the lesser identity first
        one_nick TEXT, other_nick TEXT,       -- what they were called last
        lost INTEGER NOT NULL DEFAULT 0,      -- the last place of what was dropped
        name TEXT, created INTEGER,           -- of a room: as it is written, and since when, unless it is forgotten
        topic TEXT, topic_nick TEXT, topic_user TEXT, topic_host TEXT, topic_at INTEGER,
        UNIQUE (one, other)
    );
    CREATE INDEX places_other ON places (other);
    -- Which entries belong to which place. Posts and events apart, since mostly only posts are asked for.
    CREATE TABLE heard (
        place INTEGER NOT NULL, is_event INTEGER NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (place, is_event, seq)
    ) WITHOUT ROWID;
    CREATE INDEX heard_seq ON heard (seq);
    -- Everything as far as here may have been dropped.
    CREATE TABLE dropped (until INTEGER NOT NULL);
    INSERT INTO dropped VALUES (0);
    -- Whatever else is to outlive the program.
    CREATE TABLE notes (
        shelf TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (shelf, key)
    ) WITHOUT ROWID;
", "
    -- Where a batch is found again is written to a few pages, however many places it is of: it is `sorted` later.
    ALTER TABLE heard RENAME TO sorted;
    CREATE TABLE fresh (
        place INTEGER NOT NULL, is_event INTEGER NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (place, is_event, seq)
    ) WITHOUT ROWID;
    CREATE VIEW heard AS
        SELECT place, is_event, seq FROM sorted UNION ALL SELECT place, is_event, seq FROM fresh;
", "
    -- What is_event says is a class by now: 0 words, 1 an event, 2 tags alone, 3 a redaction.
    ALTER TABLE entries ADD COLUMN about TEXT; -- of a redaction: the id of the message that was taken back
", "
    -- Where words were said. It holds what it is told, no text of its own, and can be made anew at any time.
    CREATE VIRTUAL TABLE words USING fts5(text, content = '', columnsize = 0, tokenize = 'ascii');
    CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, instance);
    -- Everything as far as here is in it.
    CREATE TABLE indexed (until INTEGER NOT NULL);
    INSERT INTO indexed VALUES (0);
", "
    -- Where in a text, in bytes, a piece begins that goes on with the line of the one before: numbers and commas.
    ALTER TABLE entries ADD COLUMN concat TEXT;
", "
    -- What removed says may be 2 by now: concealed, with its words in the index until it is old.
    -- Forgotten rooms go when nothing of them is kept.
    CREATE INDEX places_forgotten ON places (lost) WHERE room IS NOT NULL AND created IS NULL;
    DELETE FROM places WHERE room IS NOT NULL AND created IS NULL AND lost <= (SELECT until FROM dropped)
        AND NOT EXISTS (SELECT 1 FROM heard WHERE place = places.id);
", "
    -- Times may fall by now, where a clock was put back: the first entry behind each fall, its time and that of the one
    -- before it.
    CREATE TABLE falls (seq INTEGER PRIMARY KEY, falls_from INTEGER NOT NULL, falls_to INTEGER NOT NULL);
", "
    -- The time of the last of what was dropped: nothing if nothing was, whatever `lost` says of what may have been before.
    ALTER TABLE places ADD COLUMN lost_at INTEGER;
    UPDATE places SET lost_at = (SELECT at FROM entries ORDER BY seq LIMIT 1)
        WHERE lost > 0 AND created < (SELECT at FROM entries ORDER BY seq LIMIT 1);
"];

/// How long a statement waits for another process: for a backup, say.
const BUSY: Duration = Duration::from_secs(5);

/// Statements that are kept ready: all that there are.
const STATEMENTS: usize = 64;

/// Opens the file for writing, as the present version has it.
pub(super) fn open(file: &Path) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::file(file, source);
    wal::check_belongs(file)?;
    wal::write_again(file).map_err(|source| OpenError::Log {
        file: file.to_owned(),
        source,
    })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file, flags).map_err(failed)?;
    prepare(&connection).map_err(failed)?;
    let version = version(&connection).map_err(failed)?;
    if version > MIGRATIONS.len() {
        let file = file.to_owned();
        return Err(OpenError::Newer { file, version });
    }
    migrate(&mut connection, version).map_err(failed)?;
    Ok(connection)
}

/// Whether the tables are those of the present version.
pub(super) fn check_version(connection: &Connection, file: &Path) -> Result<(), OpenError> {
    let version = version(connection).map_err(|source| OpenError::file(file, source))?;
    let file = file.to_owned();
    match version.cmp(&MIGRATIONS.len()) {
        Ordering::Less => Err(OpenError::Older { file, version }),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(OpenError::Newer { file, version }),
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // After an error the log is not to be trusted; at an end in order it is put into the file by ourselves.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Only a file without tables can be told so; then what retention drops is given back to the disk.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // The writer does it, when everybody has heard: SQLite would do it before, and not say if it failed.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    redact::secure_delete(connection, "FAST")?;
    // For retention: where something is just being dropped.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection
        .execute_batch("CREATE TEMP TABLE going (place INTEGER PRIMARY KEY, last INTEGER)")?;
    connection.pragma_update(None, "synchronous", "FULL")
}

/// From here on the log is synced when a transaction is told, or now and then.
pub(super) fn settle(connection: &Connection, durability: Durability) -> rusqlite::Result<()> {
    match durability {
        Durability::Disk => Ok(()),
        _ => connection.pragma_update(None, "synchronous", "NORMAL"),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn migrate(connection: &mut Connection, version: usize) -> rusqlite::Result<()> {
    for (done, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        let reached = i64::try_from(done + 1).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", reached)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Opens the file for reading only.
pub(super) fn open_to_read(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// Whether the file holds together, page by page. The index of words can be made anew, and so is left out.
pub(super) fn check(connection: &Connection) -> rusqlite::Result<()> {
    let verdict: Option<String> = connection
        .query_row(
            "SELECT quick_check FROM sqlite_schema t, pragma_quick_check(t.name)
             WHERE t.type = 'table' AND t.name NOT LIKE 'words%' AND t.name != 'vocabulary' AND quick_check != 'ok'",
            [],
            |row| row.get(0),
        )
        .optional()?;
    match verdict {
        None => Ok(()),
        Some(_) => Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            verdict,
        )),
    }
}
