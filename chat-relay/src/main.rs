//! `chat-relay`: a chat with doors for IRC clients and for plain lines.

use anyhow::Context;
use chat_core::dialect::Dialect;
use chat_core::net::{Framing, Lines};
use chat_core::relay::Relay;
use chat_relay::args::RelayArgs;
use chat_relay::daemon;
use chat_relay::doors::{self, Kind};
use clap::Parser;

/// A group chat for IRC clients and plain lines
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    relay: RelayArgs,
}

fn main() -> anyhow::Result<()> {
    let Args { relay: args } = Args::parse();
    daemon::start_log();
    let mut builder = Relay::builder()
        .room(args.room.clone())
        .limits(args.limits()?);
    let mut announced = Vec::new();
    for (kind, places, dialect) in [
        (Kind::Irc, &args.irc, Dialect::Irc),
        (Kind::Plain, &args.plain, Dialect::Plain),
    ] {
        for door in doors::open(kind, places, lines)? {
            announced.push((kind, door.local_addr()?));
            builder = builder.door(door, dialect);
        }
    }
    anyhow::ensure!(
        !announced.is_empty(),
        "no door is open: name one by --irc or --plain"
    );
    let mut relay = builder.build().context("cannot start")?;
    if args.unlimited {
        log::warn!(
            "--unlimited: nobody is delayed for talking fast, and an address may connect without end"
        );
    }
    doors::announce(&announced, &args.room)?;
    daemon::serve(&mut relay)
}

fn lines() -> Box<dyn Framing> {
    Box::new(Lines::default())
}
