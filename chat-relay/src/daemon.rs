//! Running until a signal ends it.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use crate::args::RelayArgs;
use anyhow::Context;
use chat_core::handle::Handle;
use chat_core::relay::{Front, Relay};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long people have to hear that they must go.
const DRAIN: Duration = Duration::from_secs(3);

/// What everybody is told when the program is ended.
const REASON: &str = "the chat is closing";

/// Exit status of a program that a second signal ended: 128 + SIGINT, as shells have it.
const IMPATIENT: i32 = 130;

/// Logs to stderr, one event a line, from `info` on unless `RUST_LOG` says otherwise. Tungstenite
/// would tell each frame, and with it what people say: nobody's log may hold that.
pub fn start_log() {
    let env = env_logger::Env::default().default_filter_or("info");
    env_logger::Builder::from_env(env)
        .format_target(false)
        .filter_module("tungstenite", log::LevelFilter::Info)
        .init();
}

/// What a program ends with: an error in one line on stderr, with what led to it.
#[must_use]
pub fn end(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Says what was switched off.
pub fn warn_of(args: &RelayArgs) {
    if args.unlimited {
        log::warn!("--unlimited: talk as fast and connect as often as you like");
    }
}

/// Says how people of a gateway will look like, if they will all look alike.
pub fn tell_of_gateways(args: &RelayArgs) {
    if args.gateway.is_empty() {
        log::info!(
            "without --gateway and --gateway-secret, people who come through a `chat-web --relay` \
             appear with that program's address"
        );
    }
}

/// Serves until SIGINT or SIGTERM, then drains; a second signal ends at once.
///
/// # Errors
/// Signals cannot be caught, or the poll itself fails.
pub fn serve<H: Front>(relay: &mut Relay<H>) -> anyhow::Result<()> {
    listen_for_signals(relay.handle())?;
    relay.run().context("the loop failed")?;
    log::info!("everybody has gone");
    Ok(())
}

fn listen_for_signals(handle: Handle) -> anyhow::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("cannot listen for signals")?;
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for (count, _) in signals.forever().enumerate() {
                if count == 0 {
                    log::info!("draining; a second signal ends at once");
                }
                if count > 0 || handle.stop(REASON, DRAIN).is_err() {
                    std::process::exit(IMPATIENT);
                }
            }
        })
        .context("cannot start a thread for signals")?;
    Ok(())
}
