//! Other people's clients in the same room: netcat, irssi, and bots behind a WebSocket.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use test_support::tungstenite::Message;
use test_support::{LineClient, Program, Upgrade, WsClient, http};

fn chat() -> Program {
    Program::start(env!("CARGO_BIN_EXE_chat-web"), DOORS)
}

const DOORS: &[&str] = &[
    "--http",
    "127.0.0.1:0",
    "--irc",
    "127.0.0.1:0",
    "--plain",
    "127.0.0.1:0",
];

/// Somebody at the page, as the server sees it.
fn page(chat: &Program, name: &str) -> WsClient {
    let cookie = http::login(chat.door("http"), name);
    let mut page = WsClient::connect_with_session(chat.door("http"), &cookie);
    page.register("whatever");
    page.join("#lobby");
    page
}

fn irc(chat: &Program, nick: &str) -> LineClient {
    let mut client = LineClient::connect(chat.door("irc"));
    client.register(nick);
    client.join("#lobby");
    client
}

#[test]
fn a_session_has_its_own_name_whatever_it_asks_for() {
    let chat = chat();
    let mut ana = page(&chat, "ana");
    assert!(
        ana.transcript().contains(" 001 ana :"),
        "{}",
        ana.transcript()
    );
    let mut irene = irc(&chat, "irene");
    irene.send("PRIVMSG ana :hello");
    ana.expect_contains(":irene!");
}

#[test]
fn a_bot_talks_irc_without_a_session_and_without_a_subprotocol() {
    let chat = chat();
    let mut irene = irc(&chat, "irene");
    let mut bot = WsClient::connect(chat.door("http"));
    assert_eq!(bot.protocol(), None);
    bot.register("bot");
    bot.join("#lobby");
    irene.expect_contains(":bot!");
    bot.send("PRIVMSG #lobby :beep");
    irene.expect_contains("PRIVMSG #lobby :beep");
    irene.send("PRIVMSG #lobby :good bot");
    assert!(matches!(
        bot.next_message(),
        Message::Text(text) if text.ends_with("PRIVMSG #lobby :good bot")
    ));
    bot.send("QUIT :enough");
    irene.expect_contains("QUIT :Quit: enough");
    bot.expect_eof();
}

#[test]
fn each_subprotocol_has_its_kind_of_frame() {
    let chat = chat();
    let mut irene = irc(&chat, "irene");
    for (name, is_binary) in [("text.ircv3.net", false), ("binary.ircv3.net", true)] {
        let mut bot = Upgrade::to(chat.door("http")).protocol(name).connect();
        assert_eq!(bot.protocol(), Some(name));
        bot.register("bot");
        bot.join("#lobby");
        irene.send("PRIVMSG #lobby :größe");
        match bot.next_message() {
            Message::Binary(bytes) => assert!(is_binary && bytes.ends_with("größe".as_bytes())),
            Message::Text(text) => assert!(!is_binary && text.ends_with("größe")),
            other => panic!("{other:?}"),
        }
        bot.send_message(Message::binary("PRIVMSG #lobby :binary"));
        irene.expect_contains("PRIVMSG #lobby :binary");
        bot.send("PRIVMSG #lobby :text");
        irene.expect_contains("PRIVMSG #lobby :text");
        bot.close(1000);
        irene.expect_contains("QUIT");
    }
}

#[test]
fn the_first_subprotocol_that_we_speak_is_chosen() {
    let chat = chat();
    let offer = "soap, binary.ircv3.net, text.ircv3.net";
    let bot = Upgrade::to(chat.door("http")).protocol(offer).connect();
    assert_eq!(bot.protocol(), Some("binary.ircv3.net"));
}

mod with_clients {
    use std::process::Command;

    use test_support::Terminal;

    use super::*;

    fn netcat(chat: &Program) -> Terminal {
        let door = chat.door("plain");
        Terminal::start(&format!("nc {} {}", door.ip(), door.port()))
    }

