//! The chat's side of somebody connected: how they speak, how far they are, what holds them. Floor 5.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cursor::Cursor;
use super::missed::Missed;
use super::multiline::Open;
use super::pace::Pace;
use crate::dialect::Dialect;
use crate::dialect::irc::Caps;
use crate::id::{Identity, PersonId};
use crate::limits::{Limits, UNLIMITED, seconds};
use crate::names::{Nick, RoomName};
use crate::secret::Secret;

/// Somebody connected, as the chat hears them.
#[derive(Debug)]
pub(super) struct Speaker {
    pub(super) id: PersonId,
    pub(super) voice: Voice,
    pub(super) bucket: Bucket,
    /// When they last sent something, or were asked for a sign of life; before they are registered,
    /// when they came.
    pub(super) since: Instant,
    /// They were asked whether they are still there, and have not answered.
    pub(super) asked: bool,
    /// When it was noticed that they will send no more than what waits already. Boxed, as is all that
    /// hardly anybody has: an idle person is to cost little.
    pub(super) hung_up: Option<Box<Instant>>,
    pub(super) holds: Holds,
    pub(super) in_flight: InFlight,
    /// A line that waits until what is in flight has landed.
    #[expect(
        clippy::box_collection,
        reason = "hardly ever there, and then one pointer"
    )]
    pub(super) stash: Option<Box<String>>,
    /// Long replies on their way; gone with the last.
    #[expect(
        clippy::box_collection,
        reason = "hardly ever there, and then one pointer"
    )]
    cursors: Option<Box<VecDeque<Cursor>>>,
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
    /// The batch that they have open, or what is left of one that failed.
    pub(super) open: Option<Box<Open>>,
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
    /// What they have said of themselves; nothing any more once they are registered.
    pub(super) wanted: Option<Box<Wanted>>,
}

