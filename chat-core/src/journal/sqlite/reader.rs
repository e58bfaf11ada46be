//! The thread that reads: one question after another, each from one state of the file. Floor 2.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use rusqlite::Connection;

use super::look;
use super::{Bell, schema};
use crate::journal::{Found, Inquiry, Question};

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
        let state = open.transaction()?;
        look::answer(&state, question)
    }
}
