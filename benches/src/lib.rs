//! What the benchmarks share: a crowd on loopback sockets, served by the chat or by a bare loop that
//! only writes, and the forms in which both are spoken to.
//!
//! | module | what |
//! |---|---|
//! | `form` | a wire and capabilities: what a client sends by it |
//! | `crowd` | the chat with a room full of readers, turned by the benchmark |
//! | `bare` | the loop that it is measured against |
//! | `talkers` | people who say one thing after another |
//! | `socket` | a client's end of a connection |

mod bare;
mod crowd;
mod form;
mod socket;
mod talkers;

pub use bare::Bare;
pub use crowd::{Crowd, MARK};
pub use form::{Form, masked};
pub use talkers::{Talked, Talkers};

/// What every benchmark may fail with: the system, never a peer.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
