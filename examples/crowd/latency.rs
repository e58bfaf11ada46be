//! One talker who keeps time: how long a message takes to everybody.
//!
//! An open loop: message number n is to be said at n ÷ rate, and its latency counts from then, however
//! late it really was. A server that stops for a while pays for all that should have been said
//! meanwhile ("coordinated omission" is leaving that out).

use std::time::{Duration, Instant};

use crate::args::Latency;
use crate::crowd::{Crowd, Role};
use crate::gauge::{Gauge, Reading};
use crate::ledger::Ledger;
use crate::patience::Patience;
use crate::person::Ear;
use crate::progress::Progress;
use crate::report::Report;
use crate::talker::Talker;
use crate::times::{Grid, Times};
use crate::trailer::Post;

/// # Errors
/// The server refused somebody, or a message did not come once and in order.
pub(crate) fn run(args: &Latency) -> anyhow::Result<Report> {
    let common = &args.common;
    let readers = args.readers as usize;
    let mut crowd = Crowd::new(common, readers + 1)?;
    crowd.admit(Role::Reader, readers, |_| Some(common.room()))?;
    crowd.admit(Role::Talker, 1, |_| common.talkers_room())?;
    let gauge = Gauge::new(common);
    let before = gauge.memory()?;
    let mut beat = Beat::new(args)?;
    beat.go_on(&mut crowd, common.warmup)?;
    beat.measured_from = beat.said;
    let from = beat.reading(&gauge, &crowd)?;
    beat.go_on(&mut crowd, common.warmup + common.seconds)?;
    beat.finish(&mut crowd)?;
    let to = beat.reading(&gauge, &crowd)?;

    let mut report = Report::new("latency", common, args.readers, 1, 0);
    report.set("rate_per_second", args.rate);
    gauge.used(&from, &to).report(&mut report);
    report.set_verified(&[beat.said], &beat.ledger);
    report.set_memory(before, gauge.memory()?);
    beat.times.report_latency(&mut report);
    Ok(report)
}

struct Beat {
    ledger: Ledger,
    talker: Talker,
    grid: Grid,
    said: u32,
    /// The first message that is not for warming up.
    measured_from: u32,
    times: Times,
}

impl Beat {
    fn new(args: &Latency) -> anyhow::Result<Self> {
        let readers = args.readers as usize;
        Ok(Self {
            ledger: Ledger::new(readers, 1),
            talker: Talker::new(&args.common, readers, 0),
            grid: Grid::new(Duration::from_secs(1) / args.rate),
            said: 0,
            measured_from: u32::MAX,
            times: Times::new()?,
        })
    }

    /// Until so much time has passed since the start.
    fn go_on(&mut self, crowd: &mut Crowd, end: Duration) -> anyhow::Result<()> {
        let end = self.grid.start() + end;
        let progress = Progress::of_time(end.saturating_duration_since(crowd.now()));
        let start = crowd.now();
        let mut patience = Patience::new();
        while crowd.now() < end {
            let due = self.grid.due(crowd.now());
            if due > self.said {
                self.talker.say(crowd, self.said..due)?;
                self.said = due;
            }
            crowd.turn(self.grid.at(due).min(end), self)?;
            patience.check(crowd.now(), self.ledger.deliveries, || self.missing())?;
            progress.passed(crowd.now() - start);
        }
        Ok(())
    }

    fn finish(&mut self, crowd: &mut Crowd) -> anyhow::Result<()> {
        let mut patience = Patience::new();
        while !self.ledger.is_complete(&[self.said]) {
            crowd.turn(crowd.now() + Duration::from_secs(1), self)?;
            patience.check(crowd.now(), self.ledger.deliveries, || self.missing())?;
        }
        Ok(())
    }

    fn missing(&self) -> String {
        self.ledger.missing(&[self.said])
    }

    fn reading(&self, gauge: &Gauge, crowd: &Crowd) -> anyhow::Result<Reading> {
        gauge.read(crowd, self.ledger.deliveries, u64::from(self.said))
    }
}

impl Ear for Beat {
    fn post(&mut self, who: usize, post: Post) -> anyhow::Result<()> {
        if !self.ledger.holds(who) {
            return Ok(());
        }
        self.ledger.take(who, post)?;
        if post.sequence >= self.measured_from {
            self.times.add(Instant::now() - self.grid.at(post.sequence));
        }
        Ok(())
    }
}
