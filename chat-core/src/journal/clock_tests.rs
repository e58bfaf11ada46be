//! What a clock that is put on and back makes of a history: the same in memory and on the disk.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::hub::Class;
use crate::hub::entry::{PostKind, Source};
use crate::id::{PersonId, Seq};
use crate::names::Nick;

const YEAR: i64 = 365 * 24 * 60 * 60 * 1000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// Both journals, and what is to be kept of a folder while they are open.
fn with_both(test: impl Fn(&mut dyn Journal)) {
    test(&mut Memory::new("e".into(), 1 << 20));
    #[cfg(feature = "sqlite")]
    {
        let folder = tempfile::tempdir().unwrap();
        test(&mut on_disk(folder.path(), None));
    }
}

#[cfg(feature = "sqlite")]
fn on_disk(folder: &std::path::Path, age: Option<Duration>) -> Sqlite {
    let retention = sqlite::Retention { age, bytes: None };
    let (folder, durability) = (folder.join("chat"), Durability::Disk);
    Sqlite::open(&sqlite::Settings {
        folder,
        durability,
        retention,
    })
    .unwrap()
}

fn post(target: Target, text: &str) -> Entry {
    let act = Act::Post(Post {
        target,
        kind: PostKind::Message,
        text: text.into(),
        tags: "".into(),
        retry: None,
        concat: None,
    });
    let source = Source::new(Nick::new("ana").unwrap(), "a", "h");
    Entry {
        who: PersonId::NOBODY,
        identity: Identity(1),
        source: Arc::new(source),
        act,
    }
}

fn to(room: &str) -> Target {
    Target::Room(RoomName::new(room).unwrap())
}

