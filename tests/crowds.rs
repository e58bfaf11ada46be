//! Rooms with many people: whoever agreed on `chat.local/crowds` hears how many came and went.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::time::Duration;

use chat_core::limits::{CROWD_PEOPLE, CROWD_TOLD_EVERY};
use chat_core::relay::Relay;
use chat_core::testing::Ephemeral;

/// `#lobby` with ana, who counts, bob, who does not, and so many others.
fn lobby(others: usize) -> Ephemeral {
    let mut chat = Relay::ephemeral().unwrap();
    chat.enter("ana").unwrap();
    chat.send("ana", "CAP REQ :chat.local/crowds").unwrap();
    chat.enter("bob").unwrap();
    for i in 0..others {
        chat.enter(&format!("p{i}")).unwrap();
    }
    pass(&mut chat, CROWD_TOLD_EVERY);
    for name in ["ana", "bob"] {
        heard(&mut chat, name);
    }
    chat
}

fn pass(chat: &mut Ephemeral, time: Duration) {
    chat.advance(time + Duration::from_millis(100)).unwrap();
}

/// What somebody has heard since this was last asked, without tags and source.
fn heard(chat: &mut Ephemeral, name: &str) -> Vec<String> {
    let lines = std::iter::from_fn(|| chat.hear(name).unwrap());
    let words = |line: String| {
        let tags = usize::from(line.starts_with('@'));
        line.splitn(tags + 2, ' ').last().unwrap().to_owned()
    };
    lines.map(words).collect()
}

#[test]
fn a_crowd_is_counted_once_a_second() {
    let mut chat = lobby(CROWD_PEOPLE);
    let people = CROWD_PEOPLE + 2;
    for name in ["x", "y", "z"] {
        chat.enter(name).unwrap();
    }
    chat.leave("x").unwrap();
    chat.say("y", "#lobby", "hello").unwrap();
    assert_eq!(heard(&mut chat, "ana"), ["PRIVMSG #lobby :hello"]);
    let told = heard(&mut chat, "bob");
    assert_eq!(told[..3], ["JOIN #lobby"; 3]);
    assert!(told[3].starts_with("QUIT "), "{told:?}");
    pass(&mut chat, CROWD_TOLD_EVERY);
    assert_eq!(
        heard(&mut chat, "ana"),
        [format!("CROWD #lobby 3 1 {}", people + 2)]
    );
    assert_eq!(heard(&mut chat, "bob"), [""; 0]);
    pass(&mut chat, CROWD_TOLD_EVERY);
    assert_eq!(heard(&mut chat, "ana"), [""; 0]);
}

#[test]
fn in_a_small_room_everybody_is_told() {
    let mut chat = lobby(2);
    chat.enter("x").unwrap();
    chat.send("x", "PART #lobby :bye").unwrap();
    assert_eq!(heard(&mut chat, "ana"), ["JOIN #lobby", "PART #lobby :bye"]);
    pass(&mut chat, CROWD_TOLD_EVERY);
    assert_eq!(heard(&mut chat, "ana"), [""; 0]);
}

#[test]
fn whoever_enters_a_crowd_is_told_how_many_there_are_and_may_ask_who() {
    let mut chat = lobby(CROWD_PEOPLE);
    for name in ["ana", "bob"] {
        chat.send(name, "PART #lobby").unwrap();
        pass(&mut chat, CROWD_TOLD_EVERY);
        heard(&mut chat, name);
        chat.send(name, "JOIN #lobby").unwrap();
    }
    let told = heard(&mut chat, "ana");
    assert_eq!(
        told[..2],
        [
            "JOIN #lobby".to_owned(),
            format!("CROWD #lobby 0 0 {}", CROWD_PEOPLE + 2)
        ]
    );
    assert!(heard(&mut chat, "bob")[1].starts_with("353 "));
    chat.send("ana", "NAMES #lobby").unwrap();
    assert!(heard(&mut chat, "ana").last().unwrap().starts_with("366 "));
}

#[test]
fn whoever_counts_does_not_hear_that_one_of_many_is_away() {
    let mut chat = lobby(CROWD_PEOPLE);
    for name in ["ana", "bob"] {
        chat.send(name, "CAP REQ :away-notify").unwrap();
    }
    chat.enter("x").unwrap();
    chat.send("x", "PART #lobby").unwrap();
    chat.send("x", "AWAY :tea").unwrap();
    for name in ["ana", "bob"] {
        heard(&mut chat, name);
    }
    chat.send("x", "JOIN #lobby").unwrap();
    assert_eq!(heard(&mut chat, "ana"), [""; 0]);
    assert_eq!(heard(&mut chat, "bob"), ["JOIN #lobby", "AWAY :tea"]);
}

#[test]
fn whoever_counts_does_not_hear_that_one_of_many_is_an_operator_again() {
    let mut chat = lobby(CROWD_PEOPLE);
    chat.enter("x").unwrap();
    chat.send("x", "JOIN #hall").unwrap();
    let others = (0..CROWD_PEOPLE).map(|i| format!("p{i}"));
    for name in ["ana", "bob"].map(str::to_owned).into_iter().chain(others) {
        chat.send(&name, "JOIN #hall").unwrap();
    }
    chat.send("x", "PART #hall").unwrap();
    pass(&mut chat, CROWD_TOLD_EVERY);
    for name in ["ana", "bob"] {
        heard(&mut chat, name);
    }
    chat.send("x", "JOIN #hall").unwrap();
    assert_eq!(heard(&mut chat, "ana"), [""; 0]);
    assert_eq!(heard(&mut chat, "bob"), ["JOIN #hall", "MODE #hall +o x"]);
}
