//! A terminal at the plain door, and one that shows the log, obeys no stranger: whatever somebody
//! writes into any field, at any door, neither holds a control or bidi character. RELIABILITY 22.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions_support/mod.rs"]
mod sessions_support;

use std::process::Command;
use std::time::Duration;

use chat_core::dialect::terminal::is_unsafe;
use sessions_support::Site;
use test_support::http::{self, Connection};
use test_support::tungstenite::Message;
use test_support::tungstenite::protocol::CloseFrame;
use test_support::{LineClient, PATIENCE, Program, Upgrade, WsClient};

/// What terminals obey, each with a word by which it is found again.
const PAYLOADS: [&str; 14] = [
    "\x1b[2Jhunter2",
    "\x1b]0;hunter2\x07",
    "\x1b]52;c;aHVudGVyMg==\x07hunter2",
    "\x1bP+q544e\x1b\\hunter2",
    "\x1b[6nhunter2",
    "\u{9b}31mhunter2",
    "\u{9d}0;hunter2\u{9c}",
    "\u{90}hunter2\u{9c}",
    "\x07\x08\x0b\x0c\x0e\x7fhunter2",
    "\u{202e}2retnuh\u{202c}hunter2",
    "\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}hunter2",
    "\u{2028}\u{2029}\u{85}hunter2",
    "\x02\x0304,05hunter2\x0f\x1d\x1f\x1e\x11\x16\x04ff0000hunter2",
    "hunter2\t\thunter2",
];

/// A program that logs all it can.
fn talkative() -> Site {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-web"));
    command.env("RUST_LOG", "trace,tungstenite::protocol=trace");
    for door in ["http", "irc", "plain"] {
        command.arg(format!("--{door}=127.0.0.1:0"));
    }
    let program = Program::start_command({
        command.arg("--unlimited");
        command
    });
    let [http, irc, plain] = ["http", "irc", "plain"].map(|door| program.door(door));
    Site {
        program,
        relay: None,
        http,
        irc,
        plain,
    }
}

fn nico(site: &Site) -> LineClient {
    let mut nico = LineClient::connect(site.plain);
    nico.send("nico");
    nico.expect_contains("You are nico");
    nico
}

/// Everything that somebody at the plain door has heard.
#[track_caller]
fn obeys_nobody(person: &LineClient) {
    let transcript = person.transcript();
    let heard = transcript
        .lines()
        .filter_map(|line| line.strip_prefix("< "));
    for line in heard {
        assert!(!line.contains(is_unsafe), "{line:?}");
    }
}

/// Whatever one person can make another see.
fn say_everything(mallory: &mut LineClient, payload: &str) {
    let word = payload.replace([' ', '\t'], "");
    for line in [
        format!("PRIVMSG #lobby :{payload}"),
        format!("NOTICE #lobby :{payload}"),
        format!("PRIVMSG #lobby :\x01ACTION {payload}\x01"),
        format!("PRIVMSG #lobby :\x01{payload}\x01"),
        format!("PRIVMSG nico :{payload}"),
        format!("NOTICE nico :{payload}"),
        format!("PRIVMSG nico :\x01ACTION {payload}\x01"),
        format!("@+{word}={word} TAGMSG #lobby"),
        format!("TOPIC #lobby :{payload}"),
        format!("AWAY :{payload}"),
        format!("SETNAME :{payload}"),
        format!("NICK {word}"),
        format!("JOIN #{word}"),
        format!("INVITE nico #{word}"),
        format!("INVITE {word} #lobby"),
        format!("WHOIS {word}\r\nPRIVMSG {word} :{payload}"),
        format!("PASS {word}\r\nUSER {word} 0 * :{payload}"),
        format!("{word} {payload}"),
        format!("PART #lobby :{payload}"),
        "JOIN #lobby".to_owned(),
    ] {
        mallory.send(&line);
    }
}

