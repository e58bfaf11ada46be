//! What happened, in words for a terminal.

use std::borrow::Cow;
use std::fmt::{Arguments, Write};

use super::modes::in_words;
use crate::dialect::own_words;
use crate::dialect::terminal::visible;
use crate::hub::entry::{Act, Committed, Post, PostKind, Source, Target};

/// Appends the line that others see, or the lines with `\n` between. False, and nothing is written, if there is none: tags alone,
/// away, real names and CTCP are nothing for a terminal.
pub fn encode(committed: &Committed, out: &mut String) -> bool {
    let source = &committed.entry.source;
    let mut told = |what: Arguments<'_>| put(out, format_args!("* {} {what}", source.nick));
    match &committed.entry.act {
        Act::Post(post) => others_post(source, post, out),
        Act::Join { room, .. } => told(format_args!("joined {room}")),
        Act::Part { room, reason } => {
            told(format_args!("left {room}{}", because(reason.as_deref())))
        }
        // Without the mark that IRC clients expect: on a terminal it says nothing.
        Act::Quit { reason, .. } => {
            told(format_args!("is gone{}", because(Some(own_words(reason)))))
        }
        Act::Name { new, .. } => told(format_args!("is now called {new}")),
        Act::Topic { text, .. } if text.is_empty() => told(format_args!("cleared the topic")),
        Act::Topic { text, .. } => told(format_args!("set the topic: {}", visible(text))),
        Act::Invite { nick, room } => told(format_args!("invites {nick} to {room}")),
        Act::Mode {
            room,
            changes,
            text,
        } => told(format_args!("changes {room}: {}", in_words(changes, text))),
        Act::Kick { nick, reason, .. } => {
            told(format_args!("removed {nick}{}", because(Some(reason))))
        }
        Act::Redact(redaction) => told(format_args!(
            "took back a message{}",
            because(redaction.reason.as_deref())
        )),
        Act::Away { .. } | Act::RealName { .. } => false,
    }
}

/// The line that the author of a direct message sees, or the lines with `\n` between. False for everything else: what one said
/// oneself stands on the terminal already.
pub fn encode_own(committed: &Committed, out: &mut String) -> bool {
    let Act::Post(post) = &committed.entry.act else {
        return false;
    };
    let (Target::Person { nick, .. }, Some(said)) = (&post.target, Said::of(post)) else {
        return false;
    };
    each_line(said.words(), out, |line, out| match said {
        Said::Text(_) => put(out, format_args!("you (to {nick}): {line}")),
        Said::Action(_) => put(out, format_args!("* you (to {nick}) {line}")),
    })
}

fn others_post(source: &Source, post: &Post, out: &mut String) -> bool {
    let Some(said) = Said::of(post) else {
        return false;
    };
    let nick = &source.nick;
    let is_direct = matches!(post.target, Target::Person { .. });
    let to = if is_direct { " (to you)" } else { "" };
    each_line(said.words(), out, |line, out| match (&said, post.kind) {
        (Said::Action(_), _) => put(out, format_args!("* {nick}{to} {line}")),
        (Said::Text(_), PostKind::Notice) => put(out, format_args!("-{nick}{to}- {line}")),
        (Said::Text(_), _) => put(out, format_args!("{nick}{to}: {line}")),
    })
}

/// Appends each line of a text, as a terminal may show it; empty ones too between others, for they make a paste what it is.
/// False if there is none with words.
fn each_line(
    text: &str,
    out: &mut String,
    put: impl Fn(Cow<'_, str>, &mut String) -> bool,
) -> bool {
    let words = text.trim_matches('\n');
    if words.is_empty() && !text.is_empty() {
        return false;
    }
    for (number, line) in words.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        put(visible(line), out);
    }
    true
}

/// The words of a post, if it has any.
enum Said<'a> {
    Text(&'a str),
    Action(&'a str),
}

impl<'a> Said<'a> {
    fn words(&self) -> &'a str {
        match self {
            Said::Text(text) | Said::Action(text) => text,
        }
    }

    /// CTCP other than ACTION is between programs. modern.ircdocs.horse/ctcp, "ACTION".
    fn of(post: &'a Post) -> Option<Said<'a>> {
        let ctcp = post
            .text
            .strip_prefix(CTCP)
            .map(|ctcp| ctcp.strip_suffix(CTCP).unwrap_or(ctcp));
        match (post.kind, ctcp) {
            (PostKind::Tags, _) => None,
            (_, None) => Some(Said::Text(&post.text)),
            (_, Some(ctcp)) => ctcp.strip_prefix("ACTION ").map(Said::Action),
        }
    }
}

/// What `/me` sends.
#[must_use]
pub fn action(text: &str) -> String {
    format!("{CTCP}ACTION {text}{CTCP}")
}

/// ` (reason)`, or nothing.
fn because(reason: Option<&str>) -> String {
    match reason {
        Some(reason) if !reason.is_empty() => format!(" ({})", visible(reason)),
        _ => String::new(),
    }
}

/// Writes a line: true, since there is one.
fn put(out: &mut String, what: Arguments<'_>) -> bool {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(what);
    true
}

const CTCP: char = '\x01';

#[cfg(test)]
mod tests;
