//! Coming back: what was said meanwhile and what is said now meet without a gap, and nothing is told twice, however
//! fast others talk. IRCv3 chathistory, RELIABILITY "Resume".
//!
//! A reader names the last message that they saw, reads page by page, and puts the pages before what they have heard
//! since they joined.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;
#[path = "resume/reader.rs"]
mod reader;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chat_core::journal::sqlite::{Retention, Settings, Sqlite};
use chat_core::journal::{Durability, Journal, Late, Memory};
use chat_core::limits::Limits;
use limits_support::{House, lifted};
use reader::{Page, Reader};
use tempfile::TempDir;
use test_support::LineClient;

/// A relay over such a journal.
fn house(journal: Box<dyn Journal>) -> House {
    House::around(&limits(), |builder| builder.journal(journal), |chat| chat)
}

fn limits() -> Limits {
    Limits {
        send_queue_bytes: 16 * 1024 * 1024,
        ..lifted()
    }
}

fn memory() -> Memory {
    Memory::new("epoch".into(), 64 * 1024 * 1024)
}

/// How far each reader has come; those who are done are not waited for.
type Progress = [AtomicUsize; READERS];

/// Says numbers until all are done: as fast as the relay takes them, unless somebody is far behind, as on a busy
/// machine.
fn talk_on(house: &House, progress: &Progress) {
    let mut talker = house.member("talker", "#a");
    let mut next = 1;
    loop {
        let slowest = progress.iter().map(|it| it.load(Ordering::Relaxed)).min();
        let Some(slowest) = slowest.filter(|number| *number < usize::MAX) else {
            return;
        };
        let lines = (next..next + BURST).map(|n| format!("PRIVMSG #a :{n}\r\n"));
        talker.send_bytes(lines.collect::<String>().as_bytes());
        talker.fence();
        next += BURST;
        if next > slowest + FAR_BEHIND {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Comes back again and again; gives how often.
fn come_back(house: &House, nick: &str, times: usize, heard: &AtomicUsize) -> usize {
    let _done = Done(heard);
    let deadline = Instant::now() + SPAN;
    let mut last = Reader::enter(house, nick).settle();
    let mut done = 0;
    while done == 0 || done < times && Instant::now() < deadline {
        heard.store(last.number, Ordering::Relaxed);
        last = Reader::resume(house, nick, &last);
        done += 1;
    }
    done
}

/// Somebody who is done, or has failed.
struct Done<'p>(&'p AtomicUsize);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(usize::MAX, Ordering::Relaxed);
    }
}

fn hold(journal: Box<dyn Journal>, times: usize) {
    let house = &house(journal);
    let progress = &Progress::default();
    let done: usize = thread::scope(|scope| {
        scope.spawn(|| talk_on(house, progress));
        let readers: Vec<_> = (0..READERS)
            .map(|i| {
                let nick = format!("reader{i}");
                scope.spawn(move || come_back(house, &nick, times / READERS, &progress[i]))
            })
            .collect();
        readers.into_iter().map(|it| it.join().unwrap()).sum()
    });
    eprintln!("came back {done} times");
    assert!(done > 0);
}

#[test]
fn what_was_missed_and_what_is_said_now_meet_exactly() {
    hold(Box::new(memory()), 1000);
}

#[test]
fn and_with_a_journal_that_commits_and_answers_late() {
    hold(Box::new(Late::new(memory(), 3)), 200);
}

#[test]
fn and_with_one_that_finds_what_has_not_taken_effect_yet() {
    hold(Box::new(Late::new(memory(), 3).answering_at_once()), 200);
}

/// One on the disk, in a folder that goes with the test.
fn on_disk(folder: &TempDir, durability: Durability) -> Box<dyn Journal> {
    let settings = Settings {
        folder: folder.path().to_owned(),
        durability,
        retention: Retention::default(),
    };
    Box::new(Sqlite::open(&settings).unwrap())
}

#[test]
fn and_with_one_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    hold(on_disk(&folder, Durability::Disk), 1000);
}

#[test]
fn and_with_one_that_the_disk_has_a_moment_later() {
    let folder = tempfile::tempdir().unwrap();
    hold(on_disk(&folder, Durability::Relay), 1000);
}

/// Pages through the room from one end, so many lines at a time, while others talk.
fn page(reader: &mut LineClient, how: &str, start: &str, limits: [usize; 3]) -> Vec<usize> {
    let mut numbers = Vec::new();
    let mut from = start.to_owned();
    for limit in limits.into_iter().cycle() {
        let question = if from == "*" { "LATEST" } else { how };
        reader.send(&format!("CHATHISTORY {question} #a {from} {limit}"));
        let page = Page::read(reader);
        let found = page.numbers();
        assert!(found.len() <= limit);
        if how == "BEFORE" {
            numbers.splice(0..0, found.iter().copied());
        } else {
            numbers.extend(&found);
        }
        let edge = match how {
            "BEFORE" => page.lines.first(),
            _ => page.lines.last(),
        };
        match edge {
            Some(line) => from = format!("msgid={}", line.msgid),
            None => return numbers,
        }
    }
    unreachable!("the limits never end")
}

