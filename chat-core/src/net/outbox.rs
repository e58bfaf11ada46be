//! Bytes waiting for one socket. Floor 2.
//!
//! An outbox is boxed and exists only while it holds bytes, so somebody who keeps up pays eight bytes
//! for it. Every chunk begins with a message and holds whole ones, except the one at the front,
//! which may be sent in part: that is all that is needed to `cut` a queue between
//! messages or to thin it (`thinning`), and it is found out only when it is needed.

mod thinning;

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice, Write};
use std::time::Instant;

use bytes::Bytes;

use crate::limits::{REST_COPY_BYTES_MAX, STRIDE_BYTES, WRITE_SLICES_MAX};
use thinning::Thinned;

/// Length of the message at the front: [`Wire::first`](super::framing::Wire::first).
pub type First = fn(&[u8]) -> usize;

/// Bytes that small messages may gather into one chunk. A chunk is freed only when all of it is
/// sent, so this is also what a reader may hold beyond its queue.
const OWN_CHUNK_BYTES_MAX: usize = 16 * 1024;

/// A queue of chunks for one socket.
#[derive(Debug, Default)]
pub struct Outbox {
    chunks: VecDeque<Chunk>,
    /// Bytes not sent yet.
    bytes: usize,
    /// Bytes of the front chunk that are sent.
    sent: usize,
    /// Bytes at the start of the front chunk that end a message whose beginning is sent and gone.
    head: usize,
    /// How the socket takes what waits, once it has taken something.
    taking: Option<Taking>,
    /// What is left of the part that was thinned.
    thinned: Option<Box<Thinned>>,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Everything is sent.
    Empty,
    /// The socket takes no more; it will say when it does.
    Blocked,
}

/// When the socket began to take what waits, last took something, and last a whole stride.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taking {
    /// The first time.
    pub begun: Instant,
    /// The last time that it took anything at all.
    pub last: Instant,
    /// The last time that another [`STRIDE_BYTES`] were taken.
    pub stride: Option<Instant>,
    /// Bytes taken since then.
    bytes: usize,
}

#[derive(Debug)]
struct Chunk {
    body: Body,
    /// Of the wire that the chunk was made for: a connection may change its own in between.
    first: First,
}

#[derive(Debug)]
enum Body {
    Shared(Bytes),
    Own(Vec<u8>),
}

impl Outbox {
    /// What is left of a chunk of which `sent` bytes went straight to the socket.
    pub(super) fn rest_of(chunk: &Bytes, sent: usize, first: First, now: Instant) -> Self {
        let mut outbox = Outbox::default();
        outbox.push(Body::Shared(chunk.clone()), first);
        outbox.advance(sent);
        // Nothing waited so far: the socket took everything until now.
        outbox.taking = Some(Taking::new(now));
        outbox
    }

    /// Bytes that wait.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How the socket takes what waits or waited here.
    pub(super) fn taking(&self) -> Option<Taking> {
        self.taking
    }

    /// Queues whole messages; small ones gather in one growing buffer.
    pub fn push_copy(&mut self, bytes: &[u8], first: First) {
        let may_grow = self.may_grow();
        match self.chunks.back_mut() {
            Some(last) if may_grow && last.takes(bytes.len(), first) => last.extend(bytes),
            _ => return self.push(Body::Own(bytes.to_vec()), first),
        }
        self.bytes += bytes.len();
    }

    /// Queues whole messages that others have too. A few bytes are copied: they should neither
    /// pin a long chunk nor cost an entry each.
    pub fn push_shared(&mut self, bytes: Bytes, first: First) {
        if bytes.len() < REST_COPY_BYTES_MAX {
            self.push_copy(&bytes, first);
        } else {
            self.push(Body::Shared(bytes), first);
        }
    }

    fn push(&mut self, body: Body, first: First) {
        self.bytes += body.bytes().len();
        self.chunks.push_back(Chunk { body, first });
    }

