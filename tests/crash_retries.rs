//! Whoever sends again what had no answer before a crash has said everything once: nothing is lost, nothing is there
//! twice, and the answer names the same message as before. docs/clients.md, "Safe retry".
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "crash_support/line.rs"]
mod line;
#[path = "crash_support/page.rs"]
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::process::Command;
use std::thread;
use std::time::Duration;

use line::{Line, Told};
use page::page;
use test_support::{Dice, Disk, LineClient, Program, WsClient, eventually, http};

/// Somebody with a session, which outlives the program.
struct Author {
    nick: String,
    cookie: String,
    said: u32,
    /// What has no answer yet, by its id, which is its text too.
    open: BTreeSet<String>,
    /// The messages that were named in answers.
    told: BTreeMap<String, String>,
}

impl Author {
    fn log_in(program: &Program, number: usize) -> Self {
        let nick = format!("author{number}");
        Self {
            cookie: http::login(program.door("http"), &nick),
            nick,
            said: 0,
            open: BTreeSet::new(),
            told: BTreeMap::new(),
        }
    }

    fn enter(&self, door: SocketAddr) -> WsClient {
        let mut tab = WsClient::connect_with_session(door, &self.cookie);
        tab.caps(&CAPS);
        tab.register(&self.nick);
        tab.join("#lobby");
        tab
    }

    /// Sends again what is open, and goes on talking until everything ends.
    fn talk(&mut self, tab: &mut WsClient) {
        self.send_again(tab);
        while let Some(lines) = tab.poll() {
            self.hear(&lines);
            while self.open.len() < OPEN_MIN {
                let id = format!("{}-{}", self.nick, self.said);
                self.said += 1;
                self.open.insert(id.clone());
                send(tab, &id);
            }
        }
    }

    fn send_again(&self, tab: &mut WsClient) {
        for id in &self.open {
            send(tab, id);
        }
    }

    fn hear(&mut self, lines: &[String]) {
        for text in lines {
            let line = Line::parse(text);
            let Some(id) = line.tag("label") else {
                continue;
            };
            let told = Told::on(&line).unwrap_or_else(|| panic!("no echo: {text}"));
            assert_eq!(told.text, id);
            self.open.remove(id);
            self.told.insert(told.text, told.msgid);
        }
    }

    /// Sends again until everything has its answer.
    fn finish(&mut self, door: SocketAddr) {
        let mut tab = self.enter(door);
        self.send_again(&mut tab);
        eventually("the last answers", || {
            self.hear(&tab.poll().expect("an open socket"));
            self.open.is_empty().then_some(())
        });
    }
}

/// The same word for label and id, as the page does.
fn send(tab: &mut WsClient, id: &str) {
    // Nobody may be there any more.
    let _ = tab.try_send(&format!(
        "@label={id};chat.local/retry={id} PRIVMSG #lobby :{id}"
    ));
}

fn start(disk: &Disk) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-web"));
    command.args(["--http", "127.0.0.1:0", "--irc", "127.0.0.1:0"]);
    command.args(["--plain", "none", "--unlimited", "--data"]);
    command.arg(disk.data());
    Program::start_command(disk.on(command))
}

/// Everybody talks, and at some moment everything ends; the first answers come before that.
fn talk(program: Program, authors: &mut [Author], moment: Duration) {
    let door = program.door("http");
    thread::scope(|scope| {
        let tabs: Vec<_> = authors.iter().map(|author| author.enter(door)).collect();
        for (author, mut tab) in authors.iter_mut().zip(tabs) {
            scope.spawn(move || author.talk(&mut tab));
        }
        thread::sleep(moment);
        drop(program);
    });
}

/// Everything that was said in the room.
fn history(program: &Program) -> Vec<Told> {
    let mut client = LineClient::connect(program.door("irc"));
    client.caps(&["batch", "message-tags", "draft/chathistory"]);
    client.register("historian");
    client.join("#lobby");
    let mut history: Vec<Told> = Vec::new();
    let mut from = "timestamp=1970-01-01T00:00:00.000Z".to_owned();
    loop {
        let (next, failures) = page(&mut client, "AFTER", "#lobby", &from);
        assert_eq!(failures, [""; 0]);
        let Some(last) = next.last() else {
            return history;
        };
        from = format!("msgid={}", last.msgid);
        history.extend(next);
    }
}

#[track_caller]
fn is_said_once(mut crash: impl FnMut(&Disk, &mut Dice)) {
    let mut dice = Dice::thrown("CRASH_SEED");
    let disk = Disk::new();
    let program = start(&disk);
    let mut authors: Vec<_> = (0..AUTHORS).map(|n| Author::log_in(&program, n)).collect();
    for author in &mut authors {
        // An answer: what came before it, the login, is kept too.
        author.open.insert(format!("{}-is-here", author.nick));
        author.finish(program.door("http"));
    }
    drop(program);
    for _ in 0..ROUNDS {
        crash(&disk, &mut dice);
        let moment = Duration::from_millis(dice.below(MOMENT_MS_MAX));
        talk(start(&disk), &mut authors, moment);
    }
    let open: usize = authors.iter().map(|author| author.open.len()).sum();
    let program = start(&disk);
    for author in &mut authors {
        author.finish(program.door("http"));
    }
    let told: BTreeMap<String, String> =
        authors.into_iter().flat_map(|author| author.told).collect();
    let history = history(&program);
    eprintln!("{} messages, {open} of them open at the end", told.len());
    assert_eq!(history.len(), told.len(), "one message for each word");
    for Told { msgid, text } in history {
        assert_eq!(told.get(&text), Some(&msgid), "{text}");
    }
    assert!(open > 0 && told.len() > AUTHORS * 10, "that proves little");
    drop(program);
}

#[test]
fn what_is_sent_again_after_a_kill_is_said_once() {
    is_said_once(|_, _| {});
}

#[test]
fn what_is_sent_again_after_a_loss_of_power_is_said_once() {
    is_said_once(|disk, dice| disk.lose_power_in_the_middle(dice));
}

const CAPS: [&str; 5] = [
    "batch",
    "chat.local/retry",
    "echo-message",
    "labeled-response",
    "message-tags",
];
const AUTHORS: usize = 6;
const OPEN_MIN: usize = 4;
const ROUNDS: u32 = 8;
const MOMENT_MS_MAX: u64 = 400;
