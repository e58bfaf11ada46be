//! Running until a signal ends it.

use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use crate::args::RelayArgs;
use anyhow::Context;
use chat_core::dialect::terminal::visible;
use chat_core::handle::Handle;
use chat_core::relay::{Front, Relay};
use env_logger::fmt::Formatter;
use log::{Level, Record};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long people have to hear that they must go.
const DRAIN: Duration = Duration::from_secs(3);

/// What everybody is told when the program is ended.
const REASON: &str = "the chat is closing";

/// Exit status of a program that a second signal ended: 128 + SIGINT, as shells have it.
const IMPATIENT: i32 = 130;

/// Logs to stderr, one event a line, from `info` on unless `RUST_LOG` says otherwise.
pub fn start_log() {
    let env = env_logger::Env::default().default_filter_or("info");
    env_logger::Builder::from_env(env).format(write_line).init();
}

/// One event as one line. The log is read at a terminal too, so whatever an event may hold of a
/// stranger's, the terminal does not obey it: this is the one place where all events come by.
fn write_line(out: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    if tells_what_is_said(record) {
        return Ok(());
    }
    let (time, level) = (out.timestamp(), record.level());
    let style = out.default_level_style(level);
    let text = record.args().to_string();
    writeln!(
        out,
        "[{time} {style}{level:<5}{style:#}] {}",
        visible(&text)
    )
}

/// Tungstenite tells each frame, and with it what people say: nobody's log may hold that, not even
/// when `RUST_LOG` asks for it by name.
fn tells_what_is_said(record: &Record<'_>) -> bool {
    record.level() > Level::Info && record.target().starts_with("tungstenite")
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

/// Serves until SIGINT, SIGTERM or the end of its terminal, then drains; a second signal ends at once.
///
/// # Errors
/// Signals cannot be caught, the poll itself fails, or the disk did not take what was told already.
pub fn serve<H: Front>(relay: &mut Relay<H>) -> anyhow::Result<()> {
    listen_for_signals(relay.handle())?;
    relay.run().context("the loop failed")?;
    log::info!("everybody has gone");
    relay.end().context("not all that was told is kept")
}

fn listen_for_signals(handle: Handle) -> anyhow::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("cannot listen for signals")?;
    if !ignores_hangups() {
        signals
            .add_signal(SIGHUP)
            .context("cannot listen for signals")?;
    }
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for (count, signal) in signals.forever().enumerate() {
                // A terminal that is closed says so twice: its shell does, and the kernel.
                if count > 0 && signal == SIGHUP {
                    continue;
                }
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

/// Whether the program was started by `nohup` or the like, to outlive its terminal. proc_pid_status(5), `SigIgn`.
fn ignores_hangups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & (1 << (SIGHUP - 1)) != 0)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use log::Log;

    use super::*;

    /// What was written, to be looked at after the logger has it.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What stands in the log after one event.
    fn logged(level: Level, target: &str, text: &str) -> String {
        let paper = Paper::default();
        let logger = env_logger::Builder::new()
            .filter_level(log::LevelFilter::Trace)
            .format(write_line)
            .target(env_logger::Target::Pipe(Box::new(paper.clone())))
            .build();
        let mut record = Record::builder();
        record.level(level).target(target);
        logger.log(&record.args(format_args!("{text}")).build());
        drop(logger);
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_terminal_that_shows_the_log_obeys_no_stranger() {
        for (text, shown) in [
            (
                "a\x1b]52;c;ZXZpbA==\x07b",
                "a\u{fffd}]52;c;ZXZpbA==\u{fffd}b",
            ),
            (
                "one\r\n[2026 ERROR] two",
                "one\u{fffd}\u{fffd}[2026 ERROR] two",
            ),
            ("\u{9b}2J\u{202e}\u{2066}", "\u{fffd}2J\u{fffd}\u{fffd}"),
            ("\x02bold\x0304red", "boldred"),
        ] {
            let line = logged(Level::Warn, "chat_core", text);
            let (head, rest) = line.split_once("] ").unwrap();
            assert!(
                head.starts_with("[20") && head.ends_with(" WARN "),
                "{head}"
            );
            assert_eq!(rest, format!("{shown}\n"));
        }
    }

    #[test]
    fn the_log_never_holds_frames_even_if_asked_for_them() {
        assert_eq!(logged(Level::Trace, "tungstenite::protocol", "frame"), "");
        assert_eq!(logged(Level::Debug, "tungstenite", "frame"), "");
        assert!(logged(Level::Warn, "tungstenite", "odd").ends_with("odd\n"));
    }
}
