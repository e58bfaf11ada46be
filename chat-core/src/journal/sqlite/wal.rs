//! SQLite's log beside its file, before SQLite opens it. Floor 2.
//! <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>
//!
//! After a sync that failed the system holds pages of it for written that the disk does not have. They would be a hole in
//! the log when the machine ends, and all that follows a hole is lost. So the log is written once more, and synced,
//! before anything is added to it.
//!
//! A crash leaves a torn tail, which SQLite cuts off without a word. Nothing in it was ever told to anybody, since the
//! sync behind it never came; but whoever looks after the program should hear of it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::OpenError;

/// Bytes of the log's head, and of that of each of its pages.
const HEAD_BYTES: usize = 32;
const FRAME_HEAD_BYTES: usize = 24;

/// Bytes of the log that are in memory at a time. Ours.
const PIECE_BYTES: usize = 1 << 20;

/// Pages of the log's present generation, and whether bytes are left behind them that are no page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tail {
    pages: usize,
    is_torn: bool,
}

/// A log with pages needs the file that they are for. SQLite takes one without it for a leftover and removes it, even when
/// it only wants to read.
pub(super) fn check_belongs(file: &Path) -> Result<(), OpenError> {
    let is_there = fs::metadata(file).is_ok_and(|there| there.len() > 0);
    match is_there || before(file).pages == 0 {
        true => Ok(()),
        false => Err(OpenError::Orphan {
            file: file.to_owned(),
        }),
    }
}

/// Makes the disk have the log as it reads now.
pub(super) fn write_again(file: &Path) -> io::Result<()> {
    let opened = OpenOptions::new().read(true).write(true).open(log_of(file));
    let log = match opened {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    write_over(&log, &mut vec![0; PIECE_BYTES])?;
    log.sync_all()
}

/// Writes each piece where it stands: a log may be longer than there is memory.
fn write_over(log: &impl FileExt, piece: &mut [u8]) -> io::Result<()> {
    let mut at = 0;
    loop {
        let count = log.read_at(piece, at)?;
        if count == 0 {
            return Ok(());
        }
        log.write_all_at(&piece[..count], at)?;
        at += count as u64;
    }
}

/// Looks at the log before SQLite does.
pub(super) fn before(file: &Path) -> Tail {
    // Without a log there is nothing to say.
    File::open(log_of(file))
        .and_then(|log| count(&log, log.metadata()?.len()))
        .unwrap_or_default()
}

fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Only the heads are read: of the log and of its pages.
fn count(log: &impl FileExt, bytes: u64) -> io::Result<Tail> {
    let torn = Tail {
        pages: 0,
        is_torn: bytes > 0,
    };
    let Some(frames) = bytes.checked_sub(HEAD_BYTES as u64) else {
        return Ok(torn);
    };
    let mut head = [0; HEAD_BYTES];
    log.read_exact_at(&mut head, 0)?;
    let page = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
    if !page.is_power_of_two() {
        return Ok(torn);
    }
    let frame = FRAME_HEAD_BYTES as u64 + u64::from(page);
    let mut tail = Tail {
        pages: 0,
        is_torn: frames % frame != 0,
    };
    // Pages of former generations stand behind the present ones; their salts differ.
    while (tail.pages as u64) < frames / frame {
        let mut salts = [0; 8];
        let at = HEAD_BYTES as u64 + tail.pages as u64 * frame + 8;
        log.read_exact_at(&mut salts, at)?;
        if salts != head[16..24] {
            break;
        }
        tail.pages += 1;
    }
    Ok(tail)
}

/// Says what SQLite left out of the log when it opened the file.
pub(super) fn tell(file: &Path, before: Tail, opened: &Connection) {
    let checkpoint = opened.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        row.get::<_, i64>(1)
    });
    let Some(whole) = checkpoint
        .ok()
        .and_then(|pages| usize::try_from(pages).ok())
    else {
        return;
    };
    let cut = before.pages.saturating_sub(whole);
    if cut > 0 || before.is_torn {
        log::warn!(
            "the last write to {} was not finished when the program or the machine ended: it was cut off. \
             Unless the disk had said that it has what it had not, nobody was told what was in it",
            file.display()
        );
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// A log in memory, which knows how much was wanted of it at once and how much was written.
    #[derive(Default)]
    struct Log {
        bytes: RefCell<Vec<u8>>,
        largest: Cell<usize>,
        written: Cell<usize>,
    }

    impl FileExt for Log {
        fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
            self.largest.set(self.largest.get().max(into.len()));
            let bytes = self.bytes.borrow();
            let left = bytes.get(index(at)..).unwrap_or_default();
            let count = left.len().min(into.len());
            into[..count].copy_from_slice(&left[..count]);
            Ok(count)
        }

        fn write_at(&self, from: &[u8], at: u64) -> io::Result<usize> {
            self.bytes.borrow_mut()[index(at)..][..from.len()].copy_from_slice(from);
            self.written.set(self.written.get() + from.len());
            Ok(from.len())
        }
    }

    fn index(at: u64) -> usize {
        usize::try_from(at).unwrap()
    }

    fn log(bytes: &[u8]) -> Log {
        Log {
            bytes: RefCell::new(bytes.to_owned()),
            ..Log::default()
        }
    }

    fn counted(bytes: &[u8]) -> Tail {
        count(&log(bytes), bytes.len() as u64).unwrap()
    }

    /// Two pages of the present generation, and one of a former one.
    fn three_pages() -> Vec<u8> {
        let mut log = vec![0; HEAD_BYTES];
        log[8..12].copy_from_slice(&512_u32.to_be_bytes());
        log[16..24].copy_from_slice(&[1; 8]);
        for salt in [1, 1, 2] {
            let mut frame = vec![0; FRAME_HEAD_BYTES + 512];
            frame[8..16].copy_from_slice(&[salt; 8]);
            log.extend(frame);
        }
        log
    }

    #[test]
    fn pages_of_the_present_generation_are_counted() {
        let mut log = three_pages();
        let whole = Tail {
            pages: 2,
            is_torn: false,
        };
        assert_eq!(counted(&log), whole);
        log.truncate(log.len() - 1);
        let torn = Tail {
            is_torn: true,
            ..whole
        };
        assert_eq!(counted(&log), torn);
        assert_eq!(counted(b""), Tail::default());
        assert!(counted(b"junk").is_torn && counted(&[0xff; 99]).is_torn);
    }

    #[test]
    fn a_log_is_in_memory_in_pieces_however_long_it_is() {
        let bytes = three_pages();
        let log = log(&bytes);
        count(&log, bytes.len() as u64).unwrap();
        assert_eq!(log.largest.get(), HEAD_BYTES);
        write_over(&log, &mut [0; 100]).unwrap();
        assert_eq!(log.largest.get(), 100);
        assert_eq!(log.written.get(), bytes.len());
        assert_eq!(*log.bytes.borrow(), bytes);
    }
}
