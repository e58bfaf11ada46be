//! The whole thing as a value: a chat on a reactor, with its doors. Floor 5.
//!
//! A [`Builder`] takes doors, limits and whoever has a say; [`Builder::build`] opens the doors. Then there are three
//! ways to let it run:
//!
//! - [`Relay::run`] serves until a [`Handle`] says stop.
//! - [`Relay::turn`], in a loop of one's own, does whatever is ready and sleeps for the timeout at most:
//!
//!   ```
//!   # use std::time::Duration;
//!   # use chat_core::relay::Relay;
//!   # fn main() -> Result<(), Box<dyn std::error::Error>> {
//!   let mut relay = Relay::builder().irc("127.0.0.1:0".parse()?)?.build()?;
//!   # relay.handle().stop("the example is over", Duration::ZERO)?;
//!   while relay.turn(Some(Duration::from_millis(16)))?.is_running() {
//!       // the program's own work, sixty times a second
//!   }
//!   # Ok(())
//!   # }
//!   ```
//! - Nested in another poll, epoll or select, by its descriptor ([`AsFd`]): register that for reading, level or edge
//!   triggered, sleep until [`Relay::next_deadline`] at most, and turn with a timeout of zero whatever woke you. A turn
//!   goes on until nothing is ready; if it stopped before that, the next deadline is now. The example `own_loop` does it.
//!
//! A relay is [`Send`] and may be turned by any thread, but by one at a time; [`Relay::handle`] is for all others.

mod builder;

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use builder::Builder;

use crate::chat::{Chat, NotIn};
use crate::handle::{Handle, Inbox, Stop};
use crate::id::{DoorId, PersonId};
use crate::inside::Insider;
use crate::journal::Lost;
use crate::limits::{CENTURY, Limits};
use crate::net::{Door, Host, People, Reactor};
use crate::snapshot::Snapshot;
use crate::testing::Ephemeral;
use crate::time::Now;

/// A host that can say goodbye: [`Chat`] itself, what a program puts around it, or a gateway to one.
pub trait Front: Host {
    /// Tells everybody to go, and why.
    fn drain(&mut self, people: &mut People, reason: &str, now: Now);

    /// The chat behind it, for handles and for people in the same process; a gateway has none.
    fn chat(&mut self) -> Option<&mut Chat>;
}

impl Front for Chat {
    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        Chat::drain(self, people, reason, now);
    }

    fn chat(&mut self) -> Option<&mut Chat> {
        Some(self)
    }
}

/// Whether there will be another turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is to be another.
    Running,
    /// A handle has said stop, and everybody has gone or had their time to.
    Stopped,
}

impl Progress {
    /// Whether the relay is to be turned again.
    #[must_use]
    pub fn is_running(self) -> bool {
        self == Progress::Running
    }
}

