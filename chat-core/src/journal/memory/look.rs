//! Looking through what is in memory. Floor 2.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Memory, Said};
use crate::hub::Class;
use crate::hub::entry::{Act, Committed, Entry, Target};
use crate::id::{Identity, Seq};
use crate::journal::{About, End, Found, Partner, Place, Point, Question, Span, Talk, Where};
use crate::names::{Nick, RoomName};

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
                let said = self.whose(whose, until);
                let is_wanted = |entry: &Entry| classes.contains(&entry.class());
                Found::Said {
                    entries: said.map_or_else(Vec::new, |said| {
                        said.within(*span, until, *limit, is_wanted)
                    }),
                    is_whole: self.is_whole(said, *span),
                }
            }
            About::Talks {
                of,
                rooms,
                after,
                before,
                from,
                limit,
            } => {
                let all = self.said.iter();
                let talks = all.filter_map(|(_, said)| said.talk(*of, rooms, until));
                let between = talks.filter(|(_, talk)| *after < talk.at && talk.at < *before);
                Found::Talks(Talk::first(between.collect(), *from, *limit))
            }
            About::Search(search) => self.search(search, until),
        }
    }

    fn whose(&self, whose: &Where, until: Seq) -> Option<&Said> {
        match whose {
            Where::At(place) => self.said.get(*self.places.get(place)?),
            Where::With(own, nick) => self.with(*own, nick, until),
        }
    }

    /// The latest conversation with somebody of that name.
    fn with(&self, own: Identity, nick: &Nick, until: Seq) -> Option<&Said> {
        let talks = self.said.iter().filter_map(|(_, said)| {
            let last = said.last_post(until)?;
            let (_, called) = partner(&said.place, own, last)?;
            (called == nick).then_some((last.seq, said))
        });
        talks.max_by_key(|(seq, _)| *seq).map(|(_, said)| said)
    }

    fn is_whole(&self, said: Option<&Said>, span: Span) -> bool {
        let Some(Point::Seq(seq)) = span.after else {
            return true;
        };
        seq >= said.map_or(self.dropped, |said| said.lost)
    }
}

impl Said {
    fn within(
        &self,
        span: Span,
        until: Seq,
        limit: usize,
        is_wanted: impl Fn(&Entry) -> bool,
    ) -> Vec<Arc<Committed>> {
        let entries = &self.entries;
        let from = span.after.map_or(0, |point| end_of(entries, point));
        let to = span
            .before
            .map_or(entries.len(), |point| start_of(entries, point));
        let to = to.min(end_of(entries, Point::Seq(until)));
        let span_of = entries.range(from.min(to)..to);
        let wanted = span_of.filter(|committed| is_wanted(&committed.entry));
        match span.from {
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

/// Entries before this index come before the point.
fn start_of(entries: &VecDeque<Arc<Committed>>, point: Point) -> usize {
    entries.partition_point(|entry| match point {
        Point::Seq(seq) => entry.seq < seq,
        Point::Time(at) => entry.at < at,
    })
}

/// Entries from this index on come after the point.
fn end_of(entries: &VecDeque<Arc<Committed>>, point: Point) -> usize {
    entries.partition_point(|entry| match point {
        Point::Seq(seq) => entry.seq <= seq,
        Point::Time(at) => entry.at <= at,
    })
}
