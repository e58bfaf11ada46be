//! Who may keep the whole server in order: what the program knows of OPER. Floor 5.
//!
//! Whether somebody is an operator is a question of a name and a password, and a password that is kept well takes tens of
//! milliseconds to look at. So the chat asks and goes on; the answer comes in a later turn, and only whoever asked waits
//! for it, ten seconds at most. Where the looking happens is for an [`Opers`] to say: on a thread of its own, by another
//! program, or at once if it costs nothing:
//!
//! ```
//! use chat_core::opers::{Busy, Claim, Opers};
//! use chat_core::observer::Ticket;
//! use chat_core::relay::Relay;
//! use chat_core::secret::Secret;
//!
//! /// One operator, whose password is a random word, so that nobody has to hash it.
//! struct One {
//!     token: Secret,
//!     answers: Vec<(Ticket, bool)>,
//! }
//!
//! impl Opers for One {
//!     fn ask(&mut self, claim: Claim) -> Result<(), Busy> {
//!         let is_right = claim.name == "root" && self.token.is(claim.password.expose());
//!         self.answers.push((claim.ticket, is_right));
//!         Ok(())
//!     }
//!
//!     fn answered(&mut self) -> Option<(Ticket, bool)> {
//!         self.answers.pop()
//!     }
//! }
//!
//! let token = Secret::new("f0b1c7d2e9");
//! let relay = Relay::builder().opers(One { token, answers: Vec::new() });
//! ```
//!
//! How often one address may guess is the chat's affair: an [`Opers`] is not asked more often than that.

use crate::journal::Alarm;
use crate::observer::Ticket;
use crate::secret::Secret;

/// Knows the operators of a server and their passwords.
pub trait Opers: Send {
    /// Takes a claim; the answer comes by [`Opers::answered`] with its ticket. Called on the loop's thread: it must not
    /// block. An unknown name should take as long as a wrong password, or the names can be guessed.
    ///
    /// # Errors
    /// Too many claims wait already: whoever makes this one is told to try again.
    fn ask(&mut self, claim: Claim) -> Result<(), Busy>;

    /// The next answer, and whether the claim is right; `None` for now. Asked in every turn, before anything is told.
    fn answered(&mut self) -> Option<(Ticket, bool)>;

    /// How the loop is woken when there is an answer between two turns.
    fn wake_by(&mut self, _alarm: Alarm) {}
}

/// Somebody says that they are an operator.
#[derive(Debug)]
#[non_exhaustive]
pub struct Claim {
    /// Stands for it until it is answered.
    pub ticket: Ticket,
    /// Which one they want to be.
    pub name: String,
    /// What is to show it.
    pub password: Secret,
}

impl Claim {
    /// A claim.
    #[must_use]
    pub fn new(ticket: Ticket, name: &str, password: &str) -> Claim {
        Claim {
            ticket,
            name: name.to_owned(),
            password: Secret::new(password),
        }
    }
}

/// Too many claims wait to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords wait to be looked at")]
pub struct Busy;
