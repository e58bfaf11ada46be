//! The loop. Floor 4: the only place that polls, and that has a clock read.
//!
//! A turn: poll and read everybody who is ready, gather until nobody is → deadlines → the host's own
//! turn → flush every dirty person once → tell about those who overflowed, drained or ended → bury
//! the dead → accept. Reading everybody before writing to anybody is what makes it fast: what the
//! turn's talkers said leaves with one write per reader, however many they were.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::{Events, Poll, Waker};

use super::clock::Clock;
use super::door::{Door, Doors};
pub use super::host::{After, Closed, Dropped, Host};
use super::people::People;
use super::reader::Reader;
use super::source::Source;
use crate::id::{DoorId, PersonId};
use crate::limits::{GATHER_IDLE_POLLS_MAX, GATHER_POLLS_MAX, GATHER_READERS_PER_POLL, Limits};
use crate::time::Now;

/// Events that one poll returns. Ours; the rest comes with the next.
const EVENTS_PER_POLL: usize = 1024;

/// A loop with its sockets and its host. Knows no other, and can be sent to any thread.
pub struct Reactor<H: Host> {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    inner: Inner<H>,
}

/// Everything but the events, which are walked meanwhile.
struct Inner<H: Host> {
    host: H,
    people: People,
    doors: Doors,
    reader: Reader,
    clock: Clock,
    woken: bool,
    /// The last turn stopped reading before nobody was ready any more.
    unfinished: bool,
}

impl<H: Host> Reactor<H> {
    /// A reactor without doors.
    ///
    /// # Errors
    /// The system has no poll for us.
    pub fn new(host: H, limits: &Limits) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), Source::Waker.token())?);
        let clock = Clock::default();
        let registry = poll.registry().try_clone()?;
        let queue = usize::try_from(limits.send_queue_bytes).unwrap_or(usize::MAX);
        let inner = Inner {
            host,
            people: People::new(registry, Arc::clone(&waker), queue, clock.now().mono),
            doors: Doors::new(),
            reader: Reader::new(),
            clock,
            woken: false,
            unfinished: false,
        };
        Ok(Reactor {
            poll,
            events: Events::with_capacity(EVENTS_PER_POLL),
            waker,
            inner,
        })
    }

    /// Opens a door.
    ///
    /// # Errors
    /// The socket can not be watched.
    pub fn open(&mut self, door: Door) -> io::Result<DoorId> {
        let sign = door.sign();
        let id = self.inner.doors.open(self.poll.registry(), door)?;
        self.inner.people.know_door(id, sign);
        Ok(id)
    }

    /// Closes the doors: nobody comes in any more, everybody who is in stays.
    pub fn shut_doors(&mut self) {
        self.inner.doors.shut();
    }

    /// Ends the sleep of [`turn`](Self::turn) from another thread; [`Host::woken`] is called then.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// What is served.
    #[must_use]
    pub fn host(&self) -> &H {
        &self.inner.host
    }

    /// What is served, to be changed.
    pub fn host_mut(&mut self) -> &mut H {
        &mut self.inner.host
    }

    /// Everybody who is in.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.inner.people
    }

    /// Does something between two turns. What it sends leaves in the next one.
    pub fn with<R>(&mut self, act: impl FnOnce(&mut H, &mut People, Now) -> R) -> R {
        let now = self.now();
        act(&mut self.inner.host, &mut self.inner.people, now)
    }

    /// The time as everybody here is given it.
    #[must_use]
    pub fn now(&self) -> Now {
        self.inner.clock.now()
    }

    /// Stops the clocks and sets them forward by so much: from now on time passes only by this, so that
    /// a test of an hour takes no hour. A turn then sleeps for its timeout at most, never until a deadline.
    pub fn advance(&mut self, by: Duration) {
        self.inner.clock.advance(by);
    }

    /// Lets stopped clocks go on from where they stand.
    pub fn start_clock(&mut self) {
        self.inner.clock.start();
    }

    /// When the next turn is due if nothing happens before: at once while somebody is still readable, never
    /// if it is `None`. For whoever sleeps in a poll of their own.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        let now = self.now();
        let wait = self.inner.due(now)?;
        now.mono.checked_add(wait)
    }

    /// One turn. Sleeps until something happens, for `timeout` at most.
    ///
    /// # Errors
    /// The poll itself fails, which no peer can cause.
    pub fn turn(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        let now = self.gather(timeout)?;
        let inner = &mut self.inner;
        inner.expire(now);
        inner.host.turn(&mut inner.people, now);
        inner.settle(now);
        inner.accept(now);
        Ok(())
    }

    /// Reads everybody who is ready, and who gets ready meanwhile, within reason.
    fn gather(&mut self, timeout: Option<Duration>) -> io::Result<Now> {
        let inner = &mut self.inner;
        inner.people.begin_turn();
        let mut now = inner.clock.now();
        let mut wait = inner.sleep(timeout, now);
        let listed = inner.people.still_readable();
        let (mut polls, mut idle) = (0, 0);
        while polls < GATHER_POLLS_MAX {
            poll(&mut self.poll, &mut self.events, wait)?;
            now = inner.clock.now();
            inner.people.polled(now);
            for event in &self.events {
                inner.event(event, now);
            }
            match self.events.is_empty() {
                true if idle >= inner.patience() => break,
                true => idle += 1,
                false => (polls, idle) = (polls + 1, 0),
            }
            wait = Some(Duration::ZERO);
        }
        inner.unfinished = polls == GATHER_POLLS_MAX;
        inner.go_on(listed, now);
        Ok(now)
    }
}

