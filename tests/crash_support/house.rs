//! The program under test, keeping its history on a disk.

use std::process::Command;

use test_support::Disk;

/// The limits would stop a crowd, and are lifted.
pub(crate) fn command(disk: &Disk, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-relay"));
    command.args(["--irc", "127.0.0.1:0", "--plain", "none", "--unlimited"]);
    command.arg("--data").arg(disk.data()).args(args);
    command.env_remove("RUST_LOG");
    command
}
