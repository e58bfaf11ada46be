use super::*;
use crate::dialect::plain::dropped::dispensable;
use crate::hub::entry::Entry;
use crate::hub::modes::{Change, Flag};
use crate::id::{Identity, PersonId, Seq};
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

fn committed(act: Act) -> Committed {
    let who = PersonId {
        key: 0,
        generation: 0,
    };
    let nick = Nick::new("ana").unwrap();
    let source = Source::new(nick, "a", "h");
    let entry = Entry {
        who,
        identity: Identity(1),
        source: source.into(),
        act,
    };
    Committed {
        seq: Seq(1),
        aside: 0,
        at: Timestamp(0),
        entry,
    }
}

fn said(kind: PostKind, target: Target, text: &str) -> Act {
    Act::Post(Post {
        target,
        kind,
        text: text.into(),
        tags: "".into(),
        retry: None,
        concat: None,
    })
}

fn to_room(kind: PostKind, text: &str) -> Act {
    said(kind, Target::Room(RoomName::new("#a").unwrap()), text)
}

fn to_bob(kind: PostKind, text: &str) -> Act {
    let id = PersonId {
        key: 1,
        generation: 0,
    };
    let nick = Nick::new("bob").unwrap();
    said(
        kind,
        Target::Person {
            id,
            identity: Identity(2),
            nick,
        },
        text,
    )
}

fn written(write: fn(&Committed, &mut String) -> bool, act: Act) -> String {
    let mut out = String::new();
    assert_eq!(write(&committed(act), &mut out), !out.is_empty());
    out
}

#[test]
fn others_read_what_happened() {
    let room = || RoomName::new("#a").unwrap();
    let nick = |name| Nick::new(name).unwrap();
    let cases = [
        (to_room(PostKind::Message, "hello"), "ana: hello"),
        (
            to_room(PostKind::Message, "\x01ACTION waves\x01"),
            "* ana waves",
        ),
        (
            to_room(PostKind::Message, "\x01ACTION waves"),
            "* ana waves",
        ),
        (to_room(PostKind::Notice, "hello"), "-ana- hello"),
        (to_bob(PostKind::Message, "psst"), "ana (to you): psst"),
        (to_bob(PostKind::Notice, "psst"), "-ana (to you)- psst"),
        (
            to_bob(PostKind::Message, "\x01ACTION nods\x01"),
            "* ana (to you) nods",
        ),
        (
            Act::Join {
                room: room(),
                real_name: "A".into(),
                key: None,
            },
            "* ana joined #a",
        ),
        (
            Act::Part {
                room: room(),
                reason: None,
            },
            "* ana left #a",
        ),
        (
            Act::Part {
                room: room(),
                reason: Some("tea".into()),
            },
            "* ana left #a (tea)",
        ),
        (
            Act::Quit {
                reason: "Quit: bye".into(),
                rooms: Box::default(),
            },
            "* ana is gone (bye)",
        ),
        (
            Act::Quit {
                reason: "Quit".into(),
                rooms: Box::default(),
            },
            "* ana is gone",
        ),
        (
            Act::Quit {
                reason: "Ping timeout".into(),
                rooms: Box::default(),
            },
            "* ana is gone (Ping timeout)",
        ),
        (
            Act::Name {
                new: nick("zoe"),
                rooms: Box::default(),
            },
            "* ana is now called zoe",
        ),
        (
            Act::Topic {
                room: room(),
                text: "tea".into(),
            },
            "* ana set the topic: tea",
        ),
        (
            Act::Topic {
                room: room(),
                text: "".into(),
            },
            "* ana cleared the topic",
        ),
        (
            Act::Invite {
                nick: nick("bob"),
                room: room(),
            },
            "* ana invites bob to #a",
        ),
        (
            Act::Mode {
                room: room(),
                changes: [Change::Flag(Flag::Secret, true), Change::Limit(Some(5))].into(),
                text: "+sl 5".into(),
            },
            "* ana changes #a: it is hidden from people outside; at most 5 people may be in it",
        ),
        (
            Act::Kick {
                room: room(),
                id: PersonId::NOBODY,
                nick: nick("bob"),
                reason: "tea".into(),
            },
            "* ana removed bob (tea)",
        ),
    ];
    for (act, expected) in cases {
        let is_said = matches!(&act, Act::Post(post) if matches!(post.target, Target::Room(_)));
        assert_eq!(written(encode, act), expected);
        assert_eq!(dispensable(expected).is_some(), is_said, "{expected}");
    }
}

#[test]
fn what_is_for_programs_is_not_shown() {
    for act in [
        to_room(PostKind::Tags, ""),
        to_room(PostKind::Message, "\x01VERSION\x01"),
        to_room(PostKind::Message, "\x01ACTION\x01"),
        Act::Away { reason: None },
        Act::RealName {
            real_name: "A".into(),
        },
    ] {
        assert_eq!(written(encode, act.clone()), "", "{act:?}");
    }
}

#[test]
fn no_terminal_obeys_a_stranger() {
    let evil = "\x1b[2J\u{202e}\r\x07root: hi";
    let shown = "\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}root: hi";
    let room = || RoomName::new("#a").unwrap();
    for act in [
        to_room(PostKind::Message, evil),
        to_bob(PostKind::Notice, evil),
        to_room(PostKind::Message, &action(evil)),
        Act::Topic {
            room: room(),
            text: evil.into(),
        },
        Act::Part {
            room: room(),
            reason: Some(evil.into()),
        },
        Act::Quit {
            reason: evil.into(),
            rooms: Box::default(),
        },
    ] {
        assert!(written(encode, act.clone()).contains(shown), "{act:?}");
    }
}

#[test]
fn each_line_of_several_says_who_said_it() {
    let text = "one\n\ntwo\rthree";
    let cases = [
        (
            to_room(PostKind::Message, text),
            "ana: one\nana: \nana: two\u{fffd}three",
        ),
        (to_room(PostKind::Notice, "\na\nb"), "-ana- a\n-ana- b"),
        (
            to_bob(PostKind::Message, "a\nb\n"),
            "ana (to you): a\nana (to you): b",
        ),
        (
            to_room(PostKind::Message, &action("a\nb")),
            "* ana a\n* ana b",
        ),
        (to_room(PostKind::Message, "\n"), ""),
        (
            Act::Quit {
                reason: "a\nb".into(),
                rooms: Box::default(),
            },
            "* ana is gone (a\u{fffd}b)",
        ),
    ];
    for (act, expected) in cases {
        assert_eq!(written(encode, act), expected);
    }
    let own = written(encode_own, to_bob(PostKind::Message, "a\nb"));
    assert_eq!(own, "you (to bob): a\nyou (to bob): b");
}

#[test]
fn authors_read_their_direct_messages_only() {
    for (text, expected) in [
        ("psst\x07", "you (to bob): psst\u{fffd}"),
        (&action("nods"), "* you (to bob) nods"),
    ] {
        assert_eq!(
            written(encode_own, to_bob(PostKind::Message, text)),
            expected
        );
        assert_eq!(dispensable(expected), None);
    }
    assert_eq!(written(encode_own, to_room(PostKind::Message, "hello")), "");
    assert_eq!(written(encode_own, Act::Away { reason: None }), "");
}
