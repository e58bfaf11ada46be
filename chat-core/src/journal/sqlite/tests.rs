#[cfg(test)]
mod dropped;
#[cfg(test)]
mod folders;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod namesakes;
#[cfg(test)]
mod records;
#[cfg(test)]
mod redacted;
#[cfg(test)]
mod retries;
#[cfg(test)]
mod searching;
#[cfg(test)]
mod sorted;

use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::hub::Class;
use crate::hub::entry::{Act, Post, PostKind, Source, Target};
use crate::id::{Identity, PersonId};
use crate::journal::{About, Place, Point, Span, Where};
use crate::names::Nick;

fn settings(at: &TempDir) -> Settings {
    Settings {
        folder: at.path().join("chat"),
        durability: Durability::Disk,
        retention: Retention::default(),
    }
}

fn open(at: &TempDir) -> Sqlite {
    Sqlite::open(&settings(at)).unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn name(room: &str) -> RoomName {
    RoomName::new(room).unwrap()
}

fn nick(nick: &str) -> Nick {
    Nick::new(nick).unwrap()
}

fn entry(act: Act) -> Entry {
    Entry {
        who: PersonId::NOBODY,
        identity: Identity(1),
        source: Arc::new(Source::new(nick("ana"), "a", "h")),
        act,
    }
}

fn post(target: Target, text: &str) -> Entry {
    entry(Act::Post(Post {
        target,
        kind: PostKind::Message,
        text: text.into(),
        tags: "+x=1".into(),
        retry: None,
        concat: None,
    }))
}

fn said(room: &str, text: &str) -> Entry {
    post(Target::Room(name(room)), text)
}

fn to_bob(text: &str) -> Entry {
    post(
        Target::Person {
            id: PersonId::NOBODY,
            identity: Identity(2),
            nick: nick("bob"),
        },
        text,
    )
}

/// Appends, and waits for the disk.
fn append(journal: &mut Sqlite, entry: Entry, at: i64) -> Arc<Committed> {
    let ticket = journal.append(entry, Timestamp(at));
    let outcome = decided(journal);
    assert_eq!(outcome.ticket, ticket);
    outcome.result.unwrap()
}

fn decided(journal: &mut Sqlite) -> Outcome {
    patiently(|| {
        turn(journal);
        journal.committed()
    })
}

/// A turn of the loop: what it begins with, and what it ends with.
fn turn(journal: &mut Sqlite) {
    journal.turn(now());
    journal.hand_over();
}

fn patiently<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..5000 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("nothing came")
}

fn now() -> Now {
    Now {
        mono: Instant::now(),
        wall: Timestamp(0),
    }
}

fn look(
    journal: &mut Sqlite,
    at: Where,
    span: Span,
    limit: usize,
    with_events: bool,
) -> (Vec<Arc<Committed>>, bool) {
    let classes = match with_events {
        true => Class::ALL.to_vec(),
        false => vec![Class::Words],
    };
    let about = About::Said {
        at,
        span,
        limit,
        classes,
    };
    let until = journal.told;
    let inquiry = journal.ask(Question { until, about });
    journal.hand_over();
    let (answered, found) = patiently(|| journal.answered());
    assert_eq!(answered, inquiry);
    match found {
        Found::Said { entries, is_whole } => (entries, is_whole),
        other => panic!("{other:?}"),
    }
}

fn room(room: &str) -> Where {
    Where::At(Place::Room(name(room)))
}

/// What somebody said with all who were called so.
fn with(own: u64, called: &str) -> Where {
    Where::With {
        own: Identity(own),
        called: nick(called),
        or: vec![],
    }
}

