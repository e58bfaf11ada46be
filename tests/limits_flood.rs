//! Who talks fast is delayed, never cut, and hurts nobody else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::time::{Duration, Instant};

use chat_core::limits::Limits;
use limits_support::{House, lifted, timed};
use test_support::LineClient;

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

/// When each of so many messages came.
#[track_caller]
fn arrivals(person: &mut LineClient, count: usize) -> Vec<Duration> {
    let start = Instant::now();
    let arrive = |i| {
        let line = person.expect_contains(" PRIVMSG #a ");
        assert!(line.ends_with(&format!(" PRIVMSG #a :{i}")), "{line}");
        start.elapsed()
    };
    (0..count).map(arrive).collect()
}

#[test]
fn ten_lines_pass_at_once_and_then_so_many_a_second_and_nothing_is_lost() {
    let house = House::new(&brisk());
    let (mut ana, mut bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    std::thread::sleep(Duration::from_secs(1));
    say_many(&mut ana, 40);
    let times = arrivals(&mut bob, 40);
    assert!(times[9] < Duration::from_millis(500), "{times:?}");
    assert!(times[39] > Duration::from_millis(2900), "{times:?}");
    assert!(times[39] < Duration::from_millis(6000), "{times:?}");
}

#[test]
fn the_default_is_two_a_second() {
    let house = House::new(&Limits::default());
    let (mut ana, mut bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    std::thread::sleep(Duration::from_secs(2));
    say_many(&mut ana, 14);
    let times = arrivals(&mut bob, 14);
    assert!(times[9] < Duration::from_millis(500), "{times:?}");
    assert!(times[13] > Duration::from_millis(1900), "{times:?}");
    assert!(times[13] < Duration::from_millis(4000), "{times:?}");
}

#[test]
fn a_flooder_is_answered_in_order() {
    let house = House::new(&brisk());
    let mut ana = house.person_with("ana", &["echo-message"]);
    ana.join("#a");
    let line = |i: usize| format!("PRIVMSG #a :{i}\r\nPING {i}\r\n");
    let lines: String = (0..15).map(line).collect();
    ana.send_bytes(lines.as_bytes());
    for i in 0..15 {
        let echo = ana.next_line();
        assert!(echo.ends_with(&format!("PRIVMSG #a :{i}")), "{echo}");
        assert_eq!(ana.next_line(), format!(":chat.local PONG chat.local :{i}"));
    }
}

#[test]
fn while_one_floods_another_is_heard_and_answered_at_once() {
    let house = House::new(&Limits::default());
    let mut bob = house.member("bob", "#a");
    let mut floods: Vec<LineClient> = (0..4)
        .map(|i| house.member(&format!("flood{i}"), "#a"))
        .collect();
    for flood in &mut floods {
        say_many(flood, 3000);
    }
    std::thread::sleep(Duration::from_secs(2));
    for _ in 0..5 {
        let (_, time) = timed(|| bob.fence());
        assert!(time < Duration::from_millis(250), "{time:?}");
        std::thread::sleep(Duration::from_millis(600));
    }
}

#[test]
fn rubbish_counts_as_talk_too() {
    let house = House::new(&brisk());
    let mut ana = house.person("ana");
    std::thread::sleep(Duration::from_secs(1));
    let lines = [
        &b"\xff\xfe\n"[..],
        &vec![b'x'; 9000],
        b"\n",
        b"a\0b\n",
        b"\n",
    ]
    .concat();
    ana.send_bytes(&lines.repeat(8));
    let (_, time) = timed(|| ana.fence());
    assert!(time > Duration::from_millis(2000), "{time:?}");
}

#[test]
fn rooms_that_are_made_count_as_lines_and_those_that_are_there_do_not() {
    let house = House::new(&brisk());
    let (mut ana, mut bob) = (house.person("ana"), house.person("bob"));
    std::thread::sleep(Duration::from_secs(1));
    let rooms: Vec<String> = (0..20).map(|i| format!("#{i}")).collect();
    let join = format!("JOIN {}", rooms.join(","));
    let ((), time) = timed(|| {
        ana.send(&join);
        ana.expect_contains(" 366 ana #19 ");
    });
    assert!(
        time < Duration::from_millis(500),
        "they are made at once: {time:?}"
    );
    let (_, time) = timed(|| ana.fence());
    assert!(time > Duration::from_millis(800), "{time:?}");
    assert!(time < Duration::from_millis(3000), "{time:?}");
    bob.send(&join);
    let (_, time) = timed(|| bob.fence());
    assert!(time < Duration::from_millis(500), "{time:?}");
}

#[test]
fn the_plain_door_has_the_same_law() {
    let house = House::new(&brisk());
    let mut bob = house.member("bob", "#lobby");
    let mut ana = LineClient::connect(house.plain);
    ana.send("ana");
    bob.expect_contains(" JOIN #lobby");
    std::thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    let lines: String = (0..30).map(|i| format!("{i}\r\n")).collect();
    ana.send_bytes(lines.as_bytes());
    for i in 0..30 {
        let line = bob.expect_contains(" PRIVMSG #lobby ");
        assert!(line.ends_with(&format!(":{i}")), "{line}");
    }
    assert!(start.elapsed() > Duration::from_millis(1500));
}

#[test]
fn who_ends_a_flood_with_goodbye_is_heard_to_the_end() {
    let house = House::new(&brisk());
    let (mut ana, mut bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    say_many(&mut ana, 20);
    ana.send("QUIT :that was all");
    arrivals(&mut bob, 20);
    let quit = bob.expect_contains(" QUIT ");
    assert!(quit.ends_with(" QUIT :Quit: that was all"), "{quit}");
}

#[test]
fn who_hangs_up_behind_a_flood_is_heard_to_the_end() {
    let house = House::new(&brisk());
    let (mut ana, mut bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    say_many(&mut ana, 20);
    ana.shutdown_write();
    arrivals(&mut bob, 20);
    bob.expect_contains(":ana!");
}

#[test]
fn a_lifted_limit_delays_nobody() {
    let house = House::new(&lifted());
    let (mut ana, mut bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    say_many(&mut ana, 5000);
    let times = arrivals(&mut bob, 5000);
    assert!(times[4999] < Duration::from_secs(5), "{:?}", times[4999]);
}

/// DETACH and ATTACH make a new client of an old connection, and no new connection.
#[test]
fn who_attaches_again_and_again_talks_no_faster() {
    let house = House::new(&brisk());
    let mut ana = house.member("ana", "#a");
    std::thread::sleep(Duration::from_secs(1));
    let start = Instant::now();
    ana.send_bytes(format!("DETACH\r\n{}", "ATTACH\r\n".repeat(29)).as_bytes());
    for _ in 0..29 {
        ana.expect_contains(" ATTACH ana");
    }
    let took = start.elapsed();
    assert!(took > Duration::from_millis(1900), "{took:?}");
}
