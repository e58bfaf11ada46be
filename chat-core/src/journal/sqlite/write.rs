//! What goes into the tables, one statement at a time. Floor 2. Whoever calls this has opened a transaction.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::index;
use super::record::{CONCEALED, Parts, class, kind, marked, number};
use super::redact::redact;
use crate::hub::Topic;
use crate::hub::entry::{Act, Committed, Post, Source, Target};
use crate::id::{Identity, Seq};
use crate::journal::stamps::Fall;
use crate::journal::{Note, Place};
use crate::limits::JOURNAL_PLACES_KNOWN_MAX;
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// The numbers of places, and what the two of a pair were called last: mostly the next entry goes where one of the
/// last ones went.
#[derive(Debug, Default)]
pub(super) struct Known {
    places: HashMap<Place, i64>,
    /// By the number of the place, the lesser identity first.
    called: HashMap<i64, (Nick, Nick)>,
    /// The stamp of the last entry.
    at: Option<Timestamp>,
}

impl Known {
    /// After something went wrong, what is known may not be true.
    pub(super) fn clear(&mut self) {
        *self = Known::default();
    }
}

/// An entry, and where it is to be found again.
pub(super) fn entry(to: &Connection, known: &mut Known, it: &Committed) -> rusqlite::Result<()> {
    let Some(parts) = Parts::of(&it.entry.act) else {
        return Ok(());
    };
    fall(to, known, it)?;
    row(to, it, &parts)?;
    for place in Place::all_of(&it.entry) {
        let id = place_id(to, known, &place, it)?;
        hear(to, id, it)?;
        if let Act::Post(post) = &it.entry.act {
            call(to, known, id, it, post)?;
        }
        if let Act::Join { room, .. } = &it.entry.act {
            enter(to, id, room, it)?;
        }
    }
    if let Act::Redact(redaction) = &it.entry.act {
        redact(to, redaction.seq)?;
    }
    if let Act::Topic { room, text } = &it.entry.act {
        let set = Topic {
            text: Arc::clone(text),
            by: Arc::clone(&it.entry.source),
            at: it.at,
        };
        let set = Some(&set).filter(|set| !set.text.is_empty());
        topic(to, room, set, it.seq)?;
    }
    Ok(())
}

fn row(to: &Connection, it: &Committed, parts: &Parts<'_>) -> rusqlite::Result<()> {
    let source = &it.entry.source;
    let mut insert = to.prepare_cached(
        "INSERT INTO entries (seq, at, kind, identity, nick, user, host, target, other, text, tags, retry, about, concat)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    insert.execute(params![
        number(it.seq.0),
        it.at.0,
        parts.kind,
        number(it.entry.identity.0),
        source.nick.as_str(),
        source.user(),
        source.host(),
        parts.target,
        parts.other,
        parts.text,
        marked(parts.tags, source),
        parts.retry,
        parts.about,
        parts.concat,
    ])?;
    Ok(())
}

/// Notes where times fall, since a moment is looked for between two falls.
fn fall(to: &Connection, known: &mut Known, it: &Committed) -> rusqlite::Result<()> {
    let last = match known.at {
        Some(at) => Some(at),
        None => last_stamp(to)?,
    };
    if let Some(Fall { seq, from, to: at }) = Fall::between(last, it.seq, it.at) {
        let insert = "INSERT INTO falls (seq, falls_from, falls_to) VALUES (?1, ?2, ?3)";
        to.prepare_cached(insert)?
            .execute(params![number(seq.0), from.0, at.0])?;
    }
    known.at = Some(it.at);
    Ok(())
}

fn last_stamp(from: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    let last = "SELECT at FROM entries ORDER BY seq DESC LIMIT 1";
    let mut last = from.prepare_cached(last)?;
    let at = last.query_row([], |row| row.get(0)).optional()?;
    Ok(at.map(Timestamp))
}

