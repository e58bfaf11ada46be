//! What is asked for.

use std::path::PathBuf;

use crate::cases::{self, Case};
use crate::contender::{self, Contender, Server};
use crate::workshop::Workshop;

/// Runs the chat, a bare loop and other servers side by side, and writes what passing a message on costs
#[derive(Debug, clap::Parser)]
#[command(name = "benches/compare", version = None)]
pub(crate) struct Args {
    /// How often everything is measured; the figures are medians
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// In how many of the rounds other people's servers are measured, too; in all if not given
    #[arg(long)]
    peer_rounds: Option<u32>,

    /// Goes on from the results.json of an earlier run on the same machine: its rounds count, too
    #[arg(long)]
    pub(crate) resume: bool,

    /// How long one measurement takes
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,

    /// Only sees whether everything works: one short round with small rooms, ours and the bare loop
    #[arg(long)]
    pub(crate) quick: bool,

    /// Gets the peers that are missing: Redis, InspIRCd and ngIRCd by apt-get, Bun by npm
    #[arg(long)]
    pub(crate) install: bool,

    /// Where RESULTS.md, results.svg and results.json go
    #[arg(long, value_name = "FOLDER", default_value = "benches")]
    pub(crate) into: PathBuf,

    /// Only this case; may be repeated
    #[arg(long = "case", value_name = "NAME")]
    names: Vec<String>,

    /// Only this server; may be repeated. A ratio needs `bare`
    #[arg(long = "server", value_name = "NAME", value_enum)]
    servers: Vec<Server>,

    /// The core of the server, the first one if not given
    #[arg(long, value_name = "CPU")]
    pub(crate) server_cpu: Option<u32>,

    /// The core of the load generator, the last one if not given
    #[arg(long, value_name = "CPU")]
    pub(crate) crowd_cpu: Option<u32>,
}

impl Args {
    pub(crate) fn rounds(&self) -> u32 {
        if self.quick { 1 } else { self.rounds }
    }

    /// Whether somebody is measured in a round.
    pub(crate) fn has_turn(&self, contender: Contender, round: u32) -> bool {
        contender.is_ours() || self.peer_rounds.is_none_or(|last| round <= last)
    }

    pub(crate) fn seconds(&self) -> f64 {
        if self.quick { 0.3 } else { self.seconds }
    }

    pub(crate) fn warmup(&self) -> f64 {
        if self.quick { 0.1 } else { 1.0 }
    }

    /// The cases, smaller ones when it is only to be seen whether they work.
    pub(crate) fn cases(&self) -> anyhow::Result<Vec<Case>> {
        let all = cases::all();
        let known = |name: &String| all.iter().any(|case| case.name == *name);
        if let Some(name) = self.names.iter().find(|name| !known(name)) {
            let names: Vec<&str> = all.iter().map(|case| case.name).collect();
            anyhow::bail!("--case {name}: there are {}", names.join(", "));
        }
        let mut chosen = all;
        chosen.retain(|case| self.names.is_empty() || self.names.iter().any(|n| n == case.name));
        if self.quick {
            chosen.retain(|case| case.kind.is_quick());
            chosen.iter_mut().for_each(|case| case.kind.shrink());
        }
        Ok(chosen)
    }

    /// Who is measured: of the peers, those that are here.
    pub(crate) fn contenders(&self, workshop: &Workshop) -> Vec<Contender> {
        let mut all = contender::all();
        all.retain(|contender| self.wants(*contender) && workshop.has(contender.server));
        all
    }

    fn wants(&self, contender: Contender) -> bool {
        let asked = self.servers.is_empty() || self.servers.contains(&contender.server);
        asked && (!self.quick || contender.is_quick())
    }

    /// The command that repeats this.
    pub(crate) fn command(&self) -> String {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        format!("benches/compare {}", arguments.join(" "))
            .trim_end()
            .to_owned()
    }
}
