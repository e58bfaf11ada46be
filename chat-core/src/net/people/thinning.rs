//! People whose queues are too long. Floor 3.
//!
//! What is done about it is the door's to say. Nothing here is reached while everybody keeps up, and
//! what it has to remember exists only while somebody does not.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use super::People;
use crate::id::{DoorId, PersonId};
use crate::net::slow::{Slow, Thin};

/// How many messages of each room were dropped for somebody.
pub type Dropped = BTreeMap<Box<str>, u64>;

/// How often it is told that messages were dropped, at most. Ours: a line a second can be read.
const TELLING: Duration = Duration::from_secs(1);

/// What is known of a door.
pub(in crate::net) struct Sign {
    pub(in crate::net) name: Box<str>,
    pub(in crate::net) slow: Slow,
}

/// What was dropped, and when that is told next.
pub(super) struct Losses {
    people: HashMap<PersonId, Dropped>,
    next: Instant,
}

impl Losses {
    pub(super) fn new(now: Instant) -> Self {
        Losses {
            people: HashMap::new(),
            next: now,
        }
    }
}

impl People {
    /// What the door is called by which somebody came in.
    #[must_use]
    pub fn door_name(&self, id: PersonId) -> Option<&str> {
        let door = self.peer(id)?.door;
        self.signs.get(door.index()).map(|sign| &*sign.name)
    }

    /// Bytes that may wait for one person.
    #[must_use]
    pub fn queue_bytes_max(&self) -> usize {
        self.queue_bytes_max
    }

    /// Doors are opened one after the other.
    pub(in crate::net) fn know_door(&mut self, id: DoorId, sign: Sign) {
        debug_assert_eq!(id.index(), self.signs.len());
        self.signs.push(sign);
    }

    /// For whom messages were dropped, if it is time to tell.
    pub(in crate::net) fn dropped(&mut self, now: Instant) -> HashMap<PersonId, Dropped> {
        if self.losses.people.is_empty() || now < self.losses.next {
            return HashMap::new();
        }
        self.losses.next = now + TELLING;
        std::mem::take(&mut self.losses.people)
    }

    /// What was dropped for one person and not told yet: they are about to go.
    pub(in crate::net) fn take_dropped(&mut self, id: PersonId) -> Option<Dropped> {
        self.losses.people.remove(&id)
    }

    /// When there is something to tell.
    pub(in crate::net) fn next_dropped(&self) -> Option<Instant> {
        (!self.losses.people.is_empty()).then_some(self.losses.next)
    }

    /// Whether messages to somebody may be dropped. What we say to a server of which we are a client
    /// never is.
    pub(super) fn drops(&self, id: PersonId) -> Option<Thin> {
        let link = &self.person(id)?.link;
        match self.signs.get(link.peer.door.index())?.slow {
            _ if link.outgoing => None,
            Slow::Drop(thin) if link.knows_markers => Some(thin),
            Slow::Drop(thin) => Some(Thin {
                marker: thin.notice,
                ..thin
            }),
            Slow::Close => None,
        }
    }

    /// Whether somebody's client understands [`Thin::marker`]; else they get [`Thin::notice`].
    pub fn set_knows_markers(&mut self, id: PersonId, knows: bool) {
        if let Some(person) = self.person_mut(id) {
            person.link.knows_markers = knows;
        }
    }

    /// More waits for somebody than may: messages are dropped, or nothing more is queued and the host
    /// is told.
    pub(super) fn hold_bound(&mut self, id: PersonId) {
        if self.queued(id) <= self.queue_bytes_max || self.thin(id).is_some() {
            return;
        }
        if let Some(link) = self.link(id) {
            let outbox = link.outbox.take();
            link.outbox = outbox.and_then(|mut outbox| {
                // The message that is sent in part is finished all the same: last words come after it.
                outbox.cut();
                (outbox.bytes() > 0).then_some(outbox)
            });
        }
        self.overflow(id);
    }

    /// Drops messages until half the bound is free; nothing if that is not enough to keep it.
    fn thin(&mut self, id: PersonId) -> Option<()> {
        let (thin, wire, bytes_max) = (self.drops(id)?, self.wire(id)?, self.queue_bytes_max);
        let outbox = self.link(id)?.outbox.as_mut()?;
        let gaps = outbox.thin(wire, thin, bytes_max / 2);
        if outbox.bytes() > bytes_max {
            return None;
        }
        for (room, gap) in gaps {
            let dropped = self.losses.people.entry(id).or_default();
            *dropped.entry(room).or_default() += gap.count;
        }
        Some(())
    }
}
