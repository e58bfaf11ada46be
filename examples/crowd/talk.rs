//! Talkers with a window of messages in flight: what a delivery costs.
//!
//! A closed loop: a talker says as many messages as its window has place for, in one write, and a
//! message leaves the window when every reader has it. Talkers are in the room like everybody, but
//! what they hear is not counted.

use std::time::Duration;

use crate::args::Talk;
use crate::crowd::{Crowd, Role};
use crate::gauge::{Gauge, Reading};
use crate::ledger::Ledger;
use crate::patience::Patience;
use crate::person::Ear;
use crate::progress::Progress;
use crate::report::Report;
use crate::stalled;
use crate::talker::Talker;
use crate::trailer::Post;
use crate::window::Window;

/// # Errors
/// The server refused somebody, or a message did not come once and in order.
pub(crate) fn run(args: &Talk) -> anyhow::Result<Report> {
    let common = &args.common;
    let mut crowd = admit(args)?;
    let gauge = Gauge::new(common);
    let mut floor = Floor::new(args);
    let before = gauge.memory()?;
    floor.go_on(&mut crowd, common.warmup)?;
    let from = floor.reading(&gauge, &crowd)?;
    floor.go_on(&mut crowd, common.seconds)?;
    let to = floor.reading(&gauge, &crowd)?;
    floor.finish(&mut crowd)?;
    let after = gauge.memory()?;

    let mut report = Report::new("talk", common, args.readers, args.talkers, args.window);
    gauge.used(&from, &to).report(&mut report);
    report.set_verified(&floor.said(), &floor.ledger);
    report.set_memory(before, after);
    if args.stalled > 0 {
        report.set("stalled", args.stalled);
        let first = crowd.len() - args.stalled as usize;
        report.set("stalled_cut", stalled::count_cut(&mut crowd, first));
    }
    Ok(report)
}

/// Readers first, so that their numbers are those of the ledger.
fn admit(args: &Talk) -> anyhow::Result<Crowd> {
    let common = &args.common;
    let (readers, talkers) = (args.readers as usize, usize::from(args.talkers));
    let stalled = args.stalled as usize;
    let mut crowd = Crowd::new(common, readers + talkers + stalled)?;
    crowd.admit(Role::Reader, readers, |_| Some(common.room()))?;
    crowd.admit(Role::Talker, talkers, |_| common.talkers_room())?;
    crowd.admit(Role::Stalled, stalled, |_| Some(common.room()))?;
    for who in readers + talkers..crowd.len() {
        crowd.stall(who)?;
    }
    Ok(crowd)
}

/// The talkers, and what everybody has heard of them.
struct Floor {
    ledger: Ledger,
    windows: Vec<Window>,
    talkers: Vec<Talker>,
}

impl Floor {
    fn new(args: &Talk) -> Self {
        let readers = args.readers as usize;
        let numbers = 0..args.talkers;
        Self {
            ledger: Ledger::new(readers, args.talkers.into()),
            windows: numbers
                .clone()
                .map(|_| Window::new(args.readers, args.window))
                .collect(),
            talkers: numbers
                .map(|number| Talker::new(&args.common, readers + usize::from(number), number))
                .collect(),
        }
    }

    fn go_on(&mut self, crowd: &mut Crowd, length: Duration) -> anyhow::Result<()> {
        let start = crowd.now();
        let progress = Progress::of_time(length);
        let mut patience = Patience::new();
        while crowd.now() < start + length {
            for (talker, window) in self.talkers.iter_mut().zip(&mut self.windows) {
                talker.say(crowd, window.fill())?;
            }
            crowd.turn(start + length, self)?;
            patience.check(crowd.now(), self.ledger.deliveries, || self.missing())?;
            progress.passed(crowd.now() - start);
        }
        Ok(())
    }

    /// Nobody says anything more, and everything that was said arrives.
    fn finish(&mut self, crowd: &mut Crowd) -> anyhow::Result<()> {
        let mut patience = Patience::new();
        while self
            .windows
            .iter()
            .any(|window| window.done() < window.said())
        {
            crowd.turn_asleep(self)?;
            patience.check(crowd.now(), self.ledger.deliveries, || self.missing())?;
        }
        Ok(())
    }

    fn missing(&self) -> String {
        self.ledger.missing(&self.said())
    }

    fn said(&self) -> Vec<u32> {
        self.windows.iter().map(Window::said).collect()
    }

    fn reading(&self, gauge: &Gauge, crowd: &Crowd) -> anyhow::Result<Reading> {
        let done = self.windows.iter().map(|window| u64::from(window.done()));
        gauge.read(crowd, self.ledger.deliveries, done.sum())
    }
}

impl Ear for Floor {
    #[inline]
    fn post(&mut self, who: usize, post: Post) -> anyhow::Result<()> {
        if !self.ledger.holds(who) {
            return Ok(());
        }
        self.ledger.take(who, post)?;
        self.windows[usize::from(post.talker)].heard(post.sequence)
    }
}
