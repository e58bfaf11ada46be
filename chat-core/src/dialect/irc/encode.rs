//! What happened, as a reader with certain capabilities gets it.
//!
//! ```text
//! @time=2026-11-23T08:15:30.042Z;msgid=e-7;+draft/reply=e-6 :ana!a@h PRIVMSG #lobby :hello
//!  └ server-time ──────────────┘ └ message-tags ──────────┘
//! ```
//!
//! A message of several lines is told in several, with `\n` between: `lines`. Every other is one line, whatever is in it.
//!
//! What is told live and what is read again in a history are the same line but for the batch.
//!
//! A broadcast is encoded once for all readers that agree in [`Caps::FORM`]. What a direct answer has
//! besides (label, batch) is an [`Extra`].

mod lines;

use std::borrow::Cow;

use super::caps::Caps;
use super::msgid::Msgid;
use super::redact;
use super::reply::Line;
use super::tags::TagWriter;
use crate::hub::entry::{Act, Committed, Post, PostKind, Source, Target};
use crate::id::Seq;
use crate::limits::LINE_OUT_BYTES_MAX;

/// The tags of a direct answer: an echo with a label, a line of a batch. Values are escaped already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extra<'a> {
    /// `label=`: as it came with the question. IRCv3 labeled-response.
    pub label: Option<&'a str>,
    /// `batch=`: the batch that the line belongs to. IRCv3 batch.
    pub batch: Option<&'a str>,
    /// The time as [`Timestamp::iso`] has it, if somebody has written it already.
    ///
    /// [`Timestamp::iso`]: crate::time::Timestamp::iso
    pub time: Option<&'a str>,
}

/// Appends the line that a reader with these capabilities gets, or the lines with `\n` between. False, and
/// nothing is written, if such a reader gets nothing.
///
/// Only members of the room are meant: whoever is invited gets the INVITE whatever it agreed on, so
/// for that one reader add [`Caps::INVITE_NOTIFY`].
pub fn encode(committed: &Committed, form: Caps, epoch: &str, out: &mut String) -> bool {
    encode_for(committed, form, epoch, Extra::default(), out)
}

/// The same, as a direct answer.
pub fn encode_for(
    committed: &Committed,
    caps: Caps,
    epoch: &str,
    extra: Extra<'_>,
    out: &mut String,
) -> bool {
    let act = &committed.entry.act;
    if !caps.has(needed(act)) {
        return false;
    }
    if let Act::Post(post) = act
        && post.is_multiline()
    {
        return lines::write(committed, post, caps, epoch, extra, out);
    }
    write_tags(committed, caps, epoch, extra, out);
    write_line(&committed.entry.source, act, caps, out);
    true
}

/// Bytes that the text of a post may have, so that its line is not cut on the way out.
#[must_use]
pub fn text_bytes_max(source: &Source, kind: PostKind, target: &str) -> usize {
    let mut line = String::new();
    Line::from_person(&mut line, source, command(kind))
        .param(target)
        .text("");
    LINE_OUT_BYTES_MAX.saturating_sub(super::reply::CRLF_BYTES + line.len())
}

/// What a reader must have agreed on to be told at all.
fn needed(act: &Act) -> Caps {
    match act {
        Act::Post(post) if post.kind == PostKind::Tags => Caps::MESSAGE_TAGS,
        Act::Away { .. } => Caps::AWAY_NOTIFY,
        Act::RealName { .. } => Caps::SETNAME,
        Act::Invite { .. } => Caps::INVITE_NOTIFY,
        Act::Redact(_) => Caps::MESSAGE_REDACTION,
        _ => Caps::NONE,
    }
}

/// Server tags come before client-only ones. IRCv3 message-tags, "Client-only tags".
fn write_tags(committed: &Committed, caps: Caps, epoch: &str, extra: Extra<'_>, out: &mut String) {
    let mut tags = TagWriter::new(out);
    for (key, value) in [("label", extra.label), ("batch", extra.batch)] {
        if let Some(value) = value {
            tags.tag(key, value);
        }
    }
    write_time(&mut tags, committed, caps, extra);
    if caps.has(Caps::MESSAGE_TAGS) {
        if has_msgid(committed) {
            tags.tag_with("msgid", |out| Msgid::of(committed, epoch).push(out));
        }
        if committed.entry.source.is_bot {
            tags.data(BOT_TAG);
        }
        if let Act::Post(post) = &committed.entry.act {
            tags.data(&post.tags);
        }
    }
    tags.end();
}

