//! Group chat as a library.
pub mod chat;
pub mod dialect;
pub mod handle;
pub mod hub;
pub mod id;
pub mod journal;
pub mod limits;
pub mod names;
pub mod net;
pub mod relay;
pub mod time;
