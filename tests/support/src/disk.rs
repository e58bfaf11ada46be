//! A data directory on a disk that fails, and whose machine may lose its power.
//!
//! A program that is started [`on`](Disk::on) it has `tests/crash_shim` between itself and the
//! system. That keeps a mirror of what was synced, and [`Disk::lose_power`] puts the data directory
//! back to it: what a machine finds that lost its power at the moment when the program ended. The
//! program is to be killed before that, not stopped.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;

use crate::dice::Dice;

/// A data directory of its own, gone when this is dropped.
#[derive(Debug)]
pub struct Disk {
    folder: TempDir,
}

/// What the disk does from now on.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// There is room for so many bytes more: ENOSPC then.
    Full(u64),
    /// Writes fail with EIO.
    Unwritable,
    /// So many syncs succeed, and then so many fail with EIO.
    Unsyncable {
        /// How many succeed before.
        after: u32,
        /// How many fail; `None`: all.
        times: Option<u32>,
    },
    /// Nothing can be opened to be written: EROFS.
    ReadOnly,
    /// Each sync takes longer by so much.
    Slow(Duration),
}

impl Fault {
    /// The line that the shim reads: `tests/crash_shim/faults.h`.
    fn line(self) -> String {
        match self {
            Self::Full(bytes) => format!("write {ENOSPC} {bytes}"),
            Self::Unwritable => format!("write {EIO} 0"),
            Self::Unsyncable { after, times } => {
                format!("sync {EIO} {after} {}", times.map_or(-1, i64::from))
            }
            Self::ReadOnly => format!("open {EROFS}"),
            Self::Slow(span) => format!("slow {}", span.as_millis()),
        }
    }
}

/// A sync of a file of the data directory, or of the directory itself.
#[derive(Clone, Debug)]
pub struct Sync {
    /// How long it took.
    pub took: Duration,
    /// How many pages of 4 KiB it wrote.
    pub pages: u64,
    /// The file's name; empty for the directory.
    pub name: String,
}

impl Disk {
    /// An empty one.
    ///
    /// # Panics
    /// When there is no C compiler, or no room.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Self { folder };
        for made in ["data", "mirror/synced", "mirror/gone"] {
            fs::create_dir_all(disk.folder.path().join(made)).expect("a folder");
        }
        shim();
        disk
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The command, to be run on this disk.
    #[must_use]
    pub fn on(&self, mut command: Command) -> Command {
        command
            .env("LD_PRELOAD", shim())
            .env("CRASH_DIR", self.data())
            .env("CRASH_MIRROR", self.mirror(""));
        command
    }

    /// From now on the disk does this, and nothing else that it was told before. A program that
    /// runs feels it at its next write or sync.
    ///
    /// # Panics
    /// When it cannot be told.
    pub fn fail(&self, fault: Fault) {
        // By another name first: half a line would be another fault.
        fs::write(self.mirror("faults.new"), fault.line()).expect("a file");
        fs::rename(self.mirror("faults.new"), self.mirror("faults")).expect("a file");
    }

    /// The disk is whole again.
    pub fn mend(&self) {
        let _ = fs::remove_file(self.mirror("faults"));
    }

    /// The syncs that succeeded so far.
    #[must_use]
    pub fn syncs(&self) -> Vec<Sync> {
        let log = fs::read_to_string(self.mirror("syncs")).unwrap_or_default();
        log.lines().filter_map(|line| self.sync(line)).collect()
    }

    /// The data directory is as the last syncs left it: what was written since is gone.
    ///
    /// # Panics
    /// When the files cannot be read or written.
    pub fn lose_power(&self) {
        self.rebuild(None);
    }

    /// The same, but what was written since is there in pieces: of each sector the disk has the
    /// old bytes or the new ones, by chance, and a file may have grown already.
    ///
    /// # Panics
    /// Like [`lose_power`](Self::lose_power).
    pub fn lose_power_in_the_middle(&self, dice: &mut Dice) {
        self.rebuild(Some(dice));
    }

    fn rebuild(&self, mut dice: Option<&mut Dice>) {
        let (cached, mut names) = self.cached();
        if dice.as_mut().is_none_or(|dice| dice.chance(50)) {
            names = self.synced_names();
        }
        let mut left = Vec::new();
        for (name, inode) in names {
            let synced = fs::read(self.mirror(&format!("synced/{inode}"))).unwrap_or_default();
            let bytes = match (&mut dice, cached.get(&inode)) {
                (Some(dice), Some(cached)) => torn(&synced, cached, dice),
                _ => synced,
            };
            left.push((name, bytes));
        }
        self.put(&left);
    }

