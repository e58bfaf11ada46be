//! Whether there is place for one more. Floor 3.

use std::net::IpAddr;

use super::People;
use crate::id::PersonId;
use crate::limits::Limits;

impl People {
    /// Whether there is place for somebody who just connected; else why not. Whoever comes from this
    /// machine is not counted by address, unless that address was only told.
    ///
    /// # Errors
    /// What to tell them before they are sent away.
    pub fn check_place(&self, who: PersonId, limits: &Limits) -> Result<(), &'static str> {
        if self.len() as u64 > limits.connections {
            return Err("there are too many connections: try again later");
        }
        match self.peer(who).filter(|_| self.is_counted(who)) {
            Some(peer) if !peer.is_exempt() => check_count(self.connections_from(peer.ip), limits),
            _ => Ok(()),
        }
    }

    /// Whether there is place for one more from an address that a proxy or gateway tells. This
    /// machine is not exempt then: all its people would be.
    ///
    /// # Errors
    /// What to tell them before they are sent away.
    pub fn check_place_from(&self, ip: IpAddr, limits: &Limits) -> Result<(), &'static str> {
        check_count(self.connections_from(ip) + 1, limits)
    }
}

fn check_count(count: usize, limits: &Limits) -> Result<(), &'static str> {
    if count as u64 > limits.connections_per_address {
        return Err("there are too many connections from your address: close one first");
    }
    Ok(())
}
