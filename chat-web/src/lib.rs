//! The chat page.

pub mod cookie;
pub mod http;
pub mod limits;
pub mod origin;
pub mod session;
pub mod web;
