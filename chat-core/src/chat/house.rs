//! What the chat says of itself, and how it hides where people are. Floor 5.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::Chat;
use crate::id::Identity;
use crate::net::networks::customer;
use crate::time::Timestamp;

/// What the chat says of itself.
#[derive(Debug)]
pub(super) struct House {
    pub(super) title: String,
    pub(super) server: String,
    pub(super) motd: Vec<String>,
    pub(super) started: Timestamp,
    pub(super) epoch: String,
    /// Hides addresses, and identities; random at each start until there is a place to keep it.
    pub(super) host_key: [u8; 32],
    pub(super) most_people: usize,
}

impl Chat {
    /// How others see where somebody is: a keyed hash of the address, which only we can match. With IPv6 it is one for all
    /// the addresses that a customer has: a ban by it would hold nobody otherwise.
    pub(super) fn cloak(&self, ip: IpAddr) -> String {
        self.keyed(&customer(ip).to_string())
    }

    /// Who somebody is as the author of what they say again, without telling the number: the same over reconnects and
    /// restarts, and somebody else's is another one. No address looks like what is hashed here, so it is nobody's cloak.
    pub(super) fn author_token(&self, identity: Identity) -> String {
        self.keyed(&format!("author {}", identity.0))
    }

    fn keyed(&self, what: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(self.house.host_key);
        hash.update(what);
        hash.finalize()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
