//! The simulated disk itself: what was synced is there after a crash, and nothing else is. A test of crashes is
//! worth as much as this.
//!
//! The program on the disk is this test again, with a script in its environment.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise"
)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use test_support::{Dice, Disk, Fault, Program};

/// Does what its script says; nothing without one.
#[test]
fn the_program_on_the_disk() {
    let Ok(script) = std::env::var(SCRIPT) else {
        return;
    };
    let folder = std::env::var("CRASH_DIR").unwrap();
    println!();
    for line in script.lines() {
        if let Err(error) = follow(Path::new(&folder), line.trim()) {
            println!("{}: {error}", line.trim());
        }
    }
    println!("ready");
    thread::sleep(Duration::from_secs(60));
}

fn follow(folder: &Path, line: &str) -> io::Result<()> {
    let mut words = line.splitn(3, ' ');
    let mut next = || words.next().unwrap_or_default();
    let (verb, path, rest) = (next(), folder.join(next()), next());
    match verb {
        "write" => File::create(path)?.write_all(rest.as_bytes()),
        "append" => appending(&path)?.write_all(rest.as_bytes()),
        "cut" => appending(&path)?.set_len(rest.parse().unwrap()),
        "sync" => File::open(path)?.sync_all(),
        "unlink" => fs::remove_file(path),
        "rename" => fs::rename(path, folder.join(rest)),
        "sql" => sql(&path, rest),
        "" => Ok(()),
        _ => panic!("no such verb: {line}"),
    }
}

/// Opens a database and does this, and is killed with it open.
fn sql(path: &Path, statements: &str) -> io::Result<()> {
    let database = Connection::open(path).unwrap();
    let done = database.execute_batch(&format!("PRAGMA journal_mode = WAL; {statements}"));
    std::mem::forget(database);
    done.map_err(io::Error::other)
}

fn appending(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// Runs the script on the disk to its end, then kills it. Gives what it said of its errors.
fn run(disk: &Disk, script: &str) -> Vec<String> {
    let program = start(disk, script);
    let said = program.stdout();
    let errors = said.lines().filter(|line| line.contains(": "));
    errors.map(str::to_owned).collect()
}

fn start(disk: &Disk, script: &str) -> Program {
    Program::start_command(disk.on(itself(script)))
}

fn itself(script: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_program_on_the_disk", "--nocapture"]);
    command.env(SCRIPT, script);
    command
}

fn text(disk: &Disk, name: &str) -> Option<String> {
    fs::read_to_string(disk.data().join(name)).ok()
}

#[test]
fn what_was_not_synced_is_gone() {
    let disk = Disk::new();
    run(&disk, "write a tea\nsync a\nsync .\nappend a , coffee");
    assert_eq!(text(&disk, "a").unwrap(), "tea, coffee");
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "tea");
}

#[test]
fn what_was_synced_is_there() {
    let disk = Disk::new();
    run(
        &disk,
        "write a tea\nsync a\nsync .\nappend a , coffee\nsync a",
    );
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "tea, coffee");
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "tea, coffee");
}

#[test]
fn a_name_is_there_when_its_directory_was_synced() {
    let disk = Disk::new();
    run(&disk, "write a tea\nsync a");
    disk.lose_power();
    assert_eq!(text(&disk, "a"), None);
    run(&disk, "write a tea\nsync .");
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "");
}

#[test]
fn a_name_that_went_comes_back_until_its_directory_was_synced() {
    for (end, a, b) in [
        ("", Some("old"), Some("new")),
        ("sync .", Some("new"), None),
    ] {
        let disk = Disk::new();
        run(
            &disk,
            "write a old\nsync a\nwrite b new\nsync b\nwrite c x\nsync c\nsync .",
        );
        run(&disk, &format!("rename b a\nunlink c\n{end}"));
        assert_eq!(text(&disk, "a").as_deref(), Some("new"));
        disk.lose_power();
        assert_eq!(text(&disk, "a").as_deref(), a);
        assert_eq!(text(&disk, "b").as_deref(), b);
        assert_eq!(text(&disk, "c").is_some(), end.is_empty());
    }
}

