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
