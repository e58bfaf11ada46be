//! A person of the test, talking to a server line by line.
//!
//! Whatever is said and heard is kept, so that a failure shows the whole talk.

use std::fmt::Write as _;
use std::io;
use std::time::{Duration, Instant};

use crate::irc::{Registration, ping_token};
use crate::wait::PATIENCE;

/// What carries the lines: a TCP stream or a WebSocket.
pub trait Wire {
    /// Sends one line.
    ///
    /// # Errors
    /// When the other side is gone.
    fn write(&mut self, line: &str) -> io::Result<()>;

    /// The next line, without its ending.
    ///
    /// # Errors
    /// [`Silence`], when there is none.
    fn read(&mut self, deadline: Instant) -> Result<String, Silence>;
}

/// Why no line came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The deadline was over.
    TimedOut,
    /// The connection ended; the text says how.
    Closed(String),
}

/// One side of a conversation: [`LineClient`](crate::LineClient) or [`WsClient`](crate::WsClient).
#[derive(Debug)]
pub struct Conversation<W> {
    pub(crate) wire: W,
    transcript: Vec<String>,
    pub(crate) registration: Registration,
}

impl<W: Wire> Conversation<W> {
    pub(crate) fn over(wire: W) -> Self {
        Self {
            wire,
            transcript: Vec::new(),
            registration: Registration::default(),
        }
    }

    /// Says one line; its ending is added.
    ///
    /// # Panics
    /// When the other side is gone.
    #[track_caller]
    pub fn send(&mut self, line: &str) {
        if let Err(e) = self.try_send(line) {
            self.fail(&format!("cannot send `{line}`: {e}"));
        }
    }

    /// Says one line to somebody who may be gone.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn try_send(&mut self, line: &str) -> io::Result<()> {
        self.note('>', line);
        self.wire.write(line)
    }

    /// The next line, whatever it is.
    ///
    /// # Panics
    /// When none comes.
    #[track_caller]
    pub fn next_line(&mut self) -> String {
        match self.hear(Instant::now() + PATIENCE) {
            Ok(line) => line,
            Err(silence) => self.fail(&format!("awaited a line: {silence:?}")),
        }
    }

    /// Reads on to a line for which `accept` is true. The lines before it stay in the transcript.
    ///
    /// # Panics
    /// When no such line comes.
    #[track_caller]
    pub fn expect(&mut self, accept: impl FnMut(&str) -> bool) -> String {
        self.read_to("a line which this condition accepts", accept)
    }

    /// Reads on to a line with this text in it.
    ///
    /// # Panics
    /// When no such line comes.
    #[track_caller]
    pub fn expect_contains(&mut self, text: &str) -> String {
        self.read_to(&format!("a line with `{text}`"), |line| line.contains(text))
    }

    /// The lines that have come by now; nothing at the end of the connection.
    pub fn poll(&mut self) -> Option<Vec<String>> {
        let mut lines = Vec::new();
        loop {
            match self.hear(Instant::now()) {
                Ok(line) => lines.push(line),
                Err(Silence::TimedOut) => return Some(lines),
                Err(Silence::Closed(_)) => return (!lines.is_empty()).then_some(lines),
            }
        }
    }

    /// Checks that nothing comes for so long.
    ///
    /// # Panics
    /// When something comes, or the connection ends.
    #[track_caller]
    pub fn quiet(&mut self, span: Duration) {
        match self.hear(Instant::now() + span) {
            Err(Silence::TimedOut) => {}
            Err(closed) => self.fail(&format!("awaited silence: {closed:?}")),
            Ok(line) => self.fail(&format!("awaited silence and heard `{line}`")),
        }
    }

    /// Reads to the end of the connection and gives the lines before it. A reset is an end too:
    /// a server which closes with our bytes unread sends one.
    ///
    /// # Panics
    /// When the connection stays open.
    #[track_caller]
    pub fn expect_eof(&mut self) -> Vec<String> {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = Vec::new();
        loop {
            match self.hear(deadline) {
                Ok(line) => lines.push(line),
                Err(Silence::Closed(_)) => return lines,
                Err(Silence::TimedOut) => self.fail("awaited the end of the connection"),
            }
        }
    }

    /// Everything said (`>`) and heard (`<`) so far, one line each.
    pub fn transcript(&self) -> String {
        self.transcript.join("\n")
    }

    #[track_caller]
    pub(crate) fn fail(&self, what: &str) -> ! {
        let mut message = format!("{what}\n--- the conversation so far");
        for line in &self.transcript[self.transcript.len().saturating_sub(SHOWN_LINES_MAX)..] {
            let _ = write!(message, "\n{line}");
        }
        panic!("{message}\n---");
    }

    pub(crate) fn note(&mut self, direction: char, line: &str) {
        self.transcript.push(format!("{direction} {line}"));
    }

    /// The next line which is not a PING that we answer ourselves.
    pub(crate) fn hear(&mut self, deadline: Instant) -> Result<String, Silence> {
        loop {
            let line = self.wire.read(deadline)?;
            self.note('<', &line);
            match ping_token(&line).filter(|_| self.registration.answers_pings) {
                Some(token) => drop(self.try_send(&format!("PONG {token}"))),
                None => return Ok(line),
            }
        }
    }

    #[track_caller]
    pub(crate) fn read_to(
        &mut self,
        awaited: &str,
        mut accept: impl FnMut(&str) -> bool,
    ) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.hear(deadline) {
                Ok(line) if accept(&line) => return line,
                Ok(_) => {}
                Err(silence) => self.fail(&format!("awaited {awaited}: {silence:?}")),
            }
        }
    }
}

/// A failure shows the end of a long talk.
const SHOWN_LINES_MAX: usize = 60;
