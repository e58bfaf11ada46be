//! Sockets in and out of places, and bytes from them. Floor 3.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use mio::net::TcpStream;

use super::person::{Link, Peer, Received};
use super::{Closed, People};
use crate::id::{DoorId, PersonId};
use crate::limits::{INBOX_BYTES_MAX, READ_TURN_BYTES_MAX};
use crate::net::framing::{Framing, Wire};
use crate::net::pipe::{Far, pipe};
use crate::net::source::Source;
use crate::net::stream::Stream;
use crate::time::Now;

/// What is taken out of a person while its bytes are decoded.
pub(in crate::net) struct Undecoded {
    pub(in crate::net) framing: Box<dyn Framing>,
    pub(in crate::net) inbox: Vec<u8>,
}

impl People {
    /// Reads and decodes nothing more from this person; what is read already stays in its inbox.
    pub fn pause(&mut self, id: PersonId) {
        if let Some(link) = self.link(id) {
            link.paused = true;
        }
    }

    /// Goes on reading, in the next turn. Also says to a framing that waits for its host that there
    /// is an answer, whether the person was paused or not.
    pub fn resume(&mut self, id: PersonId) {
        if let Some(link) = self.link(id) {
            link.paused = false;
            self.list_readable(id);
        }
    }

    /// Exchanges the connections of two people, either of whom may have none. Deadlines and what
    /// the host knows by the ids stay. A frame that is being decoded goes on as the other's.
    pub fn swap(&mut self, a: PersonId, b: PersonId) {
        if a == b || !self.contains(a) || !self.contains(b) {
            return;
        }
        let Some((one, other)) = self.slab.get2_mut(a.index(), b.index()) else {
            return;
        };
        std::mem::swap(&mut one.link, &mut other.link);
        if let Some((who, _)) = &mut self.decoding {
            *who = exchanged(*who, a, b);
        }
        self.settle_in(a);
        self.settle_in(b);
    }

    /// Somebody came in.
    pub(in crate::net) fn admit(
        &mut self,
        socket: TcpStream,
        address: SocketAddr,
        door: DoorId,
        framing: Box<dyn Framing>,
    ) -> PersonId {
        let peer = Peer {
            ip: address.ip().to_canonical(),
            told: false,
            door,
        };
        self.incoming += 1;
        self.count(peer.ip);
        let id = self.insert(Link::new(peer, Stream::Tcp(socket), framing));
        log::debug!("{id} from {address} came in");
        self.register(id, true);
        id
    }

    /// Somebody in the same process comes in, by a pipe whose other end this returns.
    pub(crate) fn admit_inside(&mut self, framing: Box<dyn Framing>) -> (PersonId, Far) {
        let (near, far) = pipe(&self.news);
        let peer = Peer {
            ip: Ipv4Addr::LOCALHOST.into(),
            told: false,
            door: DoorId::INSIDE,
        };
        let link = Link {
            outgoing: true,
            ..Link::new(peer, Stream::Pipe(near), framing)
        };
        let id = self.insert(link);
        self.register(id, true);
        (id, far)
    }

    /// Who has news from the other end of a pipe, by the keys of their places.
    pub(in crate::net) fn news(&self) -> BTreeSet<usize> {
        self.news.take()
    }

    /// What follows when a connection gets a new place: events carry the new token, and what was
    /// noted under the old one is noted again. Registering again also repeats the edges, so a socket
    /// that was blocked tells again whether it still is.
    fn settle_in(&mut self, id: PersonId) {
        self.register(id, false);
        let Some(link) = self.link(id) else {
            return;
        };
        if link.ending.is_some() {
            self.lists.ended.push(id);
        }
        if self.link(id).is_some_and(|link| link.overflowed) {
            self.lists.overflowed.push(id);
        }
        self.mark_dirty(id);
        self.list_readable(id);
    }

    pub(super) fn register(&mut self, id: PersonId, new: bool) {
        let token = Source::Person(id.index()).token();
        let Some(person) = self.slab.get_mut(id.index()) else {
            return;
        };
        let Some(socket) = &mut person.link.socket else {
            return;
        };
        if let Err(error) = socket.watch(&self.registry, (token, id.index()), new) {
            log::warn!("cannot watch {id}: {error}");
            self.fail(id, error.kind());
        }
    }

