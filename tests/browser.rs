//! The page in a real browser, against the real program, with IRC and plain lines in the same room.

#[path = "browser/mod.rs"]
mod with_clients;
