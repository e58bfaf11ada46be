//! What the rooms say in one turn, in each form that somebody reads. Floor 5.
//!
//! A turn is short and there are many of them, so nothing is thrown away in between: a [`Saying`] and
//! its buffers serve the next room that speaks.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::forms::{FormId, Forms};
use crate::hub::RoomKey;
use crate::hub::entry::Committed;
use crate::id::PersonId;
use crate::limits::{SPARE_BUFFER_BYTES_MAX, SPARE_SAYINGS_MAX};

/// What all rooms say in one turn.
#[derive(Debug, Default)]
pub(super) struct Sayings {
    /// In the order in which the rooms began to speak.
    open: Vec<Saying>,
    /// By the key of the room: which of them is its.
    places: Vec<Option<u32>>,
    /// Those of former turns, to be used again.
    spare: Vec<Saying>,
}

impl Sayings {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.open.len()
    }

    pub(super) fn rooms(&self) -> impl Iterator<Item = RoomKey> {
        self.open.iter().map(|saying| saying.room)
    }

    pub(super) fn get(&self, room: RoomKey) -> Option<&Saying> {
        self.open.get(self.place(room)?)
    }

    pub(super) fn get_mut(&mut self, room: RoomKey) -> Option<&mut Saying> {
        let place = self.place(room)?;
        self.open.get_mut(place)
    }

    fn place(&self, room: RoomKey) -> Option<usize> {
        let place = self.places.get(room.0).copied().flatten()?;
        Some(place as usize)
    }

    /// What a room says; nothing so far if it was silent.
    pub(super) fn open(&mut self, room: RoomKey) -> &mut Saying {
        let place = self.place(room).unwrap_or_else(|| self.begin(room));
        &mut self.open[place]
    }

    fn begin(&mut self, room: RoomKey) -> usize {
        let place = self.open.len();
        if self.places.len() <= room.0 {
            self.places.resize(room.0 + 1, None);
        }
        self.places[room.0] = u32::try_from(place).ok();
        let mut saying = self.spare.pop().unwrap_or_default();
        saying.room = room;
        self.open.push(saying);
        place
    }

    /// The end of the turn: everything that was said. It is to be given back.
    pub(super) fn take(&mut self) -> Vec<Saying> {
        for saying in &self.open {
            self.places[saying.room.0] = None;
        }
        std::mem::take(&mut self.open)
    }

    /// Takes back what was said, and keeps some of it for the next turn.
    pub(super) fn give_back(&mut self, mut said: Vec<Saying>) {
        for mut saying in said.drain(..) {
            if self.spare.len() < SPARE_SAYINGS_MAX {
                saying.clear();
                self.spare.push(saying);
            }
        }
        self.open = said;
    }
}

/// What one room says in one turn.
#[derive(Debug, Default)]
pub(super) struct Saying {
    pub(super) room: RoomKey,
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
    /// Whether those who agreed on that hear of it as one of many.
    is_counted: bool,
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
    pub(super) fn push(
        &mut self,
        committed: Arc<Committed>,
        order: u64,
        spares_author: bool,
        is_counted: bool,
    ) {
        self.bytes += committed.entry.size() + committed.entry.lines() * ENVELOPE_BYTES;
        self.events.push(Event {
            committed,
            order,
            spares_author,
            is_counted,
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
        std::mem::take(&mut self.chunk(form, forms, epoch).bytes).freeze()
    }

    /// Takes a buffer back, unless some slow reader has still to read from it.
    pub(super) fn give_back(&mut self, form: FormId, bytes: Bytes) {
        let chunk = self.chunks.iter_mut().find(|chunk| chunk.form == form);
        if let (Some(chunk), Ok(bytes)) = (chunk, bytes.try_into_mut()) {
            chunk.bytes = bytes;
        }
    }

    /// Ready for another room. A buffer that has become large is not kept, nor one that nobody read
    /// from this time: there could be one for each set of capabilities.
    fn clear(&mut self) {
        self.events.clear();
        self.bytes = 0;
        self.chunks.retain(|chunk| {
            !chunk.ends.is_empty() && chunk.bytes.capacity() <= SPARE_BUFFER_BYTES_MAX
        });
        for chunk in &mut self.chunks {
            chunk.bytes.clear();
            chunk.ends.clear();
        }
    }

    /// Who posted, each once.
    pub(super) fn talkers(&self) -> Vec<PersonId> {
        let entries = self.events.iter().map(|event| &event.committed.entry);
        let posts = entries.filter(|entry| entry.is_post());
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
            if !(event.is_counted && forms.counts(form)) {
                forms.encode(form, &event.committed, epoch, &mut chunk.bytes);
            }
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
