//! What both programs do alike while they run: what they log, and how they end.

use std::process::Command;
use std::time::{Duration, Instant};

use test_support::{LineClient, PATIENCE, Program};

use crate::checks::{Subject, irc};

pub(crate) fn a_signal_drains(subject: &Subject, signal: &str) {
    drains(subject.start(&[]), signal);
}

/// The tests themselves may have been started by `nohup`, and what they start goes on then.
pub(crate) fn a_terminal_that_is_closed_drains(subject: &Subject) {
    drains(started_by(&["env", "--default-signal=HUP"], subject), "HUP");
    // As a terminal does it: the shell and the kernel both say so.
    let mut program = started_by(&["env", "--default-signal=HUP"], subject);
    let ana = irc(&program, "ana");
    program.signal("HUP");
    program.expect_stderr("draining");
    program.signal("HUP");
    drop(ana);
    assert_eq!(program.wait(PATIENCE).code(), Some(0));
}

pub(crate) fn nohup_outlives_its_terminal(subject: &Subject) {
    let program = started_by(&["nohup"], subject);
    program.signal("HUP");
    irc(&program, "ana").fence();
    drains(program, "TERM");
}

/// The program, started by a command that becomes it.
fn started_by(starter: &[&str], subject: &Subject) -> Program {
    let program = subject.command("", &[]);
    let mut command = Command::new(starter[0]);
    command
        .args(&starter[1..])
        .arg(program.get_program())
        .args(program.get_args())
        .env_remove("RUST_LOG");
    Program::start_command(command)
}

fn drains(mut program: Program, signal: &str) {
    let mut ana = irc(&program, "ana");
    let mut nico = LineClient::connect(program.door("plain"));
    nico.expect_prompt("name");
    nico.send("nico");
    ana.expect_contains(":nico!");
    let mut early = LineClient::connect(program.door("irc"));
    early.send("CAP LS");
    early.expect_contains("CAP");
    program.signal(signal);
    for client in [&mut ana, &mut early] {
        let last = client.expect_eof();
        let error = last
            .iter()
            .any(|line| line.starts_with("ERROR :") && line.contains("closing"));
        assert!(error, "{last:?}");
    }
    let last = nico.expect_eof();
    assert!(last.iter().any(|line| line.contains("closing")), "{last:?}");
    drop((ana, early, nico));
    assert_eq!(
        program.wait(PATIENCE).code(),
        Some(0),
        "{}",
        program.stderr()
    );
}

pub(crate) fn somebody_who_does_not_go_cannot_hold_it(subject: &Subject) {
    let mut program = subject.start(&[]);
    let _stays = irc(&program, "ana");
    program.signal("TERM");
    assert_eq!(program.wait(PATIENCE).code(), Some(0));
}

pub(crate) fn a_second_signal_ends_at_once(subject: &Subject) {
    let times: Vec<Option<Duration>> = (0..5).map(|_| second_signal(subject)).collect();
    // A machine that stands still for a while may miss one of them, not all.
    let is_at_once = |time: &Option<Duration>| time.is_some_and(|time| time < DRAIN);
    assert!(times.iter().any(is_at_once), "{times:?}");
}

/// How long a program that drains goes on after a second signal. It ends with another code if that came too late.
fn second_signal(subject: &Subject) -> Option<Duration> {
    let mut program = subject.start(&["--unlimited"]);
    let _stuck = somebody_stuck(&program);
    program.signal("INT");
    program.expect_stderr("draining");
    let second = Instant::now();
    program.signal("INT");
    let code = program.wait(PATIENCE).code();
    (code == Some(130)).then(|| second.elapsed())
}

/// Less than what draining takes at most.
const DRAIN: Duration = Duration::from_secs(2);

/// Somebody who reads nothing of a lot that is for them: draining waits for such a one.
fn somebody_stuck(program: &Program) -> LineClient {
    let mut stuck = LineClient::connect_with_receive_buffer(program.door("irc"), 1024);
    stuck.register("stuck");
    stuck.join("#lobby");
    let mut talker = irc(program, "talker");
    for _ in 0..400 {
        talker.send(&format!("PRIVMSG #lobby :{}", "x".repeat(400)));
    }
    talker.fence();
    stuck
}

pub(crate) fn the_log_is_as_quiet_as_asked(subject: &Subject) {
    let said = |level: &str| {
        let mut command = subject.command("", &["--unlimited"]);
        let mut program = Program::start_command({
            command.env("RUST_LOG", level);
            command
        });
        irc(&program, "ana").send("QUIT");
        program.signal("TERM");
        program.wait(PATIENCE);
        program.stderr()
    };
    assert_eq!(said("off"), "");
    let warnings = said("warn");
    assert!(
        warnings.contains("--unlimited") && !warnings.contains("draining"),
        "{warnings}"
    );
    assert!(said("info").contains("INFO"));
    assert!(said("debug").contains("registered"));
}

/// What is said stays between those who say it.
pub(crate) fn the_log_holds_no_message(subject: &Subject, talk: impl Fn(&Program)) {
    for level in ["debug", "trace", "trace,tungstenite::protocol=trace"] {
        let mut command = subject.command("", &[]);
        command.env("RUST_LOG", level);
        let mut program = Program::start_command(command);
        let (mut ana, mut bob) = (irc(&program, "ana"), irc(&program, "bob"));
        for line in [
            "PRIVMSG #lobby :hunter2",
            "PRIVMSG bob :hunter2",
            "TOPIC #lobby :hunter2",
            "AWAY :hunter2",
            "JUNK hunter2",
            "PASS hunter2",
        ] {
            ana.send(line);
        }
        ana.fence();
        ana.send("QUIT :hunter2");
        bob.expect_contains("QUIT");
        let mut nico = LineClient::connect(program.door("plain"));
        nico.send("nico\r\nhunter2\r\n/msg bob hunter2\r\n/hunter2");
        bob.expect_contains("PRIVMSG bob :hunter2");
        talk(&program);
        program.signal("TERM");
        program.wait(PATIENCE);
        let log = program.stderr();
        assert!(log.contains("registered"), "{log}");
        assert!(!log.contains("hunter2"), "at {level}:\n{log}");
    }
}
