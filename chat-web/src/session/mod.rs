//! Who is logged in. Floor 1; pure: the time is given in.
//!
//! ```text
//!          open                    attach                 detach
//! login ─────────▶ Away (no ghost) ──────▶ Here(person) ─────────▶ Away (a ghost)
//!                   │   │    ▲                 │                     │
//!                   │   └────┴── attach ───────┴─────── attach ◀─────┤
//!                   │ 10 s: nothing is seen     10 s: Due::Quit, the others hear QUIT
//!                   ▼ 60 s more                                      ▼ 60 s more
//!                  Due::Gone: the name is free ◀─────────────────────┘
//! ```
//!
//! A page that reloads, a phone that changes its network: both lose their socket for a moment, and
//! nobody else should hear of it. So for [`GHOST`](crate::limits::GHOST) the person stays in the
//! rooms, and for [`NAME_KEPT`](crate::limits::NAME_KEPT) more the name waits.

mod kept;
mod presence;
mod token;

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Instant;

use crate::limits::SESSIONS_MAX;
use crate::proxy::Caller;
use chat_core::id::{Identity, PersonId};
use chat_core::names::Nick;
use chat_core::net::networks::customer;
pub use kept::Change;
pub use presence::Presence;
pub use token::Token;
use token::TokenHash;

/// A session, by a number that is never used again in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(u64);

/// One login.
#[derive(Clone, Debug)]
pub struct Session {
    /// What the person logged in as; the chat knows whether it has another name by now.
    pub nick: Nick,
    /// Who it is, for what outlives a connection.
    pub identity: Identity,
    /// Who logged in.
    pub caller: Caller,
    /// Whether it has a socket.
    pub presence: Presence,
    token: TokenHash,
}

/// What time has done to a session.
#[derive(Clone, Debug)]
pub enum Due {
    /// Its ghost leaves the chat: QUIT. The name is still kept.
    Quit(SessionId, PersonId),
    /// It is over, and its name is free.
    Gone(Session),
}

/// Why nobody can log in at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    /// One address has as many sessions as it may.
    #[error("too many people have logged in from your address: try again in a minute")]
    TooManyFromAddress,
    /// There are [`SESSIONS_MAX`].
    #[error("too many people are here: try again in a minute")]
    TooMany,
    /// The system gives no randomness.
    #[error("nobody can log in at present: try again in a minute")]
    NoRandomness,
}

/// Everybody who is logged in.
#[derive(Debug)]
pub struct Sessions {
    sessions: HashMap<SessionId, Session>,
    by_token: HashMap<TokenHash, SessionId>,
    /// Those whom the program around the page knows, by the name that it gave them.
    by_user: HashMap<Nick, SessionId>,
    /// By [`customer`].
    by_address: HashMap<IpAddr, u64>,
    deadlines: BTreeSet<(Instant, SessionId)>,
    per_address_max: u64,
    next: u64,
    /// The tokens of those who are to be noted anew; `None` if nobody is.
    changed: Option<Vec<TokenHash>>,
}

impl Sessions {
    /// Nobody yet. One address may have so many; loopback is exempt, as it is among connections.
    #[must_use]
    pub fn new(per_address_max: u64) -> Sessions {
        Sessions {
            sessions: HashMap::new(),
            by_token: HashMap::new(),
            by_user: HashMap::new(),
            by_address: HashMap::new(),
            deadlines: BTreeSet::new(),
            per_address_max,
            next: 0,
            changed: None,
        }
    }

    /// Whether one more may be opened from there.
    ///
    /// # Errors
    /// Why not.
    pub fn check_room(&self, caller: Caller) -> Result<(), CannotOpen> {
        if self.sessions.len() >= SESSIONS_MAX {
            return Err(CannotOpen::TooMany);
        }
        let count = self.by_address.get(&customer(caller.ip)).copied();
        if count.unwrap_or(0) >= self.per_address_max && !caller.is_exempt() {
            return Err(CannotOpen::TooManyFromAddress);
        }
        Ok(())
    }

    /// Logs somebody in, whose name has been reserved.
    ///
    /// # Errors
    /// Why that cannot be; the name is to be released then.
    pub fn open(
        &mut self,
        nick: Nick,
        identity: Identity,
        caller: Caller,
        now: Instant,
    ) -> Result<Token, CannotOpen> {
        self.check_room(caller)?;
        let token = Token::random().map_err(|_| CannotOpen::NoRandomness)?;
        let id = self.insert(Session {
            nick,
            identity,
            caller,
            presence: Presence::away(now, None),
            token: token.hash(),
        });
        self.touch(id);
        Ok(token)
    }

