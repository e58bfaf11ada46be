//! One guest, of any kind, and what there is to see.

use std::sync::Arc;

use test_support::{Browser, PATIENCE, eventually, within};

use super::house::House;
use super::irssi::Irssi;
use super::nc::{NcAtIrc, NcAtPlain};
use super::page::Visitor;
use super::script::Script;
use super::socket::Socket;
use super::weechat::WeeChat;

/// Something that happens in the room, as everybody in it should see it; or a word to one person.
#[derive(Debug)]
pub(super) enum Sight<'a> {
    Joined { who: &'a str },
    Said { who: &'a str, text: &'a str },
    Acted { who: &'a str, text: &'a str },
    Whispered { who: &'a str, text: &'a str },
    Topic { who: &'a str, text: &'a str },
    Renamed { who: &'a str, new: &'a str },
    Left { who: &'a str },
}

/// Somebody with a client.
pub(super) struct Guest {
    name: String,
    client: Client,
}

enum Client {
    Irssi(Irssi),
    WeeChat(WeeChat),
    Script(Script),
    Socket(Socket),
    NcAtIrc(NcAtIrc),
    NcAtPlain(NcAtPlain),
    Visitor(Visitor),
}

/// All kinds have the same methods.
macro_rules! any {
    ($guest:expr, $client:ident => $does:expr) => {
        match &mut $guest.client {
            Client::Irssi($client) => $does,
            Client::WeeChat($client) => $does,
            Client::Script($client) => $does,
            Client::Socket($client) => $does,
            Client::NcAtIrc($client) => $does,
            Client::NcAtPlain($client) => $does,
            Client::Visitor($client) => $does,
        }
    };
}

/// Who comes in by what. Each of these is in the room when it returns.
impl Guest {
    pub(super) fn with_irssi(house: &House, name: &str) -> Self {
        Self::new(name, Client::Irssi(Irssi::joins(house, name)))
    }

    pub(super) fn with_weechat(house: &House, name: &str) -> Self {
        Self::new(name, Client::WeeChat(WeeChat::joins(house, name)))
    }

    pub(super) fn with_python_irc(house: &House, name: &str) -> Self {
        Self::new(name, Client::Script(Script::python_joins(house, name)))
    }

    pub(super) fn with_irc_framework(house: &House, name: &str) -> Self {
        Self::new(name, Client::Script(Script::node_joins(house, name)))
    }

    pub(super) fn with_irc_framework_over_websocket(house: &House, name: &str) -> Self {
        let script = Script::node_joins_over_websocket(house, name);
        Self::new(name, Client::Script(script))
    }

    pub(super) fn with_websocket(house: &House, name: &str) -> Self {
        Self::new(name, Client::Socket(Socket::joins(house, name)))
    }

    pub(super) fn with_nc_at_the_irc_door(house: &House, name: &str) -> Self {
        Self::new(name, Client::NcAtIrc(NcAtIrc::joins(house, name)))
    }

    pub(super) fn with_nc_at_the_plain_door(house: &House, name: &str) -> Self {
        Self::new(name, Client::NcAtPlain(NcAtPlain::joins(house, name)))
    }

    pub(super) fn with_chromium(house: &House, browser: &Arc<Browser>, name: &str) -> Self {
        Self::new(name, Client::Visitor(Visitor::joins(house, browser, name)))
    }

    fn new(name: &str, client: Client) -> Self {
        let name = name.to_owned();
        Self { name, client }
    }
}

impl Guest {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn says(&mut self, text: &str) {
        any!(self, client => client.say(text));
    }

    /// Says what they do: `/me`.
    pub(super) fn acts(&mut self, text: &str) {
        any!(self, client => client.act(text));
    }

    pub(super) fn whispers(&mut self, to: &str, text: &str) {
        any!(self, client => client.whisper(to, text));
    }

    pub(super) fn sets_the_topic(&mut self, text: &str) {
        any!(self, client => client.set_topic(text));
    }

    pub(super) fn takes_the_name(&mut self, new: &str) {
        any!(self, client => client.rename(new));
        new.clone_into(&mut self.name);
    }

    pub(super) fn leaves(&mut self) {
        any!(self, client => client.leave());
    }

    /// What the server or the client itself complained of.
    pub(super) fn warnings(&mut self) -> Vec<String> {
        any!(self, client => client.warnings())
    }

    /// All that the client has shown so far.
    pub(super) fn log(&mut self) -> String {
        any!(self, client => client.log())
    }

    /// Waits until the client has shown this.
    pub(super) fn awaits(&mut self, sight: &Sight<'_>) {
        let mut look = || any!(self, client => client.has_seen(sight)).then_some(());
        if within(2 * PATIENCE, &mut look).is_none() {
            panic!("{} has not seen {sight:?}", self.name);
        }
    }
}

/// The lines of the log that are so.
pub(super) fn lines(log: &str, is_so: impl Fn(&str) -> bool) -> Vec<String> {
    let lines = log.lines().filter(|line| is_so(line));
    lines.map(str::to_owned).collect()
}

/// Whether a line of the log has all of these, in this order.
pub(super) fn shows(log: &str, parts: &[&str]) -> bool {
    log.lines().any(|line| {
        let found = parts.iter().try_fold(line, |rest, part| {
            rest.split_once(part).map(|(_, after)| after)
        });
        found.is_some()
    })
}

/// Waits until a log has a line with both.
#[track_caller]
pub(super) fn sees(log: &dyn Fn() -> String, one: &str, other: &str) {
    eventually(&format!("{one} … {other}"), || {
        let log = log();
        let mut lines = log.lines();
        lines
            .any(|line| line.contains(one) && line.contains(other))
            .then_some(())
    });
}
