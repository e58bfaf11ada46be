//! One entry of the slab. Floor 3.
//!
//! What belongs to the person (its id, its deadline, the marks of this turn) is kept apart from what belongs
//! to the connection, the [`Link`]: a browser that comes back gets its person's place by an exchange
//! of links and nothing else. An idle person costs this entry and no more.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::IpAddr;
use std::time::Instant;

use crate::id::DoorId;
use crate::net::framing::{Farewell, Fault, Framing};
use crate::net::outbox::{First, Outbox};
use crate::net::stream::Stream;
use crate::net::wheel::Tick;

/// What is public about a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Where it comes from: an IPv4 address if it is one, however it arrived.
    pub ip: IpAddr,
    /// A proxy or gateway told that address: whoever has it, it is not us, so no rule for this machine
    /// holds for it.
    pub told: bool,
    /// Where it came in.
    pub door: DoorId,
}

impl Peer {
    /// Somebody on this machine, whom no bound for one address concerns.
    #[must_use]
    pub fn is_exempt(&self) -> bool {
        self.ip.is_loopback() && !self.told
    }
}

/// Why a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Closed {
    /// The peer closed it, or its sending half; everything that it said before was delivered.
    ByPeer,
    /// The connection broke.
    Failed(ErrorKind),
    /// The peer broke the framing.
    Fault(Fault),
    /// The host dismissed it.
    Dismissed,
    /// The host cut it, because it read too slowly.
    Overflowed,
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Closed::ByPeer => f.write_str("closed by the peer"),
            Closed::Failed(kind) => write!(f, "broken: {kind}"),
            Closed::Fault(fault) => write!(f, "{fault}"),
            Closed::Dismissed => f.write_str("dismissed"),
            Closed::Overflowed => f.write_str("cut: it read too slowly"),
        }
    }
}

/// What is to become of the entry of a connection that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Remove it.
    Bury,
    /// Keep it without a socket: a session that waits for its browser.
    Keep,
}

/// Somebody connected, or in the same process, or away for a moment.
pub(super) struct Person {
    pub(super) generation: u32,
    pub(super) deadline: Option<Tick>,
    /// The tick of this person's entry in the wheel; any other entry there is out of date.
    pub(super) tick: Option<Tick>,
    pub(super) link: Link,
    /// On the list of those to be flushed.
    pub(super) dirty: bool,
    /// On the list of those still readable.
    pub(super) listed: bool,
    pub(super) wants_drained: bool,
    /// The turn that `read` is about.
    pub(super) turn: u32,
    /// Bytes read in that turn.
    pub(super) read: u32,
}

/// A connection, or the place for one.
pub(super) struct Link {
    pub(super) peer: Peer,
    pub(super) socket: Option<Stream>,
    /// Absent without a socket, and while it is decoding.
    pub(super) framing: Option<Box<dyn Framing>>,
    /// Bytes that came and make no message yet, or wait for the person to be resumed. Mostly nobody has
    /// any, which is why they are behind two pointers.
    #[expect(
        clippy::box_collection,
        reason = "it is mostly absent, and then costs one pointer"
    )]
    pub(super) inbox: Option<Box<Vec<u8>>>,
    pub(super) outbox: Option<Box<Outbox>>,
    /// Set when it is over: nothing is read or queued any more.
    pub(super) ending: Option<Box<Ending>>,
    pub(super) paused: bool,
    /// We made this connection; it is not counted among those that come from its address.
    pub(super) outgoing: bool,
    /// It is not counted yet either: who is behind it is still to be told.
    pub(super) discounted: bool,
    /// It is not there yet.
    pub(super) connecting: bool,
    /// An event told that the peer will send no more; there may still be something to read.
    pub(super) hung_up: bool,
    /// Everything was read to the end.
    pub(super) eof: bool,
    /// The socket took less than it was offered; an event tells when it takes more.
    pub(super) blocked: bool,
    /// Nothing more can be sent or received.
    pub(super) broken: bool,
    /// More was sent than may wait, and the host was not told yet.
    pub(super) overflowed: bool,
    /// It is told what was dropped in the form that its client agreed on.
    pub(super) knows_markers: bool,
}

/// Why it is over, and what the peer should see last.
pub(super) struct Ending {
    pub(super) why: Closed,
    pub(super) farewell: Option<Farewell>,
}

