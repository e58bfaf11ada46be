//! The example `crowd` against our own chat: every count adds up. And against a server that lies: it is
//! found out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Output};
use std::thread;

use serde_json::Value;
use test_support::Program;
use test_support::example::example;

fn chat() -> Program {
    let doors = ["--http=127.0.0.1:0", "--irc=127.0.0.1:0", "--plain=none"];
    // A crowd measures the loop; the disk is measured by itself.
    let args = [&doors[..], &["--unlimited", "--memory"]].concat();
    Program::start(env!("CARGO_BIN_EXE_chat-web"), &args)
}

fn run(case: &str, address: SocketAddr, args: &[&str]) -> Output {
    let mut crowd = Command::new(example("crowd"));
    crowd
        .args([case, &address.to_string(), "--json"])
        .args(args);
    crowd.output().unwrap()
}

/// The report of a run against this chat, over IRC or WebSocket.
#[track_caller]
fn report(chat: &Program, over: &str, case: &str, args: &[&str]) -> Value {
    let door = chat.door(if over == "ws" { "http" } else { over });
    let pid = chat.pid().to_string();
    let common = ["--over", over, "--server-pid", &pid];
    let output = run(case, door, &[&common, args].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["case"], case);
    assert_eq!(report["over"], over);
    report
}

#[track_caller]
fn number(report: &Value, field: &str) -> f64 {
    let value = report[field].as_f64();
    value.unwrap_or_else(|| panic!("no {field} in {report}"))
}

/// Everybody got everything, and something was said.
#[track_caller]
fn adds_up(report: &Value) {
    let said = number(report, "messages_said");
    let readers = number(report, "readers");
    assert!(said > 0.0 && number(report, "deliveries") > 0.0, "{report}");
    assert_eq!(number(report, "deliveries_verified"), said * readers);
    assert!(number(report, "server_cpu_ns_per_delivery") > 0.0);
}

#[test]
fn talk_for_two_seconds_adds_up_over_irc_and_websocket() {
    let chat = chat();
    let caps = "--caps=message-tags,server-time";
    for (over, caps) in [
        ("irc", None),
        ("irc", Some(caps)),
        ("ws", None),
        ("ws", Some(caps)),
    ] {
        let args = [
            "--readers=50",
            "--talkers=3",
            "--seconds=1.5",
            "--warmup=0.5",
        ];
        let report = report(&chat, over, "talk", &[&args, caps.as_slice()].concat());
        adds_up(&report);
        assert_eq!(number(&report, "talkers"), 3.0);
        assert_eq!(number(&report, "window"), 64.0);
    }
}

#[test]
fn whoever_never_reads_is_cut_and_the_others_get_everything() {
    let chat = chat();
    let args = ["--readers=20", "--stalled=2", "--bytes=400", "--seconds=5"];
    let report = report(&chat, "irc", "talk", &args);
    adds_up(&report);
    assert_eq!(number(&report, "stalled"), 2.0);
    assert_eq!(number(&report, "stalled_cut"), 2.0);
}

#[test]
fn latency_times_every_delivery() {
    let chat = chat();
    for over in ["irc", "ws"] {
        let args = [
            "--readers=20",
            "--rate=100",
            "--seconds=0.5",
            "--warmup=0.1",
        ];
        let report = report(&chat, over, "latency", &args);
        adds_up(&report);
        let timed = number(&report, "latency_count");
        assert!(timed > 0.0 && timed % 20.0 == 0.0, "{report}");
        let p = |name: &str| number(&report, &format!("latency_us_{name}"));
        assert!(0.0 < p("p50") && p("p50") <= p("p99") && p("p99") <= p("max"));
    }
}

#[test]
fn everybody_who_joins_hears_of_everybody() {
    let chat = chat();
    for over in ["irc", "ws"] {
        let report = report(&chat, over, "join", &["--people=60"]);
        assert_eq!(number(&report, "readers"), 60.0);
        assert!(number(&report, "joins_per_second") > 0.0);
    }
}

#[test]
fn an_idle_person_costs_no_more_than_is_promised() {
    for (over, bytes_max) in [("irc", 768.0), ("ws", 1792.0)] {
        // Few enough for a usual limit of descriptors; tables have doubled not long before.
        let args = [
            "--first=60",
            "--people=800",
            "--rooms-of=100",
            "--seconds=0.5",
        ];
        let report = report(&chat(), over, "idle", &args);
        // Pages, doubled tables and what the journal has at hand weigh more on few people than on the 9,000 of the promise.
        let cost = number(&report, "bytes_per_person");
        assert!((100.0..1.6 * bytes_max).contains(&cost), "{report}");
        assert!(number(&report, "idle_cpu_percent") < 50.0, "{report}");
    }
}

#[test]
fn a_flood_arrives_and_pings_are_answered_meanwhile() {
    let chat = chat();
    for over in ["irc", "ws"] {
        let args = ["--readers=10", "--seconds=0.5", "--warmup=0.1"];
        let report = report(&chat, over, "flood", &args);
        adds_up(&report);
        assert!(number(&report, "round_trips") > 0.0);
        assert!(number(&report, "round_trip_ms_worst") > 0.0);
    }
}

/// Speaks just enough IRC, and passes on what the second one says to the first as `lie` has it.
fn liar(lie: fn(usize) -> usize) -> SocketAddr {
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = door.local_addr().unwrap();
    thread::spawn(move || {
        let (mut reader, _) = enter(&door);
        let (_, talker) = enter(&door);
        let posts = talker.lines().map_while(Result::ok);
        for (count, post) in posts.filter(|line| line.starts_with("PRIVMSG")).enumerate() {
            let line = format!(":t!t@t {post}\r\n").repeat(lie(count));
            if reader.write_all(line.as_bytes()).is_err() {
                break;
            }
        }
    });
    address
}

fn enter(door: &TcpListener) -> (TcpStream, BufReader<TcpStream>) {
    let (mut stream, _) = door.accept().unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    while !line.starts_with("JOIN") {
        line.clear();
        lines.read_line(&mut line).unwrap();
        if line.starts_with("USER") {
            stream.write_all(b":liar 001 you :Welcome\r\n").unwrap();
        }
    }
    stream.write_all(b":liar 366 you #crowd :End\r\n").unwrap();
    (stream, lines)
}

#[track_caller]
fn is_found_out(lie: fn(usize) -> usize, complaint: &str) {
    let output = run("talk", liar(lie), &["--readers=1", "--seconds=2"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{errors}");
    assert!(errors.contains(complaint), "{errors}");
    assert!(output.stdout.is_empty(), "a report nevertheless");
}

#[test]
fn a_server_that_drops_a_message_is_found_out() {
    let missing = ": expected message 00000046 of talker 000 and got 00000047: some are missing";
    is_found_out(|count| usize::from(count != 70), missing);
}

#[test]
fn a_server_that_repeats_a_message_is_found_out() {
    let twice = "expected message 00000047 of talker 000 and got 00000046: it came before";
    is_found_out(|count| 1 + usize::from(count == 70), twice);
}

#[test]
fn a_server_that_refuses_is_quoted() {
    let chat = chat();
    let output = run("talk", chat.door("http"), &["--over=ws", "--path=/nowhere"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("the server said: HTTP/1.1 404"), "{errors}");
    let output = run("talk", chat.door("irc"), &["--caps=telepathy"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("NAK") && errors.contains("telepathy"),
        "{errors}"
    );
}
