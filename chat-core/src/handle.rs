//! A way in from other threads. Floor 5.
//!
//! ```
//! use std::sync::mpsc::channel;
//! use std::thread;
//! use std::time::Duration;
//!
//! use chat_core::names::RoomName;
//! use chat_core::relay::Relay;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut relay = Relay::builder().build()?;
//! let house = relay.voice("house")?;
//! let handle = relay.handle();
//! let worker = thread::spawn(move || {
//!     let lobby = RoomName::lobby();
//!     handle.join(house, lobby.clone())?;
//!     handle.post(house, lobby, "dinner is ready")?;
//!     let (tell, told) = channel();
//!     handle.snapshot(move |snapshot| drop(tell.send(snapshot)))?;
//!     let people = told.recv().map_or(0, |snapshot| snapshot.people.len());
//!     handle.stop("that was all", Duration::ZERO)?;
//!     Ok::<_, chat_core::handle::HandleError>(people)
//! });
//! relay.run()?;
//! assert_eq!(worker.join().unwrap()?, 1);
//! # Ok(())
//! # }
//! ```

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mio::Waker;

use crate::chat::Errand;
use crate::hub::request::{Addressee, Request};
use crate::id::PersonId;
use crate::limits::HANDLE_BYTES_MAX;
use crate::names::RoomName;
use crate::net::framing::Farewell;
use crate::observer::{Ticket, Verdict};
use crate::snapshot::Snapshot;

/// Speaks to a [`Relay`](crate::relay::Relay) from any thread. Never blocks: what is asked for happens in the
/// relay's next turn, in the order in which it was asked for by this thread. What waits for that turn is bounded in
/// bytes ([`HANDLE_BYTES_MAX`]), all handles of a relay together; only [`Handle::stop`] is always heard.
#[derive(Clone, Debug)]
pub struct Handle {
    errands: Sender<Errand>,
    shared: Arc<Shared>,
}

/// Why a handle was not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandleError {
    /// Too much is waiting to be done: try again after a moment.
    #[error("the relay has too much to do: try again")]
    Busy,
    /// It is more than may ever wait.
    #[error("that is longer than anything that a relay takes: {HANDLE_BYTES_MAX} bytes")]
    TooLong,
    /// The relay has stopped, or is gone.
    #[error("the relay is gone")]
    Gone,
}

/// The other end, turned by the relay. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Inbox {
    errands: Receiver<Errand>,
    shared: Arc<Shared>,
    /// Bytes of what was heard and is not done yet.
    heard: usize,
}

/// That the relay is to stop.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) reason: String,
    pub(crate) within: Duration,
}

#[derive(Debug)]
struct Shared {
    /// Bytes of what is not done yet.
    waiting: AtomicUsize,
    is_gone: AtomicBool,
    /// Beside the errands, so that no flood of them keeps it out. The first reason counts, and the shortest time.
    stop: Mutex<Option<Stop>>,
    waker: Arc<Waker>,
}

impl Inbox {
    /// What waits now. What comes meanwhile is for the next time: the relay has others to hear.
    pub(crate) fn take(&mut self) -> Vec<Errand> {
        let until = self.shared.waiting.load(Ordering::Acquire);
        let mut taken = Vec::new();
        while self.heard < until
            && let Ok(errand) = self.errands.try_recv()
        {
            self.heard += errand.bytes();
            taken.push(errand);
        }
        taken
    }

    /// What was taken is done.
    pub(crate) fn done(&mut self) {
        let heard = std::mem::take(&mut self.heard);
        self.shared.waiting.fetch_sub(heard, Ordering::AcqRel);
    }

    pub(crate) fn take_stop(&self) -> Option<Stop> {
        self.shared.stop().take()
    }

    /// Nothing will be heard any more.
    pub(crate) fn close(&self) {
        self.shared.is_gone.store(true, Ordering::Release);
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    /// Nothing panics with it in hand.
    fn stop(&self) -> MutexGuard<'_, Option<Stop>> {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_here(&self) -> Result<(), HandleError> {
        match self.is_gone.load(Ordering::Acquire) {
            true => Err(HandleError::Gone),
            false => Ok(()),
        }
    }

