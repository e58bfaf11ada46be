//! What several people do in one and the same turn of the loop: who hears what, once, and in which
//! order. The test turns the relay itself, so that it is one turn.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::net::SocketAddr;
use std::time::Duration;

use chat_core::limits::Limits;
use chat_core::relay::Relay;
use test_support::LineClient;

struct Stage {
    relay: Relay,
    door: SocketAddr,
}

impl Stage {
    fn new() -> Stage {
        let mut limits = Limits::default();
        limits.lift();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let relay = Relay::builder().limits(limits).irc(any).unwrap();
        let relay = relay.build().unwrap();
        let door = relay.addresses()[0];
        Stage { relay, door }
    }

    fn turn(&mut self) {
        self.relay.turn(Some(Duration::ZERO)).unwrap();
    }

    fn come_in(&mut self, nick: &str, caps: &str, rooms: &[&str]) -> LineClient {
        let mut client = LineClient::connect(self.door);
        let joins: String = rooms
            .iter()
            .map(|room| format!("\r\nJOIN {room}"))
            .collect();
        client.send(&format!(
            "CAP REQ :{caps}\r\nNICK {nick}\r\nUSER u 0 * :r\r\nCAP END{joins}\r\nPING in"
        ));
        self.turn();
        self.turn();
        client.expect_contains("PONG chat.local :in");
        client
    }

    /// What somebody has got, without the prefixes.
    fn heard(&mut self, client: &mut LineClient) -> Vec<String> {
        client.send("PING fence");
        self.turn();
        let mut lines = Vec::new();
        loop {
            let line = client.next_line();
            if line.ends_with(":fence") {
                return lines;
            }
            let text = line.split_once(' ').unwrap().1;
            lines.push(text.to_owned());
        }
    }
}

#[test]
fn whoever_enters_in_mid_turn_hears_what_comes_after() {
    let mut stage = Stage::new();
    let mut bob = stage.come_in("bob", "", &["#a"]);
    let mut ana = stage.come_in("ana", "", &[]);
    let mut eve = stage.come_in("eve", "", &["#a"]);
    stage.heard(&mut bob);
    bob.send("PRIVMSG #a :before");
    ana.send("JOIN #a");
    eve.send("PRIVMSG #a :after");
    stage.turn();
    let heard = stage.heard(&mut ana);
    assert_eq!(heard[0], "JOIN #a");
    assert_eq!(heard[1..].last().unwrap(), "PRIVMSG #a :after");
    assert_eq!(heard.len(), 4, "{heard:?}");
    assert_eq!(stage.heard(&mut bob), ["JOIN #a", "PRIVMSG #a :after"]);
    assert_eq!(stage.heard(&mut eve), ["PRIVMSG #a :before", "JOIN #a"]);
}

#[test]
fn whoever_parts_in_mid_turn_has_heard_what_came_before() {
    let mut stage = Stage::new();
    let mut bob = stage.come_in("bob", "", &["#a"]);
    let mut ana = stage.come_in("ana", "", &["#a"]);
    let mut eve = stage.come_in("eve", "", &["#a"]);
    stage.heard(&mut ana);
    stage.heard(&mut bob);
    bob.send("PRIVMSG #a :before");
    ana.send("PART #a");
    eve.send("PRIVMSG #a :after");
    stage.turn();
    assert_eq!(stage.heard(&mut ana), ["PRIVMSG #a :before", "PART #a"]);
    assert_eq!(stage.heard(&mut bob), ["PART #a", "PRIVMSG #a :after"]);
}

#[test]
fn whoever_quits_in_mid_turn_has_heard_what_came_before() {
    let mut stage = Stage::new();
    let mut bob = stage.come_in("bob", "", &["#a", "#b"]);
    let mut ana = stage.come_in("ana", "", &["#a", "#b"]);
    let mut eve = stage.come_in("eve", "", &["#b"]);
    stage.heard(&mut ana);
    stage.heard(&mut bob);
    bob.send("PRIVMSG #a :before");
    ana.send("QUIT");
    eve.send("PRIVMSG #b :after");
    stage.turn();
    stage.turn();
    let last = ana.expect_eof();
    assert!(
        last[0].ends_with("PRIVMSG #a :before") && last[1].starts_with("ERROR "),
        "{last:?}"
    );
    assert_eq!(last.len(), 2);
    assert_eq!(stage.heard(&mut bob), ["QUIT :Quit", "PRIVMSG #b :after"]);
}

