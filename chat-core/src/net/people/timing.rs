//! Deadlines of people. Floor 3.

use std::time::Instant;

use super::People;
use crate::id::PersonId;
use crate::net::wheel::{Due, Tick};

impl People {
    /// Sets the one deadline of a person; the last call wins. [`Host::deadline`] is called when it has passed,
    /// up to a [`WHEEL_TICK`] late.
    ///
    /// [`Host::deadline`]: crate::net::Host::deadline
    /// [`WHEEL_TICK`]: crate::limits::WHEEL_TICK
    pub fn set_deadline(&mut self, id: PersonId, at: Instant) {
        let at = self.wheel.tick_of(at);
        self.set_tick(id, at);
    }

    fn set_tick(&mut self, id: PersonId, at: Tick) {
        let tick = self.wheel.within(at);
        let Some(person) = self.person_mut(id) else {
            return;
        };
        person.deadline = Some(at);
        // Later than the entry in the wheel: that comes up in between and is put in again.
        if person.tick.is_none_or(|entry| tick < entry) {
            person.tick = Some(tick);
            self.wheel.insert(id.key, tick);
        }
    }

    /// Takes the deadline of a person away.
    pub fn clear_deadline(&mut self, id: PersonId) {
        if let Some(person) = self.person_mut(id) {
            person.deadline = None;
        }
    }

    /// When the wheel is to be looked at.
    pub(in crate::net) fn next_deadline(&self) -> Option<Instant> {
        self.wheel.next()
    }

    /// Takes everybody out of the wheel whose tick has come.
    pub(in crate::net) fn look_at_wheel(&mut self, now: Instant) {
        self.wheel.expire(now, &mut self.due);
    }

    /// The next of those whose deadline has passed; it is cleared. One by one, since what the host
    /// does for one may move the deadline of another.
    pub(in crate::net) fn next_expired(&mut self, now: Instant) -> Option<PersonId> {
        let now = self.wheel.passed(now);
        while let Some(due) = self.due.pop_front() {
            if let Some(id) = self.expire(due, now) {
                return Some(id);
            }
        }
        None
    }

    fn expire(&mut self, due: Due, now: Tick) -> Option<PersonId> {
        let id = self.id_at(due.key as usize)?;
        let person = self.person_mut(id)?;
        if person.tick != Some(due.tick) {
            return None;
        }
        person.tick = None;
        let at = person.deadline.take()?;
        if at > now {
            self.set_tick(id, at);
            return None;
        }
        person.link.ending.is_none().then_some(id)
    }
}
