//! What happened, in words for a terminal.

use std::fmt::{Display, Write};

use crate::dialect::QUIT_MARK;
use crate::dialect::terminal::visible;
use crate::hub::entry::{Act, Committed, Post, PostKind, Source, Target};

/// Appends the line that others see. False, and nothing is written, if there is none: tags alone,
/// away, real names and CTCP are nothing for a terminal.
pub fn encode(committed: &Committed, out: &mut String) -> bool {
    let source = &committed.entry.source;
    match &committed.entry.act {
        Act::Post(post) => return others_post(source, post, out),
        Act::Join { room, .. } => told(out, source, format_args!("joined {room}")),
        Act::Part { room, reason } => {
            told(
                out,
                source,
                format_args!("left {room}{}", Reason(reason.as_deref())),
            );
        }
        Act::Quit { reason } => told(out, source, format_args!("is gone{}", own_words(reason))),
        Act::Name { new } => told(out, source, format_args!("is now called {new}")),
        Act::Topic { text, .. } if text.is_empty() => told(out, source, "cleared the topic"),
        Act::Topic { text, .. } => told(
            out,
            source,
            format_args!("set the topic: {}", visible(text)),
        ),
        Act::Invite { nick, room } => told(out, source, format_args!("invites {nick} to {room}")),
        Act::Away { .. } | Act::RealName { .. } => return false,
    }
    true
}

/// The line that the author of a direct message sees. False for everything else: what one said
/// oneself stands on the terminal already.
pub fn encode_own(committed: &Committed, out: &mut String) -> bool {
    let Act::Post(post) = &committed.entry.act else {
        return false;
    };
    let (Target::Person { nick, .. }, Some(said)) = (&post.target, Said::of(post)) else {
        return false;
    };
    match said {
        Said::Text(text) => put(out, format_args!("you (to {nick}): {}", visible(text))),
        Said::Action(text) => put(out, format_args!("* you (to {nick}) {}", visible(text))),
    }
    true
}

fn others_post(source: &Source, post: &Post, out: &mut String) -> bool {
    let Some(said) = Said::of(post) else {
        return false;
    };
    let nick = &source.nick;
    let to = if matches!(post.target, Target::Person { .. }) {
        " (to you)"
    } else {
        ""
    };
    match (said, post.kind) {
        (Said::Action(text), _) => put(out, format_args!("* {nick}{to} {}", visible(text))),
        (Said::Text(text), PostKind::Notice) => {
            put(out, format_args!("-{nick}{to}- {}", visible(text)));
        }
        (Said::Text(text), _) => put(out, format_args!("{nick}{to}: {}", visible(text))),
    }
    true
}

/// The words of a post, if it has any.
enum Said<'a> {
    Text(&'a str),
    Action(&'a str),
}

impl<'a> Said<'a> {
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

/// ` (because)`, or nothing.
struct Reason<'a>(Option<&'a str>);

impl Display for Reason<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(reason) if !reason.is_empty() => write!(f, " ({})", visible(reason)),
            _ => Ok(()),
        }
    }
}

/// The mark that others' clients want to see says nothing here.
fn own_words(reason: &str) -> Reason<'_> {
    Reason(Some(reason.strip_prefix(QUIT_MARK).unwrap_or(reason)))
}

fn told(out: &mut String, source: &Source, what: impl Display) {
    put(out, format_args!("* {} {what}", source.nick));
}

fn put(out: &mut String, what: impl Display) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{what}");
}

const CTCP: char = '\x01';

#[cfg(test)]
mod tests;