fn hear(to: &Connection, place: i64, it: &Committed) -> rusqlite::Result<()> {
    let class = class(it.entry.class());
    let mut insert =
        to.prepare_cached("INSERT INTO fresh (place, is_event, seq) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![place, class, number(it.seq.0)])?;
    Ok(())
}

/// Puts what is fresh to the rest, and says how many places it is of. Each has pages of its own there: together they
/// are written much less often. It need not be synced: without it, everything is there as it was.
pub(super) fn sort(to: &mut Connection) -> rusqlite::Result<usize> {
    unsynced(to, sort_unsynced)
}

/// Puts words of what was said into their index, which need not be synced either; how many entries it looked at.
pub(super) fn index(to: &mut Connection, last_kept: Seq) -> rusqlite::Result<usize> {
    unsynced(to, |to| index::go_on(to, number(last_kept.0)))
}

fn unsynced<T>(
    to: &mut Connection,
    write: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let level: i64 = to.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    to.pragma_update(None, "synchronous", "NORMAL")?;
    let written = write(to);
    to.pragma_update(None, "synchronous", level)?;
    written
}

fn sort_unsynced(to: &mut Connection) -> rusqlite::Result<usize> {
    let transaction = to.transaction()?;
    let places = "SELECT count(DISTINCT place) FROM fresh";
    let places: i64 = transaction.query_row(places, [], |row| row.get(0))?;
    transaction.execute_batch(
        "INSERT INTO sorted SELECT place, is_event, seq FROM fresh ORDER BY place, is_event, seq;
         DELETE FROM fresh",
    )?;
    transaction.commit()?;
    Ok(usize::try_from(places).unwrap_or_default())
}

/// The number of a place, made if need be.
fn place_id(
    to: &Connection,
    known: &mut Known,
    place: &Place,
    it: &Committed,
) -> rusqlite::Result<i64> {
    if let Some(id) = known.places.get(place) {
        return Ok(*id);
    }
    let id = match find_place(to, place)? {
        Some(id) => id,
        None => make_place(to, place, it)?,
    };
    if known.places.len() >= JOURNAL_PLACES_KNOWN_MAX {
        known.clear();
    }
    known.places.insert(place.clone(), id);
    Ok(id)
}

/// The number of a place, if it has one.
pub(super) fn find_place(from: &Connection, place: &Place) -> rusqlite::Result<Option<i64>> {
    let id = |row: &rusqlite::Row<'_>| row.get(0);
    match place {
        Place::Room(name) => from
            .prepare_cached("SELECT id FROM places WHERE room = ?1")?
            .query_row([name.folded()], id),
        Place::Direct(one, other) => from
            .prepare_cached("SELECT id FROM places WHERE one = ?1 AND other = ?2")?
            .query_row([number(one.0), number(other.0)], id),
    }
    .optional()
}

fn make_place(to: &Connection, place: &Place, it: &Committed) -> rusqlite::Result<i64> {
    // What was dropped before it was made may have been of one of the same name.
    let before = "(SELECT until FROM dropped)";
    match place {
        Place::Room(name) => to
            .prepare_cached(&format!(
                "INSERT INTO places (room, name, created, lost) VALUES (?1, ?2, ?3, {before})"
            ))?
            .insert(params![name.folded(), name.as_str(), it.at.0]),
        Place::Direct(one, other) => to
            .prepare_cached(&format!(
                "INSERT INTO places (one, other, lost) VALUES (?1, ?2, {before})"
            ))?
            .insert(params![number(one.0), number(other.0)]),
    }
}

/// Notes what the two of a direct message are called.
fn call(
    to: &Connection,
    known: &mut Known,
    place: i64,
    it: &Committed,
    post: &Post,
) -> rusqlite::Result<()> {
    let Target::Person { identity, nick, .. } = &post.target else {
        return Ok(());
    };
    let names = by_identity(it.entry.identity, &it.entry.source, *identity, nick);
    if known.called.get(&place) == Some(&names) {
        return Ok(());
    }
    let mut update =
        to.prepare_cached("UPDATE places SET one_nick = ?2, other_nick = ?3 WHERE id = ?1")?;
    update.execute(params![place, names.0.as_str(), names.1.as_str()])?;
    known.called.insert(place, names);
    Ok(())
}

fn by_identity(author: Identity, source: &Source, other: Identity, nick: &Nick) -> (Nick, Nick) {
    match author <= other {
        true => (source.nick.clone(), nick.clone()),
        false => (nick.clone(), source.nick.clone()),
    }
}

/// What a room is about as of a place in the order, unless somebody has said so since.
pub(super) fn topic(
    to: &Connection,
    room: &RoomName,
    topic: Option<&Topic>,
    as_of: Seq,
) -> rusqlite::Result<()> {
    let by = topic.map(|topic| &topic.by);
    let mut update = to.prepare_cached(
        "UPDATE places SET topic = ?2, topic_nick = ?3, topic_user = ?4, topic_host = ?5, topic_at = ?6
         WHERE room = ?1 AND NOT EXISTS (
             SELECT 1 FROM heard h JOIN entries e ON e.seq = h.seq
             WHERE h.place = places.id AND h.is_event = 1 AND h.seq > ?7 AND e.kind = ?8 AND e.removed = 0)",
    )?;
    update.execute(params![
        room.folded(),
        topic.map(|topic| &*topic.text),
        by.map(|by| by.nick.as_str()),
        by.map(|by| by.user()),
        by.map(|by| by.host()),
        topic.map(|topic| topic.at.0),
        number(as_of.0),
        kind::TOPIC,
    ])?;
    Ok(())
}

/// An entry did not take effect: it is not shown.
pub(super) fn strike(to: &Connection, seq: Seq) -> rusqlite::Result<()> {
    let seq = number(seq.0);
    index::erase(to, seq)?;
    to.prepare_cached("UPDATE entries SET removed = 1 WHERE seq = ?1")?
        .execute([seq])?;
    Ok(())
}

/// A room is forgotten: it is not there after the next start, unless somebody behind that place is on the way into it. What
/// was said in it stays until it is old, and is there again for those who make the room anew; nobody can make others'
/// words go by making many rooms.
pub(super) fn forget(to: &Connection, room: &RoomName, until: Seq) -> rusqlite::Result<()> {
    let Some(id) = find_place(to, &Place::Room(room.clone()))? else {
        return Ok(());
    };
    let mut update = to.prepare_cached(
        "UPDATE places SET topic = NULL, topic_nick = NULL, topic_user = NULL, topic_host = NULL, topic_at = NULL,
             created = (
                 SELECT min(e.at) FROM heard h JOIN entries e ON e.seq = h.seq
                 WHERE h.place = ?1 AND h.is_event = 1 AND h.seq > ?2 AND e.kind = ?3 AND e.removed = 0)
         WHERE id = ?1",
    )?;
    update.execute([id, number(until.0), kind::JOIN])?;
    drop_if_empty(to, id)
}

/// A forgotten room of which nothing is kept goes, unless it has yet to say that something is missing: then it goes when that is
/// old. Nothing was written there since something was dropped, so its number is not among those that are known.
fn drop_if_empty(from: &Connection, place: i64) -> rusqlite::Result<()> {
    let mut delete = from.prepare_cached(
        "DELETE FROM places WHERE id = ?1 AND created IS NULL AND lost <= (SELECT until FROM dropped)
         AND NOT EXISTS (SELECT 1 FROM heard WHERE place = ?1)",
    )?;
    delete.execute([place])?;
    Ok(())
}

/// What was said in a room so far is found by nobody any more, by its place or by its words; it stays in the file until it is
/// old.
pub(super) fn conceal(to: &Connection, room: &RoomName, until: Seq) -> rusqlite::Result<()> {
    let Some(place) = find_place(to, &Place::Room(room.clone()))? else {
        return Ok(());
    };
    for statement in [
        "UPDATE places SET lost_at = NULL,
             lost = max(lost, coalesce((SELECT max(seq) FROM heard WHERE place = ?1 AND seq <= ?2), 0))
         WHERE id = ?1",
        &format!(
            "UPDATE entries SET removed = {CONCEALED}
             WHERE removed = 0 AND seq IN (SELECT seq FROM heard WHERE place = ?1 AND is_event = 0 AND seq <= ?2)"
        ),
        "DELETE FROM sorted WHERE place = ?1 AND seq <= ?2",
        "DELETE FROM fresh WHERE place = ?1 AND seq <= ?2",
    ] {
        to.prepare_cached(statement)?
            .execute([place, number(until.0)])?;
    }
    Ok(())
}

/// Somebody is in a room: if it was forgotten, it is there again.
fn enter(to: &Connection, place: i64, room: &RoomName, it: &Committed) -> rusqlite::Result<()> {
    let mut update = to.prepare_cached(
        "UPDATE places SET created = ?2, name = ?3 WHERE id = ?1 AND created IS NULL",
    )?;
    update.execute(params![place, it.at.0, room.as_str()])?;
    Ok(())
}

/// Puts something on a shelf, or takes it away.
pub(super) fn note(to: &Connection, note: &Note) -> rusqlite::Result<()> {
    match &note.value {
        Some(value) => to
            .prepare_cached(
                "INSERT INTO notes (shelf, key, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (shelf, key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![note.shelf, note.key, value])?,
        None => to
            .prepare_cached("DELETE FROM notes WHERE shelf = ?1 AND key = ?2")?
            .execute(params![note.shelf, note.key])?,
    };
    Ok(())
}

/// Writes over what was not synced. SQLite takes such a transaction back, but leaves it whole in the log, where the
/// next start would find it. It is enough that the system has this: if the machine ends too, neither is there.
pub(super) fn over(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", "OFF")?;
    // This page is written even when nothing in it is new; a row would not be.
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.pragma_update(None, "user_version", version)
}

/// Takes back whatever stands behind a place: it was told to nobody.
pub(super) fn take_back(to: &mut Connection, last_kept: Seq) -> rusqlite::Result<usize> {
    let last = [number(last_kept.0)];
    let transaction = to.transaction()?;
    // None of it should be in the index: only what is kept gets there.
    index::take_out(&transaction, last[0].saturating_add(1), i64::MAX)?;
    transaction.execute("DELETE FROM sorted WHERE seq > ?1", last)?;
    transaction.execute("DELETE FROM fresh WHERE seq > ?1", last)?;
    transaction.execute("DELETE FROM falls WHERE seq > ?1", last)?;
    let taken = transaction.execute("DELETE FROM entries WHERE seq > ?1", last)?;
    transaction.commit()?;
    Ok(taken)
}
