//! IRC lines: taken apart, understood, answered, and passed on to others.

use chat_core::dialect::irc::command::{CapCommand, targets};
use chat_core::dialect::irc::numeric::ERR_NOSUCHNICK;
use chat_core::dialect::irc::{
    Caps, Command, Message, ParseError, Reader, Tags, Wrong, decode, encode, msgid, read_marker,
    refusal, retry, tags,
};
use chat_core::hub::entry::{Act, PostKind};
use chat_core::hub::mask;
use chat_core::limits::{
    AWAY_BYTES_MAX, CLIENT_TAG_BYTES_MAX, HISTORY_MESSAGES_MAX, LABEL_BYTES_MAX, LINE_BYTES_MAX,
    LINE_OUT_BYTES_MAX, PARAMS_MAX, REAL_NAME_BYTES_MAX, REASON_BYTES_MAX, RETRY_ID_BYTES_MAX,
    TAGS_OUT_BYTES_MAX, TOPIC_BYTES_MAX, USER_BYTES_MAX,
};
use chat_core::names::{Nick, RoomName};
use chat_core::time::Timestamp;

use crate::events::{committed, post_to_room, room, source};
use crate::oracle;
use crate::oracle::lines::{Told, told};

/// A line is one message however it is written, means what it says, and whatever of it is passed on
/// is one line with the same words.
///
/// # Panics
/// When it finds something.
pub fn irc_line(bytes: &[u8]) {
    for told in told(&[bytes, b"\n"].concat()) {
        if let Told::Line(line) = told {
            match Message::parse(&line) {
                Ok(message) => check(&message, &line),
                Err(error) => check_error(error, &line),
            }
            check_answer_to(&line);
        }
    }
}

fn reader(caps: Caps) -> Reader<'static> {
    Reader {
        server: "chat.local",
        nick: "ana",
        caps,
    }
}

fn check_error(error: ParseError, line: &str) {
    let bytes_min = match error {
        ParseError::Empty => 0,
        ParseError::TagsTooLong => CLIENT_TAG_BYTES_MAX + 1,
        ParseError::TooLong => LINE_BYTES_MAX + 1,
    };
    assert!(line.len() >= bytes_min);
    let mut out = String::new();
    let told = refusal::parse_error(&mut out, &reader(Caps::NONE), error);
    assert_eq!(told, error != ParseError::Empty);
    if told {
        check_line(&out);
    }
}

fn check(message: &Message<'_>, line: &str) {
    check_parts(message);
    check_again(message);
    check_tags(message.tags);
    assert!(
        message
            .label()
            .is_none_or(|label| label.len() <= LABEL_BYTES_MAX)
    );
    check_mask(message);
    match decode(message) {
        Ok(command) => {
            check_case(message, &command);
            check_command(&command, message);
        }
        Err(wrong) => check_wrong(&wrong, line),
    }
}

fn check_parts(message: &Message<'_>) {
    assert!(!message.command.is_empty() && !message.command.contains(' '));
    assert!(message.source.is_none_or(|source| !source.contains(' ')));
    assert!(message.params.len() <= PARAMS_MAX);
    if let Some((_, middles)) = message.params.split_last() {
        let middle = |p: &&str| !p.is_empty() && !p.starts_with(':') && !p.contains(' ');
        assert!(middles.iter().all(middle), "{middles:?}");
    }
}

/// Written in the one plain way, it is the same message. There is a tag in front, or else a command
/// that starts with `@` would be one.
fn check_again(message: &Message<'_>) {
    let mut line = String::from(TAG);
    if let Some(source) = message.source {
        line.push_str(&format!(":{source} "));
    }
    line.push_str(message.command);
    if let Some((last, middles)) = message.params.split_last() {
        middles
            .iter()
            .for_each(|middle| line.push_str(&format!(" {middle}")));
        line.push_str(&format!(" :{last}"));
    }
    if line.len() <= TAG.len() + LINE_BYTES_MAX {
        let again = Message::parse(&line);
        let again = again.map(|m| (m.source, m.command, m.params));
        assert_eq!(again, Ok((message.source, message.command, message.params)));
    }
}

const TAG: &str = "@a ";

fn check_tags(tags: Tags<'_>) {
    for (key, value) in tags.iter() {
        assert!(!key.contains([' ', ';', '=']) && !value.contains([' ', ';']));
        let meant = tags::unescape(value);
        let escaped = tags::escape(&meant);
        assert!(!escaped.contains([' ', ';', '\r', '\n']));
        assert_eq!(tags::unescape(&escaped), meant);
        assert!(tags.get(key).is_some());
    }
    let passed_on = tags.passed_on();
    assert!(passed_on.len() <= CLIENT_TAG_BYTES_MAX);
    let again: Vec<(&str, &str)> = Tags::new(&passed_on).iter().collect();
    let all: Vec<(&str, &str)> = tags.iter().collect();
    // IRCv3 message-tags: of a key that is there several times the last one counts.
    let is_last = |at: usize| all[at + 1..].iter().all(|(key, _)| *key != all[at].0);
    let last = (0..all.len()).filter(|at| all[*at].0.starts_with('+') && is_last(*at));
    let client_only: Vec<_> = last.map(|at| all[at]).collect();
    assert_eq!(again, client_only);
}

