//! What was said with those of whom only a name is known.

use super::*;

fn to(identity: u64, called: &str, text: &str) -> Entry {
    post(
        Target::Person {
            id: PersonId::NOBODY,
            identity: Identity(identity),
            nick: nick(called),
        },
        text,
    )
}

fn told(journal: &mut Sqlite, called: &str, or: &[u64], span: Span, limit: usize) -> String {
    let whose = Where::With {
        own: Identity(1),
        called: nick(called),
        or: or.iter().copied().map(Identity).collect(),
    };
    texts(&look(journal, whose, span, limit, false).0)
}

#[test]
fn all_of_one_name_are_read_as_one() {
    let at = folder();
    let mut journal = open(&at);
    for (identity, text) in [(2, "1"), (3, "2"), (2, "3")] {
        append(&mut journal, to(identity, "bob", text), 1);
    }
    append(&mut journal, to(4, "eve", "other"), 1);
    let latest = Span::latest(None);
    assert_eq!(told(&mut journal, "BOB", &[4], latest, 9), "1 2 3");
    assert_eq!(told(&mut journal, "bob", &[], latest, 2), "2 3");
    let after = Span::after(Point::Seq(Seq(0)));
    assert_eq!(told(&mut journal, "bob", &[], after, 2), "1 2");
}

#[test]
fn who_had_a_name_only_later_is_found_by_it_if_nobody_else_is() {
    let at = folder();
    let mut journal = open(&at);
    append(&mut journal, to(2, "bob", "1"), 1);
    append(&mut journal, to(3, "eve", "2"), 1);
    let latest = Span::latest(None);
    assert_eq!(told(&mut journal, "rob", &[9, 2, 3], latest, 9), "1");
    assert_eq!(told(&mut journal, "rob", &[9], latest, 9), "");
}
