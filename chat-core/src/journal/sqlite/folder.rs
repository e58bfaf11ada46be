//! The folder of a journal: private, and one server's at a time. Floor 2.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{OpenError, wal};

/// The file with everything in it; SQLite keeps two more beside it.
pub(super) const FILE: &str = "chat.sqlite";
/// Who holds the folder.
const LOCK: &str = "lock";
/// All that is in it.
const OURS: [&str; 4] = [FILE, "chat.sqlite-wal", "chat.sqlite-shm", LOCK];

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
        shut(path);
        // Before there is an empty file.
        wal::check_belongs(&path.join(FILE))?;
        // SQLite gives the files beside it the same mode.
        private(&path.join(FILE)).map_err(failed)?;
        Ok(Folder {
            path: path.to_owned(),
            _lock: lock,
        })
    }
}

/// What is there already, such as a backup that was put back, is for nobody else's eyes either.
fn shut(folder: &Path) {
    for name in OURS {
        close_to_others(&folder.join(name), 0o600);
    }
    match holds_only_ours(folder) {
        true => close_to_others(folder, 0o700),
        // Others may need their way into it.
        false => warn_of_others(folder),
    }
}

fn close_to_others(path: &Path, mode: u32) {
    if !is_open(path) {
        return;
    }
    match fs::set_permissions(path, Permissions::from_mode(mode)) {
        Ok(()) => log::info!(
            "others could look into {}: they cannot any more",
            path.display()
        ),
        Err(error) => log::warn!(
            "others may look into {}, and it cannot be closed to them: {error}; give it to this program's user, with the mode {mode:o}",
            path.display()
        ),
    }
}

fn warn_of_others(folder: &Path) {
    if is_open(folder) {
        log::warn!(
            "others may look into {}, which holds more than a chat: give the chat a folder of its own, or this one the mode 700",
            folder.display()
        );
    }
}

/// Whether others than its owner may do something with a file, or with a folder.
fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

fn holds_only_ours(folder: &Path) -> bool {
    let names = fs::read_dir(folder).map(|all| all.map(|entry| entry.map(|it| it.file_name())));
    names.is_ok_and(|mut names| {
        names.all(|name| name.is_ok_and(|name| OURS.iter().any(|ours| name == **ours)))
    })
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
