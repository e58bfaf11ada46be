//! Operators from a file: `hash-password`, `--opers`, and OPER at a program that looks at their passwords.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use test_support::{LineClient, PATIENCE, Program};

const RELAY: &str = env!("CARGO_BIN_EXE_chat-relay");
const ALL_DOORS: [&str; 4] = ["--irc", "127.0.0.1:0", "--plain", "none"];

/// What `hash-password` makes of a name and what comes on its stdin.
fn hash_password(name: &str, stdin: &str) -> Output {
    let mut child = Command::new(RELAY)
        .args(["hash-password", name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who refuses the name does not read.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

fn line(name: &str, password: &str) -> String {
    let output = hash_password(name, &format!("{password}\n"));
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn file(folder: &TempDir, text: &str, mode: u32) -> PathBuf {
    let path = folder.path().join("opers");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    path
}

fn with_opers(path: &Path) -> Vec<&str> {
    [&ALL_DOORS[..], &["--opers", path.to_str().unwrap()]].concat()
}

fn registered(program: &Program, nick: &str) -> LineClient {
    let mut client = LineClient::connect(program.door("irc"));
    client.register(nick);
    client
}

#[test]
fn whoever_knows_the_password_of_the_file_is_an_operator() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "# ours\n{}{}",
        line("root", "s3cret"),
        line("ana", "two words")
    );
    let opers = file(&folder, &text, 0o640);
    let program = Program::start(RELAY, &with_opers(&opers));
    let mut ana = registered(&program, "ana");
    ana.send("OPER ana :two words");
    ana.expect_contains(" 381 ana ");
    ana.expect_contains(" MODE ana +o");
    let mut bob = registered(&program, "bob");
    for wrong in ["root wrong", "root two", "nobody s3cret", "ROOT s3cret"] {
        bob.send(&format!("OPER {wrong}"));
        bob.expect_contains(" 464 bob ");
    }
    bob.send("OPER root s3cret");
    bob.expect_contains(" 381 bob ");
    let log = program.stderr();
    assert!(
        log.contains("ana (") && log.contains("operator of the server now, as ana"),
        "{log}"
    );
    assert!(log.contains("is no operator"), "{log}");
    for secret in ["s3cret", "two words", "wrong", "nobody", "argon2"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn whoever_guesses_holds_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let opers = file(&folder, &line("root", "s3cret"), 0o600);
    let program = Program::start(RELAY, &with_opers(&opers));
    let mut guessers: Vec<LineClient> = (0..8)
        .map(|n| registered(&program, &format!("g{n}")))
        .collect();
    let mut bob = registered(&program, "bob");
    for guesser in &mut guessers {
        guesser.send("OPER root guess");
    }
    bob.send("PING now");
    bob.expect_contains(" PONG ");
    for guesser in &mut guessers {
        guesser.expect_contains(" 464 ");
    }
}

#[test]
fn a_hash_is_another_one_each_time_and_does_not_show_the_password() {
    let (one, other) = (line("root", "s3cret"), line("root", "s3cret"));
    assert_ne!(one, other);
    assert!(
        one.starts_with("root $argon2id$v=19$m=19456,t=2,p=1$"),
        "{one}"
    );
    assert!(!one.contains("s3cret"));
    for (name, stdin, why) in [
        ("root", "", "there is no password"),
        ("root", "\n", "there is no password"),
        ("root", "a\tb\n", "a control character"),
        ("two words", "x\n", "one word"),
        (":root", "x\n", "one word"),
    ] {
        let output = hash_password(name, stdin);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(why), "{said}");
        assert!(output.stdout.is_empty());
    }
}

/// What the program says when it does not start.
#[track_caller]
fn refused(path: &Path) -> String {
    let mut program = Program::spawn({
        let mut command = Command::new(RELAY);
        command.args(with_opers(path));
        command
    });
    assert!(!program.wait(PATIENCE).success());
    let said = program.stderr();
    assert!(
        said.contains("--opers") && said.contains(path.to_str().unwrap()),
        "{said}"
    );
    said
}

#[test]
fn a_file_that_is_none_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(&folder.path().join("nowhere"));
    assert!(said.contains("cannot read this file"), "{said}");
    let good = line("root", "s3cret");
    for mode in [0o644, 0o604, 0o602] {
        let said = refused(&file(&folder, &good, mode));
        assert!(said.contains("chmod 600"), "{said}");
    }
    for (text, why) in [
        (String::new(), "there is nobody in it"),
        (
            format!("{good}# more\nana hunter2\n"),
            "line 3: this is no hash",
        ),
        (
            format!("{good}{good}"),
            "line 2: there is an operator root already",
        ),
    ] {
        let said = refused(&file(&folder, &text, 0o600));
        assert!(said.contains(why) && !said.contains("hunter2"), "{said}");
    }
}
