//! A relay, a gateway in front of it, and people at both.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test uses its part

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::thread;

use test_support::http::{self, Response};
use test_support::program::chat_relay;
use test_support::tempfile::NamedTempFile;
use test_support::{LineClient, Program, WsClient, eventually};

/// A relay and a gateway to it.
pub struct Pair {
    pub relay: Option<Program>,
    pub gateway: Program,
    pub http: SocketAddr,
    pub irc: SocketAddr,
}

impl Pair {
    #[track_caller]
    pub fn start(more: &[&str]) -> Pair {
        let relay = start_relay(&[&["--irc=127.0.0.1:0", "--unlimited"], more].concat());
        let irc = relay.door("irc");
        let gateway = gateway_of(&irc.to_string(), more);
        Pair {
            relay: Some(relay),
            http: gateway.door("http"),
            gateway,
            irc,
        }
    }

    #[track_caller]
    pub fn another_gateway(&self) -> Program {
        gateway_of(&self.irc.to_string(), &[])
    }

    /// Ends the relay at once, as a power cut would; gives where it was.
    #[track_caller]
    pub fn kill_relay(&mut self) -> SocketAddr {
        drop(self.relay.take());
        self.irc
    }

    #[track_caller]
    pub fn login(&self, name: &str) -> String {
        http::login(self.http, name)
    }

    /// A registered socket of a session.
    #[track_caller]
    pub fn tab(&self, cookie: &str) -> WsClient {
        let mut tab = WsClient::connect_with_session(self.http, cookie);
        tab.register("whatever");
        tab
    }

    #[track_caller]
    pub fn index(&self, cookie: &str) -> Response {
        let at = self.http;
        http::request(
            at,
            format!("GET / HTTP/1.1\r\nHost: {at}\r\nCookie: {cookie}\r\n\r\n"),
        )
    }
}

/// A gateway whose relay is played by the test.
pub struct Posing {
    pub gateway: Program,
    /// The relay's end of ana's socket.
    pub link: LineClient,
    /// Her browser.
    pub tab: WsClient,
}

/// Lets ana log in and open her page, as a relay would.
#[track_caller]
pub fn pose_as_relay(more: &[&str]) -> Posing {
    let relay = TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = gateway_of(&relay.local_addr().unwrap().to_string(), more);
    let at = gateway.door("http");
    let logging_in = thread::spawn(move || http::login(at, "ana"));
    let mut link = LineClient::accept(&relay);
    link.expect_contains("USER ");
    link.send(":relay 001 ana :Welcome");
    let cookie = logging_in.join().unwrap();
    let tab = WsClient::connect_with_session(at, &cookie);
    link.expect_contains("ATTACH");
    Posing { gateway, link, tab }
}

/// Somebody at the relay's own door.
#[track_caller]
pub fn at_relay(pair: &Pair, nick: &str) -> LineClient {
    let mut client = LineClient::connect(pair.irc);
    client.register(nick);
    client
}

#[track_caller]
pub fn start_relay(args: &[&str]) -> Program {
    Program::start(&chat_relay(), &[&["--plain=none"], args].concat())
}

/// A relay where one has been before; its port may take a moment to be free.
#[track_caller]
pub fn relay_at(at: SocketAddr) -> Program {
    start_relay(&["--irc", &at.to_string(), "--unlimited"])
}

#[track_caller]
pub fn gateway_of(relay: &str, more: &[&str]) -> Program {
    let args = [&["--http=127.0.0.1:0", "--relay", relay], more].concat();
    Program::start(env!("CARGO_BIN_EXE_chat-web"), &args)
}

/// A program that is not expected to start.
pub fn failing(args: &[&str]) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-web"));
    command.args(args).arg("--http=127.0.0.1:0");
    Program::spawn(command)
}

/// A file that only we may read.
pub fn secret_file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    writeln!(file, "{text}").unwrap();
    file
}

/// Memory of a process, in KiB.
#[track_caller]
pub fn resident_kib(pid: u32) -> u64 {
    eventually("the size of a process", || {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    })
}

/// The operator of a gateway reads the reason in its log, once.
#[track_caller]
pub fn told_once(gateway: &Program, words: &str) {
    gateway.expect_stderr(words);
    let said = gateway.stderr();
    assert_eq!(said.matches(words).count(), 1, "{said}");
}
