//! Who is told that something is missing: whoever asks by a message of what may have been, by a moment of what was.

use super::dropped::{forgetful, retain};
use super::*;

fn from(at: i64) -> Span {
    Span::after(Point::Time(Timestamp(at)))
}

fn is_whole(journal: &mut Sqlite, whose: Where, span: Span) -> bool {
    look(journal, whose, span, 9, false).1
}

/// The first two things that were said in `#a` are dropped.
fn with_a_gap(at: &TempDir) -> Sqlite {
    let mut journal = forgetful(at);
    for (room, then) in [("#a", 1000), ("#a", 1050), ("#b", 1200), ("#a", 1210)] {
        append(&mut journal, said(room, "x"), then);
    }
    retain(&mut journal, 1160);
    let first = Span::after(Point::Seq(Seq(0)));
    patiently(|| (!is_whole(&mut journal, room("#a"), first)).then_some(()));
    journal
}

#[test]
fn whoever_asks_from_a_moment_before_what_was_dropped_is_told() {
    let at = folder();
    let mut journal = with_a_gap(&at);
    let bounded = |after, before| Span {
        before: Some(Point::Time(Timestamp(before))),
        ..from(after)
    };
    let cases = [
        (from(0), false),
        (from(1000), false),
        (from(1049), false),
        (from(1050), true),
        (from(1199), true),
        (from(1300), true),
        (Span::latest(Some(Point::Time(Timestamp(1000)))), false),
        (bounded(1000, 1205), false),
        (bounded(1100, 1205), true),
        (Span::before(Point::Time(Timestamp(1000))), true),
        (Span::latest(None), true),
    ];
    for (span, whole) in cases {
        let told = is_whole(&mut journal, room("#a"), span);
        assert_eq!(told, whole, "{span:?}");
        assert!(
            is_whole(&mut journal, room("#b"), span),
            "nothing of it is gone: {span:?}"
        );
    }
}

#[test]
fn a_place_that_is_younger_than_the_moment_lacks_nothing() {
    let at = folder();
    let mut journal = with_a_gap(&at);
    append(&mut journal, said("#young", "x"), 1220);
    append(&mut journal, to_bob("x"), 1220);
    append(&mut journal, said("#closed", "x"), 1230);
    journal.conceal(&name("#a"));
    journal.forget(&name("#a"));
    append(&mut journal, said("#a", "by others"), 1240);
    let talk = Where::At(Place::direct(Identity(1), Identity(2)));
    let nowhere = room("#nowhere");
    for whose in [room("#young"), talk, room("#a"), nowhere] {
        assert!(is_whole(&mut journal, whose.clone(), from(0)), "{whose:?}");
        let first = Span::after(Point::Seq(Seq(1)));
        assert!(!is_whole(&mut journal, whose, first), "they were here");
    }
}

#[test]
fn what_was_dropped_is_known_after_a_restart() {
    let at = folder();
    drop(with_a_gap(&at));
    let mut journal = open(&at);
    assert!(!is_whole(&mut journal, room("#a"), from(1000)));
    assert!(is_whole(&mut journal, room("#b"), from(1000)));
}

/// As after a crash: the lock is the process's own, so it is another folder.
pub(super) fn crashed(journal: Sqlite, at: &TempDir) -> TempDir {
    std::mem::forget(journal);
    let copy = folder();
    std::fs::create_dir(copy.path().join("chat")).unwrap();
    for file in ["chat.sqlite", "chat.sqlite-wal"] {
        let path = |at: &TempDir| at.path().join("chat").join(file);
        std::fs::copy(path(at), path(&copy)).unwrap();
    }
    copy
}

#[test]
fn what_a_crash_may_have_taken_is_missing_from_before_it_where_somebody_was() {
    let at = folder();
    let relaxed = Settings {
        durability: Durability::Relay,
        ..settings(&at)
    };
    let mut journal = Sqlite::open(&relaxed).unwrap();
    append(&mut journal, said("#a", "1"), 1000);
    look(&mut journal, room("#a"), Span::latest(None), 9, false);
    let copy = crashed(journal, &at);
    let mut journal = open(&copy);
    append(&mut journal, said("#a", "2"), 2000);
    append(&mut journal, said("#young", "1"), 3000);
    for (then, whole) in [
        (0, false),
        (1000, false),
        (1999, false),
        (2000, true),
        (2001, true),
    ] {
        assert_eq!(
            is_whole(&mut journal, room("#a"), from(then)),
            whole,
            "{then}"
        );
        assert!(is_whole(&mut journal, room("#young"), from(then)));
    }
    let before = Span {
        before: Some(Point::Time(Timestamp(1001))),
        ..from(0)
    };
    assert!(is_whole(&mut journal, room("#a"), before), "as by message");
}
