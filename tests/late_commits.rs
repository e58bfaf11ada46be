//! What happens while entries are on their way to a slow journal: their authors and readers leave,
//! others take their places, sessions change their connections.
//!
//! The test turns the relay itself, so it is the test that says how late a commit is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "late_commits/modes.rs"]
mod modes;
#[path = "late_commits/order.rs"]
mod order;
#[path = "late_commits/retries.rs"]
mod retries;

use std::net::SocketAddr;
use std::time::Duration;

use chat_core::chat::Chat;
use chat_core::hub::entry::{Act, Entry};
use chat_core::id::{DoorId, PersonId};
use chat_core::journal::{Failing, Late, Memory};
use chat_core::limits::Limits;
use chat_core::net::framing::Frame;
use chat_core::net::people::People;
use chat_core::net::reactor::{After, Closed, Host};
use chat_core::relay::{Front, Relay};
use chat_core::time::Now;
use test_support::LineClient;

/// A chat with sessions as simple as can be: who is away is told by the test to leave or to go on
/// at the next connection.
struct Sessions {
    chat: Chat,
    /// Whose connection may end without a QUIT.
    session: Option<PersonId>,
    /// The next connection is that person's.
    returns: Option<PersonId>,
    expires: bool,
}

impl Host for Sessions {
    fn opened(&mut self, people: &mut People, who: PersonId, door: DoorId, now: Now) {
        match self.returns.take() {
            Some(person) => {
                people.swap(person, who);
                people.bury(who);
                self.chat.resume(people, person, now);
            }
            None => self.chat.opened(people, who, door, now),
        }
    }

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, now: Now) {
        self.chat.frame(people, who, frame, now);
    }

    fn closed(&mut self, people: &mut People, who: PersonId, why: Closed, now: Now) -> After {
        if self.session != Some(who) {
            return self.chat.closed(people, who, why, now);
        }
        self.chat.suspend(people, who, now);
        After::Keep
    }

    fn deadline(&mut self, people: &mut People, who: PersonId, now: Now) {
        self.chat.deadline(people, who, now);
    }

    fn turn(&mut self, people: &mut People, now: Now) {
        if let Some(who) = self.session.filter(|_| std::mem::take(&mut self.expires)) {
            self.chat.leave(people, who, "gone", now);
            self.chat.forget(who);
            people.bury(who);
        }
        self.chat.turn(people, now);
    }

    fn wait(&self, now: Now) -> Option<Duration> {
        self.chat.wait(now)
    }
}

impl Front for Sessions {
    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        self.chat.drain(people, reason, now);
    }

    fn chat(&mut self) -> Option<&mut Chat> {
        Some(&mut self.chat)
    }
}

/// What the journal of these tests refuses.
fn is_secret(entry: &Entry) -> bool {
    matches!(&entry.act, Act::Post(post) if post.text.contains("secret"))
}

struct Stage {
    relay: Relay<Sessions>,
    door: SocketAddr,
}

impl Stage {
    fn new() -> Stage {
        Stage::late(TURNS_LATE)
    }

    fn late(turns: u64) -> Stage {
        Stage::answering(turns, turns)
    }

    fn answering(turns: u64, answer_turns: u64) -> Stage {
        let mut limits = Limits::default();
        limits.lift();
        let memory = Memory::new("epoch".into(), limits.journal_bytes);
        let journal = Late::new(Failing::new(memory, is_secret), turns).answering(answer_turns);
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let relay = Relay::builder().limits(limits).journal(Box::new(journal));
        let relay = relay.irc(any).unwrap().build_with(|chat| Sessions {
            chat,
            session: None,
            returns: None,
            expires: false,
        });
        let relay = relay.unwrap();
        let door = relay.addresses()[0];
        Stage { relay, door }
    }

    /// What was sent is read; what was committed takes effect.
    fn turns(&mut self, count: u64) {
        for _ in 0..count {
            self.relay.turn(Some(Duration::ZERO)).unwrap();
        }
    }

    /// Everything that is on its way arrives.
    fn settle(&mut self) {
        self.turns(6 * TURNS_LATE);
    }

    fn connect(&mut self) -> LineClient {
        let client = LineClient::connect(self.door);
        self.turns(FEW);
        client
    }

    fn register(&mut self, nick: &str, caps: &str) -> LineClient {
        let mut client = self.connect();
        client.send(&format!("CAP REQ :{caps}"));
        self.come_in(&mut client, nick);
        client
    }

