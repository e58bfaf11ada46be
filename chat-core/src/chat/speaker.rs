//! The chat's side of somebody connected: how they speak, how far they are, what holds them. Floor 5.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cursor::Cursor;
use super::missed::Missed;
use super::pace::Pace;
use crate::dialect::Dialect;
use crate::dialect::irc::Caps;
use crate::id::{Identity, PersonId};
use crate::limits::{Limits, UNLIMITED, seconds};
use crate::names::{Nick, RoomName};

/// Somebody connected, as the chat hears them.
#[derive(Debug)]
pub(super) struct Speaker {
    pub(super) id: PersonId,
    pub(super) voice: Voice,
    pub(super) bucket: Bucket,
    /// When they last sent something.
    pub(super) heard: Instant,
    /// When they were asked whether they are still there, and have not answered.
    pub(super) pinged: Option<Instant>,
    pub(super) since: Instant,
    /// When it was noticed that they will send no more than what waits already.
    pub(super) hung_up: Option<Instant>,
    pub(super) holds: Holds,
    pub(super) in_flight: InFlight,
    /// A line that waits until what is in flight has landed.
    pub(super) stash: Option<Box<str>>,
    pub(super) cursors: VecDeque<Cursor>,
    /// They have said nothing yet, at a door where the first line may tell where they come from.
    pub(super) is_new: bool,
    /// They have shown that they know the password.
    pub(super) unlocked: bool,
    pub(super) registered: bool,
    pub(super) relayed: Relayed,
    /// A gateway with the secret holds this connection: it told where they come from.
    pub(super) proven: bool,
    /// They have said goodbye, or were told to go.
    pub(super) leaving: bool,
    pub(super) preset: Option<Box<Preset>>,
    /// What was said to them while they had no connection.
    pub(super) missed: Option<Box<Missed>>,
}

/// What each dialect remembers of somebody.
#[derive(Debug)]
pub(super) enum Voice {
    Irc(IrcVoice),
    Plain(PlainVoice),
}

/// An IRC person's side of the negotiation.
#[derive(Debug, Default)]
pub(super) struct IrcVoice {
    pub(super) caps: Caps,
    /// Of capability negotiation; 302 implies some.
    pub(super) version: u32,
    /// `CAP LS` or `REQ` came and `CAP END` did not: registration waits.
    pub(super) negotiating: bool,
    pub(super) nick: Option<Nick>,
    pub(super) user: Option<(Arc<str>, Arc<str>)>,
    /// User mode `i`: nothing is told of them to whoever shares no room with them.
    pub(super) invisible: bool,
}

/// Somebody at the plain door is in one room at a time.
#[derive(Debug, Default)]
pub(super) struct PlainVoice {
    pub(super) room: Option<RoomName>,
}

/// Who somebody is before they say so: a web session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Their name, unless another one is kept for them by now; whatever NICK they send is answered
    /// with it.
    pub nick: Nick,
    /// Whose history is theirs.
    pub identity: Identity,
}

/// Whether a gateway holds a connection for somebody else, and whether they are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relayed {
    /// Whoever connected is who speaks, as far as we know.
    No,
    /// Somebody is behind the connection.
    Here,
    /// Nobody is at present.
    Away,
}

/// Why somebody's next line is not read yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Holds {
    /// They talk too fast: until then.
    pub(super) flood: Option<Instant>,
    /// Their room cannot keep up.
    pub(super) pace: Option<Pace>,
    /// Something that they did has to be committed first.
    pub(super) commit: bool,
    /// A long reply is on its way.
    pub(super) reply: bool,
}

/// Entries that the journal has not committed yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct InFlight {
    pub(super) posts: u32,
    pub(super) others: u32,
}

impl Speaker {
    pub(super) fn new(id: PersonId, dialect: Dialect, now: Instant) -> Speaker {
        let voice = match dialect {
            Dialect::Irc => Voice::Irc(IrcVoice::default()),
            Dialect::Plain => Voice::Plain(PlainVoice::default()),
        };
        Speaker {
            id,
            voice,
            bucket: Bucket { full_at: now },
            heard: now,
            pinged: None,
            since: now,
            hung_up: None,
            holds: Holds::default(),
            in_flight: InFlight::default(),
            stash: None,
            cursors: VecDeque::new(),
            is_new: false,
            unlocked: false,
            registered: false,
            relayed: Relayed::No,
            proven: false,
            leaving: false,
            preset: None,
            missed: None,
        }
    }

