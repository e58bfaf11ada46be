//! What passing a message on costs: the chat, a bare loop that only writes, and other people's
//! servers, side by side on one machine.
//!
//! ```text
//! benches/compare --install
//! ```
//!
//! In each round every case is run with every server, one after the other, so that whatever else
//! happens on the machine happens to all of them. A figure is the median over the rounds, and a
//! ratio is that of two figures of the same round. Server and load generator (`crowd`) are pinned to
//! a core each.
//!
//! | module | what |
//! |---|---|
//! | `args`, `install`, `machine` | what is asked for; getting the peers; what this runs on |
//! | `cases`, `kind`, `contender` | what is measured, how, and of whom |
//! | `server`, `crowd` | a server for one measurement; the load generator |
//! | `workshop`, `process`, `interrupt` | where everything is; a child with an end; being told to stop |
//! | `samples`, `spread` | what came out, and what it comes to |
//! | `report`, `peers`, `chart` | `RESULTS.md`, its table of peers, `results.svg` |

mod args;
mod cases;
mod chart;
mod contender;
mod crowd;
mod install;
mod interrupt;
mod kind;
mod machine;
mod peers;
mod process;
mod report;
mod samples;
mod server;
mod spread;
mod workshop;

use std::fs;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use args::Args;
use cases::Case;
use contender::Contender;
use machine::Machine;
use samples::{Sample, Samples};
use workshop::Workshop;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("Something of ours could not be measured: the report says why.");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// False if there is a figure of our own that could not be taken.
fn run(args: &Args) -> anyhow::Result<bool> {
    let workshop = Workshop::new(args)?;
    if args.install {
        install::peers(&workshop)?;
    }
    let cases = args.cases()?;
    machine::check_descriptors(&cases)?;
    let contenders = args.contenders(&workshop);
    let machine = Machine::look(&workshop, &contenders);
    let mut samples = earlier(args)?;
    let before = samples.rounds();
    for round in before + 1..=before + args.rounds() {
        for case in &cases {
            let turn = in_turn(&contenders, round).into_iter();
            for contender in turn.filter(|contender| args.has_turn(*contender, round)) {
                measure(args, &workshop, round, case, contender, &mut samples);
                workshop.interrupt.check()?;
            }
        }
        write(args, &machine, &cases, &samples)?;
    }
    Ok(samples.ours_are_whole())
}

/// What an earlier run has found, if this one goes on from there.
fn earlier(args: &Args) -> anyhow::Result<Samples> {
    if !args.resume {
        return Ok(Samples::default());
    }
    let file = args.into.join("results.json");
    let text = fs::read_to_string(&file)
        .with_context(|| format!("--resume: cannot read {}", file.display()))?;
    Samples::read(&text).with_context(|| format!("--resume: {} is none of ours", file.display()))
}

/// Every other round runs backwards, so that nobody always comes after the same one.
fn in_turn(contenders: &[Contender], round: u32) -> Vec<Contender> {
    let mut turn = contenders.to_vec();
    if round.is_multiple_of(2) {
        turn.reverse();
    }
    turn
}

/// One measurement, with a server of its own. Who failed once is not asked again.
fn measure(
    args: &Args,
    workshop: &Workshop,
    round: u32,
    case: &Case,
    contender: Contender,
    samples: &mut Samples,
) {
    if contender.inability(&case.kind).is_some() || samples.failure(case, contender).is_some() {
        return;
    }
    let outcome = crowd::run(args, workshop, &case.kind, contender);
    let outcome = outcome.map_err(|error| format!("{error:#}"));
    say(round, case, contender, &outcome);
    samples.push(Sample {
        round,
        case: case.name,
        contender,
        outcome,
    });
}

fn say(round: u32, case: &Case, contender: Contender, outcome: &samples::Outcome) {
    let figure = match outcome {
        Ok(fields) => case.rows[0].of(fields).map_or_else(
            || "no such figure".to_owned(),
            |value| case.rows[0].unit.show(value),
        ),
        Err(why) => why.clone(),
    };
    eprintln!(
        "round {round}  {:<14}  {:<32}  {figure}",
        case.name,
        contender.name()
    );
}

/// After each round: whoever stops this early keeps what there is.
fn write(args: &Args, machine: &Machine, cases: &[Case], samples: &Samples) -> anyhow::Result<()> {
    let files = [
        ("RESULTS.md", report::text(args, machine, cases, samples)),
        ("results.svg", chart::draw(args.quick, samples)),
        ("results.json", samples.json(&machine.lines())),
    ];
    fs::create_dir_all(&args.into)?;
    for (name, text) in files {
        let path = args.into.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
