//! From one to all: what each room said this turn, and how it reaches the sockets. Floor 5.
//!
//! ```text
//! say ─▶ Saying{events, chunks} ─┬─ flush ─▶ the whole chunk, written straight to each member
//!                                └─ settle ─▶ the outbox of one person, up to here
//! ```
//!
//! An event costs one append for its room and nothing per reader. At the end of the turn the room's
//! events are encoded once per form that is present, and the whole chunk goes straight to each
//! member's socket. Only who is *apart* this turn (spoke without wanting an echo, entered in the
//! middle, or was settled) takes the general path, event by event.
//!
//! Order: before anything is said to one person directly, that person is settled: what its rooms
//! have said so far goes to its outbox first, and a mark remembers how far each room was heard.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};

use super::forms::{FormId, Forms};
use super::pace::Lagging;
use super::saying::{Saying, Sayings};
use crate::hub::entry::Committed;
use crate::hub::{Hub, Room, RoomKey};
use crate::id::PersonId;
use crate::limits::TURN_BUFFER_BYTES_MAX;
use crate::net::people::People;

/// What is said in a turn, and who hears it how.
#[derive(Debug, Default)]
pub(super) struct FanOut {
    pub(super) forms: Forms,
    /// By slab key: all that the direct path asks of a reader.
    readers: Vec<Reader>,
    sayings: Sayings,
    /// How far somebody who is apart has heard a room this turn.
    marks: HashMap<(PersonId, RoomKey), usize>,
    apart: Vec<PersonId>,
    /// Rooms whose readers fell behind when they were last flushed.
    lags: Vec<Lag>,
    /// Rooms that could not keep up, until somebody who waited for one of them goes on.
    slowed: Vec<RoomKey>,
    order: u64,
    /// Counts flushes.
    flush: u32,
    epoch: String,
    /// Bytes that one room may say before it is flushed within a turn.
    turn_bytes_max: usize,
    queue_bytes: u64,
}

/// A room that could not keep up, and who talked in it.
#[derive(Debug)]
pub(super) struct Lag {
    pub(super) room: RoomKey,
    pub(super) talkers: Vec<PersonId>,
}

#[derive(Clone, Copy, Debug)]
struct Reader {
    generation: u32,
    form: FormId,
    apart: bool,
    /// The flush in which one of their rooms was seen to have said something.
    flush: u32,
}

const NOBODY: Reader = Reader {
    generation: 0,
    form: FormId::MUTE,
    apart: false,
    flush: 0,
};

impl FanOut {
    /// A turn may say no more at once than a quarter of what may wait for a reader: so that whoever
    /// talks too fast is seen before anybody is cut.
    pub(super) fn new(epoch: String, queue_bytes: u64) -> FanOut {
        let quarter = usize::try_from(queue_bytes / 4).unwrap_or(usize::MAX);
        let turn_bytes_max = TURN_BUFFER_BYTES_MAX.min(quarter);
        FanOut {
            epoch,
            turn_bytes_max,
            queue_bytes,
            ..FanOut::default()
        }
    }

    /// From now on somebody hears events in this form.
    pub(super) fn tune(&mut self, id: PersonId, form: FormId) {
        if self.readers.len() <= id.index() {
            self.readers.resize(id.index() + 1, NOBODY);
        }
        let generation = id.generation;
        let apart = self.reader(id).apart;
        self.readers[id.index()] = Reader {
            generation,
            form,
            apart,
            flush: 0,
        };
    }

    fn reader(&self, id: PersonId) -> Reader {
        let reader = self.readers.get(id.index()).copied().unwrap_or(NOBODY);
        if reader.generation == id.generation {
            reader
        } else {
            NOBODY
        }
    }

    /// A room is to hear of an event.
    pub(super) fn say(
        &mut self,
        room: RoomKey,
        committed: &Arc<Committed>,
        spares_author: bool,
        is_counted: bool,
    ) {
        if spares_author {
            self.set_apart(committed.entry.who);
        }
        self.order += 1;
        let saying = self.sayings.open(room);
        saying.push(Arc::clone(committed), self.order, spares_author, is_counted);
    }

