use super::*;
use crate::hub::entry::{Act, Post, PostKind, Target};
use crate::hub::{Class, Redaction};
use crate::id::{Identity, PersonId};
use crate::journal::{About, End, Found, Partner, Point, Span, Where};
use crate::names::Nick;

fn post(room: &str, text: &str) -> Entry {
    let target = Target::Room(RoomName::new(room).unwrap());
    let act = Act::Post(Post {
        target,
        kind: PostKind::Message,
        text: text.into(),
        tags: "".into(),
        retry: None,
        concat: None,
    });
    let source = Source::new(Nick::new("ana").unwrap(), "a", "h");
    let who = PersonId {
        key: 0,
        generation: 0,
    };
    Entry {
        who,
        identity: Identity(1),
        source: Arc::new(source),
        act,
    }
}

fn room(name: &str) -> Place {
    Place::Room(RoomName::new(name).unwrap())
}

fn filled() -> Memory {
    let mut journal = Memory::new("e".into(), 1 << 20);
    for i in 1..=10 {
        journal.append(post("#a", &i.to_string()), Timestamp(i / 2));
    }
    journal
}

/// What a question finds, and whether it is all.
fn look(journal: &Memory, place: Place, span: Span, limit: usize) -> (Vec<Arc<Committed>>, bool) {
    let about = About::Said {
        at: Where::At(place),
        span,
        limit,
        classes: vec![Class::Words],
    };
    let until = journal.last;
    match journal.look_for(&Question { until, about }) {
        Found::Said { entries, is_whole } => (entries, is_whole),
        other => panic!("{other:?}"),
    }
}

fn read(journal: &Memory, place: Place, span: Span, limit: usize) -> Vec<Arc<Committed>> {
    look(journal, place, span, limit).0
}

fn texts(posts: &[Arc<Committed>]) -> String {
    let text = |c: &Arc<Committed>| match &c.entry.act {
        Act::Post(post) => post.text.to_string(),
        _ => unreachable!("only posts are kept"),
    };
    posts.iter().map(text).collect::<Vec<_>>().join(" ")
}

#[test]
fn spans_never_contain_their_point_and_come_in_order() {
    let journal = filled();
    let seq = |n| Point::Seq(Seq(n));
    let cases = [
        (Span::latest(None), 3, "8 9 10"),
        (Span::latest(Some(seq(9))), 3, "10"),
        (Span::latest(Some(seq(2))), 3, "8 9 10"),
        (Span::before(seq(4)), 2, "2 3"),
        (Span::before(seq(1)), 2, ""),
        (Span::after(seq(4)), 2, "5 6"),
        (Span::after(seq(10)), 2, ""),
        (Span::after(Point::Time(Timestamp(3))), 9, "8 9 10"),
        (Span::before(Point::Time(Timestamp(1))), 9, "1"),
        (Span::latest(None), 0, ""),
    ];
    for (span, limit, expected) in cases {
        assert_eq!(
            texts(&read(&journal, room("#A"), span, limit)),
            expected,
            "{span:?}"
        );
    }
    assert!(read(&journal, room("#b"), Span::latest(None), 9).is_empty());
}

#[test]
fn the_oldest_posts_of_all_rooms_go_when_there_is_too_much() {
    let x = Committed {
        seq: Seq(1),
        aside: 0,
        at: Timestamp(0),
        entry: post("#a", "x"),
    };
    let one = weight(&x) + AGE_BYTES;
    let mut journal = Memory::new("e".into(), 3 * one);
    for (i, name) in ["#a", "#b", "#a", "#b", "#b"].iter().enumerate() {
        journal.append(post(name, &i.to_string()), Timestamp(0));
        assert!(journal.bytes() <= 3 * one);
    }
    assert_eq!(
        texts(&read(&journal, room("#a"), Span::latest(None), 9)),
        "2"
    );
    assert_eq!(
        texts(&read(&journal, room("#b"), Span::latest(None), 9)),
        "3 4"
    );
}

#[test]
fn a_forgotten_room_gives_its_bytes_back_once() {
    let mut journal = filled();
    journal.append(post("#b", "x"), Timestamp(9));
    journal.forget(&RoomName::new("#a").unwrap());
    assert!(read(&journal, room("#a"), Span::latest(None), 9).is_empty());
    journal.append(post("#a", "new"), Timestamp(9));
    while journal.forget_oldest() {}
    assert_eq!(journal.bytes(), 0);
}

