//! `backup`: a copy of everything that is kept, while the server runs or when it does not.

use std::path::PathBuf;

use crate::data::{DataArgs, with_advice};
use anyhow::Context;

/// What to copy, and where to.
#[derive(Clone, Debug, clap::Args)]
pub struct BackupArgs {
    /// The copy; it may not be there yet
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The folder where the chat is kept
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Copies the chat as it is at one moment.
///
/// # Errors
/// There is no journal, it cannot be read, or the copy cannot be written.
pub fn run(args: &BackupArgs, program: &str) -> anyhow::Result<()> {
    let archive = DataArgs::archive_of(args.data.as_ref(), program)?;
    archive
        .copy_to(&args.file)
        .map_err(|error| with_advice(&error))
        .with_context(|| format!("cannot write {}", args.file.display()))
}