    fn come_in(&mut self, client: &mut LineClient, nick: &str) {
        client.send(&format!(
            "NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nCAP END"
        ));
        self.turns(FEW);
        client.expect_contains(" 422 ");
    }

    fn join(&mut self, client: &mut LineClient) {
        client.send("JOIN #a");
        self.settle();
        client.expect_contains(" 366 ");
    }

    /// What somebody has got, up to the answer to a PING.
    fn heard(&mut self, client: &mut LineClient) -> Vec<String> {
        self.settle();
        client.send("PING fence");
        self.turns(FEW);
        let mut lines = Vec::new();
        loop {
            match client.next_line() {
                line if line.ends_with(":fence") => return lines,
                line => lines.push(line),
            }
        }
    }

    fn id_of(&mut self, nick: &str) -> PersonId {
        let chat = &self.relay.host_mut().chat;
        let ids = (0..9).flat_map(|key| (0..9).map(move |generation| PersonId { key, generation }));
        let mut ids = ids.filter(|id| chat.nick_of(*id).is_some_and(|n| n.as_str() == nick));
        ids.next().unwrap()
    }

    /// From now on somebody's connection may go without them.
    fn make_session(&mut self, nick: &str) -> PersonId {
        let id = self.id_of(nick);
        self.relay.host_mut().session = Some(id);
        id
    }
}

#[test]
fn a_commit_after_the_place_was_used_again_reaches_nobody_wrong() {
    let mut stage = Stage::new();
    let (mut ana, mut bob) = (stage.register("ana", ""), stage.register("bob", ""));
    stage.join(&mut ana);
    stage.join(&mut bob);
    let left = stage.id_of("bob");
    bob.send("PRIVMSG ana :my last words");
    ana.send("PRIVMSG bob :for bob alone\r\nPRIVMSG #a :for the room");
    stage.turns(FEW);
    drop(bob);
    stage.turns(FEW);
    let mut cat = stage.register("cat", "echo-message");
    let came = stage.id_of("cat");
    assert_eq!(
        (came.key, came.generation),
        (left.key, left.generation + 1),
        "the place is used again"
    );
    assert_eq!(stage.heard(&mut cat), Vec::<String>::new());
    let heard = stage.heard(&mut ana);
    let texts: Vec<&str> = heard
        .iter()
        .map(|line| line.split_once(' ').unwrap().1)
        .collect();
    assert_eq!(
        texts,
        [
            "JOIN #a",
            "PRIVMSG ana :my last words",
            "QUIT :connection closed"
        ]
    );
    stage.join(&mut cat);
    assert!(stage.heard(&mut ana)[0].starts_with(":cat!cat@"));
}

#[test]
fn whoever_leaves_with_a_new_name_on_its_way_leaves_under_it() {
    let mut stage = Stage::new();
    let (mut ana, mut bob) = (stage.register("ana", ""), stage.register("bob", ""));
    stage.join(&mut ana);
    stage.join(&mut bob);
    stage.heard(&mut ana);
    stage.make_session("bob");
    bob.send("NICK rob");
    stage.turns(FEW);
    stage.relay.host_mut().expires = true;
    let heard = stage.heard(&mut ana);
    assert!(
        heard[0].starts_with(":bob!") && heard[0].ends_with("NICK rob"),
        "{heard:?}"
    );
    assert!(
        heard[1].starts_with(":rob!") && heard[1].ends_with("QUIT :gone"),
        "{heard:?}"
    );
}

#[test]
fn whoever_takes_another_name_while_something_is_done_to_them_is_told_of_under_it() {
    for (command, told) in [
        ("MODE #a +v bob", "MODE #a +v rob"),
        ("KICK #a bob :out", "KICK #a rob :out"),
    ] {
        let mut stage = Stage::new();
        let (mut ana, mut bob) = (stage.register("ana", ""), stage.register("bob", ""));
        stage.join(&mut ana);
        stage.join(&mut bob);
        stage.heard(&mut ana);
        bob.send("NICK rob");
        stage.turns(FEW);
        ana.send(command);
        let heard = stage.heard(&mut bob);
        let texts: Vec<&str> = heard
            .iter()
            .map(|line| line.split_once(' ').unwrap().1)
            .collect();
        assert_eq!(texts, ["NICK rob", told]);
    }
}

