//! What is not there any more, or not shown.

use super::*;

#[test]
fn what_did_not_take_effect_is_not_shown_and_sets_no_topic() {
    let at = folder();
    let mut journal = open(&at);
    let topic = |text: &str| {
        entry(Act::Topic {
            room: name("#a"),
            text: text.into(),
        })
    };
    let old = append(&mut journal, topic("the old one"), 1);
    for struck in [topic("refused"), said("#a", "refused")] {
        let struck = append(&mut journal, struck, 2);
        journal.strike(&struck);
        let old = Topic {
            text: "the old one".into(),
            by: Arc::clone(&old.entry.source),
            at: old.at,
        };
        journal.restore_topic(&name("#a"), Some(&old), struck.seq);
    }
    append(&mut journal, said("#a", "here"), 3);
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 9, false);
    assert_eq!(texts(&there), "here");
    drop(journal);
    let recovered = open(&at).recover();
    let topic = recovered.rooms[0].past.topic.as_ref().unwrap();
    assert_eq!((&*topic.text, topic.at), ("the old one", Timestamp(1)));
}

#[test]
fn what_is_too_old_or_too_much_goes_and_whoever_misses_it_is_told() {
    let at = folder();
    let mut journal = Sqlite::open(&Settings {
        retention: Retention {
            age: Some(Duration::from_millis(100)),
            bytes: None,
        },
        ..settings(&at)
    })
    .unwrap();
    for i in 0..4 {
        append(&mut journal, said("#a", &i.to_string()), 1000 + i * 50);
    }
    append(&mut journal, said("#b", "old"), 1150);
    retain(&mut journal, 1200);
    append(&mut journal, said("#a", "4"), 1300);
    let after = |n| Span::after(Point::Seq(Seq(n)));
    patiently(|| (!look(&mut journal, room("#a"), after(1), 9, false).1).then_some(()));
    let (there, is_whole) = look(&mut journal, room("#a"), after(1), 9, false);
    assert_eq!((texts(&there).as_str(), is_whole), ("2 3 4", false));
    assert!(look(&mut journal, room("#a"), after(2), 9, false).1);
    assert!(
        !look(&mut journal, room("#c"), after(1), 9, false).1,
        "it may have been there"
    );
    assert!(
        look(&mut journal, room("#b"), after(1), 9, false).1,
        "nothing of it is gone"
    );
}

#[test]
fn a_file_that_is_too_large_loses_its_oldest() {
    let at = folder();
    let bytes = 400_000;
    let mut journal = Sqlite::open(&Settings {
        retention: Retention {
            age: None,
            bytes: Some(bytes),
        },
        ..settings(&at)
    })
    .unwrap();
    let long = "x".repeat(400);
    for i in 0..4000 {
        journal.append(said("#a", &format!("{i} {long}")), Timestamp(1));
    }
    for _ in 0..4000 {
        decided(&mut journal);
    }
    let mut late = now();
    late.mono += RETENTION_EVERY;
    journal.turn(late);
    journal.hand_over();
    let count = |journal: &mut Sqlite| {
        look(journal, room("#a"), Span::latest(None), 4000, false)
            .0
            .len()
    };
    patiently(|| (count(&mut journal) < 1000).then_some(()));
    let last = append(&mut journal, said("#a", "last"), 1);
    drop(journal);
    let size = std::fs::metadata(at.path().join("chat/chat.sqlite"))
        .unwrap()
        .len();
    assert!(size < bytes * 5 / 4, "{size}");
    let mut journal = open(&at);
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 500, false);
    assert_eq!(there.last().unwrap().seq, last.seq);
    assert_eq!(there.len(), 500, "no more than must go is gone");
}

#[test]
fn what_is_struck_beside_an_entry_leaves_the_entry() {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, said("#a", "told"), 1);
    journal.append(entry(Act::Away { reason: None }), Timestamp(1));
    let aside = journal.committed().unwrap().result.unwrap();
    journal.strike(&aside);
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 9, false);
    assert_eq!(texts(&there), "told");
}

fn joins(room: &str) -> Entry {
    entry(Act::Join {
        room: name(room),
        real_name: "Ana".into(),
        key: None,
    })
}

/// Appends all in one turn, and gives back the first.
fn first_of(journal: &mut Sqlite, entries: Vec<Entry>) -> Arc<Committed> {
    for (i, entry) in entries.into_iter().enumerate() {
        journal.append(entry, Timestamp(10 + i as i64));
    }
    decided(journal).result.unwrap()
}