/// Why a relay cannot start. All of it is for whoever starts it to mend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A door cannot be opened: its address is in use, not ours or not permitted.
    #[error("cannot open the {door} door at {address}: {source}")]
    Door {
        /// Which door.
        door: &'static str,
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The system gives no poll, descriptor or the like.
    #[error("the system refuses what a reactor needs: {0}")]
    System(#[from] io::Error),
    /// The system gives no randomness.
    #[error("the system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
}

/// A running chat that its owner turns.
///
/// No threads but those of its journal, no globals, no signals: [`Relay::run`] serves until a [`Handle`] says stop, or
/// [`Relay::turn`] is called in a loop of one's own. Dropped, it closes everything at once.
pub struct Relay<H: Front = Chat> {
    reactor: Reactor<H>,
    inbox: Inbox,
    handle: Handle,
    /// Where the doors really are, by their ids.
    addresses: Vec<SocketAddr>,
    /// By when everybody must have gone.
    deadline: Option<Instant>,
}

impl Relay {
    /// A relay that has everything but doors.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A relay for tests of bots and clients, on free ports, with its time in the test's hand.
    ///
    /// # Errors
    /// The system refuses what a reactor needs.
    pub fn ephemeral() -> Result<Ephemeral, StartError> {
        let mut limits = Limits::default();
        limits.lift();
        Ephemeral::of(Relay::builder().limits(limits))
    }
}

impl<H: Front> Relay<H> {
    /// Any host, a gateway to a relay elsewhere for example, without doors as yet.
    ///
    /// # Errors
    /// The system refuses what a reactor needs.
    pub fn serving(host: H, limits: &Limits) -> Result<Relay<H>, StartError> {
        let mut reactor = Reactor::new(host, limits)?;
        let waker = reactor.waker();
        if let Some(chat) = reactor.host_mut().chat() {
            // A poll that cannot be woken hears at its next turn.
            chat.wake_by(Arc::new(move || drop(waker.wake())));
        }
        let (handle, inbox) = Handle::new(reactor.waker());
        Ok(Relay {
            reactor,
            inbox,
            handle,
            addresses: Vec::new(),
            deadline: None,
        })
    }

    /// Opens one more door, for the host to know what to do with.
    ///
    /// # Errors
    /// The system refuses to watch it.
    pub fn open(&mut self, door: Door) -> io::Result<DoorId> {
        self.addresses.push(door.local_addr()?);
        self.reactor.open(door)
    }

    /// Where the doors really are, in the order in which they were opened: after port 0, say.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// A way in from other threads.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// What is served.
    pub fn host_mut(&mut self) -> &mut H {
        self.reactor.host_mut()
    }

    /// Serves until a handle says stop and everybody has gone.
    ///
    /// # Errors
    /// The poll itself fails, which no peer can cause.
    pub fn run(&mut self) -> io::Result<()> {
        while self.turn(None)?.is_running() {}
        Ok(())
    }

    /// One turn: whatever is ready now, or within the timeout; as long as nothing happens if there is none.
    ///
    /// # Errors
    /// The poll itself fails, which no peer can cause.
    pub fn turn(&mut self, timeout: Option<Duration>) -> io::Result<Progress> {
        self.hear_handles();
        let until_over = self.time_until_over();
        self.reactor
            .turn(until_over.into_iter().chain(timeout).min())?;
        self.inbox.done();
        let is_over = self.is_over();
        // Whoever sleeps in a poll of their own is not woken for these again. Stop is among them: the next turn says
        // goodbye, however little time there is.
        self.hear_handles();
        if is_over {
            self.inbox.close();
            return Ok(Progress::Stopped);
        }
        Ok(Progress::Running)
    }

    /// Lets the journal write whatever was told, behind the last turn: nothing more is taken. Dropped, a relay does this too, but
    /// says in the log alone what became of it.
    ///
    /// # Errors
    /// Something was told before the disk had it, and now the disk does not take it.
    pub fn end(&mut self) -> Result<(), Lost> {
        self.with_chat(|chat, _, _| chat.end()).unwrap_or(Ok(()))
    }

    /// When the next turn is due if nothing happens before: for whoever sleeps in a poll of their own, with the relay
    /// among its sources ([`AsFd`]). At once while something is left to do; never if it is `None`.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        let over = self.time_until_over();
        let over = over.map(|left| self.reactor.now().mono + left);
        over.into_iter().chain(self.reactor.next_deadline()).min()
    }

    /// Stops the relay's clocks and sets them forward, as [`Reactor::advance`] does: for tests of a host of one's own.
    /// Those of a chat have more of it in [`testing`](crate::testing).
    pub fn advance(&mut self, by: Duration) {
        self.reactor.advance(by);
    }

    pub(crate) fn start_clock(&mut self) {
        self.reactor.start_clock();
    }

    pub(crate) fn now(&self) -> Now {
        self.reactor.now()
    }

    /// Somebody in this process comes in, who speaks and hears without a socket.
    ///
    /// # Errors
    /// The name is none, or somebody has it; or this is a gateway; or the relay was told to stop.
    pub fn person(&mut self, name: &str) -> Result<Insider, NotIn> {
        self.check_open()?;
        let admitted = self.with_chat(|chat, people, now| chat.admit_inside(people, name, now));
        let (id, far) = admitted.ok_or(NotIn::NoChat)??;
        Ok(Insider::new(id, far))
    }

    /// Somebody in this process comes in who only speaks, through [`Handle::post`] or an observer's context. Nothing
    /// waits for them to hear it.
    ///
    /// # Errors
    /// The name is none, or somebody has it; or this is a gateway; or the relay was told to stop.
    pub fn voice(&mut self, name: &str) -> Result<PersonId, NotIn> {
        self.check_open()?;
        let admitted = self.with_chat(|chat, people, now| chat.admit_voice(people, name, now));
        admitted.ok_or(NotIn::NoChat)?
    }

    /// Who is where.
    #[must_use]
    pub fn snapshot(&mut self) -> Snapshot {
        self.with_chat(|chat, people, _| chat.snapshot(people))
            .unwrap_or_default()
    }

    fn check_open(&self) -> Result<(), NotIn> {
        match self.deadline {
            Some(_) => Err(NotIn::Stopping),
            None => Ok(()),
        }
    }

    fn with_chat<R>(&mut self, act: impl FnOnce(&mut Chat, &mut People, Now) -> R) -> Option<R> {
        self.reactor
            .with(|host, people, now| host.chat().map(|chat| act(chat, people, now)))
    }

    fn hear_handles(&mut self) {
        for errand in self.inbox.take() {
            let known = self.with_chat(|chat, _, _| chat.have(errand));
            if known.is_none() {
                log::warn!("a gateway can do nothing to people: they are at its relay");
            }
        }
        if let Some(Stop { reason, within }) = self.inbox.take_stop() {
            self.stop(&reason, within);
        }
    }

    /// How much longer a relay that was told to stop waits for those who are still there.
    fn time_until_over(&self) -> Option<Duration> {
        let by = self.deadline?;
        Some(match self.reactor.people().is_deserted() {
            true => Duration::ZERO,
            false => by.saturating_duration_since(self.reactor.now().mono),
        })
    }

    fn is_over(&self) -> bool {
        self.time_until_over().is_some_and(|left| left.is_zero())
    }

    /// Closes the doors and tells everybody to go; they have so long to hear it.
    fn stop(&mut self, reason: &str, within: Duration) {
        let by = self.reactor.now().mono + within.min(CENTURY);
        let earlier = self.deadline.map_or(by, |before| before.min(by));
        if self.deadline.replace(earlier).is_some() {
            return;
        }
        self.reactor.shut_doors();
        self.reactor.with(|host, people, now| {
            host.drain(people, reason, now);
        });
    }
}

/// The descriptor by which another poll learns that a turn has something to do, level or edge triggered.
impl<H: Front> AsFd for Relay<H> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reactor.as_fd()
    }
}
