//! Why a journal cannot be opened. Floor 2. All of it is for whoever starts the program to mend.

use std::io;
use std::path::{Path, PathBuf};

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

impl OpenError {
    pub(super) fn file(file: &Path, source: rusqlite::Error) -> OpenError {
        let file = file.to_owned();
        OpenError::File { file, source }
    }
}
