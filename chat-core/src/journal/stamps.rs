//! When entries were made, by a clock that may be put back. Floor 2; pure.
//!
//! The order is that of the places, whatever the clock says. A stamp follows the clock, but for a small step back, so a
//! clock that was years ahead for a moment does not stop time for years. So stamps fall at times, and between two falls
//! is a run in which they never do:
//!
//! ```text
//! stamps   10:00  10:05  2036-01-01  2036-01-01 │ 10:07  10:09
//!          └────────── a run ───────────────────┘ └─ the next ─
//! ```
//!
//! A moment is looked for in the run that has an entry nearest to it, since clients name the times of what they have: who
//! saw `2036-01-01` last gets 10:07 and 10:09 next, and who saw 10:07 gets 10:09.

use std::time::{Duration, Instant};

use crate::id::Seq;
use crate::limits::CLOCK_AHEAD_MAX;
use crate::time::{Now, Timestamp};

/// Gives entries their stamps.
#[derive(Debug)]
pub(super) struct Stamps {
    last: Timestamp,
}

impl Stamps {
    /// Behind an entry with this stamp, if there is one.
    pub(super) fn behind(last: Option<Timestamp>) -> Stamps {
        let last = last.unwrap_or(Timestamp(i64::MIN));
        Stamps { last }
    }

    /// The stamp of the next entry.
    pub(super) fn next(&mut self, wall: Timestamp) -> Timestamp {
        let is_wrong = is_ahead(self.last, wall);
        if is_wrong {
            log::warn!(
                "the clock was put back from {} to {}: what was said meanwhile keeps its time, and what is said from now on \
                 stands behind it with an earlier one",
                self.last.iso(),
                wall.iso()
            );
        }
        self.last = if is_wrong { wall } else { self.last.max(wall) };
        self.last
    }
}

/// Whether a stamp is that of a clock that was wrong.
pub(crate) fn is_ahead(stamp: Timestamp, wall: Timestamp) -> bool {
    let most = i64::try_from(CLOCK_AHEAD_MAX.as_millis()).unwrap_or(i64::MAX);
    stamp.0 > wall.0.saturating_add(most)
}

/// Since when the clock of the day has kept step with the one that nobody sets. One that jumps is believed again later: it
/// may have been put right, or wrong, or the machine was asleep.
#[derive(Debug, Default)]
pub(super) struct Steady {
    seen: Option<Now>,
    since: Option<Instant>,
}

impl Steady {
    /// For how long it has kept step by now; to be asked again and again.
    pub(super) fn time(&mut self, now: Now) -> Duration {
        if !self.seen.is_some_and(|before| keeps_step(before, now)) {
            self.since = Some(now.mono);
        }
        self.seen = Some(now);
        self.since.map_or(Duration::ZERO, |since| {
            now.mono.saturating_duration_since(since)
        })
    }
}

fn keeps_step(before: Now, now: Now) -> bool {
    let passed = now.mono.saturating_duration_since(before.mono).as_millis();
    let told = i128::from(now.wall.0) - i128::from(before.wall.0);
    let apart = i128::try_from(passed).map_or(u128::MAX, |passed| passed.abs_diff(told));
    apart <= CLOCK_AHEAD_MAX.as_millis()
}

/// An entry whose stamp is before that of the entry before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fall {
    pub(super) seq: Seq,
    /// The stamp of the one before it.
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Fall {
    /// The fall that an entry makes behind one with another stamp, if it does.
    pub(super) fn between(last: Option<Timestamp>, seq: Seq, to: Timestamp) -> Option<Fall> {
        let from = last.filter(|last| to < *last)?;
        Some(Fall { seq, from, to })
    }
}

/// Entries behind one another whose stamps never fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The first place, and the one behind the last.
    pub(super) first: Seq,
    pub(super) end: Seq,
    /// The first stamp and the last one.
    from: Timestamp,
    to: Timestamp,
}

/// All runs, in order.
pub(super) fn runs(falls: impl IntoIterator<Item = Fall>) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Run {
        first: Seq(0),
        end: Seq(u64::MAX),
        from: Timestamp(i64::MIN),
        to: Timestamp(i64::MAX),
    };
    for fall in falls {
        (run.end, run.to) = (fall.seq, fall.from);
        runs.push(run);
        run = Run {
            first: fall.seq,
            end: Seq(u64::MAX),
            from: fall.to,
            to: Timestamp(i64::MAX),
        };
    }
    runs.push(run);
    runs
}

/// The stamps of the two entries of a run between which a moment is.
type Around = [Option<Timestamp>; 2];

