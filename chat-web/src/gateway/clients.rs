//! The list of clients, and which of them a socket belongs to.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::Instant;

use chat_core::id::{Identity, PersonId};

use chat_core::net::Closed;

use super::client::{Client, Link};

/// Everybody at the gateway.
#[derive(Debug, Default)]
pub(super) struct Clients {
    clients: HashMap<Identity, Client>,
    sockets: HashMap<PersonId, Socket>,
    /// When whose socket to the relay is to be made again.
    retries: BTreeSet<(Instant, Identity)>,
    identities: u64,
    /// Where the relay answered last.
    pub(super) good_address: usize,
    /// The relay does not answer, and that was said.
    is_missed: bool,
    /// The relay does not let people in, and that was said.
    is_shut: bool,
}

/// What a socket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Socket {
    /// A browser that asks for pages; a login may be waiting for the relay.
    Asking(Option<Identity>),
    /// A browser that was told to go.
    Leaving,
    /// A client's WebSocket.
    Browser(Identity),
    /// The other end of a client's person.
    Relay(Identity),
}

/// Addresses, as they are told.
pub(super) fn places(relay: &[SocketAddr]) -> String {
    let places: Vec<String> = relay.iter().map(SocketAddr::to_string).collect();
    places.join(", ")
}

impl Clients {
    pub(super) fn new_identity(&mut self) -> Identity {
        self.identities += 1;
        Identity(self.identities)
    }

    pub(super) fn add(&mut self, id: Identity, client: Client) {
        self.clients.insert(id, client);
    }

    pub(super) fn remove(&mut self, id: Identity) -> Option<Client> {
        let client = self.clients.remove(&id)?;
        if let Link::Down(at) = client.link {
            self.retries.remove(&(at, id));
        }
        Some(client)
    }

    pub(super) fn get(&self, id: Identity) -> Option<&Client> {
        self.clients.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: Identity) -> Option<&mut Client> {
        self.clients.get_mut(&id)
    }

    pub(super) fn ids(&self) -> Vec<Identity> {
        self.clients.keys().copied().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.clients.len()
    }

    pub(super) fn sockets_len(&self) -> usize {
        self.sockets.len()
    }

    pub(super) fn socket(&self, who: PersonId) -> Option<Socket> {
        self.sockets.get(&who).copied()
    }

    pub(super) fn set_socket(&mut self, who: PersonId, socket: Socket) {
        self.sockets.insert(who, socket);
    }

    pub(super) fn forget_socket(&mut self, who: PersonId) {
        self.sockets.remove(&who);
    }

    /// Connections that still ask for pages.
    pub(super) fn asking(&self) -> Vec<PersonId> {
        let asking = self
            .sockets
            .iter()
            .filter(|(_, socket)| matches!(socket, Socket::Asking(_)));
        asking.map(|(who, _)| *who).collect()
    }

    /// A client's socket to the relay is in this state now.
    pub(super) fn set_link(&mut self, id: Identity, link: Link) {
        let Some(client) = self.clients.get_mut(&id) else {
            return;
        };
        if let Link::Down(at) = std::mem::replace(&mut client.link, link) {
            self.retries.remove(&(at, id));
        }
        if let Link::Down(at) = link {
            self.retries.insert((at, id));
        }
    }

    /// The relay answers nowhere. Said once, however many clients find it out.
    pub(super) fn miss_relay(&mut self, relay: &[SocketAddr], why: &Closed) {
        if std::mem::replace(&mut self.is_missed, true) {
            return;
        }
        let why = match why {
            Closed::Failed(kind) => kind.to_string(),
            _ => "no answer".to_owned(),
        };
        log::warn!(
            "the relay cannot be reached at {}: {why}; who is logged in comes back with it",
            places(relay)
        );
    }

    /// The relay is there and does not let somebody in. Said once, until somebody is let in again.
    pub(super) fn find_shut(&mut self, why: &str) {
        if !std::mem::replace(&mut self.is_shut, true) {
            log::error!("the relay does not let people of this page in: {why}");
        }
    }

    /// The relay lets people in.
    pub(super) fn find_open(&mut self) {
        if std::mem::take(&mut self.is_shut) {
            log::info!("the relay lets people of this page in again");
        }
    }

    /// The relay answers at this address.
    pub(super) fn meet_relay(&mut self, address: usize) {
        self.good_address = address;
        if std::mem::take(&mut self.is_missed) {
            log::info!("the relay is there again");
        }
    }

    pub(super) fn next_retry(&self) -> Option<Instant> {
        self.retries.first().map(|(at, _)| *at)
    }

    /// Whose turn it is to try again.
    pub(super) fn due(&mut self, now: Instant) -> Option<Identity> {
        let &(at, id) = self.retries.first()?;
        (at <= now).then(|| {
            self.retries.remove(&(at, id));
            id
        })
    }
}