    /// Whether something was said that nobody has heard yet.
    pub(super) fn is_dirty(&self) -> bool {
        !self.sayings.is_empty()
    }

    /// How many are in the rooms that said something.
    pub(super) fn readers(&self, hub: &Hub) -> usize {
        let rooms = self.sayings.rooms().filter_map(|room| hub.room_at(room));
        rooms.map(|room| room.members().len()).sum()
    }

    /// Whether a room holds so much that it should not wait for the end of the turn.
    pub(super) fn is_overfull(&self, room: RoomKey) -> bool {
        self.sayings
            .get(room)
            .is_some_and(|saying| saying.bytes() > self.turn_bytes_max)
    }

    /// Somebody enters a room now: what was said in it this turn is not for them.
    pub(super) fn enter(&mut self, id: PersonId, room: RoomKey) {
        if let Some(saying) = self.sayings.get(room) {
            self.marks.insert((id, room), saying.len());
            self.set_apart(id);
        }
    }

    fn set_apart(&mut self, id: PersonId) {
        if let Some(reader) = self.readers.get_mut(id.index())
            && reader.generation == id.generation
            && !reader.apart
        {
            reader.apart = true;
            self.apart.push(id);
        }
    }

    /// Moves what somebody's rooms have said so far to their outbox, so that something said to them
    /// directly comes after it. Events of several rooms go in the order in which they happened.
    pub(super) fn settle(&mut self, id: PersonId, hub: &Hub, people: &mut People) {
        if self.sayings.is_empty() {
            return;
        }
        let rooms = hub
            .person(id)
            .map(|member| &*member.rooms)
            .unwrap_or_default();
        if !rooms.iter().any(|&room| self.is_behind(id, room)) {
            return;
        }
        let form = self.reader(id).form;
        let marks: Vec<usize> = rooms
            .iter()
            .map(|&room| self.hear(id, form, room))
            .collect();
        let heard = rooms.iter().zip(marks);
        let sayings = heard.filter_map(|(room, mark)| Some((self.sayings.get(*room)?, mark)));
        let mut pieces: Vec<(u64, &[u8])> = sayings
            .flat_map(|(saying, mark)| saying.pieces(id, form, mark))
            .collect();
        pieces.sort_unstable_by_key(|(order, _)| *order);
        for (_, bytes) in pieces {
            people.send(id, bytes);
        }
    }

    /// Whether a room has said something that somebody was not told of yet.
    fn is_behind(&self, id: PersonId, room: RoomKey) -> bool {
        let said = self.sayings.get(room).map_or(0, Saying::len);
        said > 0 && said > self.marks.get(&(id, room)).copied().unwrap_or(0)
    }

    /// Marks a room as heard up to now; answers up to where it was heard before.
    fn hear(&mut self, id: PersonId, form: FormId, room: RoomKey) -> usize {
        let Some(saying) = self.sayings.get_mut(room) else {
            return 0;
        };
        if form != FormId::MUTE {
            saying.encode(form, &mut self.forms, &self.epoch);
        }
        let now = saying.len();
        self.set_apart(id);
        self.marks.insert((id, room), now).unwrap_or(0)
    }

    /// Says something to some people directly, encoded once for each form.
    pub(super) fn tell(
        &mut self,
        readers: &[PersonId],
        committed: &Committed,
        hub: &Hub,
        people: &mut People,
    ) {
        let mut encoded: Vec<(FormId, Bytes)> = Vec::new();
        for &id in readers {
            let form = self.reader(id).form;
            if form == FormId::MUTE {
                continue;
            }
            let known = encoded.iter().find(|(other, _)| *other == form);
            let bytes = known.map(|(_, bytes)| bytes.clone()).unwrap_or_else(|| {
                let mut out = BytesMut::new();
                self.forms
                    .encode_personally(form, committed, &self.epoch, &mut out);
                encoded.push((form, out.freeze()));
                encoded[encoded.len() - 1].1.clone()
            });
            // Who does not hear of it needs no settling either.
            if !bytes.is_empty() {
                self.settle(id, hub, people);
                people.send(id, &bytes);
            }
        }
    }

