//! Who may do what in a room: every command by everybody, and what they are told. RELIABILITY: each command checks rights
//! and membership again.
//!
//! A cell of the table is what the one who said the command hears, line by line: numerics and commands; and a mark if
//! others heard something. Whoever is refused leaves no trace. And a secret room answers those who are not in it as one that is not there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "authority/table.rs"]
mod table;

use std::io::Write;
use std::net::TcpStream;

use chat_core::dialect::irc::decode::commands;
use chat_core::limits::Limits;
use chat_core::observer::Ticket;
use chat_core::opers::{Busy, Claim, Opers};
use chat_core::relay::Relay;
use chat_core::testing::Ephemeral;
use table::{HEARD, ROLES, table};
use test_support::eventually;

/// Whoever says `right` is an operator of the server.
#[derive(Default)]
struct Right(Vec<(Ticket, bool)>);

impl Opers for Right {
    fn ask(&mut self, claim: Claim) -> Result<(), Busy> {
        let is_right = claim.password.expose() == "right";
        self.0.push((claim.ticket, is_right));
        Ok(())
    }

    fn answered(&mut self) -> Option<(Ticket, bool)> {
        self.0.pop()
    }
}

/// A room with an operator (ana), somebody with a voice (vera) and a member (mia). Whoever is tried is called `me`.
fn room(modes: &str) -> Ephemeral {
    let mut limits = Limits::default();
    limits.lift();
    let builder = Relay::builder().limits(limits).opers(Right::default());
    let mut chat = Ephemeral::of(builder).unwrap();
    for name in ["ana", "vera", "mia", "zoe", "me"] {
        chat.enter(name).unwrap();
        let caps = "message-tags batch draft/chathistory draft/read-marker draft/message-redaction soju.im/search";
        chat.send(name, &format!("CAP REQ :{caps}")).unwrap();
    }
    for name in ["ana", "vera", "mia"] {
        chat.send(name, "JOIN #room").unwrap();
    }
    chat.send("ana", &format!("MODE #room {modes}+v vera"))
        .unwrap();
    chat.send("ana", "PRIVMSG #room :between us").unwrap();
    chat
}

/// `me` in a role of the table.
fn with_role(modes: &str, role: &str) -> Ephemeral {
    let mut chat = room(modes);
    let mut say = |name: &str, line: &str| chat.send(name, line).unwrap();
    match role {
        "member" => say("me", "JOIN #room"),
        "voiced" => {
            say("me", "JOIN #room");
            say("ana", "MODE #room +v me");
        }
        "operator" => {
            say("me", "JOIN #room");
            say("ana", "MODE #room +o me");
        }
        "banned" => say("ana", "MODE #room +b me"),
        "silenced" => {
            say("me", "JOIN #room");
            say("ana", "MODE #room +b me");
        }
        "oper" => say("me", "OPER me right"),
        "parted" => {
            say("me", "JOIN #room");
            say("me", "PART #room");
        }
        _ => {}
    }
    for name in ["ana", "vera", "mia", "zoe", "me"] {
        heard(&mut chat, name);
    }
    chat
}

/// What somebody has heard since this was last asked.
fn heard(chat: &mut Ephemeral, name: &str) -> Vec<String> {
    std::iter::from_fn(|| chat.hear(name).unwrap()).collect()
}

/// The numerics or commands of lines, one after the other; several of a kind are told once.
fn verbs(lines: &[String]) -> String {
    let verb = |line: &String| {
        let mut words = line.split(' ').filter(|word| !word.starts_with(['@', ':']));
        words.next().unwrap_or_default().to_owned()
    };
    let mut verbs: Vec<String> = lines.iter().map(verb).collect();
    verbs.dedup();
    verbs.join(" ")
}

/// The same for somebody who has not registered.
fn as_a_stranger(line: &str) -> String {
    let mut chat = room("");
    let mut socket = TcpStream::connect(chat.irc()).unwrap();
    socket.write_all(format!("{line}\r\n").as_bytes()).unwrap();
    // What ends the wait: they may hear nothing at all.
    socket.write_all(b"CAP LIST\r\n").unwrap();
    socket.set_nonblocking(true).unwrap();
    let text = eventually("an answer", || {
        chat.settle().unwrap();
        let mut bytes = vec![0; 4096];
        let count = socket.peek(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
        (text.contains(" CAP ") || text.contains("ERROR")).then_some(text)
    });
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let last = lines.len() - usize::from(lines.last().is_some_and(|line| line.contains(" CAP ")));
    verbs(&lines[..last])
}

/// `{msgid}` is that of what the operator has said.
fn filled(line: &str, chat: &mut Ephemeral) -> String {
    if !line.contains("{msgid}") {
        return line.to_owned();
    }
    chat.send("mia", "CHATHISTORY LATEST #room * 1").unwrap();
    let said = heard(chat, "mia").concat();
    let (_, rest) = said.split_once("msgid=").unwrap();
    line.replace("{msgid}", rest.split([';', ' ']).next().unwrap())
}

fn outcome(line: &str, role: &str) -> String {
    if role == "stranger" {
        return as_a_stranger(line);
    }
    let mut chat = with_role("", role);
    let line = filled(line, &mut chat);
    chat.send("me", &line).unwrap();
    let told = verbs(&heard(&mut chat, "me"));
    let others = ["ana", "vera", "mia", "zoe"].map(|other| heard(&mut chat, other));
    let is_refused = told.starts_with('4') || told.starts_with("FAIL");
    let is_heard = others.iter().any(|lines| !lines.is_empty());
    assert!(
        !is_refused || !is_heard,
        "{line} by {role} was refused, and heard: {others:?}"
    );
    format!("{told}{}", if is_heard { HEARD } else { "" })
}

#[test]
fn everybody_may_do_what_the_table_says() {
    let mut wrong = Vec::new();
    for (line, expected) in table() {
        let found: Vec<String> = ROLES.iter().map(|role| outcome(line, role)).collect();
        if found != expected {
            wrong.push(format!("{line}\n  is {found:?}\n not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_command_is_in_the_table() {
    let table = table();
    for command in commands() {
        let mut lines = table.iter().map(|(line, _)| line.split(' ').next());
        assert!(
            lines.any(|verb| verb == Some(command)),
            "{command} is not in tests/authority/table.txt"
        );
    }
}

#[test]
fn a_secret_room_answers_as_one_that_is_not_there() {
    let about_a_room = table()
        .into_iter()
        .filter(|(line, _)| line.contains("#room"));
    // Whoever enters learns that it is there; one that is not there would be made.
    for (line, _) in about_a_room.filter(|(line, _)| !line.starts_with("JOIN")) {
        for role in ["outsider", "parted", "banned"] {
            let mut chat = with_role("+s", role);
            chat.send("me", line).unwrap();
            let there = heard(&mut chat, "me")
                .join("\n")
                .replace("#room", "#nowhere");
            chat.send("me", &line.replace("#room", "#nowhere")).unwrap();
            let nowhere = heard(&mut chat, "me").join("\n");
            assert_eq!(
                without_batch(&there),
                without_batch(&nowhere),
                "{line} by {role}"
            );
        }
    }
}

/// Batches have names of their own.
fn without_batch(text: &str) -> String {
    let plain = |word: &str| match word.strip_prefix(['+', '-']) {
        Some(number) if number.parse::<u32>().is_ok() => String::new(),
        _ => word.to_owned(),
    };
    text.split(' ').map(plain).collect::<Vec<_>>().join(" ")
}
