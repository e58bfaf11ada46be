//! What both programs do alike when they start: arguments and doors.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::time::Instant;

use test_support::tempfile::NamedTempFile;
use test_support::{LineClient, PATIENCE, Program, eventually};

/// One of the two programs.
pub(crate) struct Subject {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    /// The kinds of its doors, in the order in which they are told.
    pub(crate) doors: &'static [&'static str],
}

impl Subject {
    /// Arguments that open every door on a port of its own, but for `except`.
    fn doors_but(&self, except: &str) -> Vec<String> {
        let doors = self.doors.iter().filter(|door| **door != except);
        let pairs = doors.flat_map(|door| [format!("--{door}"), "127.0.0.1:0".to_owned()]);
        pairs.collect()
    }

    /// A command with these arguments besides the doors.
    pub(crate) fn command(&self, except: &str, args: &[&str]) -> Command {
        let mut command = Command::new(self.path);
        command
            .args(self.doors_but(except))
            .args(args)
            .env_remove("RUST_LOG");
        command
    }

    pub(crate) fn start(&self, args: &[&str]) -> Program {
        Program::start_command(self.command("", args))
    }

    /// What the program said on stderr before it ended, which must not be a success.
    #[track_caller]
    pub(crate) fn refuses(&self, except: &str, args: &[&str]) -> String {
        let mut program = Program::spawn(self.command(except, args));
        let status = program.wait(PATIENCE);
        assert!(!status.success(), "{args:?} should be refused");
        assert_eq!(program.stdout(), "", "nothing was opened");
        program.stderr()
    }

    #[track_caller]
    fn says(&self, arg: &str) -> String {
        let mut command = Command::new(self.path);
        command.arg(arg);
        let mut program = Program::spawn(command);
        assert!(program.wait(PATIENCE).success());
        program.stdout()
    }
}

pub(crate) fn irc(program: &Program, nick: &str) -> LineClient {
    let mut client = LineClient::connect(program.door("irc"));
    client.register(nick);
    client.join("#lobby");
    client
}

pub(crate) fn help_and_version(subject: &Subject) {
    let help = subject.says("--help");
    for flag in [
        "--irc",
        "--plain",
        "--room",
        "--password-file",
        "--gateway",
        "--gateway-secret",
        "--title",
        "--motd",
        "--slow",
        "--limit",
        "--unlimited",
        "--version",
    ] {
        assert!(help.contains(flag), "{help}");
    }
    let version = subject.says("--version");
    assert!(
        version.starts_with(&format!("{} 0.", subject.name)),
        "{version}"
    );
}

pub(crate) fn doors_are_told(subject: &Subject) {
    let program = subject.start(&["--room", "tea"]);
    let stdout = program.stdout();
    let lines: Vec<&str> = stdout.lines().collect();
    for (door, line) in subject.doors.iter().zip(&lines) {
        let at = program.door(door);
        assert_ne!(at.port(), 0);
        let usage = match *door {
            "irc" => format!("irc {at} — irc://{at}/#tea"),
            "plain" => format!("plain {at} — nc {} {}", at.ip(), at.port()),
            _ => format!("http {at} — open http://{at}/"),
        };
        assert_eq!(*line, usage);
    }
    let first = format!("for others: --{} 0.0.0.0:", subject.doors[0]);
    assert!(stdout.contains("only this machine can come in"), "{stdout}");
    assert!(stdout.contains(&first), "{stdout}");
    assert_eq!(lines.last(), Some(&"ready"));
}

pub(crate) fn a_door_may_be_left_out(subject: &Subject) {
    let program = Program::start_command(subject.command("irc", &["--irc", "none"]));
    assert_eq!(program.doors("irc"), []);
    LineClient::connect(program.door("plain")).expect_prompt("name");
}

pub(crate) fn a_door_may_be_there_twice(subject: &Subject) {
    let program = subject.start(&["--irc", "127.0.0.1:0"]);
    let doors = program.doors("irc");
    assert_eq!(doors.len(), 2);
    for (at, nick) in doors.iter().zip(["ana", "bob"]) {
        LineClient::connect(*at).register(nick);
    }
}

pub(crate) fn no_door_at_all_is_an_error(subject: &Subject) {
    let mut command = Command::new(subject.path);
    for door in subject.doors {
        command.args([format!("--{door}"), "none".to_owned()]);
    }
    let mut program = Program::spawn(command);
    assert!(!program.wait(PATIENCE).success());
    let said = program.stderr();
    assert!(
        said.contains("no door is open") && said.contains("--irc"),
        "{said}"
    );
}

