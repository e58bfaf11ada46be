//! The gateway: a site in front of a relay that runs elsewhere. Floor 5.
//!
//! ```text
//! browser ══ WebSocket ══▶ Client ══ IRC over TCP ══▶ chat-relay
//!                          browser │ link              one Person each
//! ```
//!
//! Each session is one `Client` with two sockets, and what comes from one goes to the
//! other, line by line. The session's person lives at the relay. Its socket there is opened and
//! registered by the login, and outlives the browser's: when a page is reloaded, the relay is told that
//! nobody is behind the person for now (`DETACH`), and then that somebody is (`ATTACH`).
//!
//! | file | what |
//! |---|---|
//! | `client.rs`, `clients.rs` | one client; all of them, and whose a socket is |
//! | `desk.rs` | what is done to them: connect, register, attach, drop; what the site may do |
//! | `browsers.rs`, `guests.rs`, `login.rs`, `relays.rs` | what comes from a browser, and from the relay |
//! | `words.rs` | lines that are the gateway's own |
//! | `pulse.rs`, `retry.rs` | whether the other end is there; when to try again |
//!
//! The relay may go and come back. Meanwhile the sessions stay, their browsers are told, and each client
//! tries again until its person is back under its name and in its rooms.
//!
//! **Invariants:** what a room is, who may do what, what was said before: the relay knows, and nothing
//! here does. One side of a client is not read while the other side's outbox is half full.

mod browsers;
mod client;
mod clients;
mod desk;
mod guests;
mod login;
mod pulse;
mod relays;
mod retry;
mod settings;
mod words;

use std::fmt;
use std::time::Duration;

use chat_core::chat::Chat;
use chat_core::id::{DoorId, PersonId};
use chat_core::net::{After, Attempts, Closed, Farewell, Frame, Host, People};
use chat_core::relay;
use chat_core::time::Now;

use crate::reception;
use crate::site::Site;
use crate::web::Event;
use clients::{Clients, Socket};
use desk::Desk;
pub use settings::GatewaySettings;

/// A site in front of a relay elsewhere: what a reactor with HTTP doors serves.
pub struct Gateway {
    site: Site,
    clients: Clients,
    settings: GatewaySettings,
    /// Who has guessed the password wrongly.
    attempts: Attempts,
}

impl Gateway {
    /// A gateway where nobody is.
    #[must_use]
    pub fn new(site: Site, settings: GatewaySettings) -> Gateway {
        Gateway {
            site,
            clients: Clients::default(),
            attempts: Attempts::new(&settings.limits),
            settings,
        }
    }

    /// The site, and what it may do.
    fn at_desk<'a>(&'a mut self, people: &'a mut People, now: Now) -> (&'a mut Site, Desk<'a>) {
        let desk = Desk {
            clients: &mut self.clients,
            people,
            settings: &self.settings,
            attempts: &mut self.attempts,
            now,
        };
        (&mut self.site, desk)
    }

    fn desk<'a>(&'a mut self, people: &'a mut People, now: Now) -> Desk<'a> {
        self.at_desk(people, now).1
    }

    /// Tries again for those whose time has come.
    fn retry(&mut self, people: &mut People, now: Now) {
        while let Some(id) = self.clients.due(now.mono) {
            let mut desk = self.desk(people, now);
            if !desk.open_link(id) {
                desk.lose_link(id, false);
            }
        }
    }
}

impl Host for Gateway {
    fn opened(&mut self, people: &mut People, who: PersonId, _door: DoorId, now: Now) {
        match reception::admit(&self.site, people, who, &self.settings.limits) {
            Ok(()) => {
                self.clients.set_socket(who, Socket::Asking(None));
                people.set_deadline(who, self.request_deadline(now));
            }
            Err(reason) => {
                reception::say_no_place(&self.site, people, who, reason, now);
                self.desk(people, now)
                    .send_away(who, Farewell::TRY_AGAIN_LATER, reason);
            }
        }
    }

