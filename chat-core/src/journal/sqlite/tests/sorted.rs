//! Where entries are found again: those that are sorted in already, and those that are not yet.

use super::dropped::places;
use super::*;
use crate::journal::sqlite::look::{READ_BACK, READ_ON};
use crate::journal::sqlite::schema;
use crate::limits::JOURNAL_FRESH;

/// So many that most are sorted, and the rest is not.
const SAID: usize = JOURNAL_FRESH + 100;

/// All at once to two rooms in turns; the second one has those with odd places.
fn say_much(journal: &mut Sqlite) {
    for i in 1..=SAID {
        let room = if i % 2 == 0 { "#a" } else { "#b" };
        journal.append(said(room, &i.to_string()), Timestamp(1));
    }
    for _ in 0..SAID {
        decided(journal).result.unwrap();
    }
    // What waits meanwhile is a batch of its own.
    append(journal, said("#a", "last"), 2);
}

fn count(at: &TempDir, table: &str) -> i64 {
    let file = rusqlite::Connection::open(at.path().join("chat/chat.sqlite")).unwrap();
    let count = format!("SELECT count(*) FROM {table}");
    file.query_row(&count, [], |row| row.get(0)).unwrap()
}

#[test]
fn what_is_sorted_and_what_is_fresh_is_read_as_one() {
    let at = folder();
    let mut journal = open(&at);
    say_much(&mut journal);
    patiently(|| (count(&at, "sorted") > 0).then_some(()));
    append(&mut journal, said("#a", "fresh"), 3);
    assert!(count(&at, "fresh") > 0);
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), SAID, false);
    assert_eq!(there.len(), SAID / 2 + 2);
    assert!(there.is_sorted_by_key(|entry| entry.seq));
    let (last, _) = look(&mut journal, room("#a"), Span::latest(None), 3, false);
    assert_eq!(texts(&last), format!("{SAID} last fresh"));
    let on = Span::after(Point::Seq(Seq(SAID as u64 - 3)));
    let (next, _) = look(&mut journal, room("#b"), on, 9, false);
    assert_eq!(texts(&next), format!("{}", SAID - 1));
    let (next, _) = look(&mut journal, room("#a"), on, 9, false);
    assert_eq!(texts(&next), format!("{} {SAID} last fresh", SAID - 2));
}

#[test]
fn a_file_of_the_version_before_is_taken_over() {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, said("#a", "then"), 1);
    drop(journal);
    let file = at.path().join("chat/chat.sqlite");
    let former = rusqlite::Connection::open(&file).unwrap();
    former
        .execute_batch(
            "DROP TABLE vocabulary;
             DROP TABLE words;
             DROP TABLE indexed;
             ALTER TABLE entries DROP COLUMN about;
             DROP VIEW heard;
             INSERT INTO sorted SELECT * FROM fresh;
             DROP TABLE fresh;
             ALTER TABLE sorted RENAME TO heard;
             ALTER TABLE entries DROP COLUMN concat;
             DROP INDEX places_forgotten;
             DROP TABLE falls;
             ALTER TABLE places DROP COLUMN lost_at;
             INSERT INTO places (room, name) VALUES ('#forgotten', '#forgotten');
             PRAGMA user_version = 1",
        )
        .unwrap();
    former.close().unwrap();
    let mut journal = open(&at);
    append(&mut journal, said("#a", "now"), 2);
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 9, false);
    assert_eq!(texts(&there), "then now");
    assert_eq!(places(&at, &["#a", "#forgotten"]), [1, 0]);
}

#[test]
fn a_page_of_a_long_room_is_found_without_reading_the_rest() {
    let at = folder();
    drop(open(&at));
    let file = schema::open_to_read(&at.path().join("chat/chat.sqlite")).unwrap();
    for page in [READ_ON.as_str(), READ_BACK.as_str()] {
        let plan = steps(&file, page);
        assert!(plan.contains("SEARCH sorted"), "{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("B-TREE"), "{plan}");
    }
}

fn steps(file: &rusqlite::Connection, query: &str) -> String {
    let mut explain = file
        .prepare(&format!("EXPLAIN QUERY PLAN {query}"))
        .unwrap();
    let any = [1; 5];
    let rows = explain
        .query_map(any, |row| row.get::<_, String>(3))
        .unwrap();
    rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}
