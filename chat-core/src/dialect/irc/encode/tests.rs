#[cfg(test)]
mod lines;

use super::super::message::Message;
use super::*;
use crate::hub::Redaction;
use crate::hub::entry::Entry;
use crate::id::{Identity, PersonId, Seq};
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;
use proptest::prelude::*;

fn nick(name: &str) -> Nick {
    Nick::new(name).unwrap()
}

fn room() -> RoomName {
    RoomName::new("#lobby").unwrap()
}

fn committed(act: Act) -> Committed {
    let who = PersonId {
        key: 0,
        generation: 0,
    };
    let source = Source::new(nick("ana"), "a", "h");
    let entry = Entry {
        who,
        identity: Identity(1),
        source: source.into(),
        act,
    };
    Committed {
        seq: Seq(7),
        aside: 0,
        at: Timestamp(42),
        entry,
    }
}

fn post(kind: PostKind, target: Target, text: &str, tags: &str) -> Act {
    Act::Post(Post {
        target,
        kind,
        text: text.into(),
        tags: tags.into(),
        retry: None,
        concat: None,
    })
}

fn to_bob() -> Target {
    let id = PersonId {
        key: 1,
        generation: 0,
    };
    Target::Person {
        id,
        identity: Identity(2),
        nick: nick("bob"),
    }
}

fn redact(reason: Option<&str>) -> Act {
    Act::Redact(Redaction {
        target: Target::Room(room()),
        seq: Seq(5),
        msgid: "e-5".into(),
        author: None,
        reason: reason.map(Into::into),
    })
}

/// The line that such a reader gets; empty if it gets none.
fn seen(act: Act, caps: Caps) -> String {
    let mut out = String::new();
    let is_told = encode(&committed(act), caps, "e", &mut out);
    assert_eq!(is_told, !out.is_empty());
    out
}

#[test]
fn every_act_has_its_line() {
    let real_name = "Ana L";
    let join = || Act::Join {
        room: room(),
        real_name: real_name.into(),
        key: None,
    };
    let cases = [
        (
            post(PostKind::Message, Target::Room(room()), "hi all", ""),
            "PRIVMSG #lobby :hi all",
        ),
        (post(PostKind::Notice, to_bob(), "hi", ""), "NOTICE bob :hi"),
        (post(PostKind::Tags, to_bob(), "", ""), "TAGMSG bob"),
        (join(), "JOIN #lobby * :Ana L"),
        (
            Act::Part {
                room: room(),
                reason: None,
            },
            "PART #lobby",
        ),
        (
            Act::Part {
                room: room(),
                reason: Some("tea".into()),
            },
            "PART #lobby :tea",
        ),
        (
            Act::Quit {
                reason: "Quit".into(),
                rooms: Box::default(),
            },
            "QUIT :Quit",
        ),
        (
            Act::Name {
                new: nick("zoe"),
                rooms: Box::default(),
            },
            "NICK zoe",
        ),
        (
            Act::Topic {
                room: room(),
                text: "tea".into(),
            },
            "TOPIC #lobby :tea",
        ),
        (
            Act::Topic {
                room: room(),
                text: "".into(),
            },
            "TOPIC #lobby :",
        ),
        (
            Act::Away {
                reason: Some("tea".into()),
            },
            "AWAY :tea",
        ),
        (Act::Away { reason: None }, "AWAY"),
        (
            Act::RealName {
                real_name: real_name.into(),
            },
            "SETNAME :Ana L",
        ),
        (
            Act::Invite {
                nick: nick("bob"),
                room: room(),
            },
            "INVITE bob #lobby",
        ),
        (redact(None), "REDACT #lobby e-5"),
        (redact(Some("oh no")), "REDACT #lobby e-5 :oh no"),
    ];
    let caps = Caps::FORM.without(Caps::SERVER_TIME);
    for (act, expected) in cases {
        let line = seen(act, caps);
        let (_, line) = super::super::tags::split(&line);
        assert_eq!(line, format!(":ana!a@h {expected}"));
    }
    assert_eq!(seen(join(), Caps::NONE), ":ana!a@h JOIN #lobby");
}

#[test]
fn who_did_not_ask_for_it_gets_nothing() {
    let cases = [
        (
            post(PostKind::Tags, to_bob(), "", "+typing=done"),
            Caps::MESSAGE_TAGS,
        ),
        (Act::Away { reason: None }, Caps::AWAY_NOTIFY),
        (
            Act::RealName {
                real_name: "A".into(),
            },
            Caps::SETNAME,
        ),
        (
            Act::Invite {
                nick: nick("bob"),
                room: room(),
            },
            Caps::INVITE_NOTIFY,
        ),
        (redact(None), Caps::MESSAGE_REDACTION),
    ];
    for (act, cap) in cases {
        assert_eq!(seen(act.clone(), Caps::ALL.without(cap)), "", "{act:?}");
        assert_ne!(seen(act, cap), "");
    }
}