/// Ready to be read whenever a turn has something to do, so a reactor can be one of the sources of another poll,
/// level or edge triggered: a turn polls until there is nothing more, or is due again at once
/// ([`Reactor::next_deadline`]).
impl<H: Host> AsFd for Reactor<H> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.poll.registry().as_fd()
    }
}

impl<H: Host> Inner<H> {
    /// How long to sleep, for `timeout` at most. While the clocks stand still nothing comes by waiting.
    fn sleep(&self, timeout: Option<Duration>, now: Now) -> Option<Duration> {
        let comes = |wait: &Duration| wait.is_zero() || !self.clock.is_stopped();
        let due = self.due(now).filter(comes);
        due.into_iter().chain(timeout).min()
    }

    /// How long until the first of all that is due; nothing to wait for if something is left.
    fn due(&self, now: Now) -> Option<Duration> {
        if self.unfinished || self.people.pending() {
            return Some(Duration::ZERO);
        }
        let due = [
            self.people.next_deadline(),
            self.people.leavers.next(),
            self.doors.next(now.mono),
            self.people.next_dropped(),
        ];
        let due = due.into_iter().flatten().min();
        let due = due.map(|at| at.saturating_duration_since(now.mono));
        due.into_iter().chain(self.host.wait(now)).min()
    }

    /// Empty polls that are worth it: another message that comes meanwhile leaves with the same writes.
    fn patience(&self) -> usize {
        GATHER_IDLE_POLLS_MAX.min(self.host.readers() / GATHER_READERS_PER_POLL)
    }

    fn event(&mut self, event: &Event, now: Now) {
        match Source::of(event.token()) {
            Source::Person(key) => self.person(key, event, now),
            Source::Leaver(key) => self.leaver(key, now),
            Source::Door(door) => self.doors.ready(door),
            Source::Waker => self.woken = true,
        }
    }

    fn leaver(&mut self, key: usize, now: Now) {
        let scratch = &mut self.reader.scratch;
        self.people.leavers.ready(key, scratch, now.mono);
    }

    fn person(&mut self, key: usize, event: &Event, now: Now) {
        if let Some(who) = self.people.progress(key) {
            self.host.connected(&mut self.people, who, now);
        }
        if event.is_writable() {
            self.people.writable(key);
        }
        let ended = event.is_read_closed() || event.is_error();
        if event.is_readable() || ended {
            let Some(who) = self.people.readable(key, ended) else {
                return;
            };
            self.reader.read(&mut self.host, &mut self.people, who, now);
        }
    }

    /// Takes in what people in the same process have said.
    fn hear_inside(&mut self, now: Now) {
        for key in self.people.news() {
            self.people.writable(key);
            if let Some(who) = self.people.readable(key, false) {
                self.reader.read(&mut self.host, &mut self.people, who, now);
            }
        }
    }

    /// Takes up those whom the last turn left readable.
    fn go_on(&mut self, listed: Vec<PersonId>, now: Now) {
        for who in listed {
            self.reader
                .go_on(&mut self.host, &mut self.people, who, now);
        }
    }

    fn expire(&mut self, now: Now) {
        if std::mem::take(&mut self.woken) {
            self.hear_inside(now);
            self.host.woken(&mut self.people, now);
        }
        self.people.look_at_wheel(now.mono);
        while let Some(who) = self.people.next_expired(now.mono) {
            self.host.deadline(&mut self.people, who, now);
        }
        self.people.leavers.expire(now.mono);
    }

    /// Writes, tells what came of it, writes what the host said to that, and buries the dead.
    fn settle(&mut self, now: Now) {
        self.people.flush_dirty();
        for who in self.people.overflowed() {
            self.tell_dropped(who, now);
            self.host.overflowed(&mut self.people, who, now);
        }
        for (who, dropped) in self.people.dropped(now.mono) {
            self.host.dropped(&mut self.people, who, &dropped, now);
        }
        for who in self.people.drained() {
            self.host.drained(&mut self.people, who, now);
        }
        self.people.flush_dirty();
        while let Some((who, why)) = self.people.next_ended() {
            self.tell_dropped(who, now);
            let after = self.host.closed(&mut self.people, who, why, now);
            self.people.part(who, after, now);
        }
        self.people.bury_the_dead();
    }

    /// Somebody is about to go: what was dropped for them is told while they have a name.
    fn tell_dropped(&mut self, who: PersonId, now: Now) {
        if let Some(dropped) = self.people.take_dropped(who) {
            self.host.dropped(&mut self.people, who, &dropped, now);
        }
    }

    fn accept(&mut self, now: Now) {
        for door in self.doors.ids() {
            for arrival in self.doors.arrivals(door, now.mono) {
                let who = self
                    .people
                    .admit(arrival.socket, arrival.address, door, arrival.framing);
                self.host.opened(&mut self.people, who, door, now);
            }
        }
    }
}

/// One poll; a signal is no error and no event.
fn poll(poll: &mut Poll, events: &mut Events, timeout: Option<Duration>) -> io::Result<()> {
    match poll.poll(events, timeout) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            events.clear();
            Ok(())
        }
        other => other,
    }
}
