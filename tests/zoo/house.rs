//! What the guests come to.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use test_support::Program;
use test_support::program::chat_relay;
use test_support::tempfile::NamedTempFile;

/// A chat and its doors, of whichever processes it is made.
pub(super) struct House {
    pub(super) irc: SocketAddr,
    pub(super) plain: SocketAddr,
    pub(super) http: SocketAddr,
    _programs: Vec<Program>,
}

impl House {
    /// chat-web alone, with all its doors.
    pub(super) fn of_one() -> Self {
        Self::of_one_with(&[])
    }

    /// The same with somebody who may say `OPER ana secret`.
    pub(super) fn with_an_operator() -> Self {
        let file = NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), hashed("ana", "secret")).expect("a file of our own");
        // It is read once, at the start.
        Self::of_one_with(&["--opers", file.path().to_str().expect("UTF-8")])
    }

    fn of_one_with(args: &[&str]) -> Self {
        let doors = ["--http", ANY, "--irc", ANY, "--plain", ANY];
        let chat = Program::start(CHAT_WEB, &[&doors[..], args].concat());
        Self {
            irc: chat.door("irc"),
            plain: chat.door("plain"),
            http: chat.door("http"),
            _programs: vec![chat],
        }
    }

    /// chat-relay with the doors for lines, and chat-web before it as the page; both know a secret, so
    /// that the relay hears where each browser is.
    pub(super) fn of_two() -> Self {
        let secret = NamedTempFile::new().expect("a temporary file");
        std::fs::write(&secret, "open-sesame").expect("a file of our own");
        let secret = ["--gateway-secret", secret.path().to_str().expect("UTF-8")];
        let relay = ["--irc", ANY, "--plain", ANY, "--gateway", "127.0.0.1"];
        let relay = Program::start(&chat_relay(), &[&relay[..], &secret].concat());
        let (irc, plain) = (relay.door("irc"), relay.door("plain"));
        let page = ["--http", ANY, "--relay", &irc.to_string()];
        let page = [&page[..], &secret].concat();
        let page = Program::start(CHAT_WEB, &page);
        Self {
            irc,
            plain,
            http: page.door("http"),
            // The page goes first.
            _programs: vec![page, relay],
        }
    }
}

/// A line of the file of operators.
fn hashed(name: &str, password: &str) -> Vec<u8> {
    let mut command = Command::new(CHAT_WEB);
    command.args(["hash-password", name]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program under test");
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "{password}").expect("somebody who reads");
    drop(stdin);
    child.wait_with_output().expect("a line").stdout
}

const CHAT_WEB: &str = env!("CARGO_BIN_EXE_chat-web");
const ANY: &str = "127.0.0.1:0";
