//! One talker at full speed: does anybody else notice?
//!
//! The talker writes whatever its socket takes into a room of readers, so only the server can slow it
//! down. Somebody in another room sends a ping every 10 ms, by the clock, and each is timed from when it
//! was to be sent.

use std::time::Duration;

use crate::args::Flood;
use crate::crowd::{Crowd, Role};
use crate::gauge::{Gauge, Reading};
use crate::ledger::Ledger;
use crate::patience::Patience;
use crate::person::Ear;
use crate::pinger::Pinger;
use crate::progress::Progress;
use crate::report::Report;
use crate::talker::Talker;
use crate::trailer::Post;

/// Messages in one write, and writes in one turn: after these the readers must be read.
const BATCH: u32 = 64;
const BATCHES_PER_TURN: u32 = 16;
/// Some servers let a fast talker wait: InspIRCd reads ten kilobytes a second then, and megabytes are
/// underway.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// # Errors
/// The server refused somebody, or a message did not come once and in order.
pub(crate) fn run(args: &Flood) -> anyhow::Result<Report> {
    let common = &args.common;
    let mut crowd = admit(args)?;
    let pinger = Pinger::new(common, crowd.part_with_last()?)?;
    let gauge = Gauge::new(common);
    let before = gauge.memory()?;
    let mut flood = Torrent::new(args, pinger);
    flood.go_on(&mut crowd, common.warmup)?;
    flood.pinger.measure();
    let from = flood.reading(&gauge, &crowd)?;
    flood.go_on(&mut crowd, common.seconds)?;
    let to = flood.reading(&gauge, &crowd)?;
    flood.finish(&mut crowd)?;

    let mut report = Report::new("flood", common, args.readers, 1, 0);
    gauge.used(&from, &to).report(&mut report);
    report.set("drained", flood.is_drained());
    report.set_verified(&[flood.said], &flood.ledger);
    report.set_memory(before, gauge.memory()?);
    flood.pinger.times().report_round_trips(&mut report);
    Ok(report)
}

/// The readers, the talker, and the one who pings.
fn admit(args: &Flood) -> anyhow::Result<Crowd> {
    let common = &args.common;
    let readers = args.readers as usize;
    let mut crowd = Crowd::new(common, readers + 2)?;
    crowd.never_sleep();
    crowd.admit(Role::Reader, readers, |_| Some(common.room()))?;
    crowd.admit(Role::Talker, 1, |_| common.talkers_room())?;
    crowd.admit(Role::Pinger, 1, |_| common.other_room())?;
    Ok(crowd)
}

struct Torrent {
    ledger: Ledger,
    talker: Talker,
    said: u32,
    readers: u32,
    pinger: Pinger,
}

impl Torrent {
    fn new(args: &Flood, pinger: Pinger) -> Self {
        let readers = args.readers as usize;
        Self {
            ledger: Ledger::new(readers, 1),
            talker: Talker::new(&args.common, readers, 0),
            said: 0,
            readers: args.readers,
            pinger,
        }
    }

    fn go_on(&mut self, crowd: &mut Crowd, length: Duration) -> anyhow::Result<()> {
        let start = crowd.now();
        let progress = Progress::of_time(length);
        let mut patience = Patience::new();
        while crowd.now() < start + length {
            self.pour(crowd)?;
            crowd.turn(start + length, self)?;
            self.pinger.look()?;
            patience.check(crowd.now(), self.ledger.deliveries, || self.missing())?;
            progress.passed(crowd.now() - start);
        }
        Ok(())
    }

    /// Until the socket takes no more.
    fn pour(&mut self, crowd: &mut Crowd) -> anyhow::Result<()> {
        for _ in 0..BATCHES_PER_TURN {
            if self.talker.is_waiting(crowd) {
                break;
            }
            self.talker.say(crowd, self.said..self.said + BATCH)?;
            self.said += BATCH;
            self.pinger.look()?;
        }
        Ok(())
    }

    /// What was said arrives, and the last ping is answered; or a server that works off the flood at its
    /// leisure is left to it.
    fn finish(&mut self, crowd: &mut Crowd) -> anyhow::Result<()> {
        self.pinger.stop();
        let end = crowd.now() + DRAIN_MAX;
        let mut patience = Patience::new();
        while self.pinger.is_waiting() || crowd.now() < end && !self.is_drained() {
            crowd.turn(crowd.now(), self)?;
            self.pinger.look()?;
            let progress = self.ledger.deliveries + u64::from(self.pinger.answered());
            patience.check(crowd.now(), progress, || self.missing())?;
        }
        Ok(())
    }

    fn is_drained(&self) -> bool {
        self.ledger.is_complete(&[self.said])
    }

    fn missing(&self) -> String {
        if self.pinger.is_waiting() {
            return format!("the answer to ping {} is missing", self.pinger.answered());
        }
        self.ledger.missing(&[self.said])
    }

    /// A message got through when all readers have it, on the average.
    fn reading(&self, gauge: &Gauge, crowd: &Crowd) -> anyhow::Result<Reading> {
        let deliveries = self.ledger.deliveries;
        gauge.read(crowd, deliveries, deliveries / u64::from(self.readers))
    }
}

impl Ear for Torrent {
    #[inline]
    fn post(&mut self, who: usize, post: Post) -> anyhow::Result<()> {
        if !self.ledger.holds(who) {
            return Ok(());
        }
        self.ledger.take(who, post)
    }

    fn meanwhile(&mut self) -> anyhow::Result<()> {
        self.pinger.look()
    }
}
