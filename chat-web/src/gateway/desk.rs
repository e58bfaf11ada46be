//! What is done to clients and their sockets, and what the site may do to them.

use std::net::IpAddr;

use chat_core::id::{DoorId, Identity, PersonId};
use chat_core::names::Nick;
use chat_core::net::{Attempts, Farewell, Lines, People};
use chat_core::time::Now;

use super::client::{Client, Link, Owner};
use super::clients::{Clients, Socket};
use super::pulse::Pulse;
use super::settings::GatewaySettings;
use super::{retry, words};
use crate::limits::{RELAY_ANSWER, RELAY_CONNECT};
use crate::reception::LOGGED_OUT;
use crate::session::Session;
use crate::site::{Behind, Reservation};

/// The clients, the people and the time, while one thing is being done.
pub(super) struct Desk<'a> {
    pub(super) clients: &'a mut Clients,
    pub(super) people: &'a mut People,
    pub(super) settings: &'a GatewaySettings,
    pub(super) attempts: &'a mut Attempts,
    pub(super) now: Now,
}

impl Desk<'_> {
    /// Says a line to somebody.
    pub(super) fn say(&mut self, who: PersonId, line: &str) {
        self.people.say(who, line);
    }

    /// Begins to make a client's socket to the relay: each of its addresses is tried once. False if it
    /// cannot even be tried.
    pub(super) fn open_link(&mut self, id: Identity) -> bool {
        if let Some(client) = self.clients.get_mut(id) {
            client.addresses_left = self.settings.relay.len();
            client.last_words.clear();
            client.unanswered = 0;
            client.relay_pulse = Pulse::new(self.now.mono);
        }
        self.try_next_address(id)
    }

    /// Tries the next address; false when there is none left to try.
    pub(super) fn try_next_address(&mut self, id: Identity) -> bool {
        while let Some(client) = self
            .clients
            .get_mut(id)
            .filter(|client| client.addresses_left > 0)
        {
            let relay = &self.settings.relay;
            let address = relay[client.address_index % relay.len()];
            client.addresses_left -= 1;
            let lines = Box::new(Lines::of_a_server());
            match self.people.connect(address, RELAY, lines) {
                Ok(socket) => {
                    self.clients.set_socket(socket, Socket::Relay(id));
                    self.clients.set_link(id, Link::Connecting(socket));
                    self.people
                        .set_deadline(socket, self.now.mono + RELAY_CONNECT);
                    return true;
                }
                Err(error) => {
                    log::warn!("cannot even try to reach the relay at {address}: {error}");
                    client.address_index += 1;
                }
            }
        }
        false
    }

    /// The socket is there: says who comes, and registers unless the client does so itself.
    pub(super) fn introduce(&mut self, socket: PersonId, id: Identity) {
        let Some(client) = self.clients.get(id) else {
            return self.people.dismiss(socket, &goodbye());
        };
        let (nick, address) = (client.nick.clone(), client.address);
        let index = client.address_index;
        let is_guest = matches!(client.owner, Owner::Guest);
        self.clients.meet_relay(index);
        if let Some(secret) = &self.settings.secret {
            self.say(socket, &words::webirc(secret.expose(), address));
        }
        if is_guest {
            self.clients.set_link(id, Link::Up(socket));
            self.people
                .set_deadline(socket, self.now.mono + self.settings.ping());
            return self.let_speak(id);
        }
        if let Some(password) = &self.settings.password {
            self.say(socket, &words::command("PASS", password.expose()));
        }
        self.say(socket, &words::command("NICK", &nick));
        self.say(socket, &words::user(&nick));
        self.clients.set_link(id, Link::Registering(socket));
        self.people
            .set_deadline(socket, self.now.mono + RELAY_ANSWER);
    }

    /// The relay has let a client in: back to its rooms, and on with its browser.
    pub(super) fn let_in(&mut self, id: Identity) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let Some(socket) = client.link.socket() else {
            return;
        };
        client.taken_since = None;
        let joins = words::joins(&client.rooms);
        self.clients.find_open();
        for line in &joins {
            self.say(socket, line);
        }
        self.say(socket, "DETACH");
        self.clients.set_link(id, Link::Up(socket));
        self.people
            .set_deadline(socket, self.now.mono + self.settings.ping());
        self.attach(id);
    }

    /// A browser is there: what it says now begins anew at the relay.
    pub(super) fn attach(&mut self, id: Identity) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let (Some(socket), Some(_)) = (client.link.up(), client.browser) else {
            return;
        };
        client.unanswered += 1;
        self.say(socket, "ATTACH");
        self.people.resume(socket);
        self.let_speak(id);
    }

    /// Hears a client's browser, if the relay takes what it says.
    pub(super) fn let_speak(&mut self, id: Identity) {
        let Some(client) = self.clients.get(id) else {
            return;
        };
        let (Some(browser), Some(socket)) = (client.browser, client.link.up()) else {
            return;
        };
        if self.people.queued(socket) <= self.settings.high() {
            self.people.resume(browser);
        } else {
            self.people.want_drained(socket);
        }
    }

    /// A client has no socket to the relay any more, and gets one by and by.
    pub(super) fn lose_link(&mut self, id: Identity, was_up: bool) {
        let delay = match was_up {
            true => retry::soon(),
            false => retry::later(),
        };
        self.clients.set_link(id, Link::Down(self.now.mono + delay));
        self.tell_gone(id);
    }

    /// Tells a waiting browser what it waits for.
    pub(super) fn tell_gone(&mut self, id: Identity) {
        let Some(client) = self.clients.get(id) else {
            return;
        };
        let line = words::relay_gone(&client.nick, &client.last_words);
        match client.browser {
            // It is not read while it waits, so nothing else would tell.
            Some(browser) if self.people.hung_up(browser) => {
                self.people.dismiss(browser, &goodbye());
            }
            Some(browser) => self.say(browser, &line),
            None => {}
        }
    }

    /// Sends a browser away with a code, and forgets whose it was.
    pub(super) fn send_away(&mut self, who: PersonId, code: u16, reason: &str) {
        self.clients.set_socket(who, Socket::Leaving);
        self.people.dismiss(who, &Farewell::new(code, reason));
    }

    /// A client is no more; its person at the relay says so.
    pub(super) fn drop_client(&mut self, id: Identity, reason: &str) -> Option<Client> {
        let client = self.clients.remove(id)?;
        if let Some(socket) = client.link.socket() {
            if client.link.up().is_some() {
                self.say(socket, &words::command("DETACH", reason));
            }
            self.clients.set_socket(socket, Socket::Leaving);
            self.people.dismiss(socket, &goodbye());
        }
        Some(client)
    }

    /// A client of somebody who logs in, or of an IRC client on a WebSocket.
    pub(super) fn add(&mut self, id: Identity, owner: Owner, address: IpAddr, nick: &str) {
        let mut client = Client::new(owner, address, nick, self.now.mono);
        client.address_index = self.clients.good_address;
        self.clients.add(id, client);
    }
}

