//! Entries as rows, and rows as entries. Floor 2.
//!
//! A file may have been written by another version, or by somebody with an editor: what is not an entry is an error
//! of that row, and never a panic.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::Row;
use rusqlite::types::Type;

use crate::hub::entry::{Act, Committed, Entry, Post, PostKind, Source, Target};
use crate::hub::{Class, Redaction, modes};
use crate::id::{Identity, PersonId, Seq};
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// The columns of a row, in the order in which [`read`] wants them.
pub(super) const COLUMNS: &str = "e.seq, e.at, e.kind, e.identity, e.nick, e.user, e.host, e.target, e.other, e.text, e.tags, e.retry, e.about, e.concat";

/// What was done, as a number in a file: these never change.
pub(super) mod kind {
    pub(in crate::journal::sqlite) const MESSAGE: i64 = 1;
    pub(in crate::journal::sqlite) const NOTICE: i64 = 2;
    pub(in crate::journal::sqlite) const JOIN: i64 = 3;
    pub(in crate::journal::sqlite) const PART: i64 = 4;
    pub(in crate::journal::sqlite) const QUIT: i64 = 5;
    pub(in crate::journal::sqlite) const NAME: i64 = 6;
    pub(in crate::journal::sqlite) const TOPIC: i64 = 7;
    pub(in crate::journal::sqlite) const MODE: i64 = 8;
    /// The text is the name of whoever had to go, a space, and why.
    pub(in crate::journal::sqlite) const KICK: i64 = 9;
    pub(in crate::journal::sqlite) const TAGS: i64 = 10;
    pub(in crate::journal::sqlite) const REDACT: i64 = 11;
}

/// What `removed` says of an entry that nobody finds any more, with its words where they were: they go when it is old.
pub(super) const CONCEALED: i64 = 2;

/// An entry taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts<'e> {
    pub(super) kind: i64,
    pub(super) target: Option<&'e str>,
    pub(super) other: Option<i64>,
    pub(super) text: Option<Cow<'e, str>>,
    pub(super) tags: Option<&'e str>,
    pub(super) retry: Option<&'e str>,
    pub(super) about: Option<&'e str>,
    pub(super) concat: Option<String>,
}

impl<'e> Parts<'e> {
    /// `None` for what is not kept.
    pub(super) fn of(act: &'e Act) -> Option<Parts<'e>> {
        let parts = |kind, target, text: Option<&'e str>| Parts {
            kind,
            target,
            text: text.map(Cow::Borrowed),
            ..Parts::default()
        };
        Some(match act {
            Act::Post(post) => Parts::of_post(post)?,
            Act::Join {
                room, real_name, ..
            } => parts(kind::JOIN, Some(room.as_str()), Some(&**real_name)),
            Act::Part { room, reason } => parts(kind::PART, Some(room.as_str()), reason.as_deref()),
            Act::Quit { reason, .. } => parts(kind::QUIT, None, Some(&**reason)),
            Act::Name { new, .. } => parts(kind::NAME, Some(new.as_str()), None),
            Act::Topic { room, text } => parts(kind::TOPIC, Some(room.as_str()), Some(&**text)),
            Act::Mode { room, text, .. } => Parts {
                text: Some(modes::without_keys(text)),
                ..parts(kind::MODE, Some(room.as_str()), None)
            },
            Act::Kick {
                room, nick, reason, ..
            } => Parts {
                text: Some(Cow::Owned(format!("{nick} {reason}"))),
                ..parts(kind::KICK, Some(room.as_str()), None)
            },
            Act::Redact(redaction) => Parts::of_redaction(redaction)?,
            Act::Away { .. } | Act::RealName { .. } | Act::Invite { .. } => return None,
        })
    }

