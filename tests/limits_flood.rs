//! Who talks fast is delayed, never cut, and hurts nobody else.
//!
//! How long by the clock of the relay, which stands still unless a test lets time pass: what is heard without that is
//! heard at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::time::Duration;

use chat_core::limits::{Limits, WHEEL_TICK};
use limits_support::{House, lifted};
use test_support::LineClient;

const SECOND: Duration = Duration::from_secs(1);

/// Ten lines at once and ten a second: the same law as the default, in less time.
fn brisk() -> Limits {
    Limits {
        flood_lines_per_second: 10,
        ..Limits::default()
    }
}

fn say_many(person: &mut LineClient, count: usize) {
    let lines: String = (0..count).map(|i| format!("PRIVMSG #a :{i}\r\n")).collect();
    person.send_bytes(lines.as_bytes());
}

/// Somebody who listens to what one says in a room, in numbers.
struct Ear {
    person: LineClient,
    room: &'static str,
    heard: usize,
}

impl Ear {
    fn of(person: LineClient, room: &'static str) -> Ear {
        Ear {
            person,
            room,
            heard: 0,
        }
    }

    /// So many messages come, without more time.
    #[track_caller]
    fn hears(&mut self, count: usize) {
        while self.heard < count {
            let said = format!(" PRIVMSG {} ", self.room);
            let line = self.person.expect_contains(&said);
            self.count(&line);
        }
    }

    #[track_caller]
    fn count(&mut self, line: &str) {
        let said = format!(" PRIVMSG {} :{}", self.room, self.heard);
        assert!(line.ends_with(&said), "{line}");
        self.heard += 1;
    }

    /// How many messages have come by now, of which there are so many at least.
    #[track_caller]
    fn has_heard(&mut self, least: usize) -> usize {
        self.hears(least);
        for line in self.person.poll().expect("an open connection") {
            self.count(&line);
        }
        self.heard
    }

    /// The first ten come at once, and each of the others a while after the one before.
    #[track_caller]
    fn hears_by_the_law(&mut self, house: &House, count: usize, each: Duration) {
        assert_eq!(self.has_heard(10), 10);
        let mut time = Duration::ZERO;
        while self.heard < count {
            house.pass(WHEEL_TICK);
            time += WHEEL_TICK;
            let allowed = |time: Duration| 10 + (time.as_millis() / each.as_millis()) as usize;
            let heard = self.has_heard(allowed(time - WHEEL_TICK).min(count));
            assert!(heard <= allowed(time), "{heard} after {time:?}");
        }
    }
}

