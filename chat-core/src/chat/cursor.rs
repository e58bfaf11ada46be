//! Replies of any length: written as fast as they are read, never queued whole. Floor 5.
//!
//! A [`Cursor`] knows what it has said so far, not what is left: it looks the rest up when there is
//! place again. Who has one open is not read from, so that nobody is cut for asking and nobody can
//! make us remember more than one line's worth of questions.

use super::Chat;
use super::answer::AnswerKey;
use super::history::Lines;
use super::list::List;
use super::monitor::Reply;
use super::queries::shown_prefixes;
use super::turn::Turn;
use super::who::Who;
use crate::dialect::irc::Caps;
use crate::dialect::irc::numeric::{RPL_ENDOFNAMES, RPL_LISTEND, RPL_NAMREPLY};
use crate::dialect::irc::operator::BanKind;
use crate::hub::modes::Flag;
use crate::hub::{Member, Room};
use crate::id::PersonId;
use crate::limits::LINE_OUT_BYTES_MAX;
use crate::names::RoomName;

/// A reply on its way.
#[derive(Debug)]
pub(super) struct Cursor {
    pub(super) answer: AnswerKey,
    kind: Kind,
    ended: bool,
}

#[derive(Debug)]
enum Kind {
    Names {
        room: RoomName,
        last: Option<PersonId>,
    },
    Who(Who),
    List(List),
    Monitored(Reply),
    History {
        lines: Lines,
        batch: Option<String>,
    },
    Bans {
        kind: BanKind,
        next: usize,
    },
}

impl Cursor {
    /// The people of a room, some in a line. RFC 2812 §3.2.5.
    pub(super) fn names(room: RoomName, answer: AnswerKey) -> Cursor {
        Cursor {
            answer,
            kind: Kind::Names { room, last: None },
            ended: false,
        }
    }

    /// People, each with a line. RFC 2812 §3.6.1.
    pub(super) fn who(who: Who, answer: AnswerKey) -> Cursor {
        Cursor {
            answer,
            kind: Kind::Who(who),
            ended: false,
        }
    }

    /// Rooms. RFC 2812 §3.2.6.
    pub(super) fn list(list: List, answer: AnswerKey) -> Cursor {
        Cursor {
            answer,
            kind: Kind::List(list),
            ended: false,
        }
    }

    /// Names that are watched. IRCv3 monitor.
    pub(super) fn monitored(reply: Reply, answer: AnswerKey) -> Cursor {
        Cursor {
            answer,
            kind: Kind::Monitored(reply),
            ended: false,
        }
    }

    /// What was said. IRCv3 chathistory; the batch is open already, if there is to be one.
    pub(super) fn history(lines: Lines, batch: Option<String>, answer: AnswerKey) -> Cursor {
        Cursor {
            answer,
            kind: Kind::History { lines, batch },
            ended: false,
        }
    }

    /// Who is kept away from the server.
    pub(super) fn bans(kind: BanKind, answer: AnswerKey) -> Cursor {
        Cursor {
            answer,
            kind: Kind::Bans { kind, next: 0 },
            ended: false,
        }
    }

    /// The next line, the last one included; `None` when there is no more.
    fn next(&mut self, chat: &Chat, who: PersonId) -> Option<String> {
        if self.ended {
            return None;
        }
        let line = match &mut self.kind {
            Kind::Names { room, last } => names(chat, who, room, last),
            Kind::Who(asked) => asked.next(chat, who),
            Kind::List(list) => list.next(chat, who),
            Kind::Monitored(reply) => reply.next(chat, who),
            Kind::History { lines, batch } => lines.next(chat, who, batch.as_deref()),
            Kind::Bans { kind, next } => chat.ban_line(who, *kind, next),
        };
        line.or_else(|| {
            self.ended = true;
            self.last_line(chat, who)
        })
    }