fn write_time(tags: &mut TagWriter<'_>, committed: &Committed, caps: Caps, extra: Extra<'_>) {
    if caps.has(Caps::SERVER_TIME) {
        tags.tag_with("time", |out| match extra.time {
            Some(time) => out.push_str(time),
            None => committed.at.push_iso(out),
        });
    }
}

/// Posts, since they may be answered, and whatever stands in a history, since it may be asked for what came after
/// it. A farewell that could not be stored has no place.
fn has_msgid(committed: &Committed) -> bool {
    let entry = &committed.entry;
    entry.is_post() || (entry.is_durable() && committed.seq > Seq(0))
}

fn write_line(source: &Source, act: &Act, caps: Caps, out: &mut String) {
    let line = Line::from_person(out, source, verb(act));
    match act {
        Act::Post(post) => write_post(line, post),
        Act::Join {
            room, real_name, ..
        } if caps.has(Caps::EXTENDED_JOIN) => {
            line.param(room.as_str()).param(NO_ACCOUNT).text(real_name);
        }
        Act::Join { room, .. } => line.param(room.as_str()).end(),
        Act::Part { room, reason } => end_with(line.param(room.as_str()), reason.as_deref()),
        Act::Quit { reason, .. } => line.text(reason),
        Act::Name { new, .. } => line.param(new.as_str()).end(),
        Act::Topic { room, text } => line.param(room.as_str()).text(text),
        Act::Away { reason } => end_with(line, reason.as_deref()),
        Act::RealName { real_name } => line.text(real_name),
        Act::Invite { nick, room } => line.param(nick.as_str()).param(room.as_str()).end(),
        Act::Mode { room, text, .. } => {
            line.param(room.as_str())
                .params(&text.split(' ').collect::<Vec<_>>())
                .end();
        }
        Act::Kick {
            room, nick, reason, ..
        } => {
            line.param(room.as_str()).param(nick.as_str()).text(reason);
        }
        Act::Redact(redaction) => redact::write(line, redaction),
    }
}

fn write_post(line: Line<'_>, post: &Post) {
    let line = line.param(&target(post));
    match post.kind {
        PostKind::Tags => line.end(),
        PostKind::Message | PostKind::Notice => line.words(&post.text),
    }
}

fn target(post: &Post) -> Cow<'_, str> {
    match &post.target {
        Target::Room(room) => room.as_str().into(),
        Target::Ranked(room, rank) => format!("{}{room}", rank.prefix()).into(),
        Target::Person { nick, .. } => nick.as_str().into(),
    }
}

fn end_with(line: Line<'_>, text: Option<&str>) {
    match text {
        Some(text) => line.text(text),
        None => line.end(),
    }
}

fn verb(act: &Act) -> &'static str {
    match act {
        Act::Post(post) => command(post.kind),
        Act::Join { .. } => "JOIN",
        Act::Part { .. } => "PART",
        Act::Quit { .. } => "QUIT",
        Act::Name { .. } => "NICK",
        Act::Topic { .. } => "TOPIC",
        Act::Away { .. } => "AWAY",
        Act::RealName { .. } => "SETNAME",
        Act::Invite { .. } => "INVITE",
        Act::Mode { .. } => "MODE",
        Act::Kick { .. } => "KICK",
        Act::Redact(_) => redact::COMMAND,
    }
}

/// The command that says something in this way.
#[must_use]
pub fn command(kind: PostKind) -> &'static str {
    match kind {
        PostKind::Message => "PRIVMSG",
        PostKind::Notice => "NOTICE",
        PostKind::Tags => "TAGMSG",
    }
}

/// On whatever a bot does. IRCv3 bot-mode.
pub const BOT_TAG: &str = "bot";

/// Stands for the account of somebody who has none. IRCv3 extended-join.
const NO_ACCOUNT: &str = "*";

#[cfg(test)]
mod tests;