/// Who somebody says they are, until they are that.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) nick: Option<Nick>,
    /// The user part and the real name.
    pub(super) user: Option<(Arc<str>, Arc<str>)>,
    /// For the observer, if there is one.
    pub(super) password: Option<Secret>,
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
    /// The name is not theirs to change: it says who they are elsewhere.
    pub is_fixed: bool,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Holds {
    /// They talk too fast; the bucket says until when, and nothing moves it meanwhile.
    pub(super) flood: bool,
    /// Their room cannot keep up.
    pub(super) pace: Option<Box<Pace>>,
    /// Something that they did has to be committed first.
    pub(super) commit: bool,
    /// A long reply is on its way.
    pub(super) reply: bool,
    /// How many things the observer is still to decide about.
    pub(super) verdicts: u8,
    /// Questions about the past that the journal has not answered yet.
    pub(super) past: u8,
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
            since: now,
            asked: false,
            hung_up: None,
            holds: Holds::default(),
            in_flight: InFlight::default(),
            stash: None,
            cursors: None,
            is_new: false,
            unlocked: false,
            registered: false,
            relayed: Relayed::No,
            proven: false,
            leaving: false,
            preset: None,
            open: None,
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

    /// They are somebody now.
    pub(super) fn register(&mut self, now: Instant) {
        self.registered = true;
        (self.since, self.asked) = (now, false);
        if let Some(irc) = self.irc_mut() {
            irc.wanted = None;
        }
    }

    /// When the chat should look at this person again, if nothing happens before.
    pub(super) fn deadline(&self, limits: &Limits) -> Instant {
        let next = self.next_deadline(limits);
        let open = self.open.as_ref().and_then(|open| open.until());
        open.map_or(next, |until| until.min(next))
    }

    fn next_deadline(&self, limits: &Limits) -> Instant {
        let held = self.bucket.next(limits).filter(|_| self.holds.flood);
        match (held, self.asked) {
            // Talking much is no way to put registration off.
            (held, _) if self.is_expected() => {
                let last = self.registers_until(limits);
                held.map_or(last, |until| until.min(last))
            }
            (Some(until), _) => until,
            (None, true) => self.since + seconds(limits.pong_seconds),
            (None, false) => self.since + seconds(limits.ping_seconds),
        }
    }

    /// One more long reply, behind those that are on their way.
    pub(super) fn push_cursor(&mut self, cursor: Cursor) {
        self.cursors.get_or_insert_default().push_back(cursor);
    }

    /// The long reply whose turn it is.
    pub(super) fn next_cursor(&mut self) -> Option<Cursor> {
        let cursor = self.cursors.as_mut()?.pop_front();
        self.cursors.take_if(|cursors| cursors.is_empty());
        cursor
    }

    /// Puts back what [`next_cursor`](Self::next_cursor) gave, to go on later.
    pub(super) fn put_cursor_back(&mut self, cursor: Cursor) {
        self.cursors.get_or_insert_default().push_front(cursor);
    }

    /// Nobody waits for long replies any more.
    pub(super) fn take_cursors(&mut self) -> impl Iterator<Item = Cursor> + use<> {
        self.cursors.take().into_iter().flat_map(|cursors| *cursors)
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
    pub(super) fn any(&self) -> bool {
        self.flood
            || self.pace.is_some()
            || self.commit
            || self.reply
            || self.verdicts > 0
            || self.past > 0
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
    /// A line came; answers whether the next one has to wait.
    pub(super) fn take(&mut self, limits: &Limits, now: Instant) -> bool {
        self.charge(1, limits, now)
    }

    /// A line counts for nothing after all.
    pub(super) fn give_back(&mut self, limits: &Limits) {
        if limits.flood_lines != UNLIMITED
            && let Some(full_at) = self.full_at.checked_sub(one_line(limits))
        {
            self.full_at = full_at;
        }
    }

    /// Something counts for several lines more; answers whether the next one has to wait.
    pub(super) fn charge(&mut self, lines: u32, limits: &Limits, now: Instant) -> bool {
        if limits.flood_lines == UNLIMITED {
            return false;
        }
        self.full_at = self.full_at.max(now) + one_line(limits) * lines;
        self.must_wait(limits, now)
    }

    /// Whether the next line has to wait.
    pub(super) fn must_wait(self, limits: &Limits, now: Instant) -> bool {
        self.next(limits).is_some_and(|next| next > now)
    }

    /// When the next line may come; nothing if that is before the clock began.
    fn next(self, limits: &Limits) -> Option<Instant> {
        let burst = one_line(limits) * rate(limits.flood_lines.saturating_sub(1));
        self.full_at.checked_sub(burst)
    }
}

/// The time that one line takes.
fn one_line(limits: &Limits) -> Duration {
    Duration::from_secs(1) / rate(limits.flood_lines_per_second)
}

fn rate(lines: u64) -> u32 {
    u32::try_from(lines.max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_speaker_costs_little() {
        assert!(size_of::<Speaker>() <= 144, "{}", size_of::<Speaker>());
    }

    fn wait_after(lines: u32, limits: &Limits) -> Option<Duration> {
        let now = Instant::now() + Duration::from_secs(1000);
        let mut bucket = Bucket { full_at: now };
        let waits = (0..lines).map(|_| bucket.take(limits, now)).last();
        waits.filter(|waits| *waits)?;
        bucket.next(limits).map(|next| next - now)
    }

    #[test]
    fn ten_lines_come_at_once_and_then_two_a_second() {
        let limits = Limits::default();
        assert_eq!(wait_after(9, &limits), None);
        assert_eq!(wait_after(10, &limits), Some(Duration::from_millis(500)));
        assert_eq!(wait_after(11, &limits), Some(Duration::from_millis(1000)));
    }

    #[test]
    fn a_line_that_is_given_back_counts_for_nothing() {
        let (limits, now) = (
            Limits::default(),
            Instant::now() + Duration::from_secs(1000),
        );
        let mut bucket = Bucket { full_at: now };
        for _ in 0..100 {
            bucket.take(&limits, now);
            bucket.give_back(&limits);
        }
        assert!(!bucket.take(&limits, now));
        assert!(bucket.charge(20, &limits, now) && bucket.must_wait(&limits, now));
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
