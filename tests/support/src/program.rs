//! One of our programs as a child process.
//!
//! A program prints one line for each door, `irc 127.0.0.1:6667 — how to use it`, and then
//! `ready`. Tests ask for port 0 everywhere and read the real ports from these lines.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, Once};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tempfile::TempDir;

use crate::wait::{PATIENCE, within};

/// A running program. It is killed when this is dropped, and if the test is failing then, what
/// the program wrote on stderr is shown.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it keeps what it keeps, unless it was told where: no two programs may share that.
    _state: TempDir,
    stdout: Buffer,
    stderr: Buffer,
}

/// The path of `chat-relay`, for tests of other packages: Cargo tells a test only of the programs of
/// its own.
///
/// # Panics
/// When it cannot be built.
pub fn chat_relay() -> String {
    static BUILT: Once = Once::new();
    BUILT.call_once(build_chat_relay);
    let test = std::env::current_exe().expect("a test knows where it is");
    let target = test.ancestors().nth(2).expect("a target folder");
    let path = target.join("chat-relay");
    path.to_str().expect("a path in UTF-8").to_owned()
}

fn build_chat_relay() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--locked", "--quiet", "-p", "chat-relay"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let status = cargo.status().expect("cargo runs");
    assert!(status.success(), "chat-relay does not build");
}

impl Program {
    /// Starts the program and waits until it says `ready`. The path is
    /// `env!("CARGO_BIN_EXE_chat-relay")` or the like.
    ///
    /// # Panics
    /// When it does not start, ends early or is not ready in time: shows stdout and stderr.
    #[track_caller]
    pub fn start(path: &str, args: &[&str]) -> Self {
        let mut command = Command::new(path);
        command.args(args);
        Self::start_command(command)
    }

    /// The same for a command with an environment or a directory of its own.
    ///
    /// # Panics
    /// Like [`Program::start`].
    #[track_caller]
    pub fn start_command(command: Command) -> Self {
        let mut program = Self::spawn(command);
        program.await_ready();
        program
    }

    /// Starts a program which is not expected to become ready, to see how it fails.
    ///
    /// # Panics
    /// When it cannot be started at all.
    #[track_caller]
    pub fn spawn(mut command: Command) -> Self {
        let state = tempfile::tempdir().expect("a temporary folder");
        command
            .env("XDG_STATE_HOME", state.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {command:?}: {e}"));
        let stdout = Buffer::collect(child.stdout.take().unwrap());
        let stderr = Buffer::collect(child.stderr.take().unwrap());
        Self {
            child,
            _state: state,
            stdout,
            stderr,
        }
    }

    /// The address of the first door with this name.
    ///
    /// # Panics
    /// When the program printed no such door.
    #[track_caller]
    pub fn door(&self, name: &str) -> SocketAddr {
        match self.doors(name).first() {
            Some(address) => *address,
            None => panic!("no door `{name}` in:\n{}", self.stdout()),
        }
    }

    /// The addresses of all doors with this name, in the order in which they were printed.
    pub fn doors(&self, name: &str) -> Vec<SocketAddr> {
        self.stdout()
            .lines()
            .filter_map(|line| door_in(line, name))
            .collect()
    }

    /// Sends a signal, `"TERM"` or the like, by the process's own id.
    ///
    /// # Panics
    /// When there is no such process or no such signal.
    #[track_caller]
    pub fn signal(&self, name: &str) {
        let sent = try_signal(name, &self.pid().to_string());
        assert!(sent, "SIG{name} did not reach process {}", self.pid());
    }

    /// Waits until the program has ended by itself.
    ///
    /// # Panics
    /// When it is still running at the limit.
    #[track_caller]
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        match within(limit, || self.child.try_wait().unwrap()) {
            Some(status) => {
                self.settle();
                status
            }
            None => panic!("the program still runs after {limit:?}\n{}", self.output()),
        }
    }

