//! A queue that is too long gives up what may be given up. Floor 2.
//!
//! ```text
//!  before  ┌sent in part┐ a join b c direct d │ e join f
//!  after   └─unsent rest┘ join direct  marker │ e join f
//!                         └── thinned ──────┘
//! ```
//!
//! Messages are dropped from the front, so each room misses what was said up to one place in the
//! queue, the same for all of them, and there the markers stand. Before it nothing is left that could
//! be dropped, so that part is never walked again: a byte is looked at once, however often a queue is
//! thinned. Markers that were not sent are taken back and written anew behind what is dropped next.

use std::collections::VecDeque;

use bytes::{Buf, BytesMut};

use super::{Body, Chunk, Outbox};
use crate::gap::{Gaps, Lost, Part};
use crate::limits::REST_COPY_BYTES_MAX;
use crate::net::framing::Wire;
use crate::net::slow::Thin;

/// Bytes of a marker, at the most: it names a room and a message. Kept free for those to be written.
const MARKER_BYTES: usize = 256;

/// The part of a queue that holds nothing more that could be dropped.
#[derive(Debug)]
pub(super) struct Thinned {
    /// Chunks at the front; the last of them holds the markers, if there are gaps.
    chunks: usize,
    gaps: Gaps,
}

/// What messages go through.
struct Sieve {
    wire: Wire,
    thin: Thin,
    /// Bytes that may wait.
    bytes_max: usize,
    dropped: Gaps,
    /// The one of several messages that is being dropped as far as its end.
    open: Option<Box<str>>,
}

impl Outbox {
    /// Drops messages that may be dropped, the oldest first, until at most `bytes_max` bytes wait; returns
    /// what was dropped. A message that is sent in part stays, and so does what another wire wrote.
    pub(in crate::net) fn thin(&mut self, wire: Wire, thin: Thin, bytes_max: usize) -> Gaps {
        let mut rest = self.take_rest();
        let mut gaps = self.take_markers();
        let mut sieve = Sieve {
            wire,
            thin,
            bytes_max: bytes_max.saturating_sub(gaps.len() * MARKER_BYTES),
            dropped: Gaps::new(),
            open: None,
        };
        while let Some(chunk) = rest.pop_front() {
            if let Some(left) = sieve.sift(self, chunk) {
                rest.push_front(left);
                break;
            }
        }
        for (room, gap) in &sieve.dropped {
            gaps.entry(room.clone()).or_default().merge(gap);
        }
        self.push_markers(&sieve, gaps);
        self.chunks.append(&mut rest);
        sieve.dropped
    }

    /// Takes away what was not thinned before, which begins with a whole message.
    fn take_rest(&mut self) -> VecDeque<Chunk> {
        let thinned = self.thinned.as_ref().map(|thinned| thinned.chunks);
        let count = thinned.unwrap_or_else(|| self.part_front());
        self.chunks.split_off(count)
    }

    /// Makes a chunk of its own of the message that is sent in part; how many there are, one or none.
    fn part_front(&mut self) -> usize {
        let (sent, end) = (self.sent, self.message_end());
        let Some(mut front) = self.chunks.pop_front() else {
            return 0;
        };
        let (first, head) = (front.first, front.body.bytes()[sent..end].to_vec());
        front.body.skip(end);
        if !front.body.bytes().is_empty() {
            self.chunks.push_front(front);
        }
        (self.sent, self.head) = (0, head.len());
        if head.is_empty() {
            return 0;
        }
        let body = Body::Own(head);
        self.chunks.push_front(Chunk { body, first });
        1
    }

    /// Takes the markers back, unless the first of them is on its way: then they stay.
    fn take_markers(&mut self) -> Gaps {
        let Some(thinned) = self.thinned.take() else {
            return Gaps::new();
        };
        let has_begun = thinned.chunks == 1 && self.sent > 0;
        if has_begun || thinned.gaps.is_empty() {
            return Gaps::new();
        }
        if let Some(markers) = self.chunks.pop_back() {
            self.bytes -= markers.body.bytes().len();
        }
        thinned.gaps
    }