    /// Writes until everything is sent or the socket takes no more.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn write_to(&mut self, socket: &mut impl Write, now: Instant) -> io::Result<Flow> {
        while self.bytes > 0 {
            let offered = self.offer(socket);
            match offered {
                Ok((_, 0)) => return Err(ErrorKind::WriteZero.into()),
                Ok((offered, written)) => {
                    self.advance(written);
                    let taking = self.taking.get_or_insert(Taking::new(now));
                    taking.took(written, now);
                    // A short write means that the buffer is full: trying again would only be told so.
                    if written < offered {
                        return Ok(Flow::Blocked);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Flow::Blocked),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Flow::Empty)
    }

    /// All that waits, in order.
    pub(super) fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let whole = self.chunks.iter().map(|chunk| chunk.body.bytes());
        let sent = std::iter::once(self.sent).chain(std::iter::repeat(0));
        whole.zip(sent).map(|(bytes, sent)| &bytes[sent..])
    }

    /// One write; returns how much was offered and how much was taken.
    fn offer(&self, socket: &mut impl Write) -> io::Result<(usize, usize)> {
        let mut slices = [IoSlice::new(&[]); WRITE_SLICES_MAX];
        let (mut count, mut offered, mut skip) = (0, 0, self.sent);
        for (slice, chunk) in slices.iter_mut().zip(&self.chunks) {
            let bytes = &chunk.body.bytes()[skip..];
            *slice = IoSlice::new(bytes);
            (count, offered, skip) = (count + 1, offered + bytes.len(), 0);
        }
        let written = match &slices[..count] {
            [only] => socket.write(only)?,
            many => socket.write_vectored(many)?,
        };
        Ok((offered, written))
    }

    /// Forgets what is sent.
    fn advance(&mut self, mut written: usize) {
        self.bytes -= written;
        while let Some(front) = self.chunks.front() {
            let left = front.body.bytes().len() - self.sent;
            if written < left {
                self.sent += written;
                break;
            }
            written -= left;
            self.chunks.pop_front();
            (self.sent, self.head) = (0, 0);
            self.forget_thinned();
        }
        self.unpin();
    }

    /// Copies a short rest of a long shared chunk, so that it does not keep all of it alive.
    fn unpin(&mut self) {
        let Some(rest) = self.short_rest() else {
            return;
        };
        self.head = self.message_end() - self.sent;
        self.sent = 0;
        if let Some(front) = self.chunks.front_mut() {
            front.body = Body::Own(rest);
        }
    }

    fn short_rest(&self) -> Option<Vec<u8>> {
        let Body::Shared(bytes) = &self.chunks.front()?.body else {
            return None;
        };
        let rest = &bytes[self.sent..];
        (rest.len() < REST_COPY_BYTES_MAX).then(|| rest.to_vec())
    }

    /// Where in the front chunk the message ends that is sent in part: `sent` if there is none.
    fn message_end(&self) -> usize {
        let Some(front) = self.chunks.front() else {
            return 0;
        };
        let bytes = front.body.bytes();
        let mut end = self.head;
        while end < self.sent {
            end += (front.first)(&bytes[end..]).clamp(1, bytes.len() - end);
        }
        end
    }

    /// Drops all messages but the unsent rest of one that is sent in part.
    pub(super) fn cut(&mut self) {
        let end = self.message_end();
        self.chunks.truncate(1);
        self.thinned = None;
        if let Some(front) = self.chunks.front_mut() {
            front.body = Body::Own(front.body.bytes()[self.sent..end].to_vec());
        }
        self.head = end - self.sent;
        self.bytes = self.head;
        self.sent = 0;
        if self.bytes == 0 {
            self.chunks.clear();
        }
    }
}

impl Taking {
    fn new(now: Instant) -> Self {
        Taking {
            begun: now,
            last: now,
            stride: None,
            bytes: 0,
        }
    }

    fn took(&mut self, bytes: usize, now: Instant) {
        self.last = now;
        self.bytes += bytes;
        if self.bytes >= STRIDE_BYTES {
            self.stride = Some(now);
            self.bytes = 0;
        }
    }
}

impl Chunk {
    fn takes(&self, more: usize, first: First) -> bool {
        let room = |own: &Vec<u8>| own.len() + more <= OWN_CHUNK_BYTES_MAX;
        let Body::Own(own) = &self.body else {
            return false;
        };
        std::ptr::fn_addr_eq(self.first, first) && room(own)
    }

    fn extend(&mut self, bytes: &[u8]) {
        if let Body::Own(own) = &mut self.body {
            own.extend_from_slice(bytes);
        }
    }
}

impl Body {
    fn bytes(&self) -> &[u8] {
        match self {
            Body::Shared(bytes) => bytes,
            Body::Own(bytes) => bytes,
        }
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