fn page_through(journal: Box<dyn Journal>) {
    let house = house(journal);
    let mut talker = house.member("talker", "#a");
    let burst = |from: usize| -> String {
        let lines = (from..from + 50).map(|n| format!("PRIVMSG #a :{n}\r\n"));
        lines.collect()
    };
    for from in (1..=451).step_by(50) {
        // One write: the stamps of these are the same.
        talker.send_bytes(burst(from).as_bytes());
        talker.fence();
    }
    let reader = &mut Reader::enter(&house, "reader").line;
    let ends = Arc::new(AtomicBool::new(false));
    let others = talk_elsewhere_and_here(&house, &ends);
    for limits in [[100, 7, 1], [50, 50, 50], [3, 99, 64]] {
        let back = page(reader, "BEFORE", "*", limits);
        let said = back.iter().position(|n| *n > 500).unwrap_or(back.len());
        assert!(back[..said].iter().copied().eq(1..=500), "{back:?}");
        assert!(back[said..].is_sorted_by(|a, b| *b == a + 1), "{back:?}");
        let start = "timestamp=2000-01-01T00:00:00.000Z";
        let there = page(reader, "AFTER", start, limits);
        assert!(there.iter().copied().eq(1..=there.len()) && there.len() >= 500);
    }
    ends.store(true, Ordering::Relaxed);
    others.join().unwrap();
}

/// Goes on counting from 501, slowly enough for a reader to reach the end.
fn talk_elsewhere_and_here(house: &House, ends: &Arc<AtomicBool>) -> thread::JoinHandle<()> {
    let (mut other, ends) = (house.member("other", "#a"), Arc::clone(ends));
    other.join("#b");
    thread::spawn(move || {
        let mut n = 501;
        while !ends.load(Ordering::Relaxed) {
            other.send(&format!("PRIVMSG #b :x\r\nPRIVMSG #a :{n}"));
            n += 1;
            thread::sleep(Duration::from_millis(2));
        }
    })
}

#[test]
fn pages_by_message_tell_everything_once_while_others_talk() {
    page_through(Box::new(memory()));
}

#[test]
fn and_so_do_those_of_a_journal_that_answers_late() {
    page_through(Box::new(Late::new(memory(), 3)));
}

#[test]
fn and_so_do_those_of_one_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    page_through(on_disk(&folder, Durability::Disk));
}

#[test]
fn who_pages_while_the_oldest_are_dropped_is_told_and_gets_what_there_is() {
    let house = house(Box::new(Memory::new("epoch".into(), 64 * 1024)));
    let mut talker = house.member("talker", "#a");
    let mut say = |numbers: std::ops::Range<usize>| {
        let lines = numbers.map(|n| format!("PRIVMSG #a :{n}\r\n"));
        talker.send_bytes(lines.collect::<String>().as_bytes());
        talker.fence();
    };
    say(0..50);
    let reader = &mut Reader::enter(&house, "reader").line;
    reader.send("CHATHISTORY LATEST #a * 100");
    let first = Page::read(reader);
    assert_eq!((first.is_whole, first.lines.len()), (true, 50));
    say(50..1000);
    let last = &first.lines[49].msgid;
    reader.send(&format!("CHATHISTORY AFTER #a msgid={last} 100"));
    let after = Page::read(reader);
    assert!(!after.is_whole && after.lines.len() == 100);
    let numbers = after.numbers();
    assert!(numbers[0] > 50 && numbers.is_sorted_by(|a, b| *b == a + 1));
    // What comes before the oldest is nothing, and no mistake.
    reader.send(&format!("CHATHISTORY BEFORE #a msgid={last} 100"));
    let before = Page::read(reader);
    assert_eq!((before.is_whole, before.lines.len()), (true, 0));
    reader.send(&format!("CHATHISTORY AROUND #a msgid={last} 10"));
    let around = Page::read(reader);
    assert!(!around.is_whole && around.numbers()[0] == numbers[0]);
}

/// Lines that are said at once.
const BURST: usize = 20;

/// People who come back again and again.
const READERS: usize = 4;

/// Lines that a reader may have missed before the talker goes slower.
const FAR_BEHIND: usize = 2000;

/// How long it may take at most.
const SPAN: Duration = Duration::from_secs(15);
