//! What becomes of somebody who reads too slowly. Floor 2.
//!
//! Each door has a [`Slow`]. What a message is, and whether it may be dropped, is not for this wing
//! to know: a door that drops brings two pure functions that do.

use crate::gap::{Gap, Lost};

/// What a door does when more would wait for somebody than may.
#[derive(Clone, Copy, Debug, Default)]
pub enum Slow {
    /// The connection ends: unsent whole messages give way to a reason. What the reader did get is free
    /// of gaps.
    #[default]
    Close,
    /// Messages that may be dropped are, the oldest first, until half the bound is free, and the
    /// reader is told where. If what may not be dropped exceeds the bound, the connection ends.
    Drop(Thin),
}

/// Which messages may be dropped, and what is said in their place. All functions are pure.
#[derive(Clone, Copy, Debug)]
pub struct Thin {
    /// What a message is, if it may be dropped.
    pub dispensable: for<'a> fn(message: &'a str) -> Option<Lost<'a>>,
    /// Appends one message that tells what is missing of a room.
    pub marker: fn(room: &str, gap: &Gap, out: &mut String),
    /// The same for whoever would not understand that one: see [`People::set_knows_markers`](super::people::People::set_knows_markers).
    pub notice: fn(room: &str, gap: &Gap, out: &mut String),
}
