//! Looking for words: by the index, and through what it does not know yet. Floor 2.
//!
//! What is asked of the index is built from words that hold no sign of its language, each in quotes. It only says where it
//! is worth looking: whether an entry is shown, [`Search::finds`] says.

use std::ops::RangeInclusive;
use std::sync::{Arc, LazyLock};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Params};

use super::index;
use super::moments::{earliest_from, latest_before};
use super::record::{self, COLUMNS};
use crate::hub::entry::Committed;
use crate::journal::search::Phrase;
use crate::journal::{End, Found, Place, Search, Where, Within};
use crate::limits::SEARCH_ENDINGS_MAX;
use crate::time::Timestamp;

/// What is found before it is interrupted.
pub(super) fn search(from: &Connection, search: &Search, until: i64) -> rusqlite::Result<Found> {
    let mut entries = Vec::new();
    let is_whole = match find(from, search, until, &mut entries) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => false,
        found => found.map(|()| true)?,
    };
    entries.sort_by_key(|entry| entry.seq);
    Ok(Found::Said { entries, is_whole })
}

fn find(
    from: &Connection,
    search: &Search,
    until: i64,
    entries: &mut Vec<Arc<Committed>>,
) -> rusqlite::Result<()> {
    let range = range(from, search, until)?;
    let indexed: i64 = from
        .prepare_cached("SELECT until FROM indexed")?
        .query_row([], |row| row.get(0))?;
    let known = *range.start()..=indexed.min(*range.end());
    let rest = (indexed + 1).max(*range.start())..=*range.end();
    match search.from {
        End::Earliest => {
            by_index(from, search, &known, entries)?;
            one_by_one(from, search, &rest, entries)
        }
        End::Latest => {
            one_by_one(from, search, &rest, entries)?;
            by_index(from, search, &known, entries)
        }
    }
}

/// The places in the order of what was said when it is asked for.
fn range(from: &Connection, search: &Search, until: i64) -> rusqlite::Result<RangeInclusive<i64>> {
    let first = search.after.map(|at| earliest_from(from, at, until));
    let behind = search
        .before
        .map(|at| latest_before(from, Timestamp(at.0.saturating_add(1)), until));
    let last = behind
        .transpose()?
        .map_or(until, |behind| until.min(behind - 1));
    Ok(first.transpose()?.unwrap_or(0)..=last)
}

/// What may be meant, by its place in the order.
pub(super) static WALK_ON: LazyLock<String> = LazyLock::new(|| walk("ASC"));
pub(super) static WALK_BACK: LazyLock<String> = LazyLock::new(|| walk("DESC"));
pub(super) static FIND_ON: LazyLock<String> = LazyLock::new(|| indexed("ASC"));
pub(super) static FIND_BACK: LazyLock<String> = LazyLock::new(|| indexed("DESC"));

fn walk(order: &str) -> String {
    format!(
        "SELECT {COLUMNS} FROM entries e WHERE e.seq BETWEEN ?1 AND ?2 AND e.removed = 0 ORDER BY e.seq {order}"
    )
}

fn indexed(order: &str) -> String {
    format!(
        "SELECT {COLUMNS} FROM words CROSS JOIN entries e ON e.seq = words.rowid
         WHERE words MATCH ?3 AND words.rowid BETWEEN ?1 AND ?2 AND e.removed = 0 ORDER BY words.rowid {order}"
    )
}

fn one_by_one(
    from: &Connection,
    search: &Search,
    range: &RangeInclusive<i64>,
    entries: &mut Vec<Arc<Committed>>,
) -> rusqlite::Result<()> {
    let query = match search.from {
        End::Earliest => &*WALK_ON,
        End::Latest => &*WALK_BACK,
    };
    read(from, query, (range.start(), range.end()), search, entries)
}