    /// The socket has news; returns whose it is.
    pub(in crate::net) fn readable(&mut self, key: usize, hung_up: bool) -> Option<PersonId> {
        let id = self.id_at(key)?;
        self.link(id)?.hung_up |= hung_up;
        Some(id)
    }

    /// Notes somebody who has more to read or to decode than this turn allowed.
    pub(in crate::net) fn list_readable(&mut self, id: PersonId) {
        let Some(person) = self.person_mut(id).filter(|person| !person.listed) else {
            return;
        };
        person.listed = true;
        self.lists.readable.push(id);
    }

    /// Those who were noted in former turns.
    pub(in crate::net) fn still_readable(&mut self) -> Vec<PersonId> {
        let ids = std::mem::take(&mut self.lists.readable);
        for &id in &ids {
            if let Some(person) = self.person_mut(id) {
                person.listed = false;
            }
        }
        ids
    }

    /// Begins a turn: everybody may read as much as a turn allows again.
    pub(in crate::net) fn begin_turn(&mut self) {
        self.turn = self.turn.wrapping_add(1);
    }

    /// A poll returned.
    pub(in crate::net) fn polled(&mut self, now: Now) {
        self.now = now.mono;
    }

    /// How much may be read from somebody now. Whoever has used up this turn's share is noted;
    /// whoever's inbox is full waits for its host to resume it.
    pub(in crate::net) fn may_read(&mut self, id: PersonId) -> usize {
        let turn = self.turn;
        let Some(person) = self.person_mut(id).filter(|person| person.link.listens()) else {
            return 0;
        };
        if person.turn != turn {
            (person.turn, person.read) = (turn, 0);
        }
        let share = READ_TURN_BYTES_MAX.saturating_sub(person.read as usize);
        let room = INBOX_BYTES_MAX
            .saturating_sub(person.link.inbox.as_ref().map_or(0, |inbox| inbox.len()));
        if share == 0 {
            self.list_readable(id);
        }
        share.min(room)
    }

    /// One read.
    pub(in crate::net) fn receive(&mut self, id: PersonId, into: &mut [u8]) -> Received {
        let Some(person) = self.person_mut(id) else {
            return Received::Nothing;
        };
        let received = person.link.receive(into);
        if let Received::Bytes(count) = received {
            person.read += saturated(count);
        }
        received
    }

    /// Everything that the peer sent was read and what was complete was delivered.
    pub(in crate::net) fn end_of_input(&mut self, id: PersonId) {
        if let Some(link) = self.link(id) {
            link.eof = true;
            self.end(id, Closed::ByPeer, None);
        }
    }

    /// Whether the peer will send no more than what waits to be read. Somebody who is paused is not
    /// read, so this is how a host knows.
    #[must_use]
    pub fn hung_up(&self, id: PersonId) -> bool {
        self.person(id).is_some_and(|person| person.link.hung_up())
    }

    /// Takes out what is needed to decode, if this person is to be heard.
    pub(in crate::net) fn begin_decoding(&mut self, id: PersonId) -> Option<Undecoded> {
        let link = self.link(id).filter(|link| link.listens())?;
        let framing = link.framing.take()?;
        let inbox = link.inbox.take().map_or_else(Vec::new, |inbox| *inbox);
        self.decoding = Some((id, framing.wire()));
        Some(Undecoded { framing, inbox })
    }

    /// Who is being decoded and is still to be heard. A [`swap`](Self::swap) may have made it
    /// somebody else.
    pub(in crate::net) fn decoding(&mut self, wire: Wire) -> Option<PersonId> {
        let (who, known) = self.decoding.as_mut()?;
        *known = wire;
        let who = *who;
        self.link(who).filter(|link| link.listens())?;
        Some(who)
    }

    /// Puts back what was taken out, where the connection is now.
    pub(in crate::net) fn finish_decoding(&mut self, undecoded: Undecoded) -> Option<PersonId> {
        let (who, _) = self.decoding.take()?;
        let link = self.link(who)?;
        link.framing = Some(undecoded.framing);
        let inbox = undecoded.inbox;
        link.inbox = (!inbox.is_empty()).then(|| Box::new(inbox));
        Some(who)
    }
}

/// A read is never longer than the buffer.
fn saturated(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn exchanged(who: PersonId, a: PersonId, b: PersonId) -> PersonId {
    match who {
        _ if who == a => b,
        _ if who == b => a,
        _ => who,
    }
}
