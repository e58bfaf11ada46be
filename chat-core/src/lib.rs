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
//! | [`Observer`](observer::Observer), [`Insider`](inside::Insider) | the program's say in what happens; somebody in the same process |
//!
//! # The pages
//!
//! | if you want to | read |
//! |---|---|
//! | start a chat, or turn it in a loop of your own | [`relay`] |
//! | do something to it from another thread | [`handle`] |
//! | decide who comes in, who goes where, what is said | [`observer`] |
//! | say who keeps the whole server in order | [`opers`] |
//! | put a bot or an announcer into it | [`inside`] |
//! | speak another protocol to the same people | [`net::framing`] |
//! | keep what is said on the disk | the feature `sqlite`, `journal::Sqlite`, [`Builder::journal`](relay::Builder::journal) |
//! | keep or order it in another way | [`journal`] |
//! | test a bot, a client, or a program with a chat | [`testing`] |
//! | serve something else on the same loop | [`net::host`] |
//!
//! The examples `embed`, `own_loop`, `veto`, `in_process`, `custom_framing` and `test_a_bot` are programs to begin with;
//! `site`, of chat-web, has the page as well.
//!
//! # What is promised
//!
//! - **Manners.** A [`Relay`](relay::Relay) is a value. It has no threads but the two of [`journal::Sqlite`], which wait for the disk,
//!   and that of [`testing::Ephemeral::spawn`]; no globals, no signal handlers; it prints nothing and logs through [`log`] without a word of what
//!   people say. Two of them in one process know nothing of each other. Dropped, it closes everything at once.
//! - **Order.** Everything that a room can see has one place in one order, and all who see it see it in that order. What
//!   one person does takes effect in the order in which they did it; what a thread asks for through one
//!   [`Handle`](handle::Handle), in the order in which it asked.
//! - **Bounds.** Whatever a peer does, it costs a bounded number of bytes: [`limits`] has every bound with its unit and its
//!   source. An idle person costs less than 768 bytes with a socket (what the kernel keeps for it not counted), somebody
//!   in the same process about as much, and a [`voice`](relay::Relay::voice) less.
//! - **Faults.** No input of a peer can cause a panic. An observer's own panic denies what it was asked about.
//!
//! # The floors
//!
//! A file uses only lower floors; the test `tidy` holds it.
//!
//! | floor | what |
//! |---|---|
//! | 5 | [`relay`], [`handle`], [`observer`], [`opers`], [`inside`], [`snapshot`], [`testing`], [`chat`]: the front, where the wings meet |
//! | 4 | [`net::reactor`], [`net::host`], [`net::door`]: the loop |
//! | 3 | [`net::people`] and, in the other wing, [`dialect`] |
//! | 2 | [`net::framing`], [`net::lines`] and [`journal`] |
//! | 1 | [`hub`] |
//! | 0 | [`limits`], [`names`], [`id`], [`gap`], [`secret`], [`time`] |
//!
//! **Invariants:** nothing in `hub`, `journal` and `dialect` names `net`, mio, `std::net` or a clock;
//! nothing in `net` names those three. Only `net::clock` reads clocks, and only `net::reactor` polls.

pub mod chat;
pub mod dialect;
pub mod gap;
pub mod handle;
pub mod hub;
pub mod id;
pub mod inside;
pub mod journal;
pub mod limits;
pub mod names;
pub mod net;
pub mod observer;
pub mod opers;
pub mod relay;
pub mod secret;
pub mod snapshot;
pub mod testing;
pub mod time;
