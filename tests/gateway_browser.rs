//! The page of a gateway: as the page of a whole chat, and what it shows when the relay goes and comes.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "browser/of_a_gateway.rs"]
mod with_clients;
