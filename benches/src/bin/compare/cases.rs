//! What is measured: the cases, which figures of each count, and what they are held to. Names of
//! fields are those of `crowd --json`.

use crate::contender::Over;
use crate::kind::{Kind, talk};
use crate::samples::Fields;
use crate::spread::Unit;

/// One case of the comparison.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// As `--case` has it.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) rows: Vec<Row>,
}

/// A figure of a case: one row of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) title: &'static str,
    /// Its field in what `crowd` reports.
    pub(crate) field: &'static str,
    pub(crate) unit: Unit,
    pub(crate) bound: Bound,
}

/// What a figure of ours is held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    /// At most so many times what the bare loop has in the same round.
    OfBare(f64),
    /// At most this for lines, and this for a WebSocket.
    AtMost(f64, f64),
    AtLeast(f64),
    /// Only shown.
    None,
}

impl Row {
    /// The figure, if the report has it.
    pub(crate) fn of(&self, fields: &Fields) -> Option<f64> {
        fields.get(self.field)?.as_f64()
    }
}

impl Bound {
    /// Whether a figure is within it; `None` if there is nothing to hold it to.
    pub(crate) fn holds(self, over: Over, figure: f64, ratio: Option<f64>) -> Option<bool> {
        match (self, over) {
            (Bound::OfBare(most), _) => ratio.map(|ratio| ratio <= most),
            (Bound::AtMost(_, most), Over::Ws) | (Bound::AtMost(most, _), _) => {
                Some(figure <= most)
            }
            (Bound::AtLeast(least), _) => Some(figure >= least),
            (Bound::None, _) => None,
        }
    }
}

/// All cases, in the order of the table.
pub(crate) fn all() -> Vec<Case> {
    let mut all = talks();
    all.extend([latency(), idle(), join(), stalled(), flood()]);
    all
}

/// The case of the chart.
pub(crate) const TYPICAL: &str = "talk-1000";

fn talks() -> Vec<Case> {
    let table = [
        (
            TYPICAL,
            talk(1000, 1, 64, 64),
            1.15,
            "1,000 readers, 64 messages in flight, 64 B: CPU per delivery",
        ),
        (
            "talk-1000-400",
            talk(1000, 1, 64, 400),
            1.15,
            "1,000 readers, 64 in flight, 400 B",
        ),
        (
            "talk-5000",
            talk(5000, 1, 64, 64),
            1.2,
            "5,000 readers, 64 in flight",
        ),
        (
            "talk-10",
            talk(10, 1, 64, 64),
            1.4,
            "10 readers, 64 in flight",
        ),
        (
            "talk-100",
            talk(100, 1, 64, 64),
            1.4,
            "100 readers, 64 in flight",
        ),
        (
            "talk-1000-one",
            talk(1000, 1, 1, 64),
            1.05,
            "1,000 readers, one at a time",
        ),
        (
            "talk-1000-16",
            talk(1000, 16, 1, 64),
            0.8,
            "1,000 readers, 16 talkers, one at a time each",
        ),
    ];
    let case = |(name, kind, most, title)| {
        let bound = Bound::OfBare(most);
        let row = row(
            title,
            "server_cpu_ns_per_delivery",
            Unit::Nanoseconds,
            bound,
        );
        Case {
            name,
            kind,
            rows: vec![row],
        }
    };
    table.map(case).into()
}

fn latency() -> Case {
    let title = "50 messages a second to 1,000 readers: latency, p99";
    let bound = Bound::OfBare(1.1);
    Case {
        name: "latency",
        kind: Kind::Latency {
            readers: 1000,
            rate: 50,
        },
        rows: vec![row(title, "latency_us_p99", Unit::Microseconds, bound)],
    }
}

fn idle() -> Case {
    let title = "9,000 people in rooms of 100, idle: memory for each";
    let bound = Bound::AtMost(768.0, 1792.0);
    Case {
        name: "idle",
        kind: Kind::Idle { people: 9000 },
        rows: vec![row(title, "bytes_per_person", Unit::Bytes, bound)],
    }
}

fn join() -> Case {
    let title = "1,000 people join one room, until all have heard of all: joins a second";
    let bound = Bound::AtLeast(8000.0);
    Case {
        name: "join",
        kind: Kind::Join { people: 1000 },
        rows: vec![row(title, "joins_per_second", Unit::PerSecond, bound)],
    }
}

/// What `crowd` does not report, since it takes two of its runs: how much of the rate is left, and
/// how much more the server's memory has grown.
pub(crate) const RATE_KEPT: &str = "rate_kept";
pub(crate) const GROWN: &str = "server_rss_bytes_grown";

fn stalled() -> Case {
    let rate = "one beside 200 readers never reads: what is left of the others' rate";
    let grown = "the same: how much more the server's memory grows";
    Case {
        name: "stalled",
        kind: Kind::Stalled { readers: 200 },
        rows: vec![
            row(rate, RATE_KEPT, Unit::Times, Bound::AtLeast(0.97)),
            row(grown, GROWN, Unit::Bytes, Bound::None),
        ],
    }
}

fn flood() -> Case {
    let title = "a talker at full speed before 100 readers: somebody else's worst round trip";
    let bound = Bound::AtMost(20.0, 20.0);
    Case {
        name: "flood",
        kind: Kind::Flood { readers: 100 },
        rows: vec![row(title, "round_trip_ms_worst", Unit::Milliseconds, bound)],
    }
}

fn row(title: &'static str, field: &'static str, unit: Unit, bound: Bound) -> Row {
    Row {
        title,
        field,
        unit,
        bound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_held_by_what_they_are_bounds_of() {
        let cases = [
            (Bound::OfBare(1.1), Over::Irc, 900.0, Some(1.1), Some(true)),
            (Bound::OfBare(1.1), Over::Irc, 1.0, Some(1.11), Some(false)),
            (Bound::OfBare(1.1), Over::Irc, 1.0, None, None),
            (Bound::AtMost(5.0, 9.0), Over::Irc, 6.0, None, Some(false)),
            (
                Bound::AtMost(5.0, 9.0),
                Over::Ws,
                6.0,
                Some(3.0),
                Some(true),
            ),
            (Bound::AtLeast(8.0), Over::Ws, 7.9, None, Some(false)),
            (Bound::None, Over::Ws, 7.9, None, None),
        ];
        for (bound, over, figure, ratio, expected) in cases {
            assert_eq!(
                bound.holds(over, figure, ratio),
                expected,
                "{bound:?} {figure}"
            );
        }
    }

    #[test]
    fn names_are_different_and_a_smoke_run_is_small() {
        let all = all();
        let mut names: Vec<&str> = all.iter().map(|case| case.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all.len());
        for case in all {
            let mut kind = case.kind.clone();
            kind.shrink();
            assert!(kind.connections() < 100, "{kind:?}");
        }
    }
}
