//! The examples, run as their first lines say, by somebody who tries them.

use std::process::Command;

use test_support::example::example;
use test_support::http::{get, get_with, post};
use test_support::tungstenite::{Bytes, Message};
use test_support::{LineClient, Program, Upgrade};

#[test]
fn embed_is_a_chat_for_irc_and_nc() {
    let program = Program::start(&example("embed"), &[]);
    let mut ana = LineClient::connect(program.door("irc"));
    ana.register("ana");
    ana.join("#lobby");
    let mut bob = LineClient::connect(program.door("plain"));
    bob.expect_contains("Welcome to Game night");
    bob.send("bob");
    ana.expect_contains("JOIN #lobby");
    ana.send("PRIVMSG #lobby :roll?");
    bob.expect(|line| line == "ana: roll?");
}

#[test]
fn bot_answers_in_the_room() {
    let relay = Program::start(&example("embed"), &[]);
    let mut ana = LineClient::connect(relay.door("irc"));
    ana.register("ana");
    ana.join("#lobby");
    let address = relay.door("irc").to_string();
    let mut command = Command::new(example("bot"));
    command.args([&address, "#lobby"]);
    let _bot = Program::spawn(command);
    ana.expect_contains("dicebot!dicebot@");
    ana.send("PRIVMSG #lobby :!roll 3d1");
    let answer = ana.expect_contains("PRIVMSG #lobby");
    assert!(answer.ends_with(":[1, 1, 1] = 3"), "{answer}");
}

#[test]
fn site_takes_its_users_to_its_chat() {
    let program = Program::start(&example("site"), &["127.0.0.1:0"]);
    let door = program.door("http");
    assert_eq!(get(door, "/").header("location"), Some("/club"));
    assert!(get(door, "/club").text().contains("Log in"));
    let cookies = ["ana", "bob"].map(|name| {
        let entered = post(door, "/club/enter", "", &format!("name={name}"));
        assert_eq!(entered.header("location"), Some("/"));
        let cookie = entered.header("set-cookie").expect("a cookie");
        cookie.split(';').next().expect("a value").to_owned()
    });
    let [mut ana, mut bob] = cookies.map(|cookie| {
        assert_eq!(get_with(door, "/", &cookie).status, 200);
        Upgrade::to(door).session(&cookie).connect()
    });
    ana.register("x");
    ana.join("#lobby");
    bob.register("x");
    bob.join("#lobby");
    ana.expect(|line| line.starts_with(":bob!") && line.contains(" JOIN "));
    bob.send("PRIVMSG #lobby :roll?");
    ana.expect(|line| line.starts_with(":bob!") && line.ends_with(" :roll?"));
}

#[test]
fn ws_echo_sends_back_what_came_as_it_came() {
    let program = Program::start(&example("ws_echo"), &["--http", "127.0.0.1:0"]);
    let mut client = Upgrade::to(program.door("http")).path("/").connect();
    let long = Bytes::from(vec![7_u8; 1_000_000]);
    for message in [
        Message::text("é"),
        Message::binary(Bytes::from_static(b"\0\xff")),
        Message::Binary(long),
    ] {
        client.send_message(message.clone());
        assert_eq!(client.next_message(), message);
    }
    client.close(1000);
}