    fn of_redaction(redaction: &'e Redaction) -> Option<Parts<'e>> {
        let (target, other) = addressed(&redaction.target)?;
        Some(Parts {
            kind: kind::REDACT,
            target: Some(target),
            other,
            text: redaction.reason.as_deref().map(Cow::Borrowed),
            about: Some(&redaction.msgid),
            ..Parts::default()
        })
    }

    fn of_post(post: &'e Post) -> Option<Parts<'e>> {
        let kind = match post.kind {
            PostKind::Message => kind::MESSAGE,
            PostKind::Notice => kind::NOTICE,
            PostKind::Tags if post.is_lasting() => kind::TAGS,
            PostKind::Tags => return None,
        };
        let (target, other) = addressed(&post.target)?;
        Some(Parts {
            kind,
            target: Some(target),
            other,
            text: Some(Cow::Borrowed(&post.text)),
            tags: (!post.tags.is_empty()).then_some(&*post.tags),
            retry: post.retry.as_deref(),
            about: None,
            concat: joined(post.pieces()),
        })
    }
}

/// A target as the columns `target` and `other` have it; `None` for one of which nothing is kept.
fn addressed(target: &Target) -> Option<(&str, Option<i64>)> {
    match target {
        Target::Room(name) => Some((name.as_str(), None)),
        Target::Person { nick, identity, .. } => Some((nick.as_str(), Some(number(identity.0)))),
        Target::Ranked(..) => None,
    }
}

/// What is found in `heard` together. These never change either.
pub(super) fn class(class: Class) -> i64 {
    match class {
        Class::Words => 0,
        Class::Event => 1,
        Class::Tags => 2,
        Class::Redaction => 3,
    }
}

/// Numbers with commas between.
fn joined(places: &[u32]) -> Option<String> {
    let places: Vec<String> = places.iter().map(u32::to_string).collect();
    (!places.is_empty()).then(|| places.join(","))
}

/// Columns hold signed numbers; ours never come near the half that this leaves out.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The other way.
pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// Stands first among the tags of what a bot did, as readers get it. IRCv3 bot-mode.
const BOT: &str = "bot";

/// Tags as they are stored, with the mark of a bot.
pub(super) fn marked<'e>(tags: Option<&'e str>, source: &Source) -> Option<Cow<'e, str>> {
    match (tags, source.is_bot) {
        (tags, false) => tags.map(Cow::Borrowed),
        (None, true) => Some(Cow::Borrowed(BOT)),
        (Some(tags), true) => Some(Cow::Owned(format!("{BOT};{tags}"))),
    }
}

/// Whether a bot did it, and the other tags.
fn unmarked(tags: &str) -> (bool, &str) {
    match tags.strip_prefix(BOT) {
        Some("") => (true, ""),
        Some(rest) => rest
            .strip_prefix(';')
            .map_or((false, tags), |rest| (true, rest)),
        None => (false, tags),
    }
}

/// Reads a row of [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Committed> {
    let (is_bot, _) = unmarked(optional(row, 10)?.unwrap_or_default());
    let source = Source::new(nick(row, 4)?, text(row, 5)?, text(row, 6)?).as_bot(is_bot);
    Ok(Committed {
        seq: Seq(unsigned(row.get(0)?)),
        aside: 0,
        at: Timestamp(row.get(1)?),
        entry: Entry {
            who: PersonId::NOBODY,
            identity: Identity(unsigned(row.get(3)?)),
            source: Arc::new(source),
            act: act(row)?,
        },
    })
}

fn act(row: &Row<'_>) -> rusqlite::Result<Act> {
    let words = || -> rusqlite::Result<Arc<str>> { Ok(text(row, 9)?.into()) };
    Ok(match row.get(2)? {
        kind::MESSAGE => Act::Post(post(row, PostKind::Message)?),
        kind::NOTICE => Act::Post(post(row, PostKind::Notice)?),
        kind::JOIN => Act::Join {
            room: room(row)?,
            real_name: words()?,
            key: None,
        },
        kind::PART => Act::Part {
            room: room(row)?,
            reason: optional(row, 9)?.map(Arc::from),
        },
        kind::QUIT => Act::Quit {
            reason: words()?,
            rooms: Box::default(),
        },
        kind::NAME => Act::Name {
            new: nick(row, 7)?,
            rooms: Box::default(),
        },
        kind::TOPIC => Act::Topic {
            room: room(row)?,
            text: words()?,
        },
        kind::MODE => Act::Mode {
            room: room(row)?,
            changes: Box::default(),
            // Older versions stored the keys too.
            text: modes::without_keys(text(row, 9)?).into(),
        },
        kind::KICK => kick(row)?,
        kind::TAGS => Act::Post(post(row, PostKind::Tags)?),
        kind::REDACT => Act::Redact(redaction(row)?),
        _ => return Err(wrong(2, "no such kind of entry")),
    })
}

