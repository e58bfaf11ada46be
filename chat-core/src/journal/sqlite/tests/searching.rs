//! Words: by the index, in what is not in it yet, and what is not to be found any more.

use proptest::prelude::*;

use super::dropped::{forgetful, retain};
use super::*;
use crate::journal::sqlite::search::{FIND_BACK, FIND_ON};
use crate::journal::sqlite::{record::number, schema, search};
use crate::journal::{End, Memory, Search, Terms, Within};
use crate::limits::{JOURNAL_FRESH, JOURNAL_INDEXED_AT_ONCE, SEARCH_ENDINGS_MAX};

fn everywhere(text: &str) -> Search {
    Search {
        within: Within::All {
            rooms: [name("#a"), name("#B")].into(),
            of: Identity(1),
        },
        by: None,
        after: None,
        before: None,
        terms: (!text.is_empty()).then(|| Terms::parse(text).unwrap()),
        from: End::Latest,
        limit: 5,
    }
}

fn in_room(text: &str, at: &str) -> Search {
    Search {
        within: Within::At(room(at)),
        ..everywhere(text)
    }
}

fn read(found: Found) -> (String, bool) {
    match found {
        Found::Said { entries, is_whole } => (texts(&entries), is_whole),
        other => panic!("{other:?}"),
    }
}

/// What is found in the file, however long it takes.
fn find(at: &TempDir, until: Seq, search: &Search) -> String {
    let mut file = schema::open_to_read(&at.path().join("chat/chat.sqlite")).unwrap();
    let state = file.transaction().unwrap();
    let (texts, is_whole) = read(search::search(&state, search, number(until.0)).unwrap());
    assert!(is_whole);
    texts
}

fn found(at: &TempDir, journal: &Sqlite, search: &Search) -> String {
    find(at, journal.told, search)
}

fn file(at: &TempDir) -> rusqlite::Connection {
    rusqlite::Connection::open(at.path().join("chat/chat.sqlite")).unwrap()
}

fn number_of(at: &TempDir, query: &str) -> i64 {
    file(at).query_row(query, [], |row| row.get(0)).unwrap()
}

fn indexed(at: &TempDir) -> i64 {
    number_of(at, "SELECT until FROM indexed")
}

fn times(at: &TempDir, word: &str) -> i64 {
    let query = format!("SELECT count(*) FROM vocabulary WHERE term = '{word}'");
    number_of(at, &query)
}

/// Says enough for the index to follow as far as here.
fn fill(journal: &mut Sqlite, at: &TempDir) {
    for _ in 0..JOURNAL_FRESH {
        journal.append(said("#other", "."), journal.at);
    }
    for _ in 0..JOURNAL_FRESH {
        decided(journal).result.unwrap();
    }
    let last = number(journal.told.0);
    patiently(|| (indexed(at) >= last).then_some(()));
}

#[test]
fn words_are_found_in_the_index_and_before_they_are_there() {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, said("#a", "Crème-brûlée"), 1);
    append(&mut journal, said("#b", "昨日は東京に"), 2);
    append(&mut journal, said("#c", "creme"), 3);
    append(&mut journal, to_bob("creme-fraiche"), 4);
    fill(&mut journal, &at);
    append(&mut journal, said("#a", "cremes"), 5);
    let both = "Crème-brûlée creme-fraiche cremes";
    let cases = [
        (everywhere("CREME"), both),
        (in_room("creme", "#a"), "Crème-brûlée cremes"),
        (in_room("\"creme\"", "#a"), "Crème-brûlée"),
        (everywhere("東京"), "昨日は東京に"),
        (everywhere("京東"), ""),
        (everywhere("creme \"fraiche\""), "creme-fraiche"),
        (in_room("", "#b"), "昨日は東京に"),
    ];
    for (search, expected) in cases {
        assert_eq!(found(&at, &journal, &search), expected, "{search:?}");
    }
    let with_bob = Search {
        within: Within::At(with(1, "BOB")),
        ..everywhere("creme")
    };
    assert_eq!(found(&at, &journal, &with_bob), "creme-fraiche");
    let by_bob = Search {
        by: Some(nick("bob")),
        ..everywhere("")
    };
    assert_eq!(found(&at, &journal, &by_bob), "");
    let then = Search {
        after: Some(Timestamp(1)),
        before: Some(Timestamp(4)),
        from: End::Earliest,
        limit: 2,
        ..everywhere("creme")
    };
    assert_eq!(found(&at, &journal, &then), "Crème-brûlée creme-fraiche");
    let of_bob = Search {
        within: Within::All {
            rooms: [].into(),
            of: Identity(2),
        },
        ..everywhere("creme")
    };
    assert_eq!(found(&at, &journal, &of_bob), "creme-fraiche");
    let of_zoe = Search {
        within: Within::All {
            rooms: [].into(),
            of: Identity(3),
        },
        ..everywhere("creme")
    };
    assert_eq!(found(&at, &journal, &of_zoe), "");
}

