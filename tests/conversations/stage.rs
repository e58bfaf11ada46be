//! Where a conversation is played: a relay in a thread of its own, and the people at its doors.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chat_core::handle::Handle;
use chat_core::journal::sqlite::{Retention, Settings, Sqlite};
use chat_core::journal::{Durability, Failing, Journal, Late, Memory};
use chat_core::relay::Relay;
use tempfile::TempDir;
use test_support::LineClient;

use crate::opers::Scripted;
use crate::pattern::{Bound, filled, matches};
use crate::script::{Deed, Script, Step};

/// How the journal of a relay keeps what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    AtOnce,
    /// Three turns late.
    Late,
    OnDisk,
}

/// Plays a script on a relay with such a journal.
pub(crate) fn play(script: &Script, kept: Kept) {
    let house = House::open(script, kept);
    let mut stage = Stage::new(&house, script);
    for step in &script.steps {
        eprintln!("{}", step.place);
        stage.step(step);
    }
    eprintln!("the end");
    stage.end();
    house.close();
}

/// A relay that runs.
struct House {
    irc: SocketAddr,
    plain: SocketAddr,
    handle: Handle,
    thread: JoinHandle<()>,
    /// Where the journal is, if it is on the disk.
    _folder: TempDir,
}

impl House {
    fn open(script: &Script, kept: Kept) -> House {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(script, kept, &folder);
        let limits = script.limits;
        let opers = opers(script, kept);
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || {
            let mut relay = Relay::builder().limits(limits).journal(journal);
            if let Some(opers) = opers {
                relay = relay.opers(opers);
            }
            serve(relay, &sender);
        });
        let (addresses, handle): (Vec<SocketAddr>, Handle) = receiver.recv().unwrap();
        House {
            irc: addresses[0],
            plain: addresses[1],
            handle,
            thread,
            _folder: folder,
        }
    }

    fn close(self) {
        self.handle.stop("the end", Duration::ZERO).unwrap();
        self.thread.join().unwrap();
    }
}

/// A server without operators knows of none; else their passwords are looked at as late as the journal commits.
fn opers(script: &Script, kept: Kept) -> Option<Scripted> {
    let turns = if kept == Kept::Late { 3 } else { 0 };
    (!script.opers.is_empty()).then(|| Scripted::new(&script.opers, turns))
}

fn journal(script: &Script, kept: Kept, folder: &TempDir) -> Box<dyn Journal> {
    let memory = || {
        let memory = Memory::new("epoch".into(), script.limits.journal_bytes);
        Failing::new(memory, script.refuses)
    };
    match kept {
        Kept::AtOnce => Box::new(memory()),
        Kept::Late => Box::new(Late::new(memory(), 3)),
        Kept::OnDisk => {
            let settings = Settings {
                folder: folder.path().to_owned(),
                durability: Durability::Disk,
                retention: Retention::default(),
            };
            Box::new(Failing::new(
                Sqlite::open(&settings).unwrap(),
                script.refuses,
            ))
        }
    }
}

fn serve(relay: chat_core::relay::Builder, started: &Sender<(Vec<SocketAddr>, Handle)>) {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut relay = relay.irc(any).unwrap().plain(any).unwrap().build().unwrap();
    started
        .send((relay.addresses().to_vec(), relay.handle()))
        .unwrap();
    relay.run().unwrap();
}

/// Everybody who takes part.
struct Stage<'h> {
    house: &'h House,
    people: BTreeMap<String, Player>,
    /// Who somebody is by `= oper`.
    oper: Option<(String, String)>,
    bound: Bound,
    /// Whose entry is the last one of the journal at a time: see [`Stage::settle`].
    keeper: Option<Player>,
    fences: usize,
}

/// Somebody, and what they got and the script did not mention yet.
struct Player {
    line: LineClient,
    plain: bool,
    got: VecDeque<String>,
    held: String,
}

