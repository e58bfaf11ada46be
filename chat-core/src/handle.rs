//! A way in from other threads. Floor 5.
//!
//! ```
//! use std::sync::mpsc::channel;
//! use std::thread;
//! use std::time::Duration;
//!
//! use chat_core::hub::request::Addressee;
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
//!     handle.post(house, Addressee::Room(lobby), "dinner is ready")?;
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

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use mio::Waker;

use crate::chat::Errand;
use crate::hub::request::Addressee;
use crate::id::PersonId;
use crate::limits::HANDLE_BYTES_MAX;
use crate::names::RoomName;
use crate::net::framing::Farewell;
use crate::observer::{Ticket, Verdict};
use crate::snapshot::Snapshot;

/// Speaks to a [`Relay`](crate::relay::Relay) from any thread. Never blocks: what is asked for happens in the
/// relay's next turn, in the order in which it was asked for by this thread. What waits for that turn is bounded in
/// bytes ([`HANDLE_BYTES_MAX`]), all handles of a relay together.
#[derive(Clone, Debug)]
pub struct Handle {
    commands: Sender<Command>,
    /// Bytes that wait.
    waiting: Arc<AtomicUsize>,
    waker: Arc<Waker>,
}

/// Why a handle was not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandleError {
    /// Too much is waiting to be heard: try again.
    #[error("the relay has too much to do: try again")]
    Busy,
    /// The relay is gone.
    #[error("the relay is gone")]
    Gone,
}

#[derive(Debug)]
pub(crate) enum Command {
    Stop { reason: String, within: Duration },
    Have(Errand),
}

/// The other end, turned by the relay.
#[derive(Debug)]
pub(crate) struct Inbox {
    commands: Receiver<Command>,
    waiting: Arc<AtomicUsize>,
}

impl Command {
    fn bytes(&self) -> usize {
        match self {
            Command::Stop { reason, .. } => size_of::<Command>() + reason.len(),
            Command::Have(errand) => errand.bytes(),
        }
    }
}

impl Inbox {
    pub(crate) fn next(&self) -> Option<Command> {
        let command = self.commands.try_recv().ok()?;
        self.waiting.fetch_sub(command.bytes(), Ordering::Relaxed);
        Some(command)
    }
}

impl Handle {
    pub(crate) fn new(waker: Arc<Waker>) -> (Handle, Inbox) {
        let (sender, commands) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let handle = Handle {
            commands: sender,
            waiting: Arc::clone(&waiting),
            waker,
        };
        (handle, Inbox { commands, waiting })
    }

    /// Has somebody say something to a room that they are in, or to a person: an
    /// [`Insider`](crate::inside::Insider), a [`voice`](crate::relay::Relay::voice), or anybody else.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn post(&self, who: PersonId, to: Addressee, text: &str) -> Result<(), HandleError> {
        self.have(Errand::post(who, to, text))
    }

    /// Has somebody enter a room.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn join(&self, who: PersonId, room: RoomName) -> Result<(), HandleError> {
        self.have(Errand::Join(who, room))
    }

    /// Has somebody leave a room.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn part(&self, who: PersonId, room: RoomName) -> Result<(), HandleError> {
        self.have(Errand::Part(who, room))
    }

    /// Sends somebody away, with a reason that they and their rooms are told. The code is for WebSockets:
    /// [`Farewell::POLICY`], say, or 4000–4999 for one of the program's own.
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

    /// Has anything done that an observer's context can have done.
    ///
    /// # Errors
    /// The relay is gone, or too busy to hear.
    pub fn have(&self, errand: Errand) -> Result<(), HandleError> {
        self.send(Command::Have(errand))
    }

    /// Tells everybody why they have to go, and ends the relay when they have gone, or after `within`.
    ///
    /// # Errors
    /// The relay is gone already, or too busy to hear.
    pub fn stop(&self, reason: &str, within: Duration) -> Result<(), HandleError> {
        self.send(Command::Stop {
            reason: reason.to_owned(),
            within,
        })
    }

    fn send(&self, command: Command) -> Result<(), HandleError> {
        let bytes = command.bytes();
        if self.waiting.fetch_add(bytes, Ordering::Relaxed) + bytes > HANDLE_BYTES_MAX {
            self.waiting.fetch_sub(bytes, Ordering::Relaxed);
            return Err(HandleError::Busy);
        }
        self.commands.send(command).map_err(|_| HandleError::Gone)?;
        // A poll that cannot be woken hears at its next turn.
        let _ = self.waker.wake();
        Ok(())
    }
}
