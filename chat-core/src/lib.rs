//! Group chat as a library.
pub mod dialect;
pub mod hub;
pub mod id;
pub mod journal;
pub mod limits;
pub mod names;
pub mod net;
pub mod time;