#[test]
fn what_was_asked_over_a_connection_is_not_answered_on_the_next_one() {
    let mut stage = Stage::new();
    let caps = "labeled-response batch echo-message";
    let (mut ana, mut bob) = (stage.register("ana", ""), stage.register("bob", caps));
    stage.join(&mut ana);
    stage.join(&mut bob);
    stage.heard(&mut ana);
    let session = stage.make_session("bob");
    bob.send("@label=1 PRIVMSG #a :hi\r\n@label=2 NAMES #a");
    stage.turns(FEW);
    bob.shutdown_write();
    bob.reset();
    stage.turns(FEW);
    stage.relay.host_mut().returns = Some(session);
    let mut again = stage.connect();
    assert_eq!(stage.heard(&mut again), Vec::<String>::new());
    stage.come_in(&mut again, "bob");
    let welcome = again.transcript();
    assert_eq!(welcome.matches("JOIN #a").count(), 1, "{welcome}");
    assert!(!welcome.contains("label"), "{welcome}");
    assert!(stage.heard(&mut ana)[0].ends_with("PRIVMSG #a :hi"));
    ana.send("PRIVMSG #a :welcome back");
    assert_eq!(stage.heard(&mut ana), Vec::<String>::new());
    assert!(stage.heard(&mut again)[0].ends_with("PRIVMSG #a :welcome back"));
}

#[test]
fn whoever_comes_back_before_their_quit_is_committed_has_left_all_the_same() {
    let mut stage = Stage::new();
    let (mut ana, mut bob) = (stage.register("ana", ""), stage.register("bob", ""));
    stage.join(&mut ana);
    stage.join(&mut bob);
    stage.heard(&mut ana);
    let session = stage.make_session("bob");
    bob.send("QUIT :bye");
    stage.turns(FEW);
    stage.relay.host_mut().returns = Some(session);
    let mut again = stage.connect();
    again.send("NICK bob\r\nUSER bob 0 * :bob");
    stage.settle();
    assert!(stage.heard(&mut ana)[0].ends_with("QUIT :Quit: bye"));
    again.expect_contains(" 422 ");
    let welcome = again.transcript();
    assert!(!welcome.contains("JOIN #a"), "{welcome}");
}

#[test]
fn what_is_taken_back_while_somebody_reads_does_not_come_back() {
    let caps = "batch message-tags echo-message draft/chathistory draft/message-redaction";
    for moment in 0..=3 * SOON {
        let mut stage = Stage::answering(SOON, 2 * SOON);
        let (mut ana, mut bob) = (stage.register("ana", caps), stage.register("bob", caps));
        stage.join(&mut ana);
        stage.join(&mut bob);
        ana.send("PRIVMSG #a :a slip");
        let heard = stage.heard(&mut ana);
        let said = heard.iter().find(|line| line.ends_with(":a slip")).unwrap();
        let msgid = said.split(['=', ' ', ';']).nth(1).unwrap();
        stage.heard(&mut bob);
        ana.send(&format!("REDACT #a {msgid}"));
        stage.turns(moment);
        bob.send("CHATHISTORY LATEST #a * 9");
        let heard = stage.heard(&mut bob);
        let taken_back = heard.iter().position(|line| line.contains(" REDACT #a "));
        let shown = heard.iter().rposition(|line| line.ends_with(":a slip"));
        assert!(shown < taken_back, "after {moment} turns: {heard:?}");
    }
}

#[test]
fn whoever_ends_at_whatever_moment_has_said_all_that_came_before() {
    for moment in 0..=3 * SOON {
        let mut stage = Stage::late(SOON);
        let (mut ana, mut bob) = (stage.register("ana", ""), stage.register("bob", ""));
        stage.join(&mut bob);
        stage.join(&mut ana);
        stage.heard(&mut ana);
        bob.send("NICK rob\r\nPRIVMSG #a :last\r\nTOPIC #a :words");
        stage.turns(moment);
        bob.shutdown_write();
        let heard = stage.heard(&mut ana);
        let texts: Vec<&str> = heard
            .iter()
            .map(|line| line.split_once(' ').unwrap().1)
            .collect();
        let all = [
            "NICK rob",
            "PRIVMSG #a :last",
            "TOPIC #a :words",
            "QUIT :connection closed",
        ];
        assert_eq!(texts, all, "after {moment} turns");
    }
}

/// How late the journal is: later than all that a test does meanwhile.
const TURNS_LATE: u64 = 60;

/// Turns in which what was sent is surely read, and nothing sent then is committed.
const FEW: u64 = 5;

/// How late the journal is where every turn is tried.
const SOON: u64 = 6;
