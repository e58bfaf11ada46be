//! A crash at any moment: what somebody was told is there afterwards, once and in order, and what was refused is
//! not. The program is killed, or its machine loses its power.
//!
//! `CRASH_ROUNDS=200` for more rounds; `CRASH_SEED=…`, as it is printed, for the same choices again. The moments
//! of threads and disks are not among them, so a seed repeats a failure only about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "crash_support/history.rs"]
mod history;
#[path = "crash_support/house.rs"]
mod house;
#[path = "crash_support/ledger.rs"]
mod ledger;
#[path = "crash_support/line.rs"]
mod line;
#[path = "crash_support/page.rs"]
mod page;
#[path = "crash_support/talker.rs"]
mod talker;

use std::process::Command;
use std::thread;
use std::time::Duration;

use history::Historian;
use house::command;
use ledger::Ledger;
use talker::talk;
use test_support::{Dice, Disk, Fault, PATIENCE, Program};

/// What ends a round.
#[derive(Clone, Copy)]
enum End {
    /// kill -9: what it wrote is in the system's cache.
    OfTheProgram,
    /// Only what was synced is there, and pieces of what was written since.
    OfTheMachine,
}

struct House {
    disk: Disk,
    /// Those that come and go while people talk.
    faults: &'static [Fault],
    dice: Dice,
    ledger: Ledger,
    end: End,
    args: &'static [&'static str],
    told: usize,
    /// What the programs of the last round said.
    said: String,
}

impl House {
    fn new(end: End, args: &'static [&'static str]) -> Self {
        Self {
            disk: Disk::new(),
            faults: &[],
            dice: Dice::thrown("CRASH_SEED"),
            ledger: Ledger::default(),
            end,
            args,
            told: 0,
            said: String::new(),
        }
    }

    /// Talk, a crash, and a look at what is left.
    fn round(&mut self, round: u64) -> Vec<String> {
        self.said.clear();
        let program = self.start();
        self.talk(round, program);
        self.told += self.ledger.told_count();
        if self.dice.chance(25) {
            self.start_in_vain();
        }
        self.read()
    }

    fn start(&self) -> Program {
        Program::start_command(self.command())
    }

    /// A killed program needs nothing simulated.
    fn command(&self) -> Command {
        let command = command(&self.disk, self.args);
        match self.end {
            End::OfTheProgram if self.faults.is_empty() => command,
            _ => self.disk.on(command),
        }
    }

    /// A start which is killed too: recovering is no safer place than any other.
    fn start_in_vain(&mut self) {
        let program = Program::spawn(self.command());
        thread::sleep(Duration::from_millis(self.dice.below(30)));
        self.kill(program);
    }

    fn kill(&mut self, program: Program) {
        self.said += &program.stderr();
        drop(program);
        match self.end {
            End::OfTheProgram => {}
            End::OfTheMachine if self.dice.chance(30) => self.disk.lose_power(),
            End::OfTheMachine => self.disk.lose_power_in_the_middle(&mut self.dice),
        }
    }

    /// The crowd comes in and talks, and at some moment everything ends.
    fn talk(&mut self, round: u64, program: Program) {
        let address = program.door("irc");
        let moment = MOMENT_MS_MIN + self.dice.below(MOMENT_MS_MAX - MOMENT_MS_MIN);
        let crowd: Vec<_> = (0..TALKERS)
            .map(|number| {
                let dice = Dice::seeded(self.dice.next_u64());
                let nick = format!("r{round}t{number}");
                let room = ROOMS[number % ROOMS.len()];
                thread::spawn(move || talk(address, &nick, room, dice))
            })
            .collect();
        self.suffer(Duration::from_millis(moment));
        self.kill(program);
        for talker in crowd {
            self.ledger.add(talker.join().unwrap());
        }
    }

    /// Faults come and go, for so long; or nothing happens.
    fn suffer(&mut self, span: Duration) {
        if self.faults.is_empty() {
            return thread::sleep(span);
        }
        for _ in 0..FAULTS_PER_ROUND {
            thread::sleep(span / FAULTS_PER_ROUND);
            let fault = self.dice.one_of(self.faults);
            self.said += &format!("fault {fault:?} after {} syncs\n", self.disk.syncs().len());
            self.disk.fail(fault);
            thread::sleep(Duration::from_millis(self.dice.below(100)));
            self.disk.mend();
            self.said += &format!("mended after {} syncs\n", self.disk.syncs().len());
        }
        thread::sleep(Duration::from_millis(self.dice.below(100)));
    }

    /// Compares what is there with what was told, in one direction or the other.
    fn read(&mut self) -> Vec<String> {
        let program = self.start();
        let mut historian = Historian::enter(program.door("irc"), "historian");
        let mut complaints = Vec::new();
        for room in self.ledger.rooms() {
            let last = self.ledger.last(&room);
            let history = match self.dice.chance(50) {
                true => historian.read_on(&room, last),
                false => historian.read_back(&room, last),
            };
            complaints.extend(self.ledger.compare(&room, history));
        }
        complaints.append(&mut historian.failures);
        self.kill(program);
        complaints
    }

    /// Everything from the first round on, after an end in order.
    fn read_all(&mut self) {
        let mut program = self.start();
        program.signal("TERM");
        assert!(program.wait(PATIENCE).success());
        let program = self.start();
        let mut historian = Historian::enter(program.door("irc"), "historian");
        for room in self.ledger.rooms() {
            let history = historian.read_on(&room, None);
            assert!(history == self.ledger.kept(&room), "{room} is another one");
        }
    }
}