fn by_index(
    from: &Connection,
    search: &Search,
    range: &RangeInclusive<i64>,
    entries: &mut Vec<Arc<Committed>>,
) -> rusqlite::Result<()> {
    if range.is_empty() {
        return Ok(());
    }
    let query = match search.from {
        End::Earliest => &*FIND_ON,
        End::Latest => &*FIND_BACK,
    };
    let count = entries.len();
    let found = expression(from, search).and_then(|wanted| {
        let params = (range.start(), range.end(), wanted);
        read(from, query, params, search, entries)
    });
    match found {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            log::warn!("the index of words cannot be read: {error}");
            entries.truncate(count);
            one_by_one(from, search, range, entries)
        }
        found => found,
    }
}

/// Those of the entries that are what is looked for, as far as the limit.
fn read(
    from: &Connection,
    query: &str,
    params: impl Params,
    search: &Search,
    entries: &mut Vec<Arc<Committed>>,
) -> rusqlite::Result<()> {
    let mut select = from.prepare_cached(query)?;
    let mut rows = select.query(params)?;
    while entries.len() < search.limit
        && let Some(row) = rows.next()?
    {
        let entry = record::read(row).ok().filter(|entry| search.finds(entry));
        entries.extend(entry.map(Arc::new));
    }
    Ok(())
}

/// What is asked of the index. FTS5, "Full-text Query Syntax".
fn expression(from: &Connection, search: &Search) -> rusqlite::Result<String> {
    let mut all = vec![places(&search.within)];
    all.extend(search.by.as_ref().map(|nick| quoted(&index::by(nick))));
    let terms = search.terms.iter();
    for phrase in terms.flat_map(|terms| terms.phrases()) {
        all.extend(phrase_in(from, phrase)?);
    }
    Ok(all.join(" AND "))
}

fn places(within: &Within) -> String {
    match within {
        Within::At(Where::At(Place::Room(room))) => quoted(&index::in_room(room)),
        Within::At(Where::At(Place::Direct(one, other))) => {
            let (one, other) = (index::talk_of(*one), index::talk_of(*other));
            format!("{} AND {}", quoted(&one), quoted(&other))
        }
        Within::At(Where::With { own, .. }) => quoted(&index::talk_of(*own)),
        Within::All { rooms, of } => {
            let rooms = rooms.iter().map(index::in_room);
            any(rooms.chain([index::talk_of(*of)]))
        }
    }
}

/// A phrase; nothing if its last word has so many endings that it is better looked for without.
fn phrase_in(from: &Connection, phrase: &Phrase) -> rusqlite::Result<Option<String>> {
    let endings = match phrase.is_open {
        true => endings(from, &phrase.last)?,
        false => vec![phrase.last.clone()],
    };
    let head = phrase.head.join(" ");
    if endings.len() > SEARCH_ENDINGS_MAX {
        return Ok((!head.is_empty()).then(|| quoted(&head)));
    }
    let whole = endings.iter().map(|last| format!("{head} {last}"));
    Ok(Some(any(whole)))
}

/// The words of the index that begin so, and one more than are wanted if there are too many. FTS5 itself would gather all
/// places of all of them first.
fn endings(from: &Connection, start: &str) -> rusqlite::Result<Vec<String>> {
    let mut next =
        from.prepare_cached("SELECT term FROM vocabulary WHERE term >= ?1 ORDER BY term LIMIT 1")?;
    let mut endings = Vec::new();
    let mut least = start.to_owned();
    while endings.len() <= SEARCH_ENDINGS_MAX {
        let found: Option<String> = next.query_row([&least], |row| row.get(0)).optional()?;
        let Some(word) = found.filter(|word| word.starts_with(start)) else {
            break;
        };
        // No word lies between the two.
        least = format!("{word}\u{1}");
        endings.push(word);
    }
    if endings.is_empty() {
        endings.push(start.to_owned());
    }
    Ok(endings)
}

fn any(phrases: impl Iterator<Item = String>) -> String {
    let phrases: Vec<String> = phrases.map(|phrase| quoted(&phrase)).collect();
    format!("({})", phrases.join(" OR "))
}

/// No word has a quote in it.
fn quoted(phrase: &str) -> String {
    format!("\"{phrase}\"")
}
