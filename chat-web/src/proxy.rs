//! Where a request comes from when a proxy passes it on. Floor 1; pure.
//!
//! A proxy that the operator trusts (`--proxy`) appends the address of whoever connected to it to
//! `X-Forwarded-For`, behind what that one sent, which may be anything. So the list is read from its
//! end, as far as those who wrote it are trusted. From anybody else the field means nothing. It goes
//! by request: a proxy sends those of several browsers over one connection.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use chat_core::net::Network;

use crate::http::Fields;

/// Who asks, as far as addresses tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Where they are.
    pub ip: IpAddr,
    /// A proxy said so: no rule for this machine holds for them.
    pub told: bool,
}

impl Caller {
    /// Somebody on this machine, whom no limit for one address concerns.
    #[must_use]
    pub fn is_exempt(&self) -> bool {
        self.ip.is_loopback() && !self.told
    }
}

/// Somebody who is where their connection comes from.
impl From<IpAddr> for Caller {
    fn from(ip: IpAddr) -> Self {
        Caller { ip, told: false }
    }
}

/// What the operator trusts to say where requests come from.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// Those in these networks.
    #[must_use]
    pub fn new(networks: Vec<Network>) -> Proxies {
        Proxies(networks)
    }

    /// Whether a connection from there is a proxy's.
    #[must_use]
    pub fn include(&self, ip: IpAddr) -> bool {
        Network::any_contains(&self.0, ip)
    }

    /// Who sent a request that came by a connection from `peer`: the last one in `X-Forwarded-For`
    /// who is no proxy, or the first one of all if they all are. Behind something that is no
    /// address nothing can be believed, so the last one before it counts.
    #[must_use]
    pub fn caller(&self, peer: IpAddr, fields: &Fields) -> Caller {
        let mut caller = Caller::from(peer);
        let told: Vec<&str> = fields.list("x-forwarded-for").collect();
        for entry in told.into_iter().rev() {
            let Some(ip) = address(entry).filter(|_| self.include(caller.ip)) else {
                break;
            };
            caller = Caller { ip, told: true };
        }
        caller
    }
}

/// An address as proxies write it: some add the port, some put IPv6 into brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.parse::<IpAddr>().ok();
    let with_port = || Some(text.parse::<SocketAddr>().ok()?.ip());
    let in_brackets = || {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
    };
    let ip = bare().or_else(with_port).or_else(in_brackets)?;
    Some(ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(values: &[&str]) -> Fields {
        let headers: Vec<httparse::Header<'_>> = values
            .iter()
            .map(|value| httparse::Header {
                name: "X-Forwarded-For",
                value: value.as_bytes(),
            })
            .collect();
        Fields::from_parsed(&headers).unwrap()
    }

    fn caller(peer: &str, values: &[&str]) -> String {
        let proxies = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"].map(|n| n.parse().unwrap());
        let proxies = Proxies::new(proxies.into());
        let caller = proxies.caller(peer.parse().unwrap(), &fields(values));
        assert_eq!(
            caller.told,
            caller.ip.to_string() != peer || values == [peer]
        );
        caller.ip.to_string()
    }

    #[test]
    fn a_proxy_s_last_word_is_believed() {
        for (values, from) in [
            (&["192.0.2.7"][..], "192.0.2.7"),
            (&["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
            (&["203.0.113.9,192.0.2.7 , 10.1.1.1"], "192.0.2.7"),
            (&["203.0.113.9", "192.0.2.7", "10.1.1.1"], "192.0.2.7"),
            (&["203.0.113.9, 10.3.3.3", "192.0.2.7"], "192.0.2.7"),
            (&["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
            (&["192.0.2.7:4711"], "192.0.2.7"),
            (&["2001:db8::7"], "2001:db8::7"),
            (&["[2001:db8::7]"], "2001:db8::7"),
            (&["[2001:db8::7]:4711"], "2001:db8::7"),
            (&["::ffff:192.0.2.7"], "192.0.2.7"),
            (&["192.0.2.7, fd00::1"], "192.0.2.7"),
            (&["127.0.0.1"], "127.0.0.1"),
            (&["192.0.2.7,, "], "192.0.2.7"),
        ] {
            assert_eq!(caller("127.0.0.1", values), from, "{values:?}");
        }
    }

    #[test]
    fn behind_what_is_no_address_nothing_is_believed() {
        for (values, from) in [
            (&["unknown"][..], "127.0.0.1"),
            (&["192.0.2.7, unknown"], "127.0.0.1"),
            (&["192.0.2.7, _x, 10.1.1.1"], "10.1.1.1"),
            (&["192.0.2.7, 10.1.1.1:x"], "127.0.0.1"),
            (&["192.0.2.7, \"10.1.1.1\""], "127.0.0.1"),
            (&["192.0.2.7, 10.1.1.1/8"], "127.0.0.1"),
            (&["192.0.2.7 10.1.1.1"], "127.0.0.1"),
            (&["[192.0.2.7]"], "127.0.0.1"),
            (&[""], "127.0.0.1"),
            (&[], "127.0.0.1"),
        ] {
            assert_eq!(caller("127.0.0.1", values), from, "{values:?}");
        }
    }

    #[test]
    fn from_anybody_else_the_field_means_nothing() {
        for peer in ["192.0.2.1", "127.0.0.2", "::1", "2001:db8::1"] {
            assert_eq!(caller(peer, &["203.0.113.9"]), peer);
            assert_eq!(caller(peer, &["203.0.113.9, 10.0.0.1"]), peer);
        }
    }

    #[test]
    fn only_who_was_not_told_of_is_exempt_on_this_machine() {
        let caller = |told| Caller {
            ip: IpAddr::from([127, 0, 0, 1]),
            told,
        };
        assert!(caller(false).is_exempt() && !caller(true).is_exempt());
        assert!(!Caller::from(IpAddr::from([192, 0, 2, 7])).is_exempt());
    }
}
