//! People in rooms who say nothing: what one of them costs in memory, and all of them in CPU.
//!
//! The first thousand are not counted: with them comes what a server allocates once.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Context;

use crate::args::Idle;
use crate::crowd::{Crowd, Role};
use crate::gauge::Gauge;
use crate::person::Deaf;
use crate::proc::Memory;
use crate::progress::Progress;
use crate::report::Report;

/// # Errors
/// The server refused somebody, or was not named.
pub(crate) fn run(args: &Idle) -> anyhow::Result<Report> {
    let (common, people) = (&args.common, args.people as usize);
    let gauge = Gauge::new(common);
    let memory = || {
        gauge
            .memory()?
            .context("idle needs --server-pid: memory is what it measures")
    };
    memory()?;
    let rooms = Rooms::new(args);
    let first = args.first as usize;
    let mut crowd = Crowd::new(common, first + people)?;
    crowd.admit(Role::Reader, first, |index| Some(rooms.of(index)))?;
    crowd.settle(Duration::from_secs(1))?;
    let before = memory()?;
    crowd.admit(Role::Reader, people, |index| Some(rooms.of(first + index)))?;
    crowd.settle(Duration::from_secs(2))?;
    let after = memory()?;

    let mut report = Report::new("idle", common, args.people, 0, 0);
    report.set("rooms_of", args.rooms_of);
    report.set_memory(Some(before), Some(after));
    report.set("bytes_per_person", grown(before, after) / people as f64);
    report.set(
        "idle_cpu_percent",
        stay(&gauge, &mut crowd, common.seconds)?,
    );
    Ok(report)
}

/// It may also have shrunk.
fn grown(before: Memory, after: Memory) -> f64 {
    after.resident as f64 - before.resident as f64
}

/// Nobody says anything; the part of a core that the server uses nevertheless.
fn stay(gauge: &Gauge, crowd: &mut Crowd, length: Duration) -> anyhow::Result<f64> {
    let from = gauge.read(crowd, 0, 0)?;
    let start = crowd.now();
    let progress = Progress::of_time(length);
    while crowd.now() < start + length {
        crowd.turn_asleep(&mut Deaf)?;
        progress.passed(crowd.now() - start);
    }
    let used = gauge.used(&from, &gauge.read(crowd, 0, 0)?);
    let ns = used.server_cpu_ns.unwrap_or_default();
    Ok(ns as f64 / 1e7 / used.time.as_secs_f64())
}

/// One for every so many people.
struct Rooms {
    rooms: Vec<Rc<str>>,
    size: usize,
}

impl Rooms {
    fn new(args: &Idle) -> Self {
        let size = args.rooms_of as usize;
        let count = (args.first as usize + args.people as usize).div_ceil(size);
        let name = |number| format!("{}-{number}", args.common.room).into();
        Self {
            rooms: (0..count).map(name).collect(),
            size,
        }
    }

    fn of(&self, person: usize) -> Rc<str> {
        Rc::clone(&self.rooms[person / self.size])
    }
}
