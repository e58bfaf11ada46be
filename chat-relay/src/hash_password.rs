//! `hash-password NAME`: a line for the file of operators.
//!
//! The password comes from the terminal, unseen, or else from whatever stdin is: never as an argument, which everybody on a
//! machine can read.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use anyhow::{Context, bail, ensure};
use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use chat_core::limits::SECRET_BYTES_MAX;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::opers::check_name;

/// What it takes.
#[derive(Clone, Debug, clap::Args)]
pub struct HashArgs {
    /// The operator's name, as it will be given to OPER
    pub name: String,
}

/// Reads a password and prints the line.
///
/// # Errors
/// The name or the password cannot be one, or cannot be read.
pub fn run(args: &HashArgs) -> anyhow::Result<()> {
    check_name(&args.name)?;
    let password = match io::stdin().is_terminal() {
        true => ask_twice()?,
        false => read_line()?,
    };
    let line = line(&args.name, &password)?;
    writeln!(io::stdout(), "{line}").context("cannot print it")
}

fn line(name: &str, password: &str) -> anyhow::Result<String> {
    ensure!(!password.is_empty(), "there is no password in it");
    ensure!(
        !password.chars().any(char::is_control),
        "a control character cannot be sent in a password"
    );
    // Argon2id with 19 MiB and two rounds: OWASP, Password Storage Cheat Sheet.
    let hashed = Argon2::default().hash_password(password.as_bytes());
    let hash: argon2::password_hash::phc::PasswordHash = match hashed {
        Ok(hash) => hash,
        Err(error) => bail!("cannot hash it: {error}"),
    };
    Ok(format!("{name} {hash}"))
}

fn ask_twice() -> anyhow::Result<String> {
    let first = ask("Password: ")?;
    let second = ask("The same once more: ")?;
    ensure!(
        first == second,
        "these were two different passwords: try again"
    );
    Ok(first)
}

fn ask(what: &str) -> anyhow::Result<String> {
    let mut terminal = io::stderr();
    write!(terminal, "{what}").context("cannot ask")?;
    let unseen = Unseen::begin().context("cannot hide what is typed")?;
    let line = read_line();
    drop(unseen);
    writeln!(terminal).context("cannot ask")?;
    line
}

/// The first line of stdin, without its end.
fn read_line() -> anyhow::Result<String> {
    let mut line = String::new();
    let most = SECRET_BYTES_MAX as u64 + 2;
    let read = io::stdin().lock().take(most).read_line(&mut line);
    read.context("cannot read a password as text")?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    ensure!(
        line.len() <= SECRET_BYTES_MAX,
        "this is too long; a password has at most {SECRET_BYTES_MAX} bytes"
    );
    Ok(line.to_owned())
}

/// The terminal shows nothing of what is typed, until this is dropped.
struct Unseen(Termios);

impl Unseen {
    fn begin() -> io::Result<Unseen> {
        let before = tcgetattr(io::stdin())?;
        let mut unseen = before.clone();
        unseen.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &unseen)?;
        Ok(Unseen(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
