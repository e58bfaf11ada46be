//! Where the chat is kept, and for how long.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chat_core::journal::Durability;
use chat_core::journal::sqlite::{Archive, OpenError, Retention, Settings, Sqlite};
use chat_core::relay::Builder;

/// What is said of it on the command line.
#[derive(Clone, Debug, clap::Args)]
pub struct DataArgs {
    /// The folder where the chat is kept; under `$XDG_STATE_HOME` or `~/.local/state` if not given
    #[arg(long, value_name = "DIR", help_heading = "What is kept")]
    pub data: Option<PathBuf>,

    /// Keeps nothing on the disk: all is gone when the program ends
    #[arg(long, help_heading = "What is kept", conflicts_with_all = ["data", "sync", "keep", "keep_bytes"])]
    pub memory: bool,

    /// When a message is told: `disk`, when the disk has it; `relay`, at once, and what came last is lost in a crash
    #[arg(long, value_name = "disk|relay", default_value = "disk", value_parser = sync, help_heading = "What is kept")]
    pub sync: Durability,

    /// Drops what is older, such as 90d or 12h; nothing is too old if not given
    #[arg(long, value_name = "TIME", help_heading = "What is kept")]
    pub keep: Option<Age>,

    /// Drops the oldest when the file is larger, such as 2G or 500M
    #[arg(long, value_name = "SIZE", default_value = KEEP_BYTES, help_heading = "What is kept")]
    pub keep_bytes: Bytes,
}

/// By default strangers cannot fill a disk. Ours: years of a team.
const KEEP_BYTES: &str = "10G";

fn sync(text: &str) -> Result<Durability, &'static str> {
    match text {
        "disk" => Ok(Durability::Disk),
        "relay" => Ok(Durability::Relay),
        _ => Err("write disk or relay"),
    }
}

/// A time in seconds, minutes, hours, days or weeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age(pub Duration);

/// A size in bytes, kibibytes, mebibytes, gibibytes or tebibytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub u64);

/// Not a time, or not a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadAmount(&'static str);

impl fmt::Display for BadAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for BadAmount {}

impl FromStr for Age {
    type Err = BadAmount;

    fn from_str(text: &str) -> Result<Age, BadAmount> {
        let units = [
            ("s", 1),
            ("m", 60),
            ("h", 3600),
            ("d", 86_400),
            ("w", 604_800),
        ];
        let seconds = amount(text, &units).ok_or(BadAmount(
            "write a number with s, m, h, d or w behind it, such as 90d",
        ))?;
        Ok(Age(Duration::from_secs(seconds)))
    }
}

impl FromStr for Bytes {
    type Err = BadAmount;

    fn from_str(text: &str) -> Result<Bytes, BadAmount> {
        let units = [
            ("K", 1 << 10),
            ("M", 1 << 20),
            ("G", 1 << 30),
            ("T", 1 << 40),
            ("", 1),
        ];
        amount(text, &units).map(Bytes).ok_or(BadAmount(
            "write a number of bytes, or one with K, M, G or T behind it, such as 2G",
        ))
    }
}

/// A number and its unit; none of either is an amount, and nothing is none.
fn amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let mut fitting = units.iter().filter_map(|(unit, size)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(*size)
    });
    fitting.next().filter(|amount| *amount > 0)
}

impl DataArgs {
    /// Opens the journal of a program; none if nothing is to be kept.
    ///
    /// # Errors
    /// There is no folder for it, or the folder cannot be used.
    pub fn open(&self, program: &str) -> anyhow::Result<Option<Sqlite>> {
        if self.memory {
            return Ok(None);
        }
        let settings = Settings {
            folder: DataArgs::folder_of(self.data.as_ref(), program)?,
            durability: self.sync,
            retention: Retention {
                age: self.keep.map(|age| age.0),
                bytes: Some(self.keep_bytes.0),
            },
        };
        let journal = Sqlite::open(&settings);
        journal.map(Some).map_err(|error| with_advice(&error))
    }

    /// Whether nothing was said of it.
    #[must_use]
    pub fn is_default(&self) -> bool {
        let bytes = KEEP_BYTES.parse() == Ok(self.keep_bytes);
        let is_named = self.data.is_some() || self.keep.is_some() || !bytes;
        !is_named && !self.memory && self.sync == Durability::Disk
    }

    /// The chat that a program keeps, for reading.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn archive_of(told: Option<&PathBuf>, program: &str) -> anyhow::Result<Archive> {
        let folder = DataArgs::folder_of(told, program)?;
        Archive::open(&folder).map_err(|error| match error {
            OpenError::Folder { .. } => anyhow::Error::from(error)
                .context("is a chat kept there? --data DIR names the folder"),
            error => with_advice(&error),
        })
    }

    /// Where a program keeps its chat, if it is not told. XDG Base Directory Specification, "state".
    ///
    /// # Errors
    /// Nothing says where.
    fn folder_of(told: Option<&PathBuf>, program: &str) -> anyhow::Result<PathBuf> {
        if let Some(folder) = told {
            return Ok(folder.clone());
        }
        let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        let home = || Some(std::env::home_dir()?.join(".local/state"));
        // The specification wants a path that is not absolute to be ignored.
        let state = state.filter(|path| path.is_absolute()).or_else(home);
        let state = state.filter(|path| path.is_absolute()).ok_or_else(|| {
            anyhow::anyhow!(
                "nothing says where your home is: give --data DIR, or --memory to keep nothing"
            )
        })?;
        Ok(state.join(program))
    }
}

/// An error, and what is to be done about it.
pub(crate) fn with_advice(error: &OpenError) -> anyhow::Error {
    let elsewhere = match error {
        OpenError::InUse { .. } => {
            ": end that one; or --data DIR names another folder, --memory keeps nothing"
        }
        OpenError::Folder { .. } => "; --data DIR names another folder, --memory keeps nothing",
        _ => "",
    };
    anyhow::anyhow!("{error}{}{elsewhere}", error.cause())
}

/// Lets a relay keep what it is told to keep.
#[must_use]
pub fn keep(builder: Builder, journal: Option<Sqlite>) -> Builder {
    match journal {
        Some(journal) => builder.journal(Box::new(journal)),
        None => builder,
    }
}

/// What is printed at the start.
#[must_use]
pub fn announced(journal: Option<&Sqlite>) -> String {
    match journal {
        None => "data nowhere — all is gone when the program ends".to_owned(),
        Some(journal) => {
            use chat_core::journal::Journal;
            let when = match journal.durability() {
                Durability::Disk => "nothing is told before the disk has it",
                _ => "told at once, and on the disk a moment later",
            };
            format!("data {} — {when}", journal.folder().display())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_units() {
        let days = Age(Duration::from_secs(90 * 86_400));
        assert_eq!("90d".parse(), Ok(days));
        assert_eq!("1h".parse(), Ok(Age(Duration::from_secs(3600))));
        assert_eq!(
            ("2G".parse(), "512".parse()),
            (Ok(Bytes(2 << 30)), Ok(Bytes(512)))
        );
        for bad in [
            "",
            "d",
            "90",
            "-1d",
            "1.5h",
            "0s",
            "99999999999999999999s",
            "90 d",
        ] {
            assert!(bad.parse::<Age>().is_err(), "{bad}");
        }
        for bad in ["", "G", "2g", "-1", "0", "18446744073709551615K"] {
            assert!(bad.parse::<Bytes>().is_err(), "{bad}");
        }
    }
}
