//! The I/O wing: it never heard of a chat. Floors 2 to 4.
//!
//! ```text
//!   4  Reactor ── polls; Doors accept, the Reader decodes, a Host is told      reactor, host, door, reader
//!   3  People ── the slab of Person; Wheel of deadlines; Leavers say goodbye   people/*, wheel, leavers, source
//!   2  Framing, Lines, Outbox ── bytes ⇄ messages, bytes that wait             framing, lines, outbox, slow, stream, pipe, networks, attempts
//! ```
//!
//! **Invariants.** Only [`Reactor::turn`] polls and only it reads clocks. Nobody is freed in the
//! middle of a turn, so a token of this turn's events never meets a stranger. Sockets are registered
//! for both directions once, edge triggered: nothing is ever switched on or off, so there is
//! nothing to forget. Nothing here names the pure wing.

pub mod attempts;
pub(crate) mod clock;
pub mod door;
pub mod framing;
pub mod host;
mod leavers;
pub mod lines;
pub mod networks;
#[doc(hidden)] // for the benchmarks; not part of what is promised
pub mod outbox;
pub mod people;
pub(crate) mod pipe;
pub mod reactor;
mod reader;
pub mod slow;
mod source;
mod stream;
mod wheel;

pub use attempts::{Attempts, Denied};
pub use door::Door;
pub use framing::{Farewell, Fault, Frame, Framing, Input, Unreadable, Wire};
pub use host::{After, Closed, Dropped, Host};
pub use lines::Lines;
pub use networks::Network;
pub use people::{Peer, People};
pub use reactor::Reactor;
pub use slow::{Slow, Thin};
