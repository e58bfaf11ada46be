//! The examples, run as their first lines say, by somebody who tries them.

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::process::Command;

use test_support::PATIENCE;
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
fn own_loop_says_in_the_room_what_comes_by_udp() {
    let program = Program::start(&example("own_loop"), &[]);
    let mut ana = LineClient::connect(program.door("irc"));
    ana.register("ana");
    ana.join("#lobby");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .send_to(b"ana 12, bob 7\n", program.door("udp"))
        .unwrap();
    ana.expect_contains("announcer!inside@");
    ana.send("PING still");
    ana.expect_contains("PONG chat.local :still");
}

#[test]
fn veto_keeps_some_out_and_lowers_voices() {
    let program = Program::start(&example("veto"), &[]);
    let door = program.door("irc");
    let mut zed = LineClient::connect(door);
    zed.send("NICK zed\r\nUSER u 0 * :r");
    zed.expect_contains(" 432 * zed :zed is not for you: you know why");
    let (mut ana, mut bob) = (LineClient::connect(door), LineClient::connect(door));
    for (client, name) in [(&mut ana, "ana"), (&mut bob, "bob")] {
        client.register(name);
        client.join("#lobby");
    }
    bob.send("JOIN #staff");
    bob.expect_contains(" 474 bob #staff :you may not enter #staff: it is for the staff");
    ana.join("#staff");
    bob.send("PRIVMSG #lobby :HEAR ME");
    ana.expect_contains("PRIVMSG #lobby :hear me");
    bob.send("PRIVMSG #lobby :https://bad.example/x");
    bob.send("PRIVMSG #lobby :https://good.example/x");
    bob.expect_contains(" 404 bob #lobby :nobody saw it: that link is on our list");
    ana.expect(|line| line.ends_with("PRIVMSG #lobby :https://good.example/x"));
}

#[test]
fn in_process_counts_from_a_thread_of_its_own() {
    let program = Program::start(&example("in_process"), &[]);
    let mut ana = LineClient::connect(program.door("irc"));
    ana.register("ana");
    ana.join("#lobby");
    ana.send("PRIVMSG counter :are you there?\r\nPRIVMSG #lobby :one\r\nPRIVMSG #lobby :two");
    ana.send("PRIVMSG #lobby :!count");
    let answer = ana.expect_contains("PRIVMSG #lobby");
    assert!(answer.ends_with(":2 lines so far"), "{answer}");
}

#[test]
fn custom_framing_brings_devices_into_the_same_rooms() {
    fn measured(line: &str) -> Vec<u8> {
        let length = u16::try_from(line.len()).unwrap();
        [&length.to_be_bytes()[..], line.as_bytes()].concat()
    }
    let program = Program::start(&example("custom_framing"), &[]);
    let mut ana = LineClient::connect(program.door("irc"));
    ana.register("ana");
    ana.join("#lobby");
    let mut device = TcpStream::connect(program.door("measured")).unwrap();
    let lines = [
        "NICK probe",
        "USER p 0 * :p",
        "JOIN #lobby",
        "PRIVMSG #lobby :21 degrees",
    ];
    let bytes = lines.map(measured).concat();
    let (first, rest) = bytes.split_at(1);
    device.write_all(first).unwrap();
    device.write_all(rest).unwrap();
    ana.expect_contains("PRIVMSG #lobby :21 degrees");
    ana.send("PRIVMSG probe :thanks");
    device.set_read_timeout(Some(PATIENCE)).unwrap();
    loop {
        let mut length = [0; 2];
        device.read_exact(&mut length).unwrap();
        let mut line = vec![0; u16::from_be_bytes(length).into()];
        device.read_exact(&mut line).unwrap();
        if String::from_utf8(line)
            .unwrap()
            .ends_with("PRIVMSG probe :thanks")
        {
            break;
        }
    }
}

#[test]
fn test_a_bot_has_its_evening_in_no_time() {
    let output = Command::new(example("test_a_bot")).output().unwrap();
    let transcript = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{transcript}");
    for line in ["ana says PRIVMSG #lobby :what time is it?", ":good night"] {
        assert!(transcript.contains(line), "{transcript}");
    }
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

mod with_clients {
    use std::io::{BufRead, BufReader};
    use std::net::{SocketAddr, TcpListener};

    use super::*;

    fn python_bot(server: SocketAddr) -> Command {
        let mut python = Command::new("python3");
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/bot.py");
        let (ip, port) = (server.ip().to_string(), server.port().to_string());
        python.args([path, &ip, &port, "#lobby"]);
        python
    }

    #[test]
    fn a_bot_in_python_answers_in_the_room() {
        let relay = Program::start(&example("embed"), &[]);
        let mut ana = LineClient::connect(relay.door("irc"));
        ana.register("ana");
        ana.join("#lobby");
        let _bot = Program::spawn(python_bot(relay.door("irc")));
        ana.expect(|line| line.starts_with(":pingbot!") && line.contains(" JOIN "));
        ana.send("PRIVMSG #lobby :no !ping\r\nPRIVMSG #lobby :!ping");
        let answer = ana.expect_contains("PRIVMSG #lobby");
        assert!(answer.ends_with(" :ana: pong"), "{answer}");
    }

    #[test]
    fn a_bot_in_python_says_what_it_is_where_that_is_known() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let _bot = Program::spawn(python_bot(listener.local_addr().unwrap()));
        let (mut socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let told = "001 pingbot :hi\r\n:s 005 pingbot NICKLEN=9 BOT=b :are here";
        write!(socket, ":s {told}\r\nPING :a b\r\n").unwrap();
        let lines = BufReader::new(socket).lines().map(Result::unwrap);
        let said: Vec<String> = lines.take(5).skip(2).collect();
        assert_eq!(said, ["JOIN #lobby", "MODE pingbot +b", "PONG :a b"]);
    }
}
