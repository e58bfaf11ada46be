//! irssi on a terminal, as Debian has it.

use std::fs;

use test_support::{Terminal, eventually};

use super::guest::{Sight, lines, shows};
use super::house::House;
use super::raw;

pub(super) struct Irssi {
    terminal: Terminal,
}

impl Irssi {
    pub(super) fn joins(house: &House, name: &str) -> Self {
        let terminal = Terminal::irssi(house.irc, name, "Irma Irssi");
        terminal.wait_for("Join to #lobby was synced");
        Self { terminal }
    }

    pub(super) fn say(&self, text: &str) {
        self.terminal.type_line(text);
    }

    pub(super) fn act(&self, text: &str) {
        self.terminal.type_line(&format!("/me {text}"));
    }

    pub(super) fn whisper(&self, to: &str, text: &str) {
        self.terminal.type_line(&format!("/msg {to} {text}"));
    }

    pub(super) fn set_topic(&self, text: &str) {
        self.terminal.type_line(&format!("/topic {text}"));
    }

    pub(super) fn rename(&self, new: &str) {
        self.terminal.type_line(&format!("/nick {new}"));
    }

    pub(super) fn leave(&self) {
        self.terminal.type_line("/quit tschüß");
        self.terminal.wait_for_end();
    }

    pub(super) fn has_seen(&self, sight: &Sight<'_>) -> bool {
        let log = self.log();
        match sight {
            Sight::Joined { who } => shows(&log, &[&format!(" {who} ["), "has joined #lobby"]),
            Sight::Said { who, text } => shows(&log, &[&format!("< {who}> {text}")]),
            Sight::Acted { who, text } => shows(&log, &[&format!("* {who} {text}")]),
            Sight::Whispered { who, text } => shows(&log, &[who, text]),
            Sight::Topic { who, text } => {
                let words = format!("{who} changed the topic of #lobby to: {text}");
                shows(&log, &[&words])
            }
            Sight::Renamed { who, new } => shows(&log, &[&format!("{who} is now known as {new}")]),
            Sight::Left { who } => shows(&log, &[&format!(" {who} ["), "has quit ["]),
        }
    }

    /// What the server refused, by irssi's own record of the lines. That it sends half a JOIN before
    /// it has a name, and is told so (451), it knows: nobody is shown that.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.terminal.type_line("/rawlog save ~/raw.log");
        let record = eventually("irssi's record", || {
            let text = fs::read_to_string(self.terminal.home().join("raw.log")).ok();
            text.filter(|text| text.contains(" 366 "))
        });
        lines(&record, |line| {
            let heard = line.strip_prefix(">> ");
            heard.is_some_and(|line| raw::is_refusal(line) && !line.contains(" 451 "))
        })
    }

    pub(super) fn log(&self) -> String {
        self.terminal.irssi_log()
    }
}
