//! What is dropped when it is old, or when there is too much: the oldest first, whichever room it is of. Floor 2.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::index;
use super::moments::last_before;
use super::record::number;
use crate::journal::stamps::is_ahead;
use crate::limits::JOURNAL_DROPPED_AT_ONCE;
use crate::time::Timestamp;

/// How long entries are kept, and how many bytes of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Entries that are older are dropped; none if not given.
    pub age: Option<Duration>,
    /// The oldest are dropped when the file is larger than this; none if not given.
    pub bytes: Option<u64>,
}

impl Retention {
    /// Drops some of what is to be dropped by now, or is too much if nobody knows what time it is; whether there was any.
    pub(super) fn drop_some(
        self,
        from: &mut Connection,
        now: Option<Timestamp>,
    ) -> rusqlite::Result<bool> {
        let last = self.last_to_drop(from, now)?;
        if let Some(last) = last {
            drop_until(from, last)?;
        }
        Ok(last.is_some())
    }

    /// The last entry of those that are to be dropped in one step.
    fn last_to_drop(
        self,
        from: &Connection,
        now: Option<Timestamp>,
    ) -> rusqlite::Result<Option<i64>> {
        let oldest = "SELECT seq FROM entries ORDER BY seq LIMIT ?1";
        let last: Option<i64> = match self.is_too_much(from)? {
            true => from.query_row(
                &format!("SELECT max(seq) FROM ({oldest})"),
                [JOURNAL_DROPPED_AT_ONCE],
                |row| row.get(0),
            )?,
            false => None,
        };
        if last.is_some() {
            return Ok(last);
        }
        let (Some(age), Some(now)) = (self.age, now) else {
            return Ok(None);
        };
        let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        let youngest = Timestamp(now.0.saturating_sub(age));
        let last = last_before(from, youngest, |stamp| is_ahead(stamp, now))?;
        from.query_row(
            &format!("SELECT max(seq) FROM ({oldest}) WHERE seq <= ?2"),
            params![JOURNAL_DROPPED_AT_ONCE, last],
            |row| row.get(0),
        )
    }

    fn is_too_much(self, from: &Connection) -> rusqlite::Result<bool> {
        let Some(most) = self.bytes else {
            return Ok(false);
        };
        let ask = |name| from.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let pages = ask("page_count")? - ask("freelist_count")?;
        Ok(pages.saturating_mul(ask("page_size")?) > number(most))
    }
}

fn drop_until(connection: &mut Connection, last: i64) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    index::take_out(&transaction, 0, last)?;
    for statement in [
        "DELETE FROM going",
        "INSERT INTO going SELECT place, max(seq) FROM (
             SELECT place, seq FROM sorted INDEXED BY heard_seq WHERE seq <= ?1
             UNION ALL SELECT place, seq FROM fresh WHERE seq <= ?1) GROUP BY place",
        // Whoever comes back and saw none of these last is told that something is missing.
        "UPDATE places SET lost = going.last, lost_at = (SELECT at FROM entries WHERE seq = going.last)
         FROM going WHERE places.id = going.place",
        "DELETE FROM sorted WHERE seq <= ?1",
        "DELETE FROM fresh WHERE seq <= ?1",
        "DELETE FROM entries WHERE seq <= ?1",
        "DELETE FROM falls WHERE seq <= ?1",
        "DELETE FROM places WHERE room IS NULL AND id IN (SELECT place FROM going)
         AND NOT EXISTS (SELECT 1 FROM heard WHERE place = places.id)",
        // A concealed one is in none of these any more.
        "DELETE FROM places WHERE room IS NOT NULL AND created IS NULL
         AND lost > (SELECT until FROM dropped) AND lost <= ?1
         AND NOT EXISTS (SELECT 1 FROM heard WHERE place = places.id)",
        "UPDATE dropped SET until = max(until, ?1)",
    ] {
        let mut statement = transaction.prepare_cached(statement)?;
        match statement.parameter_count() {
            0 => statement.execute([])?,
            _ => statement.execute([last])?,
        };
    }
    transaction.commit()?;
    connection.pragma_query(None, "incremental_vacuum", |_| Ok(()))
}
