//! Everybody who is connected. Floor 3: the slab of `Person`, and what may be done to one.
//!
//! Nothing here polls and nothing is freed here before the reactor says that the turn is over. An id
//! that is out of date finds nobody, and whatever is done to nobody is done to nobody.

mod admission;
mod connecting;
mod connection;
mod ending;
mod person;
mod sending;
mod thinning;
mod timing;

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use mio::{Registry, Waker};
use slab::Slab;

pub(super) use connection::Undecoded;
pub(super) use person::Received;
pub use person::{After, Closed, Peer};
use person::{Link, Person};
pub use sending::Backlog;
pub use thinning::Dropped;
use thinning::Losses;
pub(super) use thinning::Sign;

use super::framing::{Framing, Wire};
use super::leavers::Leavers;
use super::networks::customer;
use super::pipe::News;
use super::wheel::{Due, Wheel};
use crate::id::{DoorId, PersonId};

/// Everybody who is connected, waits for a browser or lives in the same process.
pub struct People {
    slab: Slab<Person>,
    /// How often each key was used.
    generations: Vec<u32>,
    registry: Registry,
    news: Arc<News>,
    /// Connections that came in and have not ended.
    incoming: usize,
    /// Those that count, by [`customer`].
    addresses: HashMap<IpAddr, usize>,
    wheel: Wheel,
    /// Who came up in this turn and was not looked at yet.
    due: VecDeque<Due>,
    pub(super) leavers: Leavers,
    /// Bytes that may wait for one person.
    queue_bytes_max: usize,
    /// By the doors' ids.
    signs: Vec<Sign>,
    /// Messages that were dropped, until the host is told.
    losses: Losses,
    lists: Lists,
    /// Whose frame the host has in hand, and that person's wire.
    decoding: Option<(PersonId, Wire)>,
    /// Counts turns, for the budgets of reading.
    turn: u32,
    /// When the last poll returned.
    now: Instant,
}

/// Who has something to be done before the turn is over.
#[derive(Default)]
struct Lists {
    dirty: Vec<PersonId>,
    readable: Vec<PersonId>,
    overflowed: Vec<PersonId>,
    drained: Vec<PersonId>,
    ended: Vec<PersonId>,
    graves: Vec<PersonId>,
}

impl People {
    pub(super) fn new(
        registry: Registry,
        waker: Arc<Waker>,
        queue_bytes_max: usize,
        now: Instant,
    ) -> Self {
        People {
            slab: Slab::new(),
            generations: Vec::new(),
            registry,
            news: News::new(waker),
            incoming: 0,
            addresses: HashMap::new(),
            wheel: Wheel::new(now),
            due: VecDeque::new(),
            leavers: Leavers::default(),
            queue_bytes_max,
            signs: Vec::new(),
            losses: Losses::new(now),
            lists: Lists::default(),
            decoding: None,
            turn: 0,
            now,
        }
    }