    /// The end of a turn: everything that was said goes to everybody who is to hear it.
    pub(super) fn flush(&mut self, hub: &Hub, people: &mut People, now: Instant) {
        if self.sayings.count() > 1 {
            self.part_those_in_several(hub);
        }
        let apart = std::mem::take(&mut self.apart);
        for &id in &apart {
            self.settle(id, hub, people);
        }
        let mut said = self.sayings.take();
        for saying in &mut said {
            self.flush_room(saying, hub, people, now);
        }
        self.sayings.give_back(said);
        self.reunite(apart);
    }

    /// Whoever is in several of the rooms that said something gets their events merged by order:
    /// chunks one after the other would let a later event overtake an earlier one.
    fn part_those_in_several(&mut self, hub: &Hub) {
        self.flush = self.flush.wrapping_add(1).max(1);
        let rooms: Vec<RoomKey> = self.sayings.rooms().collect();
        let rooms = rooms.into_iter().filter_map(|room| hub.room_at(room));
        for &id in rooms.flat_map(Room::members) {
            let Some(reader) = self.readers.get_mut(id.index()) else {
                continue;
            };
            if std::mem::replace(&mut reader.flush, self.flush) == self.flush {
                self.set_apart(id);
            }
        }
    }

    /// The rooms that could not keep up since this was last asked.
    pub(super) fn take_lags(&mut self) -> Vec<Lag> {
        std::mem::take(&mut self.lags)
    }

    /// Whether a room could not keep up of late, so that whoever talks in it now should wait too.
    pub(super) fn is_slowed(&self, room: RoomKey) -> bool {
        self.slowed.contains(&room)
    }

    /// A room may be talked in again.
    pub(super) fn release(&mut self, room: RoomKey) {
        self.slowed.retain(|&other| other != room);
    }

    fn slow_down(&mut self, room: RoomKey, talkers: Vec<PersonId>) {
        self.lags.push(Lag { room, talkers });
        if !self.is_slowed(room) {
            self.slowed.push(room);
        }
    }

    /// Those who were apart are like everybody else again.
    fn reunite(&mut self, mut apart: Vec<PersonId>) {
        self.marks.clear();
        for id in apart.drain(..) {
            if let Some(reader) = self.readers.get_mut(id.index()) {
                reader.apart = false;
            }
        }
        self.apart = apart;
    }

    /// One walk over the members, in slab order: who is not apart gets the chunk of their form, which
    /// is encoded when the first of its readers is met.
    fn flush_room(&mut self, saying: &mut Saying, hub: &Hub, people: &mut People, now: Instant) {
        let Some(room) = hub.room_at(saying.room) else {
            return;
        };
        let mut chunks: Vec<(FormId, Bytes)> = Vec::new();
        let mut lagging = Lagging::new(now, self.queue_bytes);
        for &id in room.members() {
            let reader = self.reader(id);
            let backlog = if reader.apart || reader.form == FormId::MUTE {
                people.backlog(id)
            } else {
                let chunk = self.chunk(&mut chunks, saying, reader.form);
                people.write_chunk(id, chunk)
            };
            lagging.note(backlog);
        }
        if lagging.is_too_much() {
            self.slow_down(saying.room, saying.talkers());
        } else {
            self.release(saying.room);
        }
        for (form, bytes) in chunks {
            saying.give_back(form, bytes);
        }
    }

    /// What a room says in one form. There are few, so they are looked through.
    fn chunk<'c>(
        &mut self,
        chunks: &'c mut Vec<(FormId, Bytes)>,
        saying: &mut Saying,
        form: FormId,
    ) -> &'c Bytes {
        let place = chunks.iter().position(|(other, _)| *other == form);
        let place = place.unwrap_or_else(|| {
            chunks.push((form, saying.take(form, &mut self.forms, &self.epoch)));
            chunks.len() - 1
        });
        &chunks[place].1
    }
}