    /// Everything on stdout so far.
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// Everything on stderr so far.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Waits until stderr holds `text`.
    ///
    /// # Panics
    /// When it does not in time.
    #[track_caller]
    pub fn expect_stderr(&self, text: &str) {
        if within(PATIENCE, || self.stderr().contains(text).then_some(())).is_none() {
            panic!("waited for `{text}` on stderr\n{}", self.output());
        }
    }

    /// The id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    #[track_caller]
    fn await_ready(&mut self) {
        let ready = within(PATIENCE, || {
            let ended = self.child.try_wait().unwrap();
            let ready = self.stdout().lines().any(|line| line == "ready");
            (ready || ended.is_some()).then_some(ready)
        });
        if ready == Some(false) {
            self.settle();
        }
        if ready != Some(true) {
            panic!("the program did not say `ready`\n{}", self.output());
        }
    }

    fn settle(&self) {
        self.stdout.settle();
        self.stderr.settle();
    }

    fn output(&self) -> String {
        format!(
            "--- stdout\n{}--- stderr\n{}---",
            self.stdout(),
            self.stderr()
        )
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("program {}\n{}", self.pid(), self.output());
        }
    }
}

/// What a thread collects from a pipe, line by line. The pipe is read to its end, so that the
/// program never waits for us.
#[derive(Debug)]
pub(crate) struct Buffer {
    text: Arc<Mutex<String>>,
    thread: JoinHandle<()>,
}

impl Buffer {
    pub(crate) fn collect(pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let collected = Arc::clone(&text);
        let thread = thread::spawn(move || {
            let mut line = Vec::new();
            let mut pipe = BufReader::new(pipe);
            while matches!(pipe.read_until(b'\n', &mut line), Ok(1..)) {
                collected
                    .lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self { text, thread }
    }

    pub(crate) fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    /// Waits for the last words of a program that has ended; not for long, since a child of its
    /// own may hold the pipe open.
    pub(crate) fn settle(&self) {
        let _ = within(SETTLE_MAX, || self.thread.is_finished().then_some(()));
    }
}

/// The shell's own `kill`, because a small machine may have no other.
pub(crate) fn try_signal(name: &str, target: &str) -> bool {
    let command = format!("kill -{name} {target}");
    let output = Command::new("sh").args(["-c", &command]).output();
    output.expect("a shell").status.success()
}

fn door_in(line: &str, name: &str) -> Option<SocketAddr> {
    let mut words = line.split_whitespace();
    (words.next()? == name).then(|| words.next()?.parse().ok())?
}

const SETTLE_MAX: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_DOORS: &str = "echo 'irc 127.0.0.1:4001 — any client'; \
        echo 'plain [::1]:4002 — nc ::1 4002'; echo ready; echo fine >&2; exec sleep 60";

    fn shell(script: &str) -> Program {
        Program::start("/bin/sh", &["-c", script])
    }

    #[test]
    fn doors_are_read_from_stdout() {
        let program = shell(TWO_DOORS);
        assert_eq!(program.door("irc"), "127.0.0.1:4001".parse().unwrap());
        assert_eq!(program.door("plain"), "[::1]:4002".parse().unwrap());
        assert_eq!(program.doors("http"), []);
        program.expect_stderr("fine");
    }

    #[test]
    fn a_signal_ends_it() {
        let mut program = shell(TWO_DOORS);
        program.signal("TERM");
        let status = program.wait(PATIENCE);
        assert!(!status.success(), "{status}");
    }

    #[test]
    #[should_panic(expected = "cannot bind")]
    fn an_early_end_shows_stderr() {
        shell("echo cannot bind >&2; exit 1");
    }

    #[test]
    fn it_dies_with_its_owner() {
        let program = shell(TWO_DOORS);
        let proc = format!("/proc/{}", program.pid());
        assert!(std::fs::exists(&proc).unwrap());
        drop(program);
        assert!(!std::fs::exists(&proc).unwrap());
    }
}