    /// Reserves place for so many bytes.
    fn reserve(&self, bytes: usize) -> Result<(), HandleError> {
        if bytes > HANDLE_BYTES_MAX {
            return Err(HandleError::TooLong);
        }
        if self.waiting.fetch_add(bytes, Ordering::AcqRel) + bytes > HANDLE_BYTES_MAX {
            self.waiting.fetch_sub(bytes, Ordering::AcqRel);
            return Err(HandleError::Busy);
        }
        Ok(())
    }
}

impl Handle {
    pub(crate) fn new(waker: Arc<Waker>) -> (Handle, Inbox) {
        let (sender, errands) = channel();
        let shared = Arc::new(Shared {
            waiting: AtomicUsize::new(0),
            is_gone: AtomicBool::new(false),
            stop: Mutex::new(None),
            waker,
        });
        let handle = Handle {
            errands: sender,
            shared: Arc::clone(&shared),
        };
        let heard = 0;
        let inbox = Inbox {
            errands,
            shared,
            heard,
        };
        (handle, inbox)
    }

    /// Has somebody say something to a room that they are in, or to a person: an
    /// [`Insider`](crate::inside::Insider), a [`voice`](crate::relay::Relay::voice), or anybody else. It may have several
    /// lines, and is then one message all the same; what is longer than anybody may say at once is cut off.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn post(
        &self,
        who: PersonId,
        to: impl Into<Addressee>,
        text: &str,
    ) -> Result<(), HandleError> {
        self.have(Errand::post(who, to, text))
    }

    /// Has somebody enter a room.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn join(&self, who: PersonId, room: RoomName) -> Result<(), HandleError> {
        self.have(Errand::Do(who, Request::Join(room, None)))
    }

    /// Has somebody leave a room.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn part(&self, who: PersonId, room: RoomName) -> Result<(), HandleError> {
        self.have(Errand::Do(who, Request::Part(room, None)))
    }

    /// Sends somebody away, with a reason that they and their rooms are told. The code is for WebSockets: after
    /// [`Farewell::POLICY`] the page comes back, after [`Farewell::NOT_WELCOME`] and all others from 4500 to 4999 it does not.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn dismiss(&self, who: PersonId, code: u16, reason: &str) -> Result<(), HandleError> {
        let farewell = Farewell::new(code, reason);
        self.have(Errand::Dismiss { who, farewell })
    }

    /// Tells who is where to `tell`, which is called on the relay's thread and should only pass it on: through
    /// a channel, say.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn snapshot(
        &self,
        tell: impl FnOnce(Snapshot) + Send + 'static,
    ) -> Result<(), HandleError> {
        self.have(Errand::Snapshot(Box::new(tell)))
    }

    /// Gives the verdict for which an observer has returned [`Verdict::Later`]. One that comes too late changes
    /// nothing.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn settle(&self, ticket: Ticket, verdict: Verdict) -> Result<(), HandleError> {
        self.have(Errand::Settle(ticket, verdict))
    }

    /// Has anything done: [`Errand::Do`] takes whatever a client can ask for that others see.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn have(&self, errand: Errand) -> Result<(), HandleError> {
        self.shared.check_here()?;
        self.shared.reserve(errand.bytes())?;
        let sent = self.errands.send(errand);
        sent.map_err(|_| HandleError::Gone)?;
        self.wake();
        Ok(())
    }

    /// Tells everybody why they have to go, and ends the relay when they have gone, or after `within`. Heard however
    /// much else waits; if it is said more than once, the shortest time counts.
    ///
    /// # Errors
    /// The relay is gone already.
    pub fn stop(&self, reason: &str, within: Duration) -> Result<(), HandleError> {
        self.shared.check_here()?;
        let mut stop = self.shared.stop();
        *stop = Some(match stop.take() {
            Some(before) => Stop {
                within: before.within.min(within),
                ..before
            },
            None => Stop {
                reason: reason.to_owned(),
                within,
            },
        });
        drop(stop);
        self.wake();
        Ok(())
    }

    /// Whether the relay has stopped, or was dropped.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.shared.check_here().is_err()
    }

    fn wake(&self) {
        // A poll that cannot be woken hears at its next turn.
        let _ = self.shared.waker.wake();
    }
}
