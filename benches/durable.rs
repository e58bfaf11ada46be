//! What it costs to tell nothing before the disk has it.
//!
//! ```text
//! cargo bench -p benches --bench durable            # DURABLE_DIR=… puts the files on another disk
//! cargo bench -p benches --bench durable disk/16    # only that
//! # On a disk whose syncs take 5 ms more:
//! cc -shared -fPIC -o target/slow_disk.so benches/slow_disk.c -ldl
//! SYNC_US=5000 LD_PRELOAD=$PWD/target/slow_disk.so cargo bench -p benches --bench durable
//! ```
//!
//! 1, 16 and 256 talkers, each in a room of their own and each waiting for the echo before the next message. Right
//! before and right after, in the same folder, a bare file: as many bytes as a batch of theirs has in the log of the
//! journal are appended and synced, again and again. If all talkers were in each batch and everything but the sync took
//! no time, there would be as many entries a second as talkers times those syncs; the ratio says how near that is.
//! The journal in memory is beside it, and one that tells first.

#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "a bench prints what it found"
)]

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use benches::{Result, Talked, Talkers};
use chat_core::journal::Durability;
use chat_core::journal::sqlite::{Retention, Settings, Sqlite};
use chat_core::limits::Limits;
use chat_core::relay::Relay;

/// With the mark by which messages are counted.
const TEXT: &str = "64 bytes of text, which is what people say in one line of chat |";

fn main() -> Result<()> {
    // As criterion has it: only `cargo bench` says that it is one.
    let is_test = !std::env::args().any(|arg| arg == "--bench");
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let is_wanted = |word: &str| named.is_empty() || named.iter().any(|one| one == word);
    let (time, crowds): (_, &[usize]) = match is_test {
        true => (Duration::from_millis(50), &[1, 16]),
        false => (Duration::from_secs(3), &[1, 16, 256]),
    };
    println!("talkers  level   entries/s  echo p50   p99        syncs/s of a bare file  ratio");
    for &count in crowds {
        for level in [Durability::Disk, Durability::Relay, Durability::Memory] {
            if is_wanted(&format!("{}/{count}", level.as_str())) {
                measure(count, level, time)?;
            }
        }
    }
    Ok(())
}

fn measure(count: usize, level: Durability, time: Duration) -> Result<()> {
    let folder = match std::env::var_os("DURABLE_DIR") {
        Some(path) => tempfile::tempdir_in(path)?,
        None => tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?,
    };
    let before = syncs(folder.path(), batch_bytes(count), time / 2)?;
    let talked = talk(count, level, folder.path(), time)?;
    let after = syncs(folder.path(), batch_bytes(count), time / 2)?;
    print(count, level, &talked, f64::midpoint(before, after));
    Ok(())
}

/// Bytes that the log of the journal grows by with a batch, about: pages that were touched.
fn batch_bytes(count: usize) -> usize {
    const PAGE: usize = 4096 + 24;
    // An entry of 64 bytes is some 130 in its table. Where it is found again is on a few pages that all share.
    let (entries, fresh) = (1 + count * 130 / 4096, 1 + count.min(1024) * 15 / 4096);
    (entries + fresh + 2) * PAGE
}

fn talk(count: usize, level: Durability, folder: &Path, time: Duration) -> Result<Talked> {
    let mut limits = Limits::default();
    limits.lift();
    let builder = Relay::builder().limits(limits);
    let builder = match level {
        Durability::Memory => builder,
        durability => builder.journal(Box::new(Sqlite::open(&Settings {
            folder: folder.join("chat"),
            durability,
            retention: Retention::default(),
        })?)),
    };
    let mut relay = builder
        .irc(SocketAddr::from(([127, 0, 0, 1], 0)))?
        .build()?;
    let (at, handle) = (relay.addresses()[0], relay.handle());
    let thread = std::thread::spawn(move || relay.run());
    let mut talkers = Talkers::enter(at, count, TEXT)?;
    talkers.talk(time / 10, 1)?;
    let talked = talkers.talk(time, 1)?;
    handle.stop("measured", Duration::ZERO)?;
    thread
        .join()
        .map_err(|_| "the relay's thread has panicked")??;
    Ok(talked)
}

/// How often a second so many bytes can be appended to a file and synced.
fn syncs(folder: &Path, bytes: usize, time: Duration) -> Result<f64> {
    let mut file = File::create(folder.join("bare"))?;
    let (batch, start, mut count) = (vec![b'x'; bytes], Instant::now(), 0.0);
    while start.elapsed() < time {
        file.write_all(&batch)?;
        file.sync_data()?;
        count += 1.0;
    }
    Ok(count / start.elapsed().as_secs_f64())
}

fn print(count: usize, level: Durability, talked: &Talked, syncs: f64) {
    let mut echoes = talked.echoes.clone();
    echoes.sort_unstable();
    let at = |part: usize| {
        echoes
            .get(echoes.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    let rate = echoes.len() as f64 / talked.seconds;
    let ratio = rate / (count as f64 * syncs);
    let (p50, p99) = (at(50), at(99));
    println!(
        "{count:>7}  {:<6}  {rate:>9.0}  {p50:>9.1?}  {p99:>9.1?}  {syncs:>22.0}  {ratio:>5.2}",
        level.as_str()
    );
}