#[track_caller]
fn survives(end: End, rounds: u64, faults: &'static [Fault]) {
    let mut house = House::new(end, &["--sync", "disk"]);
    house.faults = faults;
    for round in 0..rounds {
        let complaints = house.round(round);
        let shown = &complaints[..complaints.len().min(10)];
        let count = complaints.len();
        assert!(
            shown.is_empty(),
            "round {round}, {count} in all: {shown:#?}\n{}",
            house.said
        );
    }
    house.read_all();
    let refused = house.ledger.refused_count();
    eprintln!(
        "in {rounds} rounds {} were told, {refused} refused",
        house.told
    );
    assert_eq!(refused > 0, !faults.is_empty());
    let few = usize::try_from(rounds).unwrap() * TALKERS;
    assert!(house.told > few, "{} messages prove little", house.told);
}

fn rounds(usual: u64) -> u64 {
    let given = std::env::var("CRASH_ROUNDS").ok();
    given.map_or(usual, |text| text.parse().expect("a number of rounds"))
}

#[test]
fn what_was_told_outlives_a_killed_program() {
    survives(End::OfTheProgram, rounds(20), &[]);
}

#[test]
fn what_was_told_outlives_a_machine_without_power() {
    survives(End::OfTheMachine, rounds(20), &[]);
}

#[test]
fn what_was_refused_stays_away_from_a_killed_program() {
    survives(End::OfTheProgram, rounds(8), FAULTS);
}

#[test]
fn what_was_refused_stays_away_from_a_machine_without_power() {
    survives(End::OfTheMachine, rounds(8), FAULTS);
}

const fn unsyncable(after: u32, times: Option<u32>) -> Fault {
    Fault::Unsyncable { after, times }
}

/// The other level says what it is, and these tests can fail.
#[test]
fn what_was_told_before_it_was_on_the_disk_is_lost_with_the_power() {
    let mut house = House::new(End::OfTheMachine, &["--sync", "relay"]);
    let lost = (0..10).any(|round| {
        let complaints = house.round(round);
        complaints
            .iter()
            .any(|one| one.contains("told, but not there"))
    });
    assert!(lost, "nothing was lost of {} messages", house.told);
}

const FAULTS: &[Fault] = &[
    Fault::Full(0),
    Fault::Full(20_000),
    Fault::Unwritable,
    unsyncable(0, None),
    unsyncable(0, Some(1)),
    unsyncable(3, Some(1)),
    unsyncable(0, Some(2)),
    Fault::Slow(Duration::from_millis(30)),
];
const TALKERS: usize = 50;
const FAULTS_PER_ROUND: u32 = 3;
const ROOMS: [&str; 5] = ["#tea", "#coffee", "#water", "#milk", "#wine"];
const MOMENT_MS_MIN: u64 = 50;
const MOMENT_MS_MAX: u64 = 600;
