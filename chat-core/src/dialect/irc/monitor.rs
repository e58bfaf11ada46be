//! MONITOR: names that somebody wants to hear of. IRCv3 monitor.

use super::command::{Command, Wrong};

/// What MONITOR is to do. Targets are a list still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonitorCommand<'a> {
    /// Watches these too, and tells which of them are here.
    Add(&'a str),
    /// Watches these no more.
    Remove(&'a str),
    /// Watches nobody.
    Clear,
    /// Lists who is watched.
    List,
    /// Tells who of them is here.
    Status,
    /// Something else, which the specification has no answer to.
    Unknown(&'a str),
}

/// Reads the parameters of MONITOR.
///
/// # Errors
/// What is missing.
pub(super) fn decode<'a>(params: &[&'a str]) -> Result<Command<'a>, Wrong<'a>> {
    let needed = |index| {
        let param = params.get(index).copied();
        let param = param.filter(|param: &&str| !param.is_empty());
        param.ok_or(Wrong::NeedMoreParams(COMMAND))
    };
    Ok(Command::Monitor(match needed(0)? {
        "+" => MonitorCommand::Add(needed(1)?),
        "-" => MonitorCommand::Remove(needed(1)?),
        "C" | "c" => MonitorCommand::Clear,
        "L" | "l" => MonitorCommand::List,
        "S" | "s" => MonitorCommand::Status,
        other => MonitorCommand::Unknown(other),
    }))
}

/// The command, as answers to it have it.
pub const COMMAND: &str = "MONITOR";