    pub(super) fn irc(&self) -> Option<&IrcVoice> {
        match &self.voice {
            Voice::Irc(irc) => Some(irc),
            Voice::Plain(_) => None,
        }
    }

    pub(super) fn irc_mut(&mut self) -> Option<&mut IrcVoice> {
        match &mut self.voice {
            Voice::Irc(irc) => Some(irc),
            Voice::Plain(_) => None,
        }
    }

    pub(super) fn plain_mut(&mut self) -> Option<&mut PlainVoice> {
        match &mut self.voice {
            Voice::Plain(plain) => Some(plain),
            Voice::Irc(_) => None,
        }
    }

    /// What an IRC person negotiated; nothing for everybody else.
    pub(super) fn caps(&self) -> Caps {
        self.irc().map_or(Caps::NONE, |irc| irc.caps)
    }

    /// When the chat should look at this person again, if nothing happens before.
    pub(super) fn deadline(&self, limits: &Limits) -> Instant {
        let held = self.holds.flood.or(self.holds.pace.map(|pace| pace.next));
        match (held, self.pinged) {
            // Talking much is no way to put registration off.
            (held, _) if self.is_expected() => {
                let last = self.registers_until(limits);
                held.map_or(last, |until| until.min(last))
            }
            (Some(until), _) => until,
            (None, Some(at)) => at + seconds(limits.pong_seconds),
            (None, None) => self.heard + seconds(limits.ping_seconds),
        }
    }

    /// Whether they are to register; nobody can while nobody is there.
    pub(super) fn is_expected(&self) -> bool {
        !self.registered && self.relayed != Relayed::Away
    }

    /// When somebody who is not registered is late.
    pub(super) fn registers_until(&self, limits: &Limits) -> Instant {
        self.since + seconds(limits.registration_seconds)
    }
}

impl Holds {
    pub(super) fn any(self) -> bool {
        self.flood.is_some() || self.pace.is_some() || self.commit || self.reply
    }
}

impl InFlight {
    pub(super) fn any(self) -> bool {
        self.posts + self.others > 0
    }
}

/// How fast somebody may talk: some lines at once, then some a second. They are delayed beyond it,
/// never cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    /// When the whole burst is allowed again.
    full_at: Instant,
}

impl Bucket {
    /// A line came; answers until when the next one has to wait, if it has to.
    pub(super) fn take(&mut self, limits: &Limits, now: Instant) -> Option<Instant> {
        if limits.flood_lines == UNLIMITED {
            return None;
        }
        let one = Duration::from_secs(1) / rate(limits.flood_lines_per_second);
        let burst = one * rate(limits.flood_lines.saturating_sub(1));
        self.full_at = self.full_at.max(now) + one;
        let next = self.full_at.checked_sub(burst)?;
        (next > now).then_some(next)
    }
}

fn rate(lines: u64) -> u32 {
    u32::try_from(lines.max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait_after(lines: u32, limits: &Limits) -> Option<Duration> {
        let now = Instant::now() + Duration::from_secs(1000);
        let mut bucket = Bucket { full_at: now };
        let until = (0..lines)
            .map(|_| bucket.take(limits, now))
            .last()
            .flatten();
        until.map(|until| until - now)
    }

    #[test]
    fn ten_lines_come_at_once_and_then_two_a_second() {
        let limits = Limits::default();
        assert_eq!(wait_after(9, &limits), None);
        assert_eq!(wait_after(10, &limits), Some(Duration::from_millis(500)));
        assert_eq!(wait_after(11, &limits), Some(Duration::from_millis(1000)));
    }

    #[test]
    fn a_lifted_flood_limit_delays_nobody() {
        let limits = Limits {
            flood_lines: UNLIMITED,
            ..Limits::default()
        };
        assert_eq!(wait_after(10_000, &limits), None);
    }
}
