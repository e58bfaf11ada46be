//! Whose a folder is, and what may be in it.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::journal::sqlite::Archive;

#[test]
fn one_folder_is_one_servers_and_private() {
    let at = folder();
    let journal = open(&at);
    let error = Sqlite::open(&settings(&at)).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    assert!(
        error.to_string().contains(&std::process::id().to_string()),
        "{error}"
    );
    assert_eq!(mode(&at, ""), 0o700);
    for file in FILES {
        assert_eq!(mode(&at, file), 0o600, "{file}");
    }
    drop(journal);
    drop(open(&at));
}

const FILES: [&str; 4] = ["lock", "chat.sqlite", "chat.sqlite-wal", "chat.sqlite-shm"];

fn mode(at: &TempDir, file: &str) -> u32 {
    let path = at.path().join("chat").join(file);
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A folder as a crash has left it, and somebody has copied it.
fn left_open_to_all() -> TempDir {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, said("#a", "x"), 1);
    let at = lost::crashed(journal, &at);
    for file in ["lock", "chat.sqlite-shm"] {
        std::fs::write(at.path().join("chat").join(file), "").unwrap();
    }
    for (file, mode) in FILES
        .map(|file| (file, 0o644))
        .into_iter()
        .chain([("", 0o755)])
    {
        let path = at.path().join("chat").join(file);
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }
    at
}

#[test]
fn what_is_there_already_is_closed_to_others() {
    let at = left_open_to_all();
    let journal = open(&at);
    assert_eq!(mode(&at, ""), 0o700);
    for file in FILES {
        assert_eq!(mode(&at, file), 0o600, "{file}");
    }
    drop(journal);
}

#[test]
fn a_folder_that_holds_more_than_a_chat_stays_as_it_is() {
    let at = left_open_to_all();
    std::fs::write(at.path().join("chat/poems"), "mine").unwrap();
    let journal = open(&at);
    assert_eq!((mode(&at, ""), mode(&at, "chat.sqlite")), (0o755, 0o600));
    drop(journal);
}

fn make_it_of_version(at: &TempDir, version: u32) {
    let file = at.path().join("chat/chat.sqlite");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .pragma_update(None, "user_version", version)
        .unwrap();
}

#[test]
fn a_file_of_a_later_version_is_left_alone() {
    let at = folder();
    drop(open(&at));
    make_it_of_version(&at, 99);
    let error = Sqlite::open(&settings(&at)).unwrap_err();
    assert!(
        matches!(error, OpenError::Newer { version: 99, .. }),
        "{error}"
    );
}

#[test]
fn a_file_of_another_version_is_copied_but_not_read() {
    let at = folder();
    drop(open(&at));
    let archive = || Archive::open(&at.path().join("chat")).unwrap();
    archive().check_version().unwrap();
    make_it_of_version(&at, 1);
    let error = archive().check_version().unwrap_err();
    assert!(
        matches!(error, OpenError::Older { version: 1, .. }),
        "{error}"
    );
    make_it_of_version(&at, 99);
    let error = archive().check_version().unwrap_err();
    assert!(matches!(error, OpenError::Newer { .. }), "{error}");
    archive().copy_to(&at.path().join("copy.sqlite")).unwrap();
}

#[test]
fn more_than_may_wait_for_the_disk_is_refused() {
    let at = folder();
    let mut journal = open(&at);
    let long = "x".repeat(1 << 20);
    let refused = patiently(|| {
        journal.append(said("#a", &long), Timestamp(1));
        // Without a turn nothing is heard of the disk.
        journal.committed()
    });
    assert!(
        matches!(refused.result, Err((_, NotKept::Busy))),
        "{refused:?}"
    );
    patiently(|| {
        turn(&mut journal);
        journal.waiting.is_empty().then_some(())
    });
    while journal.committed().is_some() {}
    append(&mut journal, said("#a", "there is place again"), 2);
}

/// A folder as a kill leaves it: the log beside the file has what was said last.
fn folder_after_a_kill() -> TempDir {
    let (at, copy) = (folder(), folder());
    let mut journal = open(&at);
    append(&mut journal, said("#a", "the last words"), 1);
    std::fs::create_dir(copy.path().join("chat")).unwrap();
    for file in ["chat.sqlite", "chat.sqlite-wal"] {
        let [from, to] = [&at, &copy].map(|at| at.path().join("chat").join(file));
        std::fs::copy(from, to).unwrap();
    }
    copy
}

#[test]
fn a_log_whose_file_is_not_there_is_not_thrown_away() {
    for is_empty in [false, true] {
        let at = folder_after_a_kill();
        let [file, kept] = ["chat/chat.sqlite", "kept"].map(|name| at.path().join(name));
        std::fs::rename(&file, &kept).unwrap();
        if is_empty {
            std::fs::write(&file, "").unwrap();
            let error = Archive::open(&at.path().join("chat")).unwrap_err();
            assert!(matches!(error, OpenError::Orphan { .. }), "{error}");
        }
        let error = Sqlite::open(&settings(&at)).unwrap_err();
        assert!(matches!(error, OpenError::Orphan { .. }), "{error}");
        assert_eq!(file.exists(), is_empty, "nothing stands in the way of it");
        std::fs::rename(&kept, &file).unwrap();
        let (there, _) = look(&mut open(&at), room("#a"), Span::latest(None), 9, false);
        assert_eq!(texts(&there), "the last words");
    }
}

#[test]
fn a_log_that_has_nothing_keeps_nobody_from_beginning_anew() {
    let at = folder();
    drop(open(&at));
    std::fs::remove_file(at.path().join("chat/chat.sqlite")).unwrap();
    std::fs::write(at.path().join("chat/chat.sqlite-wal"), "torn").unwrap();
    drop(open(&at));
}
