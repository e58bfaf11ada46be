//! The thread that reads: one question after another, each from one state of the file. Floor 2.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::look;
use super::{Bell, schema};
use crate::journal::{About, Found, Inquiry, Question};
use crate::limits::SEARCH_TIME_MAX;

pub(super) struct Reader {
    pub(super) file: PathBuf,
    pub(super) questions: Receiver<(Inquiry, Question)>,
    pub(super) answers: Sender<(Inquiry, Found)>,
    pub(super) bell: Arc<Bell>,
}

impl Reader {
    /// Answers until nobody asks any more.
    pub(super) fn run(self) {
        let mut connection = None;
        while let Ok((inquiry, question)) = self.questions.recv() {
            let found = self.answer(&mut connection, &question);
            // The loop is gone, if so.
            let _ = self.answers.send((inquiry, found));
            self.bell.ring();
        }
    }

    fn answer(&self, connection: &mut Option<Connection>, question: &Question) -> Found {
        match self.try_answer(connection, question) {
            Ok(found) => found,
            Err(error) => {
                log::error!(
                    "the journal {} cannot be read: {error}",
                    self.file.display()
                );
                *connection = None;
                Found::Unreadable
            }
        }
    }

    fn try_answer(
        &self,
        connection: &mut Option<Connection>,
        question: &Question,
    ) -> rusqlite::Result<Found> {
        let open = match connection.take() {
            Some(open) => open,
            None => schema::open_to_read(&self.file)?,
        };
        let open = connection.insert(open);
        if matches!(question.about, About::Search(_)) {
            bound(open, SEARCH_TIME_MAX)?;
        }
        let state = open.transaction()?;
        let found = look::answer(&state, question);
        drop(state);
        open.progress_handler(0, None::<fn() -> bool>)?;
        found
    }
}

/// Whatever is asked from now on is interrupted after some time.
fn bound(connection: &mut Connection, time: Duration) -> rusqlite::Result<()> {
    let end = Instant::now() + time;
    connection.progress_handler(STEPS, Some(move || Instant::now() >= end))
}

/// Steps of SQLite's machine between two looks at the clock: some microseconds.
const STEPS: i32 = 200;