#[test]
fn what_was_cut_off_stays_until_synced() {
    let disk = Disk::new();
    run(&disk, "write a teapot\nsync a\nsync .\ncut a 3");
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "teapot");
    run(&disk, "write a teapot\nsync a\ncut a 3\ncut a 5\nsync a");
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "tea\0\0");
    let long = "x".repeat(5000);
    run(
        &disk,
        &format!("write a {long}\nsync a\nwrite a no\ncut a 5000\nsync a"),
    );
    disk.lose_power();
    let (text, zeros) = (text(&disk, "a").unwrap(), "\0".repeat(4998));
    assert_eq!(text.strip_prefix("no"), Some(&*zeros));
}

/// A file that goes leaves its inode to the next one.
#[test]
fn what_comes_back_is_not_taken_for_another_file() {
    let disk = Disk::new();
    run(&disk, "write a tea\nsync a\nsync .");
    run(&disk, "unlink a");
    let others = (0..9).map(|n| format!("write {n} coffee\nsync {n}\n"));
    run(&disk, &others.collect::<String>());
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "tea");
}

#[test]
fn what_a_killed_program_wrote_can_still_be_synced() {
    let disk = Disk::new();
    run(&disk, "write a tea\nsync a\nsync .\nappend a , coffee");
    run(&disk, "sync a");
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "tea, coffee");
}

#[test]
fn a_sync_after_one_that_failed_does_not_bring_back_what_it_lost() {
    let disk = Disk::new();
    disk.fail(Fault::Unsyncable {
        after: 2,
        times: Some(1),
    });
    let errors = run(
        &disk,
        "write a tea\nsync a\nsync .\nappend a !\nsync a\nsync a",
    );
    assert_eq!(errors, ["sync a: Input/output error (os error 5)"]);
    assert_eq!(text(&disk, "a").unwrap(), "tea!");
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "tea\0");
}

#[test]
fn a_full_disk_takes_what_it_has_room_for() {
    let disk = Disk::new();
    disk.fail(Fault::Full(5));
    let errors = run(&disk, "write a tea\nwrite b coffee");
    assert_eq!(
        errors,
        ["write b coffee: No space left on device (os error 28)"]
    );
    assert_eq!(text(&disk, "b").unwrap(), "co");
}

#[test]
fn a_fault_comes_and_goes_while_a_program_runs() {
    let disk = Disk::new();
    disk.fail(Fault::Unwritable);
    assert_eq!(
        run(&disk, "write a tea"),
        ["write a tea: Input/output error (os error 5)"]
    );
    disk.mend();
    assert_eq!(run(&disk, "write a tea"), Vec::<String>::new());
}

#[test]
fn a_read_only_disk_is_read() {
    let disk = Disk::new();
    run(&disk, "write a tea");
    disk.fail(Fault::ReadOnly);
    let errors = run(&disk, "append a !\nwrite b x\nsync a");
    let refused = ["append a !", "write b x"]
        .map(|line| format!("{line}: Read-only file system (os error 30)"));
    assert_eq!(errors, refused);
}

#[test]
fn in_the_middle_of_a_write_a_sector_is_old_or_new() {
    let (old, new) = ("o".repeat(4000), "n".repeat(6000));
    let mut seen = [false; 3];
    for seed in 0..20 {
        let disk = Disk::new();
        let script = format!("write a {old}\nsync a\nsync .\nwrite a {new}");
        run(&disk, &script);
        disk.lose_power_in_the_middle(&mut Dice::seeded(seed));
        let text = text(&disk, "a").unwrap();
        for sector in text.as_bytes().chunks(512) {
            let same = sector.iter().all(|byte| byte == &sector[0]);
            assert!(same || sector.starts_with(b"o"), "{text}");
        }
        let kinds = ['o', 'n', '\0'];
        seen = std::array::from_fn(|at| seen[at] || text.contains(kinds[at]));
    }
    assert_eq!(seen, [true; 3], "old, new, not written");
}

