//! Answers from the tables. Floor 2.

use std::sync::{Arc, LazyLock};

use rusqlite::{Connection, OptionalExtension, params};

use super::lost::is_whole;
use super::moments::first_from;
use super::record::{self, COLUMNS, number, unsigned};
use super::search::search;
use super::write::find_place;
use crate::hub::Class;
use crate::hub::entry::Committed;
use crate::id::{Identity, Seq};
use crate::journal::{About, End, Found, Partner, Place, Point, Question, Span, Talk, Where};
use crate::limits::NAMESAKES_MAX;
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// The answer to a question; the connection is in a transaction, so it is of one moment.
pub(super) fn answer(from: &Connection, question: &Question) -> rusqlite::Result<Found> {
    let until = number(question.until.0);
    match &question.about {
        About::Said {
            at,
            span,
            limit,
            classes,
        } => said(from, at, &within(from, *span, until)?, *limit, classes),
        About::Talks {
            of,
            rooms,
            after,
            before,
            from: end,
            limit,
        } => {
            let talks = talks(from, *of, rooms, until)?.into_iter();
            let first = first_from(from, Timestamp(after.0.saturating_add(1)), until)?;
            let behind = first_from(from, *before, until)?;
            // By the order too: what follows something may bear an earlier time.
            let between = talks.filter(|(seq, talk)| {
                let seq = number(seq.0);
                (*after < talk.at || first <= seq) && (talk.at < *before || seq < behind)
            });
            let first = Talk::first(between.collect(), *end, *limit);
            Ok(Found::Talks(first))
        }
        About::Search(wanted) => search(from, wanted, until),
    }
}

/// A span in places of the order, the ends included.
pub(super) struct Within {
    pub(super) first: i64,
    last: i64,
    from: End,
    /// Behind what it is asked for.
    pub(super) after: Option<Point>,
    /// Whether it goes on to the end.
    pub(super) is_open: bool,
}

fn within(from: &Connection, span: Span, until: i64) -> rusqlite::Result<Within> {
    let first = match span.after {
        None => 0,
        Some(Point::Seq(seq)) => number(seq.0).saturating_add(1),
        Some(Point::Time(at)) => first_from(from, Timestamp(at.0.saturating_add(1)), until)?,
    };
    let end = match span.before {
        None => i64::MAX,
        Some(Point::Seq(seq)) => number(seq.0),
        Some(Point::Time(at)) => first_from(from, at, until)?,
    };
    Ok(Within {
        first,
        last: until.min(end.saturating_sub(1)),
        from: span.from,
        after: span.after,
        is_open: span.before.is_none(),
    })
}

fn said(
    from: &Connection,
    whose: &Where,
    within: &Within,
    limit: usize,
    classes: &[Class],
) -> rusqlite::Result<Found> {
    let places = match whose {
        Where::At(place) => find_place(from, place)?.into_iter().collect(),
        Where::With { own, called, or } => find_partners(from, *own, called, or)?,
    };
    let (mut entries, mut is_whole) = (Vec::new(), are_whole(from, &places, within)?);
    for place in places {
        for &class in classes {
            is_whole &= read(from, place, class, within, limit, &mut entries)?;
        }
    }
    entries.sort_by_key(|entry| entry.seq);
    within.from.cut(&mut entries, limit);
    let entries = entries.into_iter().map(Arc::new).collect();
    Ok(Found::Said { entries, is_whole })
}

/// A part of what was said at a place, the earliest first or the latest.
pub(super) static READ_ON: LazyLock<String> = LazyLock::new(|| part("ASC"));
pub(super) static READ_BACK: LazyLock<String> = LazyLock::new(|| part("DESC"));

/// What is sorted and what is fresh are merged only if the column of the order is among those that are asked for.
fn part(order: &str) -> String {
    format!(
        "SELECT {COLUMNS}, h.seq FROM heard h JOIN entries e ON e.seq = h.seq
         WHERE h.place = ?1 AND h.is_event = ?2 AND h.seq BETWEEN ?3 AND ?4 AND e.removed = 0
         ORDER BY h.seq {order} LIMIT ?5"
    )
}

