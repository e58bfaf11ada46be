//! The parts of a history that are asked for, and how they are put together. Floor 5.
//!
//! ```text
//!             a         b
//! LATEST a    ·└────▶◀──────┘     the point itself is left out, and so is what has not taken effect
//! BEFORE b  └───▶◀─────┘·
//! AROUND b  └───▶◀─────┘└──▶      two questions: before it, and from it on
//! BETWEEN a b ·└◀──────┘·         two as well: forwards and backwards, of which one finds nothing
//! ```

use std::sync::Arc;
use std::vec::IntoIter;

use crate::dialect::irc::history::{Part, Reference};
use crate::dialect::irc::msgid;
use crate::hub::Class;
use crate::hub::entry::Committed;
use crate::id::Seq;
use crate::journal::{About, End, Epochs, Point, Question, Span, Where};
use crate::time::Timestamp;

/// The spans that make a part; `None` when it names a message that the journal does not know.
pub(super) fn spans(part: Part<'_>, epochs: &Epochs) -> Option<Vec<Span>> {
    let read = |reference| Edges::of(reference, epochs);
    Some(match part {
        Part::Latest(None) => vec![Span::latest(None)],
        Part::Latest(Some(at)) => vec![Span::latest(Some(read(at)?.after))],
        Part::Before(at) => vec![Span::before(read(at)?.before)],
        Part::After(at) => vec![Span::after(read(at)?.after)],
        Part::Around(at) => {
            let edge = read(at)?.before;
            vec![Span::before(edge), Span::after(just_before(edge))]
        }
        Part::Between(from, to) => {
            let (from, to) = (read(from)?, read(to)?);
            vec![
                between(from.after, to.before, End::Earliest),
                between(to.after, from.before, End::Latest),
            ]
        }
    })
}

/// Where what comes after a reference begins, and where what comes before it ends.
struct Edges {
    after: Point,
    before: Point,
}

impl Edges {
    /// A transient entry comes right behind the durable one of the same place.
    fn of(reference: Reference<'_>, epochs: &Epochs) -> Option<Edges> {
        let at = match reference {
            Reference::Time(at) => {
                let (after, before) = (Point::Time(at), Point::Time(at));
                return Some(Edges { after, before });
            }
            Reference::Msgid(id) => msgid::parse(id)?,
        };
        let seq = epochs.find(at.epoch, at.seq)?;
        let behind = seq.0.saturating_add(u64::from(at.aside > 0));
        Some(Edges {
            after: Point::Seq(seq),
            before: Point::Seq(Seq(behind)),
        })
    }
}

fn just_before(point: Point) -> Point {
    match point {
        Point::Seq(Seq(seq)) => Point::Seq(Seq(seq.saturating_sub(1))),
        Point::Time(Timestamp(at)) => Point::Time(Timestamp(at.saturating_sub(1))),
    }
}

fn between(after: Point, before: Point, from: End) -> Span {
    let (after, before) = (Some(after), Some(before));
    Span {
        after,
        before,
        from,
    }
}

/// A part of a history while it is read, span by span.
#[derive(Debug)]
pub(super) struct Reading {
    at: Where,
    until: Seq,
    limit: usize,
    classes: Vec<Class>,
    spans: IntoIter<Span>,
    /// What each span had.
    found: Vec<Vec<Arc<Committed>>>,
    /// Whether nothing is known to be missing.
    pub(super) is_whole: bool,
}

impl Reading {
    pub(super) fn new(
        at: Where,
        spans: Vec<Span>,
        limit: usize,
        classes: Vec<Class>,
        until: Seq,
    ) -> Reading {
        Reading {
            at,
            until,
            limit,
            classes,
            spans: spans.into_iter(),
            found: Vec::new(),
            is_whole: true,
        }
    }

    /// What is to be asked next. All parts end at the same moment, that of the request.
    pub(super) fn next(&mut self) -> Option<Question> {
        let span = self.spans.next()?;
        let about = About::Said {
            at: self.at.clone(),
            span,
            limit: self.limit,
            classes: self.classes.clone(),
        };
        let until = self.until;
        Some(Question { until, about })
    }

    pub(super) fn add(&mut self, entries: Vec<Arc<Committed>>, is_whole: bool) {
        self.found.push(entries);
        self.is_whole &= is_whole;
    }

    /// Everything in order, and not more than was asked for.
    pub(super) fn entries(self) -> Vec<Arc<Committed>> {
        let before = self.found.first().map_or(0, Vec::len);
        let after = self.found.iter().skip(1).map(Vec::len).sum();
        let skipped = before - kept_before(before, after, self.limit);
        let all = self.found.into_iter().flatten();
        all.skip(skipped).take(self.limit).collect()
    }
}

/// How many of those before a message are shown: half, or more where there are too few behind.
fn kept_before(before: usize, after: usize, limit: usize) -> usize {
    before.min((limit / 2).max(limit.saturating_sub(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Reference<'_> = Reference::Time(Timestamp(5));

    fn seq(n: u64) -> Point {
        Point::Seq(Seq(n))
    }

    fn span(after: Option<u64>, before: Option<u64>, from: End) -> Span {
        Span {
            after: after.map(seq),
            before: before.map(seq),
            from,
        }
    }

    #[test]
    fn parts_are_spans() {
        use End::{Earliest, Latest};
        use Reference::Msgid;
        let (seven, aside, nine) = (Msgid("e-7"), Msgid("e-7.2"), Msgid("e-9"));
        let cases = [
            (Part::Latest(None), vec![span(None, None, Latest)]),
            (Part::Latest(Some(aside)), vec![span(Some(7), None, Latest)]),
            (Part::Before(seven), vec![span(None, Some(7), Latest)]),
            (Part::Before(aside), vec![span(None, Some(8), Latest)]),
            (Part::After(aside), vec![span(Some(7), None, Earliest)]),
            (
                Part::Around(seven),
                vec![span(None, Some(7), Latest), span(Some(6), None, Earliest)],
            ),
            (
                Part::Between(aside, nine),
                vec![
                    span(Some(7), Some(9), Earliest),
                    span(Some(9), Some(8), Latest),
                ],
            ),
        ];
        let epochs = Epochs::only("e".into());
        for (part, expected) in cases {
            assert_eq!(spans(part, &epochs), Some(expected), "{part:?}");
        }
        for part in [Part::After(Msgid("x-1")), Part::Between(AT, Msgid("e"))] {
            assert_eq!(spans(part, &epochs), None, "{part:?}");
        }
    }

    #[test]
    fn a_moment_is_around_itself() {
        let around = spans(Part::Around(AT), &Epochs::only("e".into())).unwrap();
        let at = |at| Point::Time(Timestamp(at));
        assert_eq!(around, [Span::before(at(5)), Span::after(at(4))]);
    }

    #[test]
    fn what_one_side_lacks_the_other_may_have() {
        let cases = [
            // before, after, limit: kept before
            (0, 9, 5, 0),
            (9, 0, 5, 5),
            (9, 9, 1, 0),
            (9, 9, 3, 1),
            (9, 9, 4, 2),
            (9, 1, 5, 4),
            (1, 9, 5, 1),
        ];
        for (before, after, limit, expected) in cases {
            let kept = kept_before(before, after, limit);
            assert_eq!(kept, expected, "{before} {after} {limit}");
        }
    }
}
