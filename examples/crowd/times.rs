//! Moments at which something is to happen, and how long after them it did.

use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;

use crate::report::Report;

/// Moments at equal distances.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    start: Instant,
    step: Duration,
}

impl Grid {
    /// The first one is now.
    pub(crate) fn new(step: Duration) -> Self {
        Self {
            start: Instant::now(),
            step,
        }
    }

    pub(crate) fn start(&self) -> Instant {
        self.start
    }

    pub(crate) fn at(&self, number: u32) -> Instant {
        self.start + self.step * number
    }

    /// How many of them have passed.
    pub(crate) fn due(&self, now: Instant) -> u32 {
        let passed = now.saturating_duration_since(self.start);
        let steps = passed.as_nanos() / self.step.as_nanos().max(1);
        u32::try_from(steps + 1).unwrap_or(u32::MAX)
    }
}

/// Lengths of time, up to a minute, to three digits.
#[derive(Debug)]
pub(crate) struct Times(Histogram<u64>);

impl Times {
    /// # Errors
    /// None that could be caused from outside.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let histogram = Histogram::new_with_bounds(1, 60_000_000_000, 3);
        Ok(Self(histogram.context("a histogram of a minute")?))
    }

    pub(crate) fn add(&mut self, time: Duration) {
        let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.saturating_record(ns);
    }

    /// In microseconds.
    pub(crate) fn report_latency(&self, report: &mut Report) {
        let us = |quantile| self.ns(quantile) / 1e3;
        report.set("latency_count", self.0.len());
        report.set("latency_us_p50", us(0.5));
        report.set("latency_us_p90", us(0.9));
        report.set("latency_us_p99", us(0.99));
        report.set("latency_us_p999", us(0.999));
        report.set("latency_us_max", us(1.0));
    }

    /// In milliseconds.
    pub(crate) fn report_round_trips(&self, report: &mut Report) {
        let ms = |quantile| self.ns(quantile) / 1e6;
        report.set("round_trips", self.0.len());
        report.set("round_trip_ms_p50", ms(0.5));
        report.set("round_trip_ms_p99", ms(0.99));
        report.set("round_trip_ms_worst", ms(1.0));
    }

    fn ns(&self, quantile: f64) -> f64 {
        self.0.value_at_quantile(quantile) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_pass_one_by_one() {
        let grid = Grid::new(Duration::from_millis(20));
        let after = |ms| grid.due(grid.start() + Duration::from_millis(ms));
        assert_eq!([after(0), after(19), after(20), after(1000)], [1, 1, 2, 51]);
        assert_eq!(grid.at(50) - grid.start(), Duration::from_secs(1));
    }
}