fn check_mask(message: &Message<'_>) {
    if let [mask, text, ..] = *message.params {
        assert_eq!(mask::matches(mask, text), oracle::mask::matches(mask, text));
    }
}

/// Commands are not case-sensitive.
fn check_case(message: &Message<'_>, command: &Command<'_>) {
    let other: String = message.command.chars().map(other_case).collect();
    let message = Message {
        command: &other,
        ..*message
    };
    assert_eq!(decode(&message).as_ref(), Ok(command));
}

fn other_case(c: char) -> char {
    if c.is_ascii_uppercase() {
        c.to_ascii_lowercase()
    } else {
        c.to_ascii_uppercase()
    }
}

/// Whatever is wrong is told in one line, which nobody can forge; nothing is ever said to a NOTICE.
fn check_wrong(wrong: &Wrong<'_>, line: &str) {
    let mut out = String::new();
    let told = refusal::wrong(&mut out, &reader(Caps::STANDARD_REPLIES), wrong);
    assert_eq!(told, *wrong != Wrong::Notice, "{line}");
    if told {
        check_line(&out);
    }
}

/// An answer that repeats what somebody wrote has the parameters that it should have.
fn check_answer_to(text: &str) {
    let mut out = String::new();
    reader(Caps::NONE).say(&mut out, ERR_NOSUCHNICK, &[text], text);
    let message = check_line(&out);
    assert_eq!(
        (message.source, message.command),
        (Some("chat.local"), "401")
    );
    assert!(message.params.len() <= 3, "{out}");
    let mut labeled = String::new();
    tags::add(&out, &format!("label={}", tags::escape(text)), &mut labeled);
    assert!(labeled.ends_with(&out));
    check_line(&labeled);
}

/// A line on its way out, without its end.
fn check_line(line: &str) -> Message<'_> {
    assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
    let (data, rest) = tags::split(line);
    assert!(data.len() + 2 <= TAGS_OUT_BYTES_MAX);
    assert!(rest.len() + 2 <= LINE_OUT_BYTES_MAX, "{}", rest.len());
    Message::parse(rest).expect("a message")
}

fn check_command(command: &Command<'_>, message: &Message<'_>) {
    match command {
        Command::Cap(CapCommand::Req(list)) => check_caps(list),
        Command::User { user, real_name } => {
            assert!((1..=USER_BYTES_MAX).contains(&user.len()));
            let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            assert!(user.bytes().all(safe));
            check_text(real_name, 1, REAL_NAME_BYTES_MAX);
        }
        Command::Nick(name) => check_nick(name),
        Command::Quit(reason) => {
            let reason = reason.unwrap_or_default();
            check_text(reason, 0, REASON_BYTES_MAX);
            check_told(
                Act::Quit {
                    reason: reason.into(),
                    rooms: Box::default(),
                },
                &[reason],
            );
        }
        Command::Join { rooms, .. } => targets(rooms).for_each(check_room),
        Command::Part { rooms, reason } => check_part(rooms, *reason),
        Command::Post {
            kind,
            targets: list,
            text,
        } => check_post(*kind, list, text, message),
        Command::Topic {
            text: Some(text), ..
        } => {
            check_text(text, 0, TOPIC_BYTES_MAX);
            let act = Act::Topic {
                room: room(),
                text: (*text).into(),
            };
            check_told(act, &["#lobby", text]);
        }
        Command::Away(Some(reason)) => {
            check_text(reason, 1, AWAY_BYTES_MAX);
            check_told(
                Act::Away {
                    reason: Some((*reason).into()),
                },
                &[reason],
            );
        }
        Command::SetName(name) => {
            check_text(name, 1, REAL_NAME_BYTES_MAX);
            check_told(
                Act::RealName {
                    real_name: (*name).into(),
                },
                &[name],
            );
            let act = Act::Join {
                room: room(),
                real_name: (*name).into(),
                key: None,
            };
            check_told(act, &["#lobby", "*", name]);
        }
        Command::ChatHistory(question) => {
            assert!((1..=HISTORY_MESSAGES_MAX).contains(&question.limit));
            let asked = question.asked();
            check_wrong(&asked.invalid_target(), "");
            check_wrong(&asked.message_error(), "");
            check_wrong(&asked.unreadable(), "");
        }
        Command::MarkRead { target, read_to } => check_marker(target, *read_to),
        Command::Whowas { count, .. } => assert_ne!(*count, Some(0)),
        Command::Ison(names) | Command::Userhost(names) => assert!(!names[0].is_empty()),
        Command::Ping(token) => assert!(!token.is_empty()),
        _ => {}
    }
}

