//! The same sessions where the chat is another program: chat-relay, and chat-web as its gateway.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions/doors.rs"]
mod doors;
#[path = "sessions/retries.rs"]
mod retries;
#[path = "sessions/return.rs"]
mod returning;
#[path = "sessions_support/mod.rs"]
mod sessions_support;
#[path = "sessions/tabs.rs"]
mod tabs;
