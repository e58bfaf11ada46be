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
use super::trouble::Trouble;
use super::{Bell, Cause, schema};
use crate::journal::{About, Found, Inquiry, Question};
use crate::limits::SEARCH_TIME_MAX;

pub(super) struct Reader {
    pub(super) file: PathBuf,
    pub(super) questions: Receiver<(Inquiry, Question)>,
    pub(super) answers: Sender<(Inquiry, Found)>,
    pub(super) bell: Arc<Bell>,
    pub(super) trouble: Trouble,
}

impl Reader {
    /// Answers until nobody asks any more.
    pub(super) fn run(mut self) {
        let mut searches = VecDeque::new();
        let mut connection = None;
        while let Some((inquiry, question)) = next(&self.questions, &mut searches) {
            let found = self.answer(&mut connection, &question);
            // The loop is gone, if so.
            let _ = self.answers.send((inquiry, found));
            self.bell.ring();
        }
    }

    fn answer(&mut self, connection: &mut Option<Connection>, question: &Question) -> Found {
        match self.try_answer(connection, question) {
            Ok(found) => {
                self.trouble.ease();
                self.trouble.end();
                found
            }
            Err(error) => {
                self.complain(&error);
                *connection = None;
                Found::Unreadable
            }
        }
    }

    /// Once, as long as it is so: anybody may ask again and again.
    fn complain(&mut self, error: &rusqlite::Error) {
        self.trouble.begin();
        let (file, cause) = (self.file.display(), Cause::of(error));
        let what = format!("the journal {file} cannot be read: {error}{cause}");
        if self.trouble.is_news(&what) {
            log::error!("{what}");
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

/// Whatever is asked from now on is interrupted after some time; but not before it has done something: on a machine that is
/// busy elsewhere a clock runs out over nothing.
fn bound(connection: &mut Connection, time: Duration) -> rusqlite::Result<()> {
    let end = Instant::now() + time;
    let mut looks = 0;
    let is_over = move || {
        looks += 1;
        looks > LOOKS_MIN && Instant::now() >= end
    };
    connection.progress_handler(STEPS, Some(is_over))
}

/// Steps of SQLite's machine between two looks at the clock: some ten microseconds.
const STEPS: i32 = 1000;

/// So many looks are for nothing: 100,000 steps find what they may in some thousands of entries, in a few milliseconds.
const LOOKS_MIN: u32 = 100;

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

    #[test]
    fn time_ends_a_search_but_none_that_has_only_begun() {
        let mut file = Connection::open_in_memory().unwrap();
        let count_to = |file: &Connection, end: u32| {
            let count = format!(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {end}) SELECT max(i) FROM n"
            );
            file.query_row(&count, [], |row| row.get::<_, u32>(0)).ok()
        };
        for _ in 0..2 {
            bound(&mut file, Duration::ZERO).unwrap();
            assert_eq!(
                count_to(&file, 1_000),
                Some(1_000),
                "some ten thousand steps"
            );
            assert_eq!(count_to(&file, u32::MAX), None, "more than there are");
        }
    }
}
