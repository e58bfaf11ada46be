//! Whose a folder is, and what may be in it.

use super::*;
use crate::journal::sqlite::Archive;

#[test]
fn one_folder_is_one_servers_and_private() {
    use std::os::unix::fs::PermissionsExt;
    let at = folder();
    let journal = open(&at);
    let error = Sqlite::open(&settings(&at)).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    assert!(
        error.to_string().contains(&std::process::id().to_string()),
        "{error}"
    );
    let mode = |path: &str| {
        let meta = std::fs::metadata(at.path().join(path)).unwrap();
        meta.permissions().mode() & 0o777
    };
    assert_eq!(mode("chat"), 0o700);
    for file in ["lock", "chat.sqlite", "chat.sqlite-wal", "chat.sqlite-shm"] {
        assert_eq!(mode(&format!("chat/{file}")), 0o600, "{file}");
    }
    drop(journal);
    drop(open(&at));
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
