//! The load generator: started for one measurement, with its report as what comes out.

use std::cmp::Ordering;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::args::Args;
use crate::cases::{GROWN, RATE_KEPT};
use crate::contender::Contender;
use crate::kind::Kind;
use crate::process::{LOOK_EVERY, Process};
use crate::samples::Fields;
use crate::server::Running;
use crate::workshop::Workshop;

/// How often two runs are compared with each other within one round. One second after another the same
/// machine may be a third slower, so one pair tells nothing of a difference of a few hundredths.
const PAIRS: usize = 3;

/// Measures one case with one server; a server is started for each run.
pub(crate) fn run(
    args: &Args,
    workshop: &Workshop,
    kind: &Kind,
    who: Contender,
) -> anyhow::Result<Fields> {
    let Some(without) = kind.without() else {
        return run_once(args, workshop, kind, who);
    };
    let once = |kind: &Kind| run_once(args, workshop, kind, who);
    let pairs = (0..PAIRS).map(|number| pair(once, kind, &without, number % 2 == 0));
    Ok(middle(pairs.collect::<anyhow::Result<_>>()?))
}

/// Two runs one after the other; whoever comes second is to have no advantage of it.
fn pair(
    once: impl Fn(&Kind) -> anyhow::Result<Fields>,
    kind: &Kind,
    without: &Kind,
    begins: bool,
) -> anyhow::Result<Fields> {
    let early = if begins { Some(once(kind)?) } else { None };
    let alone = once(without)?;
    let mut with = early.map_or_else(|| once(kind), Ok)?;
    compare(&mut with, &alone);
    Ok(with)
}

/// The pair with the middle rate.
fn middle(mut pairs: Vec<Fields>) -> Fields {
    let rate = |fields: &Fields| fields.get(RATE_KEPT).and_then(serde_json::Value::as_f64);
    pairs.sort_by(|a, b| rate(a).partial_cmp(&rate(b)).unwrap_or(Ordering::Equal));
    let middle = pairs.len() / 2;
    pairs.swap_remove(middle)
}

fn run_once(
    args: &Args,
    workshop: &Workshop,
    kind: &Kind,
    who: Contender,
) -> anyhow::Result<Fields> {
    let mut server = Running::start(workshop, who)?;
    let command = command(args, workshop, kind, who, &server);
    let mut crowd = Process::start(command, &workshop.folder, "crowd")?;
    let patience = PATIENCE + Duration::from_secs_f64(args.seconds() + args.warmup());
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        workshop.interrupt.check()?;
        if let Some(status) = crowd.ended()? {
            if let Some(failure) = server.failure()? {
                anyhow::bail!("{failure}");
            }
            anyhow::ensure!(status.success(), "{}", crowd.complaint());
            return parse(&crowd.stdout());
        }
        sleep(LOOK_EVERY);
    }
    anyhow::bail!("not done after {} s", patience.as_secs())
}

fn command(
    args: &Args,
    workshop: &Workshop,
    kind: &Kind,
    who: Contender,
    server: &Running,
) -> Command {
    let mut command = workshop.pinned(workshop.crowd_cpu, &workshop.crowd());
    command
        .args(kind.arguments())
        .arg(server.address.to_string())
        .args(["--over", who.over.flag(), "--json"])
        .args(["--server-pid", &server.pid().to_string()])
        .args(["--seconds", &args.seconds().to_string()])
        .args(["--warmup", &args.warmup().to_string()]);
    if who.tags {
        command.args(["--caps", "message-tags,server-time"]);
    }
    command
}

fn parse(stdout: &str) -> anyhow::Result<Fields> {
    let fields: Fields = serde_json::from_str(stdout)
        .with_context(|| format!("crowd reported no JSON: {stdout:?}"))?;
    let nothing = fields.get("deliveries") == Some(&0.into());
    anyhow::ensure!(!nothing, "nothing was delivered while it was measured");
    Ok(fields)
}

/// What somebody who never reads costs the others, and the server's memory.
fn compare(with: &mut Fields, alone: &Fields) {
    let of = |fields: &Fields, name: &str| fields.get(name).and_then(serde_json::Value::as_f64);
    let rate = |fields: &Fields| of(fields, "messages_per_second");
    if let (Some(rate), Some(alone)) = (rate(with), rate(alone)) {
        with.insert(RATE_KEPT.to_owned(), (rate / alone).into());
    }
    let grown = |fields: &Fields| {
        Some(of(fields, "server_rss_bytes_after")? - of(fields, "server_rss_bytes_before")?)
    };
    if let (Some(grown), Some(alone)) = (grown(with), grown(alone)) {
        with.insert(GROWN.to_owned(), (grown - alone).into());
    }
}

/// Beside the time for measuring: a server that takes its time to let thousands in may have it.
const PATIENCE: Duration = Duration::from_secs(240);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_are_compared() {
        let mut with = parse(
            r#"{"messages_per_second": 97.0, "server_rss_bytes_before": 10, "server_rss_bytes_after": 90}"#,
        )
        .unwrap();
        let alone = parse(
            r#"{"messages_per_second": 100.0, "server_rss_bytes_before": 10, "server_rss_bytes_after": 40}"#,
        )
        .unwrap();
        compare(&mut with, &alone);
        assert_eq!(with.get(RATE_KEPT), Some(&0.97.into()));
        assert_eq!(with.get(GROWN), Some(&50.0.into()));
    }

    #[test]
    fn of_several_pairs_the_middle_one_counts() {
        let pairs =
            [1.3, 0.7, 0.98].map(|rate| Fields::from_iter([(RATE_KEPT.to_owned(), rate.into())]));
        assert_eq!(middle(pairs.into()).get(RATE_KEPT), Some(&0.98.into()));
    }

    #[test]
    fn a_measurement_of_nothing_is_none() {
        assert!(parse(r#"{"deliveries": 1}"#).is_ok());
        assert!(parse(r#"{"deliveries": 0}"#).is_err());
    }

    #[test]
    fn a_report_that_is_none_is_quoted() {
        let error = parse("no").unwrap_err().to_string();
        assert!(error.contains("\"no\""), "{error}");
    }
}
