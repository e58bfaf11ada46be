//! What one room says in one turn, in each form that somebody reads. Floor 5.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::forms::{FormId, Forms};
use crate::hub::entry::{Act, Committed};
use crate::id::PersonId;

/// What one room says in one turn.
#[derive(Debug, Default)]
pub(super) struct Saying {
    events: Vec<Event>,
    chunks: Vec<Chunk>,
    /// How long it is on the wire, roughly.
    bytes: usize,
}

#[derive(Debug)]
struct Event {
    committed: Arc<Committed>,
    /// The place among all rooms of this turn.
    order: u64,
    /// Whether its author hears of it in another way, or not at all.
    spares_author: bool,
}

/// The same events as the readers of one form get them.
#[derive(Debug)]
struct Chunk {
    form: FormId,
    bytes: BytesMut,
    /// Where each event ends in the bytes.
    ends: Vec<usize>,
}

impl Saying {
    /// Adds an event; `order` is its place among those of all rooms.
    pub(super) fn push(&mut self, committed: Arc<Committed>, order: u64, spares_author: bool) {
        self.bytes += committed.entry.size() + ENVELOPE_BYTES;
        self.events.push(Event {
            committed,
            order,
            spares_author,
        });
    }

    /// How many events there are: a mark for whoever has heard all of them.
    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Encodes what is new for the readers of a form.
    pub(super) fn encode(&mut self, form: FormId, forms: &mut Forms, epoch: &str) {
        self.chunk(form, forms, epoch);
    }

    /// All events in one form, to be shared by its readers; there is nothing more to come.
    pub(super) fn take(&mut self, form: FormId, forms: &mut Forms, epoch: &str) -> Bytes {
        self.chunk(form, forms, epoch).bytes.split().freeze()
    }

    /// Who posted, each once.
    pub(super) fn talkers(&self) -> Vec<PersonId> {
        let entries = self.events.iter().map(|event| &event.committed.entry);
        let posts = entries.filter(|entry| matches!(entry.act, Act::Post(_)));
        let mut talkers: Vec<PersonId> = posts.map(|entry| entry.who).collect();
        talkers.sort_unstable();
        talkers.dedup();
        talkers
    }

    /// All events in one form; those that came since the last time are added.
    fn chunk(&mut self, form: FormId, forms: &mut Forms, epoch: &str) -> &mut Chunk {
        let place = self.chunks.iter().position(|chunk| chunk.form == form);
        let place = place.unwrap_or_else(|| {
            self.chunks.push(Chunk {
                form,
                bytes: BytesMut::new(),
                ends: Vec::new(),
            });
            self.chunks.len() - 1
        });
        let chunk = &mut self.chunks[place];
        for event in &self.events[chunk.ends.len()..] {
            forms.encode(form, &event.committed, epoch, &mut chunk.bytes);
            chunk.ends.push(chunk.bytes.len());
        }
        chunk
    }

    /// The events from a mark on, one by one, without those that spare this reader.
    pub(super) fn pieces(
        &self,
        id: PersonId,
        form: FormId,
        mark: usize,
    ) -> impl Iterator<Item = (u64, &[u8])> {
        let chunk = self.chunks.iter().find(|chunk| chunk.form == form);
        chunk.into_iter().flat_map(move |chunk| {
            let spans = (mark..chunk.ends.len()).map(|at| (&self.events[at], chunk.span(at)));
            spans
                .filter(move |(event, span)| !event.spares(id) && !span.is_empty())
                .map(|(event, span)| (event.order, &chunk.bytes[span]))
        })
    }
}

impl Event {
    fn spares(&self, id: PersonId) -> bool {
        self.spares_author && self.committed.entry.who == id
    }
}

impl Chunk {
    fn span(&self, at: usize) -> Range<usize> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[at]
    }
}

/// Bytes around a text on the wire, at the most usual: prefix, command, room, time and id.
const ENVELOPE_BYTES: usize = 160;