    /// How many there are, with and without a socket.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slab.len()
    }

    /// Whether nobody is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slab.is_empty()
    }

    /// Whether no socket is open any more, not even one that is only being told goodbye.
    #[must_use]
    pub fn is_deserted(&self) -> bool {
        self.incoming == 0 && self.leavers.is_empty()
    }

    /// Everybody, in the order in which the slab holds them: the fastest to walk.
    pub fn ids(&self) -> impl Iterator<Item = PersonId> {
        self.slab
            .iter()
            .map(|(key, person)| id(key, person.generation))
    }

    /// Whether this is still the person that was meant.
    #[must_use]
    pub fn contains(&self, id: PersonId) -> bool {
        self.person(id).is_some()
    }

    /// The public facts of a connection.
    #[must_use]
    pub fn peer(&self, id: PersonId) -> Option<&Peer> {
        self.person(id).map(|person| &person.link.peer)
    }

    /// A proxy or gateway told where somebody really comes from; they count as from there.
    pub fn set_ip(&mut self, id: PersonId, ip: IpAddr) {
        self.discount(id);
        if let Some(link) = self.link(id) {
            link.peer.ip = ip.to_canonical();
            link.peer.told = true;
        }
        self.recount(id);
    }

    /// Does not count a connection as one from its address: it belongs to a proxy or gateway, and is
    /// about to tell where its person comes from. [`set_ip`](Self::set_ip) ends that, or
    /// [`recount`](Self::recount).
    pub fn discount(&mut self, id: PersonId) {
        let Some(link) = self.link(id) else {
            return;
        };
        let (was_counted, ip) = (link.is_counted(), link.peer.ip);
        link.discounted = true;
        if was_counted {
            self.uncount(ip);
        }
    }

    /// Counts a connection as one from its address, after all.
    pub fn recount(&mut self, id: PersonId) {
        let Some(link) = self.link(id).filter(|link| link.discounted) else {
            return;
        };
        link.discounted = false;
        let (is_counted, ip) = (link.is_counted(), link.peer.ip);
        if is_counted {
            self.count(ip);
        }
    }

    /// Whether a connection counts as one from its address.
    #[must_use]
    pub fn is_counted(&self, id: PersonId) -> bool {
        self.person(id)
            .is_some_and(|person| person.link.is_counted())
    }

    /// How many connections count as from an address.
    #[must_use]
    pub fn connections_from(&self, ip: IpAddr) -> usize {
        self.addresses.get(&customer(ip)).copied().unwrap_or(0)
    }

    /// How messages to this person are put on the wire; nothing for somebody without a socket.
    #[must_use]
    pub fn wire(&self, id: PersonId) -> Option<Wire> {
        match (&self.person(id)?.link.framing, self.decoding) {
            (Some(framing), _) => Some(framing.wire()),
            (None, Some((who, wire))) if who == id => Some(wire),
            _ => None,
        }
    }

    /// The framing of a connection, if it is a `T`. Nothing while that very framing is decoding:
    /// then what the host wants to tell it goes through [`Frame::Other`](super::Frame::Other).
    pub fn framing_mut<T: Framing>(&mut self, id: PersonId) -> Option<&mut T> {
        let framing: &mut dyn std::any::Any = &mut **self.link(id)?.framing.as_mut()?;
        framing.downcast_mut()
    }

    /// Adds a person without a socket: in-process, or a session whose browser is away.
    pub fn insert_silent(&mut self, door: DoorId, ip: IpAddr) -> PersonId {
        self.insert(Link::silent(Peer {
            ip: ip.to_canonical(),
            told: false,
            door,
        }))
    }

    /// Removes a person without a socket, at the end of the turn. Somebody who has one then stays:
    /// connections end by [`dismiss`](Self::dismiss).
    pub fn bury(&mut self, id: PersonId) {
        self.lists.graves.push(id);
    }

    pub(super) fn bury_the_dead(&mut self) {
        for id in std::mem::take(&mut self.lists.graves) {
            if self.link(id).is_some_and(|link| link.socket.is_none()) {
                self.slab.remove(id.index());
            }
        }
    }

    fn insert(&mut self, link: Link) -> PersonId {
        let entry = self.slab.vacant_entry();
        let key = entry.key();
        if self.generations.len() <= key {
            self.generations.resize(key + 1, 0);
        }
        self.generations[key] = self.generations[key].wrapping_add(1);
        let generation = self.generations[key];
        entry.insert(Person::new(generation, link));
        id(key, generation)
    }

    fn person(&self, id: PersonId) -> Option<&Person> {
        self.slab
            .get(id.index())
            .filter(|person| person.generation == id.generation)
    }

    fn person_mut(&mut self, id: PersonId) -> Option<&mut Person> {
        self.slab
            .get_mut(id.index())
            .filter(|person| person.generation == id.generation)
    }

    fn link(&mut self, id: PersonId) -> Option<&mut Link> {
        self.person_mut(id).map(|person| &mut person.link)
    }

    fn id_at(&self, key: usize) -> Option<PersonId> {
        self.slab.get(key).map(|person| id(key, person.generation))
    }

    fn count(&mut self, ip: IpAddr) {
        *self.addresses.entry(customer(ip)).or_default() += 1;
    }

    fn uncount(&mut self, ip: IpAddr) {
        let ip = customer(ip);
        if let Some(count) = self.addresses.get_mut(&ip) {
            *count -= 1;
            if *count == 0 {
                self.addresses.remove(&ip);
            }
        }
    }
}

fn id(key: usize, generation: u32) -> PersonId {
    // Memory ends long before four thousand million entries do.
    let key = u32::try_from(key).unwrap_or(u32::MAX);
    PersonId { key, generation }
}