/// What a read brought.
pub(in crate::net) enum Received {
    Bytes(usize),
    Nothing,
    End,
    Failed(ErrorKind),
}

impl Person {
    pub(super) fn new(generation: u32, link: Link) -> Self {
        Person {
            generation,
            deadline: None,
            tick: None,
            link,
            dirty: false,
            listed: false,
            wants_drained: false,
            turn: 0,
            read: 0,
        }
    }
}

impl Link {
    pub(super) fn new(peer: Peer, socket: Stream, framing: Box<dyn Framing>) -> Self {
        Link {
            socket: Some(socket),
            framing: Some(framing),
            ..Link::silent(peer)
        }
    }

    /// The place for a connection.
    pub(super) fn silent(peer: Peer) -> Self {
        Link {
            peer,
            socket: None,
            framing: None,
            inbox: None,
            outbox: None,
            ending: None,
            paused: false,
            outgoing: false,
            discounted: false,
            connecting: false,
            hung_up: false,
            eof: false,
            blocked: false,
            broken: false,
            overflowed: false,
            knows_markers: false,
        }
    }

    /// Whether something may be queued.
    pub(super) fn is_open(&self) -> bool {
        self.socket.is_some() && self.ending.is_none() && !self.overflowed
    }

    /// Whether frames are wanted.
    pub(super) fn listens(&self) -> bool {
        let waits = self.paused || self.connecting;
        self.socket.is_some() && self.ending.is_none() && !waits
    }

    /// Whether it is one of the connections from its address.
    pub(super) fn is_counted(&self) -> bool {
        self.is_incoming() && !self.discounted
    }

    /// Whether somebody came in by it.
    pub(super) fn is_incoming(&self) -> bool {
        self.socket.is_some() && !self.outgoing
    }

    /// Whether the peer will send no more; there may still be something to read.
    pub(super) fn hung_up(&self) -> bool {
        self.hung_up || self.socket.as_ref().is_some_and(Stream::hung_up)
    }

    pub(super) fn queued(&self) -> usize {
        self.outbox.as_ref().map_or(0, |outbox| outbox.bytes())
    }

    pub(super) fn outbox(&mut self) -> &mut Outbox {
        self.outbox.get_or_insert_default()
    }

    /// One read.
    pub(super) fn receive(&mut self, into: &mut [u8]) -> Received {
        let Some(socket) = &mut self.socket else {
            return Received::Nothing;
        };
        match retry(|| socket.read(into)) {
            Ok(0) => Received::End,
            Ok(count) => Received::Bytes(count),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Received::Nothing,
            Err(error) => Received::Failed(error.kind()),
        }
    }

    /// One write past the outbox, which is empty; how many bytes were taken.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(socket) = self.socket.as_mut().filter(|_| !self.connecting) else {
            return Ok(0);
        };
        let written = match retry(|| socket.write(bytes)) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            other => other?,
        };
        self.blocked = written < bytes.len();
        Ok(written)
    }

    /// Writes what waits, as far as the socket takes it.
    pub(super) fn flush(&mut self, now: Instant) -> io::Result<()> {
        let (Some(socket), Some(outbox)) = (&mut self.socket, &mut self.outbox) else {
            return Ok(());
        };
        if self.connecting {
            return Ok(());
        }
        outbox.write_to(socket, now)?;
        self.blocked = outbox.bytes() > 0;
        if !self.blocked {
            self.outbox = None;
        }
        Ok(())
    }

    /// Appends what the peer should see last.
    pub(super) fn say_farewell(&mut self, first: Option<First>) {
        let farewell = self
            .ending
            .as_mut()
            .and_then(|ending| ending.farewell.take());
        let (Some(farewell), Some(framing), Some(first)) = (farewell, &mut self.framing, first)
        else {
            return;
        };
        let mut words = Vec::new();
        framing.farewell(&farewell, &mut words);
        if !words.is_empty() {
            self.outbox().push_copy(&words, first);
        }
    }
}

fn retry(mut attempt: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_person_costs_little() {
        // Without optimisation mio keeps more beside the descriptor.
        let socket = size_of::<Option<Stream>>();
        let rest = size_of::<Person>() - socket;
        assert!(rest <= 104, "{rest} besides {socket} for the socket");
    }
}
