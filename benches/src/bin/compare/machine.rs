//! What this runs on: cores, kernel, versions, and how many descriptors a program may have.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::cases::Case;
use crate::contender::{Contender, Server};
use crate::workshop::Workshop;

/// What a reader of the figures has to know about the machine.
#[derive(Debug)]
pub(crate) struct Machine {
    lines: Vec<String>,
}

impl Machine {
    pub(crate) fn look(workshop: &Workshop, contenders: &[Contender]) -> Machine {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let kernel = read("/proc/sys/kernel/osrelease").trim().to_owned();
        let pinned = match (workshop.server_cpu, workshop.crowd_cpu) {
            (server, crowd) if server == crowd => format!("both on core {server}, sharing it"),
            (server, crowd) => {
                format!("the server on core {server}, the generator on core {crowd}")
            }
        };
        let mut lines = vec![
            format!("{}, {cores} cores", model(&read("/proc/cpuinfo"))),
            format!("Linux {kernel}"),
            pinned,
            format!("load when it began: {}", load(&read("/proc/loadavg"))),
        ];
        lines.extend(versions(workshop, contenders));
        Machine { lines }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.clone()
    }
}

/// What each server that is measured says about itself.
fn versions(workshop: &Workshop, contenders: &[Contender]) -> Vec<String> {
    let servers = [
        Server::Chat,
        Server::Redis,
        Server::Inspircd,
        Server::Ngircd,
        Server::Bun,
    ];
    let measured = servers
        .into_iter()
        .filter(|server| contenders.iter().any(|c| c.server == *server));
    let version = |server: Server| {
        let program = workshop.program(server)?;
        Some(format!("{}: {}", server.name(), version(&program)?))
    };
    measured.filter_map(version).collect()
}

/// The first line of `--version`, without what comes behind a version: places and names of builds.
fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words = text.lines().next()?.split_whitespace();
    let version = words.filter(|word| !word.contains('=') || word.starts_with("v="));
    Some(version.collect::<Vec<_>>().join(" "))
}

fn model(cpuinfo: &str) -> &str {
    let mut fields = cpuinfo.lines().filter_map(|line| line.split_once(':'));
    let model = fields.find(|(name, _)| name.trim() == "model name");
    model.map_or("an unknown CPU", |(_, model)| model.trim())
}

/// How many programs wanted a core in the last minute: above nought, somebody else is at work too.
fn load(loadavg: &str) -> &str {
    loadavg.split(' ').next().unwrap_or_default()
}

/// The cores that this may run on.
pub(crate) fn cpus() -> anyhow::Result<Vec<u32>> {
    let status = read("/proc/self/status");
    let list = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let cpus = list
        .and_then(|list| cpus_in(list.trim()))
        .unwrap_or_default();
    anyhow::ensure!(
        !cpus.is_empty(),
        "/proc/self/status does not say which cores there are: this needs Linux"
    );
    Ok(cpus)
}

/// `0-2,5`.
fn cpus_in(list: &str) -> Option<Vec<u32>> {
    let mut cpus = Vec::new();
    for range in list.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        cpus.extend(first..=last);
    }
    Some(cpus)
}

/// Each side has a descriptor for each connection. The library raises no limits: that is the shell's.
pub(crate) fn check_descriptors(cases: &[Case]) -> anyhow::Result<()> {
    let needed = cases
        .iter()
        .map(|case| case.kind.connections())
        .max()
        .unwrap_or(0)
        + SPARE;
    let limits = read("/proc/self/limits");
    let allowed =
        descriptors_in(&limits).context("/proc/self/limits tells no limit of open files")?;
    anyhow::ensure!(
        allowed >= needed,
        "{needed} open files are needed, and {allowed} are allowed: as root, write `ulimit -n {needed}` before, \
         or choose smaller cases by --case"
    );
    Ok(())
}

/// The soft limit.
fn descriptors_in(limits: &str) -> Option<u32> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u32::MAX),
        number => number.parse().ok(),
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// What programs open besides connections.
const SPARE: u32 = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_listed() {
        assert_eq!(cpus_in("0-2,5"), Some(vec![0, 1, 2, 5]));
        assert_eq!(cpus_in("3"), Some(vec![3]));
        assert_eq!(cpus_in("x"), None);
    }

    #[test]
    fn the_soft_limit_of_files_is_found() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
            Max open files            1024                 20000                files\n";
        assert_eq!(descriptors_in(limits), Some(1024));
        assert_eq!(
            descriptors_in("Max open files  unlimited unlimited files"),
            Some(u32::MAX)
        );
        assert_eq!(descriptors_in(""), None);
    }

    #[test]
    fn the_load_of_the_last_minute_is_found() {
        assert_eq!(load("0.07 0.30 0.45 1/99 4711\n"), "0.07");
    }

    #[test]
    fn the_model_is_found() {
        assert_eq!(
            model("processor\t: 0\nmodel name\t: AMD EPYC\n"),
            "AMD EPYC"
        );
        assert_eq!(model(""), "an unknown CPU");
    }
}
