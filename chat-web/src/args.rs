//! What chat-web takes besides what every chat takes.

use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs};

use chat_core::chat::SlowReaders;
use chat_core::dialect::irc::isupport::TITLE_BYTES_MAX;
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

    /// What this chat is called
    #[arg(long, value_name = "TEXT", default_value = "Chat", value_parser = title)]
    pub title: String,

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

fn title(text: &str) -> Result<String, String> {
    match text.len() <= TITLE_BYTES_MAX {
        true => Ok(text.to_owned()),
        false => Err(format!("a title has at most {TITLE_BYTES_MAX} bytes")),
    }
}

impl Args {
    /// With a relay elsewhere there is no chat here whose doors could be opened.
    ///
    /// # Errors
    /// What was asked for is the relay's to do.
    pub fn check(&self) -> anyhow::Result<()> {
        let doors = [("irc", &self.chat.irc), ("plain", &self.chat.plain)];
        for (name, places) in doors {
            anyhow::ensure!(
                self.relay.is_none() || places.is_empty(),
                "--{name}: with --relay the doors for lines are the relay's; \
                 start chat-relay with --{name} instead"
            );
        }
        anyhow::ensure!(
            self.relay.is_none() || self.chat.gateway.is_empty(),
            "--gateway: with --relay this program is the gateway; give --gateway to chat-relay"
        );
        anyhow::ensure!(
            self.relay.is_none() || self.chat.kept.is_default(),
            "--data, --memory, --sync, --keep, --keep-bytes: with --relay it is the relay that keeps the chat; \
             give them to chat-relay"
        );
        anyhow::ensure!(
            self.relay.is_none() || self.chat.opers.is_none(),
            "--opers: with --relay it is the relay that has operators; give --opers to chat-relay"
        );
        anyhow::ensure!(
            self.relay.is_none() || self.chat.slow == SlowReaders::Close,
            "--slow: with --relay it is the relay that knows what may be dropped; \
             give --slow to chat-relay"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn a_title_that_is_too_long_is_refused() {
        let args = |title: &str| Args::try_parse_from(["chat-web", "--title", title]);
        assert_eq!(args("Чат").unwrap().title, "Чат");
        let error = args(&"x".repeat(TITLE_BYTES_MAX + 1)).unwrap_err();
        assert!(error.to_string().contains("at most 80 bytes"), "{error}");
    }
}
