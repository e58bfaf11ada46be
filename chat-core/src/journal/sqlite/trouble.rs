//! A disk that refuses, or cannot be read, is in the log once, and one that refused once more when that is over: a line for
//! each that is refused would be many, and may be what keeps the disk full. Floor 2.

use std::time::{Duration, Instant};

/// For how long a disk takes everything before it is believed: one that is nearly full takes now this and now that.
const CALM: Duration = Duration::from_secs(5);

/// Different things that are said of one trouble, at most.
const SAID_MAX: usize = 16;

/// What is known of a disk that refuses, if it does.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// When it refused last.
    last: Option<Instant>,
    has_taken_since: bool,
    refused: usize,
    said: Vec<String>,
}

impl Trouble {
    /// The disk has not taken something.
    pub(super) fn begin(&mut self) {
        self.begin_at(Instant::now());
    }

    fn begin_at(&mut self, now: Instant) {
        (self.last, self.has_taken_since) = (Some(now), false);
    }

    /// So many were refused, if it is because of the disk.
    pub(super) fn count(&mut self, refused: usize) {
        if self.last.is_some() {
            self.refused += refused;
        }
    }

    /// Whether this has not been said yet.
    pub(super) fn is_news(&mut self, text: &str) -> bool {
        let is_news = self.said.len() < SAID_MAX && !self.said.iter().any(|said| said == text);
        if is_news {
            self.said.push(text.to_owned());
        }
        is_news
    }

    /// The disk has taken something.
    pub(super) fn ease(&mut self) {
        self.has_taken_since = true;
    }

    /// How many were refused, if it is over.
    pub(super) fn end(&mut self) -> Option<usize> {
        self.last.and_then(|_| self.end_at(Instant::now()))
    }

    fn end_at(&mut self, now: Instant) -> Option<usize> {
        let is_calm = self.last.is_some_and(|last| now >= last + CALM);
        (is_calm && self.has_taken_since).then(|| std::mem::take(self).refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_over_when_the_disk_has_taken_everything_for_a_while() {
        let (mut trouble, start) = (Trouble::default(), Instant::now());
        trouble.count(1);
        trouble.ease();
        assert_eq!(trouble.end_at(start), None, "there was none");
        trouble.begin_at(start);
        trouble.count(2);
        assert_eq!(trouble.end_at(start + CALM), None, "nothing was tried");
        trouble.ease();
        let again = start + CALM / 2;
        assert_eq!(trouble.end_at(again), None);
        trouble.begin_at(again);
        trouble.count(3);
        assert_eq!(trouble.end_at(again + CALM), None);
        trouble.ease();
        assert_eq!(trouble.end_at(start + CALM), None);
        assert_eq!(trouble.end_at(again + CALM), Some(5));
        assert_eq!(trouble.end_at(again + CALM), None);
    }

    #[test]
    fn each_thing_is_said_once() {
        let (mut trouble, start) = (Trouble::default(), Instant::now());
        trouble.begin_at(start);
        let news = ["full", "broken", "full"].map(|text| trouble.is_news(text));
        assert_eq!(news, [true, true, false]);
        trouble.ease();
        trouble.end_at(start + CALM);
        assert!(trouble.is_news("full"), "it is another one");
        let said = (0..2 * SAID_MAX).filter(|n| trouble.is_news(&n.to_string()));
        assert_eq!(said.count(), SAID_MAX - 1);
    }
}
