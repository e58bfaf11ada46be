//! What may wait for one reader, and what the journal keeps.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::fs;
use std::ops::Range;
use std::time::Duration;

use chat_core::limits::Limits;
use limits_support::{House, lifted};
use test_support::LineClient;

const QUEUE: u64 = 64 * 1024;

fn short_queue() -> Limits {
    Limits {
        send_queue_bytes: QUEUE,
        ..lifted()
    }
}

/// Says so many messages of 400 bytes, and waits until they were passed on.
fn talk(person: &mut LineClient, range: Range<usize>) {
    for some in messages(range).chunks(50) {
        person.send_bytes(some.concat().as_bytes());
        person.fence();
    }
}

/// The same in a house whose clock stands still; the time that it took.
fn talk_in(house: &House, person: &mut LineClient, range: Range<usize>) -> Duration {
    let messages = messages(range);
    let times = messages.chunks(50).map(|some| {
        person.send_bytes(some.concat().as_bytes());
        house.time_to_hear(person)
    });
    times.sum()
}

fn messages(range: Range<usize>) -> Vec<String> {
    let message = |i| format!("PRIVMSG #a :{i:06}{}\r\n", "x".repeat(394));
    range.map(message).collect()
}

fn number(line: &str) -> Option<usize> {
    let (_, text) = line.split_once(" PRIVMSG #a :")?;
    text[..6].parse().ok()
}

#[test]
fn who_never_reads_is_announced_at_once_and_the_others_lose_nothing() {
    let house = House::new(&short_queue());
    let mut slow = house.slow_person("slow", &[]);
    slow.join("#a");
    let mut bob = house.member("bob", "#a");
    let mut ana = house.member("ana", "#a");
    let (mut numbers, mut quit) = (Vec::new(), None);
    for part in 0..40 {
        talk(&mut ana, part * 50..part * 50 + 50);
        while numbers.last() != Some(&(part * 50 + 49)) {
            let line = bob.next_line();
            numbers.extend(number(&line));
            if line.starts_with(":slow!") {
                quit = Some((line, numbers.len()));
            }
        }
    }
    assert!(numbers.iter().copied().eq(0..2000), "something is missing");
    let (quit, after) = quit.expect("a QUIT");
    assert!(
        quit.ends_with(" QUIT :you read too slowly, and too much was waiting for you"),
        "{quit}"
    );
    let after = after * 400;
    assert!(after < 4 * 64 * 1024, "told only after {after} bytes");
    house.person("slow");
}

#[test]
fn who_reads_again_in_time_finds_whole_lines_without_a_gap_and_the_reason() {
    let house = House::still(&short_queue());
    let mut slow = house.slow_person("slow", &[]);
    slow.join("#a");
    let mut ana = house.member("ana", "#a");
    let mut said = 0;
    while !(ana.transcript().contains(":slow!slow@") && ana.transcript().contains("too slowly")) {
        assert!(said < 5000, "never cut");
        talk_in(&house, &mut ana, said..said + 50);
        said += 50;
    }
    let lines = slow.expect_eof();
    let numbers: Vec<usize> = lines.iter().filter_map(|line| number(line)).collect();
    assert!(numbers.iter().copied().eq(0..numbers.len()), "a gap");
    assert!(lines.iter().all(|line| line.len() > 20), "a line in part");
    assert_eq!(
        lines.last().unwrap(),
        "ERROR :Closing link: you read too slowly, and too much was waiting for you"
    );
}

#[test]
fn direct_messages_fill_the_same_queue() {
    let house = House::new(&short_queue());
    let _slow = house.slow_person("slow", &[]);
    let mut ana = house.person("ana");
    let lines = format!("PRIVMSG slow :{}\r\n", "x".repeat(400)).repeat(50);
    let mut refused = false;
    for _ in 0..100 {
        ana.send_bytes(lines.as_bytes());
        refused |= ana.fence().iter().any(|line| line.contains(" 401 "));
    }
    assert!(refused, "still there");
}

#[test]
fn who_asks_much_and_reads_nothing_keeps_nobody_waiting() {
    let house = House::new(&short_queue());
    let mut slow = house.slow_person("slow", &[]);
    let mut ana = house.member("ana", "#a");
    for _ in 0..200 {
        slow.send_bytes("HELP\r\n".repeat(50).as_bytes());
        if slow.poll().is_none() {
            break;
        }
    }
    ana.fence();
}

/// Bytes of this process that are in memory.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

#[test]
fn readers_who_never_read_cost_no_more_than_their_queues() {
    const READERS: u64 = 50;
    let limits = Limits {
        journal_bytes: 64 * 1024,
        ..short_queue()
    };
    let house = House::new(&limits);
    let mut ana = house.member("ana", "#a");
    talk(&mut ana, 0..100);
    let before = resident();
    let mut slow: Vec<LineClient> = (0..READERS)
        .map(|i| house.slow_person(&format!("slow{i}"), &[]))
        .collect();
    for person in &mut slow {
        person.join("#a");
    }
    let mut most = before;
    for part in 0..40 {
        talk(&mut ana, part * 50..part * 50 + 50);
        most = most.max(resident());
    }
    let growth = most - before;
    // The transcript of the talker is in this process too: what it said, and what it heard.
    let own = 40 * 50 * 450 * 3;
    assert!(growth < READERS * QUEUE + own, "{growth} bytes more");
}

#[test]
fn the_journal_keeps_so_many_bytes_and_the_latest_words() {
    let limits = Limits {
        journal_bytes: 64 * 1024,
        ..lifted()
    };
    let house = House::new(&limits);
    let mut ana = house.person_with("ana", &["batch", "draft/chathistory", "message-tags"]);
    ana.join("#a");
    let tags = format!("@+x={}", "y".repeat(4000));
    for i in 0..100 {
        ana.send(&format!("{tags} PRIVMSG #a :{i:06}"));
    }
    ana.fence();
    let kept = history(&mut ana);
    assert!((10..=16).contains(&kept.len()), "{kept:?}");
    assert!(kept.iter().copied().eq(100 - kept.len()..100), "{kept:?}");
    talk(&mut ana, 100..400);
    let kept = history(&mut ana);
    assert!((80..=100).contains(&kept.len()), "{}", kept.len());
    assert!(kept.iter().copied().eq(400 - kept.len()..400), "{kept:?}");
}

/// The numbers of the messages that are kept.
fn history(person: &mut LineClient) -> Vec<usize> {
    person.send("CHATHISTORY LATEST #a * 100");
    let heard = person.fence();
    heard.iter().filter_map(|line| number(line)).collect()
}

#[test]
fn a_reader_who_takes_nothing_holds_nobody() {
    let house = House::still(&short_queue());
    let mut staller = house.slow_person("staller", &[]);
    staller.join("#a");
    let mut talker = house.member("talker", "#a");
    // Fills what the kernel takes, so that from here on the staller takes nothing.
    talk_in(&house, &mut talker, 0..30);
    house.pass(Duration::from_millis(300));
    // More than half a queue, and less than a whole one.
    let time = talk_in(&house, &mut talker, 30..120);
    // Who has to wait for slow readers waits a second.
    assert!(time < Duration::from_millis(700), "{time:?}");
    talk_in(&house, &mut talker, 120..121);
    staller.expect(|line| number(line) == Some(120));
}
