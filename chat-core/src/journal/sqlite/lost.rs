//! Whether something is missing behind a point of a history. Floor 2.
//!
//! Whoever names a message was there, and so is told of whatever may be missing. Whoever names a moment may know nothing of
//! a place that is younger: they are told only if something that it had is lost.

use rusqlite::{Connection, params};

use super::look::Within;
use super::record::unsigned;
use crate::id::Seq;
use crate::journal::Point;
use crate::time::Timestamp;

pub(super) fn is_whole(
    from: &Connection,
    place: Option<i64>,
    within: &Within,
) -> rusqlite::Result<bool> {
    match (within.after, place) {
        (None, _) | (Some(Point::Time(_)), None) => Ok(true),
        (Some(Point::Seq(seq)), _) => is_whole_behind(from, place, seq),
        (Some(Point::Time(at)), Some(place)) => {
            let is_lost = was_dropped(from, place, at, within.first)?
                || (within.is_open && may_have_missed_an_end(from, place, within.first)?);
            Ok(!is_lost)
        }
    }
}

fn is_whole_behind(from: &Connection, place: Option<i64>, after: Seq) -> rusqlite::Result<bool> {
    let lost: i64 = match place {
        Some(place) => from
            .prepare_cached("SELECT lost FROM places WHERE id = ?1")?
            .query_row([place], |row| row.get(0))?,
        None => from
            .prepare_cached("SELECT until FROM dropped")?
            .query_row([], |row| row.get(0))?,
    };
    Ok(after.0 >= unsigned(lost))
}

/// Whether something of a place was dropped that came after a moment, which is before the first place that is asked for.
fn was_dropped(from: &Connection, place: i64, at: Timestamp, first: i64) -> rusqlite::Result<bool> {
    from.prepare_cached(
        "SELECT coalesce(lost_at > ?2 AND lost >= ?3, 0) FROM places WHERE id = ?1",
    )?
    .query_row(params![place, at.0, first], |row| row.get(0))
}

/// Whether a start that may have told more than it kept came to its end behind what is before the first place that is asked
/// for, and the place was there then.
fn may_have_missed_an_end(from: &Connection, place: i64, first: i64) -> rusqlite::Result<bool> {
    let end: Option<i64> = from
        .prepare_cached(
            "SELECT max(after) FROM epochs AS next WHERE EXISTS (
                 SELECT 1 FROM epochs AS ended
                 WHERE ended.id = (SELECT max(id) FROM epochs WHERE id < next.id) AND tells_first AND NOT is_ended)",
        )?
        .query_row([], |row| row.get(0))?;
    match end.filter(|end| first <= end.saturating_add(1)) {
        Some(end) => was_there(from, place, end),
        None => Ok(false),
    }
}

fn was_there(from: &Connection, place: i64, then: i64) -> rusqlite::Result<bool> {
    from.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM heard WHERE place = ?1 AND seq <= ?2)
             OR (SELECT lost_at IS NOT NULL FROM places WHERE id = ?1)",
    )?
    .query_row([place, then], |row| row.get(0))
}
