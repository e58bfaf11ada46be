//! The thread that reads: one question after another, each from one state of the file. Floor 2.
//!
//! Searches come after everything else, and each is interrupted after a while: nobody waits long for their history because
//! somebody looks for words.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
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
        let mut searches = VecDeque::new();
        let mut connection = None;
        while let Some((inquiry, question)) = next(&self.questions, &mut searches) {
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
        if !is_search(question) {
            return look::answer(&*open.transaction()?, question);
        }
        bound(open, SEARCH_TIME_MAX)?;
        let found = look::answer(&*open.transaction()?, question);
        open.progress_handler(0, None::<fn() -> bool>)?;
        found
    }
}

/// The next question. A search waits until nothing else is asked; `None` is the end.
fn next(
    questions: &Receiver<(Inquiry, Question)>,
    searches: &mut VecDeque<(Inquiry, Question)>,
) -> Option<(Inquiry, Question)> {
    loop {
        let asked = match questions.try_recv() {
            Ok(asked) => asked,
            Err(TryRecvError::Empty) => match searches.pop_front() {
                Some(search) => return Some(search),
                None => questions.recv().ok()?,
            },
            Err(TryRecvError::Disconnected) => return None,
        };
        if !is_search(&asked.1) {
            return Some(asked);
        }
        searches.push_back(asked);
    }
}

fn is_search(question: &Question) -> bool {
    matches!(question.about, About::Search(_))
}

/// Whatever is asked from now on is interrupted after some time.
fn bound(connection: &mut Connection, time: Duration) -> rusqlite::Result<()> {
    let end = Instant::now() + time;
    connection.progress_handler(STEPS, Some(move || Instant::now() >= end))
}

/// Steps of SQLite's machine between two looks at the clock: some ten microseconds.
const STEPS: i32 = 1000;

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::id::{Identity, Seq};
    use crate::journal::{End, Search, Within};
    use crate::time::Timestamp;

    fn ask(about: About) -> Question {
        let until = Seq(1);
        Question { until, about }
    }

    fn search() -> Question {
        let (rooms, of) = ([].into(), Identity(1));
        ask(About::Search(Box::new(Search {
            within: Within::All { rooms, of },
            by: None,
            after: None,
            before: None,
            terms: None,
            from: End::Latest,
            limit: 1,
        })))
    }

    fn talks() -> Question {
        ask(About::Talks {
            of: Identity(1),
            rooms: vec![],
            after: Timestamp(0),
            before: Timestamp(1),
            from: End::Latest,
            limit: 1,
        })
    }

    #[test]
    fn whoever_searches_waits_for_those_who_read() {
        let (ask, questions) = channel();
        let mut searches = VecDeque::new();
        let asked = [search(), talks(), search(), talks()];
        for (i, question) in (0..).zip(asked) {
            ask.send((Inquiry(i), question)).unwrap();
        }
        let mut order = Vec::new();
        for _ in 0..4 {
            let (inquiry, _) = next(&questions, &mut searches).unwrap();
            order.push(inquiry.0);
        }
        assert_eq!(order, [1, 3, 0, 2]);
        ask.send((Inquiry(4), search())).unwrap();
        ask.send((Inquiry(5), talks())).unwrap();
        drop(ask);
        assert_eq!(next(&questions, &mut searches).unwrap().0, Inquiry(5));
        assert_eq!(next(&questions, &mut searches), None, "nobody hears it");
    }
}
