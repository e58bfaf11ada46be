//! A journal in memory: commits at once, forgets the oldest beyond a bound in bytes. Floor 2.

use std::collections::{HashMap, VecDeque};
use std::mem::size_of;
use std::sync::Arc;

use super::{Journal, Outcome, Place, Point, Span, Ticket};
use crate::hub::entry::{Committed, Entry, Source};
use crate::id::Seq;
use crate::names::RoomName;
use crate::time::Timestamp;
use slab::Slab;

/// Everything that was said, until it is too much.
#[derive(Debug)]
pub struct Memory {
    epoch: String,
    last: Seq,
    /// The latest stamp: a clock that is put back does not put the order back.
    latest: Timestamp,
    decided: VecDeque<Outcome>,
    /// Where each place is in `said`.
    places: HashMap<Place, usize>,
    said: Slab<Said>,
    /// Mostly the next post goes where the last one went.
    last_place: Option<(Place, usize)>,
    /// The last post that was dropped: what places that are not here any more have lost.
    dropped: Seq,
    /// Where each kept post is in `said`, the oldest first.
    ages: VecDeque<(Seq, usize)>,
    bytes: u64,
    bytes_max: u64,
}

/// What was said at one place.
#[derive(Debug)]
struct Said {
    place: Place,
    posts: VecDeque<Arc<Committed>>,
    /// The last post of this place that may have been dropped.
    lost: Seq,
}

impl Memory {
    /// An empty journal. The epoch is random at each start: a client that names a message of
    /// another one can be told so. Whatever may not be in an epoch ([`Journal::epoch`]) becomes `_` in it.
    #[must_use]
    pub fn new(epoch: String, bytes_max: u64) -> Memory {
        Memory {
            epoch: mended(epoch),
            last: Seq(0),
            latest: Timestamp(i64::MIN),
            decided: VecDeque::new(),
            places: HashMap::new(),
            said: Slab::new(),
            last_place: None,
            dropped: Seq(0),
            ages: VecDeque::new(),
            bytes: 0,
            bytes_max,
        }
    }

    /// Bytes that are kept, all told; never more than the bound.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn keep(&mut self, committed: &Arc<Committed>) {
        let Some(place) = Place::of(&committed.entry).filter(|_| committed.entry.is_durable())
        else {
            return;
        };
        let at = self.open(place);
        self.bytes += weight(committed) + AGE_BYTES;
        self.ages.push_back((committed.seq, at));
        self.said[at].posts.push_back(Arc::clone(committed));
        while self.bytes > self.bytes_max && self.forget_oldest() {}
    }

    /// Where what is said at a place is kept, from now on if nothing was said there yet.
    fn open(&mut self, place: Place) -> usize {
        if let Some((last, at)) = &self.last_place
            && *last == place
        {
            return *at;
        }
        let at = self.places.get(&place).copied().unwrap_or_else(|| {
            let at = self.said.insert(Said {
                place: place.clone(),
                posts: VecDeque::new(),
                lost: self.dropped,
            });
            self.places.insert(place.clone(), at);
            at
        });
        self.last_place = Some((place, at));
        at
    }

    fn at(&self, place: &Place) -> Option<&Said> {
        self.said.get(*self.places.get(place)?)
    }

    /// Nothing is kept of a place any more.
    fn close(&mut self, at: usize) -> Option<Said> {
        let said = self.said.try_remove(at)?;
        self.places.remove(&said.place);
        self.last_place = None;
        Some(said)
    }

    /// Drops the oldest post. One of a forgotten room is gone already.
    fn forget_oldest(&mut self) -> bool {
        let Some((seq, at)) = self.ages.pop_front() else {
            return false;
        };
        self.bytes -= AGE_BYTES;
        self.dropped = self.dropped.max(seq);
        if let Some(said) = self.said.get_mut(at) {
            if said.posts.front().is_some_and(|post| post.seq == seq) {
                let gone = said.posts.pop_front();
                self.bytes -= gone.map_or(0, |post| weight(&post));
                said.lost = seq;
            }
            if said.posts.is_empty() {
                self.close(at);
            }
        }
        true
    }
}

impl Journal for Memory {
    fn epoch(&self) -> &str {
        &self.epoch
    }

    fn append(&mut self, entry: Entry, at: Timestamp) -> Ticket {
        self.last.0 += 1;
        let ticket = Ticket(self.last.0);
        self.latest = self.latest.max(at);
        let at = self.latest;
        let committed = Arc::new(Committed {
            seq: self.last,
            at,
            entry,
        });
        self.keep(&committed);
        self.decided.push_back(Outcome {
            ticket,
            result: Ok(committed),
        });
        ticket
    }

