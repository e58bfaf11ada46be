//! The arguments that both daemons take.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::str::FromStr;

use chat_core::chat::{Gateways, SlowReaders};
use chat_core::dialect::irc::isupport::TITLE_BYTES_MAX;
use chat_core::limits::Limits;
use chat_core::names::RoomName;
use chat_core::net::Network;
use chat_core::relay::Builder;
use chat_core::secret::Secret;

use crate::data::DataArgs;
use crate::motd;
use crate::opers::FileOpers;
use crate::secret;

/// What a chat is started with.
#[derive(Clone, Debug, clap::Args)]
pub struct RelayArgs {
    /// Where IRC clients connect, 127.0.0.1:6667 if not given; may be repeated, `none` opens no such door
    #[arg(long, value_name = "ADDR|none", help_heading = "Doors")]
    pub irc: Vec<Place>,

    /// Where people with `nc` connect, 127.0.0.1:6668 if not given; may be repeated, `none` opens no such door
    #[arg(long, value_name = "ADDR|none", help_heading = "Doors")]
    pub plain: Vec<Place>,

    /// A file that holds the password of the whole chat, as its only line; no password if not given
    #[arg(long, value_name = "FILE", help_heading = "Who may come in")]
    pub password_file: Option<PathBuf>,

    /// A network from which a `chat-web --relay` connects, and may tell where its people come from; may be repeated
    #[arg(long, value_name = "CIDR", help_heading = "Who may come in")]
    pub gateway: Vec<Network>,

    /// A file that holds what relay and gateway both know, one word
    #[arg(long, value_name = "FILE", help_heading = "Who may come in")]
    pub gateway_secret: Option<PathBuf>,

    /// A file with the operators of this server, one in a line, as `hash-password` prints it; none if not given
    #[arg(long, value_name = "FILE", help_heading = "Who may come in")]
    pub opers: Option<PathBuf>,

    /// What this chat is called
    #[arg(long, value_name = "TEXT", default_value = "Chat", value_parser = title)]
    pub title: String,

    /// A file with the message of the day, which whoever comes in by IRC is told; none if not given
    #[arg(long, value_name = "FILE")]
    pub motd: Option<PathBuf>,

    /// The room that is always there
    #[arg(long, value_name = "NAME", default_value = "#lobby", value_parser = room)]
    pub room: RoomName,

    /// What becomes of people who read too slowly: `close` ends their connection, `drop` leaves out what was said in rooms and tells where
    #[arg(long, value_name = "close|drop", default_value_t)]
    pub slow: SlowReaders,

    #[command(flatten)]
    #[allow(missing_docs, reason = "the struct says it, and clap would show it")]
    pub kept: DataArgs,

    /// Sets one limit, such as flood_lines=20; a wrong name lists them all
    #[arg(long, value_name = "NAME=VALUE")]
    pub limit: Vec<String>,

    /// Lifts the limits on talking fast and on connections per address: for benchmarks
    #[arg(long)]
    pub unlimited: bool,
}

/// Where a door is, or that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// No door.
    None,
    /// A door here.
    At(SocketAddr),
}

impl FromStr for Place {
    type Err = BadPlace;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Place::None);
        }
        let found = text.to_socket_addrs().map_err(|_| BadPlace)?.next();
        found.map(Place::At).ok_or(BadPlace)
    }
}

/// Not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPlace;

impl fmt::Display for BadPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write HOST:PORT, such as 127.0.0.1:6667 or [::1]:0, or `none`")
    }
}

impl std::error::Error for BadPlace {}

/// A room's name; the shell makes a comment of a bare `#`, so it may be left out.
pub(crate) fn room(text: &str) -> Result<RoomName, String> {
    let name = if text.starts_with('#') {
        text.to_owned()
    } else {
        format!("#{text}")
    };
    RoomName::new(&name).map_err(|error| error.to_string())
}

fn title(text: &str) -> Result<String, String> {
    match text.len() <= TITLE_BYTES_MAX {
        true => Ok(text.to_owned()),
        false => Err(format!("a title has at most {TITLE_BYTES_MAX} bytes")),
    }
}