#[test]
fn a_room_that_is_forgotten_while_somebody_is_on_the_way_into_it_is_a_new_one() {
    for (is_closed, is_refused) in [(false, false), (true, false), (false, true), (true, true)] {
        let at = folder();
        let mut journal = open(&at);
        append(&mut journal, joins("#a"), 1);
        append(&mut journal, said("#a", "before"), 2);
        first_of(&mut journal, vec![joins("#new"), joins("#a")]);
        if is_closed {
            journal.conceal(&name("#a"));
        }
        journal.forget(&name("#a"));
        let on_its_way = decided(&mut journal).result.unwrap();
        if is_refused {
            journal.strike(&on_its_way);
            journal.forget(&name("#a"));
        }
        let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 9, true);
        let left = if is_closed { 0 } else { 2 } + usize::from(!is_refused);
        assert_eq!(there.len(), left, "{there:?}");
        drop(journal);
        let mut rooms: Vec<(String, Timestamp)> = Vec::new();
        for room in open(&at).recover().rooms {
            rooms.push((room.name.as_str().into(), room.past.created));
        }
        let new = ("#new".into(), Timestamp(10));
        let anew = ("#a".into(), Timestamp(11));
        let expected = [Some(new), (!is_refused).then_some(anew)];
        let expected: Vec<_> = expected.into_iter().flatten().collect();
        assert_eq!(rooms, expected, "{is_closed} {is_refused}");
    }
}

/// A journal that drops everything but what is of the last moment.
pub(super) fn forgetful(at: &TempDir) -> Sqlite {
    let retention = Retention {
        age: Some(Duration::from_millis(100)),
        bytes: None,
    };
    Sqlite::open(&Settings {
        retention,
        ..settings(at)
    })
    .unwrap()
}

/// Drops what is too old by then.
pub(super) fn retain(journal: &mut Sqlite, then: i64) {
    let mut late = now();
    late.wall = Timestamp(then);
    // The clock is believed when it has gone on evenly.
    for _ in 0..2 {
        late.mono += RETENTION_EVERY;
        journal.turn(late);
        journal.hand_over();
    }
}

fn drop_all(journal: &mut Sqlite) {
    retain(journal, 10_000);
    let first = Span::after(Point::Seq(Seq(0)));
    patiently(|| (!look(journal, room("#a"), first, 1, false).1).then_some(()));
}

#[test]
fn a_talk_that_was_dropped_and_goes_on_is_nobody_elses() {
    let at = folder();
    let mut journal = forgetful(&at);
    append(&mut journal, said("#a", "x"), 1);
    append(&mut journal, to_bob("one"), 1);
    drop_all(&mut journal);
    append(&mut journal, said("#strangers", "here"), 10_000);
    append(&mut journal, to_bob("two"), 10_000);
    let talk = Where::At(Place::direct(Identity(1), Identity(2)));
    let (there, _) = look(&mut journal, talk, Span::latest(None), 9, false);
    assert_eq!(texts(&there), "two");
    let (there, _) = look(
        &mut journal,
        room("#strangers"),
        Span::latest(None),
        9,
        false,
    );
    assert_eq!(texts(&there), "here");
}

#[test]
fn numbers_go_on_when_everything_was_dropped() {
    let at = folder();
    let mut journal = forgetful(&at);
    for text in ["1", "2", "3"] {
        append(&mut journal, said("#a", text), 1);
    }
    drop_all(&mut journal);
    drop(journal);
    let mut journal = forgetful(&at);
    let next = append(&mut journal, said("#a", "4"), 20_000);
    assert!(next.seq > Seq(3), "{:?}", next.seq);
    let after = |seq| Span::after(Point::Seq(seq));
    assert!(look(&mut journal, room("#a"), after(next.seq), 9, false).1);
    assert!(
        !look(&mut journal, room("#b"), after(Seq(2)), 9, false).1,
        "who knows"
    );
}

/// How many places of a name the file has.
pub(super) fn places(at: &TempDir, names: &[&str]) -> Vec<i64> {
    let file = rusqlite::Connection::open(at.path().join("chat/chat.sqlite")).unwrap();
    let count = "SELECT count(*) FROM places WHERE room = ?1";
    let mut count = file.prepare(count).unwrap();
    let counts = names
        .iter()
        .map(|name| count.query_row([name], |row| row.get(0)));
    counts.map(Result::unwrap).collect()
}

#[test]
fn a_forgotten_room_goes_with_the_last_of_what_was_said_there() {
    let at = folder();
    let mut journal = forgetful(&at);
    for room in ["#a", "#words", "#closed", "#empty"] {
        append(&mut journal, said(room, "old"), 1);
    }
    journal.conceal(&name("#closed"));
    for room in ["#words", "#closed"] {
        journal.forget(&name(room));
    }
    append(&mut journal, said("#b", "new"), 10_000);
    let all = ["#a", "#words", "#closed", "#empty"];
    assert_eq!(places(&at, &all), [1, 1, 1, 1], "something is kept of each");
    drop_all(&mut journal);
    assert_eq!(places(&at, &all), [1, 0, 0, 1], "two are there still");
    journal.forget(&name("#empty"));
    append(&mut journal, said("#b", "new"), 10_000);
    assert_eq!(places(&at, &all), [1, 0, 0, 0]);
    for room_name in ["#words", "#closed", "#empty"] {
        let first = Span::after(Point::Seq(Seq(0)));
        append(&mut journal, said(room_name, "anew"), 10_000);
        let (there, is_whole) = look(&mut journal, room(room_name), first, 9, false);
        assert_eq!((texts(&there).as_str(), is_whole), ("anew", false));
    }
}
