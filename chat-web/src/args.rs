//! What chat-web takes besides what every chat takes.

use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs};

use chat_core::chat::SlowReaders;
use chat_core::net::Network;
use chat_relay::args::{Place, RelayArgs};
use chat_relay::command::Command;

use crate::origin::Origin;

/// A group chat: a page for browsers, IRC and plain lines, in one program
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "chat-web", version, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// What else to do than to serve
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Where browsers connect, 127.0.0.1:8080 if not given; may be repeated, `none` opens no such door
    #[arg(long, value_name = "ADDR|none", help_heading = "Doors")]
    pub http: Vec<Place>,

    /// Where the page is reached from, such as `https://chat.example`; may be repeated
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse)]
    pub origin: Vec<Origin>,

    /// A network of proxies in front of the page, whose X-Forwarded-For is believed; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub proxy: Vec<Network>,

    /// Opens no chat here, but a page for the chat of this chat-relay: where its IRC door is
    #[arg(long, value_name = "HOST:PORT", value_parser = resolve)]
    pub relay: Option<RelayAddress>,

    #[command(flatten)]
    #[allow(missing_docs, reason = "the struct says it, and clap would show it")]
    pub chat: RelayArgs,
}

/// Where a relay is: all the addresses that its name had at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayAddress(pub Vec<SocketAddr>);

fn resolve(text: &str) -> Result<RelayAddress, String> {
    let found = text.to_socket_addrs().map_err(|error| match error.kind() {
        ErrorKind::InvalidInput => {
            format!("{error}; write HOST:PORT, such as 127.0.0.1:6667 or relay.example:6667")
        }
        _ => format!("{error}; write HOST:PORT, with a name that this machine finds"),
    })?;
    let addresses: Vec<SocketAddr> = found.collect();
    match addresses.is_empty() {
        true => Err("this name has no address".to_owned()),
        false => Ok(RelayAddress(addresses)),
    }
}

impl Args {
    /// With a relay elsewhere there is no chat here whose doors could be opened.
    ///
    /// # Errors
    /// What was asked for is the relay's to do.
    pub fn check(&self) -> anyhow::Result<()> {
        if self.relay.is_none() {
            return Ok(());
        }
        for (is_given, why) in self.of_the_relay() {
            anyhow::ensure!(!is_given, why);
        }
        let mut names = self
            .chat
            .limit
            .iter()
            .filter_map(|limit| limit.split('=').next());
        match names.find(|name| LIMITS_OF_THE_RELAY.contains(&name.replace('-', "_").as_str())) {
            Some(name) => anyhow::bail!(
                "--limit {name}: with --relay nothing is bound by it here; give it to chat-relay"
            ),
            None => Ok(()),
        }
    }

    /// What is asked for and is nothing for a gateway, and why.
    fn of_the_relay(&self) -> [(bool, &'static str); 7] {
        let chat = &self.chat;
        [
            (
                !chat.irc.is_empty(),
                "--irc: with --relay the doors for lines are the relay's; start chat-relay with --irc instead",
            ),
            (
                !chat.plain.is_empty(),
                "--plain: with --relay the doors for lines are the relay's; start chat-relay with --plain instead",
            ),
            (
                !chat.gateway.is_empty(),
                "--gateway: with --relay this program is the gateway; give --gateway to chat-relay",
            ),
            (
                !chat.kept.is_default(),
                "--data, --memory, --sync, --keep, --keep-bytes: with --relay it is the relay that keeps the chat; \
                 give them to chat-relay",
            ),
            (
                chat.opers.is_some(),
                "--opers: with --relay it is the relay that has operators; give --opers to chat-relay",
            ),
            (
                chat.motd.is_some(),
                "--motd: with --relay it is the relay that greets people; give --motd to chat-relay",
            ),
            (
                chat.slow != SlowReaders::Close,
                "--slow: with --relay it is the relay that knows what may be dropped; give --slow to chat-relay",
            ),
        ]
    }
}

/// Limits of what a gateway does not do.
const LIMITS_OF_THE_RELAY: [&str; 8] = [
    "registration_seconds",
    "rooms_per_person",
    "rooms",
    "new_rooms",
    "new_room_seconds",
    "people_per_room",
    "journal_bytes",
    "redact_seconds",
];

#[cfg(test)]
mod tests {
    use super::*;
    use chat_core::limits::Limits;
    use clap::Parser;

    fn checked(more: &str) -> Result<(), String> {
        let args = ["chat-web", "--relay", "127.0.0.1:1"].into_iter();
        let args = Args::try_parse_from(args.chain(more.split(' ').filter(|arg| !arg.is_empty())));
        args.unwrap().check().map_err(|why| why.to_string())
    }

    #[test]
    fn a_gateway_leaves_to_the_relay_what_is_the_relays() {
        assert_eq!(checked(""), Ok(()));
        assert_eq!(
            checked("--limit connections=5 --limit ping-seconds=9"),
            Ok(())
        );
        for more in [
            "--irc none",
            "--gateway 127.0.0.1",
            "--memory",
            "--opers x",
            "--motd x",
            "--slow drop",
            "--limit rooms=5",
            "--limit rooms-per-person=5",
        ] {
            let why = checked(more).unwrap_err();
            assert!(why.contains("chat-relay"), "{more}: {why}");
        }
    }

    #[test]
    fn the_limits_of_the_relay_are_limits() {
        let names = Limits::names();
        assert!(LIMITS_OF_THE_RELAY.iter().all(|name| names.contains(name)));
    }
}
