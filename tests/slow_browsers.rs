//! A browser that stalls, where messages are dropped for it: in one program, and behind a gateway, which
//! holds the relay back so that it is the relay that drops. And what the log tells of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::net::SocketAddr;
use std::time::Instant;

use test_support::http::login;
use test_support::program::chat_relay;
use test_support::{LineClient, Program, Upgrade, WsClient};

const QUEUE: &str = "--limit=send_queue_bytes=65536";

/// The page of somebody who takes in as little as the kernel allows.
fn slow_tab(http: SocketAddr, name: &str) -> WsClient {
    let cookie = login(http, name);
    let upgrade = Upgrade::to(http).session(&cookie).receive_buffer(2048);
    let mut tab = upgrade.connect();
    tab.caps(&["message-tags", "standard-replies"]);
    tab.register(name);
    tab.join("#lobby");
    tab
}

/// Talks until the program whose log this is has dropped some of it; how many messages.
fn talk_until_dropped(talker: &mut LineClient, program: &Program) -> usize {
    let mut said = 0;
    let mut say = |count: usize| {
        let lines: String = (said..said + count)
            .map(|i| format!("PRIVMSG #lobby :{i:06}{}\r\n", "x".repeat(394)))
            .collect();
        talker.send_bytes(lines.as_bytes());
        talker.fence();
        said += count;
        said
    };
    while !program.stderr().contains("messages were dropped") {
        assert!(say(500) < 200_000, "nothing was dropped");
    }
    say(500)
}

/// Reads all, up to a direct message; every message is there or told to be missing.
fn account(tab: &mut WsClient, talker: &mut LineClient, said: usize) -> Vec<String> {
    talker.send("PRIVMSG ana :that is all");
    let (mut next, mut markers) = (0, Vec::new());
    loop {
        let line = tab.next_line();
        if line.ends_with(" PRIVMSG ana :that is all") {
            break;
        }
        if let Some((_, text)) = line.split_once(" PRIVMSG #lobby :") {
            assert_eq!(text[..6].parse(), Ok(next), "a hole that nobody told of");
            next += 1;
        } else if let Some((_, told)) = line.split_once("NOTE * MESSAGES_DROPPED #lobby ") {
            let (msgid, text) = told.split_once(" :").unwrap();
            next += text.split(' ').next().unwrap().parse::<usize>().unwrap();
            assert_ne!(msgid, "*", "the page gets ids");
            markers.push(line);
        }
    }
    assert_eq!(next, said);
    assert!(!markers.is_empty());
    markers
}

/// The log names who was slow, where, and how much of which room they miss; never what was said.
fn check_log(program: &Program, door: &str, since: Instant) {
    let log = program.stderr();
    let told: Vec<&str> = log
        .lines()
        .filter(|l| l.contains("messages were dropped"))
        .collect();
    for line in &told {
        assert!(line.contains("ana ("), "{line}");
        let words = format!(") at the {door} door reads too slowly: messages were dropped, ");
        assert!(line.contains(&words), "{line}");
        assert!(
            line.contains(" of #lobby; ") && line.ends_with(" bytes wait"),
            "{line}"
        );
    }
    assert!(!log.contains("xxx"), "what was said is in the log");
    let most = since.elapsed().as_secs() + 2;
    assert!(told.len() as u64 <= most, "{} lines: {told:?}", told.len());
}

#[test]
fn a_browser_that_stalls_is_told_in_whole_frames_what_is_missing() {
    let path = env!("CARGO_BIN_EXE_chat-web");
    let doors = ["--http=127.0.0.1:0", "--irc=127.0.0.1:0", "--plain=none"];
    let program = Program::start(
        path,
        &[&doors[..], &["--unlimited", "--slow=drop", QUEUE]].concat(),
    );
    let since = Instant::now();
    let mut tab = slow_tab(program.door("http"), "ana");
    let mut bob = LineClient::connect(program.door("irc"));
    bob.register("bob");
    bob.join("#lobby");
    let said = talk_until_dropped(&mut bob, &program);
    account(&mut tab, &mut bob, said);
    check_log(&program, "http", since);
}

#[test]
fn behind_a_gateway_the_relay_drops_and_its_note_reaches_the_page() {
    let relay = [
        "--irc=127.0.0.1:0",
        "--plain=none",
        "--unlimited",
        "--slow",
        "drop",
        QUEUE,
    ];
    let relay = Program::start(&chat_relay(), &relay);
    let at = relay.door("irc").to_string();
    let args = ["--http=127.0.0.1:0", "--relay", &at, QUEUE];
    let gateway = Program::start(env!("CARGO_BIN_EXE_chat-web"), &args);
    let since = Instant::now();
    let mut tab = slow_tab(gateway.door("http"), "ana");
    let mut bob = LineClient::connect(relay.door("irc"));
    bob.register("bob");
    bob.join("#lobby");
    let said = talk_until_dropped(&mut bob, &relay);
    account(&mut tab, &mut bob, said);
    check_log(&relay, "irc", since);
}

#[test]
fn a_reader_who_is_closed_is_named_in_the_log() {
    let path = chat_relay();
    let relay = ["--irc=127.0.0.1:0", "--plain=none", "--unlimited", QUEUE];
    let relay = Program::start(&path, &relay);
    let mut slow = LineClient::connect_with_receive_buffer(relay.door("irc"), 2048);
    slow.register("slow");
    slow.join("#lobby");
    let mut bob = LineClient::connect(relay.door("irc"));
    bob.register("bob");
    bob.join("#lobby");
    let lines = format!("PRIVMSG #lobby :{}\r\n", "x".repeat(400)).repeat(500);
    while !relay.stderr().contains("slow (") {
        bob.send_bytes(lines.as_bytes());
        bob.fence();
    }
    let log = relay.stderr();
    let told = log.lines().find(|line| line.contains("slow (")).unwrap();
    let words =
        ") at the irc door reads too slowly and is closed: more than 65536 bytes were to wait";
    assert!(told.ends_with(words), "{told}");
}
