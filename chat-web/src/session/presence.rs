//! Whether a session has a socket, and how long it may be without.

use std::time::Instant;

use chat_core::id::PersonId;

use crate::limits::{GHOST, NAME_KEPT};

/// Whether a session has a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has, and this person is behind it.
    Here(PersonId),
    /// It has none since then.
    Away {
        /// When its last socket went, or when it logged in.
        since: Instant,
        /// Whom the others still see, until [`GHOST`] is over.
        ghost: Option<PersonId>,
    },
}

impl Presence {
    pub(super) fn away(since: Instant, ghost: Option<PersonId>) -> Presence {
        Presence::Away { since, ghost }
    }

    /// Whom the others see.
    #[must_use]
    pub fn person(self) -> Option<PersonId> {
        match self {
            Presence::Here(person) => Some(person),
            Presence::Away { ghost, .. } => ghost,
        }
    }

    /// When something happens by itself.
    pub(super) fn due(self) -> Option<Instant> {
        match self {
            Presence::Here(_) => None,
            Presence::Away { since, ghost } => Some(match ghost {
                Some(_) => since + GHOST,
                None => since + GHOST + NAME_KEPT,
            }),
        }
    }
}
