//! What stands in a journal's file: anybody with an editor, or a disk, may have written it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chat_core::dialect::irc::{Caps, encode};
use chat_core::hub::Class;
use chat_core::hub::entry::Committed;
use chat_core::id::Seq;
use chat_core::journal::sqlite::{Archive, Retention, Settings, Sqlite};
use chat_core::journal::{About, Durability, Found, Place, Question, Span, Where};
use chat_core::names::RoomName;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// A row of any values is an entry or is left out; and each line of an entry is its author's.
///
/// # Panics
/// When it finds something.
pub fn record(bytes: &[u8]) {
    let mut file = file();
    let File { hand, archive, .. } = file.as_mut().expect("a journal");
    let values: Vec<Value> = values(bytes);
    hand.execute("DELETE FROM entries", []).expect("a delete");
    let written = hand.execute(
        "INSERT INTO entries (seq, at, kind, identity, nick, user, host, target, other, text, tags, retry, about, concat)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params_from_iter(values),
    );
    // Some columns may not be empty.
    if written.is_err() {
        return;
    }
    let about = About::Said {
        at: Where::At(Place::Room(RoomName::lobby())),
        span: Span::latest(None),
        limit: 9,
        classes: Class::ALL.to_vec(),
    };
    let until = Seq(9);
    match archive.answer(&Question { until, about }) {
        Ok(Found::Said { entries, .. }) => entries.iter().for_each(|entry| check(entry)),
        other => panic!("{other:?}"),
    }
}

/// Nobody can speak as somebody else by what is in a field.
fn check(entry: &Committed) {
    for caps in [Caps::ALL, Caps::NONE] {
        let mut lines = String::new();
        encode(entry, caps, "e", &mut lines);
        assert!(!lines.contains(['\r', '\0']), "{lines:?}");
        // One that has several begins each as its author's.
        for line in lines.split('\n').filter(|line| !line.is_empty()) {
            assert!(line.starts_with(['@', ':']), "{line:?}");
        }
    }
}

/// The columns, each of a type that the bytes choose.
fn values(bytes: &[u8]) -> Vec<Value> {
    let mut fields = bytes.split(|byte| *byte == 0xff);
    (0..13)
        .map(|_| value(fields.next().unwrap_or_default()))
        .collect()
}

fn value(field: &[u8]) -> Value {
    let Some((kind, rest)) = field.split_first() else {
        return Value::Null;
    };
    let text = || String::from_utf8_lossy(rest).into_owned();
    match kind % 8 {
        0 => Value::Null,
        1 => Value::Integer(i64::from(*rest.first().unwrap_or(&0))),
        2 => Value::Integer(text().parse().unwrap_or(i64::MIN)),
        3 => Value::Blob(rest.to_vec()),
        4 => Value::Real(0.5),
        _ => Value::Text(text()),
    }
}

struct File {
    hand: Connection,
    archive: Archive,
}

/// One file for all runs: making one costs a hundred of them.
fn file() -> MutexGuard<'static, Option<File>> {
    static FILE: Mutex<Option<File>> = Mutex::new(None);
    let mut file = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    file.get_or_insert_with(make);
    file
}

fn make() -> File {
    let folder = std::env::temp_dir().join(format!("record-{}", std::process::id()));
    let settings = Settings {
        folder: folder.clone(),
        durability: Durability::Relay,
        retention: Retention::default(),
    };
    drop(Sqlite::open(&settings).expect("a journal"));
    let hand = Connection::open(folder.join("chat.sqlite")).expect("its file");
    hand.pragma_update(None, "synchronous", "OFF")
        .expect("no syncs");
    hand.execute_batch(
        "INSERT INTO places (id, room, name, created) VALUES (1, '#lobby', '#lobby', 0);
         INSERT INTO sorted (place, is_event, seq) VALUES (1, 0, 1);",
    )
    .expect("a place");
    let archive = Archive::open(&folder).expect("an archive");
    // Nobody needs the names any more.
    let _ = std::fs::remove_dir_all(&folder);
    File { hand, archive }
}