fn texts(entries: &[Arc<Committed>]) -> String {
    let text = |c: &Arc<Committed>| match &c.entry.act {
        Act::Post(post) => post.text.to_string(),
        other => format!("{other:?}"),
    };
    entries.iter().map(text).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_was_told_is_there_after_the_next_start_under_the_same_id() {
    let at = folder();
    let mut journal = open(&at);
    let first = journal.epochs().present().to_owned();
    let one = append(&mut journal, said("#a", "one"), 5);
    drop(journal);
    let mut journal = open(&at);
    let (there, is_whole) = look(&mut journal, room("#A"), Span::latest(None), 9, false);
    assert!(is_whole);
    let mut expected = (*one).clone();
    expected.entry.who = PersonId::NOBODY;
    assert_eq!(*there[0], expected);
    assert_eq!(journal.epochs().of(one.seq), first);
    assert_eq!(journal.epochs().find(&first, one.seq), Some(one.seq));
    assert_eq!(journal.epochs().find(&first, Seq(one.seq.0 + 1)), None);
    assert!(
        append(&mut journal, said("#a", "two"), 3).at >= one.at,
        "no time goes back"
    );
}

#[test]
fn everything_that_is_kept_is_read_as_it_was_written() {
    let at = folder();
    let mut journal = open(&at);
    let quit = entry(Act::Quit {
        reason: "bye".into(),
        rooms: [name("#a"), name("#b")].into(),
    });
    let renamed = entry(Act::Name {
        new: nick("zoe"),
        rooms: [name("#a")].into(),
    });
    let all = [
        entry(Act::Join {
            room: name("#a"),
            real_name: "Ana".into(),
            key: None,
        }),
        said("#a", "hello"),
        entry(Act::Topic {
            room: name("#a"),
            text: "on topic".into(),
        }),
        renamed,
        entry(Act::Part {
            room: name("#a"),
            reason: None,
        }),
        entry(Act::Part {
            room: name("#a"),
            reason: Some("why".into()),
        }),
        quit,
    ];
    let written = all.map(|entry| append(&mut journal, entry, 1));
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 99, true);
    let acts = |of: &[Arc<Committed>]| {
        let acts = of
            .iter()
            .map(|it| (it.seq, elsewhere_left_out(&it.entry.act)));
        acts.collect::<Vec<_>>()
    };
    assert_eq!(acts(&there), acts(&written));
    assert_eq!(
        look(&mut journal, room("#b"), Span::latest(None), 99, true)
            .0
            .len(),
        1
    );
    assert_eq!(
        texts(&look(&mut journal, room("#a"), Span::latest(None), 99, false).0),
        "hello"
    );
}

/// An act that is read again does not say where else it was told.
fn elsewhere_left_out(act: &Act) -> Act {
    let mut act = act.clone();
    if let Act::Quit { rooms, .. } | Act::Name { rooms, .. } = &mut act {
        *rooms = Box::default();
    }
    act
}

#[test]
fn what_a_bot_did_is_known_as_such() {
    let at = folder();
    let mut journal = open(&at);
    let by_bot = |mut entry: Entry| {
        entry.source = Arc::new(entry.source.as_bot(true));
        entry
    };
    let tagged = |tags: &str| {
        let mut entry = said("#a", "hi");
        if let Act::Post(post) = &mut entry.act {
            post.tags = tags.into();
        }
        entry
    };
    let join = entry(Act::Join {
        room: name("#a"),
        real_name: "Ana".into(),
        key: None,
    });
    let all = [
        by_bot(join),
        by_bot(tagged("")),
        by_bot(tagged("+a=bot;+b")),
        tagged("+bot"),
        tagged(""),
    ];
    let written = all.map(|entry| append(&mut journal, entry, 1));
    drop(journal);
    let mut journal = open(&at);
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 99, true);
    let marks = |of: &[Arc<Committed>]| {
        let entries = of.iter().map(|it| &it.entry);
        entries
            .map(|entry| (entry.source.is_bot, entry.act.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(marks(&there), marks(&written));
}

#[test]
fn spans_are_those_of_the_journal_in_memory() {
    let at = folder();
    let mut journal = open(&at);
    for i in 1..=10 {
        append(&mut journal, said("#a", &i.to_string()), i / 2);
    }
    let seq = |n| Point::Seq(Seq(n));
    let time = |n| Point::Time(Timestamp(n));
    let cases = [
        (Span::latest(None), 3, "8 9 10"),
        (Span::latest(Some(seq(9))), 3, "10"),
        (Span::latest(Some(seq(2))), 3, "8 9 10"),
        (Span::before(seq(4)), 2, "2 3"),
        (Span::before(seq(1)), 2, ""),
        (Span::after(seq(4)), 2, "5 6"),
        (Span::after(seq(10)), 2, ""),
        (Span::after(time(3)), 9, "8 9 10"),
        (Span::before(time(1)), 9, "1"),
        (Span::before(time(0)), 9, ""),
        (Span::after(time(5)), 9, ""),
        (Span::after(time(-1)), 2, "1 2"),
        (Span::latest(None), 0, ""),
    ];
    for (span, limit, expected) in cases {
        let (there, _) = look(&mut journal, room("#a"), span, limit, false);
        assert_eq!(texts(&there), expected, "{span:?}");
    }
}

#[test]
fn direct_messages_are_found_by_identity_and_by_name() {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, to_bob("psst"), 1);
    for whose in [
        Where::At(Place::direct(Identity(2), Identity(1))),
        with(1, "BOB"),
        with(2, "ana"),
    ] {
        let (there, _) = look(&mut journal, whose.clone(), Span::latest(None), 9, false);
        assert_eq!(texts(&there), "psst", "{whose:?}");
    }
    for whose in [with(3, "bob"), with(1, "eve")] {
        assert!(
            look(&mut journal, whose, Span::latest(None), 9, false)
                .0
                .is_empty()
        );
    }
}

#[test]
fn a_transient_entry_does_not_wait_and_stands_behind_what_was_told() {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, said("#a", "1"), 1);
    journal.append(said("#a", "2"), Timestamp(1));
    journal.append(entry(Act::Away { reason: None }), Timestamp(1));
    let aside = journal.committed().unwrap().result.unwrap();
    assert_eq!((aside.seq, aside.aside), (Seq(1), 1));
    assert_eq!(decided(&mut journal).result.unwrap().seq, Seq(2));
}

