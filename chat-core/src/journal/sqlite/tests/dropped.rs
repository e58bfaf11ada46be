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
    append(&mut journal, topic("the old one"), 1);
    for struck in [topic("refused"), said("#a", "refused")] {
        let struck = append(&mut journal, struck, 2);
        journal.strike(&struck);
    }
    append(&mut journal, said("#a", "here"), 3);
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 9, false);
    assert_eq!(texts(&there), "here");
    drop(journal);
    let recovered = open(&at).recover();
    let topic = recovered.rooms[0].topic.as_ref().unwrap();
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
    let mut late = now();
    late.wall = Timestamp(1200);
    late.mono += RETENTION_EVERY;
    journal.turn(late);
    journal.hand_over();
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
