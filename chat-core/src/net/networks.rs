//! Networks: those that an operator trusts, and those that are one customer's. Floor 2.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;

/// One network: `10.0.0.0/8`, `fd00::/8`, or a single address. RFC 4632 §3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Network(address.to_canonical().into()));
        }
        let network: IpNet = text.parse().map_err(|_| BadNetwork)?;
        Ok(Network(network.trunc()))
    }
}

/// Not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write an address, such as 127.0.0.1, or a network, such as 10.0.0.0/8 or fd00::/8")]
pub struct BadNetwork;

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.prefix_len() == self.0.max_prefix_len() {
            true => self.0.addr().fmt(f),
            false => self.0.fmt(f),
        }
    }
}

impl Network {
    /// Whether an address is in it. An IPv4 address is one however it is written.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// Whether addresses of this machine itself are in it.
    #[must_use]
    pub fn holds_this_machine(&self) -> bool {
        let own = [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ];
        self.0.addr().is_loopback() || own.iter().any(|ip| self.contains(*ip))
    }

    /// Whether an address is in one of them.
    #[must_use]
    pub fn any_contains(networks: &[Network], address: IpAddr) -> bool {
        networks.iter().any(|network| network.contains(address))
    }
}

/// Who is meant by an address when something is counted by it: one for IPv4, a network of 64 bits for
/// IPv6, of which each customer has all the addresses (RFC 6177).
#[must_use]
pub fn customer(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => {
            let network = v6.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_has_one_ipv4_address_or_one_network_of_ipv6() {
        let customer = |text: &str| customer(text.parse().unwrap()).to_string();
        assert_eq!(customer("192.0.2.7"), "192.0.2.7");
        assert_eq!(customer("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(customer("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(
            customer("2001:db8:1:2::1"),
            customer("2001:db8:1:2:ffff::9")
        );
        assert_ne!(customer("2001:db8:1:3::1"), customer("2001:db8:1:2::1"));
    }

    fn holds(network: &str, address: &str) -> bool {
        let network: Network = network.parse().unwrap();
        network.contains(address.parse().unwrap())
    }

    #[test]
    fn an_address_is_in_its_networks() {
        for (network, address) in [
            ("127.0.0.1", "127.0.0.1"),
            ("10.1.2.3/8", "10.9.9.9"),
            ("0.0.0.0/0", "203.0.113.7"),
            ("::1", "::1"),
            ("fd00::/8", "fd12::1"),
            ("10.0.0.0/8", "::ffff:10.0.0.1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
        ] {
            assert!(holds(network, address), "{address} is in {network}");
        }
    }

    #[test]
    fn an_address_is_not_in_others() {
        for (network, address) in [
            ("127.0.0.1", "127.0.0.2"),
            ("10.0.0.0/8", "11.0.0.0"),
            ("0.0.0.0/0", "::1"),
            ("::/0", "127.0.0.1"),
        ] {
            assert!(!holds(network, address), "{address} is not in {network}");
        }
    }

    #[test]
    fn a_network_is_written_as_it_is_read() {
        for (text, written) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("192.0.2.7/32", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:db8::1/64", "2001:db8::/64"),
        ] {
            let network: Network = text.parse().unwrap();
            assert_eq!(network.to_string(), written);
        }
    }

    #[test]
    fn this_machine_is_in_its_networks() {
        for (text, holds) in [
            ("127.0.0.1", true),
            ("127.9.0.0/16", true),
            ("0.0.0.0/0", true),
            ("64.0.0.0/2", true),
            ("::1", true),
            ("::/0", true),
            ("128.0.0.0/1", false),
            ("192.0.2.0/24", false),
            ("2000::/3", false),
        ] {
            let network: Network = text.parse().unwrap();
            assert_eq!(network.holds_this_machine(), holds, "{text}");
        }
    }

    #[test]
    fn what_is_no_network_says_what_to_write() {
        for text in ["", "localhost", "10.0.0.0/33", "10.0.0", "10.0.0.0/", "/8"] {
            assert_eq!(Network::from_str(text), Err(BadNetwork), "{text}");
        }
    }
}
