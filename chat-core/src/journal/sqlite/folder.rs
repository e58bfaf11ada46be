//! The folder of a journal: private, and one server's at a time. Floor 2.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::OpenError;

/// The file with everything in it; SQLite keeps two more beside it.
pub(super) const FILE: &str = "chat.sqlite";
/// Who holds the folder.
const LOCK: &str = "lock";

/// A folder that is ours until this is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// The system lets go of it even when the program is killed.
    _lock: File,
}

impl Folder {
    /// Makes the folder if need be, and takes it.
    pub(super) fn take(path: &Path) -> Result<Folder, OpenError> {
        let failed = |source| OpenError::Folder {
            path: path.to_owned(),
            source,
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(failed)?;
        let mut lock = private(&path.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(path, &mut lock)),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        sign(&mut lock).map_err(failed)?;
        // SQLite gives the files beside it the same mode.
        private(&path.join(FILE)).map_err(failed)?;
        Ok(Folder {
            path: path.to_owned(),
            _lock: lock,
        })
    }
}

/// A file that nobody else may read, made if need be.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.mode(0o600).open(path)
}

/// A file that nobody else may read, and that was not there before.
pub(super) fn new_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}

/// Writes down who holds it, for whoever finds it held.
fn sign(lock: &mut File) -> io::Result<()> {
    let program = std::env::current_exe()?;
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    lock.set_len(0)?;
    write!(lock, "{name}, process {}", std::process::id())
}

fn in_use(path: &Path, lock: &mut File) -> OpenError {
    let mut by = String::new();
    // It may be about to write its name.
    let known = lock.read_to_string(&mut by).is_ok() && !by.is_empty();
    OpenError::InUse {
        path: path.to_owned(),
        by: if known { by } else { "another server".into() },
    }
}

/// Makes the disk have the names of the files, too: SQLite does not mind when that fails.
pub(super) fn sync_around(file: &Path) -> Result<(), OpenError> {
    let folder = file.parent().unwrap_or(file);
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| OpenError::Folder {
        path: folder.to_owned(),
        source,
    })
}

/// Whether there is a journal in a folder.
pub(super) fn file_in(path: &Path) -> Result<PathBuf, OpenError> {
    let file = path.join(FILE);
    match fs::metadata(&file) {
        Ok(_) => Ok(file),
        Err(source) => Err(OpenError::Folder {
            path: path.to_owned(),
            source,
        }),
    }
}
