//! The host and port that a request is for. RFC 9110 §7.2, RFC 3986 §3.2.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// `host[:port]`, without user information, which HTTP has no use for (RFC 9110 §4.2.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Authority {
    /// Who.
    pub host: HostName,
    /// As it was written; none means the default of the scheme.
    pub port: Option<u16>,
}

/// A host, in the form in which equal ones are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HostName {
    /// An address, which no name server can turn elsewhere.
    Ip(IpAddr),
    /// A name, in lower case.
    Name(String),
}

impl Authority {
    /// Reads `name`, `name:port`, `192.0.2.1:port` or `[2001:db8::1]:port`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Authority> {
        let (host, port) = split_port(text);
        let port = match port {
            Some(digits) => Some(parse_port(digits)?),
            None => None,
        };
        let host = HostName::parse(host)?;
        Some(Authority { host, port })
    }

    /// The port, or the one that `scheme` has if none was written.
    #[must_use]
    pub fn port_or(&self, default: u16) -> u16 {
        self.port.unwrap_or(default)
    }
}

impl HostName {
    fn parse(text: &str) -> Option<HostName> {
        if let Some(inner) = text.strip_prefix('[') {
            let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
            return Some(HostName::Ip(address.into()));
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Some(HostName::Ip(address.into()));
        }
        is_name(text).then(|| HostName::Name(text.to_ascii_lowercase()))
    }

    /// Whether this is `localhost`, which browsers never look up (RFC 6761 §6.3).
    #[must_use]
    pub fn is_localhost(&self) -> bool {
        matches!(self, HostName::Name(name) if name == "localhost")
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostName::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
            HostName::Ip(address) => write!(f, "{address}"),
            HostName::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => write!(f, "{}", self.host),
        }
    }
}

/// The colons of an IPv6 address are within its brackets.
fn split_port(text: &str) -> (&str, Option<&str>) {
    let after_host = text.find(']').map_or(0, |at| at + 1);
    match text[after_host..].find(':') {
        Some(at) => {
            let (host, port) = text.split_at(after_host + at);
            (host, Some(&port[1..]))
        }
        None => (text, None),
    }
}

fn parse_port(text: &str) -> Option<u16> {
    let digits = text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// What resolves: letters, digits, hyphens, dots, and the underscore that some networks use.
fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    !text.is_empty() && text.len() <= 255 && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_and_written() {
        for (text, written) in [
            ("Chat.Example", "chat.example"),
            ("chat.example:8080", "chat.example:8080"),
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("[::1]:8080", "[::1]:8080"),
            ("[0:0::1]", "[::1]"),
            ("my_host", "my_host"),
        ] {
            let authority = Authority::parse(text);
            assert_eq!(authority.map(|a| a.to_string()), Some(written.to_owned()));
        }
    }

    #[test]
    fn what_is_not_a_host_is_refused() {
        for text in [
            "",
            ":80",
            "a b",
            "a/b",
            "user@host",
            "host:",
            "host:x",
            "host:+1",
            "host:65536",
            "host:1:2",
            "[::1",
            "::1",
            "[::1]x",
            "[v1.x]",
            "[fe80::1%eth0]",
            "a\u{e9}",
            "a,b",
        ] {
            assert_eq!(Authority::parse(text), None, "{text:?}");
        }
    }
}
