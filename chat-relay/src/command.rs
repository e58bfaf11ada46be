//! What a program does besides serving.

use crate::backup::{self, BackupArgs};
use crate::hash_password::{self, HashArgs};
use crate::transcript::{self, LogArgs};

/// What a program does besides serving.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Command {
    /// Prints what was said in a room
    Log(LogArgs),
    /// Copies everything that is kept into a file
    Backup(BackupArgs),
    /// Makes a line for the file of operators (--opers), from a password that it reads
    HashPassword(HashArgs),
}

impl Command {
    /// Does it, with the chat of a program of that name.
    ///
    /// # Errors
    /// There is no chat, something cannot be read, or what comes of it cannot be written.
    pub fn run(&self, program: &str) -> anyhow::Result<()> {
        match self {
            Command::Log(log) => transcript::run(log, program),
            Command::Backup(copy) => backup::run(copy, program),
            Command::HashPassword(hash) => hash_password::run(hash),
        }
    }
}