#[test]
fn whatever_happens_a_terminal_at_the_plain_door_shows_text() {
    let site = talkative();
    let (mut nico, mut witness) = (nico(&site), site.witness());
    for (number, payload) in PAYLOADS.iter().enumerate() {
        let mut mallory = LineClient::connect(site.irc);
        let word = payload.replace([' ', '\t'], "");
        // A user name and a real name, before anything else.
        mallory.send(&format!("NICK {word}\r\nUSER {word} 0 * :{payload}"));
        mallory.send(&format!("NICK m{number}\r\nJOIN #lobby"));
        witness.expect_contains(&format!(":m{number}!"));
        say_everything(&mut mallory, payload);
        mallory.send(&format!("QUIT :{payload}"));
        witness.expect_contains(" QUIT ");
        nico.expect_contains(" is gone (");
        // What one says oneself comes back in refusals; the topic and the last words are shown again.
        let own = [
            format!("/nick !{payload}"),
            format!("/join !{payload}"),
            format!("/msg !{payload} {payload}"),
            format!("/{payload}"),
            format!("/msg witness {payload}"),
            "/topic".to_owned(),
        ];
        own.iter().for_each(|line| nico.send(line));
        nico.expect_contains("The topic of #lobby:");
    }
    nico.send("/who");
    nico.expect_contains("In #lobby: ");
    obeys_nobody(&nico);
    let mut newcomer = LineClient::connect(site.plain);
    newcomer.send(PAYLOADS[0]);
    newcomer.expect_contains("That will not do");
    newcomer.send("newcomer");
    newcomer.expect_contains("* and now:");
    newcomer.send(&format!("/quit {}", PAYLOADS[0]));
    newcomer.expect_eof();
    obeys_nobody(&newcomer);
    assert!(nico.transcript().matches("hunter2").count() > 10 * PAYLOADS.len());
}

#[test]
fn whatever_comes_by_http_and_websocket_the_plain_door_shows_text() {
    let site = talkative();
    let mut nico = nico(&site);
    let mut tab = site.tab_in_lobby(&site.login("ana"));
    for payload in PAYLOADS {
        tab.send(&format!("PRIVMSG #lobby :{payload}"));
        tab.send(&format!("TOPIC #lobby :{payload}"));
    }
    tab.send("QUIT :hunter2\u{9b}2J");
    nico.expect_contains("* ana is gone");
    obeys_nobody(&nico);
}

/// Everything that a stranger can put into HTTP and the handshake.
fn ask_everything(site: &Site, payload: &str) {
    let escaped: String = payload.bytes().map(|b| format!("%{b:02x}")).collect();
    let at = site.http;
    for request in [
        format!("GET /{payload} HTTP/1.1\r\nHost: {at}\r\n\r\n"),
        format!("GET /{escaped}?{escaped} HTTP/1.1\r\nHost: {at}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {payload}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {at}\r\nCookie: chat_session={payload}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {at}\r\nOrigin: {payload}\r\nX: {payload}\r\n\r\n"),
        format!("{payload} / HTTP/1.1\r\nHost: {at}\r\n\r\n"),
        format!("GET / {payload}\r\nHost: {at}\r\n\r\n"),
        format!("{payload}\r\n\r\n"),
    ] {
        let mut connection = Connection::open(at);
        connection.send(request);
        assert!(connection.response().status >= 200);
    }
    site.post("/login", "", &format!("name={escaped}&room={escaped}"));
    let upgrade = Upgrade::to(at).protocol("x").header("X-Y", &escaped);
    let mut socket = upgrade.path(&format!("/socket?{escaped}")).connect();
    socket.send_message(Message::binary(payload.as_bytes().to_vec()));
    socket.send_message(Message::Ping(payload.as_bytes().to_vec().into()));
    let reason = payload.to_owned().into();
    let code = 4000.into();
    socket.send_message(Message::Close(Some(CloseFrame { code, reason })));
    let mut broken = WsClient::connect(at);
    broken.send_raw(payload.as_bytes());
}

#[test]
fn the_log_holds_nothing_that_a_terminal_obeys_and_nothing_that_is_said() {
    let mut site = talkative();
    let mut witness = site.witness();
    for (number, payload) in PAYLOADS.iter().enumerate() {
        ask_everything(&site, payload);
        let mut mallory = LineClient::connect(site.irc);
        mallory.send(&format!(
            "NICK m{number}\r\nUSER x 0 * :{payload}\r\nJOIN #lobby"
        ));
        witness.expect_contains(&format!(":m{number}!"));
        say_everything(&mut mallory, payload);
        mallory.send_bytes(format!("{payload}\r{payload}\r\n\0{payload}\r\n").as_bytes());
        mallory.send(&format!("QUIT :{payload}"));
        mallory.expect_eof();
        let mut nico = LineClient::connect(site.plain);
        nico.send(&format!(
            "{payload}\r\nn{number}\r\n{payload}\r\n/{payload}\r\n/quit {payload}"
        ));
        nico.expect_eof();
    }
    assert_eq!(http::get(site.http, "/healthz").status, 200);
    std::thread::sleep(Duration::from_millis(100));
    site.program.signal("TERM");
    drop(witness);
    site.program.wait(PATIENCE);
    let log = site.program.stderr();
    assert!(log.lines().count() > 10 * PAYLOADS.len(), "it says little");
    for line in log.lines() {
        assert!(!line.contains(is_unsafe), "{line:?}");
        assert!(line.is_ascii(), "a stranger's text: {line:?}");
        let said = ["hunter2", "lobby", "witness", "m0", "healthz"];
        assert!(!said.iter().any(|word| line.contains(word)), "{line:?}");
    }
}
