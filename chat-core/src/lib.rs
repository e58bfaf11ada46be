//! Group chat as a library: rooms for IRC clients, people with `nc` and browsers, on one
//! single-threaded mio loop. No async runtime, no threads, no globals, no signal handlers.
//!
//! ```no_run
//! use chat_core::relay::{Relay, StartError};
//!
//! fn main() -> Result<(), StartError> {
//!     let mut relay = Relay::builder()
//!         .irc("127.0.0.1:6667".parse().expect("an address"))?
//!         .plain("127.0.0.1:6668".parse().expect("an address"))?
//!         .build()?;
//!     relay.run()?; // or `relay.turn(timeout)` in a loop of your own
//!     Ok(())
//! }
//! ```
//!
//! # The picture
//!
//! ```text
//!  socket ─bytes─▶ Framing ─message─▶ Dialect ─Request─▶ Hub::check ─Entry─▶ Journal
//!  └──── net ────────────┘           └───────── chat ─────────────────────┐    │ committed
//!  socket ◀─bytes─ Outbox ◀─bytes─ FanOut ◀─Effects─ Hub::apply ◀─────────┴────┘
//! ```
//!
//! One protocol runs through the house: IRC lines with IRCv3 tags, whatever carries them. The plain
//! door is a second dialect.
//!
//! # The words
//!
//! | word | meaning |
//! |---|---|
//! | [`PersonId`](id::PersonId) | somebody connected: a slab key and how often it was used before |
//! | [`Hub`](hub::Hub) | who is where and who may do what; pure state |
//! | [`Entry`](hub::entry::Entry) | everything that a room can see |
//! | [`Journal`](journal::Journal) | gives each entry its place in one order, this turn or later |
//! | [`Framing`](net::Framing) | bytes ⇄ messages; knows nothing of chat |
//! | [`Dialect`](dialect::Dialect) | messages ⇄ requests and events |
//! | [`People`](net::People) | the slab of connections, and what may be done to one |
//! | [`Reactor`](net::Reactor) | the loop; the only place that polls |
//! | [`Host`](net::Host) | what a reactor serves: [`Chat`](chat::Chat), or something of your own |
//! | [`Relay`](relay::Relay), [`Handle`](handle::Handle) | the whole as a value, and a way in from other threads |
//!
//! # The floors
//!
//! A file uses only lower floors; the test `tidy` holds it.
//!
//! | floor | what |
//! |---|---|
//! | 5 | [`relay`], [`handle`], [`chat`]: the front, where the wings meet |
//! | 4 | [`net::reactor`], [`net::host`], [`net::door`]: the loop |
//! | 3 | [`net::people`] and, in the other wing, [`dialect`] |
//! | 2 | [`net::framing`], [`net::lines`] and [`journal`] |
//! | 1 | [`hub`] |
//! | 0 | [`limits`], [`names`], [`id`], [`gap`], [`secret`], [`time`] |
//!
//! **Invariants:** nothing in `hub`, `journal` and `dialect` names `net`, mio, `std::net` or a clock;
//! nothing in `net` names those three. Only `net::reactor` reads clocks, and only it polls.

pub mod chat;
pub mod dialect;
pub mod gap;
pub mod handle;
pub mod hub;
pub mod id;
pub mod journal;
pub mod limits;
pub mod names;
pub mod net;
pub mod relay;
pub mod secret;
pub mod time;
