//! A gateway tells where somebody comes from. Floor 5. IRCv3 WebIRC.
//!
//! `WEBIRC secret gateway hostname ip [:options]`, as the very first line and only from networks that
//! the operator named. Anything else ends the connection: whoever says it either is a gateway whose
//! operator has to mend something, or lies about an address. The hostname is not used, since nobody
//! here has looked it up, and so neither are the options.

use std::net::IpAddr;

use super::Chat;
use super::turn::Turn;
use crate::id::PersonId;
use crate::net::Network;
use crate::net::framing::Farewell;
use crate::net::people::People;
use crate::secret::Secret;

/// Who may tell where somebody comes from.
#[derive(Clone, Debug)]
pub struct Gateways {
    /// Where they connect from.
    pub networks: Vec<Network>,
    /// What they prove themselves with.
    pub secret: Secret,
}

/// Why a WEBIRC is not believed. For the operators of both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum NotBelieved {
    #[error("WEBIRC must be the first line of a connection to an IRC door")]
    NotFirst,
    #[error("WEBIRC is not taken here: this relay was started without --gateway")]
    NoGateways,
    #[error("WEBIRC is not taken from your address: the relay's --gateway does not name it")]
    NotAGateway,
    #[error("WEBIRC needs a secret, a gateway, a hostname and an address")]
    NeedMoreParams,
    #[error("WEBIRC came with another secret than the relay's --gateway-secret")]
    WrongSecret,
    #[error("WEBIRC came with something that is no IP address")]
    BadAddress,
}

impl Turn<'_> {
    /// Somebody came in by an IRC door of ours, so their first line may be a WEBIRC.
    pub(super) fn await_origin(&mut self, who: PersonId) {
        if self.chat.is_at_gateway(self.people, who) {
            self.people.discount(who);
        }
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.is_new = true;
        }
    }

    /// Whether this is the first line of a connection; asked once for each line.
    pub(super) fn is_first_line(&mut self, who: PersonId) -> bool {
        let speaker = self.chat.speaker_mut(who);
        speaker.is_some_and(|speaker| std::mem::take(&mut speaker.is_new))
    }

    /// The first line was no WEBIRC: whoever it is, they come from where they come from. False if
    /// they cannot come in from there.
    pub(super) fn keep_origin(&mut self, who: PersonId) -> bool {
        if self.people.is_counted(who) {
            return true;
        }
        self.people.recount(who);
        let admitted = self.people.check_place(who, &self.chat.limits);
        if let Err(reason) = admitted {
            self.dismiss(who, Farewell::POLICY, reason);
        }
        admitted.is_ok() && !self.is_kept_away(who)
    }

    pub(super) fn webirc(&mut self, who: PersonId, is_first: bool, params: &[&str]) {
        let Some(from) = self.people.peer(who).map(|peer| peer.ip) else {
            return;
        };
        let told = match is_first {
            true => self.chat.origin(from, params),
            false => Err(NotBelieved::NotFirst),
        };
        let admitted = match told {
            Ok(ip) => self
                .people
                .check_place_from(ip, &self.chat.limits)
                .map(|()| ip),
            Err(why) => {
                log::warn!("{who} at {from}: {why}");
                return self.dismiss(who, Farewell::POLICY, &why.to_string());
            }
        };
        match admitted {
            Ok(ip) => {
                log::debug!("{who} comes from {ip}, says the gateway at {from}");
                self.people.set_ip(who, ip);
                self.chat.set_proven(who);
                self.is_kept_away(who);
            }
            Err(reason) => self.dismiss(who, Farewell::POLICY, reason),
        }
    }
}

impl Chat {
    fn set_proven(&mut self, who: PersonId) {
        if let Some(speaker) = self.speaker_mut(who) {
            speaker.proven = true;
        }
    }

    fn is_at_gateway(&self, people: &People, who: PersonId) -> bool {
        let (Some(gateways), Some(peer)) = (&self.gateways, people.peer(who)) else {
            return false;
        };
        Network::any_contains(&gateways.networks, peer.ip)
    }

    /// Where somebody comes from, if a gateway at `from` says it rightly.
    fn origin(&self, from: IpAddr, params: &[&str]) -> Result<IpAddr, NotBelieved> {
        let gateways = self.gateways.as_ref().ok_or(NotBelieved::NoGateways)?;
        if !Network::any_contains(&gateways.networks, from) {
            return Err(NotBelieved::NotAGateway);
        }
        let [secret, _, _, ip, ..] = params else {
            return Err(NotBelieved::NeedMoreParams);
        };
        if !gateways.secret.is(secret) {
            return Err(NotBelieved::WrongSecret);
        }
        ip.parse().map_err(|_| NotBelieved::BadAddress)
    }
}
