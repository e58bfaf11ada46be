//! The chat page.

pub mod http;
pub mod limits;
