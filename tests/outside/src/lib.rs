//! The public interface of chat-core and chat-web, used as a program does that has the chat inside: nothing here is
//! in the workspace's other packages, and nothing but what is public can be reached.
#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod handles;
mod insiders;
mod judge;
mod observers;
mod own_loop;
mod owned_users;
mod pages;
mod retries;
mod testing;
mod values;
mod verdicts;

use std::time::Duration;

use chat_core::inside::{Insider, InsiderError};
use chat_core::names::{Nick, RoomName};
use chat_core::relay::{Builder, Relay};

/// A relay without a door: everybody is in this process.
fn quiet() -> Relay {
    builder().build().unwrap()
}

fn builder() -> Builder {
    let mut limits = chat_core::limits::Limits::default();
    limits.lift();
    Relay::builder().limits(limits)
}

fn lobby() -> RoomName {
    RoomName::lobby()
}

fn nick(name: &str) -> Nick {
    Nick::new(name).unwrap()
}

/// Turns a relay until it has nothing to do.
fn settle(relay: &mut Relay) {
    for _ in 0..10 {
        assert!(relay.turn(Some(Duration::ZERO)).unwrap().is_running());
    }
}

/// Says something in the lobby, as soon as it is heard: a talker may be held for readers who fall behind.
fn insist(relay: &mut Relay, person: &Insider, text: &str) {
    while person.say("#lobby", text) == Err(InsiderError::Busy) {
        std::thread::sleep(Duration::from_millis(5));
        settle(relay);
    }
    settle(relay);
}

/// Everything that somebody has heard, without tags.
fn heard(person: &mut Insider) -> Vec<String> {
    let lines = std::iter::from_fn(|| person.hear().ok().flatten());
    lines
        .map(|line| match line.split_once(' ') {
            Some((tags, rest)) if tags.starts_with('@') => rest.to_owned(),
            _ => line,
        })
        .collect()
}

/// The lines without who did it.
fn deeds(lines: &[String]) -> Vec<&str> {
    let deeds = lines.iter().map(|line| line.split_once(' ').unwrap().1);
    deeds.collect()
}

/// What somebody has heard with these words in it.
#[track_caller]
fn hears(person: &mut Insider, part: &str) -> String {
    let lines = heard(person);
    let found = lines.iter().find(|line| line.contains(part));
    found
        .unwrap_or_else(|| panic!("no {part:?} in {lines:#?}"))
        .clone()
}

/// Somebody who is in the lobby, and has heard of that.
fn enter(relay: &mut Relay, name: &str) -> Insider {
    let mut person = relay.person(name).unwrap();
    person.join("#lobby").unwrap();
    settle(relay);
    hears(&mut person, " 366 ");
    person
}
