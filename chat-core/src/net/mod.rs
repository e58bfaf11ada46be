//! The I/O wing, which never heard of a chat.
pub mod framing;
