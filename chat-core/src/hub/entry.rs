//! What a room can see: the entries of the journal. Floor 1.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use super::Redaction;
use crate::hub::modes::{self, Change};
use crate::hub::ranks::Rank;
use crate::id::{Identity, PersonId, Seq};
use crate::limits::LINE_BYTES_MAX;
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// Somebody as the others see them: `nick!user@host`. One text, since that is how it is told each time
/// that they say something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Their name at that moment.
    pub nick: Nick,
    mask: Box<str>,
    /// Where the user part and the host begin in the mask.
    user_at: u16,
    host_at: u16,
    /// They say of themselves that they are a program. IRCv3 bot-mode.
    pub is_bot: bool,
}

impl Source {
    /// Somebody with a user part as given at registration, and the keyed hash of their address for a
    /// host; never the address. Neither holds `!`, `@` or a space.
    #[must_use]
    pub fn new(nick: Nick, user: &str, host: &str) -> Source {
        let user_at = nick.as_str().len() + "!".len();
        let host_at = user_at + user.len() + "@".len();
        // Names are short; a place that cannot be is an empty part.
        let at = |place: usize| u16::try_from(place).unwrap_or(0);
        Source {
            mask: format!("{nick}!{user}@{host}").into(),
            user_at: at(user_at),
            host_at: at(host_at),
            is_bot: false,
            nick,
        }
    }

    /// The same person as a bot, or as none.
    #[must_use]
    pub fn as_bot(&self, is_bot: bool) -> Source {
        Source {
            is_bot,
            ..self.clone()
        }
    }

    /// The same person under another name.
    #[must_use]
    pub fn renamed(&self, nick: Nick) -> Source {
        Source::new(nick, self.user(), self.host()).as_bot(self.is_bot)
    }

    /// The same person where the server says what they do: what is told of them comes from it.
    #[must_use]
    pub fn told_by(&self, server: &str) -> Source {
        Source {
            mask: server.into(),
            user_at: u16::MAX,
            host_at: u16::MAX,
            is_bot: false,
            nick: self.nick.clone(),
        }
    }

    /// `nick!user@host`.
    #[must_use]
    pub fn mask(&self) -> &str {
        &self.mask
    }

    /// The user part.
    #[must_use]
    pub fn user(&self) -> &str {
        let end = usize::from(self.host_at).saturating_sub("@".len());
        self.mask
            .get(usize::from(self.user_at)..end)
            .unwrap_or_default()
    }

    /// The keyed hash of their address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.mask
            .get(usize::from(self.host_at)..)
            .unwrap_or_default()
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mask)
    }
}

/// One thing that somebody did, to be given its place in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who did it. Stale by the time of the commit if they left since.
    pub who: PersonId,
    /// Whose history it belongs to.
    pub identity: Identity,
    /// Who did it, as the others see them.
    pub source: Arc<Source>,
    /// What they did.
    pub act: Act,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// Said something.
    Post(Post),
    /// Entered a room.
    Join {
        /// The room.
        room: RoomName,
        /// Their real name, for `extended-join`.
        real_name: Arc<str>,
        /// The room's key as they gave it, if it can be one: the room may get one while they are on their way. Not kept.
        key: Option<Arc<str>>,
    },
    /// Left a room.
    Part {
        /// The room.
        room: RoomName,
        /// Why, if they said so.
        reason: Option<Arc<str>>,
    },
    /// Left the chat.
    Quit {
        /// Why: their own words or the house's.
        reason: Arc<str>,
        /// The rooms that they were in: it is part of what happened there. Empty in one that is read again.
        rooms: Box<[RoomName]>,
    },
    /// Took another name.
    Name {
        /// The new one; the old one is in the source.
        new: Nick,
        /// The rooms that they are in: it is part of what happened there. Empty in one that is read again.
        rooms: Box<[RoomName]>,
    },
    /// Set or cleared a room's topic.
    Topic {
        /// The room.
        room: RoomName,
        /// Empty when cleared.
        text: Arc<str>,
    },
    /// Went away, or came back. Told by `away-notify`.
    Away {
        /// Why; `None` is back.
        reason: Option<Arc<str>>,
    },
    /// Changed their real name. Told by `setname`.
    RealName {
        /// The new one.
        real_name: Arc<str>,
    },
    /// Asked somebody into a room.
    Invite {
        /// Who was asked.
        nick: Nick,
        /// Where to.
        room: RoomName,
    },
    /// Changed modes of a room.
    Mode {
        /// The room.
        room: RoomName,
        /// What takes effect; empty in one that is read again.
        changes: Box<[Change]>,
        /// The same as MODE tells it; in one that is read again, without keys.
        text: Arc<str>,
    },
    /// Sent somebody out of a room.
    Kick {
        /// The room.
        room: RoomName,
        /// Who has to go; nobody in one that is read again.
        id: PersonId,
        /// Their name.
        nick: Nick,
        /// Why.
        reason: Arc<str>,
    },
    /// Took back something that was said.
    Redact(Redaction),
}