fn kick(row: &Row<'_>) -> rusqlite::Result<Act> {
    let (name, reason) = text(row, 9)?
        .split_once(' ')
        .ok_or_else(|| wrong(9, "no name"))?;
    Ok(Act::Kick {
        room: room(row)?,
        id: PersonId::NOBODY,
        nick: Nick::new(name).map_err(|_| wrong(9, "not a name"))?,
        reason: reason.into(),
    })
}

fn target(row: &Row<'_>) -> rusqlite::Result<Target> {
    Ok(match row.get::<_, Option<i64>>(8)? {
        None => Target::Room(room(row)?),
        Some(identity) => Target::Person {
            id: PersonId::NOBODY,
            identity: Identity(unsigned(identity)),
            nick: nick(row, 7)?,
        },
    })
}

fn redaction(row: &Row<'_>) -> rusqlite::Result<Redaction> {
    let msgid = text(row, 12)?;
    let place = msgid.rsplit_once('-').map(|(_, place)| place.parse());
    let Some(Ok(place)) = place else {
        return Err(wrong(12, "not the id of a message"));
    };
    Ok(Redaction {
        target: target(row)?,
        seq: Seq(place),
        msgid: msgid.into(),
        author: None,
        reason: optional(row, 9)?.map(Arc::from),
    })
}

fn post(row: &Row<'_>, kind: PostKind) -> rusqlite::Result<Post> {
    let text = words(row)?;
    let pieces = optional(row, 13)?.map(places).transpose()?;
    Ok(Post {
        target: target(row)?,
        kind,
        text: text.into(),
        tags: unmarked(optional(row, 10)?.unwrap_or_default()).1.into(),
        retry: optional(row, 11)?.map(Arc::from),
        concat: Post::concat_of(text, pieces),
    })
}

/// What was said may have several lines: whoever tells it tells each by itself.
fn words<'r>(row: &'r Row<'_>) -> rusqlite::Result<&'r str> {
    let words = row.get_ref(9)?.as_str_or_null()?;
    let words = words.ok_or_else(|| wrong(9, "nothing is there"))?;
    without(words, &['\r', '\0'], 9)
}

/// A place that is none in its text is left out by whoever tells it.
fn places(joined: &str) -> rusqlite::Result<Arc<Vec<u32>>> {
    let places = joined.split(',').filter(|place| !place.is_empty());
    let places: Result<Vec<u32>, _> = places.map(str::parse).collect();
    places
        .map(Arc::new)
        .map_err(|_| wrong(13, "not numbers with commas between"))
}

fn room(row: &Row<'_>) -> rusqlite::Result<RoomName> {
    RoomName::new(text(row, 7)?).map_err(|_| wrong(7, "not the name of a room"))
}

fn nick(row: &Row<'_>, column: usize) -> rusqlite::Result<Nick> {
    Nick::new(text(row, column)?).map_err(|_| wrong(column, "not a name"))
}

/// A text that fits into a line: a CR in it would let whoever wrote it speak as the server.
fn text<'r>(row: &'r Row<'_>, column: usize) -> rusqlite::Result<&'r str> {
    optional(row, column)?.ok_or_else(|| wrong(column, "nothing is there"))
}

fn optional<'r>(row: &'r Row<'_>, column: usize) -> rusqlite::Result<Option<&'r str>> {
    let text = row.get_ref(column)?.as_str_or_null()?;
    text.map(|text| without(text, &['\r', '\n', '\0'], column))
        .transpose()
}

fn without<'t>(text: &'t str, ends: &[char], column: usize) -> rusqlite::Result<&'t str> {
    match text.contains(ends) {
        true => Err(wrong(column, "a line end is in it")),
        false => Ok(text),
    }
}

fn wrong(column: usize, why: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, why.into())
}
