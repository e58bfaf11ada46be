//! What both daemons share: their common arguments, how they read secrets and know
//! operators, how they open and announce doors, and how they
//! run until a signal ends them.
//!
//! Signals and printing live here and not in chat-core, which must be a guest in other programs.

pub mod args;
pub mod backup;
pub mod command;
pub mod daemon;
pub mod data;
pub mod doors;
pub mod hash_password;
pub mod motd;
pub mod opers;
pub mod secret;
pub mod transcript;