    /// Writes the markers behind what was kept, and remembers that all of this is thinned.
    fn push_markers(&mut self, sieve: &Sieve, mut gaps: Gaps) {
        let (mut line, mut markers) = (String::new(), BytesMut::new());
        for (room, gap) in &gaps {
            line.clear();
            (sieve.thin.marker)(room, gap, &mut line);
            (sieve.wire.wrap)(line.as_bytes(), &mut markers);
        }
        if markers.is_empty() {
            gaps.clear();
        } else {
            self.push(Body::Own(markers.to_vec()), sieve.wire.first);
        }
        let chunks = self.chunks.len();
        self.thinned = (chunks > 0).then(|| Box::new(Thinned { chunks, gaps }));
    }

    /// A chunk at the front is sent.
    pub(super) fn forget_thinned(&mut self) {
        if let Some(thinned) = &mut self.thinned {
            thinned.chunks -= 1;
            if thinned.chunks == 0 {
                self.thinned = None;
            }
        }
    }

    /// Whether the last chunk may grow: what is thinned may not.
    pub(super) fn may_grow(&self) -> bool {
        let thinned = self.thinned.as_ref().map_or(0, |thinned| thinned.chunks);
        self.chunks.len() > thinned
    }
}

impl Sieve {
    /// Puts what is kept of a chunk back; what is left of it when enough was dropped is returned.
    fn sift(&mut self, outbox: &mut Outbox, mut chunk: Chunk) -> Option<Chunk> {
        let is_known = std::ptr::fn_addr_eq(chunk.first, self.wire.first);
        let mut at = 0;
        while at < chunk.body.bytes().len() {
            if outbox.bytes <= self.place() && self.open.is_none() {
                chunk.body.skip(at);
                return Some(chunk);
            }
            if !is_known {
                outbox.chunks.push_back(chunk);
                return None;
            }
            let rest = &chunk.body.bytes()[at..];
            let end = (chunk.first)(rest).clamp(1, rest.len());
            self.pass(outbox, &rest[..end]);
            at += end;
        }
        None
    }

    /// Bytes that may wait, without the markers that will.
    fn place(&self) -> usize {
        let markers = self.dropped.len() * MARKER_BYTES;
        self.bytes_max.saturating_sub(markers)
    }

    fn pass(&mut self, outbox: &mut Outbox, wrapped: &[u8]) {
        outbox.bytes -= wrapped.len();
        let message = std::str::from_utf8((self.wire.message)(wrapped));
        let lost = message.ok().and_then(self.thin.dispensable);
        match lost.filter(|lost| self.drops(lost.part)) {
            Some(lost) => self.note(lost),
            None => outbox.push_copy(wrapped, self.wire.first),
        }
    }

    /// What is told by several messages goes with the first of them, or stays with it.
    fn drops(&mut self, part: Part<'_>) -> bool {
        match part {
            Part::Whole => true,
            Part::First(name) => {
                self.open = Some(name.into());
                true
            }
            Part::Further(name) => self.open.as_deref() == Some(name),
            Part::Last(name) => self.open.take_if(|open| **open == *name).is_some(),
        }
    }

    /// Each counts once.
    fn note(&mut self, lost: Lost<'_>) {
        if matches!(lost.part, Part::Further(_) | Part::Last(_)) {
            return;
        }
        match self.dropped.get_mut(lost.room) {
            Some(gap) => gap.add(lost),
            None => self.dropped.entry(lost.room.into()).or_default().add(lost),
        }
    }
}

impl Body {
    /// Forgets the first bytes. A short rest of a long shared chunk does not keep it alive.
    fn skip(&mut self, count: usize) {
        match self {
            Body::Own(bytes) => drop(bytes.drain(..count)),
            Body::Shared(bytes) if bytes.len() - count < REST_COPY_BYTES_MAX => {
                *self = Body::Own(bytes[count..].to_vec());
            }
            Body::Shared(bytes) => bytes.advance(count),
        }
    }
}

#[cfg(test)]
#[path = "thinning_tests.rs"]
mod tests;