#[test]
fn tags_are_those_that_were_agreed_on() {
    let hi = || post(PostKind::Message, Target::Room(room()), "hi", "+a=b;+c");
    let time = "time=1970-01-01T00:00:00.042Z";
    let cases = [
        (Caps::NONE, String::new()),
        (Caps::SERVER_TIME, format!("@{time} ")),
        (Caps::MESSAGE_TAGS, "@msgid=e-7;+a=b;+c ".to_owned()),
        (Caps::FORM, format!("@{time};msgid=e-7;+a=b;+c ")),
    ];
    for (caps, tags) in cases {
        assert_eq!(
            seen(hi(), caps),
            format!("{tags}:ana!a@h PRIVMSG #lobby :hi")
        );
    }
    let nick = Act::Name {
        new: nick("zoe"),
        rooms: Box::default(),
    };
    let named = format!("@{time};msgid=e-7 :ana!a@h NICK zoe");
    assert_eq!(seen(nick, Caps::FORM), named);
}

#[test]
fn what_nobody_can_ask_for_has_no_id() {
    let mut farewell = committed(Act::Quit {
        reason: "bye".into(),
        rooms: Box::default(),
    });
    farewell.seq = Seq(0);
    let mut out = String::new();
    encode(&farewell, Caps::MESSAGE_TAGS, "e", &mut out);
    assert_eq!(out, ":ana!a@h QUIT :bye");
    let away = Act::Away { reason: None };
    let caps = Caps::MESSAGE_TAGS | Caps::AWAY_NOTIFY;
    assert_eq!(seen(away, caps), ":ana!a@h AWAY");
}

#[test]
fn an_answer_carries_its_label_and_batch() {
    let hi = committed(post(PostKind::Message, to_bob(), "hi", ""));
    let mut out = String::new();
    let extra = Extra {
        label: Some("l\\s1"),
        batch: Some("b1"),
        time: None,
    };
    assert!(encode_for(&hi, Caps::MESSAGE_TAGS, "e", extra, &mut out));
    assert_eq!(
        out,
        "@label=l\\s1;batch=b1;msgid=e-7 :ana!a@h PRIVMSG bob :hi"
    );
}

#[test]
fn tags_that_would_break_out_are_left_out() {
    for tags in ["+a :x PRIVMSG b", "+a\r\nQUIT", "+a\0"] {
        let act = post(PostKind::Message, to_bob(), "hi", tags);
        assert_eq!(
            seen(act, Caps::MESSAGE_TAGS),
            "@msgid=e-7 :ana!a@h PRIVMSG bob :hi"
        );
    }
}

#[test]
fn a_text_that_fits_is_not_cut() {
    let source = committed(Act::Away { reason: None }).entry.source;
    let bytes_max = text_bytes_max(&source, PostKind::Message, "bob");
    let line = |bytes| {
        seen(
            post(PostKind::Message, to_bob(), &"x".repeat(bytes), ""),
            Caps::NONE,
        )
    };
    assert_eq!(line(bytes_max).len(), LINE_OUT_BYTES_MAX - 2);
    assert_eq!(line(bytes_max + 1), line(bytes_max));
}

proptest! {
    #[test]
    fn readers_see_what_was_said(text in any::<String>(), kind in 0..2, tags in "(\\+[a-z]{1,4}(=[a-z\\\\é]{0,3})?){0,1}") {
        let kind = [PostKind::Message, PostKind::Notice][usize::try_from(kind).unwrap()];
        // Of several lines: lines.rs.
        let text = text.replace('\n', " ");
        let line = seen(post(kind, Target::Room(room()), &text, &tags), Caps::FORM);
        prop_assert!(!line.contains(['\r', '\n', '\0']));
        let message = Message::parse(&line).unwrap();
        prop_assert_eq!(message.source, Some("ana!a@h"));
        prop_assert_eq!((message.command, message.params[0]), (command(kind), "#lobby"));
        let said = text.replace(['\r', '\n', '\0'], " ");
        prop_assert!(said.starts_with(message.params[1]));
        prop_assert!(said.len() < 400 || message.params[1].len() > 400);
        prop_assert_eq!(message.tags.passed_on(), tags);
        let msgid = message.tags.get("msgid");
        prop_assert_eq!(msgid.as_deref(), Some("e-7"));
    }
}
