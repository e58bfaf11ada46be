//! SQLite's log beside its file, before SQLite opens it. Floor 2.
//! <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>
//!
//! After a sync that failed the system holds pages of it for written that the disk does not have. They would be a hole in
//! the log when the machine ends, and all that follows a hole is lost. So the log is written once more, and synced,
//! before anything is added to it.
//!
//! A crash leaves a torn tail, which SQLite cuts off without a word. Nothing in it was ever told to anybody, since the
//! sync behind it never came; but whoever looks after the program should hear of it.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::OpenError;

/// Bytes of the log's head, and of that of each of its pages.
const HEAD_BYTES: usize = 32;
const FRAME_HEAD_BYTES: usize = 24;

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
    let log = log_of(file);
    let bytes = match fs::read(&log) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let mut log = OpenOptions::new().write(true).open(log)?;
    log.write_all(&bytes)?;
    log.sync_all()
}

/// Looks at the log before SQLite does.
pub(super) fn before(file: &Path) -> Tail {
    // Without a log there is nothing to say.
    fs::read(log_of(file))
        .map(|log| count(&log))
        .unwrap_or_default()
}

fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn count(log: &[u8]) -> Tail {
    let (Some(head), Some(frames)) = (log.get(..HEAD_BYTES), log.get(HEAD_BYTES..)) else {
        return Tail {
            pages: 0,
            is_torn: !log.is_empty(),
        };
    };
    let page = u32::from_be_bytes([head[8], head[9], head[10], head[11]]) as usize;
    if !page.is_power_of_two() {
        return Tail {
            pages: 0,
            is_torn: true,
        };
    }
    let frame = FRAME_HEAD_BYTES + page;
    // Pages of former generations stand behind the present ones; their salts differ.
    let is_present = |frame: &&[u8]| frame.get(8..16) == head.get(16..24);
    Tail {
        pages: frames.chunks_exact(frame).take_while(is_present).count(),
        is_torn: frames.len() % frame != 0,
    }
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
    use super::*;

    #[test]
    fn pages_of_the_present_generation_are_counted() {
        let mut log = vec![0; HEAD_BYTES];
        log[8..12].copy_from_slice(&512_u32.to_be_bytes());
        log[16..24].copy_from_slice(&[1; 8]);
        let frame = |salt: u8| {
            let mut frame = vec![0; FRAME_HEAD_BYTES + 512];
            frame[8..16].copy_from_slice(&[salt; 8]);
            frame
        };
        for salt in [1, 1, 2] {
            log.extend(frame(salt));
        }
        assert_eq!(
            count(&log),
            Tail {
                pages: 2,
                is_torn: false
            }
        );
        log.truncate(log.len() - 1);
        assert_eq!(
            count(&log),
            Tail {
                pages: 2,
                is_torn: true
            }
        );
        assert_eq!(count(b""), Tail::default());
        assert!(count(b"junk").is_torn && count(&[0xff; 99]).is_torn);
    }
}
