//! What the fuzz targets hold the chat to: one function for each, which takes any bytes.
//!
//! | target | file | what is fuzzed |
//! |---|---|---|
//! | [`irc_line`] | `irc_line.rs` | an IRC line to a command, and what is said about it to others |
//! | [`irc_chat`] | `irc_chat.rs` | lines of four people to a whole chat |
//! | [`plain_line`] | `plain_line.rs` | a line of the plain door, and what terminals are shown |
//! | [`record`] | `record.rs` | a row of a journal's file, to an entry and to a line |
//! | [`relay_stream`] | `relay_stream.rs` | bytes at a line door, in pieces, to lines |
//! | [`http_head`] | `http_head.rs` | bytes at the web door, in pieces, to requests and answers |
//! | [`websocket_stream`] | `websocket_stream.rs` | bytes behind an upgrade, in pieces, to messages |
//!
//! A finding is a panic, so what must hold is asserted; `oracle/` reads the same bytes a second time,
//! as plainly as can be, for comparison. `connection.rs` does the part of the reactor, `pieces.rs`
//! says in what pieces the bytes come, and `memory.rs` bounds what may be allocated meanwhile.
#![forbid(unsafe_code)]

mod connection;
mod events;
mod http_head;
mod irc_chat;
mod irc_line;
mod memory;
mod oracle;
mod pieces;
mod plain_line;
mod record;
mod relay_stream;
mod web;
mod websocket_stream;

pub use http_head::http_head;
pub use irc_chat::irc_chat;
pub use irc_line::irc_line;
pub use plain_line::plain_line;
pub use record::record;
pub use relay_stream::relay_stream;
pub use websocket_stream::websocket_stream;
