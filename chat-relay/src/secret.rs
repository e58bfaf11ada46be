//! Secrets from files: never from arguments, which everybody on a machine can read.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use chat_core::limits::SECRET_BYTES_MAX;
use chat_core::secret::Secret;

/// Reads a password: the one line of a file. `flag` is the one that named the file.
///
/// # Errors
/// The file cannot be read, or holds something else; says what to write into it.
pub fn read(flag: &str, path: &Path) -> anyhow::Result<Secret> {
    let text = text(flag, path)?;
    Ok(Secret::new(&text))
}

/// Reads a secret that travels as one word of a line.
///
/// # Errors
/// As [`read`], and if the line is not one word.
pub fn read_word(flag: &str, path: &Path) -> anyhow::Result<Secret> {
    let text = text(flag, path)?;
    ensure!(
        !text.contains(' ') && !text.starts_with(':'),
        "{flag} {}: write one word into it, without spaces and not beginning with a colon, such as \
         `openssl rand -hex 24` makes",
        path.display()
    );
    Ok(Secret::new(&text))
}

fn text(flag: &str, path: &Path) -> anyhow::Result<String> {
    let content = content(path).with_context(|| {
        let path = path.display();
        format!("{flag} {path}: cannot read this file; write the secret into it, as its only line")
    })?;
    let check = || one_line(&content);
    let line = check().with_context(|| format!("{flag} {}", path.display()))?;
    if content_is_for_all(path) {
        let path = path.display();
        log::warn!("{flag} {path}: others can read this file; chmod 600 {path} keeps it yours");
    }
    Ok(line.to_owned())
}

/// What a file holds, as far as a secret may go and a byte more.
fn content(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let most = SECRET_BYTES_MAX + "\r\n".len() + 1;
    File::open(path)?
        .take(most as u64)
        .read_to_end(&mut content)?;
    Ok(content)
}

/// The one line of a file, without its end.
fn one_line(content: &[u8]) -> anyhow::Result<&str> {
    let Ok(text) = str::from_utf8(content) else {
        bail!("this is no UTF-8; write one line of text into it");
    };
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    ensure!(
        line.len() <= SECRET_BYTES_MAX,
        "this is too long; write one line of at most {SECRET_BYTES_MAX} bytes into it"
    );
    ensure!(
        !line.trim().is_empty(),
        "there is nothing in it; write the secret into it, as its only line"
    );
    ensure!(
        !line.chars().any(char::is_control),
        "there is more than one line in it, or a control character; write one line of text into it"
    );
    Ok(line)
}

fn content_is_for_all(path: &Path) -> bool {
    let mode = path.metadata().map(|data| data.permissions().mode());
    mode.is_ok_and(|mode| mode & 0o077 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_end_is_no_part_of_a_secret() {
        for content in ["hunter 2", "hunter 2\n", "hunter 2\r\n"] {
            assert_eq!(one_line(content.as_bytes()).unwrap(), "hunter 2");
        }
        let longest = "é".repeat(SECRET_BYTES_MAX / 2) + "\r\n";
        assert!(one_line(longest.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_line_says_what_to_write() {
        let long = "x".repeat(SECRET_BYTES_MAX + 1);
        for (content, words) in [
            (&b""[..], "nothing in it"),
            (b"\n", "nothing in it"),
            (b"  \n", "nothing in it"),
            (b"a\nb\n", "more than one line"),
            (b"a\n\n", "more than one line"),
            (b"a\x1bb", "control character"),
            (b"a\0", "control character"),
            (b"\xff", "no UTF-8"),
            (long.as_bytes(), "at most 256 bytes"),
        ] {
            let error = one_line(content).unwrap_err().to_string();
            assert!(error.contains(words) && error.contains("write"), "{error}");
        }
    }
}