    fn last_line(&self, chat: &Chat, who: PersonId) -> Option<String> {
        match &self.kind {
            Kind::Names { room, .. } => {
                Some(chat.numeric(who, RPL_ENDOFNAMES, &[room.as_str()], "end of names"))
            }
            Kind::Who(asked) => Some(asked.last_line(chat, who)),
            Kind::List(_) => Some(chat.numeric(who, RPL_LISTEND, &[], "end of list")),
            Kind::Monitored(reply) => reply.last_line(chat, who),
            Kind::History { batch, .. } => batch
                .as_ref()
                .map(|batch| format!(":{} BATCH -{batch}", chat.house.server)),
            Kind::Bans { kind, .. } => {
                let mut line = String::new();
                let text = format_args!("end of {} LIST", kind.command());
                chat.reader(who).notice(&mut line, text);
                Some(line)
            }
        }
    }
}

impl Turn<'_> {
    /// Begins a reply of any length.
    pub(super) fn stream(&mut self, who: PersonId, cursor: Cursor) {
        let answer = cursor.answer;
        let Some(speaker) = self.chat.speaker_mut(who) else {
            return;
        };
        speaker.push_cursor(cursor);
        speaker.holds.reply = true;
        self.keep_open(answer);
        self.pump(who);
    }

    /// Writes as much of somebody's replies as may wait for them, and reads on after the last.
    pub(super) fn pump(&mut self, who: PersonId) {
        while let Some(mut cursor) = self.take_cursor(who) {
            if !self.pump_one(who, &mut cursor) {
                if let Some(speaker) = self.chat.speaker_mut(who) {
                    speaker.put_cursor_back(cursor);
                }
                self.people.want_drained(who);
                return;
            }
            self.close(cursor.answer);
        }
        let Some(speaker) = self.chat.speaker_mut(who) else {
            return;
        };
        if std::mem::replace(&mut speaker.holds.reply, false) {
            self.go_on(who);
        }
    }

    fn take_cursor(&mut self, who: PersonId) -> Option<Cursor> {
        self.chat.speaker_mut(who)?.next_cursor()
    }

    /// False when there is no place for more.
    fn pump_one(&mut self, who: PersonId, cursor: &mut Cursor) -> bool {
        let place = self.chat.limits.send_queue_bytes / 4;
        while self.people.queued(who) as u64 <= place {
            match cursor.next(self.chat, who) {
                Some(line) => self.say_now(cursor.answer, line),
                None => return true,
            }
        }
        false
    }
}

/// As many names as fit a line.
fn names(
    chat: &Chat,
    who: PersonId,
    room: &RoomName,
    last: &mut Option<PersonId>,
) -> Option<String> {
    // It may have become secret since, or whoever asks have had to go.
    let there = chat.hub.seen_room(who, room).ok()?;
    let members = after(chat, room, *last)?;
    let reader = chat.reader(who);
    let place = NAMES_BYTES_MAX.saturating_sub(room.as_str().len() + reader.nick.len());
    let sees_all = there.has(who) || chat.hub.is_server_operator(who);
    let mut text = String::with_capacity(NAMES_BYTES_MAX);
    for &id in members {
        let member = chat.hub.person(id);
        let Some(member) = member.filter(|_| sees_all || chat.shows(who, id)) else {
            continue;
        };
        let before = text.len();
        push_name(&mut text, there, member, reader.caps);
        if before > 0 && text.len() > place {
            text.truncate(before);
            break;
        }
        *last = Some(id);
    }
    if text.is_empty() {
        return None;
    }
    let is_secret = there.settings.modes.has(Flag::Secret);
    let kind = if is_secret { "@" } else { "=" };
    let mut line = String::with_capacity(LINE_OUT_BYTES_MAX);
    reader.say(&mut line, RPL_NAMREPLY, &[kind, room.as_str()], &text);
    Some(line)
}

fn push_name(text: &mut String, room: &Room, member: &Member, caps: Caps) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.extend(shown_prefixes(room.ranks(member.id), caps));
    text.push_str(match caps.has(Caps::USERHOST_IN_NAMES) {
        true => member.source.mask(),
        false => member.source.nick.as_str(),
    });
}

/// Bytes of names in a line: what is left behind the longest server name, and some to spare.
const NAMES_BYTES_MAX: usize = 400;

/// The members behind one of them.
pub(super) fn after<'c>(
    chat: &'c Chat,
    room: &RoomName,
    last: Option<PersonId>,
) -> Option<&'c [PersonId]> {
    let members = chat.hub.room(room)?.members();
    let start = last.map_or(0, |last| members.partition_point(|id| *id <= last));
    members.get(start..)
}
