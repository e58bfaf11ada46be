//! WeeChat without a screen, driven through its fifo plugin and read through its logger.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use test_support::tempfile::{self, TempDir};
use test_support::{PATIENCE, Piped, within};

use super::guest::{Sight, lines, shows};
use super::house::House;

pub(super) struct WeeChat {
    fifo: File,
    program: Piped,
    home: TempDir,
}

impl WeeChat {
    pub(super) fn joins(house: &House, name: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        write_settings(home.path(), house, name);
        let mut command = Command::new("weechat-headless");
        command.arg("--dir").arg(home.path()).arg("--stdout");
        command.env("HOME", home.path()).env("LC_ALL", "C.UTF-8");
        let program = Piped::start(&mut command);
        let is_in = |log: &String| log.contains("Channel #lobby: ");
        let log = within(2 * PATIENCE, || Some(log_in(home.path())).filter(is_in));
        let log = log.unwrap_or_else(|| {
            let said = program.heard() + &log_in(home.path());
            panic!("WeeChat is not in the room\n{said}");
        });
        let agreed = ["client capability, enabled:", "server-time", "away-notify"];
        assert!(shows(&log, &agreed), "{log}");
        // Not before: WeeChat makes it twice while it starts, and what goes into the first is lost.
        // Opened once for all: each end of it would be told, and hold up what comes next. Whoever
        // opens it for reading too does not wait for a reader.
        let fifo = File::options()
            .read(true)
            .write(true)
            .open(home.path().join("fifo"));
        Self {
            fifo: fifo.expect("WeeChat's fifo"),
            program,
            home,
        }
    }

    pub(super) fn say(&mut self, text: &str) {
        self.type_line(text);
    }

    pub(super) fn act(&mut self, text: &str) {
        self.type_line(&format!("/me {text}"));
    }

    pub(super) fn whisper(&mut self, to: &str, text: &str) {
        self.type_line(&format!("/msg {to} {text}"));
    }

    pub(super) fn set_topic(&mut self, text: &str) {
        self.type_line(&format!("/topic {text}"));
    }

    pub(super) fn rename(&mut self, new: &str) {
        self.type_line(&format!("/nick {new}"));
    }

    pub(super) fn leave(&mut self) {
        self.type_line("/quit tschüß");
        self.program.wait_for_end();
    }

    pub(super) fn has_seen(&self, sight: &Sight<'_>) -> bool {
        let log = self.log();
        match sight {
            Sight::Joined { who } => shows(&log, &[&format!("-->\t{who} "), "has joined #lobby"]),
            Sight::Said { who, text } | Sight::Whispered { who, text } => {
                shows(&log, &[&format!("\t{who}\t{text}")])
            }
            Sight::Acted { who, text } => shows(&log, &[&format!("\t *\t{who} {text}")]),
            Sight::Topic { who, text } => shows(
                &log,
                &[&format!("{who} has changed topic for #lobby"), text],
            ),
            Sight::Renamed { who, new } => shows(&log, &[&format!("{who} is now known as {new}")]),
            Sight::Left { who } => shows(&log, &[&format!("<--\t{who} "), "has quit"]),
        }
    }

    /// The prefix of what WeeChat takes for an error.
    pub(super) fn warnings(&self) -> Vec<String> {
        lines(&self.log(), |line| line.contains("\t=!=\t"))
    }

    pub(super) fn log(&self) -> String {
        log_in(self.home.path())
    }

    fn type_line(&mut self, line: &str) {
        let line = format!("irc.here.#lobby *{line}\n");
        let written = self.fifo.write_all(line.as_bytes());
        written.unwrap_or_else(|e| panic!("WeeChat is gone: {e}\n{}", self.program.heard()));
    }
}

/// The logs of all its buffers, one after the other.
fn log_in(home: &Path) -> String {
    let files = fs::read_dir(home.join("logs")).into_iter().flatten();
    files
        .flatten()
        .filter_map(|file| fs::read_to_string(file.path()).ok())
        .collect()
}

/// No other plugins: what is not loaded opens no port. That one types is told to others, and shown of
/// them, if all four options say so.
fn write_settings(home: &Path, house: &House, name: &str) {
    let (ip, port) = (house.irc.ip(), house.irc.port());
    let server = format!(
        "[look]\n\
         typing_status_nicks = on\n\
         typing_status_self = on\n\
         [server]\n\
         here.addresses = \"{ip}/{port}\"\n\
         here.autoconnect = on\n\
         here.autojoin = \"#lobby\"\n\
         here.capabilities = \"*\"\n\
         here.nicks = \"{name}\"\n\
         here.username = \"{name}\"\n\
         here.anti_flood_prio_high = 0\n\
         here.anti_flood_prio_low = 0\n"
    );
    let files = [
        (
            "weechat.conf",
            "[plugin]\nautoload = \"irc,fifo,logger,trigger,typing\"\n",
        ),
        (
            "typing.conf",
            "[look]\nenabled_nicks = on\nenabled_self = on\n",
        ),
        ("fifo.conf", "[file]\npath = \"${weechat_data_dir}/fifo\"\n"),
        (
            "logger.conf",
            "[look]\nbacklog = 0\n[file]\nflush_delay = 0\npath = \"${weechat_data_dir}/logs\"\n",
        ),
        ("irc.conf", &server),
    ];
    for (file, text) in files {
        fs::write(home.join(file), text).expect("a file in our own directory");
    }
}