#[test]
fn ten_lines_pass_at_once_and_then_so_many_a_second_and_nothing_is_lost() {
    let house = House::still(&brisk());
    let (mut ana, bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    house.pass(SECOND);
    say_many(&mut ana, 40);
    Ear::of(bob, "#a").hears_by_the_law(&house, 40, SECOND / 10);
}

#[test]
fn the_default_is_two_a_second() {
    let house = House::still(&Limits::default());
    let (mut ana, bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    house.pass(2 * SECOND);
    say_many(&mut ana, 14);
    Ear::of(bob, "#a").hears_by_the_law(&house, 14, SECOND / 2);
}

#[test]
fn a_flooder_is_answered_in_order() {
    let house = House::still(&brisk());
    let mut ana = house.person_with("ana", &["echo-message"]);
    ana.join("#a");
    let line = |i: usize| format!("PRIVMSG #a :{i}\r\nPING {i}\r\n");
    let lines: String = (0..15).map(line).collect();
    ana.send_bytes(lines.as_bytes());
    house.pass(4 * SECOND);
    for i in 0..15 {
        let echo = ana.next_line();
        assert!(echo.ends_with(&format!("PRIVMSG #a :{i}")), "{echo}");
        assert_eq!(ana.next_line(), format!(":chat.local PONG chat.local :{i}"));
    }
}

#[test]
fn while_one_floods_another_is_heard_and_answered_at_once() {
    let house = House::still(&Limits::default());
    let mut bob = house.member("bob", "#a");
    let mut floods: Vec<LineClient> = (0..4)
        .map(|i| house.member(&format!("flood{i}"), "#a"))
        .collect();
    for flood in &mut floods {
        say_many(flood, 3000);
    }
    house.pass(2 * SECOND);
    for _ in 0..5 {
        bob.fence();
        house.pass(SECOND * 6 / 10);
    }
}

#[test]
fn rubbish_counts_as_talk_too() {
    let house = House::still(&brisk());
    let mut ana = house.person("ana");
    house.pass(SECOND);
    let lines = [
        &b"\xff\xfe\n"[..],
        &vec![b'x'; 9000],
        b"\n",
        b"a\0b\n",
        b"\n",
    ]
    .concat();
    ana.send_bytes(&lines.repeat(8));
    let time = house.time_to_hear(&mut ana);
    assert!(time >= 2 * SECOND, "{time:?}");
}

#[test]
fn rooms_that_are_made_count_as_lines_and_those_that_are_there_do_not() {
    let house = House::still(&brisk());
    let (mut ana, mut bob) = (house.person("ana"), house.person("bob"));
    house.pass(SECOND);
    let rooms: Vec<String> = (0..20).map(|i| format!("#{i}")).collect();
    let join = format!("JOIN {}", rooms.join(","));
    ana.send(&join);
    // They are made at once.
    ana.expect_contains(" 366 ana #19 ");
    let time = house.time_to_hear(&mut ana);
    assert!(time > Duration::from_millis(800), "{time:?}");
    assert!(time < Duration::from_millis(3000), "{time:?}");
    bob.send(&join);
    bob.fence();
}

#[test]
fn the_plain_door_has_the_same_law() {
    let house = House::still(&brisk());
    let mut bob = house.member("bob", "#lobby");
    let mut ana = LineClient::connect(house.plain);
    ana.send("ana");
    bob.expect_contains(" JOIN #lobby");
    house.pass(SECOND);
    let lines: String = (0..30).map(|i| format!("{i}\r\n")).collect();
    ana.send_bytes(lines.as_bytes());
    Ear::of(bob, "#lobby").hears_by_the_law(&house, 30, SECOND / 10);
}

#[test]
fn who_ends_a_flood_with_goodbye_is_heard_to_the_end() {
    let house = House::still(&brisk());
    let (mut ana, bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    say_many(&mut ana, 20);
    ana.send("QUIT :that was all");
    house.pass(3 * SECOND);
    let mut bob = Ear::of(bob, "#a");
    bob.hears(20);
    let quit = bob.person.expect_contains(" QUIT ");
    assert!(quit.ends_with(" QUIT :Quit: that was all"), "{quit}");
}

#[test]
fn who_hangs_up_behind_a_flood_is_heard_to_the_end() {
    let house = House::still(&brisk());
    let (mut ana, bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    say_many(&mut ana, 20);
    ana.shutdown_write();
    house.pass(3 * SECOND);
    let mut bob = Ear::of(bob, "#a");
    bob.hears(20);
    bob.person.expect_contains(":ana!");
}

#[test]
fn a_lifted_limit_delays_nobody() {
    // Nor is Bob's queue one.
    let house = House::still(&Limits {
        send_queue_bytes: 16 * 1024 * 1024,
        ..lifted()
    });
    let (mut ana, bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    say_many(&mut ana, 5000);
    Ear::of(bob, "#a").hears(5000);
}

/// DETACH and ATTACH make a new client of an old connection, and no new connection.
#[test]
fn who_attaches_again_and_again_talks_no_faster() {
    let house = House::still(&brisk());
    let mut ana = house.member("ana", "#a");
    house.pass(SECOND);
    ana.send_bytes(format!("DETACH\r\n{}", "ATTACH\r\n".repeat(29)).as_bytes());
    let time = house.time_to_hear(&mut ana);
    assert!(time >= 2 * SECOND, "{time:?}");
    let heard = ana.transcript();
    assert_eq!(heard.matches(" ATTACH ana").count(), 29);
}
