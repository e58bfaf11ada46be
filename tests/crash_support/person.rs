//! Somebody whose every word is answered: with its echo, or with a refusal.

use test_support::{LineClient, Program};

use super::line::{Line, Told};
use super::page::page;

pub(crate) struct Person {
    pub(crate) client: LineClient,
    room: String,
    said: u32,
}

impl Person {
    pub(crate) fn enter(program: &Program, nick: &str, room: &str) -> Self {
        let mut client = LineClient::connect(program.door("irc"));
        client.caps(&CAPS);
        client.register(nick);
        client.join(room);
        Self {
            client,
            room: room.to_owned(),
            said: 0,
        }
    }

    /// Says something, and awaits no answer. Gives the label of the answer.
    pub(crate) fn begin(&mut self, text: &str) -> String {
        self.said += 1;
        let label = self.said.to_string();
        let line = format!("@label={label} PRIVMSG {} :{text}", self.room);
        self.client.send(&line);
        label
    }

    /// Says something that is told: the echo.
    #[track_caller]
    pub(crate) fn say(&mut self, text: &str) -> Told {
        let label = self.begin(text);
        let answer = self.answer(&label);
        let told = Told::on(&Line::parse(&answer));
        told.unwrap_or_else(|| panic!("no echo of `{text}`: {answer}"))
    }

    /// The answer with this label.
    #[track_caller]
    pub(crate) fn answer(&mut self, label: &str) -> String {
        let has_label = |text: &str| Line::parse(text).tag("label") == Some(label);
        self.client.expect(has_label)
    }

    /// What the room holds, as they are told it.
    #[track_caller]
    pub(crate) fn history(&mut self) -> Vec<Told> {
        let (page, failures) = page(&mut self.client, "LATEST", &self.room, "*");
        assert!(failures.is_empty(), "{failures:?}");
        page
    }
}

const CAPS: [&str; 6] = [
    "batch",
    "draft/chathistory",
    "echo-message",
    "labeled-response",
    "message-tags",
    "standard-replies",
];
