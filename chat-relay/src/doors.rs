//! Opening doors: a default that is taken is a warning, a named one an error.

use std::io::{self, Write};
use std::net::SocketAddr;

use chat_core::dialect::Dialect;
use chat_core::names::RoomName;
use chat_core::net::{Door, Framing, Lines};
use chat_core::relay::Builder;

use crate::args::{Place, RelayArgs};

/// The kinds of doors, as they are announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For IRC clients.
    Irc,
    /// For people with `nc`.
    Plain,
    /// For browsers.
    Http,
}

impl Kind {
    /// Its name, which is also the flag's.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Irc => "irc",
            Kind::Plain => "plain",
            Kind::Http => "http",
        }
    }

    /// Where it is if nobody says otherwise. The first two are ports that browsers refuse to talk to,
    /// so that no web page can post to them (the Fetch standard's "bad ports").
    #[must_use]
    pub fn default_address(self) -> SocketAddr {
        let port = match self {
            Kind::Irc => 6667,
            Kind::Plain => 6668,
            Kind::Http => 8080,
        };
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    /// How to use a door, as something to copy.
    #[must_use]
    pub fn usage(self, at: SocketAddr, room: &RoomName) -> String {
        let (ip, port) = (reachable(at).ip(), at.port());
        match self {
            Kind::Irc => format!("irc://{}/{room}", reachable(at)),
            Kind::Plain => format!("nc {ip} {port}"),
            Kind::Http => format!("open http://{}/", reachable(at)),
        }
    }
}

/// An address to connect to, for one that only says "everywhere".
#[must_use]
pub fn reachable(at: SocketAddr) -> SocketAddr {
    match at {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => {
            SocketAddr::from(([127, 0, 0, 1], at.port()))
        }
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => {
            SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, at.port()))
        }
        _ => at,
    }
}

/// Opens the doors of one kind.
///
/// # Errors
/// A door that was asked for cannot be opened.
pub fn open(
    kind: Kind,
    places: &[Place],
    framing: impl Fn() -> Box<dyn Framing> + Clone + Send + 'static,
) -> anyhow::Result<Vec<Door>> {
    if places.is_empty() {
        return Ok(open_default(kind, framing).into_iter().collect());
    }
    let named = places.iter().filter_map(|place| match place {
        Place::None => None,
        Place::At(address) => Some(*address),
    });
    named
        .map(|address| open_named(kind, address, framing.clone()))
        .collect()
}

/// The doors that were opened: for [`announce`].
pub type Announced = Vec<(Kind, SocketAddr)>;

/// Opens the doors that every chat has.
///
/// # Errors
/// A door that was asked for cannot be opened.
pub fn open_for_lines(
    mut builder: Builder,
    args: &RelayArgs,
) -> anyhow::Result<(Builder, Announced)> {
    let mut announced = Vec::new();
    for (kind, places, dialect) in [
        (Kind::Irc, &args.irc, Dialect::Irc),
        (Kind::Plain, &args.plain, Dialect::Plain),
    ] {
        for door in open(kind, places, || Box::new(Lines::default()))? {
            announced.push((kind, door.local_addr()?));
            builder = builder.door(door, dialect);
        }
    }
    Ok((builder, announced))
}

fn open_default(
    kind: Kind,
    framing: impl Fn() -> Box<dyn Framing> + Send + 'static,
) -> Option<Door> {
    let (name, address) = (kind.name(), kind.default_address());
    match Door::bind(name, address, framing) {
        Ok(door) => Some(door),
        Err(error) => {
            log::warn!(
                "the {name} door stays shut: {address}: {error}; --{name} HOST:PORT opens it elsewhere"
            );
            None
        }
    }
}

fn open_named(
    kind: Kind,
    address: SocketAddr,
    framing: impl Fn() -> Box<dyn Framing> + Send + 'static,
) -> anyhow::Result<Door> {
    let name = kind.name();
    Door::bind(name, address, framing).map_err(|error| {
        let advice = advice(error.kind());
        anyhow::Error::new(error).context(format!(
            "--{name} {address}: cannot open this door; {advice}"
        ))
    })
}

/// What to do about a door that does not open.
fn advice(why: io::ErrorKind) -> &'static str {
    match why {
        io::ErrorKind::AddrNotAvailable => {
            "choose an address that this machine has, or 0.0.0.0 for all of them"
        }
        io::ErrorKind::PermissionDenied => {
            "choose a port from 1024, since the system keeps the ones below for itself"
        }
        _ => "choose another port, or 0 for any",
    }
}

/// Tells on stdout where the doors are and how to use them, a line each, where the chat is kept, and then `ready`.
///
/// # Errors
/// Nobody can be told: stdout is closed.
pub fn announce(doors: &[(Kind, SocketAddr)], room: &RoomName, kept: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (kind, at) in doors {
        writeln!(out, "{} {at} — {}", kind.name(), kind.usage(*at, room))?;
    }
    // Browsers first: most people come with one. Otherwise the first door.
    if let Some((kind, at)) = doors
        .iter()
        .rev()
        .max_by_key(|(kind, _)| *kind == Kind::Http)
        .filter(|_| doors.iter().all(|(_, at)| at.ip().is_loopback()))
    {
        writeln!(
            out,
            "only this machine can come in; for others: --{} 0.0.0.0:{}",
            kind.name(),
            at.port()
        )?;
    }
    if !kept.is_empty() {
        writeln!(out, "{kept}")?;
    }
    writeln!(out, "ready")?;
    out.flush()
}
