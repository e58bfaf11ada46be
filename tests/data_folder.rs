//! The folder of the history when a program starts on it: somebody else's, read-only, torn, damaged. What is wrong
//! is named, and what can be repaired is.
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

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use house::command;
use line::Told;
use person::Person;
use test_support::{Disk, Fault, PATIENCE, Program};

fn open(disk: &Disk) -> Program {
    Program::start_command(command(disk, &[]))
}

/// What the program says when it does not start; it names the folder.
#[track_caller]
fn refuses(disk: &Disk, command: Command) -> String {
    let mut program = Program::spawn(command);
    assert!(!program.wait(PATIENCE).success());
    assert_eq!(program.stdout(), "", "nothing was opened");
    let said = program.stderr();
    assert!(said.contains(disk.data().to_str().unwrap()), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// A folder where somebody said three things, and then the program was killed.
fn with_three_messages() -> (Disk, Vec<Told>) {
    let disk = Disk::new();
    let program = open(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    let told = ["one", "two", "three"].map(|text| ana.say(text));
    drop(program);
    (disk, told.to_vec())
}

fn history(program: &Program) -> Vec<Told> {
    Person::enter(program, "historian", "#tea").history()
}

fn wal(disk: &Disk) -> PathBuf {
    disk.data().join("chat.sqlite-wal")
}

/// Where a log of SQLite's ends: what stands behind that is left of one before it, and has another salt.
fn end_of_log(log: &[u8]) -> usize {
    const HEAD: usize = 32;
    const FRAME: usize = 24 + 4096;
    let frames = log[HEAD..].chunks(FRAME);
    let present = frames.take_while(|frame| frame.get(8..16) == Some(&log[16..24]));
    HEAD + present.count() * FRAME
}

#[test]
fn a_second_program_on_the_same_folder_is_refused() {
    let disk = Disk::new();
    let program = open(&disk);
    let mut ana = Person::enter(&program, "ana", "#tea");
    let one = ana.say("one");
    let said = refuses(&disk, command(&disk, &[]));
    assert!(said.contains(&program.pid().to_string()), "by whom? {said}");
    let two = ana.say("two");
    assert_eq!(history(&program), [one.clone(), two.clone()]);
    drop(program);
    assert_eq!(history(&open(&disk)), [one, two]);
}

#[test]
fn a_read_only_folder_is_refused() {
    let disk = Disk::new();
    disk.fail(Fault::ReadOnly);
    let said = refuses(&disk, disk.on(command(&disk, &[])));
    assert!(said.contains("Read-only file system"), "{said}");
    disk.mend();
    drop(open(&disk));
    disk.fail(Fault::ReadOnly);
    let said = refuses(&disk, disk.on(command(&disk, &[])));
    assert!(said.contains("Read-only file system"), "{said}");
}

#[test]
fn a_disk_that_fails_at_the_start_is_said_to() {
    for (fault, words) in [
        (Fault::Full(0), "No space left"),
        (Fault::Full(1000), "No space left"),
        (Fault::Unwritable, "Input/output error"),
        (
            Fault::Unsyncable {
                after: 0,
                times: None,
            },
            "Input/output error",
        ),
    ] {
        let (disk, told) = with_three_messages();
        disk.fail(fault);
        let said = refuses(&disk, disk.on(command(&disk, &[])));
        assert!(said.contains(words), "{said}");
        disk.mend();
        assert_eq!(history(&open(&disk)), told, "{fault:?}");
    }
}

#[test]
fn a_file_in_place_of_the_folder_is_refused() {
    let disk = Disk::new();
    fs::remove_dir(disk.data()).unwrap();
    fs::write(disk.data(), "mine").unwrap();
    refuses(&disk, command(&disk, &[]));
    assert_eq!(fs::read_to_string(disk.data()).unwrap(), "mine");
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    let (disk, _) = with_three_messages();
    let file = disk.data().join("chat.sqlite");
    fs::remove_file(wal(&disk)).unwrap();
    let mine = "my poems\n".repeat(1000);
    fs::write(&file, &mine).unwrap();
    let said = refuses(&disk, command(&disk, &[]));
    assert!(said.contains("put a backup in its place"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), mine);
}

/// The chat is sound: nobody is told to put something else in its place.
#[test]
fn a_full_disk_at_the_start_is_no_reason_to_begin_anew() {
    let (disk, told) = with_three_messages();
    disk.fail(Fault::Full(0));
    let said = refuses(&disk, disk.on(command(&disk, &[])));
    assert!(said.contains("; make room on its disk"), "{said}");
    assert!(!said.contains("anew"), "{said}");
    disk.mend();
    assert_eq!(history(&open(&disk)), told);
}

/// What was being written when the machine stopped.
#[test]
fn a_torn_tail_is_cut_off_and_said() {
    let (disk, told) = with_three_messages();
    let mut tail = OpenOptions::new().append(true).open(wal(&disk)).unwrap();
    tail.write_all(&[0xa5; 5000]).unwrap();
    let program = open(&disk);
    assert_eq!(history(&program), told);
    let said = program.stderr();
    assert!(
        said.contains("chat.sqlite") && said.contains("was cut off"),
        "{said}"
    );
    drop(program);
    assert_eq!(history(&open(&disk)), told);
}

/// A disk that lost what it had said was safe: what is before it stays, and new ones come behind that.
#[test]
fn what_is_before_a_lost_tail_stays() {
    for lost in [1, 100, 4096, 5000] {
        let (disk, mut told) = with_three_messages();
        let file = OpenOptions::new().write(true).open(wal(&disk)).unwrap();
        let end = end_of_log(&fs::read(wal(&disk)).unwrap());
        file.set_len(end as u64 - lost).unwrap();
        let program = open(&disk);
        let left = history(&program);
        assert!(
            left.len() < told.len() && told.starts_with(&left),
            "{left:?}"
        );
        told = left;
        told.push(Person::enter(&program, "ana", "#tea").say("four"));
        drop(program);
        assert_eq!(history(&open(&disk)), told, "without {lost} bytes");
    }
}
