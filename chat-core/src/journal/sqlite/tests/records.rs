//! What may stand in the file that we did not write.

use super::*;

#[test]
fn a_row_that_is_no_entry_hides_no_other() {
    let at = folder();
    let mut journal = open(&at);
    for text in ["first", "spoilt", "last"] {
        append(&mut journal, said("#a", text), 1);
    }
    let file = at.path().join("chat/chat.sqlite");
    let hand = rusqlite::Connection::open(file).unwrap();
    for spoilt in [
        "nick = 'a b'",
        "nick = x'ff'",
        "kind = 99",
        "kind = 'x'",
        "target = '#a' || char(13, 10) || ':chat QUIT'",
        "text = 'x' || char(13) || 'ERROR :y'",
        "tags = 'a' || char(10) || 'ERROR :y'",
        "kind = 5, text = 'x' || char(10) || 'ERROR :y'",
        "concat = 'x'",
        "text = NULL",
        "text = CAST(x'ff' AS TEXT)",
        "tags = 'a=b' || char(0)",
        "other = 'x'",
        "kind = 11",
        "kind = 11, about = 'e-x'",
        "kind = 11, about = 'e' || char(10) || '-1'",
        "identity = -1, user = NULL",
    ] {
        hand.execute(&format!("UPDATE entries SET {spoilt} WHERE seq = 2"), [])
            .unwrap_or(0);
        let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 9, true);
        assert_eq!(texts(&there), "first last", "{spoilt}");
    }
}

#[test]
fn a_key_is_not_stored_nor_read_where_an_older_version_stored_it() {
    let at = folder();
    let mut journal = open(&at);
    let mode = Act::Mode {
        room: name("#a"),
        changes: [].into(),
        text: "+kl hunter2 5".into(),
    };
    let told = append(&mut journal, entry(mode), 1);
    assert!(matches!(&told.entry.act, Act::Mode { text, .. } if &**text == "+kl hunter2 5"));
    let file = at.path().join("chat/chat.sqlite");
    let hand = rusqlite::Connection::open(file).unwrap();
    let stored: String = hand
        .query_row("SELECT text FROM entries", [], |row| row.get(0))
        .unwrap();
    assert_eq!(stored, "+kl * 5");
    hand.execute("UPDATE entries SET text = '+k-l hunter2'", [])
        .unwrap();
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 9, true);
    assert!(matches!(&there[0].entry.act, Act::Mode { text, .. } if &**text == "+k-l *"));
}
