//! The page in a real browser, against the real program, with IRC and plain lines in the same room.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "browser/mod.rs"]
mod with_clients;