/// The run with an entry nearest to a moment, the first of them if there are several; of a moment that is behind all, or
/// before all, the last one or the first. `around` finds where in a run it is.
pub(super) fn nearest<E>(
    runs: &[Run],
    at: Timestamp,
    mut around: impl FnMut(&Run) -> Result<Around, E>,
) -> Result<Option<Run>, E> {
    if runs.len() < 2 {
        return Ok(runs.first().copied());
    }
    let ends = runs.iter().map(|run| match at {
        at if at <= run.from => Ok([None, Some(run.from)]),
        at if at >= run.to => Ok([Some(run.to), None]),
        _ => around(run),
    });
    let ends: Vec<Around> = ends.collect::<Result<_, E>>()?;
    let apart = |ends: &Around| ends.iter().flatten().map(|end| apart(*end, at)).min();
    let all = runs.iter().zip(&ends);
    let best = all.min_by_key(|(_, ends)| apart(ends).unwrap_or(u64::MAX));
    let is_hit = best.is_some_and(|(_, ends)| apart(ends) == Some(0));
    let is_behind_all = ends.iter().all(|ends| ends[1].is_none());
    let is_before_all = ends.iter().all(|ends| ends[0].is_none());
    let found = match is_hit {
        false if is_behind_all => runs.last(),
        false if is_before_all => runs.first(),
        _ => best.map(|(run, _)| run),
    };
    Ok(found.copied())
}

/// Milliseconds between two moments. One is none: who pages by time may ask from one before, so as to miss nothing.
fn apart(one: Timestamp, other: Timestamp) -> u64 {
    match one.0.abs_diff(other.0) {
        1 => 0,
        apart => apart,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;
    const YEAR: i64 = 365 * 24 * 60 * MINUTE;

    #[test]
    fn stamps_stand_still_for_a_step_and_follow_a_clock_that_was_wrong() {
        let mut stamps = Stamps::behind(None);
        let cases = [
            // wall, stamp
            (0, 0),
            (MINUTE, MINUTE),
            (1, MINUTE),
            (0, MINUTE),
            (-1, -1),
            (10 * YEAR, 10 * YEAR),
            (5, 5),
            (4, 5),
        ];
        for (wall, stamp) in cases {
            assert_eq!(stamps.next(Timestamp(wall)), Timestamp(stamp), "{wall}");
        }
        let mut stamps = Stamps::behind(Some(Timestamp(YEAR)));
        assert_eq!(
            stamps.next(Timestamp(7)),
            Timestamp(7),
            "after a restart too"
        );
    }

    #[test]
    fn a_clock_is_steady_from_its_last_jump_on() {
        let (start, mut steady) = (Instant::now(), Steady::default());
        let cases = [
            // mono, wall, steady for so many minutes
            (0, 500, 0),
            (1, 501, 1),
            // Slow, but not by more than NTP puts right.
            (2, 501, 2),
            (3, 9_000, 0),
            (4, 9_001, 1),
            (5, 504, 0),
            (65, 564, 60),
        ];
        for (mono, wall, minutes) in cases {
            let mono = start + Duration::from_secs(60) * mono;
            let wall = Timestamp(wall * MINUTE);
            let time = steady.time(Now { mono, wall });
            assert_eq!(time, Duration::from_secs(60) * minutes, "{wall:?}");
        }
    }

    /// Ten entries by a clock that was put on before the fourth and back before the sixth, and a little back before the ninth.
    const STAMPS: [i64; 10] = [0, 100, 200, 9_000, 9_100, 300, 400, 1_000, 900, 1_100];

    fn all_runs() -> Vec<Run> {
        let mut last = None;
        let falls = STAMPS.iter().zip(1..).filter_map(|(&at, seq)| {
            let fall = Fall::between(last, Seq(seq), Timestamp(at));
            last = Some(Timestamp(at));
            fall
        });
        runs(falls)
    }

    /// The places of a run, and their stamps.
    fn of(run: &Run) -> Vec<(u64, i64)> {
        let all = (1..).zip(STAMPS);
        all.filter(|(seq, _)| run.first.0 <= *seq && *seq < run.end.0)
            .collect()
    }

    /// The first place from a moment on.
    fn first_from(at: i64) -> u64 {
        let found = nearest::<()>(&all_runs(), Timestamp(at), |run| {
            let mut stamps = of(run).into_iter().map(|(_, stamp)| stamp);
            let before = stamps.clone().take_while(|stamp| *stamp < at).last();
            let behind = stamps.find(|stamp| *stamp >= at);
            Ok([before, behind].map(|stamp| stamp.map(Timestamp)))
        });
        let run = of(&found.unwrap().unwrap());
        let first = run.iter().find(|(_, stamp)| *stamp >= at);
        let behind = run.last().map_or(0, |(seq, _)| seq + 1);
        first.map_or(behind, |(seq, _)| *seq)
    }

    #[test]
    fn runs_are_what_is_between_two_falls() {
        let ends: Vec<_> = all_runs()
            .iter()
            .map(|run| (run.first.0, run.end.0))
            .collect();
        assert_eq!(ends, [(0, 6), (6, 9), (9, u64::MAX)]);
    }

    #[test]
    fn whoever_names_the_time_of_what_they_have_gets_what_follows() {
        for (at, place) in STAMPS.iter().zip(1..) {
            assert_eq!(first_from(at + 1), place + 1, "behind {at}");
            assert_eq!(first_from(*at), place, "as far as {at}");
        }
    }

    #[test]
    fn any_other_moment_is_where_the_nearest_entry_is() {
        for (at, place) in [
            (-500, 1),
            (150, 3),
            (350, 7),
            (600, 8),
            (950, 8),
            (1_050, 9),
            (5_000, 11),
            (8_000, 4),
        ] {
            assert_eq!(first_from(at), place, "{at}");
        }
    }
}
