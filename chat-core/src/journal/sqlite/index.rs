//! The index of words: what goes into it, and out of it again. Floor 2. Whoever calls this has opened a transaction.
//!
//! It follows what was said at some distance, so that nobody waits for it: what it does not know yet is looked through
//! without it. A post stands there as the place where it was said, its author's name and its words; the same row gives
//! the same words when it is taken out again, which must happen before the row changes or goes.

use std::fmt::Write;

use rusqlite::{Connection, ErrorCode, params};

use super::record::{self, COLUMNS, CONCEALED, number};
use crate::hub::entry::{Act, Committed, Target};
use crate::id::Identity;
use crate::journal::search::{folded, words};
use crate::limits::JOURNAL_INDEXED_AT_ONCE;
use crate::names::{Nick, RoomName};

/// Puts the next entries into the index, none of them behind the last one that is known to be kept; how many it looked
/// at.
pub(super) fn go_on(to: &mut Connection, last_kept: i64) -> rusqlite::Result<usize> {
    let transaction = to.transaction()?;
    let (count, last) = next(&transaction, last_kept)?;
    if let Some(last) = last {
        let added = add(&transaction, last);
        sound(&transaction, added.and_then(|()| reach(&transaction, last)))?;
    }
    transaction.commit()?;
    Ok(count)
}

/// How many are next, and the last one of them.
fn next(from: &Connection, last_kept: i64) -> rusqlite::Result<(usize, Option<i64>)> {
    from.prepare_cached(
        "SELECT count(*), max(seq) FROM (
             SELECT seq FROM entries WHERE seq > (SELECT until FROM indexed) AND seq <= ?1 ORDER BY seq LIMIT ?2)",
    )?
    .query_row(params![last_kept, number(JOURNAL_INDEXED_AT_ONCE as u64)], |row| {
        let count: i64 = row.get(0)?;
        Ok((usize::try_from(count).unwrap_or_default(), row.get(1)?))
    })
}

fn add(to: &Connection, last: i64) -> rusqlite::Result<()> {
    let mut insert = to.prepare_cached("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?;
    let first = "SELECT until + 1 FROM indexed";
    let first = to.query_row(first, [], |row| row.get(0))?;
    for (seq, text) in documents(to, first, last)? {
        insert.execute(params![seq, text])?;
    }
    flush(to)
}

fn reach(to: &Connection, last: i64) -> rusqlite::Result<()> {
    to.prepare_cached("UPDATE indexed SET until = ?1")?
        .execute([last])?;
    Ok(())
}

/// Takes an entry out of the index, before it is emptied or marked as removed, so that not even its words stand there
/// any more: somebody may have said a secret.
pub(super) fn erase(from: &Connection, seq: i64) -> rusqlite::Result<()> {
    let mut secure =
        from.prepare_cached("INSERT INTO words (words, rank) VALUES ('secure-delete', ?1)")?;
    secure.execute([true])?;
    let taken = take_out(from, seq, seq);
    secure.execute([false])?;
    taken
}

/// Takes the entries of a range out of the index, before they are gone. Their words are there for a while, as the notes that
/// they are out: to look each of them up where it stands would take ten times as long.
pub(super) fn take_out(from: &Connection, first: i64, last: i64) -> rusqlite::Result<()> {
    let until = "SELECT until FROM indexed";
    let until: i64 = from
        .prepare_cached(until)?
        .query_row([], |row| row.get(0))?;
    let taken = remove(from, first, last.min(until));
    sound(from, taken)
}

fn remove(from: &Connection, first: i64, last: i64) -> rusqlite::Result<()> {
    let mut delete =
        from.prepare_cached("INSERT INTO words (words, rowid, text) VALUES ('delete', ?1, ?2)")?;
    for (seq, text) in documents(from, first, last)? {
        delete.execute(params![seq, text])?;
    }
    flush(from)
}

/// What is wrong with the index comes out here, and not when everything else is committed.
fn flush(to: &Connection) -> rusqlite::Result<()> {
    to.prepare_cached("INSERT INTO words (words) VALUES ('flush')")?
        .execute([])?;
    Ok(())
}

/// An index that is not sound is made anew, little by little: all that it knows stands elsewhere.
fn sound(to: &Connection, done: rusqlite::Result<()>) -> rusqlite::Result<()> {
    match done {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            log::warn!("the index of words is made anew: {error}");
            to.execute("INSERT INTO words (words) VALUES ('delete-all')", [])?;
            reach(to, 0)
        }
        done => done,
    }
}

/// What stands in the index for the posts of a range, those that are concealed too: nobody finds them by it.
fn documents(from: &Connection, first: i64, last: i64) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut select = from.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM entries e WHERE e.seq BETWEEN ?1 AND ?2 AND e.removed IN (0, {CONCEALED}) ORDER BY e.seq"
    ))?;
    let rows = select.query_map([first, last], |row| Ok(record::read(row).ok()))?;
    let mut documents = Vec::new();
    for row in rows {
        // What cannot be read is not shown either.
        let entry = row?;
        let document = |it: Committed| document(&it).map(|text| (number(it.seq.0), text));
        documents.extend(entry.and_then(document));
    }
    Ok(documents)
}

/// A post as the index has it.
fn document(it: &Committed) -> Option<String> {
    let Act::Post(post) = &it.entry.act else {
        return None;
    };
    let mut document = match &post.target {
        Target::Room(room) => in_room(room),
        Target::Person { identity, .. } => {
            let (one, other) = (talk_of(it.entry.identity), talk_of(*identity));
            format!("{one} {other}")
        }
        Target::Ranked(..) => return None,
    };
    let _ = write!(document, " {}", by(&it.entry.source.nick));
    for word in words(&folded(&post.text)) {
        document.push(' ');
        document.push_str(word);
    }
    Some(document)
}

// Words that nobody can say: these signs are in none. The tokenizer takes them, like all that is not ASCII, for letters.

/// The word for a room.
pub(super) fn in_room(room: &RoomName) -> String {
    spelt("§r", &room.folded())
}

/// The word for all direct messages of somebody.
pub(super) fn talk_of(identity: Identity) -> String {
    format!("§p{:x}", identity.0)
}

/// The word for what somebody said who was called so.
pub(super) fn by(nick: &Nick) -> String {
    spelt("¶", &nick.folded())
}

fn spelt(sign: &str, name: &str) -> String {
    let mut word = sign.to_owned();
    for byte in name.bytes() {
        let _ = write!(word, "{byte:02x}");
    }
    word
}