#[test]
fn a_file_of_the_version_before_is_indexed_in_steps_while_people_talk() {
    let at = folder();
    let mut journal = open(&at);
    let old = 3 * JOURNAL_INDEXED_AT_ONCE;
    for i in 0..old {
        journal.append(said("#a", &format!("old{i}")), Timestamp(1));
    }
    (0..old).for_each(|_| drop(decided(&mut journal).result.unwrap()));
    drop(journal);
    file(&at)
        .execute_batch(
            "DROP TABLE vocabulary; DROP TABLE words; DROP TABLE indexed; ALTER TABLE entries DROP COLUMN concat;
             DROP INDEX places_forgotten; DROP TABLE falls;
             ALTER TABLE places DROP COLUMN lost_at;
             PRAGMA user_version = 3",
        )
        .unwrap();
    let mut journal = open(&at);
    assert_eq!(found(&at, &journal, &everywhere("old0")), "old0");
    append(&mut journal, said("#a", "new"), 2);
    patiently(|| (indexed(&at) >= number(old as u64)).then_some(()));
    assert_eq!(times(&at, "old0"), 1);
    for word in ["old0", "old77", "new"] {
        let exactly = format!("\"{word}\"");
        assert_eq!(found(&at, &journal, &everywhere(&exactly)), word);
    }
}

#[test]
fn what_did_not_take_effect_is_in_no_index() {
    let at = folder();
    let mut journal = open(&at);
    let struck = append(&mut journal, said("#a", "secret one"), 1);
    append(&mut journal, said("#a", "secret two"), 1);
    fill(&mut journal, &at);
    assert_eq!(times(&at, "secret"), 2);
    journal.strike(&struck);
    let late = append(&mut journal, said("#a", "secret three"), 2);
    journal.strike(&late);
    append(&mut journal, said("#a", "on"), 2);
    assert_eq!(found(&at, &journal, &everywhere("secret")), "secret two");
    assert_eq!((times(&at, "secret"), times(&at, "one")), (1, 0));
    fill(&mut journal, &at);
    assert_eq!((times(&at, "secret"), times(&at, "three")), (1, 0));
}

#[test]
fn a_word_that_was_taken_back_stands_in_no_page_of_the_index() {
    let at = folder();
    let mut journal = open(&at);
    let redacted = append(&mut journal, said("#a", "xyzzy plugh"), 1);
    let struck = append(&mut journal, said("#a", "frotz"), 1);
    fill(&mut journal, &at);
    // Of what a word has in common with the one before it there is only the length.
    let pages = |part: &str| {
        let holds = format!("instr(block, CAST('{part}' AS BLOB)) > 0");
        number_of(
            &at,
            &format!("SELECT count(*) FROM words_data WHERE {holds}"),
        )
    };
    let parts = ["zzy", "ugh", "otz"];
    assert_eq!(parts.map(pages), [1, 1, 1]);
    let redacts = redacted::redacts(&redacted, &journal);
    append(&mut journal, redacts, 2);
    journal.strike(&struck);
    append(&mut journal, said("#a", "on"), 2);
    assert_eq!(parts.map(pages), [0, 0, 0]);
    for text in ["xyzzy", "plugh", "frotz"] {
        assert_eq!(found(&at, &journal, &everywhere(text)), "", "{text}");
    }
}