/// Something said, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Where it goes.
    pub target: Target,
    /// Which of the three commands.
    pub kind: PostKind,
    /// The words, with `\n` between lines if there are several; empty for [`PostKind::Tags`].
    pub text: Arc<str>,
    /// Client-only tags (`+…`), as they came and still escaped, without `@`; mostly empty.
    pub tags: Arc<str>,
    /// By which its author may send it again without saying it twice; told to nobody. A journal that outlives the chat
    /// keeps it.
    pub retry: Option<Arc<str>>,
    /// `None` if one line tells it. Otherwise where in the text, in bytes, those pieces begin that go on with the line of
    /// the one before; mostly nowhere. IRCv3 multiline, "Fallback". See [`Post::concat_of`].
    pub concat: Option<Arc<Vec<u32>>>,
}

impl Post {
    /// What [`Post::concat`] is with this text: there if it may take several lines to tell it, whatever was said of its
    /// pieces. It is found out once, and not by everybody who tells it.
    #[must_use]
    pub fn concat_of(text: &str, pieces: Option<Arc<Vec<u32>>>) -> Option<Arc<Vec<u32>>> {
        let text = text.as_bytes();
        let takes_several = || text.len() > LINE_BYTES_MAX || memchr(b'\n', text).is_some();
        pieces.or_else(|| takes_several().then(Arc::default))
    }

    /// The places of [`Post::concat`].
    #[must_use]
    pub fn pieces(&self) -> &[u32] {
        self.concat.as_deref().map_or(&[], Vec::as_slice)
    }

    /// Whether it takes several lines to tell it, or may.
    #[must_use]
    pub fn is_multiline(&self) -> bool {
        self.concat.is_some()
    }
}

/// Where a post goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// To everybody in a room.
    Room(RoomName),
    /// To those in a room who have at least this rank. Transient: in the room's history, others would read it.
    Ranked(RoomName, Rank),
    /// To one person.
    Person {
        /// Who.
        id: PersonId,
        /// Whose history it belongs to, besides the author's.
        identity: Identity,
        /// Their name at that moment.
        nick: Nick,
    },
}

/// The three commands that say something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PostKind {
    /// PRIVMSG.
    Message,
    /// NOTICE: never answered, not even with an error.
    Notice,
    /// TAGMSG: tags alone. Transient, but for reactions.
    Tags,
}

impl Entry {
    /// Whether it is one of the three commands that say something.
    #[must_use]
    pub fn is_post(&self) -> bool {
        matches!(self.act, Act::Post(_))
    }

    /// Whether the journal keeps it. A transient entry has its place in the order and is gone.
    #[must_use]
    pub fn is_durable(&self) -> bool {
        match &self.act {
            Act::Post(post) => post.is_lasting(),
            Act::Away { .. } | Act::RealName { .. } | Act::Invite { .. } => false,
            _ => true,
        }
    }
}

