//! N people against any chat server, ours or another's, to repeat our figures.
//!
//! ```text
//! cargo run --release -p chat-web -- --unlimited --memory
//! cargo run --release -p chat-web --example crowd -- talk 127.0.0.1:6667 --readers 1000
//! cargo run --release -p chat-web --example crowd -- talk 127.0.0.1:8080 --over ws --caps message-tags,server-time
//! ```
//!
//! `--help` tells the rest. With `--server-pid` the server's CPU and memory are measured, too; `--json`
//! is for scripts, and `report.rs` says what its fields mean. Two cores are enough if each program keeps
//! to one: `taskset -c 0` for the server, `taskset -c 1` for this one. Every message ends with its
//! number, and every reader must get every message once and in order: otherwise the run fails.
//!
//! | file | what |
//! |---|---|
//! | `talk`, `latency`, `idle`, `join`, `flood` | one for each case |
//! | `crowd`, `person`, `handshake`, `speech`, `wire/` | the loop; somebody in it; the way in; what is said; what is heard |
//! | `trailer`, `talker`, `window`, `ledger` | the number of a message; who says it; what is in flight; who got it |
//! | `stalled`, `pinger`, `times` | who never reads; who pings; percentiles |
//! | `gauge`, `proc`, `report`, `progress`, `patience` | what it costs; what Linux tells; what is shown; how far it is; when it has failed |

#![allow(clippy::print_stdout, reason = "an example prints")]

mod args;
mod crowd;
mod flood;
mod gauge;
mod handshake;
mod idle;
mod join;
mod latency;
mod ledger;
mod patience;
mod person;
mod pinger;
mod proc;
mod progress;
mod report;
mod speech;
mod stalled;
mod talk;
mod talker;
mod times;
mod trailer;
mod window;
mod wire;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Case, Common};
use report::Report;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments.case) {
        Ok((common, report)) => {
            show(common, &report);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("crowd: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(case: &Case) -> anyhow::Result<(&Common, Report)> {
    match case {
        Case::Talk(args) => Ok((&args.common, talk::run(args)?)),
        Case::Latency(args) => Ok((&args.common, latency::run(args)?)),
        Case::Idle(args) => Ok((&args.common, idle::run(args)?)),
        Case::Join(args) => Ok((&args.common, join::run(args)?)),
        Case::Flood(args) => Ok((&args.common, flood::run(args)?)),
    }
}

fn show(common: &Common, report: &Report) {
    if common.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.table());
    }
}