#[test]
fn what_is_dropped_leaves_the_index() {
    let at = folder();
    let mut journal = forgetful(&at);
    append(&mut journal, said("#a", "old secret"), 1);
    append(&mut journal, said("#a", "young secret"), 150);
    fill(&mut journal, &at);
    retain(&mut journal, 200);
    patiently(|| (times(&at, "old") == 0).then_some(()));
    assert_eq!(times(&at, "secret"), 1);
    assert_eq!(found(&at, &journal, &everywhere("secret")), "young secret");
}

#[test]
fn what_is_concealed_is_not_found_and_leaves_the_index_when_it_is_old() {
    let at = folder();
    let mut journal = forgetful(&at);
    let redacted = append(&mut journal, said("#a", "emptied secret"), 1);
    append(&mut journal, said("#a", "old secret"), 1);
    fill(&mut journal, &at);
    let redacts = redacted::redacts(&redacted, &journal);
    append(&mut journal, redacts, 1);
    append(&mut journal, said("#a", "late secret"), 1);
    journal.conceal(&name("#a"));
    append(&mut journal, said("#a", "new secret"), 10_000);
    assert_eq!(found(&at, &journal, &everywhere("secret")), "new secret");
    fill(&mut journal, &at);
    assert_eq!(found(&at, &journal, &everywhere("secret")), "new secret");
    retain(&mut journal, 10_000);
    patiently(|| (number_of(&at, "SELECT count(*) FROM entries WHERE at = 1") == 0).then_some(()));
    assert_eq!(
        ["emptied", "old", "late"].map(|word| times(&at, word)),
        [0; 3]
    );
    assert_eq!(times(&at, "secret"), 1);
    let check = "INSERT INTO words (words) VALUES ('integrity-check')";
    file(&at).execute(check, []).unwrap();
}

#[test]
fn an_index_that_is_damaged_hides_nothing_and_is_made_anew() {
    let at = folder();
    let mut journal = open(&at);
    let struck = append(&mut journal, said("#a", "secret one"), 1);
    append(&mut journal, said("#a", "secret two"), 1);
    fill(&mut journal, &at);
    let damage = "UPDATE words_data SET block = zeroblob(length(block)) WHERE id > 10";
    assert!(file(&at).execute(damage, []).unwrap() > 0);
    let found_both = found(&at, &journal, &everywhere("secret"));
    assert_eq!(found_both, "secret one secret two");
    journal.strike(&struck);
    append(&mut journal, said("#a", "secret three"), 2);
    fill(&mut journal, &at);
    assert_eq!(times(&at, "secret"), 2);
    let found_rest = found(&at, &journal, &everywhere("secret"));
    assert_eq!(found_rest, "secret two secret three");
}

#[test]
fn a_word_with_many_endings_is_found_all_the_same() {
    let at = folder();
    let mut journal = open(&at);
    let count = SEARCH_ENDINGS_MAX + 10;
    for i in 0..count {
        append(&mut journal, said("#a", &format!("big word{i}")), 1);
    }
    fill(&mut journal, &at);
    for text in ["word", "big wor"] {
        let all = Search {
            limit: 1000,
            ..everywhere(text)
        };
        let found = found(&at, &journal, &all);
        assert_eq!(found.split(' ').count(), 2 * count, "{text}");
    }
    assert_eq!(found(&at, &journal, &everywhere("word11")), "big word11");
}