/// Whether all could be read: one that is no entry does not hide the others.
fn read(
    from: &Connection,
    place: i64,
    class: Class,
    within: &Within,
    limit: usize,
    entries: &mut Vec<Committed>,
) -> rusqlite::Result<bool> {
    let mut select = from.prepare_cached(match within.from {
        End::Earliest => &READ_ON,
        End::Latest => &READ_BACK,
    })?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let class = record::class(class);
    let mut rows = select.query(params![place, class, within.first, within.last, limit])?;
    let mut is_whole = true;
    while let Some(row) = rows.next()? {
        match record::read(row) {
            Ok(entry) => entries.push(entry),
            Err(error) => {
                log::warn!("an entry of the journal cannot be read: {error}");
                is_whole = false;
            }
        }
    }
    Ok(is_whole)
}

fn are_whole(from: &Connection, places: &[i64], within: &Within) -> rusqlite::Result<bool> {
    if places.is_empty() {
        return is_whole(from, None, within);
    }
    let mut places = places.iter();
    places.try_fold(true, |so_far, &place| {
        Ok(so_far & is_whole(from, Some(place), within)?)
    })
}

/// The latest talks with all of that name, or one with those who had it later.
fn find_partners(
    from: &Connection,
    own: Identity,
    called: &Nick,
    or: &[Identity],
) -> rusqlite::Result<Vec<i64>> {
    let mut select = from.prepare_cached(
        "SELECT id FROM places
         WHERE (one = ?1 AND other_nick = ?2 COLLATE NOCASE) OR (other = ?1 AND one_nick = ?2 COLLATE NOCASE)
         ORDER BY (SELECT seq FROM heard WHERE place = id AND is_event = 0 ORDER BY seq DESC LIMIT 1) DESC LIMIT ?3",
    )?;
    let wanted = params![number(own.0), called.as_str(), number(NAMESAKES_MAX as u64)];
    let found = select.query_map(wanted, |row| row.get(0))?;
    let found: Vec<i64> = found.collect::<rusqlite::Result<_>>()?;
    if !found.is_empty() {
        return Ok(found);
    }
    let mut others = or.iter().map(|other| Place::direct(own, *other));
    let found = others.find_map(|place| find_place(from, &place).transpose());
    Ok(found.transpose()?.into_iter().collect())
}

/// All rooms and talks of somebody, each with its last post.
fn talks(
    from: &Connection,
    of: Identity,
    rooms: &[RoomName],
    until: i64,
) -> rusqlite::Result<Vec<(Seq, Talk)>> {
    let mut talks = Vec::new();
    for room in rooms {
        let place = find_place(from, &Place::Room(room.clone()))?;
        let last = place
            .map(|place| last_post(from, place, until))
            .transpose()?;
        let with = Partner::Room(room.clone());
        talks.extend(last.flatten().map(|(seq, at)| (seq, Talk { with, at })));
    }
    for (place, with) in partners(from, of)? {
        let last = last_post(from, place, until)?;
        talks.extend(last.map(|(seq, at)| (seq, Talk { with, at })));
    }
    Ok(talks)
}

/// What was said at a place last, and when.
fn last_post(
    from: &Connection,
    place: i64,
    until: i64,
) -> rusqlite::Result<Option<(Seq, Timestamp)>> {
    from.prepare_cached(
        "SELECT h.seq, e.at FROM heard h JOIN entries e ON e.seq = h.seq
         WHERE h.place = ?1 AND h.is_event = 0 AND h.seq <= ?2 AND e.removed = 0
         ORDER BY h.seq DESC LIMIT 1",
    )?
    .query_row([place, until], |row| {
        let seq = Seq(unsigned(row.get(0)?));
        Ok((seq, Timestamp(row.get(1)?)))
    })
    .optional()
}

/// Everybody with whom an identity has ever talked directly.
fn partners(from: &Connection, of: Identity) -> rusqlite::Result<Vec<(i64, Partner)>> {
    let mut select = from.prepare_cached(
        "SELECT id, other, other_nick FROM places WHERE one = ?1
         UNION ALL SELECT id, one, one_nick FROM places WHERE other = ?1 AND one != ?1",
    )?;
    let rows = select.query_map([number(of.0)], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?))
    })?;
    let mut partners = Vec::new();
    for row in rows {
        let (place, identity, nick) = row?;
        let nick = nick.and_then(|nick| Nick::new(&nick).ok());
        let person = |nick| Partner::Person(Identity(unsigned(identity)), nick);
        partners.extend(nick.map(|nick| (place, person(nick))));
    }
    Ok(partners)
}
