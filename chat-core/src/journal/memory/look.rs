//! Looking through what is in memory. Floor 2.

use std::cmp::Reverse;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;

use super::{Age, Memory, Said};
use crate::hub::Class;
use crate::hub::entry::{Act, Committed, Entry, Target};
use crate::id::{Identity, Seq};
use crate::journal::stamps::{Run, nearest, runs};
use crate::journal::{About, End, Found, Partner, Place, Point, Question, Span, Talk, Where};
use crate::limits::NAMESAKES_MAX;
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

impl Memory {
    pub(super) fn look_for(&self, question: &Question) -> Found {
        let until = question.until;
        match &question.about {
            About::Said {
                at: whose,
                span,
                limit,
                classes,
            } => {
                let all = self.whose(whose, until);
                let is_wanted = |entry: &Entry| classes.contains(&entry.class());
                let within = self.within(*span, until);
                let parts = all
                    .iter()
                    .map(|said| said.part(&within, *limit, span.from, is_wanted));
                let mut entries: Vec<_> = parts.flatten().collect();
                entries.sort_by_key(|entry| entry.seq);
                span.from.cut(&mut entries, *limit);
                let is_whole = self.are_whole(&all, *span, within.start);
                Found::Said { entries, is_whole }
            }
            About::Talks {
                of,
                rooms,
                after,
                before,
                from,
                limit,
            } => {
                let first = self.behind(Point::Time(*after), until);
                let end = self.start_of(Point::Time(*before), until);
                let all = self.said.iter();
                // By the order too: what follows something may bear an earlier time.
                let is_between = |(seq, talk): &(Seq, Talk)| {
                    (*after < talk.at || first <= *seq) && (talk.at < *before || *seq < end)
                };
                let talks = all.filter_map(|(_, said)| said.talk(*of, rooms, until));
                let between = talks.filter(is_between);
                Found::Talks(Talk::first(between.collect(), *from, *limit))
            }
            About::Search(search) => self.search(search, until),
        }
    }

    fn within(&self, span: Span, until: Seq) -> Range<Seq> {
        let first = span.after.map_or(Seq(0), |point| self.behind(point, until));
        let end = span
            .before
            .map_or(Seq(u64::MAX), |point| self.start_of(point, until));
        first..end.min(next(until))
    }

    /// What is before this place is before a point.
    fn start_of(&self, point: Point, until: Seq) -> Seq {
        match point {
            Point::Seq(seq) => seq,
            Point::Time(at) => self.first_from(at, until),
        }
    }

    /// What is from this place on is behind a point.
    fn behind(&self, point: Point, until: Seq) -> Seq {
        match point {
            Point::Seq(seq) => next(seq),
            Point::Time(at) => self.first_from(Timestamp(at.0.saturating_add(1)), until),
        }
    }

    /// The first place that was given at a moment or later.
    fn first_from(&self, at: Timestamp, until: Seq) -> Seq {
        let falls = self.falls.iter().filter(|fall| fall.seq <= until);
        let around = |run: &Run| Ok::<_, Infallible>(self.around(at, run));
        let run = nearest(&runs(falls.copied()), at, around).unwrap_or_default();
        let first = run.map(|run| (self.first_in(at, &run), run.end));
        let first =
            first.map(|(first, end)| self.ages.get(first).map_or(end, |age| age.seq.min(end)));
        first.unwrap_or_default()
    }

    /// The index of an age.
    fn first_in(&self, at: Timestamp, run: &Run) -> usize {
        let is_in = |age: &Age| age.seq < run.end && age.at < at;
        self.ages
            .partition_point(|age| age.seq < run.first || is_in(age))
    }

    fn around(&self, at: Timestamp, run: &Run) -> [Option<Timestamp>; 2] {
        let first = self.first_in(at, run);
        let before = first.checked_sub(1).and_then(|last| self.ages.get(last));
        let ends = [before, self.ages.get(first)];
        let there = ends.map(|end| end.filter(|age| run.first <= age.seq && age.seq < run.end));
        there.map(|end| end.map(|age| age.at))
    }

