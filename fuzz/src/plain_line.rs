//! Lines of the plain door: what they mean, and what others see of them on their terminals.

use std::borrow::Cow;

use chat_core::dialect::plain::{self, Line, words};
use chat_core::dialect::terminal::visible;
use chat_core::hub::entry::{Act, PostKind};
use chat_core::hub::modes::{Change, List};
use chat_core::hub::ranks::Ranks;
use chat_core::hub::request::Refusal;
use chat_core::id::PersonId;
use chat_core::names::{Nick, RoomName};

use crate::events::{committed, nick, post_to_person, post_to_room, room};
use crate::oracle::lines::{Told, told};

/// Every line means one thing, and nothing that a terminal would obey is left of it.
///
/// # Panics
/// When it finds something.
pub fn plain_line(bytes: &[u8]) {
    for told in told(&[bytes, b"\n"].concat()) {
        if let Told::Line(line) = told {
            check_visible(&line);
            check_meaning(&line);
            check_words(&line);
            check_names(&line);
        }
    }
    // Reasons and titles do not all come as lines.
    check_visible(&String::from_utf8_lossy(bytes));
}

/// As the standards list them: ECMA-48 (C0, DEL, C1), UAX #9 §2, and the separators of Unicode.
fn is_obeyed(c: char) -> bool {
    let bidi = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
        \u{2066}\u{2067}\u{2068}\u{2069}";
    let code = u32::from(c);
    code < 0x20
        || (0x7f..0xa0).contains(&code)
        || bidi.contains(c)
        || matches!(c, '\u{2028}' | '\u{2029}')
}

fn check_shown(shown: &str) {
    let obeyed = shown.chars().find(|&c| is_obeyed(c));
    assert_eq!(obeyed, None, "in {shown:?}");
}

fn check_visible(text: &str) {
    let shown = visible(text);
    check_shown(&shown);
    assert_eq!(visible(&shown), shown, "shown twice");
    assert!(shown.len() <= 3 * text.len());
    if !text.contains(is_obeyed) {
        assert!(matches!(shown, Cow::Borrowed(same) if same == text));
    }
    if !text.contains(FORMATTING) {
        let one_by_one: String = text.chars().map(one).collect();
        assert_eq!(shown, one_by_one);
    }
}

/// modern.ircdocs.horse/formatting: what is left out.
const FORMATTING: [char; 9] = [
    '\x02', '\x03', '\x04', '\x0f', '\x11', '\x16', '\x1d', '\x1e', '\x1f',
];

fn one(c: char) -> char {
    match c {
        '\t' => ' ',
        _ if is_obeyed(c) => '\u{fffd}',
        _ => c,
    }
}

fn check_meaning(line: &str) {
    match plain::parse(line) {
        Line::Say(text) => check_said(text, line),
        Line::Me(text) => check_post(&plain::encode::action(text)),
        Line::Msg { nick, text } => {
            assert!(!text.is_empty() && !nick.contains(char::is_whitespace));
            check_post(text);
        }
        Line::Kick { nick, reason } => {
            assert!(!nick.is_empty() && !nick.contains(char::is_whitespace));
            check_post(reason.unwrap_or("none"));
        }
        Line::Join(name) | Line::Nick(name) | Line::Op(name, _) | Line::Invite(name) => {
            assert!(!name.is_empty() && !name.contains(char::is_whitespace));
        }
        Line::Topic(Some(text)) => check_act(Act::Topic {
            room: room(),
            text: text.into(),
        }),
        Line::Quit(Some(reason)) => check_act(Act::Quit {
            reason: reason.into(),
            rooms: Box::default(),
        }),
        Line::Unknown(name) => assert!(!name.contains(char::is_whitespace)),
        Line::Incomplete(usage) => assert!(line.starts_with('/') && usage.starts_with('/')),
        Line::Empty => assert!(line.trim_end().is_empty()),
        Line::Who | Line::Help | Line::Topic(None) | Line::Quit(None) => {
            assert!(line.starts_with('/'));
        }
    }
}

/// What is said can be said again, with a slash in front of one that it starts with.
fn check_said(text: &str, line: &str) {
    assert!(!text.is_empty() && line.trim_end().ends_with(text));
    let slash = if text.starts_with('/') { "/" } else { "" };
    let again = format!("{slash}{text}");
    assert_eq!(plain::parse(&again), Line::Say(text));
    check_post(text);
}

/// What others see of a post, and the author of a direct one.
fn check_post(text: &str) {
    for kind in [PostKind::Message, PostKind::Notice, PostKind::Tags] {
        check_act(post_to_room(kind, text, ""));
        check_act(post_to_person(kind, text));
    }
    for act in [
        Act::Part {
            room: room(),
            reason: Some(text.into()),
        },
        Act::Away {
            reason: Some(text.into()),
        },
        Act::Kick {
            room: room(),
            id: PersonId::NOBODY,
            nick: nick(),
            reason: text.into(),
        },
        Act::Mode {
            room: room(),
            changes: [Change::List(List::Bans, text.into(), true)].into(),
            text: text.into(),
        },
    ] {
        check_act(act);
    }
}

fn check_act(act: Act) {
    let committed = committed(act);
    for encode in [plain::encode, plain::encode_own] {
        let mut out = String::new();
        let is_told = encode(&committed, &mut out);
        assert_eq!(is_told, !out.is_empty());
        check_shown(&out);
    }
}

/// The house repeats what people write when it says why not.
fn check_words(line: &str) {
    let refusals = [
        Refusal::NoSuchNick(line.into()),
        Refusal::NoSuchRoom(line.into()),
    ];
    for refusal in &refusals {
        check_shown(&words::refusal(refusal));
    }
    for said in [
        words::taken_name(&Refusal::NameInUse(nick())),
        words::greeting(line),
        words::topic(&room(), line),
        words::goodbye(line),
        words::unknown(line),
    ] {
        check_shown(&said);
    }
}

/// A name that is let through is fit for terminals and for lines, and stays what it is.
fn check_names(line: &str) {
    match Nick::new(line) {
        Err(wrong) => check_shown(&words::bad_name(wrong)),
        Ok(name) => {
            check_name(name.as_str());
            assert_eq!(
                Nick::new(name.as_str()).map(|n| n.to_string()),
                Ok(name.to_string())
            );
            check_act(Act::Name {
                new: name.clone(),
                rooms: Box::default(),
            });
            check_shown(&words::entered(&name, &room()));
            let people = [(Ranks::default(), &name), (Ranks::default(), &nick())];
            check_shown(&words::people(&room(), people.into_iter()));
        }
    }
    match plain::room(line) {
        Err(wrong) => check_shown(&words::refusal(&Refusal::BadName(line.into(), wrong))),
        Ok(name) => {
            let bare = name.as_str().strip_prefix('#');
            check_name(bare.expect("a hash"));
            assert_eq!(RoomName::new(name.as_str()).as_ref(), Ok(&name));
            check_shown(&words::invited(&nick(), &name));
        }
    }
}

fn check_name(name: &str) {
    assert!((1..=64).contains(&name.len()) && name.chars().count() <= 32);
    check_shown(name);
    assert!(!name.contains([' ', ',', '!', '@', ':', '#', '*', '?']));
}