/// What was asked for is what one gets, and the other way round.
fn check_caps(list: &str) {
    if let Some(caps) = Caps::ALL.requested(list, 0) {
        assert!(Caps::ALL.has(caps));
        assert_eq!(Caps::NONE.requested(&caps.list(), 0), Some(caps));
    }
}

fn check_text(text: &str, bytes_min: usize, bytes_max: usize) {
    assert!(
        (bytes_min..=bytes_max).contains(&text.len()),
        "{}",
        text.len()
    );
}

fn check_nick(name: &str) {
    assert!(!name.is_empty());
    if let Ok(nick) = Nick::new(name) {
        check_told(
            Act::Name {
                new: nick.clone(),
                rooms: Box::default(),
            },
            &[nick.as_str()],
        );
        assert_eq!(Nick::new(&nick.folded()).as_ref(), Ok(&nick));
    }
    if let Some(id) = msgid::parse(name) {
        let mut written = String::new();
        id.push(&mut written);
        assert_eq!(msgid::parse(&written), Some(id));
    }
}

fn check_room(name: &str) {
    if let Ok(room) = RoomName::new(name) {
        let (text, again) = (room.as_str(), RoomName::new(room.as_str()));
        assert_eq!(again.map(|again| again.as_str() == text), Ok(true));
        let act = Act::Invite {
            nick: source().nick,
            room: room.clone(),
        };
        check_told(act, &["ana", text]);
        assert!(!room.skeleton().is_empty());
    }
}

fn check_part(rooms: &str, reason: Option<&str>) {
    assert!(targets(rooms).next().is_some());
    targets(rooms).for_each(check_room);
    if let Some(reason) = reason {
        check_text(reason, 1, REASON_BYTES_MAX);
        let act = Act::Part {
            room: room(),
            reason: Some(reason.into()),
        };
        check_told(act, &["#lobby", reason]);
    }
}

/// What is told of a marker can be read again, and says the same.
fn check_marker(target: &str, read_to: Option<Timestamp>) {
    check_wrong(&read_marker::invalid_target(target), "");
    let mut out = String::new();
    read_marker::marker(&mut out, &reader(Caps::NONE), "#lobby", read_to);
    let told = check_line(&out);
    assert_eq!((told.command, told.params[0]), ("MARKREAD", "#lobby"));
    match read_to {
        None => assert_eq!(told.params[1], "*"),
        Some(at) => {
            let target = "#lobby";
            let read_to = Some(at);
            assert_eq!(decode(&told), Ok(Command::MarkRead { target, read_to }));
        }
    }
}

/// An id of a message is one of its tags, and nothing of it is passed on.
fn check_retry(kind: PostKind, list: &str, message: &Message<'_>) {
    match retry::id(message, kind, list) {
        Ok(None) => {}
        Ok(Some(id)) => {
            assert!((1..=RETRY_ID_BYTES_MAX).contains(&id.len()));
            assert_eq!(targets(list).count(), 1);
            assert_eq!(message.tags.raw(retry::NAME), Some(id));
        }
        Err(wrong) => check_wrong(&wrong, list),
    }
}

fn check_post(kind: PostKind, list: &str, text: &str, message: &Message<'_>) {
    assert!(targets(list).next().is_some());
    check_retry(kind, list, message);
    assert_eq!(text.is_empty(), kind == PostKind::Tags);
    let bytes_max = encode::text_bytes_max(&source(), kind, room().as_str());
    let kept = &text[..text.floor_char_boundary(bytes_max)];
    let passed_on = message.tags.passed_on();
    let params: &[&str] = if kept.is_empty() {
        &["#lobby"]
    } else {
        &["#lobby", kept]
    };
    let line = check_told(post_to_room(kind, text, &passed_on), params);
    let (data, _) = tags::split(&line);
    let client_only: Vec<&str> = Tags::new(data).client_only().collect();
    assert_eq!(client_only.join(";"), passed_on);
}

/// What happened as somebody with all capabilities reads it: from its author, with these parameters.
/// And others read a line too.
fn check_told(act: Act, params: &[&str]) -> String {
    let committed = committed(act);
    for caps in [
        Caps::NONE,
        Caps::FORM.without(Caps::EXTENDED_JOIN),
        Caps::MESSAGE_TAGS,
    ] {
        let (mut out, mut again) = (String::new(), String::new());
        let is_told = encode(&committed, caps, "a-b", &mut out);
        let all = caps.with(Caps::ALL.without(Caps::FORM));
        assert_eq!(encode(&committed, all, "a-b", &mut again), is_told);
        assert_eq!(out, again, "one form, two lines");
        if is_told {
            check_line(&out);
        }
    }
    let mut out = String::new();
    assert!(encode(&committed, Caps::ALL, "a-b", &mut out));
    let message = check_line(&out);
    assert_eq!(message.source, Some("ana!user@0123456789abcdef"));
    assert_eq!(message.params[..], *params, "{out}");
    out
}