    fn connected(&mut self, people: &mut People, who: PersonId, now: Now) {
        if let Some(Socket::Relay(id)) = self.clients.socket(who) {
            self.desk(people, now).introduce(who, id);
        }
    }

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, now: Now) {
        match (self.clients.socket(who), frame) {
            (Some(Socket::Asking(_)), Frame::Other(event)) => {
                if let Some(event) = event.downcast_mut() {
                    self.event(people, who, event, now);
                }
            }
            (Some(Socket::Browser(id)), Frame::Message(line)) => {
                self.desk(people, now).hear_browser(id, line);
            }
            (Some(Socket::Browser(id)), Frame::Other(event)) => {
                if let Some(Event::Pinged) = event.downcast_ref() {
                    self.desk(people, now).hear_ping(id);
                }
            }
            (Some(Socket::Browser(id)), Frame::Unreadable(why, bytes)) => {
                self.desk(people, now).refuse_unreadable(id, why, bytes);
            }
            (Some(Socket::Relay(id)), Frame::Message(line)) => {
                self.hear_relay(people, id, who, line, now);
            }
            (Some(Socket::Relay(_)), Frame::Unreadable(why, _)) => {
                log::warn!("{who}: the relay sent a line that cannot be passed on: {why:?}");
            }
            _ => {}
        }
    }

    fn closed(&mut self, people: &mut People, who: PersonId, why: Closed, now: Now) -> After {
        match self.clients.socket(who) {
            Some(Socket::Asking(Some(id))) => {
                // Nobody waits for the answer to this login.
                self.desk(people, now).drop_client(id, "did not wait");
            }
            Some(Socket::Browser(id)) => self.lose_browser(people, id, who, now),
            Some(Socket::Relay(id)) => self.lose_relay(people, id, who, &why, now),
            Some(Socket::Asking(None) | Socket::Leaving) | None => {}
        }
        // Last of all: a client that was dropped meanwhile has noted its socket once more.
        self.clients.forget_socket(who);
        After::Bury
    }

    fn deadline(&mut self, people: &mut People, who: PersonId, now: Now) {
        match self.clients.socket(who) {
            Some(Socket::Asking(_)) => self.time_out(people, who, now),
            Some(Socket::Browser(id)) => self.desk(people, now).look_at_browser(id, who),
            Some(Socket::Relay(id)) => self.desk(people, now).look_at_relay(id, who),
            Some(Socket::Leaving) | None => {}
        }
    }

    /// One side has drained: the other one is heard again.
    fn drained(&mut self, people: &mut People, who: PersonId, now: Now) {
        match self.clients.socket(who) {
            Some(Socket::Relay(id)) => self.desk(people, now).let_speak(id),
            Some(Socket::Browser(id)) => {
                let client = self.clients.get(id);
                if let Some(link) = client.and_then(|client| client.link.socket()) {
                    people.resume(link);
                }
            }
            _ => {}
        }
    }

    fn turn(&mut self, people: &mut People, now: Now) {
        let (site, mut desk) = self.at_desk(people, now);
        site.expire(now, &mut desk);
        self.retry(people, now);
    }

    fn wait(&self, now: Now) -> Option<Duration> {
        let due = self.site.sessions.next_due().into_iter();
        let due = due.chain(self.clients.next_retry()).min();
        due.map(|at| at.saturating_duration_since(now.mono))
    }
}

impl relay::Front for Gateway {
    fn chat(&mut self) -> Option<&mut Chat> {
        None
    }

    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        let mut desk = self.desk(people, now);
        for who in desk.clients.asking() {
            desk.send_away(who, Farewell::RESTART, reason);
        }
        for id in desk.clients.ids() {
            let client = desk.drop_client(id, reason);
            if let Some(browser) = client.and_then(|client| client.browser) {
                desk.send_away(browser, Farewell::RESTART, reason);
            }
        }
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("relay", &self.settings.relay)
            .field("clients", &self.clients.len())
            .field("sockets", &self.clients.sockets_len())
            .finish_non_exhaustive()
    }
}