impl Behind for Desk<'_> {
    fn identity(&mut self) -> Identity {
        self.clients.new_identity()
    }

    /// Only the relay knows whether a name is free.
    fn reserve(&mut self, _nick: &Nick, _identity: Identity) -> Reservation {
        Reservation::Pending
    }

    fn release(&mut self, _nick: &Nick, identity: Identity) {
        self.drop_client(identity, "did not come in");
    }

    fn attempts(&mut self) -> &mut Attempts {
        self.attempts
    }

    fn name_of(&self, session: &Session) -> Option<Nick> {
        let client = self.clients.get(session.identity)?;
        Nick::new(&client.nick).ok()
    }

    /// The rooms hear QUIT from the relay, which keeps the name as long as the socket is there.
    fn quit(&mut self, session: &Session, _person: PersonId) {
        let Some(client) = self.clients.get_mut(session.identity) else {
            return;
        };
        client.rooms.clear();
        if let Some(socket) = client.link.up() {
            self.say(socket, &words::command("DETACH", "connection lost"));
        }
    }

    fn over(&mut self, session: &Session) {
        let (code, reason) = LOGGED_OUT;
        let client = self.drop_client(session.identity, reason);
        if let Some(browser) = client.and_then(|client| client.browser) {
            self.send_away(browser, code, reason);
        }
    }
}

pub(super) fn goodbye() -> Farewell {
    Farewell::new(Farewell::NORMAL, "")
}

/// Sockets to the relay came in by no door of ours.
const RELAY: DoorId = DoorId(u16::MAX);
