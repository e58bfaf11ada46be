//! What the site may do to the chat. Floor 5.

use std::net::IpAddr;

use chat_core::chat::Chat;
use chat_core::id::{ByPerson, Identity, PersonId};
use chat_core::names::Nick;
use chat_core::net::{Attempts, Farewell, People};
use chat_core::time::Now;

use super::Stage;
use crate::reception::LOGGED_OUT;
use crate::session::{Presence, Session};
use crate::site::{Behind, Reservation};

/// Stands between the site and the chat while one request is answered or time passes.
pub(super) struct Doorman<'a> {
    pub(super) chat: &'a mut Chat,
    pub(super) browsers: &'a mut ByPerson<Stage>,
    pub(super) people: &'a mut People,
    pub(super) now: Now,
}

impl Doorman<'_> {
    fn remove_ghost(&mut self, person: PersonId) {
        self.chat.forget(person);
        self.browsers.remove(person);
        self.people.bury(person);
    }
}

impl Behind for Doorman<'_> {
    fn identity(&mut self) -> Identity {
        self.chat.new_identity()
    }

    fn reserve(&mut self, nick: &Nick, identity: Identity) -> Reservation {
        match self.chat.reserve(nick, identity) {
            Ok(()) => Reservation::Granted,
            Err(refusal) => Reservation::Refused(format!("Sorry, {refusal}. Choose another one.")),
        }
    }

    fn release(&mut self, nick: &Nick, identity: Identity) {
        self.chat.release(nick, identity);
    }

    fn ban_of(&self, from: IpAddr) -> Option<String> {
        self.chat.ban_of(from, self.now.wall)
    }

    fn attempts(&mut self) -> &mut Attempts {
        self.chat.attempts()
    }

    fn name_of(&self, session: &Session) -> Option<Nick> {
        self.chat.kept_for(session.identity).cloned()
    }

    fn quit(&mut self, _session: &Session, person: PersonId) {
        self.chat
            .leave(self.people, person, "connection lost", self.now);
        self.remove_ghost(person);
    }

    fn over(&mut self, session: &Session) {
        if let Some(person) = session.presence.person() {
            self.chat.leave(self.people, person, LOGGED_OUT.1, self.now);
        }
        if let Some(nick) = self.name_of(session) {
            self.chat.release(&nick, session.identity);
        }
        match session.presence {
            Presence::Here(person) => {
                let (code, reason) = LOGGED_OUT;
                self.people.dismiss(person, &Farewell::new(code, reason));
            }
            Presence::Away {
                ghost: Some(person),
                ..
            } => self.remove_ghost(person),
            Presence::Away { ghost: None, .. } => {}
        }
    }
}
