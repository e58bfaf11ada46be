//! The message of the day, from a file. RFC 2812 §3.4.1.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, ensure};
use chat_core::limits::LINE_BYTES_MAX;

/// Bytes of the file. Ours: it goes to everybody who comes in, at once.
const FILE_BYTES_MAX: u64 = 16 * 1024;

/// Bytes of one line: what a numeric has room for beside the longest name and its own words.
const TEXT_BYTES_MAX: usize = LINE_BYTES_MAX - 112;

/// Reads the lines of a file. `flag` is the one that named it.
///
/// # Errors
/// The file cannot be read, or holds what cannot be told; says what to write into it.
pub fn read(flag: &str, path: &Path) -> anyhow::Result<Vec<String>> {
    let lines = text(path).and_then(|text| lines(&text));
    lines.with_context(|| format!("{flag} {}", path.display()))
}

fn text(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let file = File::open(path).context("cannot read this file; write some lines into it")?;
    file.take(FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .context("cannot read this file as text")?;
    ensure!(
        text.len() as u64 <= FILE_BYTES_MAX,
        "this file is too long: write at most {FILE_BYTES_MAX} bytes into it"
    );
    Ok(text)
}

fn lines(text: &str) -> anyhow::Result<Vec<String>> {
    for (number, line) in (1..).zip(text.lines()) {
        ensure!(
            line.len() <= TEXT_BYTES_MAX,
            "line {number} is too long: write at most {TEXT_BYTES_MAX} bytes into it"
        );
        ensure!(
            !line.contains(['\0', '\r']),
            "line {number} holds a character that no line can: write text into it"
        );
    }
    Ok(text.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_told_as_it_stands() {
        let read = lines("welcome\r\n\n  be kind\n").unwrap();
        assert_eq!(read, ["welcome", "", "  be kind"]);
        assert!(lines("").unwrap().is_empty());
    }

    #[test]
    fn what_no_line_can_hold_is_refused_with_its_number() {
        let long = format!("a\n{}", "x".repeat(TEXT_BYTES_MAX + 1));
        for (text, words) in [
            (long.as_str(), "line 2 is too long"),
            ("a\0", "line 1 holds"),
            ("a\rb\n", "line 1 holds"),
        ] {
            let why = lines(text).unwrap_err().to_string();
            assert!(why.contains(words), "{why}");
        }
    }
}