    fn insert(&mut self, session: Session) -> SessionId {
        let id = SessionId(self.next);
        self.next += 1;
        self.by_token.insert(session.token, id);
        *self
            .by_address
            .entry(customer(session.caller.ip))
            .or_insert(0) += 1;
        self.deadlines
            .extend(session.presence.due().map(|at| (at, id)));
        self.sessions.insert(id, session);
        id
    }

    /// From now on the session is that of a user, whom the program around the page knows by the name
    /// that it was opened with: its word finds the session, from whatever browser they come.
    pub fn adopt(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.get(&id) {
            self.by_user.insert(session.nick.clone(), id);
            self.touch(id);
        }
    }

    /// The session of a user of exactly that name: two users whose names count as equal in the chat are two.
    #[must_use]
    pub fn of_user(&self, nick: &Nick) -> Option<SessionId> {
        let id = *self.by_user.get(nick)?;
        let session = self.get(id)?;
        (session.nick.as_str() == nick.as_str()).then_some(id)
    }

    /// Whether this is a user's, and not that of somebody who chose a name.
    #[must_use]
    pub fn is_of_user(&self, id: SessionId) -> bool {
        let session = self.get(id);
        session.is_some_and(|session| self.of_user(&session.nick) == Some(id))
    }

    /// Whose token one of these is.
    pub fn find<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Option<SessionId> {
        let mut tokens = texts.filter_map(Token::from_text);
        tokens.find_map(|token| self.of_token(&token))
    }

    /// Whose token that is.
    #[must_use]
    pub fn of_token(&self, token: &Token) -> Option<SessionId> {
        self.by_token.get(&token.hash()).copied()
    }

    /// Who that is, unless the session is over.
    #[must_use]
    pub fn get(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether nobody is logged in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Gives a session another token and, if it has left the chat, its time to come back once more.
    /// That is what logging in again under the same name does: somebody may have seen the old token.
    ///
    /// # Errors
    /// The system gives no randomness; the old token stays.
    pub fn renew(&mut self, id: SessionId, now: Instant) -> Result<Option<Token>, CannotOpen> {
        let token = Token::random().map_err(|_| CannotOpen::NoRandomness)?;
        self.touch(id);
        let Some(session) = self.sessions.get_mut(&id) else {
            return Ok(None);
        };
        self.by_token.remove(&session.token);
        session.token = token.hash();
        self.by_token.insert(session.token, id);
        self.touch(id);
        let Some(session) = self.get(id) else {
            return Ok(None);
        };
        if let Presence::Away { ghost: None, .. } = session.presence {
            self.set_presence(id, Presence::away(now, None));
        }
        Ok(Some(token))
    }

    /// A socket of the session has become this person. Gives what was before: the person of another
    /// tab, which is to be closed, or a ghost to step into.
    pub fn attach(&mut self, id: SessionId, person: PersonId) -> Option<Presence> {
        self.set_presence(id, Presence::Here(person))
    }

    /// The socket of this person is gone. A person that was taken over before does not count.
    pub fn detach(&mut self, id: SessionId, person: PersonId, now: Instant) {
        let here = Presence::Here(person);
        if self.get(id).is_some_and(|session| session.presence == here) {
            self.set_presence(id, Presence::away(now, Some(person)));
        }
    }

    /// Logs somebody out: the token is worth nothing from here on.
    pub fn end(&mut self, id: SessionId) -> Option<Session> {
        let is_of_user = self.is_of_user(id);
        self.touch(id);
        let session = self.sessions.remove(&id)?;
        if is_of_user {
            self.by_user.remove(&session.nick);
        }
        self.by_token.remove(&session.token);
        self.forget_deadline(id, session.presence);
        let address = customer(session.caller.ip);
        if let Some(count) = self.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
        Some(session)
    }

    /// When [`Sessions::due`] will next have something to say.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// The next thing that time has done by now; ask until there is none.
    pub fn due(&mut self, now: Instant) -> Option<Due> {
        let &(at, id) = self.deadlines.first()?;
        if at > now {
            return None;
        }
        match self.get(id)?.presence {
            Presence::Away {
                since,
                ghost: Some(person),
            } => {
                self.set_presence(id, Presence::away(since, None));
                Some(Due::Quit(id, person))
            }
            _ => self.end(id).map(Due::Gone),
        }
    }

    fn set_presence(&mut self, id: SessionId, presence: Presence) -> Option<Presence> {
        let session = self.sessions.get_mut(&id)?;
        let before = std::mem::replace(&mut session.presence, presence);
        self.forget_deadline(id, before);
        self.deadlines.extend(presence.due().map(|at| (at, id)));
        Some(before)
    }

    fn forget_deadline(&mut self, id: SessionId, presence: Presence) {
        if let Some(at) = presence.due() {
            self.deadlines.remove(&(at, id));
        }
    }
}