#[test]
fn a_reader_whose_next_messages_were_dropped_can_be_told() {
    let one = weight(&Committed {
        seq: Seq(1),
        aside: 0,
        at: Timestamp(0),
        entry: post("#a", "1"),
    }) + AGE_BYTES;
    let mut journal = Memory::new("e".into(), 3 * one);
    for text in ["1", "2", "3", "4", "5"] {
        journal.append(post("#a", text), Timestamp(0));
    }
    let all = |journal: &Memory, name, seq| {
        let span = Span::after(Point::Seq(Seq(seq)));
        look(journal, room(name), span, 9).1
    };
    assert!(!all(&journal, "#a", 1) && all(&journal, "#a", 2));
    journal.append(post("#b", "6"), Timestamp(0));
    journal.forget(&RoomName::new("#a").unwrap());
    assert!(!all(&journal, "#a", 4) && all(&journal, "#a", 5));
    journal.append(post("#a", "7"), Timestamp(0));
    assert!(!all(&journal, "#a", 4) && all(&journal, "#a", 7) && all(&journal, "#b", 6));
}

#[test]
fn a_clock_that_is_put_back_does_not_put_the_order_back() {
    let mut journal = Memory::new("e".into(), 1 << 20);
    for at in [5, 3, 9] {
        journal.append(post("#a", &at.to_string()), Timestamp(at));
    }
    let after = |at| {
        texts(&read(
            &journal,
            room("#a"),
            Span::after(Point::Time(Timestamp(at))),
            9,
        ))
    };
    assert_eq!((after(4), after(5)), ("5 3 9".to_owned(), "9".to_owned()));
}

#[test]
fn rooms_made_and_forgotten_for_ever_stay_within_the_bound() {
    let mut journal = Memory::new("e".into(), 4096);
    for i in 0..1000 {
        let name = format!("#r{i}");
        journal.append(post(&name, "x"), Timestamp(0));
        journal.forget(&RoomName::new(&name).unwrap());
    }
    assert!(journal.ages.len() as u64 * AGE_BYTES <= 4096);
}

#[test]
fn a_transient_entry_stands_behind_the_durable_one_before_it() {
    let mut journal = Memory::new("e".into(), 1 << 20);
    let mut away = post("#a", "");
    away.act = Act::Away { reason: None };
    for entry in [
        post("#a", "1"),
        away.clone(),
        away.clone(),
        post("#a", "2"),
        away,
    ] {
        journal.append(entry, Timestamp(0));
    }
    let decided = std::iter::from_fn(|| journal.committed());
    let places = decided.map(|outcome| outcome.result.unwrap());
    let places: Vec<_> = places.map(|c| (c.seq.0, c.aside)).collect();
    assert_eq!(places, [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1)]);
    assert_eq!(
        texts(&read(&journal, room("#a"), Span::latest(None), 9)),
        "1 2"
    );
}