impl Entry {
    /// In how many lines it is told, about.
    #[must_use]
    pub fn lines(&self) -> usize {
        match &self.act {
            Act::Post(post) if post.is_multiline() => {
                let long = post.text.len() / LINE_BYTES_MAX;
                let pieces = post.pieces().len();
                memchr_iter(b'\n', post.text.as_bytes()).count() + pieces.max(long) + 1
            }
            _ => 1,
        }
    }

    /// Bytes of what was written, without names: what bounds go by.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.act {
            Act::Post(post) => {
                let retry = post.retry.as_ref().map_or(0, |id| id.len());
                post.text.len() + post.tags.len() + retry + size_of_val(post.pieces())
            }
            Act::Quit { reason, .. } | Act::Kick { reason, .. } => reason.len(),
            Act::Mode { text, .. } => text.len(),
            Act::Topic { text, .. } => text.len(),
            Act::Part { reason, .. } | Act::Away { reason } => {
                reason.as_ref().map_or(0, |reason| reason.len())
            }
            Act::Join { real_name, key, .. } => {
                real_name.len() + key.as_ref().map_or(0, |key| key.len())
            }
            Act::RealName { real_name } => real_name.len(),
            Act::Redact(redaction) => {
                let reason = redaction.reason.as_ref().map_or(0, |reason| reason.len());
                redaction.msgid.len() + reason
            }
            Act::Name { .. } | Act::Invite { .. } => 0,
        }
    }
}

/// An entry that has its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its place in the order. A transient entry has that of the durable one before it.
    pub seq: Seq,
    /// Which of the transient entries behind that place it is, from 1; 0 for a durable entry.
    pub aside: u32,
    /// When it got it.
    pub at: Timestamp,
    /// What happened.
    pub entry: Entry,
}

impl Committed {
    /// What a history has of it, if that is less than what was told.
    #[must_use]
    pub fn as_kept(&self) -> Option<Committed> {
        let Act::Mode { room, text, .. } = &self.entry.act else {
            return None;
        };
        let Cow::Owned(text) = modes::without_keys(text) else {
            return None;
        };
        let mut kept = self.clone();
        kept.entry.act = Act::Mode {
            room: room.clone(),
            changes: Box::default(),
            text: text.into(),
        };
        Some(kept)
    }
}

/// Why an entry has no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotKept {
    /// The disk has no place for it.
    DiskFull,
    /// The disk does not take it: it is broken, gone or read-only.
    DiskFailed,
    /// More waits for the disk than may.
    Busy,
    /// Whatever the journal says no for.
    Refused,
}

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotKept::DiskFull => "the disk of this chat is full",
            NotKept::DiskFailed => "the disk of this chat does not take it",
            NotKept::Busy => "the disk of this chat cannot keep up",
            NotKept::Refused => "the journal of this chat does not take it",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_moved_without_a_call() {
        // One of more than 128 bytes is moved by a call to memcpy: docs/performance.md.
        assert!(size_of::<Act>() <= 104, "{}", size_of::<Act>());
        assert!(size_of::<Entry>() <= 128, "{}", size_of::<Entry>());
    }

    #[test]
    fn a_source_knows_its_parts_under_any_name() {
        let nick = |text| Nick::new(text).unwrap();
        let ana = Source::new(nick("ana"), "a", "cafe");
        let zoe = ana.renamed(nick("zoé"));
        for (source, mask) in [(&ana, "ana!a@cafe"), (&zoe, "zoé!a@cafe")] {
            assert_eq!((source.mask(), source.to_string().as_str()), (mask, mask));
            assert_eq!((source.user(), source.host()), ("a", "cafe"));
        }
        assert_eq!(Source::new(nick("x"), "", "").mask(), "x!@");
        let told = ana.told_by("chat.local");
        assert_eq!(
            (told.mask(), told.user(), told.host()),
            ("chat.local", "", "")
        );
        assert!(ana.as_bot(true).renamed(nick("zoé")).is_bot && !zoe.is_bot);
    }
}
