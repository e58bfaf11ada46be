//! What chat-web takes besides what every chat takes.

use chat_core::net::Network;
use chat_relay::args::{Place, RelayArgs};

use crate::origin::Origin;

/// A group chat: a page for browsers, IRC and plain lines, in one program
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "chat-web", version)]
pub struct Args {
    /// Where browsers connect, 127.0.0.1:8080 if not given; may be repeated, `none` opens no such door
    #[arg(long, value_name = "ADDR|none", help_heading = "Doors")]
    pub http: Vec<Place>,

    /// Where the page is reached from, such as <https://chat.example>; may be repeated
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse)]
    pub origin: Vec<Origin>,

    /// A network of proxies in front of the page, whose X-Forwarded-For is believed; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub proxy: Vec<Network>,

    /// What this chat is called
    #[arg(long, value_name = "TEXT", default_value = "Chat")]
    pub title: String,

    #[command(flatten)]
    #[allow(missing_docs, reason = "the struct says it, and clap would show it")]
    pub relay: RelayArgs,
}
