//! What came out: a table for people, or one JSON object for scripts.
//!
//! | field | what |
//! |---|---|
//! | `case`, `over`, `readers`, `talkers`, `window`, `bytes` | what was measured; 0 where a case has no such thing |
//! | `measured_seconds` | how long, without warming up |
//! | `messages`, `deliveries` | what every reader has; what was read, by all readers together |
//! | `messages_said`, `deliveries_verified` | the same of the whole run: the second is the first times the readers |
//! | `messages_per_second`, `deliveries_per_second` | the same by second |
//! | `server_cpu_ns_per_delivery` | CPU of `--server-pid` in user and kernel, by delivery |
//! | `server_cores` | CPU of the server by second of time: 1 is a core that is always busy |
//! | `generator_cpu_ns_per_delivery` | CPU of this program, without asking in vain |
//! | `server_rss_bytes_before`, `_after` | resident memory of the server when all are in the room, and after measuring |
//! | `server_rss_bytes_peak` | the most that it ever was, since the server started |
//! | `stalled`, `stalled_cut` | how many never read, and how many of these the server cut off |
//! | `rate_per_second` | `latency`: messages |
//! | `latency_count`, `latency_us_p50`, `_p90`, `_p99`, `_p999`, `_max` | deliveries that were timed; µs from when a message was to be said until somebody read it |
//! | `rooms_of`, `bytes_per_person` | `idle`: people in a room; growth of resident memory by person, after the first ones |
//! | `idle_cpu_percent` | CPU of the server while nobody talks: 100 is a core |
//! | `join_seconds`, `joins_per_second` | from the first JOIN until everybody is in the room and has heard of everybody |
//! | `server_cpu_ns_per_join` | CPU of the server meanwhile |
//! | `drained` | `flood`: whether all that was said had come 10 s after its end; what came, came once and in order |
//! | `round_trips`, `round_trip_ms_p50`, `_p99`, `_worst` | `flood`: pings of another person, and ms from when one was to be sent until the answer was read |

use std::time::Duration;

use serde_json::{Map, Value};

use crate::args::Common;
use crate::ledger::Ledger;
use crate::proc::Memory;

#[derive(Debug, Default)]
pub(crate) struct Report {
    fields: Vec<(&'static str, Value)>,
}

impl Report {
    /// What every report starts with.
    pub(crate) fn new(
        case: &str,
        common: &Common,
        readers: u32,
        talkers: u16,
        window: u32,
    ) -> Self {
        let mut report = Self::default();
        report.set("case", case);
        report.set("over", format!("{:?}", common.over).to_lowercase());
        report.set("readers", readers);
        report.set("talkers", talkers);
        report.set("window", window);
        report.set("bytes", common.bytes);
        report
    }

    pub(crate) fn set(&mut self, field: &'static str, value: impl Into<Value>) {
        self.fields.push((field, value.into()));
    }

    /// What the ledger says in the end.
    pub(crate) fn set_verified(&mut self, said: &[u32], ledger: &Ledger) {
        let said: u64 = said.iter().map(|said| u64::from(*said)).sum();
        self.set("messages_said", said);
        self.set("deliveries_verified", ledger.deliveries);
    }

    /// Memory of the server, if it was named.
    pub(crate) fn set_memory(&mut self, before: Option<Memory>, after: Option<Memory>) {
        if let (Some(before), Some(after)) = (before, after) {
            self.set("server_rss_bytes_before", before.resident);
            self.set("server_rss_bytes_after", after.resident);
            self.set("server_rss_bytes_peak", after.peak);
        }
    }

    pub(crate) fn json(&self) -> String {
        let fields = self.fields.iter();
        let map: Map<_, _> = fields
            .map(|(field, value)| ((*field).to_owned(), value.clone()))
            .collect();
        Value::Object(map).to_string()
    }

    pub(crate) fn table(&self) -> String {
        let lines = self.fields.iter().map(|(field, value)| {
            let name = field.replace('_', " ");
            format!("{name:<32}{:>20}\n", shown(value))
        });
        lines.collect()
    }
}

fn shown(value: &Value) -> String {
    match (value, value.as_u64(), value.as_f64()) {
        (Value::String(text), ..) => text.clone(),
        (_, Some(whole), _) => grouped(whole),
        (_, _, Some(real)) if real < 1000.0 => format!("{real:.2}"),
        (_, _, Some(real)) => grouped(Duration::from_secs_f64(real).as_secs()),
        _ => value.to_string(),
    }
}

/// 1234567 as 1,234,567.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_for_people() {
        let table = [
            (Value::from(7), "7"),
            (Value::from(1_234_567), "1,234,567"),
            (Value::from(0.126), "0.13"),
            (Value::from(123_456.7), "123,456"),
            (Value::from("talk"), "talk"),
        ];
        for (value, text) in table {
            assert_eq!(shown(&value), text);
        }
    }

    #[test]
    fn json_is_one_object() {
        let mut report = Report::default();
        report.set("case", "talk");
        report.set("deliveries", 3);
        assert_eq!(report.json(), r#"{"case":"talk","deliveries":3}"#);
    }
}
