//! A disk that is full, that fails, or is slow: what cannot be kept is refused and told to nobody, and people go on
//! being served. When the disk is whole again, so is the chat.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "crash_support/house.rs"]
mod house;
#[path = "crash_support/line.rs"]
mod line;
#[path = "crash_support/page.rs"]
mod page;
#[path = "crash_support/person.rs"]
mod person;

use std::fs;
use std::time::{Duration, Instant};

use house::command;
use line::{Line, Told};
use person::Person;
use test_support::{Disk, Fault, LineClient, PATIENCE, Program, eventually};

fn open(disk: &Disk) -> Program {
    Program::start_command(disk.on(command(disk, &["--sync", "disk"])))
}

fn history(program: &Program, room: &str) -> Vec<Told> {
    Person::enter(program, "historian", room).history()
}

#[track_caller]
fn say_in_vain(person: &mut Person, text: &str) {
    let label = person.begin(text);
    let answer = person.answer(&label);
    let line = Line::parse(&answer);
    let code = [line.command, line.param(0), line.param(1)];
    assert_eq!(code, ["FAIL", "PRIVMSG", "JOURNAL_FAILED"], "{answer}");
}

/// A disk that failed is left alone for a moment, and then tried again.
fn say_until_told(person: &mut Person, text: &str) -> Told {
    let mut tries = 0;
    eventually("the disk to be tried again", || {
        tries += 1;
        let label = person.begin(&format!("{text}, {tries}"));
        let answer = person.answer(&label);
        Told::on(&Line::parse(&answer))
    })
}

/// What was said in their room by now.
fn heard(person: &mut Person) -> Vec<Told> {
    let lines = person.client.fence();
    let told = lines.iter().map(|text| Told::on(&Line::parse(text)));
    told.flatten().collect()
}