#[test]
fn rooms_topics_and_notes_outlive_the_program() {
    let at = folder();
    let mut journal = open(&at);
    append(
        &mut journal,
        entry(Act::Join {
            room: name("#Éa"),
            real_name: "".into(),
            key: None,
        }),
        7,
    );
    append(
        &mut journal,
        entry(Act::Topic {
            room: name("#Éa"),
            text: "on topic".into(),
        }),
        8,
    );
    append(&mut journal, said("#gone", "x"), 9);
    journal.forget(&name("#gone"));
    for (key, value) in [
        ("a", Some("1")),
        ("b", Some("2")),
        ("a", Some("3")),
        ("b", None),
    ] {
        journal.note(Note {
            shelf: "s".into(),
            key: key.into(),
            value: value.map(Vec::from),
        });
    }
    let first = journal.recover().last_identity;
    drop(journal);
    let mut journal = open(&at);
    let recovered = journal.recover();
    assert!(recovered.last_identity > first);
    let [room] = &recovered.rooms[..] else {
        panic!("{:?}", recovered.rooms)
    };
    let (past, topic) = (&room.past, room.past.topic.as_ref().unwrap());
    assert_eq!((room.name.as_str(), past.created), ("#Éa", Timestamp(7)));
    assert_eq!((past.has_words, past.last), (false, Timestamp(8)));
    assert_eq!(
        (&*topic.text, topic.by.mask(), topic.at),
        ("on topic", "ana!a@h", Timestamp(8))
    );
    let kept = Note {
        shelf: "s".into(),
        key: "a".into(),
        value: Some("3".into()),
    };
    assert_eq!(recovered.notes, [kept]);
    assert!(
        !look(
            &mut journal,
            Where::At(Place::Room(name("#gone"))),
            Span::latest(None),
            9,
            true
        )
        .0
        .is_empty(),
        "what was said there is there for who makes it anew"
    );
}

#[test]
fn what_was_told_before_the_disk_had_it_is_missing_after_a_crash_and_told_so() {
    let at = folder();
    let relaxed = Settings {
        durability: Durability::Relay,
        ..settings(&at)
    };
    let mut journal = Sqlite::open(&relaxed).unwrap();
    let epoch = journal.epochs().present().to_owned();
    journal.append(said("#a", "1"), Timestamp(1));
    let told = journal.committed().expect("told at once").result.unwrap();
    // What was told may be on its way still: the question waits for it.
    assert_eq!(
        look(&mut journal, room("#a"), Span::latest(None), 9, false)
            .0
            .len(),
        1
    );
    drop(journal);
    let journal = Sqlite::open(&relaxed).unwrap();
    assert!(
        journal.epochs().is_whole_since(told.seq),
        "it ended in order"
    );
    let copy = lost::crashed(journal, &at);
    let journal = open(&copy);
    assert!(!journal.epochs().is_whole_since(told.seq));
    assert_eq!(journal.epochs().find(&epoch, told.seq), Some(told.seq));
}
