//! What a WebSocket endpoint must do, RFC 6455, held against `examples/ws_echo`: the chat's own connection
//! code, over real sockets, with frames written by hand, since a client would not send what is wrong.
//!
//! The order is that of the Autobahn suite's classes, whose cases are asked for here too:
//!
//! | file | class | sections |
//! |---|---|---|
//! | `websocket_cases/lengths.rs` | 1 | §5.2, §5.6: lengths of 7, 16 and 64 bits |
//! | `websocket_cases/pings.rs` | 2 | §5.5.2, §5.5.3 |
//! | `websocket_cases/headers.rs` | 3, 4 | §5.1, §5.2: reserved bits and opcodes, masks |
//! | `websocket_cases/fragments.rs` | 5, 10 | §5.4 |
//! | `websocket_cases/utf8.rs` | 6 | §8.1, RFC 3629 |
//! | `websocket_cases/closing.rs` | 7 | §5.5.1, §7.4 |
//! | `websocket_cases/large.rs` | 9 | §10.4: 16 MiB, and how much memory that takes |
//! | `websocket_cases/echo.rs` | | the program, a client, and what every case is held to |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "websocket_cases/closing.rs"]
mod closing;
#[path = "websocket_cases/echo.rs"]
mod echo;
#[path = "websocket_cases/fragments.rs"]
mod fragments;
#[path = "websocket_cases/headers.rs"]
mod headers;
#[path = "websocket_cases/large.rs"]
mod large;
#[path = "websocket_cases/lengths.rs"]
mod lengths;
#[path = "websocket_cases/pings.rs"]
mod pings;
#[path = "websocket_cases/utf8.rs"]
mod utf8;