fn patiently<T>(
    journal: &mut dyn Journal,
    mut look: impl FnMut(&mut dyn Journal) -> Option<T>,
) -> T {
    for _ in 0..5000 {
        turn(journal, Timestamp(0));
        match look(journal) {
            Some(found) => return found,
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
    panic!("nothing came")
}

fn turn(journal: &mut dyn Journal, wall: Timestamp) {
    let mono = Instant::now();
    journal.turn(Now { mono, wall });
    journal.hand_over();
}

/// Says something, with that as its text, as the clock says it is.
fn say(journal: &mut dyn Journal, target: Target, wall: i64) -> Arc<Committed> {
    journal.append(post(target, &wall.to_string()), Timestamp(wall));
    patiently(journal, |journal| journal.committed())
        .result
        .unwrap()
}

fn ask(journal: &mut dyn Journal, about: About) -> Found {
    let until = Seq(1000);
    journal.ask(Question { until, about });
    patiently(journal, |journal| journal.answered()).1
}

/// What the clock said when those were said that are found.
fn look(journal: &mut dyn Journal, span: Span, limit: usize) -> Vec<i64> {
    let about = About::Said {
        at: Where::At(Place::Room(RoomName::new("#a").unwrap())),
        span,
        limit,
        classes: vec![Class::Words],
    };
    walls(ask(journal, about))
}

fn walls(found: Found) -> Vec<i64> {
    let Found::Said { entries, .. } = found else {
        panic!("{found:?}");
    };
    let wall = |it: &Arc<Committed>| match &it.entry.act {
        Act::Post(post) => post.text.parse().unwrap(),
        other => panic!("{other:?}"),
    };
    entries.iter().map(wall).collect()
}

fn time(at: i64) -> Point {
    Point::Time(Timestamp(at))
}

/// A clock that is ten years ahead for two messages, then right, and later is put back by an hour.
const WALLS: [i64; 9] = [
    10 * HOUR,
    10 * HOUR + MINUTE,
    10 * YEAR,
    10 * YEAR + 7,
    10 * HOUR + 2 * MINUTE,
    12 * HOUR,
    11 * HOUR,
    11 * HOUR + 5 * MINUTE,
    13 * HOUR,
];

fn say_all(journal: &mut dyn Journal) {
    for wall in WALLS {
        assert_eq!(say(journal, to("#a"), wall).at, Timestamp(wall));
    }
}

#[test]
fn a_clock_that_was_ahead_stops_no_time_and_one_that_steps_back_does() {
    with_both(|journal| {
        let walls = [10 * YEAR, HOUR, HOUR - MINUTE, HOUR + 1];
        let stamps = walls.map(|wall| say(journal, to("#a"), wall).at.0);
        assert_eq!(stamps, [10 * YEAR, HOUR, HOUR, HOUR + 1]);
    });
}

#[test]
fn paging_by_time_comes_to_an_end_and_misses_nothing() {
    with_both(|journal| {
        say_all(journal);
        for limit in 1..4 {
            assert_eq!(pages_on(journal, limit), WALLS, "{limit}");
            assert_eq!(pages_back(journal, limit), WALLS, "{limit}");
        }
    });
}

/// All, page by page, each from the time of the last one of the page before.
fn pages_on(journal: &mut dyn Journal, limit: usize) -> Vec<i64> {
    let (mut all, mut from) = (Vec::new(), 0);
    while all.len() <= WALLS.len() {
        let page = look(journal, Span::after(time(from)), limit);
        match page.last() {
            Some(last) => from = *last,
            None => break,
        }
        all.extend(page);
    }
    all
}

fn pages_back(journal: &mut dyn Journal, limit: usize) -> Vec<i64> {
    let (mut all, mut to) = (Vec::new(), 20 * YEAR);
    while all.len() <= WALLS.len() {
        let mut page = look(journal, Span::before(time(to)), limit);
        match page.first() {
            Some(first) => to = *first,
            None => break,
        }
        page.extend(all);
        all = page;
    }
    all
}

#[test]
fn whoever_comes_back_by_the_time_of_what_they_saw_last_gets_what_followed() {
    with_both(|journal| {
        say_all(journal);
        for (n, wall) in WALLS.iter().enumerate() {
            let followed = &WALLS[n + 1..];
            assert_eq!(look(journal, Span::after(time(*wall)), 99), followed);
            assert_eq!(look(journal, Span::latest(Some(time(*wall))), 99), followed);
            let from_it = look(journal, Span::after(time(wall - 1)), 99);
            assert_eq!(from_it, WALLS[n..]);
        }
        let in_between = Span {
            after: Some(time(WALLS[3])),
            before: Some(time(WALLS[5])),
            from: End::Earliest,
        };
        assert_eq!(look(journal, in_between, 99), [WALLS[4]]);
    });
}

#[test]
fn a_moment_that_nothing_bears_is_not_in_the_future_that_was() {
    with_both(|journal| {
        say_all(journal);
        let since = |at| Span::after(time(at));
        assert_eq!(look(journal, since(13 * HOUR + MINUTE), 99), [0; 0]);
        assert_eq!(
            look(journal, since(12 * HOUR + 50 * MINUTE), 99),
            [WALLS[8]]
        );
        assert_eq!(look(journal, Span::before(time(13 * HOUR + 1)), 99), WALLS);
    });
}

#[test]
fn a_search_is_by_the_stamps_themselves() {
    with_both(|journal| {
        say_all(journal);
        let mut search = |after: i64, before: i64| {
            let room = RoomName::new("#a").unwrap();
            let about = About::Search(Box::new(Search {
                within: Within::At(Where::At(Place::Room(room))),
                by: None,
                after: Some(Timestamp(after)),
                before: Some(Timestamp(before)),
                terms: None,
                from: End::Earliest,
                limit: 99,
            }));
            walls(ask(journal, about))
        };
        assert_eq!(search(11 * HOUR, 12 * HOUR), WALLS[5..8]);
        assert_eq!(search(YEAR, 20 * YEAR), WALLS[2..4]);
        assert_eq!(search(0, 10 * HOUR), WALLS[..1]);
        assert_eq!(search(20 * YEAR, 30 * YEAR), [0; 0]);
    });
}

#[test]
fn a_talk_that_goes_on_with_an_earlier_time_is_told() {
    with_both(|journal| {
        let rooms = ["#a", "#b", "#c"];
        for (room, wall) in [("#a", 12 * HOUR), ("#b", 10 * YEAR), ("#c", 11 * HOUR)] {
            say(journal, to(room), wall);
        }
        let mut talks = |after: i64, before: i64| {
            let about = About::Talks {
                of: Identity(1),
                rooms: rooms.map(|room| RoomName::new(room).unwrap()).to_vec(),
                after: Timestamp(after),
                before: Timestamp(before),
                from: End::Earliest,
                limit: 9,
            };
            let Found::Talks(talks) = ask(journal, about) else {
                panic!("no talks");
            };
            let times = talks.iter().map(|talk| talk.at.0);
            times.collect::<Vec<_>>()
        };
        // Behind what was seen at noon, and in the order of the times, by which clients page.
        assert_eq!(talks(12 * HOUR, 20 * YEAR), [11 * HOUR, 10 * YEAR]);
        assert_eq!(talks(11 * HOUR, 20 * YEAR), [12 * HOUR, 10 * YEAR]);
        assert_eq!(talks(0, 11 * HOUR + 1), [11 * HOUR, 12 * HOUR, 10 * YEAR]);
    });
}

#[cfg(feature = "sqlite")]
#[test]
fn a_clock_that_was_ahead_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = on_disk(folder.path(), None);
    say(&mut journal, to("#a"), 10 * YEAR);
    drop(journal);
    let mut journal = on_disk(folder.path(), None);
    assert_eq!(say(&mut journal, to("#a"), HOUR).at, Timestamp(HOUR));
    assert_eq!(look(&mut journal, Span::after(time(10 * YEAR)), 9), [HOUR]);
    assert_eq!(look(&mut journal, Span::before(time(HOUR)), 9), [10 * YEAR]);
}

/// What is left when the clock says so late that what is older than an hour goes.
#[cfg(feature = "sqlite")]
fn left_of(walls: &[i64], wall: i64) -> Vec<i64> {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = on_disk(folder.path(), Some(Duration::from_secs(3600)));
    for wall in walls {
        say(&mut journal, to("#a"), *wall);
    }
    drop(journal);
    for _ in 0..3 {
        let mut journal = on_disk(folder.path(), Some(Duration::from_secs(3600)));
        // The clock is believed when it has gone on evenly for an hour.
        for minutes in 0..=60 {
            let mono = Instant::now() + Duration::from_secs(60) * minutes;
            let wall = Timestamp(wall);
            journal.turn(Now { mono, wall });
            journal.hand_over();
        }
        // The writer drops what it drops at once before it ends.
        drop(journal);
    }
    look(&mut on_disk(folder.path(), None), Span::latest(None), 999)
}

#[cfg(feature = "sqlite")]
#[test]
fn a_clock_that_jumps_ahead_drops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = on_disk(folder.path(), Some(Duration::from_secs(3600)));
    say(&mut journal, to("#a"), HOUR);
    let start = Instant::now();
    // An hour, and then a minute in which the clock is ten years ahead, and so on.
    for (minutes, wall) in [
        (0, HOUR),
        (60, 2 * HOUR),
        (61, 10 * YEAR),
        (62, 2 * HOUR + 2 * MINUTE),
    ] {
        let mono = start + Duration::from_secs(60) * minutes;
        let wall = Timestamp(wall);
        journal.turn(Now { mono, wall });
        journal.hand_over();
    }
    drop(journal);
    let mut journal = on_disk(folder.path(), None);
    assert_eq!(look(&mut journal, Span::latest(None), 9), [HOUR]);
}

#[cfg(feature = "sqlite")]
#[test]
fn what_a_clock_that_was_ahead_has_stamped_keeps_nothing_that_is_too_old() {
    let (old, ahead, young) = (HOUR, 10 * YEAR, 9 * HOUR);
    let now = young + MINUTE;
    let cases: [(&[i64], &[i64]); 6] = [
        (&[old, ahead, old + 1, young], &[young]),
        (&[ahead, ahead + 1, old, young], &[young]),
        (&[old, ahead], &[ahead]),
        (&[old, ahead, young], &[ahead, young]),
        // A clock that was behind takes nothing along.
        (&[old, young, 0, young + 1], &[young, 0, young + 1]),
        (&[young, 0], &[young, 0]),
    ];
    for (walls, left) in cases {
        assert_eq!(left_of(walls, now), left, "{walls:?}");
    }
    let mut many: Vec<i64> = (0..300).map(|n| ahead + n).collect();
    many.extend([old, young]);
    assert_eq!(left_of(&many, now), [young], "in several steps");
}