#[test]
fn somebody_may_be_in_very_many_rooms() {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, said("#a1999", "here"), 1);
    fill(&mut journal, &at);
    let rooms = (0..2000).map(|i| name(&format!("#a{i}"))).collect();
    let of = Identity(1);
    let search = Search {
        within: Within::All { rooms, of },
        ..everywhere("here")
    };
    assert_eq!(found(&at, &journal, &search), "here");
}

#[test]
fn a_search_that_is_interrupted_says_so() {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, said("#a", "one"), 1);
    fill(&mut journal, &at);
    append(&mut journal, said("#a", "one more"), 1);
    let mut file = schema::open_to_read(&at.path().join("chat/chat.sqlite")).unwrap();
    let ask = |file: &rusqlite::Connection| {
        let until = number(journal.told.0);
        read(search::search(file, &everywhere("one"), until).unwrap())
    };
    assert_eq!(ask(&file), ("one one more".into(), true));
    file.progress_handler(1, Some(|| true)).unwrap();
    assert_eq!(ask(&file), (String::new(), false));
}

#[test]
fn the_latest_are_found_without_sorting_all() {
    let at = folder();
    drop(open(&at));
    let file = schema::open_to_read(&at.path().join("chat/chat.sqlite")).unwrap();
    for query in [&*FIND_ON, &*FIND_BACK] {
        let explain = format!("EXPLAIN QUERY PLAN {query}");
        let mut explain = file.prepare(&explain).unwrap();
        let rows = explain.query_map((1, 9, "\"a\""), |row| row.get::<_, String>(3));
        let plan: Vec<String> = rows.unwrap().map(Result::unwrap).collect();
        let plan = plan.join("\n");
        assert!(
            plan.contains("SEARCH e USING INTEGER PRIMARY KEY"),
            "{plan}"
        );
        assert!(!plan.contains("B-TREE"), "{plan}");
    }
}

#[test]
fn a_search_is_a_question_like_any_other() {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, said("#a", "one"), 1);
    let about = About::Search(Box::new(everywhere("one")));
    let until = journal.told;
    let inquiry = journal.ask(Question { until, about });
    journal.hand_over();
    let (answered, found) = patiently(|| journal.answered());
    assert_eq!((answered, read(found).0), (inquiry, "one".to_owned()));
}

/// What both journals find, with the index and without.
fn agree(at: &TempDir, journal: &mut Sqlite, memory: &mut Memory, searches: &[Search]) {
    let until = journal.told;
    let expected: Vec<String> = searches
        .iter()
        .map(|search| {
            let about = About::Search(Box::new(search.clone()));
            memory.ask(Question { until, about });
            read(memory.answered().unwrap().1).0
        })
        .collect();
    for is_indexed in [false, true] {
        if is_indexed {
            fill(journal, at);
        }
        for (search, expected) in searches.iter().zip(&expected) {
            assert_eq!(find(at, until, search), *expected, "{search:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_disk_finds_what_memory_finds(
        texts in proptest::collection::vec("(#a|#b|#c|) ([abAäÄ東京.\"*() ]|AND|NOT|NEAR){0,12}", 1..40),
        queries in proptest::collection::vec("([abä東京.\"*():^+-] ?|AND |OR |NOT |NEAR\\(){1,6}", 1..30),
    ) {
        let at = folder();
        let mut journal = open(&at);
        let mut memory = Memory::new("m".into(), 1 << 20);
        for (i, text) in texts.iter().enumerate() {
            let (place, text) = text.split_once(' ').unwrap();
            let entry = match place {
                "" => to_bob(text),
                place => said(place, text),
            };
            memory.append(entry.clone(), Timestamp(i as i64));
            append(&mut journal, entry, i as i64);
        }
        let terms = queries.iter().filter_map(|query| Terms::parse(query).ok());
        let searches: Vec<Search> = terms.enumerate().map(|(i, terms)| Search {
            terms: Some(terms),
            from: if i % 2 == 0 { End::Latest } else { End::Earliest },
            limit: 1 + i % 7,
            ..everywhere("")
        }).collect();
        agree(&at, &mut journal, &mut memory, &searches);
    }
}
