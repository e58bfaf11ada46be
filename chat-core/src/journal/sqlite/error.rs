//! Why a journal cannot be opened. Floor 2. All of it is for whoever starts the program to mend.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why a journal cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder cannot be made or used.
    #[error("cannot keep the chat in {path}: {source}", path = path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another server has it.
    #[error("{path} is in use by {by}", path = path.display())]
    InUse {
        /// Which folder.
        path: PathBuf,
        /// Who has it, as far as is known.
        by: String,
    },
    /// The file is from a later version.
    #[error(
        "{file} was written by a newer version of this program (its tables have version {version})",
        file = file.display()
    )]
    Newer {
        /// Which file.
        file: PathBuf,
        /// Its version.
        version: usize,
    },
    /// The file is from an earlier version, which only a server brings up to date.
    #[error(
        "{file} was written by an older version of this program (its tables have version {version}): start the server of \
         this version with it once",
        file = file.display()
    )]
    Older {
        /// Which file.
        file: PathBuf,
        /// Its version.
        version: usize,
    },
    /// SQLite cannot open it, or finds it broken.
    #[error("cannot use {file}: {source}", file = file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// What SQLite wrote last cannot be made sure of.
    #[error("cannot write the log of {file}: {source}", file = file.display())]
    Log {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What was written last is here, and the file that it belongs to is not, or is empty: SQLite would throw it away.
    #[error(
        "{file} is missing or empty, but {file}-wal has messages of it: bring the file back, or to begin anew move {file}-wal away too",
        file = file.display()
    )]
    Orphan {
        /// Which file is not here.
        file: PathBuf,
    },
    /// A copy cannot be made there.
    #[error("{file}: {source}", file = file.display())]
    Copy {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system gives no thread.
    #[error("the system gives no thread for the journal: {0}")]
    Thread(io::Error),
    /// The system gives no randomness.
    #[error("the system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
}

/// What it is about, as far as that says what is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The file is damaged, or is no journal.
    Damaged,
    /// The disk is full.
    Full,
    /// Another program writes it.
    Busy,
    /// The system does not let this program.
    Denied,
    /// Something else: the error itself says all that there is to say.
    Other,
}

impl fmt::Display for Cause {
    /// What is to be done, as the end of a sentence with the error; nothing if that is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cause::Damaged => "; put a backup in its place, or move it away to begin anew",
            Cause::Full => "; make room on its disk",
            Cause::Busy => "; end the tool that writes it",
            Cause::Denied => {
                "; this program's user has to own it, and to be allowed to write it and its folder"
            }
            Cause::Other => "",
        })
    }
}

impl Cause {
    /// What an error of SQLite's is about.
    #[must_use]
    pub fn of(error: &rusqlite::Error) -> Cause {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Cause::Damaged,
            Some(ErrorCode::DiskFull) => Cause::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Cause::Busy,
            Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
                Cause::Denied
            }
            _ => Cause::Other,
        }
    }

    fn of_system(error: &io::Error) -> Cause {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Cause::Full,
            io::ErrorKind::PermissionDenied => Cause::Denied,
            _ => Cause::Other,
        }
    }
}

impl OpenError {
    /// What is to be done about it.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            OpenError::File { source, .. } => Cause::of(source),
            OpenError::Folder { source, .. }
            | OpenError::Log { source, .. }
            | OpenError::Copy { source, .. } => Cause::of_system(source),
            _ => Cause::Other,
        }
    }

    pub(super) fn file(file: &Path, source: rusqlite::Error) -> OpenError {
        let file = file.to_owned();
        OpenError::File { file, source }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn what_is_to_be_done_depends_on_what_sqlite_says() {
        for (code, cause, advice) in [
            (ffi::SQLITE_CORRUPT, Cause::Damaged, "a backup"),
            (ffi::SQLITE_NOTADB, Cause::Damaged, "a backup"),
            (ffi::SQLITE_FULL, Cause::Full, "make room"),
            (ffi::SQLITE_BUSY, Cause::Busy, "end the tool"),
            (ffi::SQLITE_LOCKED, Cause::Busy, "end the tool"),
            (ffi::SQLITE_READONLY, Cause::Denied, "own it"),
            (ffi::SQLITE_CANTOPEN, Cause::Denied, "own it"),
            (ffi::SQLITE_IOERR, Cause::Other, ""),
        ] {
            let source = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let error = OpenError::file(Path::new("chat.sqlite"), source);
            assert_eq!(error.cause(), cause, "{error}");
            assert!(cause.to_string().contains(advice), "{cause}");
        }
    }

    #[test]
    fn and_on_what_the_system_says() {
        for (kind, cause) in [
            (io::ErrorKind::StorageFull, Cause::Full),
            (io::ErrorKind::PermissionDenied, Cause::Denied),
            (io::ErrorKind::NotFound, Cause::Other),
        ] {
            let (path, source) = (PathBuf::from("chat"), kind.into());
            assert_eq!(OpenError::Folder { path, source }.cause(), cause);
        }
    }
}
