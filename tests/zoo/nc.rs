//! Netcat at both line doors: what one types is all there is.

use std::net::SocketAddr;
use std::process::Command;

use test_support::Piped;

use super::guest::{Sight, lines, shows};
use super::house::House;
use super::raw;

/// Somebody who speaks IRC by hand.
pub(super) struct NcAtIrc {
    nc: Piped,
}

impl NcAtIrc {
    pub(super) fn joins(house: &House, name: &str) -> Self {
        let mut nc = nc(house.irc);
        nc.tell(&format!("NICK {name}"));
        nc.tell(&format!("USER {name} 0 * :Ina Netcat"));
        nc.tell("JOIN #lobby");
        nc.wait_for(" 366 ");
        Self { nc }
    }

    /// Types a line of IRC.
    pub(super) fn types(&mut self, line: &str) {
        self.nc.tell(line);
    }

    /// Waits until this has come.
    #[track_caller]
    pub(super) fn reads(&mut self, text: &str) {
        self.nc.wait_for(text);
    }

    pub(super) fn say(&mut self, text: &str) {
        self.nc.tell(&raw::privmsg("#lobby", text));
    }

    pub(super) fn act(&mut self, text: &str) {
        self.say(&raw::action(text));
    }

    pub(super) fn whisper(&mut self, to: &str, text: &str) {
        self.nc.tell(&raw::privmsg(to, text));
    }

    pub(super) fn set_topic(&mut self, text: &str) {
        self.nc.tell(&format!("TOPIC #lobby :{text}"));
    }

    pub(super) fn rename(&mut self, new: &str) {
        self.nc.tell(&format!("NICK {new}"));
    }

    pub(super) fn leave(&mut self) {
        self.nc.tell("QUIT :tschüß");
        self.nc.end_of_input();
        self.nc.wait_for_end();
    }

    pub(super) fn has_seen(&self, sight: &Sight<'_>) -> bool {
        raw::has_come(&self.log(), sight)
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        lines(&self.log(), raw::is_refusal)
    }

    pub(super) fn log(&self) -> String {
        self.nc.heard()
    }
}

/// Somebody who need not know what IRC is.
pub(super) struct NcAtPlain {
    nc: Piped,
}

impl NcAtPlain {
    pub(super) fn joins(house: &House, name: &str) -> Self {
        let mut nc = nc(house.plain);
        nc.tell(name);
        nc.wait_for("in #lobby");
        Self { nc }
    }

    /// Waits until this is shown.
    #[track_caller]
    pub(super) fn reads(&mut self, text: &str) {
        self.nc.wait_for(text);
    }

    pub(super) fn say(&mut self, text: &str) {
        self.nc.tell(text);
    }

    pub(super) fn act(&mut self, text: &str) {
        self.nc.tell(&format!("/me {text}"));
    }

    pub(super) fn whisper(&mut self, to: &str, text: &str) {
        self.nc.tell(&format!("/msg {to} {text}"));
    }

    pub(super) fn set_topic(&mut self, text: &str) {
        self.nc.tell(&format!("/topic {text}"));
    }

    pub(super) fn rename(&mut self, new: &str) {
        self.nc.tell(&format!("/nick {new}"));
    }

    pub(super) fn leave(&mut self) {
        self.nc.tell("/quit");
        self.nc.end_of_input();
        self.nc.wait_for_end();
    }

    pub(super) fn has_seen(&self, sight: &Sight<'_>) -> bool {
        let shown = match sight {
            Sight::Joined { who } => format!("* {who} joined #lobby"),
            Sight::Said { who, text } => format!("{who}: {text}"),
            Sight::Acted { who, text } => format!("* {who} {text}"),
            Sight::Whispered { who, text } => format!("{who} (to you): {text}"),
            Sight::Topic { who, text } => format!("* {who} set the topic: {text}"),
            Sight::Renamed { who, new } => format!("* {who} is now called {new}"),
            Sight::Left { who } => format!("* {who} is gone"),
        };
        shows(&self.log(), &[&shown])
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        let signs = ["Sorry", "There is no ", "will not do", "taken"];
        lines(&self.log(), |line| {
            signs.iter().any(|sign| line.contains(sign))
        })
    }

    pub(super) fn log(&self) -> String {
        self.nc.heard()
    }
}

fn nc(door: SocketAddr) -> Piped {
    let (ip, port) = (door.ip().to_string(), door.port().to_string());
    Piped::start(Command::new("nc").args([ip, port]))
}
