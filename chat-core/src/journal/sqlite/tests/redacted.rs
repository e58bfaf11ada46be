//! Messages that were taken back, and what belongs to messages.

use super::*;
use crate::hub::Redaction;

pub(super) fn redacts(message: &Committed, journal: &Sqlite) -> Entry {
    let Act::Post(post) = &message.entry.act else {
        panic!("{message:?}");
    };
    entry(Act::Redact(Redaction {
        target: post.target.clone(),
        seq: message.seq,
        msgid: format!("{}-{}", journal.epochs().present(), message.seq.0).into(),
        author: None,
        reason: Some("oh no".into()),
    }))
}

fn reaction(room: &str, tags: &str) -> Entry {
    entry(Act::Post(Post {
        target: Target::Room(name(room)),
        kind: PostKind::Tags,
        text: "".into(),
        tags: tags.into(),
        retry: None,
        concat: None,
    }))
}

fn retriable(text: &str) -> Entry {
    let mut entry = said("#a", text);
    if let Act::Post(post) = &mut entry.act {
        post.retry = Some("x".into());
    }
    entry
}

#[test]
fn what_was_taken_back_is_gone_and_stays_gone() {
    let at = folder();
    let mut journal = open(&at);
    let secret = append(&mut journal, retriable("secret"), 1);
    let direct = append(&mut journal, to_bob("psst"), 1);
    append(&mut journal, said("#a", "kept"), 1);
    for message in [&secret, &direct] {
        let redacts = redacts(message, &journal);
        append(&mut journal, redacts, 2);
    }
    let with_bob = Where::At(Place::direct(Identity(1), Identity(2)));
    for _ in 0..2 {
        let (there, is_whole) = look(&mut journal, room("#a"), Span::latest(None), 9, false);
        assert_eq!((&*texts(&there), is_whole), ("kept", true));
        let (there, _) = look(&mut journal, with_bob.clone(), Span::latest(None), 9, false);
        assert!(there.is_empty(), "{there:?}");
        drop(journal);
        journal = open(&at);
    }
    // Whoever sends it again does not say it again.
    let retries = journal.recover().retries;
    assert_eq!((retries[0].seq, &*texts(&retries)), (secret.seq, ""));
}

#[test]
fn a_redaction_and_a_reaction_are_read_as_they_were_written() {
    let at = folder();
    let mut journal = open(&at);
    let one = append(&mut journal, said("#a", "one"), 1);
    let reaction = reaction("#a", "+draft/react=👍;+draft/reply=e-1");
    let reaction = append(&mut journal, reaction, 1);
    let redacts = redacts(&one, &journal);
    let redaction = append(&mut journal, redacts, 2);
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 9, true);
    let acts: Vec<_> = there.iter().map(|it| (it.seq, &it.entry.act)).collect();
    let written = [&reaction, &redaction].map(|it| (it.seq, &it.entry.act));
    assert_eq!(acts, written);
}

#[test]
fn of_what_was_taken_back_no_byte_is_in_the_file() {
    let at = folder();
    let mut journal = open(&at);
    // So many that the pages which are theirs alone are not all used again at once.
    let long = format!("+x={};+draft/react=a;+reply=b", "longsecret".repeat(500));
    let mut messages = vec![append(&mut journal, said("#a", "shortsecret"), 1)];
    for _ in 0..9 {
        messages.push(append(&mut journal, reaction("#a", &long), 1));
    }
    for i in 0..50 {
        append(&mut journal, said("#a", &i.to_string()), 1);
    }
    for message in &messages {
        let redacts = redacts(message, &journal);
        append(&mut journal, redacts, 2);
    }
    // The log is moved into the file and is empty then.
    drop(journal);
    let bytes = std::fs::read(at.path().join("chat/chat.sqlite")).unwrap();
    for secret in ["shortsecret", "longsecret"] {
        let found = memchr::memmem::find(&bytes, secret.as_bytes());
        assert_eq!(found, None, "{secret}");
    }
    assert!(memchr::memmem::find(&bytes, b"oh no").is_some());
}

#[test]
fn nothing_but_a_message_can_be_taken_back() {
    let at = folder();
    let mut journal = open(&at);
    let topic = Act::Topic {
        room: name("#a"),
        text: "tea".into(),
    };
    let topic = append(&mut journal, entry(topic), 1);
    let mut redacts = redacts(&append(&mut journal, said("#a", "x"), 1), &journal);
    if let Act::Redact(redaction) = &mut redacts.act {
        redaction.seq = topic.seq;
    }
    append(&mut journal, redacts, 1);
    let (there, _) = look(&mut journal, room("#a"), Span::latest(None), 9, true);
    assert_eq!(there[0].entry.act, topic.entry.act);
}
