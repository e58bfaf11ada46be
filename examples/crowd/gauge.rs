//! What the server and this program have used between two moments.

use std::time::{Duration, Instant};

use crate::args::Common;
use crate::crowd::Crowd;
use crate::proc::{self, Memory};
use crate::report::Report;

/// Reads the processes that were named.
#[derive(Clone, Debug)]
pub(crate) struct Gauge {
    pids: Vec<u32>,
}

/// What has been used up to a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    at: Instant,
    server_cpu_ns: u64,
    own_cpu_ns: u64,
    own_busy: Duration,
    deliveries: u64,
    messages: u64,
}

/// What has been used between two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) time: Duration,
    pub(crate) server_cpu_ns: Option<u64>,
    pub(crate) own_cpu_ns: u64,
    pub(crate) deliveries: u64,
    pub(crate) messages: u64,
}

impl Gauge {
    pub(crate) fn new(common: &Common) -> Self {
        Self {
            pids: common.server_pid.clone(),
        }
    }

    /// # Errors
    /// A process is not there.
    pub(crate) fn read(
        &self,
        crowd: &Crowd,
        deliveries: u64,
        messages: u64,
    ) -> anyhow::Result<Reading> {
        Ok(Reading {
            at: Instant::now(),
            server_cpu_ns: self.sum(proc::cpu_ns)?,
            own_cpu_ns: proc::cpu_ns(std::process::id())?,
            own_busy: crowd.busy,
            deliveries,
            messages,
        })
    }

    pub(crate) fn used(&self, from: &Reading, to: &Reading) -> Used {
        let server = to.server_cpu_ns.saturating_sub(from.server_cpu_ns);
        let own = to.own_cpu_ns.saturating_sub(from.own_cpu_ns);
        Used {
            time: to.at - from.at,
            server_cpu_ns: (!self.pids.is_empty()).then_some(server),
            // Asking in vain is CPU, but nobody's work; sleeping is time, but no CPU.
            own_cpu_ns: own.min(nanoseconds(to.own_busy - from.own_busy)),
            deliveries: to.deliveries - from.deliveries,
            messages: to.messages - from.messages,
        }
    }

    /// The server's memory; none if no process was named.
    ///
    /// # Errors
    /// A process is not there.
    pub(crate) fn memory(&self) -> anyhow::Result<Option<Memory>> {
        if self.pids.is_empty() {
            return Ok(None);
        }
        Ok(Some(Memory {
            resident: self.sum(|pid| Ok(proc::memory(pid)?.resident))?,
            peak: self.sum(|pid| Ok(proc::memory(pid)?.peak))?,
        }))
    }

    fn sum(&self, value: impl Fn(u32) -> anyhow::Result<u64>) -> anyhow::Result<u64> {
        self.pids.iter().map(|pid| value(*pid)).sum()
    }
}

impl Used {
    /// Adds what a delivery costs, and how many there are.
    pub(crate) fn report(&self, report: &mut Report) {
        let seconds = self.time.as_secs_f64();
        let per_delivery = |ns: u64| ns as f64 / self.deliveries.max(1) as f64;
        report.set("measured_seconds", seconds);
        report.set("messages", self.messages);
        report.set("deliveries", self.deliveries);
        report.set("messages_per_second", self.messages as f64 / seconds);
        report.set("deliveries_per_second", self.deliveries as f64 / seconds);
        if let Some(ns) = self.server_cpu_ns {
            report.set("server_cpu_ns_per_delivery", per_delivery(ns));
            report.set("server_cores", ns as f64 / 1e9 / seconds);
        }
        report.set(
            "generator_cpu_ns_per_delivery",
            per_delivery(self.own_cpu_ns),
        );
    }
}

fn nanoseconds(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)
}
