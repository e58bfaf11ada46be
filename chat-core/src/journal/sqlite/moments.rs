//! Where in the order a moment is. Floor 2.

use rusqlite::{Connection, OptionalExtension};

use super::record::{number, unsigned};
use crate::id::Seq;
use crate::journal::stamps::{Fall, Run, nearest, runs};
use crate::time::Timestamp;

/// The first place that was given at a moment or later.
pub(super) fn first_from(from: &Connection, at: Timestamp, until: i64) -> rusqlite::Result<i64> {
    let run = nearest(&all(from, until)?, at, |run| around(from, at, run, until))?;
    run.map_or(Ok(0), |run| first_in(from, at, &run, until))
}

/// The first of all places with such a stamp, or a later one; the one behind all if there is none.
pub(super) fn earliest_from(from: &Connection, at: Timestamp, until: i64) -> rusqlite::Result<i64> {
    for run in all(from, until)? {
        let first = first_in(from, at, &run, until)?;
        if first < end_of(&run, until) {
            return Ok(first);
        }
    }
    Ok(until.saturating_add(1))
}

/// The place behind the last of all with an earlier stamp.
pub(super) fn latest_before(from: &Connection, at: Timestamp, until: i64) -> rusqlite::Result<i64> {
    for run in all(from, until)?.iter().rev() {
        let first = first_in(from, at, run, until)?;
        if first > number(run.first.0) {
            return Ok(first);
        }
    }
    Ok(0)
}

/// The last place of what is too old at a moment: behind it is something that is not, and before it nothing that a right
/// clock has stamped since. So what a clock that was ahead has stamped goes with what is around it, and what one
/// that was behind has stamped takes nothing along.
pub(super) fn last_before(
    from: &Connection,
    at: Timestamp,
    is_wrong: impl Fn(Timestamp) -> bool,
) -> rusqlite::Result<Option<i64>> {
    let mut last = None;
    for run in all(from, i64::MAX)? {
        let first = first_in(from, at, &run, i64::MAX)?;
        let before = before(from, first, &run)?.map(|(seq, _)| seq);
        last = before.or(last);
        let kept = behind(from, first, end_of(&run, i64::MAX))?;
        if kept.is_some_and(|(_, stamp)| !is_wrong(stamp)) {
            break;
        }
    }
    Ok(last)
}

/// The runs of all as far as a place.
fn all(from: &Connection, until: i64) -> rusqlite::Result<Vec<Run>> {
    let falls = "SELECT seq, falls_from, falls_to FROM falls WHERE seq <= ?1 ORDER BY seq";
    let mut select = from.prepare_cached(falls)?;
    let falls = select.query_map([until], |row| {
        Ok(Fall {
            seq: Seq(unsigned(row.get(0)?)),
            from: Timestamp(row.get(1)?),
            to: Timestamp(row.get(2)?),
        })
    })?;
    Ok(runs(falls.collect::<rusqlite::Result<Vec<Fall>>>()?))
}

/// Times never fall in a run, so a moment is found by halving.
fn first_in(from: &Connection, at: Timestamp, run: &Run, until: i64) -> rusqlite::Result<i64> {
    let (mut low, mut high) = (number(run.first.0), end_of(run, until));
    while low < high {
        let middle = low + (high - low) / 2;
        match behind(from, middle, high)? {
            Some((seq, stamp)) if stamp < at => low = seq + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

fn around(
    from: &Connection,
    at: Timestamp,
    run: &Run,
    until: i64,
) -> rusqlite::Result<[Option<Timestamp>; 2]> {
    let first = first_in(from, at, run, until)?;
    let ends = [
        before(from, first, run)?,
        behind(from, first, end_of(run, until))?,
    ];
    Ok(ends.map(|end| end.map(|(_, stamp)| stamp)))
}

/// The first entry from a place on, if it is before another one.
fn behind(from: &Connection, place: i64, end: i64) -> rusqlite::Result<Option<(i64, Timestamp)>> {
    let next = "SELECT seq, at FROM entries WHERE seq >= ?1 AND seq < ?2 ORDER BY seq LIMIT 1";
    entry(from, next, [place, end])
}

/// The last entry of a run before a place.
fn before(from: &Connection, place: i64, run: &Run) -> rusqlite::Result<Option<(i64, Timestamp)>> {
    let last = "SELECT seq, at FROM entries WHERE seq >= ?1 AND seq < ?2 ORDER BY seq DESC LIMIT 1";
    entry(from, last, [number(run.first.0), place])
}

fn entry(
    from: &Connection,
    select: &str,
    between: [i64; 2],
) -> rusqlite::Result<Option<(i64, Timestamp)>> {
    from.prepare_cached(select)?
        .query_row(between, |row| Ok((row.get(0)?, Timestamp(row.get(1)?))))
        .optional()
}

fn end_of(run: &Run, until: i64) -> i64 {
    number(run.end.0).min(until.saturating_add(1))
}
