//! A way in from other threads. Floor 5.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use mio::Waker;

/// Speaks to a [`Relay`](crate::relay::Relay) from any thread. Never blocks.
#[derive(Clone, Debug)]
pub struct Handle {
    commands: SyncSender<Command>,
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
}

/// The other end, turned by the relay.
#[derive(Debug)]
pub(crate) struct Inbox(Receiver<Command>);

impl Inbox {
    pub(crate) fn next(&self) -> Option<Command> {
        self.0.try_recv().ok()
    }
}

impl Handle {
    pub(crate) fn new(waker: Arc<Waker>) -> (Handle, Inbox) {
        let (commands, inbox) = sync_channel(COMMANDS_WAITING_MAX);
        (Handle { commands, waker }, Inbox(inbox))
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
        self.commands
            .try_send(command)
            .map_err(|error| match error {
                TrySendError::Full(_) => HandleError::Busy,
                TrySendError::Disconnected(_) => HandleError::Gone,
            })?;
        // A poll that cannot be woken hears at its next turn.
        let _ = self.waker.wake();
        Ok(())
    }
}

/// Commands that may wait for the next turn. Ours.
const COMMANDS_WAITING_MAX: usize = 1024;
