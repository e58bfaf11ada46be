//! Somebody else's program without a terminal: what it is told goes into its stdin, and all that it
//! says on stdout and stderr is kept.

use std::io::Write as _;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::program::Buffer;
use crate::wait::{PATIENCE, within};

/// A running program whose stdin is ours. It is killed when this is dropped.
#[derive(Debug)]
pub struct Piped {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Buffer,
    stderr: Buffer,
}

impl Piped {
    /// Starts the program.
    ///
    /// # Panics
    /// When it is not installed.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {command:?}: {e}\n{NOT_INSTALLED}"));
        let stdout = Buffer::collect(child.stdout.take().unwrap());
        let stderr = Buffer::collect(child.stderr.take().unwrap());
        Self {
            stdin: child.stdin.take(),
            child,
            stdout,
            stderr,
        }
    }

    /// Writes a line into its stdin. A program that is gone hears nothing: what it said last shows
    /// why.
    pub fn tell(&mut self, line: &str) {
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(format!("{line}\n").as_bytes());
        }
    }

    /// Ends its stdin, as the end of a file or Ctrl-D would.
    pub fn end_of_input(&mut self) {
        self.stdin = None;
    }

    /// All that it said so far, line by line; what it complained of comes last.
    pub fn heard(&self) -> String {
        self.stdout.text() + &self.stderr.text()
    }

    /// Waits until it has said this.
    ///
    /// # Panics
    /// When it does not, or ends before: shows what it said.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) {
        let said = within(PATIENCE, || {
            let has_ended = self.child.try_wait().unwrap().is_some();
            let has_said = self.heard().contains(text);
            (has_said || has_ended).then_some(has_said)
        });
        if said == Some(false) {
            self.settle();
        }
        if !self.heard().contains(text) {
            panic!("waited for `{text}`\n--- it said\n{}---", self.heard());
        }
    }

    /// Waits until the program has ended by itself.
    ///
    /// # Panics
    /// When it is still running at the limit: shows what it said.
    #[track_caller]
    pub fn wait_for_end(&mut self) {
        if within(PATIENCE, || self.child.try_wait().unwrap()).is_none() {
            panic!("the program still runs\n--- it said\n{}---", self.heard());
        }
        self.settle();
    }

    fn settle(&self) {
        self.stdout.settle();
        self.stderr.settle();
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const NOT_INSTALLED: &str =
    "`./tests/run` says how to get it, `./tests/run --no-clients` does without";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_told_and_heard() {
        let script = "while read -r line; do echo \"heard $line\"; done; echo bye >&2";
        let mut shell = Piped::start(Command::new("sh").args(["-c", script]));
        shell.tell("größe");
        shell.wait_for("heard größe\n");
        shell.end_of_input();
        shell.wait_for_end();
        assert!(shell.heard().ends_with("bye\n"), "{}", shell.heard());
        shell.tell("nobody is there");
    }
}