/// The address, taken by us or by somebody else.
fn taken(address: &str) -> (SocketAddr, Option<TcpListener>) {
    let listener = TcpListener::bind(address).ok();
    let bound = listener
        .as_ref()
        .map(|one| one.local_addr().expect("an address"));
    let named = || address.parse().expect("an address");
    (bound.unwrap_or_else(named), listener)
}

pub(crate) fn a_default_port_in_use_is_a_warning(subject: &Subject) {
    let (at, _listener) = taken("127.0.0.1:6667");
    let program = Program::start_command(subject.command("irc", &[]));
    let said = program.stderr();
    assert!(
        said.contains("WARN") && said.contains(&format!("the irc door stays shut: {at}")),
        "{said}"
    );
    assert!(said.contains("--irc HOST:PORT"), "{said}");
    assert_eq!(program.doors("irc"), []);
    LineClient::connect(program.door("plain")).expect_prompt("name");
}

pub(crate) fn a_named_port_in_use_is_an_error(subject: &Subject) {
    for door in subject.doors {
        let (at, _listener) = taken("127.0.0.1:0");
        let said = subject.refuses(door, &[&format!("--{door}"), &at.to_string()]);
        assert!(said.contains(&format!("--{door} {at}")), "{said}");
        assert!(said.contains("choose another port"), "{said}");
        // An address for documentation (RFC 5737): nobody's.
        let said = subject.refuses(door, &[&format!("--{door}"), "192.0.2.1:0"]);
        assert!(said.contains("an address that this machine has"), "{said}");
    }
}

pub(crate) fn bad_values_say_what_to_write(subject: &Subject) {
    let cases: [(&[&str], &[&str]); 9] = [
        (&["--irc", "6667"], &["--irc", "HOST:PORT"]),
        (&["--plain", "nowhere"], &["--plain", "HOST:PORT", "none"]),
        (
            &["--limit", "flood_lines"],
            &["--limit flood_lines", "NAME=VALUE"],
        ),
        (
            &["--limit", "nosuch=1"],
            &["nosuch", "flood_lines", "send_queue"],
        ),
        (
            &["--limit", "flood_lines=many"],
            &["flood_lines=many", "number"],
        ),
        (&["--room", "a b"], &["--room", "letters, digits"]),
        (&["--slow", "maybe"], &["--slow", "write close or drop"]),
        (&["--nosuch"], &["--nosuch", "--help"]),
        (&["lobby"], &["lobby"]),
    ];
    for (args, words) in cases {
        let said = subject.refuses("", args);
        for word in words {
            assert!(said.contains(word), "{args:?}: `{word}` is not in:\n{said}");
        }
    }
}

pub(crate) fn a_limit_can_be_set(subject: &Subject) {
    let program = subject.start(&["--limit", "rooms_per_person=1"]);
    let mut ana = irc(&program, "ana");
    ana.send("JOIN #tea");
    ana.expect_contains(" 405 ana #tea ");
}

pub(crate) fn unlimited_says_so(subject: &Subject) {
    let program = subject.start(&["--unlimited"]);
    eventually("a warning", || {
        program.stderr().contains("--unlimited").then_some(())
    });
    let (mut ana, mut bob) = (irc(&program, "ana"), irc(&program, "bob"));
    let started = Instant::now();
    for number in 0..100 {
        ana.send(&format!("PRIVMSG #lobby :{number}"));
    }
    bob.expect_contains(":99");
    assert!(started.elapsed() < PATIENCE, "nobody was delayed");
    let quiet = subject.start(&[]).stderr();
    assert!(!quiet.contains("WARN"), "{quiet}");
}

pub(crate) fn whoever_comes_in_is_told_the_message_of_the_day(subject: &Subject) {
    let file = NamedTempFile::new().expect("a file");
    std::fs::write(&file, "be kind\n\nto each other\n").expect("a file");
    let path = file.path().to_str().expect("a path");
    let program = subject.start(&["--motd", path]);
    let mut ana = LineClient::connect(program.door("irc"));
    ana.send("NICK ana\r\nUSER ana 0 * :ana");
    ana.expect_contains(" 372 ana :- be kind");
    ana.expect_contains(" 372 ana :- ");
    ana.expect_contains(" 372 ana :- to each other");
    ana.expect_contains(" 376 ");
    std::fs::write(&file, "x".repeat(500)).expect("a file");
    let why = subject.refuses("", &["--motd", path]);
    assert!(why.contains("line 1 is too long: write at most"), "{why}");
    let why = subject.refuses("", &["--opers", "/"]);
    assert!(why.contains("this is a folder: name a file in it"), "{why}");
}
