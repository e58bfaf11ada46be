//! The chat page.

pub mod args;
pub mod cookie;
pub mod front;
pub mod http;
pub mod limits;
pub mod origin;
pub mod pages;
pub mod session;
pub mod site;
pub mod web;