    fn committed(&mut self) -> Option<Outcome> {
        self.decided.pop_front()
    }

    fn read(&self, place: &Place, span: Span, limit: usize) -> Vec<Arc<Committed>> {
        let Some(Said { posts, .. }) = self.at(place) else {
            return Vec::new();
        };
        let (from, to) = match span {
            Span::Latest(after) => (after.map_or(0, |point| end_of(posts, point)), posts.len()),
            Span::Before(point) => (0, start_of(posts, point)),
            Span::After(point) => {
                let from = end_of(posts, point);
                (from, posts.len().min(from.saturating_add(limit)))
            }
        };
        let from = from.max(to.saturating_sub(limit)).min(to);
        posts.range(from..to).cloned().collect()
    }

    fn has_all_since(&self, place: &Place, seq: Seq) -> bool {
        let lost = self.at(place).map_or(self.dropped, |said| said.lost);
        seq >= lost
    }

    fn forget(&mut self, room: &RoomName) {
        let at = self.places.get(&Place::Room(room.clone())).copied();
        let Some(said) = at.and_then(|at| self.close(at)) else {
            return;
        };
        self.bytes -= said.posts.iter().map(|post| weight(post)).sum::<u64>();
        let last = said.posts.back().map_or(said.lost, |post| post.seq);
        self.dropped = self.dropped.max(last);
    }
}

/// A message's id is a word of a line, and some clients put it into a file or an address.
fn mended(epoch: String) -> String {
    let is_wrong = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    match epoch.contains(is_wrong) {
        true => epoch.replace(is_wrong, "_"),
        false => epoch,
    }
}

/// Posts before this index come before the point.
fn start_of(posts: &VecDeque<Arc<Committed>>, point: Point) -> usize {
    posts.partition_point(|post| match point {
        Point::Seq(seq) => post.seq < seq,
        Point::Time(at) => post.at < at,
    })
}

/// Posts from this index on come after the point.
fn end_of(posts: &VecDeque<Arc<Committed>>, point: Point) -> usize {
    posts.partition_point(|post| match point {
        Point::Seq(seq) => post.seq <= seq,
        Point::Time(at) => post.at <= at,
    })
}

/// Bytes of a post's entry in the queue of ages. It is held until it is the oldest, even when the
/// room was forgotten, so it is counted apart.
const AGE_BYTES: u64 = size_of::<(Seq, usize)>() as u64;

