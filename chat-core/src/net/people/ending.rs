//! How connections end. Floor 3.
//!
//! Whatever the reason, it takes the same way: a mark, the announcement at the end of the turn, and
//! the socket goes to the leavers with its last bytes. The person's place is free, or empty, at once.

use std::io::ErrorKind;

use super::person::{Ending, Link};
use super::{After, Closed, People};
use crate::id::PersonId;
use crate::net::framing::Farewell;
use crate::net::leavers::Leaver;
use crate::net::outbox::Outbox;
use crate::net::pipe::Near;
use crate::net::stream::Stream;
use crate::time::Now;

impl People {
    /// Ends a connection: nothing more is read from it or queued for it, and what waits and the farewell
    /// are sent, which may take [`LINGER`](crate::limits::LINGER). [`Host::closed`] is told in this
    /// turn, also about somebody who has no socket.
    ///
    /// [`Host::closed`]: crate::net::Host::closed
    pub fn dismiss(&mut self, id: PersonId, farewell: &Farewell) {
        self.end(id, Closed::Dismissed, Some(farewell.clone()));
    }

    /// Ends the connection of a slow reader: unsent whole messages give way to `last_words` and the
    /// farewell, so what it does get is free of gaps up to the point where it is told.
    pub fn cut(&mut self, id: PersonId, last_words: &[u8], farewell: &Farewell) {
        let first = self.first(id);
        let Some(link) = self.link(id).filter(|link| link.ending.is_none()) else {
            return;
        };
        if let Some(outbox) = &mut link.outbox {
            outbox.cut();
        }
        if let Some(first) = first.filter(|_| !last_words.is_empty()) {
            link.outbox().push_copy(last_words, first);
        }
        self.end(id, Closed::Overflowed, Some(farewell.clone()));
    }

    /// The connection is over. The first reason counts.
    pub(in crate::net) fn end(&mut self, id: PersonId, why: Closed, farewell: Option<Farewell>) {
        let Some(link) = self.link(id).filter(|link| link.ending.is_none()) else {
            return;
        };
        link.ending = Some(Box::new(Ending { why, farewell }));
        self.lists.ended.push(id);
    }

    /// The connection broke: what waits for it can go nowhere.
    pub(in crate::net) fn fail(&mut self, id: PersonId, kind: ErrorKind) {
        self.end(id, Closed::Failed(kind), None);
        if let Some(link) = self.link(id) {
            link.outbox = None;
            link.broken = true;
        }
    }

    /// The next connection that ended and was not announced, and why.
    pub(in crate::net) fn next_ended(&mut self) -> Option<(PersonId, Closed)> {
        while let Some(id) = self.lists.ended.pop() {
            let ending = self.link(id).and_then(|link| link.ending.as_ref());
            if let Some(why) = ending.map(|ending| ending.why.clone()) {
                self.log_end(id, &why);
                return Some((id, why));
            }
        }
        None
    }

    fn log_end(&self, id: PersonId, why: &Closed) {
        if let Some(peer) = self.peer(id) {
            log::debug!("{id} at {} ended: {why}", peer.ip);
        }
    }

    /// It was announced: the socket leaves, and the entry is buried or stays empty.
    pub(in crate::net) fn part(&mut self, id: PersonId, after: After, now: Now) {
        let first = self.first(id);
        let Some(link) = self.link(id).filter(|link| link.ending.is_some()) else {
            return;
        };
        link.say_farewell(first);
        let place = Link::silent(link.peer.clone());
        let link = std::mem::replace(link, place);
        if after == After::Bury {
            self.bury(id);
        }
        if link.is_incoming() {
            self.incoming -= 1;
        }
        if link.is_counted() {
            self.uncount(link.peer.ip);
        }
        self.let_go(link, now);
    }

    fn let_go(&mut self, link: Link, now: Now) {
        let socket = match link.socket.filter(|_| !link.broken && !link.connecting) {
            Some(Stream::Tcp(socket)) => socket,
            Some(Stream::Pipe(pipe)) => return say_last(&pipe, link.outbox),
            None => return,
        };
        let leaver = Leaver {
            socket,
            outbox: link.outbox,
            eof: link.eof,
            shut: false,
        };
        self.leavers.push(&self.registry, leaver, now.mono);
    }
}

/// Nobody need linger at a pipe: what waits is there at once.
fn say_last(pipe: &Near, outbox: Option<Box<Outbox>>) {
    if let Some(outbox) = outbox {
        outbox.slices().for_each(|bytes| pipe.finish(bytes));
    }
}
