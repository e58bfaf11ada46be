//! What readers who never read cost where messages are dropped for them, so that they stay. A file of
//! its own: nothing else is to happen in this process.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::fs;

use chat_core::chat::SlowReaders;
use chat_core::limits::Limits;
use limits_support::{House, lifted};
use test_support::LineClient;

const QUEUE: u64 = 64 * 1024;
const READERS: u64 = 100;

/// Bytes of this process that are in memory.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// Says so many messages of 400 bytes, and waits until they were passed on.
fn talk(person: &mut LineClient, count: usize) {
    let line = format!("PRIVMSG #a :{}\r\n", "x".repeat(400));
    for _ in 0..count / 50 {
        person.send_bytes(line.repeat(50).as_bytes());
        person.fence();
    }
}

#[test]
fn readers_who_never_read_stay_and_cost_no_more_than_their_queues() {
    let limits = Limits {
        send_queue_bytes: QUEUE,
        journal_bytes: QUEUE,
        ..lifted()
    };
    let drops = |builder: chat_core::relay::Builder| builder.slow(SlowReaders::Drop);
    let house = House::around(&limits, drops, |chat| chat);
    let mut ana = house.member("ana", "#a");
    talk(&mut ana, 100);
    let before = resident();
    let mut slow: Vec<LineClient> = (0..READERS)
        .map(|i| house.slow_person(&format!("slow{i}"), &[]))
        .collect();
    for person in &mut slow {
        person.join("#a");
    }
    let mut most = before;
    for _ in 0..60 {
        talk(&mut ana, 50);
        most = most.max(resident());
    }
    // The transcript of the talker is in this process too.
    let own = 60 * 50 * 450 * 2;
    let growth = most - before;
    assert!(growth < READERS * QUEUE + own, "{growth} bytes more");
    ana.send("LIST #a");
    let count = READERS + 1;
    ana.expect_contains(&format!(" 322 ana #a {count} "));
}
