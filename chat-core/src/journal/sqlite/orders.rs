//! What the loop wants written, and what it hears of it. Floor 2.

use std::collections::HashSet;
use std::sync::Arc;

use crate::hub::Topic;
use crate::hub::entry::{Committed, NotKept};
use crate::id::Seq;
use crate::journal::{Inquiry, Note, Question};
use crate::names::RoomName;
use crate::time::Timestamp;

/// What the loop wants written.
#[derive(Debug)]
pub(super) enum Order {
    Append(Arc<Committed>),
    /// It did not take effect.
    Strike(Seq),
    /// What a room is about: a topic that stands at this place did not take effect.
    Topic(RoomName, Option<Topic>, Seq),
    /// A room as it was at a place.
    Forget(RoomName, Seq),
    /// What was said in a room as far as a place.
    Conceal(RoomName, Seq),
    Note(Note),
    /// A question that is to see everything that was ordered before.
    PassOn(Inquiry, Question),
    /// So many were refused before they came here.
    TurnedAway(usize),
    /// It is time for retention: by the clock, if that can be believed, and by size.
    Tick(Option<Timestamp>),
    /// What went wrong may be over: time to try again.
    Retry,
    /// The end, in order.
    End,
}

/// What became of so many entries, in the order in which they were ordered.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) count: usize,
    pub(super) refused: Option<NotKept>,
    /// Bytes of notes that do not wait any more, and how often something was struck out or concealed.
    pub(super) note_bytes: usize,
    pub(super) struck: usize,
}

impl Report {
    pub(super) fn of(orders: &[Order]) -> Report {
        let mut report = Report {
            count: entries_of(orders).count(),
            refused: None,
            note_bytes: 0,
            struck: 0,
        };
        for order in orders {
            match order {
                Order::Note(note) => report.note_bytes += note.size(),
                Order::Strike(_) | Order::Conceal(..) => report.struck += 1,
                _ => {}
            }
        }
        report
    }
}

/// Of the notes of one thing only the last one counts.
pub(super) fn forget_former_notes(orders: &mut Vec<Order>) {
    let mut later = HashSet::new();
    let is_last: Vec<bool> = orders
        .iter()
        .rev()
        .map(|order| match order {
            Order::Note(note) => later.insert((&note.shelf, &note.key)),
            _ => true,
        })
        .collect();
    let mut is_last = is_last.into_iter().rev();
    orders.retain(|_| is_last.next().unwrap_or(true));
}

pub(super) fn entries_of(orders: &[Order]) -> impl Iterator<Item = &Arc<Committed>> {
    orders.iter().filter_map(|order| match order {
        Order::Append(committed) => Some(committed),
        _ => None,
    })
}