    fn whose(&self, whose: &Where, until: Seq) -> Vec<&Said> {
        let (own, called, or) = match whose {
            Where::At(place) => return self.at(place).into_iter().collect(),
            Where::With { own, called, or } => (*own, called, or),
        };
        let found = self.with(own, called, until);
        if !found.is_empty() {
            return found;
        }
        let mut others = or.iter().map(|other| Place::direct(own, *other));
        let found = others.find_map(|place| self.at(&place));
        found.into_iter().collect()
    }

    fn at(&self, place: &Place) -> Option<&Said> {
        self.said.get(*self.places.get(place)?)
    }

    /// The latest conversations with all of that name.
    fn with(&self, own: Identity, nick: &Nick, until: Seq) -> Vec<&Said> {
        let talks = self.said.iter().filter_map(|(_, said)| {
            let last = said.last_post(until)?;
            let (_, called) = partner(&said.place, own, last)?;
            (called == nick).then_some((last.seq, said))
        });
        let mut talks: Vec<_> = talks.collect();
        talks.sort_by_key(|(seq, _)| Reverse(*seq));
        talks.truncate(NAMESAKES_MAX);
        talks.into_iter().map(|(_, said)| said).collect()
    }

    fn are_whole(&self, all: &[&Said], span: Span, first: Seq) -> bool {
        match all {
            [] => self.is_whole(None, span, first),
            all => all
                .iter()
                .all(|said| self.is_whole(Some(said), span, first)),
        }
    }

    /// Whoever names a moment may know nothing of a place that is younger.
    fn is_whole(&self, said: Option<&Said>, span: Span, first: Seq) -> bool {
        match span.after {
            None => true,
            Some(Point::Seq(seq)) => seq >= said.map_or(self.dropped, |said| said.lost),
            Some(Point::Time(at)) => {
                let is_before_all = self.ages.front().is_none_or(|age| first <= age.seq);
                let lost_at = said.and_then(|said| said.lost_at);
                !is_before_all || lost_at.is_none_or(|lost_at| lost_at <= at)
            }
        }
    }
}

impl Said {
    fn part(
        &self,
        within: &Range<Seq>,
        limit: usize,
        from: End,
        is_wanted: impl Fn(&Entry) -> bool,
    ) -> Vec<Arc<Committed>> {
        let index = |place: Seq| self.entries.partition_point(|entry| entry.seq < place);
        let (first, end) = (index(within.start), index(within.end));
        let there = self.entries.range(first.min(end)..end);
        let wanted = there.filter(|committed| is_wanted(&committed.entry));
        match from {
            End::Earliest => wanted.take(limit).cloned().collect(),
            End::Latest => {
                let mut latest: Vec<_> = wanted.rev().take(limit).cloned().collect();
                latest.reverse();
                latest
            }
        }
    }

    fn last_post(&self, until: Seq) -> Option<&Committed> {
        let mut told = self.entries.iter().rev().filter(|entry| entry.seq <= until);
        told.find(|committed| committed.entry.class() == Class::Words)
            .map(Arc::as_ref)
    }

    fn talk(&self, of: Identity, rooms: &[RoomName], until: Seq) -> Option<(Seq, Talk)> {
        let last = self.last_post(until)?;
        let with = match &self.place {
            Place::Room(name) => rooms.contains(name).then(|| Partner::Room(name.clone()))?,
            place => {
                let (identity, nick) = partner(place, of, last)?;
                Partner::Person(identity, nick.clone())
            }
        };
        Some((last.seq, Talk { with, at: last.at }))
    }
}

/// The other one of two people, and what they were called in a post of theirs.
fn partner<'p>(place: &Place, own: Identity, post: &'p Committed) -> Option<(Identity, &'p Nick)> {
    let Place::Direct(one, other) = place else {
        return None;
    };
    let identity = match (own == *one, own == *other) {
        (true, _) => *other,
        (_, true) => *one,
        _ => return None,
    };
    let Act::Post(said) = &post.entry.act else {
        return None;
    };
    match &said.target {
        Target::Person { nick, .. } if post.entry.identity == own => Some((identity, nick)),
        _ => Some((identity, &post.entry.source.nick)),
    }
}

fn next(seq: Seq) -> Seq {
    Seq(seq.0.saturating_add(1))
}
