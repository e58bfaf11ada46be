//! Sessions over real sockets, in one program. ARCHITECTURE.md "Sessions".
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