#[test]
fn a_change_of_capabilities_in_mid_turn_changes_what_comes_after() {
    let mut stage = Stage::new();
    let mut bob = stage.come_in("bob", "", &["#a"]);
    let mut ana = stage.come_in("ana", "", &["#a"]);
    let mut eve = stage.come_in("eve", "", &["#a"]);
    stage.heard(&mut ana);
    bob.send("PRIVMSG #a :before");
    ana.send("CAP REQ message-tags");
    eve.send("PRIVMSG #a :after");
    stage.turn();
    let mut lines = stage.heard(&mut ana);
    // Of the line with tags the first word is these.
    let tagged = lines.pop().unwrap();
    assert!(
        tagged.starts_with(":eve!") && tagged.ends_with("PRIVMSG #a :after"),
        "{tagged}"
    );
    assert_eq!(lines, ["PRIVMSG #a :before", "CAP ana ACK :message-tags"]);
    assert_eq!(stage.heard(&mut bob).last().unwrap(), "PRIVMSG #a :after");
}

#[test]
fn everybody_talks_at_once_and_all_hear_all_in_one_order() {
    let mut stage = Stage::new();
    let mut silent = stage.come_in("silent", "", &["#a"]);
    let mut talkers: Vec<LineClient> = ["ana", "bob", "cat", "dan"]
        .iter()
        .map(|nick| stage.come_in(nick, "echo-message", &["#a"]))
        .collect();
    let mut deaf = stage.come_in("deaf", "", &["#a"]);
    for client in talkers.iter_mut().chain([&mut silent, &mut deaf]) {
        stage.heard(client);
    }
    for (number, talker) in talkers.iter_mut().enumerate() {
        talker.send(&format!("PRIVMSG #a :{number}a\r\nPRIVMSG #a :{number}b"));
    }
    deaf.send("PRIVMSG #a :x");
    stage.turn();
    let order = stage.heard(&mut silent);
    assert_eq!(order.len(), 9);
    for talker in &mut talkers {
        assert_eq!(stage.heard(talker), order);
    }
    let others: Vec<String> = order
        .into_iter()
        .filter(|line| !line.ends_with(":x"))
        .collect();
    assert_eq!(
        stage.heard(&mut deaf),
        others,
        "no echo, and no gap where it was"
    );
}

#[test]
fn a_room_that_says_very_much_in_a_turn_loses_nothing() {
    let mut stage = Stage::new();
    let mut bob = stage.come_in("bob", "", &["#a", "#b"]);
    let mut ana = stage.come_in("ana", "", &["#a", "#b"]);
    stage.heard(&mut bob);
    // More than a turn buffer holds, so that it is flushed in the middle.
    let text = "x".repeat(400);
    let count: usize = 1000;
    let lines = |at| {
        format!(
            "PRIVMSG {} :{at} {text}\r\n",
            if at % 7 == 0 { "#b" } else { "#a" }
        )
    };
    ana.send_bytes((0..count).map(lines).collect::<String>().as_bytes());
    for _ in 0..40 {
        stage.turn();
    }
    let heard = stage.heard(&mut bob);
    // Within a room the order is that of the journal.
    for room in ["#a", "#b"] {
        let lines = heard
            .iter()
            .filter_map(|line| line.strip_prefix(&format!("PRIVMSG {room} :")));
        let numbers: Vec<usize> = lines
            .map(|line| line.split_once(' ').unwrap().0.parse().unwrap())
            .collect();
        assert!(numbers.is_sorted(), "{room}: {numbers:?}");
    }
    assert_eq!(heard.len(), count);
}

#[test]
fn events_of_several_rooms_reach_everybody_in_their_order() {
    let mut stage = Stage::new();
    let mut reader = stage.come_in("reader", "", &["#a", "#b"]);
    let mut xena = stage.come_in("xena", "", &["#a"]);
    let mut yara = stage.come_in("yara", "", &["#b"]);
    let mut zoe = stage.come_in("zoe", "", &["#a"]);
    stage.heard(&mut reader);
    // The kernel hands sockets over in the order in which they became readable.
    xena.send("PRIVMSG #a :first");
    yara.send("PRIVMSG #b :second");
    zoe.send("PRIVMSG #a :third");
    stage.turn();
    let heard = stage.heard(&mut reader);
    assert_eq!(
        heard,
        [
            "PRIVMSG #a :first",
            "PRIVMSG #b :second",
            "PRIVMSG #a :third"
        ]
    );
}
