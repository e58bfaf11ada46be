//! A WebSocket and nothing else, as `websocat` would be, with the subprotocol of IRCv3.

use test_support::{Upgrade, WsClient};

use super::guest::{Sight, lines};
use super::house::House;
use super::raw;

pub(super) struct Socket {
    socket: WsClient,
}

impl Socket {
    pub(super) fn joins(house: &House, name: &str) -> Self {
        let upgrade = Upgrade::to(house.http).protocol("text.ircv3.net");
        let mut socket = upgrade.connect();
        assert_eq!(socket.protocol(), Some("text.ircv3.net"));
        socket.register(name);
        socket.join("#lobby");
        Self { socket }
    }

    pub(super) fn say(&mut self, text: &str) {
        self.socket.send(&raw::privmsg("#lobby", text));
    }

    pub(super) fn act(&mut self, text: &str) {
        self.say(&raw::action(text));
    }

    pub(super) fn whisper(&mut self, to: &str, text: &str) {
        self.socket.send(&raw::privmsg(to, text));
    }

    pub(super) fn set_topic(&mut self, text: &str) {
        self.socket.send(&format!("TOPIC #lobby :{text}"));
    }

    pub(super) fn rename(&mut self, new: &str) {
        self.socket.send(&format!("NICK {new}"));
    }

    pub(super) fn leave(&mut self) {
        self.socket.send("QUIT :tschüß");
        self.socket.expect_close(1000);
    }

    pub(super) fn has_seen(&mut self, sight: &Sight<'_>) -> bool {
        raw::has_come(&self.log(), sight)
    }

    pub(super) fn warnings(&mut self) -> Vec<String> {
        lines(&self.log(), |line| {
            line.strip_prefix("< ").is_some_and(raw::is_refusal)
        })
    }

    pub(super) fn log(&mut self) -> String {
        self.socket.poll();
        self.socket.transcript()
    }
}
