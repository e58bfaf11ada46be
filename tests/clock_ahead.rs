//! A clock that was years ahead for a moment: what it stamped stays where it was said, and time goes on for everybody.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chat_core::hub::entry::Entry;
use chat_core::journal::{Epochs, Found, Inquiry, Journal, Memory, Outcome, Question, Ticket};
use chat_core::names::RoomName;
use chat_core::relay::Relay;
use chat_core::testing::Ephemeral;
use chat_core::time::Timestamp;

const AHEAD: &str = "2200-01-01T00:00:00.000Z";

/// A journal whose clock can be put on.
struct Jumping {
    memory: Memory,
    is_ahead: Arc<AtomicBool>,
}

impl Journal for Jumping {
    fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket {
        let at = match self.is_ahead.load(Ordering::Relaxed) {
            true => Timestamp::from_iso(AHEAD).unwrap(),
            false => at,
        };
        self.memory.append(entry, at)
    }

    fn epochs(&self) -> &Epochs {
        self.memory.epochs()
    }

    fn committed(&mut self) -> Option<Outcome> {
        self.memory.committed()
    }

    fn ask(&mut self, question: Question) -> Inquiry {
        self.memory.ask(question)
    }

    fn answered(&mut self) -> Option<(Inquiry, Found)> {
        self.memory.answered()
    }

    fn forget(&mut self, room: &RoomName) {
        self.memory.forget(room);
    }
}

/// Ana and Bob are in the lobby, and Bob has spoken there while the clock was ahead.
fn chat() -> Ephemeral {
    let is_ahead = Arc::new(AtomicBool::new(false));
    let journal = Jumping {
        memory: Memory::new("e".into(), 1 << 20),
        is_ahead: Arc::clone(&is_ahead),
    };
    let mut chat = Ephemeral::of(Relay::builder().journal(Box::new(journal))).unwrap();
    for name in ["ana", "bob"] {
        chat.enter(name).unwrap();
    }
    is_ahead.store(true, Ordering::Relaxed);
    chat.say("bob", "#lobby", "from the future").unwrap();
    chat.expect("ana", "from the future").unwrap();
    is_ahead.store(false, Ordering::Relaxed);
    chat
}

/// What the relay answers with, to the first word of it.
fn asked(chat: &mut Ephemeral, line: &str, answer: &str) -> String {
    chat.send("ana", line).unwrap();
    chat.expect("ana", answer).unwrap()
}

fn marker(line: &str) -> &str {
    line.rsplit_once("timestamp=").unwrap().1
}

#[test]
fn nobody_has_read_further_than_now() {
    let mut chat = chat();
    let told = asked(
        &mut chat,
        &format!("MARKREAD #lobby timestamp={AHEAD}"),
        "MARKREAD #lobby",
    );
    assert!(marker(&told) < "2100", "{told}");
    let first = marker(&told).to_owned();
    chat.advance(Duration::from_secs(90)).unwrap();
    let told = asked(
        &mut chat,
        &format!("MARKREAD #lobby timestamp={AHEAD}"),
        "MARKREAD #lobby",
    );
    assert!(*marker(&told) > *first, "{told} after {first}");
}

#[test]
fn whoever_asks_where_something_was_said_until_now_is_told_of_the_future_too() {
    let mut chat = chat();
    let targets = "CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 9";
    asked(&mut chat, targets, "TARGETS #lobby");
}

#[test]
fn whoever_saw_the_future_last_gets_what_was_said_since() {
    let mut chat = chat();
    chat.say("bob", "#lobby", "from now").unwrap();
    chat.expect("ana", "from now").unwrap();
    let line = format!("CHATHISTORY AFTER #lobby timestamp={AHEAD} 9");
    asked(&mut chat, &line, "PRIVMSG #lobby :from now");
    let all = "CHATHISTORY LATEST #lobby timestamp=2020-01-01T00:00:00.000Z 9";
    asked(&mut chat, all, "PRIVMSG #lobby :from the future");
    asked(&mut chat, "PING x", "PONG");
}