#[test]
fn what_happened_in_a_room_is_told_to_whoever_asks_for_events() {
    let mut journal = Memory::new("e".into(), 1 << 20);
    let mut quit = post("#a", "");
    quit.act = Act::Quit {
        reason: "bye".into(),
        rooms: ["#a", "#b"].map(|name| RoomName::new(name).unwrap()).into(),
    };
    journal.append(post("#a", "1"), Timestamp(0));
    journal.append(quit, Timestamp(0));
    let until = journal.last;
    let count = |name, classes: &[Class]| {
        let about = About::Said {
            at: Where::At(room(name)),
            span: Span::latest(None),
            limit: 9,
            classes: classes.to_vec(),
        };
        match journal.look_for(&Question { until, about }) {
            Found::Said { entries, .. } => entries.len(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((count("#a", &Class::ALL), count("#b", &Class::ALL)), (2, 1));
    assert_eq!(
        (count("#a", &[Class::Words]), count("#b", &[Class::Words])),
        (1, 0)
    );
}

fn redacts(room: &str, seq: u64) -> Entry {
    let mut entry = post(room, "");
    entry.act = Act::Redact(Redaction {
        target: Target::Room(RoomName::new(room).unwrap()),
        seq: Seq(seq),
        msgid: format!("e-{seq}").into(),
        author: Some(Identity(1)),
        reason: None,
    });
    entry
}

#[test]
fn what_was_taken_back_is_gone() {
    let mut journal = filled();
    let before = journal.bytes();
    journal.append(redacts("#a", 3), Timestamp(9));
    let words = |journal: &Memory, span| texts(&read(journal, room("#a"), span, 2));
    let after_two = Span::after(Point::Seq(Seq(2)));
    assert_eq!(words(&journal, after_two), "4 5");
    assert!(read(&journal, room("#a"), Span::only(Seq(3)), 1).is_empty());
    let about = About::Said {
        at: Where::At(room("#a")),
        span: Span::latest(None),
        limit: 1,
        classes: vec![Class::Redaction],
    };
    let until = journal.last;
    match journal.look_for(&Question { until, about }) {
        Found::Said { entries, .. } => assert_eq!(entries[0].seq, Seq(11)),
        other => panic!("{other:?}"),
    }
    let one = weight(&read(&journal, room("#a"), after_two, 1)[0]);
    assert!(journal.bytes() < before + one, "one came and one went");
    // One of another room, of a place that is none, and one that is gone already.
    for nothing in [redacts("#b", 4), redacts("#a", 99), redacts("#a", 3)] {
        journal.append(nothing, Timestamp(9));
    }
    assert_eq!(words(&journal, after_two), "4 5");
}

#[test]
fn what_was_taken_back_leaves_no_bytes_behind_when_all_is_dropped() {
    let mut journal = filled();
    for seq in [1, 5, 10] {
        journal.append(redacts("#a", seq), Timestamp(9));
    }
    while journal.forget_oldest() {}
    assert_eq!(journal.bytes(), 0);
    assert!(journal.said.iter().all(|(_, said)| said.entries.is_empty()));
}

#[test]
fn what_did_not_take_effect_is_not_kept() {
    let mut journal = Memory::new("e".into(), 1 << 20);
    journal.append(post("#a", "refused"), Timestamp(0));
    let struck = journal.committed().unwrap().result.unwrap();
    journal.strike(&struck);
    journal.append(post("#a", "here"), Timestamp(0));
    let there = read(&journal, room("#a"), Span::latest(None), 9);
    assert_eq!(texts(&there), "here");
    while journal.forget_oldest() {}
    assert_eq!(journal.bytes(), 0);
}

#[test]
fn nothing_behind_the_moment_of_the_question_is_in_the_answer() {
    let mut journal = filled();
    journal.last = Seq(4);
    assert_eq!(
        texts(&read(&journal, room("#a"), Span::latest(None), 2)),
        "3 4"
    );
}

/// Somebody says something to another one.
fn direct(from: u64, to: u64) -> Entry {
    let nick = |n: u64| Nick::new(&format!("n{n}")).unwrap();
    let mut entry = post("#a", "psst");
    entry.identity = Identity(from);
    entry.source = Arc::new(Source::new(nick(from), "u", "h"));
    if let Act::Post(post) = &mut entry.act {
        post.target = Target::Person {
            id: entry.who,
            identity: Identity(to),
            nick: nick(to),
        };
    }
    entry
}

/// Where something was said last between two moments, so many from one end on.
fn talks(journal: &Memory, (after, before): (i64, i64), from: End, limit: usize) -> String {
    let about = About::Talks {
        of: Identity(1),
        rooms: vec![RoomName::new("#a").unwrap()],
        after: Timestamp(after),
        before: Timestamp(before),
        from,
        limit,
    };
    let until = journal.last;
    let Found::Talks(talks) = journal.look_for(&Question { until, about }) else {
        panic!("no talks");
    };
    let name = |with: &Partner| match with {
        Partner::Room(room) => room.to_string(),
        Partner::Person(_, nick) => nick.to_string(),
    };
    let told = talks
        .iter()
        .map(|talk| format!("{}:{}", name(&talk.with), talk.at.0));
    told.collect::<Vec<_>>().join(" ")
}

#[test]
fn talks_are_told_by_their_last_post_from_either_end() {
    let mut journal = Memory::new("e".into(), 1 << 20);
    let said = [
        (post("#a", "x"), 1),
        (post("#elsewhere", "x"), 2),
        (direct(1, 2), 3),
        (direct(3, 1), 3),
        (direct(2, 3), 4),
        (direct(2, 1), 5),
    ];
    for (entry, at) in said {
        journal.append(entry, Timestamp(at));
    }
    let cases = [
        ((0, 9), End::Latest, 9, "n2:5 n3:3 #a:1"),
        ((0, 9), End::Earliest, 9, "#a:1 n3:3 n2:5"),
        ((0, 9), End::Latest, 1, "n2:5"),
        ((0, 9), End::Earliest, 2, "#a:1 n3:3"),
        // The points are left out, and so is where somebody has spoken since.
        ((1, 5), End::Latest, 9, "n3:3"),
    ];
    for (span, from, limit, expected) in cases {
        assert_eq!(
            talks(&journal, span, from, limit),
            expected,
            "{span:?} {from:?}"
        );
    }
}

#[test]
fn whoever_asks_from_a_moment_before_what_was_dropped_is_told() {
    let mut journal = Memory::new("e".into(), 1 << 20);
    for (name, at) in [("#a", 10), ("#a", 20), ("#b", 30)] {
        journal.append(post(name, "x"), Timestamp(at));
    }
    let is_whole = |journal: &Memory, name, at| {
        let span = Span::after(Point::Time(Timestamp(at)));
        look(journal, room(name), span, 9).1
    };
    assert!(is_whole(&journal, "#a", 0));
    for _ in 0..2 {
        journal.forget_oldest();
    }
    journal.append(post("#young", "x"), Timestamp(40));
    for (name, at, whole) in [
        ("#a", 0, false),
        ("#a", 19, false),
        ("#a", 20, true),
        ("#a", 30, true),
        ("#b", 0, true),
        ("#young", 0, true),
        ("#nowhere", 0, true),
    ] {
        assert_eq!(is_whole(&journal, name, at), whole, "{name} {at}");
    }
    journal.forget(&RoomName::new("#a").unwrap());
    journal.append(post("#a", "anew"), Timestamp(50));
    assert!(is_whole(&journal, "#a", 0), "another room");
}
