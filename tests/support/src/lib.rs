//! What the tests drive programs with: the programs themselves, clients for each door, a network
//! that can be cut, a real browser and a real terminal.
//!
//! | module | drives |
//! |---|---|
//! | [`program`], [`example`] | one of our programs as a child process: its doors, its signals, its end |
//! | [`mod@line`], [`upgrade`], [`ws`] | a person at the IRC or plain door, and one behind a WebSocket |
//! | [`conversation`] | what these two have in common: say, await, hear nothing |
//! | [`disk`] | a disk that fails, and a machine that loses its power |
//! | [`dice`] | chance that can be repeated |
//! | [`http`] | requests byte for byte, answers one by one |
//! | [`proxy`] | a network in between, which goes silent, refuses, or drops |
//! | [`chromium`], [`page`] | a real browser, its profiles and its pages |
//! | [`tmux`] | a text client on a real terminal |
//! | [`piped`] | a program that reads its stdin |
//! | [`wait`] | the deadline that every wait here has |
//!
//! Nothing here waits for ever: a wait that is over its deadline panics, says what was awaited and
//! shows what came instead.
//!
//! A test that needs a browser, a terminal or somebody else's client belongs into a module named
//! `with_clients`: `./tests/run --no-clients` leaves these out by that name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod cdp;
pub mod chromium;
pub mod conversation;
pub mod dice;
pub mod disk;
pub mod example;
pub mod http;
mod input;
mod irc;
mod irssi;
mod keys;
pub mod line;
pub mod page;
pub mod piped;
pub mod program;
pub mod proxy;
mod response;
pub mod tmux;
pub mod upgrade;
pub mod wait;
pub mod ws;

// What the functions here take and give: a test needs no dependency of its own for these.
pub use serde_json;
pub use tempfile;
pub use tungstenite;

pub use chromium::{Browser, Profile};
pub use dice::Dice;
pub use disk::{Disk, Fault};
pub use line::LineClient;
pub use page::Page;
pub use piped::Piped;
pub use program::Program;
pub use proxy::{Cut, Proxy};
pub use tmux::Terminal;
pub use upgrade::Upgrade;
pub use wait::{PATIENCE, eventually, within};
pub use ws::WsClient;
