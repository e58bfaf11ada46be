//! Two libraries that bots are made of, each behind a small script of ours. It reads one order a
//! line (`say`, `act`, `tell WHO`, `topic`, `rename`, `leave`, and more: see the scripts) and tells what
//! the library told it.

use std::path::{Path, PathBuf};
use std::process::Command;

use test_support::Piped;

use super::guest::{Sight, lines};
use super::house::House;
use super::raw;

pub(super) struct Script {
    program: Piped,
}

impl Script {
    /// The library `irc` of PyPI.
    pub(super) fn python_joins(house: &House, name: &str) -> Self {
        let mut command = Command::new(installed().join("python/bin/python"));
        command.arg(source().join("python_irc.py"));
        let (ip, port) = (house.irc.ip().to_string(), house.irc.port().to_string());
        command.args([&ip, &port, name]);
        Self::starts(&mut command)
    }

    /// The library `irc-framework` of npm.
    pub(super) fn node_joins(house: &House, name: &str) -> Self {
        let mut command = node(name);
        let (ip, port) = (house.irc.ip().to_string(), house.irc.port().to_string());
        Self::starts(command.args([&ip, &port]))
    }

    /// The same with all that it can be asked for: it is shown what it says itself, and reads a message
    /// of several lines as one batch.
    pub(super) fn node_of_today_joins(house: &House, name: &str) -> Self {
        let mut command = node(name);
        let (ip, port) = (house.irc.ip().to_string(), house.irc.port().to_string());
        command.env(
            "CAPS",
            "echo-message draft/multiline draft/message-redaction",
        );
        Self::starts(command.args([&ip, &port]))
    }

    /// The library over a WebSocket without a subprotocol.
    pub(super) fn node_joins_over_websocket(house: &House, name: &str) -> Self {
        let mut command = node(name);
        let (ip, port) = (house.http.ip().to_string(), house.http.port().to_string());
        Self::starts(command.args([&ip, &port, "/socket"]))
    }

    fn starts(command: &mut Command) -> Self {
        command.env("PYTHONUTF8", "1");
        let mut program = Piped::start(command);
        program.wait_for("\nin #lobby");
        Self { program }
    }

    /// Gives an order.
    pub(super) fn does(&mut self, order: &str) {
        self.program.tell(order);
    }

    /// Waits until it has told this.
    #[track_caller]
    pub(super) fn tells(&mut self, line: &str) {
        self.program.wait_for(&format!("\n{line}\n"));
    }

    pub(super) fn say(&mut self, text: &str) {
        self.program.tell(&format!("say {text}"));
    }

    pub(super) fn act(&mut self, text: &str) {
        self.program.tell(&format!("act {text}"));
    }

    pub(super) fn whisper(&mut self, to: &str, text: &str) {
        self.program.tell(&format!("tell {to} {text}"));
    }

    pub(super) fn set_topic(&mut self, text: &str) {
        self.program.tell(&format!("topic {text}"));
    }

    pub(super) fn rename(&mut self, new: &str) {
        self.program.tell(&format!("rename {new}"));
    }

    pub(super) fn leave(&mut self) {
        self.program.tell("leave tschüß");
        self.program.wait_for_end();
    }

    pub(super) fn has_seen(&self, sight: &Sight<'_>) -> bool {
        let told = match sight {
            Sight::Joined { who } => format!("{who} joined"),
            Sight::Said { who, text } => format!("{who} said {text}"),
            Sight::Acted { who, text } => format!("{who} acted {text}"),
            Sight::Whispered { who, text } => format!("{who} told me {text}"),
            Sight::Topic { who, text } => format!("{who} set the topic {text}"),
            Sight::Renamed { who, new } => format!("{who} is now {new}"),
            Sight::Left { who } => format!("{who} left"),
        };
        self.log().lines().any(|line| line.starts_with(&told))
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        lines(&self.log(), |line| {
            let is_refusal = line.strip_prefix("raw ").is_some_and(raw::is_refusal);
            is_refusal
                || ["Traceback", "Error", "error "]
                    .iter()
                    .any(|sign| line.starts_with(sign))
        })
    }

    pub(super) fn log(&self) -> String {
        self.program.heard()
    }
}

fn node(name: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(source().join("irc_framework.mjs"));
    command.arg(installed().join("node_modules")).arg(name);
    command
}

/// Where the scripts are.
fn source() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/zoo"))
}

/// Where `./tests/run` installs the libraries: a folder beside what cargo builds.
fn installed() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_chat-web"));
    let folders = program.ancestors().take(4).map(|folder| folder.join("zoo"));
    let mut installed = folders.filter(|folder| folder.join("node_modules").is_dir());
    installed.next().expect(NOT_INSTALLED)
}

const NOT_INSTALLED: &str = "the libraries for this test are not installed: `./tests/run` does it, \
    `./tests/run --no-clients` does without";
