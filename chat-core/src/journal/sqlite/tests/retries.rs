//! Messages that may be sent again, over the end of the program.

use super::*;

#[test]
fn what_may_be_sent_again_is_known_after_the_next_start() {
    let at = folder();
    let mut journal = open(&at);
    let mut first = said("#a", "one");
    if let Act::Post(post) = &mut first.act {
        post.retry = Some("x".into());
    }
    let first = append(&mut journal, first, 1);
    append(&mut journal, said("#a", "two"), 2);
    drop(journal);
    let retries = open(&at).recover().retries;
    let [known] = &retries[..] else {
        panic!("{retries:?}");
    };
    assert_eq!((known.seq, known.at), (first.seq, first.at));
    let (known, first) = (&known.entry, &first.entry);
    assert_eq!((&known.act, known.identity), (&first.act, first.identity));
}
