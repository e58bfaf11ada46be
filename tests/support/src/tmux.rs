//! A text client on a real terminal: a tmux server of our own, with a home directory of its own,
//! so that nobody's sessions and settings are touched.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::wait::{PATIENCE, within};

/// A terminal of 120 × 40 characters with a program in it. Both end when this is dropped.
#[derive(Debug)]
pub struct Terminal {
    home: TempDir,
}

impl Terminal {
    /// Starts a command line, `irssi --connect=…` or the like.
    ///
    /// # Panics
    /// When tmux is not installed or does not start.
    #[track_caller]
    pub fn start(command: &str) -> Self {
        Self::start_in(tempfile::tempdir().expect("a temporary directory"), command)
    }

    /// The same with a prepared home directory, which holds the client's settings.
    ///
    /// # Panics
    /// When tmux is not installed or does not start.
    #[track_caller]
    pub fn start_in(home: TempDir, command: &str) -> Self {
        let terminal = Self { home };
        let config = terminal.home().join("tmux.conf");
        std::fs::write(&config, CONFIG).expect("a file in our own directory");
        let config = config.to_str().expect("a path in UTF-8");
        terminal.tmux(&[
            "-f",
            config,
            "new-session",
            "-d",
            "-x",
            "120",
            "-y",
            "40",
            command,
        ]);
        terminal
    }

    /// The home directory of the program.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Types a line and presses Enter.
    ///
    /// # Panics
    /// When the terminal is gone.
    #[track_caller]
    pub fn type_line(&self, text: &str) {
        self.tmux(&["send-keys", "-l", "--", text]);
        self.press("Enter");
    }

    /// Presses a key by its tmux name: `"Enter"`, `"C-c"`, `"Escape"`.
    ///
    /// # Panics
    /// When the terminal is gone.
    #[track_caller]
    pub fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    /// What a person sees now.
    ///
    /// # Panics
    /// When the terminal is gone.
    #[track_caller]
    pub fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// All that a person could have seen since the start: what has scrolled off, too.
    ///
    /// # Panics
    /// When the terminal is gone.
    #[track_caller]
    pub fn scrollback(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-S", "-"])
    }

    /// Waits until this text has been shown.
    ///
    /// # Panics
    /// When it does not: shows the screen.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        let mut screen = String::new();
        let found = within(PATIENCE, || {
            screen = self.scrollback();
            screen.contains(text).then_some(())
        });
        if found.is_none() {
            panic!(
                "waited for `{text}`\n--- the screen\n{}\n---",
                screen.trim_end()
            );
        }
    }

    /// Waits until the program in it has ended. Its last words stay on the screen.
    ///
    /// # Panics
    /// When it goes on: shows the screen.
    #[track_caller]
    pub fn wait_for_end(&self) {
        let dead = || self.tmux(&["list-panes", "-F", "#{pane_dead}"]).trim() == "1";
        if within(PATIENCE, || dead().then_some(())).is_none() {
            panic!(
                "waited for the end of the program\n--- the screen\n{}---",
                self.screen()
            );
        }
    }

    #[track_caller]
    fn tmux(&self, args: &[&str]) -> String {
        let output = match self.run(args) {
            Ok(output) => output,
            Err(e) => panic!("{NOT_INSTALLED} ({e})"),
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tmux {args:?}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The socket lies in our own directory: another tmux of this user knows nothing of it.
    fn run(&self, args: &[&str]) -> std::io::Result<Output> {
        let mut command = Command::new("tmux");
        command
            .arg("-u")
            .arg("-S")
            .arg(self.home().join("tmux.socket"))
            .args(args);
        command
            .env("HOME", self.home())
            .env("LC_ALL", "C.UTF-8")
            .env_remove("TMUX");
        command.current_dir(self.home()).output()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.run(&["kill-server"]);
    }
}

/// A program that ends leaves its last words on the screen.
const CONFIG: &str = "set -g remain-on-exit on\nset -g status off\n";

const NOT_INSTALLED: &str = "this test needs tmux: `./tests/run` says how to get it, \
    `./tests/run --no-clients` does without";

#[cfg(test)]
mod with_clients {
    use std::net::TcpListener;

    use super::*;
    use crate::LineClient;

    #[test]
    fn a_line_is_typed_and_seen() {
        let terminal = Terminal::start("cat");
        terminal.type_line("héllo; 'wörld'");
        terminal.wait_for("héllo; 'wörld'\nhéllo; 'wörld'");
        terminal.press("C-d");
        terminal.wait_for_end();
    }

    #[test]
    fn home_is_our_own() {
        // It stays: what a program says as it ends, tmux may lose.
        let terminal = Terminal::start("echo home=$HOME; exec cat");
        terminal.wait_for(&format!("home={}", terminal.home().display()));
    }

    #[test]
    fn irssi_registers_here() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let irssi = format!("irssi --connect=127.0.0.1 --port={port} --nick=ana");
        let terminal = Terminal::start(&irssi);
        let mut server = LineClient::accept(&listener);
        server.expect_contains("CAP LS");
        server.send(":chat CAP * LS :");
        server.expect_contains("NICK ana");
        server.expect_contains("USER ");
        server.send(":chat 001 ana :Welcome to the test, ana");
        terminal.wait_for("Welcome to the test, ana");
        terminal.type_line("/quote hello");
        server.expect_contains("hello");
    }
}
