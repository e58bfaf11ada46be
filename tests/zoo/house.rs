//! What the guests come to.

use std::net::SocketAddr;

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
        let doors = ["--http", ANY, "--irc", ANY, "--plain", ANY];
        let chat = Program::start(env!("CARGO_BIN_EXE_chat-web"), &doors);
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
        let page = Program::start(env!("CARGO_BIN_EXE_chat-web"), &page);
        Self {
            irc,
            plain,
            http: page.door("http"),
            // The page goes first.
            _programs: vec![page, relay],
        }
    }
}

const ANY: &str = "127.0.0.1:0";
