//! What an operator says about the relay behind a gateway.

use std::net::SocketAddr;
use std::time::Duration;

use chat_core::limits::{Limits, UNLIMITED, seconds};
use chat_core::secret::Secret;

/// What an operator says about the relay behind a gateway.
#[derive(Clone)]
pub struct GatewaySettings {
    /// Where the relay is: at least one address, each of which is tried.
    pub relay: Vec<SocketAddr>,
    /// What the relay believes the addresses of browsers for.
    pub secret: Option<Secret>,
    /// The password of the whole chat.
    pub password: Option<Secret>,
    /// The bounds in force.
    pub limits: Limits,
}

impl GatewaySettings {
    /// Bytes that wait for one side of a client, beyond which the other one is not read.
    pub(super) fn high(&self) -> usize {
        usize::try_from(self.limits.send_queue_bytes / 2).unwrap_or(usize::MAX)
    }

    /// Bytes at which the other one is heard again: when the reactor tells that a queue has drained.
    pub(super) fn low(&self) -> usize {
        self.high() / 2
    }

    /// How long the relay may take for one line of somebody who talks too fast, if its limits are ours.
    pub(super) fn line(&self) -> Duration {
        let limits = &self.limits;
        let rate = u32::try_from(limits.flood_lines_per_second.max(1)).unwrap_or(u32::MAX);
        match limits.flood_lines {
            UNLIMITED => Duration::ZERO,
            _ => Duration::from_secs(1) / rate,
        }
    }

    /// Silence after which one asks whether the other one is there.
    pub(super) fn ping(&self) -> Duration {
        seconds(self.limits.ping_seconds)
    }

    /// How long an answer to that may take.
    pub(super) fn pong(&self) -> Duration {
        seconds(self.limits.pong_seconds)
    }
}