/// Bytes that one post holds: itself, its words, and its place among those of its room.
fn weight(committed: &Committed) -> u64 {
    // Its author is counted with each post: who changes their name leaves another one behind.
    let author = &committed.entry.source;
    let names = author.nick.as_str().len() + author.mask().len();
    let fixed = size_of::<Committed>() + size_of::<Arc<Committed>>() + size_of::<Source>();
    (fixed + names + committed.entry.size()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::entry::{Act, Post, PostKind, Target};
    use crate::id::{Identity, PersonId};
    use crate::names::Nick;

    fn post(room: &str, text: &str) -> Entry {
        let target = Target::Room(RoomName::new(room).unwrap());
        let act = Act::Post(Post {
            target,
            kind: PostKind::Message,
            text: text.into(),
            tags: "".into(),
            retry: None,
        });
        let source = Source::new(Nick::new("ana").unwrap(), "a", "h");
        let who = PersonId {
            key: 0,
            generation: 0,
        };
        Entry {
            who,
            identity: Identity(1),
            source: Arc::new(source),
            act,
        }
    }

    fn room(name: &str) -> Place {
        Place::Room(RoomName::new(name).unwrap())
    }

    fn filled() -> Memory {
        let mut journal = Memory::new("e".into(), 1 << 20);
        for i in 1..=10 {
            journal.append(post("#a", &i.to_string()), Timestamp(i / 2));
        }
        journal
    }

    fn texts(posts: &[Arc<Committed>]) -> String {
        let text = |c: &Arc<Committed>| match &c.entry.act {
            Act::Post(post) => post.text.to_string(),
            _ => unreachable!("only posts are kept"),
        };
        posts.iter().map(text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_epoch_is_a_part_of_a_word_whatever_it_was_made_of() {
        let epoch = |of: &str| Memory::new(of.into(), 1 << 20).epoch().to_owned();
        assert_eq!(epoch("0123-abc_DEF"), "0123-abc_DEF");
        assert_eq!(epoch("an epoch;\r\n:né"), "an_epoch____n_");
    }

    #[test]
    fn spans_never_contain_their_point_and_come_in_order() {
        let journal = filled();
        let seq = |n| Point::Seq(Seq(n));
        let cases = [
            (Span::Latest(None), 3, "8 9 10"),
            (Span::Latest(Some(seq(9))), 3, "10"),
            (Span::Latest(Some(seq(2))), 3, "8 9 10"),
            (Span::Before(seq(4)), 2, "2 3"),
            (Span::Before(seq(1)), 2, ""),
            (Span::After(seq(4)), 2, "5 6"),
            (Span::After(seq(10)), 2, ""),
            (Span::After(Point::Time(Timestamp(3))), 9, "8 9 10"),
            (Span::Before(Point::Time(Timestamp(1))), 9, "1"),
            (Span::Latest(None), 0, ""),
        ];
        for (span, limit, expected) in cases {
            assert_eq!(
                texts(&journal.read(&room("#A"), span, limit)),
                expected,
                "{span:?}"
            );
        }
        assert!(journal.read(&room("#b"), Span::Latest(None), 9).is_empty());
    }

    #[test]
    fn the_oldest_posts_of_all_rooms_go_when_there_is_too_much() {
        let x = Committed {
            seq: Seq(1),
            at: Timestamp(0),
            entry: post("#a", "x"),
        };
        let one = weight(&x) + AGE_BYTES;
        let mut journal = Memory::new("e".into(), 3 * one);
        for (i, name) in ["#a", "#b", "#a", "#b", "#b"].iter().enumerate() {
            journal.append(post(name, &i.to_string()), Timestamp(0));
            assert!(journal.bytes() <= 3 * one);
        }
        assert_eq!(
            texts(&journal.read(&room("#a"), Span::Latest(None), 9)),
            "2"
        );
        assert_eq!(
            texts(&journal.read(&room("#b"), Span::Latest(None), 9)),
            "3 4"
        );
    }

    #[test]
    fn a_forgotten_room_gives_its_bytes_back_once() {
        let mut journal = filled();
        journal.append(post("#b", "x"), Timestamp(9));
        journal.forget(&RoomName::new("#a").unwrap());
        assert!(journal.read(&room("#a"), Span::Latest(None), 9).is_empty());
        journal.append(post("#a", "new"), Timestamp(9));
        while journal.forget_oldest() {}
        assert_eq!(journal.bytes(), 0);
    }

    #[test]
    fn a_reader_whose_next_messages_were_dropped_can_be_told() {
        let one = weight(&Committed {
            seq: Seq(1),
            at: Timestamp(0),
            entry: post("#a", "1"),
        }) + AGE_BYTES;
        let mut journal = Memory::new("e".into(), 3 * one);
        for text in ["1", "2", "3", "4", "5"] {
            journal.append(post("#a", text), Timestamp(0));
        }
        let all = |journal: &Memory, name, seq| journal.has_all_since(&room(name), Seq(seq));
        assert!(!all(&journal, "#a", 1) && all(&journal, "#a", 2));
        journal.append(post("#b", "6"), Timestamp(0));
        journal.forget(&RoomName::new("#a").unwrap());
        assert!(!all(&journal, "#a", 4) && all(&journal, "#a", 5));
        journal.append(post("#a", "7"), Timestamp(0));
        assert!(!all(&journal, "#a", 4) && all(&journal, "#a", 7) && all(&journal, "#b", 6));
    }

    #[test]
    fn a_clock_that_is_put_back_does_not_put_the_order_back() {
        let mut journal = Memory::new("e".into(), 1 << 20);
        for at in [5, 3, 9] {
            journal.append(post("#a", &at.to_string()), Timestamp(at));
        }
        let after =
            |at| texts(&journal.read(&room("#a"), Span::After(Point::Time(Timestamp(at))), 9));
        assert_eq!((after(4), after(5)), ("5 3 9".to_owned(), "9".to_owned()));
    }

    #[test]
    fn rooms_made_and_forgotten_for_ever_stay_within_the_bound() {
        let mut journal = Memory::new("e".into(), 4096);
        for i in 0..1000 {
            let name = format!("#r{i}");
            journal.append(post(&name, "x"), Timestamp(0));
            journal.forget(&RoomName::new(&name).unwrap());
        }
        assert!(journal.ages.len() as u64 * AGE_BYTES <= 4096);
    }

    #[test]
    fn everything_gets_a_place_but_only_posts_are_kept() {
        let mut journal = Memory::new("e".into(), 1 << 20);
        let mut quit = post("#a", "");
        quit.act = Act::Quit {
            reason: "bye".into(),
        };
        journal.append(quit, Timestamp(0));
        let outcome = journal.committed().unwrap();
        assert_eq!(outcome.result.unwrap().seq, Seq(1));
        assert_eq!(journal.bytes(), 0);
        assert!(journal.committed().is_none());
    }
}
