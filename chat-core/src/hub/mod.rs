//! Who is where, and who may do what. Floor 1: pure state, no socket, no clock, no thread.

pub mod entry;
pub mod request;