/// What is refused while a fault lasts is refused for good; before and after it all is well, without a new start.
#[track_caller]
fn refuses_and_goes_on(fault: Fault) {
    let disk = Disk::new();
    let program = open(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    let mut bob = Person::enter(&program, "bob", "#tea");
    let mut kept = vec![ana.say("one")];
    disk.fail(fault);
    for text in ["no", "nor this"] {
        say_in_vain(&mut ana, text);
    }
    assert_eq!(heard(&mut bob), kept, "what is refused is told to nobody");
    is_served(&program, &mut bob, &kept);
    disk.mend();
    kept.push(say_until_told(&mut ana, "two"));
    kept.push(bob.say("three"));
    assert_eq!(history(&program, "#tea"), kept);
    drop(program);
    assert_eq!(history(&open(&disk), "#tea"), kept);
    disk.lose_power();
    let program = open(&disk);
    assert_eq!(history(&program, "#tea"), kept);
    kept.push(Person::enter(&program, "ana", "#tea").say("four"));
    assert_eq!(history(&program, "#tea"), kept);
}

/// Answers come, to those who are there and to strangers.
#[track_caller]
fn is_served(program: &Program, person: &mut Person, kept: &[Told]) {
    let started = Instant::now();
    assert_eq!(person.history(), kept);
    LineClient::connect(program.door("irc")).register("stranger");
    assert!(started.elapsed() < SERVED_WITHIN, "{:?}", started.elapsed());
}

#[test]
fn a_full_disk_refuses() {
    refuses_and_goes_on(Fault::Full(0));
}

#[test]
fn a_disk_that_fills_up_within_an_entry_refuses() {
    refuses_and_goes_on(Fault::Full(1000));
}

#[test]
fn a_disk_that_takes_no_writes_refuses() {
    refuses_and_goes_on(Fault::Unwritable);
}

/// After an error at a sync nobody knows what is on the disk: it is not tried again, but read.
#[test]
fn a_disk_that_does_not_sync_refuses() {
    refuses_and_goes_on(Fault::Unsyncable {
        after: 0,
        times: None,
    });
}

/// The program ends right after a refusal, before anything else was written. What was refused is in the file that
/// did not sync; it must not count at the next start.
#[test]
fn what_did_not_sync_is_not_there_after_a_kill() {
    let disk = Disk::new();
    let program = open(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    let kept = [ana.say("one")];
    disk.fail(Fault::Unsyncable {
        after: 0,
        times: None,
    });
    say_in_vain(&mut ana, "no");
    drop(program);
    disk.mend();
    assert_eq!(history(&open(&disk), "#tea"), kept);
}

/// What did not sync left a hole on the disk, which reads well until the power goes. Nothing may be written behind it.
#[test]
fn what_is_told_after_a_failed_sync_is_on_the_disk() {
    for times in 1..4 {
        let disk = Disk::new();
        let program = open(&disk);
        let mut ana = Person::enter(&program, "ana", "#tea");
        let mut kept = vec![ana.say("one")];
        disk.fail(Fault::Unsyncable {
            after: 0,
            times: Some(times),
        });
        say_in_vain(&mut ana, "no");
        kept.push(say_until_told(&mut ana, "two"));
        drop(program);
        disk.mend();
        disk.lose_power();
        assert_eq!(history(&open(&disk), "#tea"), kept, "{times} failed");
    }
}

/// Nobody has to try in vain for a disk to be trusted again that is whole.
#[test]
fn a_disk_that_is_whole_again_takes_the_next_message() {
    let disk = Disk::new();
    let program = open(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    let mut kept = vec![ana.say("one")];
    disk.fail(Fault::Unsyncable {
        after: 0,
        times: None,
    });
    say_in_vain(&mut ana, "no");
    // More than one attempt in between fails.
    std::thread::sleep(Duration::from_millis(1500));
    disk.mend();
    program.expect_stderr("is sound and written again");
    kept.push(ana.say("two"));
    drop(program);
    assert_eq!(history(&open(&disk), "#tea"), kept);
}

/// A line for each would fill a disk that is nearly full, if the log is on it.
#[test]
fn the_log_says_once_that_a_disk_refuses_and_once_that_it_is_over() {
    for (level, fault) in [
        ("disk", Fault::Full(0)),
        ("disk", Fault::Unwritable),
        ("relay", Fault::Full(0)),
    ] {
        let disk = Disk::new();
        let program = Program::start_command(disk.on(command(&disk, &["--sync", level])));
        let mut ana = Person::enter(&program, "ana", "#tea");
        disk.fail(fault);
        say_until_refused(&mut ana);
        for _ in 0..20 {
            say_in_vain(&mut ana, "no");
        }
        // More than one attempt in between fails.
        std::thread::sleep(Duration::from_millis(1500));
        disk.mend();
        let mut refused = 21;
        eventually("the log to say that it is over", || {
            let label = ana.begin("now?");
            refused += usize::from(ana.answer(&label).contains(" JOURNAL_FAILED "));
            program.stderr().contains("is written again").then_some(())
        });
        let log = program.stderr();
        let lines = |text: &str| log.lines().filter(|line| line.contains(text)).count();
        assert_eq!(lines("was not written"), 1, "{log}");
        let over = format!("is written again; so much was refused meanwhile: {refused}");
        assert_eq!(lines(&over), 1, "{log}");
        assert!(lines("ERROR") <= 3, "{log}");
    }
}

/// While the disk takes its time, nothing is echoed, and everything else goes on.
#[test]
fn a_slow_disk_holds_nobody_else() {
    let disk = Disk::new();
    let program = open(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    let mut bob = Person::enter(&program, "bob", "#coffee");
    let one = bob.say("one");
    disk.fail(Fault::Slow(SLOW));
    let started = Instant::now();
    let label = ana.begin("at last");
    assert_eq!(heard(&mut bob), []);
    assert_eq!(bob.history(), [one]);
    assert!(started.elapsed() < SERVED_WITHIN, "{:?}", started.elapsed());
    ana.answer(&label);
    assert!(started.elapsed() >= SLOW, "{:?}", started.elapsed());
}

/// Nobody comes in or is called otherwise without a place in the order; but whoever is gone is gone.
#[test]
fn people_leave_while_the_disk_is_full() {
    let disk = Disk::new();
    let program = open(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    let mut bob = Person::enter(&program, "bob", "#tea");
    let mut cat = Person::enter(&program, "cat", "#tea");
    ana.client.expect_contains("cat");
    disk.fail(Fault::Full(0));
    for command in ["JOIN #coffee", "NICK dog"] {
        bob.client.send(command);
        let verb = command.split(' ').next().unwrap();
        let refusal = format!("FAIL {verb} JOURNAL_FAILED");
        bob.client.expect_contains(&refusal);
    }
    bob.client.send("PART #tea :milk first");
    bob.client.expect_contains("PART #tea :milk first");
    ana.client.expect_contains("PART #tea :milk first");
    cat.client.send("QUIT :bye");
    ana.client.expect_contains("QUIT :");
    let names = ana.client.fence();
    assert_eq!(names, [""; 0], "only that");
    disk.mend();
    ana.client.send("NAMES #tea");
    let names = ana.client.expect_contains(" 353 ");
    assert!(names.ends_with(":@ana"), "{names}");
    Person::enter(&program, "cat", "#tea").say("back");
    bob.client.join("#tea");
}

fn open_telling_first(disk: &Disk) -> Program {
    Program::start_command(disk.on(command(disk, &["--sync", "relay"])))
}

/// At the other level something is told before it is known that the disk refuses; gives that.
fn say_until_refused(person: &mut Person) -> Vec<Told> {
    let mut told = Vec::new();
    eventually("the disk to be known as bad", || {
        let label = person.begin("it may be too late");
        let answer = person.answer(&label);
        told.extend(Told::on(&Line::parse(&answer)));
        answer.contains(" JOURNAL_FAILED ").then_some(())
    });
    told
}

/// The other level: it is told at once, and written as soon as that is possible. Until then nothing else is told, so
/// that what the end would take is what was said in a moment.
#[test]
fn what_was_told_first_is_written_when_the_disk_is_whole() {
    for fault in [Fault::Full(0), Fault::Unwritable] {
        let disk = Disk::new();
        let program = open_telling_first(&disk);
        let mut ana = Person::enter(&program, "ana", "#tea");
        let mut kept = vec![ana.say("one")];
        disk.fail(fault);
        kept.push(ana.say("two"));
        kept.extend(say_until_refused(&mut ana));
        for text in ["no", "nor this"] {
            say_in_vain(&mut ana, text);
        }
        disk.mend();
        kept.push(say_until_told(&mut ana, "three"));
        eventually("the disk to have it", || {
            let log = fs::read(disk.data().join("chat.sqlite-wal")).unwrap_or_default();
            let file = fs::read(disk.data().join("chat.sqlite")).unwrap();
            [log, file]
                .iter()
                .any(|bytes| has(bytes, b"three"))
                .then_some(())
        });
        assert_eq!(ana.history(), kept);
        drop(program);
        assert_eq!(history(&open(&disk), "#tea"), kept, "{fault:?}");
    }
}

#[test]
fn an_end_that_loses_what_was_told_is_no_success() {
    let disk = Disk::new();
    let mut program = open_telling_first(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    let kept = [ana.say("one")];
    // What is told first waits for the disk, so this is on it.
    assert_eq!(ana.history(), kept);
    disk.fail(Fault::Full(0));
    let lost = say_until_refused(&mut ana).len();
    program.signal("TERM");
    assert_eq!(program.wait(PATIENCE).code(), Some(1));
    let said = format!("messages lost: {lost}, other events: 0");
    assert!(program.stderr().contains(&said), "{}", program.stderr());
    disk.mend();
    assert_eq!(history(&open(&disk), "#tea"), kept);
}

#[test]
fn an_end_that_the_disk_takes_is_a_success() {
    let disk = Disk::new();
    let mut program = open_telling_first(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    disk.fail(Fault::Full(0));
    let kept = say_until_refused(&mut ana);
    disk.mend();
    program.signal("TERM");
    assert!(program.wait(PATIENCE).success(), "{}", program.stderr());
    assert_eq!(history(&open(&disk), "#tea"), kept);
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// What comes while the disk is busy is written together.
#[test]
fn many_entries_share_a_sync() {
    let disk = Disk::new();
    let program = open(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    disk.fail(Fault::Slow(Duration::from_millis(100)));
    let before = disk.syncs().len();
    let labels: Vec<String> = (0..100).map(|n| ana.begin(&n.to_string())).collect();
    for label in labels {
        ana.answer(&label);
    }
    let count = disk.syncs().len() - before;
    assert!((1..20).contains(&count), "{count} syncs for 100 entries");
}

/// Below what a slow disk takes, and far above what an answer needs: a machine may stand still for some seconds.
const SERVED_WITHIN: Duration = Duration::from_secs(12);
const SLOW: Duration = Duration::from_secs(15);