    #[test]
    fn somebody_with_netcat_joins_talks_hears_and_leaves() {
        let chat = chat();
        let mut ana = page(&chat, "ana");
        let nico = netcat(&chat);
        nico.wait_for("your name");
        nico.type_line("ana");
        nico.wait_for("taken");
        nico.type_line("nico");
        nico.wait_for("You are nico, in #lobby");
        ana.expect_contains(":nico!");
        nico.type_line("hello from netcat");
        ana.expect_contains("PRIVMSG #lobby :hello from netcat");
        ana.send("PRIVMSG #lobby :hello nico");
        nico.wait_for("ana: hello nico");
        nico.type_line("/me waves");
        ana.expect_contains("PRIVMSG #lobby :\u{1}ACTION waves\u{1}");
        nico.type_line("/who");
        nico.wait_for("In #lobby: ana, nico");
        nico.type_line("/msg ana only you");
        ana.expect_contains("PRIVMSG ana :only you");
        ana.send("PRIVMSG nico :and you");
        nico.wait_for("and you");
        nico.type_line("/quit");
        nico.wait_for("* goodbye\n");
        ana.expect_contains("QUIT");
        // netcat itself notices when it next has something to send.
        nico.press("C-c");
        nico.wait_for_end();
    }

    #[test]
    fn netcat_that_is_interrupted_has_left() {
        let chat = chat();
        let mut ana = page(&chat, "ana");
        let nico = netcat(&chat);
        nico.wait_for("your name");
        nico.type_line("nico");
        ana.expect_contains(":nico!");
        nico.press("C-c");
        ana.expect_contains("QUIT");
    }

    #[test]
    fn a_script_posts_through_a_pipe() {
        let chat = chat();
        let mut ana = page(&chat, "ana");
        let door = chat.door("plain");
        let (ip, port) = (door.ip(), door.port());
        let script = format!("printf 'robot\\nthe build is green\\n/quit\\n' | nc {ip} {port}");
        let output = Command::new("sh").args(["-c", &script]).output();
        let output = output.expect("a shell");
        assert!(output.status.success(), "{output:?}");
        ana.expect_contains("PRIVMSG #lobby :the build is green");
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(said.contains("You are robot"), "{said}");
    }

    #[test]
    fn somebody_with_irssi_joins_talks_hears_and_leaves() {
        let chat = chat();
        let mut ana = page(&chat, "ana");
        ana.send("TOPIC #lobby :tea at four");
        let irma = Terminal::irssi(chat.door("irc"), "irma", "Irma Irssi");
        irma.wait_for("Topic for #lobby: tea at four");
        ana.expect_contains(":irma!");
        irma.type_line("hello from irssi");
        ana.expect_contains("PRIVMSG #lobby :hello from irssi");
        ana.send("PRIVMSG #lobby :hello irma, größe 🌱");
        irma.wait_for("ana> hello irma, größe 🌱");
        irma.type_line("/me waves");
        ana.expect_contains("ACTION waves");
        irma.type_line("/topic cake at five");
        ana.expect_contains("TOPIC #lobby :cake at five");
        irma.type_line("/nick irmgard");
        ana.expect_contains("NICK irmgard");
        irma.wait_for("You're now known as irmgard");
        irma.type_line("/part bye");
        ana.expect_contains("PART #lobby :bye");
        irma.type_line("/quit gone");
        irma.wait_for_end();
    }

    #[test]
    fn irssi_can_ask_about_people() {
        let chat = chat();
        let mut ana = page(&chat, "ana");
        let irma = Terminal::irssi(chat.door("irc"), "irma", "Irma Irssi");
        irma.wait_for("Join to #lobby was synced");
        irma.type_line("/names");
        irma.wait_for("[ ana]");
        irma.type_line("/whois irma");
        irma.wait_for("ircname  : Irma Irssi");
        irma.wait_for("channels : #lobby");
        ana.send("AWAY :out for tea");
        irma.type_line("/whois ana");
        irma.wait_for("out for tea");
        irma.type_line("/query ana");
        irma.type_line("between us");
        ana.expect_contains("PRIVMSG ana :between us");
        ana.send("PRIVMSG irma :indeed");
        irma.wait_for("ana> indeed");
        irma.type_line("/list -yes");
        irma.wait_for("#lobby 2");
        irma.type_line("/nosuchcommand");
        irma.wait_for("Unknown command: nosuchcommand");
    }

    #[test]
    fn netcat_and_irssi_meet() {
        let chat = chat();
        let irma = Terminal::irssi(chat.door("irc"), "irma", "Irma Irssi");
        irma.wait_for("Join to #lobby was synced");
        let nico = netcat(&chat);
        nico.wait_for("your name");
        nico.type_line("nico");
        irma.wait_for("nico [");
        irma.type_line("who goes there?");
        nico.wait_for("irma: who goes there?");
        nico.type_line("it is me");
        irma.wait_for("nico> it is me");
        irma.type_line("/away lunch");
        irma.wait_for("You have been marked as being away");
        irma.type_line("/quit");
        nico.wait_for("irma is gone (leaving)");
    }
}
