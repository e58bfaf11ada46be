//! What Linux tells of processes: their CPU, their memory, how many descriptors they may open.

use std::fs;

use anyhow::{Context, bail};

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    /// The most that it ever was.
    pub(crate) peak: u64,
}

/// Nanoseconds of CPU that a process has used; of its living threads, where the kernel counts them.
///
/// # Errors
/// There is no such process.
pub(crate) fn cpu_ns(pid: u32) -> anyhow::Result<u64> {
    match scheduled_ns(pid) {
        Some(ns) => Ok(ns),
        None => ticks(pid).map(|ticks| ticks * NS_PER_TICK),
    }
}

/// USER_HZ is 100 on all that Linux runs on today.
const NS_PER_TICK: u64 = 10_000_000;

/// Exact to the nanosecond, by thread: the first field is the time on a CPU. A thread that ends
/// meanwhile is left out.
fn scheduled_ns(pid: u32) -> Option<u64> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let files = tasks.flatten().map(|task| task.path().join("schedstat"));
    let times = files.filter_map(|file| {
        let text = fs::read_to_string(file).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Some(times.sum()).filter(|sum| *sum > 0)
}

/// Fields 14 and 15 of /proc/PID/stat; the name before them may hold anything, so from its end.
fn ticks(pid: u32) -> anyhow::Result<u64> {
    let text = read(pid, "stat")?;
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    let times = fields.split_whitespace().skip(11).take(2);
    times.map(|ticks| Ok(ticks.parse::<u64>()?)).sum()
}

/// # Errors
/// There is no such process.
pub(crate) fn memory(pid: u32) -> anyhow::Result<Memory> {
    let status = read(pid, "status")?;
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.unwrap_or_default() * 1024
    };
    Ok(Memory {
        resident: bytes("VmRSS:"),
        peak: bytes("VmHWM:"),
    })
}

fn read(pid: u32, file: &str) -> anyhow::Result<String> {
    fs::read_to_string(format!("/proc/{pid}/{file}"))
        .with_context(|| format!("--server-pid {pid}: no such process here"))
}

/// # Errors
/// This process may not open so many sockets; tells what to write.
pub(crate) fn expect_descriptors(people: usize) -> anyhow::Result<()> {
    let needed = people as u64 + DESCRIPTORS_BESIDE;
    match descriptors_max() {
        Some(max) if max < needed => bail!(
            "{people} people need {needed} descriptors and this process may open {max}: write \
             `ulimit -n {needed}` before, here and where the server is started"
        ),
        _ => Ok(()),
    }
}

/// Standard streams, epoll, files of /proc.
const DESCRIPTORS_BESIDE: u64 = 32;

/// The soft limit; none if there is no limit or nobody tells.
fn descriptors_max() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let mut lines = limits.lines();
    let values = lines.find_map(|line| line.strip_prefix("Max open files"))?;
    values.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_cpu_and_memory() {
        let pid = std::process::id();
        assert!(cpu_ns(pid).unwrap() > 0);
        let memory = memory(pid).unwrap();
        assert!(0 < memory.resident && memory.resident <= memory.peak);
        assert!(ticks(pid).is_ok() && descriptors_max() > Some(3));
    }

    #[test]
    fn too_few_descriptors_are_told_with_what_to_write() {
        let error = expect_descriptors(usize::MAX / 2).unwrap_err().to_string();
        assert!(error.contains("`ulimit -n "), "{error}");
        assert!(memory(u32::MAX).is_err());
    }
}
