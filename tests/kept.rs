//! What the programs keep: after a restart everything is there that was told, and everybody is who they were.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use test_support::tempfile::{self, TempDir};
use test_support::{LineClient, Program, WsClient, http};

const CHAT_WEB: &str = env!("CARGO_BIN_EXE_chat-web");

/// The program on a folder, with doors of its own.
fn start(folder: &Path, more: &[&str]) -> Program {
    let doors = [
        "--http=127.0.0.1:0",
        "--irc=127.0.0.1:0",
        "--plain=127.0.0.1:0",
    ];
    let data = ["--data", folder.to_str().unwrap()];
    Program::start(CHAT_WEB, &[&doors[..], &data, more].concat())
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn irc(chat: &Program, nick: &str, caps: &[&str]) -> LineClient {
    let mut client = LineClient::connect(chat.door("irc"));
    client.caps(caps);
    client.register(nick);
    client.send("JOIN #lobby");
    client.expect_contains(" 366 ");
    client
}

const CAPS: &[&str] = &["message-tags", "echo-message", "batch", "draft/chathistory"];

/// Says something, and gives what the echo calls it.
fn say(client: &mut LineClient, text: &str) -> String {
    client.send(&format!("PRIVMSG #lobby :{text}"));
    let echo = client.expect_contains(&format!("PRIVMSG #lobby :{text}"));
    msgid(&echo)
}

fn msgid(line: &str) -> String {
    let tags = line.strip_prefix('@').unwrap().split(' ').next().unwrap();
    let tag = tags.split(';').find_map(|tag| tag.strip_prefix("msgid="));
    tag.unwrap().to_owned()
}

/// What the history of the room holds behind a message.
fn after(client: &mut LineClient, msgid: &str) -> Vec<String> {
    client.send(&format!("CHATHISTORY AFTER #lobby msgid={msgid} 100"));
    client.expect_contains(" BATCH +");
    let mut lines = Vec::new();
    loop {
        let line = client.expect(|line| !line.is_empty());
        if line.contains(" BATCH -") {
            return lines;
        }
        lines.push(line);
    }
}

fn kill(mut chat: Program) {
    chat.signal("KILL");
    chat.wait(test_support::PATIENCE);
}

fn log(args: &[&str]) -> Output {
    Command::new(CHAT_WEB)
        .arg("log")
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn who_comes_back_after_a_crash_gets_exactly_what_they_missed() {
    let at = folder();
    let chat = start(at.path(), &[]);
    let mut ana = irc(&chat, "ana", CAPS);
    let first = say(&mut ana, "one");
    let missed: Vec<String> = ["two", "three"].map(|word| say(&mut ana, word)).into();
    kill(chat);
    let chat = start(at.path(), &[]);
    let mut ana = irc(&chat, "ana", CAPS);
    let there = after(&mut ana, &first);
    assert_eq!(
        there.iter().map(|line| msgid(line)).collect::<Vec<_>>(),
        missed
    );
    assert!(there[0].ends_with("PRIVMSG #lobby :two"), "{there:?}");
    let next = say(&mut ana, "four");
    assert_eq!(after(&mut ana, &missed[1]).len(), 1);
    assert_ne!(
        next.rsplit_once('-').unwrap().0,
        first.rsplit_once('-').unwrap().0,
        "another start"
    );
}

#[test]
fn what_was_taken_back_stays_gone_after_a_crash() {
    let at = folder();
    let chat = start(at.path(), &[]);
    let cookie = http::login(chat.door("http"), "ana");
    let page = |chat: &Program| {
        let mut page = WsClient::connect_with_session(chat.door("http"), &cookie);
        page.register("ana");
        page.send("CAP REQ :message-tags echo-message draft/message-redaction");
        page.expect_contains(" ACK ");
        page.send("JOIN #lobby");
        page.expect_contains(" 366 ");
        page
    };
    let mut ana = page(&chat);
    let [first, secret] = ["first", "my secret"].map(|text| {
        ana.send(&format!("PRIVMSG #lobby :{text}"));
        msgid(&ana.expect_contains(text))
    });
    kill(chat);
    // Its author is still its author.
    let chat = start(at.path(), &[]);
    let mut ana = page(&chat);
    ana.send(&format!("REDACT #lobby {secret} :a slip"));
    let redact = ana.expect_contains(&format!(" REDACT #lobby {secret} :a slip"));
    kill(chat);
    let chat = start(at.path(), &[]);
    let events = ["draft/event-playback", "draft/message-redaction"];
    let mut bob = irc(&chat, "bob", &[CAPS, &events].concat());
    let there = after(&mut bob, &first);
    assert!(there.iter().any(|line| msgid(line) == msgid(&redact)));
    assert!(!there.concat().contains("secret"), "{there:?}");
    let data = at.path().to_str().unwrap();
    let printed = text(&log(&["#lobby", "--data", data, "--events"]).stdout);
    assert!(printed.contains(" * ana took back a message (a slip)\n"));
    assert!(!printed.contains("secret"), "{printed}");
    let json = text(&log(&["#lobby", "--data", data, "--events", "--json"]).stdout);
    let mut objects = json
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let redact = objects.find(|object| object["kind"] == "redact").unwrap();
    assert_eq!(
        (&redact["of"], &redact["text"]),
        (&secret.into(), &"a slip".into())
    );
}

#[test]
fn what_a_crash_may_have_taken_is_told_at_the_level_that_tells_first() {
    let at = folder();
    let relay = ["--sync", "relay"];
    let chat = start(at.path(), &relay);
    let mut ana = irc(&chat, "ana", CAPS);
    let first = say(&mut ana, "one");
    say(&mut ana, "two");
    kill(chat);
    let mut chat = start(at.path(), &relay);
    let mut ana = irc(&chat, "ana", CAPS);
    for from in [
        format!("msgid={first}"),
        "timestamp=2020-01-01T00:00:00.000Z".into(),
    ] {
        ana.send(&format!("CHATHISTORY AFTER #lobby {from} 9"));
        ana.expect_contains("FAIL CHATHISTORY MESSAGE_ERROR");
        ana.expect_contains(" BATCH -");
    }
    let next = say(&mut ana, "three");
    chat.signal("TERM");
    chat.wait(test_support::PATIENCE);
    // An end in order takes nothing.
    let chat = start(at.path(), &relay);
    let mut ana = irc(&chat, "ana", CAPS);
    ana.send(&format!("CHATHISTORY AFTER #lobby msgid={next} 9"));
    let answer = ana.expect(|line| line.contains(" BATCH +") || line.contains(" FAIL "));
    assert!(answer.contains(" BATCH +"), "{answer}");
}

#[test]
fn a_topic_and_the_hash_of_an_address_are_the_same_after_a_restart() {
    let at = folder();
    let mut chat = start(at.path(), &[]);
    let mut ana = irc(&chat, "ana", &[]);
    ana.send("JOIN #plans\r\nTOPIC #plans :what we do");
    let topic = ana.expect_contains(" TOPIC ");
    chat.signal("TERM");
    assert!(chat.wait(test_support::PATIENCE).success());
    let chat = start(at.path(), &[]);
    let mut bob = irc(&chat, "bob", &[]);
    bob.send("JOIN #plans");
    bob.expect_contains(" 332 bob #plans :what we do");
    bob.expect_contains(" 333 bob #plans ana ");
    let _ana = irc(&chat, "ana", &[]);
    let joined = bob.expect_contains(":ana!");
    let host = |line: &str| {
        line.split('@')
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(host(&joined), host(&topic));
}

/// What stands for the author of what is said again.
fn author(page: &mut WsClient) -> String {
    page.send("CAP LS 302");
    let offers = page.expect_contains(" chat.local/retry=");
    let value = offers.split(' ').find(|word| word.contains("/retry="));
    value.unwrap().to_owned()
}

#[test]
fn a_browser_is_back_without_a_login_under_its_present_name() {
    let at = folder();
    let chat = start(at.path(), &[]);
    let cookie = http::login(chat.door("http"), "ana");
    let mut page = WsClient::connect_with_session(chat.door("http"), &cookie);
    let before = author(&mut page);
    page.send("CAP END");
    page.register("ana");
    page.send("JOIN #lobby");
    page.expect_contains(" 366 ");
    page.send("NICK zoe");
    page.expect_contains(" NICK zoe");
    page.send("PRIVMSG #lobby :here");
    page.fence();
    // The new name is noted behind what was said under it.
    page.send("PRIVMSG #lobby :there");
    page.fence();
    kill(chat);
    let chat = start(at.path(), &[]);
    let mut stranger = LineClient::connect(chat.door("irc"));
    stranger.send("NICK zoe\r\nUSER x 0 * :x");
    stranger.expect_contains(" 433 ");
    let mut page = WsClient::connect_with_session(chat.door("http"), &cookie);
    assert_eq!(author(&mut page), before);
    page.send("NICK whoever\r\n");
    page.send("USER web 0 * :x");
    page.send("CAP END");
    page.expect_contains(" 001 zoe ");
}

#[test]
fn a_logout_holds_after_a_restart() {
    let at = folder();
    let mut chat = start(at.path(), &[]);
    let cookie = http::login(chat.door("http"), "ana");
    http::post(chat.door("http"), "/logout", &cookie, "");
    chat.signal("TERM");
    chat.wait(test_support::PATIENCE);
    let chat = start(at.path(), &[]);
    WsClient::connect_with_session(chat.door("http"), &cookie).expect_close(4002);
}

#[test]
fn the_folder_is_named_private_and_one_servers() {
    let at = folder();
    let data = at.path().join("deep/down");
    let chat = start(&data, &[]);
    assert!(
        chat.stdout()
            .contains(&format!("data {} — ", data.display())),
        "{}",
        chat.stdout()
    );
    let mode = fs::metadata(&data).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let second = Command::new(CHAT_WEB)
        .args(["--http=127.0.0.1:0", "--irc=none", "--plain=none", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    let said = text(&second.stderr);
    assert!(!second.status.success());
    let who = format!("chat-web, process {}", chat.pid());
    assert!(
        said.contains(data.to_str().unwrap()) && said.contains(&who),
        "{said}"
    );
    assert!(said.contains("--memory"), "{said}");
}

#[test]
fn with_memory_nothing_is_written_and_clients_are_told_which_level_is_in_force() {
    let state = folder();
    let level = |more: &[&str]| {
        let mut command = Command::new(CHAT_WEB);
        command
            .args(["--http=none", "--irc=127.0.0.1:0", "--plain=none"])
            .args(more);
        let chat = Program::start_command(command);
        let mut client = LineClient::connect(chat.door("irc"));
        client.register("ana").join("\n")
    };
    let data = ["--data", state.path().to_str().unwrap()];
    assert!(level(&["--memory"]).contains(" DURABILITY=memory "));
    assert!(fs::read_dir(state.path()).unwrap().next().is_none());
    assert!(level(&data).contains(" DURABILITY=disk "));
    assert!(level(&[&data[..], &["--sync", "relay"]].concat()).contains(" DURABILITY=relay "));
}

#[test]
fn a_room_is_printed_as_text_and_as_json_while_the_server_runs() {
    let at = folder();
    let chat = start(at.path(), &[]);
    let mut ana = irc(&chat, "ana", CAPS);
    let id = say(&mut ana, "hello \u{1b}[31mthere");
    let data = at.path().to_str().unwrap();
    let plain = log(&["#lobby", "--data", data, "--since", "1h"]);
    let line = text(&plain.stdout);
    assert!(line.ends_with("Z ana: hello \u{fffd}[31mthere\n"), "{line}");
    let json = text(&log(&["lobby", "--data", data, "--json", "--events"]).stdout);
    let objects: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects[0]["kind"], "join");
    let post = objects.last().unwrap();
    assert_eq!(
        (post["msgid"].as_str().unwrap(), &post["nick"]),
        (id.as_str(), &"ana".into())
    );
    assert_eq!(text(&log(&["--data", data]).stdout), "#lobby\n");
    let none = log(&["#nowhere", "--data", data]);
    assert!(!none.status.success() && text(&none.stderr).contains("#nowhere"));
}

#[test]
fn a_message_of_several_lines_is_kept_as_one_and_printed_line_by_line() {
    let at = folder();
    let chat = start(at.path(), &[]);
    let mut ana = irc(&chat, "ana", &[CAPS, &["draft/multiline"]].concat());
    let first = say(&mut ana, "zero");
    for line in [
        "BATCH +1 draft/multiline #lobby",
        "@batch=1 PRIVMSG #lobby :one",
        "@batch=1 PRIVMSG #lobby :",
        "@batch=1 PRIVMSG #lobby :two, ",
        "@batch=1;draft/multiline-concat PRIVMSG #lobby :three",
        "BATCH -1",
    ] {
        ana.send(line);
    }
    ana.expect_contains(" BATCH -");
    let data = at.path().to_str().unwrap();
    let plain = text(&log(&["#lobby", "--data", data]).stdout);
    let ends: Vec<&str> = plain
        .lines()
        .map(|line| &line["2026-11-29T00:00:00.000Z ".len()..])
        .collect();
    assert_eq!(ends, ["ana: zero", "ana: one", "ana: ", "ana: two, three"]);
    let json = text(&log(&["#lobby", "--data", data, "--json"]).stdout);
    let last: Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
    assert_eq!(
        (json.lines().count(), &last["text"]),
        (2, &"one\n\ntwo, three".into())
    );

    kill(chat);
    let chat = start(at.path(), &[]);
    let mut bob = irc(&chat, "bob", CAPS);
    let there = after(&mut bob, &first);
    let said: Vec<&str> = there
        .iter()
        .filter_map(|line| line.split(" :").last())
        .collect();
    assert_eq!(said, ["one", "two, ", "three"]);
}

#[test]
fn a_copy_made_while_the_server_runs_is_a_whole_chat() {
    let (at, elsewhere) = (folder(), folder());
    let chat = start(at.path(), &[]);
    let mut ana = irc(&chat, "ana", CAPS);
    let first = say(&mut ana, "one");
    say(&mut ana, "two");
    let copy = elsewhere.path().join("chat.sqlite");
    let back_up = || {
        let mut command = Command::new(CHAT_WEB);
        command
            .args(["backup", copy.to_str().unwrap(), "--data"])
            .arg(at.path());
        command.output().unwrap()
    };
    let made = back_up();
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert_eq!(
        fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        text(&back_up().stderr).contains("exists"),
        "nothing is overwritten"
    );
    let later = say(&mut ana, "after the copy");
    let chat = start(elsewhere.path(), &[]);
    let mut ana = irc(&chat, "ana", CAPS);
    assert_eq!(after(&mut ana, &first).len(), 1);
    // What was said after the copy is not there: whoever has seen it is told so.
    ana.send(&format!("CHATHISTORY AFTER #lobby msgid={later} 9"));
    ana.expect_contains("FAIL CHATHISTORY MESSAGE_ERROR");
}

#[test]
fn a_wrong_value_is_refused_with_what_to_write() {
    for (args, words) in [
        (&["--sync", "maybe"][..], "disk or relay"),
        (&["--keep", "90"], "90d"),
        (&["--keep-bytes", "lots"], "2G"),
        (&["--memory", "--data", "x"], "--data"),
    ] {
        let output = Command::new(CHAT_WEB).args(args).output().unwrap();
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(words), "{said}");
    }
}

#[test]
fn whoever_was_told_that_they_made_a_room_has_made_it_after_a_crash() {
    for room in ["#a", "#b", "#c", "#d"] {
        let at = folder();
        let chat = start(at.path(), &[]);
        let cookie = http::login(chat.door("http"), "ana");
        let page = |chat: &Program| {
            let mut page = WsClient::connect_with_session(chat.door("http"), &cookie);
            page.register("ana");
            page.send(&format!("JOIN {room}"));
            page.expect_contains(&format!(" {room} :@ana"));
            page
        };
        let told = page(&chat);
        kill(chat);
        drop(told);
        page(&start(at.path(), &[]));
    }
}

#[test]
fn a_room_is_kept_in_order_by_whoever_made_it_and_as_they_left_it() {
    let at = folder();
    let chat = start(at.path(), &[]);
    let cookie = http::login(chat.door("http"), "ana");
    let mut page = WsClient::connect_with_session(chat.door("http"), &cookie);
    page.register("ana");
    page.send("JOIN #plans");
    page.expect_contains(":@ana");
    page.send("MODE #plans +b-t troll!*@*");
    page.expect_contains(" MODE #plans +b-t troll!*@*");
    page.send("MODE #plans +kl key 9");
    page.expect_contains(" MODE #plans +kl key 9");
    kill(chat);
    let chat = start(at.path(), &[]);
    let mut bob = irc(&chat, "bob", &[]);
    bob.send("JOIN #plans\r\nJOIN #plans key");
    bob.expect_contains(" 475 ");
    // Nobody becomes an operator by being the first one who comes.
    bob.expect_contains(" 353 bob = #plans :bob");
    bob.send("MODE #plans\r\nMODE #plans b");
    bob.expect_contains(" 324 bob #plans +nkl key 9");
    bob.expect_contains(" 367 bob #plans troll!*@* ana ");
    let mut page = WsClient::connect_with_session(chat.door("http"), &cookie);
    page.register("ana");
    page.send("JOIN #plans");
    page.expect_contains("@ana");
    page.send("KICK #plans bob :early");
    bob.expect_contains(" KICK #plans bob :early");
}
