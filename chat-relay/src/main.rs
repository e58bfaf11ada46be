//! `chat-relay`: a chat with doors for IRC clients and for plain lines.

use std::process::ExitCode;

use anyhow::Context;
use chat_core::relay::Relay;
use chat_relay::args::RelayArgs;
use chat_relay::command::Command;
use chat_relay::{daemon, data, doors};
use clap::Parser;

/// A group chat for IRC clients and plain lines
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    relay: RelayArgs,
}

/// Whose folder it is.
const PROGRAM: &str = "chat-relay";

fn main() -> ExitCode {
    daemon::end(run())
}

fn run() -> anyhow::Result<()> {
    let Args {
        command,
        relay: args,
    } = Args::parse();
    daemon::start_log();
    if let Some(command) = command {
        return command.run(PROGRAM);
    }
    let builder = Relay::builder()
        .title(&args.title)
        .motd(args.message_of_the_day()?)
        .room(args.room.clone())
        .password(args.password()?)
        .gateways(args.gateways()?)
        .slow(args.slow)
        .limits(args.limits()?);
    let builder = args.with_opers(builder)?;
    let journal = args.kept.open(PROGRAM)?;
    let kept = data::announced(journal.as_ref());
    let builder = data::keep(builder, journal);
    let (builder, announced) = doors::open_for_lines(builder, &args)?;
    anyhow::ensure!(
        !announced.is_empty(),
        "no door is open: name one by --irc or --plain"
    );
    let mut relay = builder.build().context("cannot start")?;
    daemon::warn_of(&args);
    daemon::tell_of_gateways(&args);
    doors::announce(&announced, &args.room, &kept)?;
    daemon::serve(&mut relay)
}