#[test]
fn a_sync_is_counted_and_may_be_slow() {
    let disk = Disk::new();
    disk.fail(Fault::Slow(Duration::from_millis(30)));
    run(&disk, "write a tea\nsync a\nsync .");
    let syncs = disk.syncs();
    let names: Vec<_> = syncs.iter().map(|sync| (&*sync.name, sync.pages)).collect();
    assert_eq!(names, [("a", 1), ("", 0)]);
    assert!(syncs.iter().all(|sync| sync.took.as_millis() >= 30));
}

/// What a database holds; nothing if there is none.
fn rows(disk: &Disk) -> Vec<String> {
    let database = Connection::open(disk.data().join("a")).unwrap();
    let mut all = database.prepare("SELECT x FROM t ORDER BY rowid").unwrap();
    let rows = all.query_map((), |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn sqlite_keeps_what_it_syncs_and_nothing_else() {
    for (level, kept) in [("FULL", &["one", "two"][..]), ("OFF", &["one"])] {
        let disk = Disk::new();
        run(&disk, &format!("sql a {FIRST}"));
        run(
            &disk,
            &format!("sql a PRAGMA synchronous = {level}; INSERT INTO t VALUES ('two')"),
        );
        disk.lose_power();
        assert_eq!(rows(&disk), kept, "{level}");
    }
}

/// The pieces of one transaction are there together or not at all, whatever of them is on the disk.
#[test]
fn sqlite_takes_no_harm_from_half_a_write() {
    let mut seen = [false; 2];
    for seed in 0..12 {
        let disk = Disk::new();
        run(&disk, &format!("sql a {FIRST}"));
        let long = "x".repeat(10_000);
        let insert = format!("INSERT INTO t VALUES ('{long}'); INSERT INTO t VALUES ('two')");
        run(
            &disk,
            &format!("sql a PRAGMA synchronous = OFF; BEGIN; {insert}; COMMIT"),
        );
        disk.lose_power_in_the_middle(&mut Dice::seeded(seed));
        let rows = rows(&disk);
        assert!(rows.len() == 1 || rows == ["one", &long, "two"], "{rows:?}");
        seen[usize::from(rows.len() > 1)] = true;
    }
    assert_eq!(seen, [true; 2], "lost, kept");
}

/// Why a refusal after a failed sync needs more than an error from SQLite.
#[test]
fn sqlite_brings_back_what_it_failed_to_sync() {
    let disk = Disk::new();
    run(&disk, &format!("sql a {FIRST}"));
    disk.fail(Fault::Unsyncable {
        after: 0,
        times: None,
    });
    let said = run(
        &disk,
        "sql a PRAGMA synchronous = FULL; INSERT INTO t VALUES ('no')",
    );
    assert!(said.concat().contains("disk I/O error"), "{said:?}");
    assert_eq!(rows(&disk), ["one", "no"]);
}

/// What is told as safe is on the disk then, not before: an answer that does not wait for its sync is found out.
#[test]
fn a_sync_that_has_not_returned_saved_nothing() {
    let disk = Disk::new();
    run(&disk, "write a old\nsync a\nsync .");
    disk.fail(Fault::Slow(Duration::from_secs(30)));
    let program = Program::spawn(disk.on(itself("append a !\nwrite b x\nsync a")));
    test_support::eventually("the write", || text(&disk, "b").filter(|text| text == "x"));
    thread::sleep(Duration::from_millis(50));
    drop(program);
    disk.lose_power();
    assert_eq!(text(&disk, "a").unwrap(), "old");
}

const FIRST: &str = "PRAGMA synchronous = FULL; CREATE TABLE t (x); INSERT INTO t VALUES ('one')";
const SCRIPT: &str = "CRASH_SCRIPT";
