//! WeeChat without a screen, driven through its fifo plugin and read through its logger.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::process::Command;

use test_support::tempfile::{self, TempDir};
use test_support::{Piped, eventually};

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
        let path = home.path().join("fifo");
        // Opened once for all: each end of it would be told, and hold up what comes next.
        let fifo = eventually("WeeChat's fifo", || {
            let is_there = fs::metadata(&path).is_ok_and(|file| file.file_type().is_fifo());
            is_there.then(|| File::options().write(true).open(&path).ok())?
        });
        let weechat = Self {
            fifo,
            program,
            home,
        };
        eventually("WeeChat in the room", || {
            weechat.log().contains("Channel #lobby: ").then_some(())
        });
        let agreed = ["client capability, enabled:", "server-time", "away-notify"];
        assert!(shows(&weechat.log(), &agreed), "{}", weechat.log());
        weechat
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

    /// The logs of all its buffers, one after the other.
    pub(super) fn log(&self) -> String {
        let logs = fs::read_dir(self.home.path().join("logs"));
        let files = logs.into_iter().flatten().flatten();
        files
            .filter_map(|file| fs::read_to_string(file.path()).ok())
            .collect()
    }

    fn type_line(&mut self, line: &str) {
        let line = format!("irc.here.#lobby *{line}\n");
        let written = self.fifo.write_all(line.as_bytes());
        written.unwrap_or_else(|e| panic!("WeeChat is gone: {e}\n{}", self.program.heard()));
    }
}

/// No other plugins: what is not loaded opens no port.
fn write_settings(home: &Path, house: &House, name: &str) {
    let (ip, port) = (house.irc.ip(), house.irc.port());
    let server = format!(
        "[server]\n\
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
        ("weechat.conf", "[plugin]\nautoload = \"irc,fifo,logger\"\n"),
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