    /// What programs would read now: the files by inode, and the inodes by name.
    fn cached(&self) -> (BTreeMap<u64, Vec<u8>>, BTreeMap<String, u64>) {
        let (mut files, mut names) = (BTreeMap::new(), BTreeMap::new());
        for (folder, has_names) in [(self.data(), true), (self.mirror("gone"), false)] {
            for path in files_in(&folder) {
                let inode = fs::metadata(&path).expect("a file").ino();
                files.insert(inode, fs::read(&path).expect("a file"));
                if has_names {
                    names.insert(name(&path), inode);
                }
            }
        }
        (files, names)
    }

    fn synced_names(&self) -> BTreeMap<String, u64> {
        let names = fs::read_to_string(self.mirror("names")).unwrap_or_default();
        let pairs = names.lines().filter_map(|line| line.split_once(' '));
        pairs
            .map(|(inode, name)| (name.to_owned(), inode.parse().expect("an inode")))
            .collect()
    }

    /// These files and no others, and the disk has all of them.
    fn put(&self, files: &[(String, Vec<u8>)]) {
        for folder in [self.data(), self.mirror("synced"), self.mirror("gone")] {
            for path in files_in(&folder) {
                fs::remove_file(path).expect("a file to remove");
            }
        }
        let mut names = String::new();
        for (name, bytes) in files {
            let path = self.data().join(name);
            fs::write(&path, bytes).expect("room");
            let inode = fs::metadata(&path).expect("a file").ino();
            fs::write(self.mirror(&format!("synced/{inode}")), bytes).expect("room");
            names += &format!("{inode} {name}\n");
        }
        fs::write(self.mirror("names"), names).expect("room");
    }

    fn mirror(&self, name: &str) -> PathBuf {
        self.folder.path().join("mirror").join(name)
    }

    fn sync(&self, line: &str) -> Option<Sync> {
        let mut words = line.splitn(3, ' ');
        let took = Duration::from_micros(words.next()?.parse().ok()?);
        let pages = words.next()?.parse().ok()?;
        let path = Path::new(words.next()?);
        let name = path.strip_prefix(self.data()).ok()?.to_str()?.to_owned();
        Some(Sync { took, pages, name })
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

/// The state of a file that was being written when the power went.
fn torn(synced: &[u8], cached: &[u8], dice: &mut Dice) -> Vec<u8> {
    let length = dice.one_of(&[synced.len(), cached.len()]);
    let newer_percent = dice.one_of(&[0, 50, 90, 99, 100]);
    let mut bytes = synced.to_vec();
    bytes.resize(length, 0);
    for (at, sector) in bytes.chunks_mut(SECTOR_BYTES).enumerate() {
        let newer = cached.get(at * SECTOR_BYTES..).unwrap_or_default();
        let count = newer.len().min(sector.len());
        if sector[..count] != newer[..count] && dice.chance(newer_percent) {
            sector[..count].copy_from_slice(&newer[..count]);
        }
    }
    bytes
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    let name = path.file_name().expect("a file has a name");
    name.to_str().expect("a name in UTF-8").to_owned()
}

/// The shim, built once for a run of tests.
fn shim() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows where it is");
        let made = test.with_file_name(format!("crash_shim-{}.so", std::process::id()));
        let built = made.with_file_name("crash_shim.so");
        build_shim(&made);
        // Another test may be building it too, or using it.
        fs::rename(&made, &built).expect("a file to rename");
        built
    })
}

fn build_shim(to: &Path) {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../crash_shim/shim.c");
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-shared", "-fPIC"]);
    let status = cc.args(["-pthread", "-o"]).arg(to).arg(source).status();
    assert!(status.expect("a C compiler").success(), "{source}");
}

/// What a disk writes whole or not at all, as SQLite takes it too.
const SECTOR_BYTES: usize = 512;

/// No space left on device.
const ENOSPC: u32 = 28;

/// Input/output error.
const EIO: u32 = 5;

/// Read-only file system.
const EROFS: u32 = 30;
