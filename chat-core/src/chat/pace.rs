//! A fast talker waits for slow readers; a reader that stalls waits for nobody. Floor 5.
//!
//! Without this, somebody who talks at full speed gets *normal* readers cut, whose sockets simply
//! cannot take as much. So whoever said something in a room whose readers fall behind is held, and
//! looked at again every ten milliseconds, until the room keeps up or a second is over; after that
//! the queue's bound decides. Others who talk in it meanwhile are held after one line.
//!
//! Only readers count who took something lately: one that stalls must not be able to slow a room. One
//! that takes a little counts together with others, so that a room whose readers are all on slow lines is
//! served at their pace; one that takes a stride each half second counts by itself: it may slow a flood, but
//! no talk. Whoever falls behind for the first time has a moment to show which of these they are.

use std::time::{Duration, Instant};

use super::fan_out::Lag;
use super::turn::Turn;
use crate::hub::RoomKey;
use crate::hub::entry::{Act, Committed};
use crate::id::PersonId;
use crate::net::people::Backlog;

/// Those who wait because their room cannot keep up.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    people: Vec<PersonId>,
    /// When to look at their rooms again.
    next: Option<Instant>,
}

/// Why somebody waits: which room could not keep up, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    room: RoomKey,
    since: Instant,
}

impl Waiters {
    /// When to look at them, if there are any.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    fn push(&mut self, who: PersonId, now: Instant) {
        self.people.push(who);
        self.next.get_or_insert(now + LOOK);
    }

    /// All of them, if it is time; who goes on waiting is to be pushed again.
    fn take_due(&mut self, now: Instant) -> Vec<PersonId> {
        match self.next.take_if(|next| *next <= now) {
            Some(_) => std::mem::take(&mut self.people),
            None => Vec::new(),
        }
    }
}

/// How far a room's readers are behind.
#[derive(Debug)]
pub(super) struct Lagging {
    now: Instant,
    half: usize,
    /// Readers who took something lately, and those of them who are more than half a queue behind.
    reading: usize,
    behind: usize,
    /// Whether one of the latter reads well.
    is_urgent: bool,
}

impl Lagging {
    pub(super) fn new(now: Instant, queue_bytes: u64) -> Lagging {
        let half = usize::try_from(queue_bytes / 2).unwrap_or(usize::MAX);
        Lagging {
            now,
            half,
            reading: 0,
            behind: 0,
            is_urgent: false,
        }
    }

    /// Counts a reader.
    pub(super) fn note(&mut self, backlog: Backlog) {
        if backlog.is_read_within(LATELY, self.now) {
            self.reading += 1;
            if backlog.bytes > self.half {
                self.behind += 1;
                let reads_well = backlog.is_read_well_within(LATELY, self.now);
                self.is_urgent |= reads_well || backlog.is_new_within(MOMENT, self.now);
            }
        }
    }

    /// Whether somebody who reads well is more than half a queue behind, or a quarter of all who read.
    pub(super) fn is_too_much(&self) -> bool {
        self.is_urgent || self.behind > 0 && self.behind * 4 >= self.reading
    }
}

impl Turn<'_> {
    /// Holds those who said something in rooms that could not keep up.
    pub(super) fn hold_the_fast(&mut self) {
        for Lag { room, talkers } in self.chat.fan.take_lags() {
            for who in talkers {
                self.hold(who, room);
            }
        }
    }

    /// Holds somebody who talks in a room that could not keep up, before they add to it.
    pub(super) fn hold_if_slowed(&mut self, committed: &Committed, room: RoomKey) {
        let is_post = matches!(committed.entry.act, Act::Post(_));
        if is_post && self.chat.fan.is_slowed(room) {
            self.hold(committed.entry.who, room);
        }
    }

    fn hold(&mut self, who: PersonId, room: RoomKey) {
        let now = self.now.mono;
        let Some(speaker) = self
            .chat
            .speaker_mut(who)
            .filter(|s| s.registered && s.holds.pace.is_none())
        else {
            return;
        };
        speaker.holds.pace = Some(Box::new(Pace { room, since: now }));
        self.chat.waiters.push(who, now);
        self.pause_if_held(who);
    }

    /// Lets those go on whose room has caught up or who have waited long enough.
    pub(super) fn look_at_waiters(&mut self) {
        for who in self.chat.waiters.take_due(self.now.mono) {
            let speaker = self.chat.speaker(who);
            if let Some(pace) = speaker.and_then(|speaker| speaker.holds.pace.as_deref()) {
                self.look_at_pace(who, *pace);
            }
        }
    }

    fn look_at_pace(&mut self, who: PersonId, pace: Pace) {
        let now = self.now.mono;
        if now < pace.since + WAIT_MAX && self.lags(pace.room) {
            return self.chat.waiters.push(who, now);
        }
        self.chat.fan.release(pace.room);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.pace = None;
        }
        self.go_on(who);
    }

    fn lags(&self, room: RoomKey) -> bool {
        let Some(room) = self.chat.hub.room_at(room) else {
            return false;
        };
        let mut lagging = Lagging::new(self.now.mono, self.chat.limits.send_queue_bytes);
        for &id in room.members() {
            lagging.note(self.people.backlog(id));
        }
        lagging.is_too_much()
    }
}

/// Who took something within this time reads. A reader whose window was full is asked again by TCP after
/// 200 ms at the earliest (Linux's `TCP_RTO_MIN`), however fast it reads, and a machine may stand still for a
/// moment: neither must pass for a reader that stalls.
const LATELY: Duration = Duration::from_millis(500);

/// How long somebody who took everything so far, and then nothing, may be held to be about to go on. Their process
/// may have to wait for its turn; but somebody who stalls must not cost the others more than this.
const MOMENT: Duration = Duration::from_millis(30);

/// How often a room is looked at again that could not keep up.
const LOOK: Duration = Duration::from_millis(10);

/// How long a room may hold a talker for one line.
const WAIT_MAX: Duration = Duration::from_secs(1);