impl<'h> Stage<'h> {
    fn new(house: &'h House, script: &Script) -> Stage<'h> {
        let server = ("server".to_owned(), "chat.local".to_owned());
        Stage {
            house,
            people: BTreeMap::new(),
            oper: script.opers.first().cloned(),
            bound: Bound::from([server]),
            keeper: None,
            fences: 0,
        }
    }

    fn step(&mut self, step: &Step) {
        let Step { place, name, deed } = step;
        if let Deed::Is(what) = deed {
            return self.enter(name, what);
        }
        if !self.people.contains_key(name) {
            self.enter(name, "irc");
        }
        match deed {
            Deed::HearsNothing => self.silence(name, place),
            Deed::HangsUp => drop(self.people.remove(name)),
            Deed::IsGone => {
                let mut player = self.people.remove(name).unwrap();
                player.got.extend(player.line.expect_eof());
                player.assert_silent(place);
            }
            deed => self.act(name, deed, place),
        }
    }

    fn act(&mut self, name: &str, deed: &Deed, place: &str) {
        let player = self.people.get_mut(name).unwrap();
        match deed {
            Deed::Says { text, held } => player.say(&filled(text, &self.bound), *held),
            Deed::Hears { pattern, skipping } => {
                player.hear(pattern, *skipping, &mut self.bound, place);
            }
            Deed::Ends => player.line.shutdown_write(),
            Deed::Joins(room) => {
                player.say(&format!("JOIN {room}"), false);
                player.hear("…JOIN …", false, &mut self.bound, place);
                player.hear(
                    &format!(":{{server}} 366 … {room} …"),
                    true,
                    &mut self.bound,
                    place,
                );
            }
            _ => unreachable!("{deed:?} was looked at before"),
        }
    }

    fn enter(&mut self, name: &str, what: &str) {
        let mut words = what.split(' ');
        let player = match (words.next(), words.next()) {
            (Some("raw"), None) => Player::at(self.house.irc, false),
            (Some("raw"), Some("plain")) => Player::at(self.house.plain, true),
            (Some("plain"), None) => self.enter_plainly(name),
            (Some("irc"), _) => self.register(name, what),
            (Some("oper"), _) => self.become_operator(name, what),
            _ => panic!("{name} = {what}: what is that?"),
        };
        self.people.insert(name.to_owned(), player);
    }

    fn enter_plainly(&mut self, name: &str) -> Player {
        let mut player = Player::at(self.house.plain, true);
        player.say(name, false);
        player.line.expect_contains(&format!("You are {name}, in "));
        player
    }

    /// The welcome ends with somebody's whole prefix.
    fn register(&mut self, name: &str, what: &str) -> Player {
        let mut player = Player::at(self.house.irc, false);
        let caps: Vec<&str> = what.split(" +").skip(1).collect();
        if !caps.is_empty() {
            player.line.caps(&caps);
        }
        let welcome = player.line.register(name);
        let prefix = welcome[0].rsplit(' ').next().unwrap();
        let (_, host) = prefix.split_once('@').unwrap();
        self.bound.insert(name.to_owned(), prefix.to_owned());
        self.bound.insert("host".to_owned(), host.to_owned());
        player
    }

    fn become_operator(&mut self, name: &str, what: &str) -> Player {
        let mut player = self.register(name, what);
        let (oper, password) = self.oper.as_ref().expect("a line `operator NAME PASSWORD`");
        player.say(&format!("OPER {oper} {password}"), false);
        player.line.expect_contains(" 381 ");
        player.line.expect_contains(" +o");
        player
    }

    /// Everything that was said so far has come wherever it was to come: whoever is here gets an
    /// answer, which waits for their own entries; then the journal takes one more entry that is kept, of
    /// somebody in no room, which waits for those of whoever has left.
    fn settle(&mut self) {
        self.fences += 1;
        for player in self.people.values_mut() {
            player.fence(self.fences);
        }
        let house = self.house;
        let keeper = self.keeper.get_or_insert_with(|| {
            let mut keeper = Player::at(house.irc, false);
            keeper.line.register("keeper");
            keeper
        });
        keeper.line.send(&format!("NICK keeper{}", self.fences));
        keeper.line.expect_contains("keeper");
    }

    fn silence(&mut self, name: &str, place: &str) {
        self.settle();
        let player = self.people.get_mut(name).unwrap();
        self.fences += 1;
        player.fence(self.fences);
        player.assert_silent(place);
    }

    /// Whoever is still here has nothing left.
    fn end(&mut self) {
        self.settle();
        self.fences += 1;
        for (name, player) in &mut self.people {
            player.fence(self.fences);
            player.assert_silent(&format!("{name}, at the end"));
        }
    }
}

impl Player {
    fn at(door: SocketAddr, plain: bool) -> Player {
        Player {
            line: LineClient::connect(door),
            plain,
            got: VecDeque::new(),
            held: String::new(),
        }
    }

    fn say(&mut self, text: &str, held: bool) {
        self.held += &format!("{text}\r\n");
        if !held {
            self.line
                .send_bytes(std::mem::take(&mut self.held).as_bytes());
        }
    }

    fn next(&mut self) -> String {
        self.got
            .pop_front()
            .unwrap_or_else(|| self.line.next_line())
    }

    #[track_caller]
    fn hear(&mut self, pattern: &str, skipping: bool, bound: &mut Bound, place: &str) {
        let mut skipped = Vec::new();
        loop {
            let line = self.next();
            if matches(pattern, &line, bound) {
                return;
            }
            assert!(
                skipping,
                "{place}\n--- came instead\n{line}\n--- the conversation so far\n{}",
                self.line.transcript()
            );
            skipped.push(line);
            assert!(
                skipped.len() < SKIPPED_MAX,
                "{place}\n--- never came, but\n{}",
                skipped.join("\n")
            );
        }
    }

    /// Says something that is answered and does nothing, and keeps what came before the answer.
    fn fence(&mut self, number: usize) {
        let (question, answer) = match self.plain {
            true => (format!("/fence-{number}"), format!("/fence-{number}")),
            false => (format!("PING fence-{number}"), format!(":fence-{number}")),
        };
        self.line.send(&question);
        loop {
            let line = self.line.next_line();
            if line.contains(&answer) || (self.plain && line.starts_with("That will not do: ")) {
                return;
            }
            self.got.push_back(line);
        }
    }

    #[track_caller]
    fn assert_silent(&self, place: &str) {
        let got: Vec<&str> = self.got.iter().map(String::as_str).collect();
        assert!(
            got.is_empty(),
            "{place}\n--- came nevertheless\n{}",
            got.join("\n")
        );
    }
}

/// Lines that may be skipped before it is clear that the right one does not come.
const SKIPPED_MAX: usize = 500;
