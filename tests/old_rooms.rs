//! Rooms on the disk in which nobody was for long, those of yesterday, and a limit that is lower than before.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use chat_core::hub::entry::{Act, Entry, Post, PostKind, Source, Target};
use chat_core::id::{Identity, PersonId};
use chat_core::journal::sqlite::{Retention, Settings, Sqlite};
use chat_core::journal::{Durability, Journal, Note};
use chat_core::limits::Limits;
use chat_core::names::{Nick, RoomName};
use chat_core::time::Timestamp;
use limits_support::{House, lifted};
use tempfile::TempDir;
use test_support::LineClient;

const CAPS: [&str; 3] = ["batch", "draft/chathistory", "soju.im/search"];

fn journal(folder: &TempDir) -> Sqlite {
    let settings = Settings {
        folder: folder.path().to_owned(),
        durability: Durability::Disk,
        retention: Retention::default(),
    };
    Sqlite::open(&settings).unwrap()
}

fn house(folder: &TempDir, rooms: u64) -> House {
    let journal = Box::new(journal(folder));
    let limits = Limits { rooms, ..lifted() };
    House::around(&limits, |builder| builder.journal(journal), |chat| chat)
}

fn days_ago(days: i64) -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let day = 24 * 60 * 60 * 1000;
    Timestamp(i64::try_from(now.as_millis()).unwrap() - days * day)
}

fn by_ana(act: Act) -> Entry {
    Entry {
        who: PersonId::NOBODY,
        identity: Identity(1),
        source: Arc::new(Source::new(Nick::new("ana").unwrap(), "a", "h")),
        act,
    }
}

/// Ana made it then, and said something if there is something to say.
fn made(journal: &mut Sqlite, room: &str, at: Timestamp, words: &str) {
    let room = RoomName::new(room).unwrap();
    let join = Act::Join {
        room: room.clone(),
        real_name: "".into(),
        key: None,
    };
    journal.append(by_ana(join), at);
    if !words.is_empty() {
        let post = Post {
            target: Target::Room(room),
            kind: PostKind::Message,
            text: words.into(),
            tags: "".into(),
            retry: None,
            concat: None,
        };
        journal.append(by_ana(Act::Post(post)), at);
    }
}

fn note(journal: &mut Sqlite, room: &str, settings: &str) {
    journal.note(Note {
        shelf: "rooms".into(),
        key: room.as_bytes().into(),
        value: Some(settings.into()),
    });
}

#[track_caller]
fn is_refused(person: &mut LineClient, room: &str) {
    person.send(&format!("JOIN {room}"));
    person.expect_contains(&format!(" 403 bob {room} :"));
}

/// What the history of a room says now, in which there is something.
#[track_caller]
fn hears(person: &mut LineClient, room: &str, words: &str) {
    person.send(&format!("CHATHISTORY LATEST {room} * 10"));
    person.expect_contains(" BATCH +");
    let line = person.next_line();
    assert!(line.ends_with(words), "{line}");
    person.fence();
}

#[test]
fn who_was_away_for_long_finds_another_room_and_who_was_away_for_a_night_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = journal(&folder);
    made(&mut before, "#open", days_ago(40), "of the open room");
    made(&mut before, "#closed", days_ago(40), "of the closed room");
    note(
        &mut before,
        "#closed",
        "modes +nt\nfounder 1\nb *!*@h ana 1\n",
    );
    made(&mut before, "#night", days_ago(29), "good night");
    drop(before);
    let house = house(&folder, 4);
    let mut bob = house.person_with("bob", &CAPS);
    bob.join("#1");
    bob.join("#2");
    is_refused(&mut bob, "#open");
    bob.send("PART #1,#2");
    bob.expect_contains(" PART #2");
    bob.join("#open");
    hears(&mut bob, "#open", " PRIVMSG #open :of the open room");
    bob.join("#closed");
    hears(&mut bob, "#closed", " BATCH -b2");
    bob.send("SEARCH text=room");
    bob.expect_contains(" BATCH +b3 soju.im/search");
    let found = bob.next_line();
    assert!(found.ends_with(" :of the open room"), "{found}");
    assert!(bob.next_line().ends_with(" BATCH -b3"));
    bob.join("#night");
    hears(&mut bob, "#night", " PRIVMSG #night :good night");
}

#[test]
fn a_lower_limit_takes_only_what_nobody_would_miss() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = journal(&folder);
    made(&mut before, "#words", days_ago(2), "hi");
    made(&mut before, "#modes", days_ago(1), "");
    note(&mut before, "#modes", "modes +int\nfounder 1\n");
    made(&mut before, "#bare", days_ago(0), "");
    drop(before);
    for _ in 0..2 {
        let house = house(&folder, 2);
        let mut bob = house.person_with("bob", &CAPS);
        bob.send("JOIN #modes");
        bob.expect_contains(" 473 bob #modes :");
        is_refused(&mut bob, "#bare");
        bob.join("#words");
        hears(&mut bob, "#words", " PRIVMSG #words :hi");
    }
}