impl RelayArgs {
    /// The message of the day, line by line.
    ///
    /// # Errors
    /// Its file does not hold one.
    pub fn message_of_the_day(&self) -> anyhow::Result<Vec<String>> {
        let path = self.motd.as_deref();
        path.map_or(Ok(Vec::new()), |path| motd::read("--motd", path))
    }

    /// The password of the whole chat, if there is one.
    ///
    /// # Errors
    /// Its file does not hold one.
    pub fn password(&self) -> anyhow::Result<Option<Secret>> {
        let path = self.password_file.as_deref();
        path.map(|path| secret::read(PASSWORD_FILE, path))
            .transpose()
    }

    /// What a gateway proves itself with, at either end.
    ///
    /// # Errors
    /// Its file does not hold it.
    pub fn secret_of_gateways(&self) -> anyhow::Result<Option<Secret>> {
        let path = self.gateway_secret.as_deref();
        path.map(|path| secret::read_word(GATEWAY_SECRET, path))
            .transpose()
    }

    /// Who may tell where somebody comes from, for a relay.
    ///
    /// # Errors
    /// Half of what is needed is not there, or the file does not hold a secret.
    pub fn gateways(&self) -> anyhow::Result<Option<Gateways>> {
        let networks = self.gateway.clone();
        match self.secret_of_gateways()? {
            Some(secret) if !networks.is_empty() => Ok(Some(Gateways { networks, secret })),
            Some(_) => anyhow::bail!(
                "{GATEWAY_SECRET} needs --gateway: name the network that gateways connect from, \
                 such as --gateway 127.0.0.1"
            ),
            None if networks.is_empty() => Ok(None),
            None => anyhow::bail!(
                "--gateway needs {GATEWAY_SECRET}: name a file with a secret that the gateway \
                 is given too"
            ),
        }
    }

    /// A relay with the operators of its server, if it has any.
    ///
    /// # Errors
    /// Their file does not hold them.
    pub fn with_opers(&self, builder: Builder) -> anyhow::Result<Builder> {
        match &self.opers {
            Some(path) => Ok(builder.opers(FileOpers::open(OPERS, path)?)),
            None => Ok(builder),
        }
    }

    /// The limits in force.
    ///
    /// # Errors
    /// One of them is not a limit, or not a value for it.
    pub fn limits(&self) -> anyhow::Result<Limits> {
        let mut limits = Limits::default();
        if self.unlimited {
            limits.lift();
        }
        for limit in &self.limit {
            let Some((name, value)) = limit.split_once('=') else {
                anyhow::bail!("--limit {limit}: write NAME=VALUE, such as flood_lines=20");
            };
            limits
                .set(name, value)
                .map_err(|error| anyhow::anyhow!("--limit {limit}: {error}"))?;
        }
        Ok(limits)
    }
}

const OPERS: &str = "--opers";
const PASSWORD_FILE: &str = "--password-file";
const GATEWAY_SECRET: &str = "--gateway-secret";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_a_name_or_none() {
        assert_eq!("none".parse(), Ok(Place::None));
        let v6 = "[::1]:80".parse().map(Place::At).unwrap();
        assert_eq!("[::1]:80".parse(), Ok(v6));
        assert!(matches!("localhost:0".parse(), Ok(Place::At(_))));
        for bad in ["", "6667", "127.0.0.1", "127.0.0.1:99999"] {
            assert_eq!(Place::from_str(bad), Err(BadPlace), "{bad}");
        }
    }

    #[test]
    fn a_title_that_is_too_long_is_refused() {
        assert_eq!(title("Чат"), Ok("Чат".to_owned()));
        let error = title(&"x".repeat(TITLE_BYTES_MAX + 1)).unwrap_err();
        assert!(error.contains("at most 80 bytes"), "{error}");
    }

    #[test]
    fn a_room_may_be_given_without_its_hash() {
        assert_eq!(
            room("lobby"),
            RoomName::new("#lobby").map_err(|e| e.to_string())
        );
        assert!(room("a b").is_err());
    }
}
