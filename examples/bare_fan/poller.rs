//! Readiness, by mio or by epoll itself: what the difference costs is a row of the comparison.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use rustix::event::epoll;

/// Events that one poll returns, as in chat-core.
const EVENTS_PER_POLL: usize = 1024;

const READABLE: epoll::EventFlags = epoll::EventFlags::IN
    .union(epoll::EventFlags::RDHUP)
    .union(epoll::EventFlags::HUP)
    .union(epoll::EventFlags::ERR);

/// A socket has news.
#[derive(Clone, Copy)]
pub(crate) struct Ready {
    pub(crate) key: usize,
    /// There is something to read, or to hear that it is over; else it only takes bytes again.
    pub(crate) readable: bool,
}

/// Tells which sockets are ready.
pub(crate) enum Poller {
    /// As chat-core does it.
    Mio(Poll, Events),
    /// The same flags without mio.
    Epoll(OwnedFd, Vec<epoll::Event>),
}

impl Poller {
    pub(crate) fn new(raw: bool) -> io::Result<Poller> {
        if raw {
            let descriptor = epoll::create(epoll::CreateFlags::CLOEXEC)?;
            return Ok(Poller::Epoll(
                descriptor,
                Vec::with_capacity(EVENTS_PER_POLL),
            ));
        }
        Ok(Poller::Mio(
            Poll::new()?,
            Events::with_capacity(EVENTS_PER_POLL),
        ))
    }

    /// Watches a socket for both directions, once and for all.
    pub(crate) fn add(&self, socket: &(impl AsFd + AsRawFd), key: usize) -> io::Result<()> {
        match self {
            Poller::Mio(poll, _) => poll.registry().register(
                &mut SourceFd(&socket.as_raw_fd()),
                Token(key),
                Interest::READABLE | Interest::WRITABLE,
            ),
            Poller::Epoll(descriptor, _) => {
                use epoll::EventFlags as Flags;
                let data = epoll::EventData::new_u64(key as u64);
                let flags = Flags::IN | Flags::RDHUP | Flags::OUT | Flags::ET;
                Ok(epoll::add(descriptor, socket, data, flags)?)
            }
        }
    }

    /// Sleeps until somebody is ready.
    pub(crate) fn wait(&mut self, ready: &mut Vec<Ready>) -> io::Result<()> {
        match self {
            Poller::Mio(poll, events) => {
                poll.poll(events, None)?;
                ready.extend(events.iter().map(|event| Ready {
                    key: event.token().0,
                    readable: event.is_readable() || event.is_read_closed(),
                }));
            }
            Poller::Epoll(descriptor, events) => {
                events.clear();
                epoll::wait(descriptor, rustix::buffer::spare_capacity(events), None)?;
                ready.extend(events.iter().map(|event| Ready {
                    key: usize::try_from(event.data.u64()).unwrap_or(usize::MAX),
                    readable: { event.flags }.intersects(READABLE),
                }));
            }
        }
        Ok(())
    }
}
