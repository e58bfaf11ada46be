//! What a reactor serves. Floor 4.

use std::time::Duration;

use super::framing::{Farewell, Frame};
use super::people::People;
pub use super::people::{After, Closed, Dropped};
use crate::id::{DoorId, PersonId};
use crate::time::Now;

/// What a reactor serves: `Chat`, a gateway, an echo.
///
/// Every method is called from within [`Reactor::turn`](super::Reactor::turn) and may do to people
/// whatever [`People`] offers; nobody goes away under it before the end of the turn. What is sent
/// here leaves with one write per person at that end.
pub trait Host {
    /// Somebody came in by a door, and may be dismissed at once.
    fn opened(&mut self, people: &mut People, who: PersonId, door: DoorId, now: Now);

    /// A connection that [`People::connect`] began is there.
    fn connected(&mut self, _people: &mut People, _who: PersonId, _now: Now) {}

    /// How many people the next turn will write to, as far as is known. The more there are, the longer the
    /// reactor gathers what others say before it lets that turn begin.
    fn readers(&self) -> usize {
        0
    }

    /// Somebody said something.
    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, now: Now);

    /// A connection ended: told exactly once for each, whatever the reason, in the turn in which
    /// it happens. Its last bytes may still be on their way, but nothing more can be sent to it.
    fn closed(&mut self, people: &mut People, who: PersonId, why: Closed, now: Now) -> After;

    /// The deadline that was set for somebody has passed, and is cleared.
    fn deadline(&mut self, people: &mut People, who: PersonId, now: Now);

    /// Somebody's queue has drained, as [`People::want_drained`] asked.
    fn drained(&mut self, _people: &mut People, _who: PersonId, _now: Now) {}

    /// More was sent to somebody than may wait. The message that did not fit and all that followed
    /// in this turn are not queued, so who stays after this has a gap. At a door that drops it comes
    /// when what may not be dropped is too much.
    fn overflowed(&mut self, people: &mut People, who: PersonId, _now: Now) {
        people.cut(who, b"", &Farewell::too_slow());
    }

    /// Messages were dropped for somebody who reads too slowly, at a door that drops: how many of each
    /// room, since this was told last. Told at most once a second for each person.
    fn dropped(&mut self, _people: &mut People, _who: PersonId, _dropped: &Dropped, _now: Now) {}

    /// Once per turn after reading and deadlines: apply what was committed, fan out.
    fn turn(&mut self, _people: &mut People, _now: Now) {}

    /// Another thread used the [`waker`](super::Reactor::waker).
    fn woken(&mut self, _people: &mut People, _now: Now) {}

    /// How long the reactor may sleep at most; `None` for as long as nothing happens.
    fn wait(&self, _now: Now) -> Option<Duration> {
        None
    }
}
