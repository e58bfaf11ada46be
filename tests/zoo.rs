//! The zoo: clients that nobody here wrote, all in one room, with one process and with two.
//!
//! | file | has |
//! |---|---|
//! | `zoo/mod.rs` | the story: they come, talk, take other names and leave, and each sees it all |
//! | `zoo/house.rs` | what they come to: the addresses of the doors |
//! | `zoo/guest.rs` | one of them, and what there is to see |
//! | `zoo/irssi.rs`, `weechat.rs`, `script.rs`, `nc.rs`, `socket.rs`, `page.rs` | the kinds |
//! | `zoo/python_irc.py`, `zoo/irc_framework.mjs` | what drives the two libraries |
//! | `zoo/order.rs` | a room that irssi and WeeChat keep in order |
//! | `zoo/bots.rs` | a room that the two libraries keep in order |
//! | `zoo/opers.rs` | an operator of the server with irssi, and a bot whom irssi is shown |
//! | `zoo/watching.rs` | who comes and goes, as irssi, WeeChat and irc-framework tell it |
//! | `zoo/hanging.rs` | messages of several lines, reactions, answers, removals, and who is typing |
//! | `zoo/curl.rs` | curl, which only looks around and logs in |
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "zoo/mod.rs"]
mod with_clients;
