//! From a readable socket to the host. Floor 4.
//!
//! All sockets are read through one scratch buffer. Bytes are copied to the person's inbox only if
//! they make no message yet, so nobody who is idle holds a buffer.

use super::framing::{Framing, Input};
use super::host::{Closed, Host};
use super::people::{People, Received, Undecoded};
use crate::id::PersonId;
use crate::limits::READ_TURN_BYTES_MAX;
use crate::time::Now;

/// What reading needs and nobody owns.
pub(super) struct Reader {
    pub(super) scratch: Box<[u8]>,
    replies: Vec<u8>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Reader {
            scratch: vec![0; READ_TURN_BYTES_MAX].into_boxed_slice(),
            replies: Vec::new(),
        }
    }

    /// Goes on where an earlier turn stopped: what is in the inbox first, even if that is nothing,
    /// since the framing may have an answer of its host to encode.
    pub(super) fn go_on<H: Host>(
        &mut self,
        host: &mut H,
        people: &mut People,
        who: PersonId,
        now: Now,
    ) {
        if self.decode(host, people, who, 0, now) {
            self.read(host, people, who, now);
        }
    }

    /// Reads until there is no more, or as much as one turn allows.
    pub(super) fn read<H: Host>(
        &mut self,
        host: &mut H,
        people: &mut People,
        who: PersonId,
        now: Now,
    ) {
        loop {
            let share = people.may_read(who).min(self.scratch.len());
            if share == 0 {
                return;
            }
            match people.receive(who, &mut self.scratch[..share]) {
                Received::Bytes(count) => {
                    let here = self.decode(host, people, who, count, now);
                    // A short read has drained the socket: the next bytes come with a new edge. A
                    // peer that hung up gives none, and the end is still to be read.
                    if !here || (count < share && !people.hung_up(who)) {
                        return;
                    }
                }
                Received::Nothing => return,
                Received::End => return self.end(host, people, who, now),
                Received::Failed(kind) => return people.fail(who, kind),
            }
        }
    }

    /// The end of the input. Who was resumed may have lines in the inbox that were not heard yet;
    /// who is paused by one of these meets the end again when it is resumed.
    fn end<H: Host>(&mut self, host: &mut H, people: &mut People, who: PersonId, now: Now) {
        if self.decode(host, people, who, 0, now) && people.may_read(who) > 0 {
            people.end_of_input(who);
        }
    }

    /// Decodes the inbox and `count` bytes of the scratch buffer. Returns whether this was
    /// possible and the connection is still this person's.
    fn decode<H: Host>(
        &mut self,
        host: &mut H,
        people: &mut People,
        who: PersonId,
        count: usize,
        now: Now,
    ) -> bool {
        let Some(mut undecoded) = people.begin_decoding(who) else {
            return false;
        };
        let Undecoded { framing, inbox } = &mut undecoded;
        let (replies, fresh) = (&mut self.replies, &self.scratch[..count]);
        if inbox.is_empty() {
            let taken = frames(host, people, &mut **framing, fresh, replies, now);
            inbox.extend_from_slice(&fresh[taken..]);
        } else {
            inbox.extend_from_slice(fresh);
            let taken = frames(host, people, &mut **framing, inbox, replies, now);
            inbox.drain(..taken);
            release(inbox);
        }
        people.finish_decoding(undecoded) == Some(who)
    }
}

/// Hands the messages in `bytes` to the host, one by one, as long as the person is to be heard.
/// Returns how many bytes were taken.
fn frames<H: Host>(
    host: &mut H,
    people: &mut People,
    framing: &mut dyn Framing,
    bytes: &[u8],
    replies: &mut Vec<u8>,
    now: Now,
) -> usize {
    let mut taken = 0;
    while let Some(who) = people.decoding(framing.wire()) {
        let mut input = Input::new(&bytes[taken..]);
        let frame = framing.decode(&mut input, replies);
        people.send(who, replies);
        let idle = input.taken() == 0 && replies.is_empty();
        taken += input.taken();
        replies.clear();
        match frame {
            Ok(Some(frame)) => host.frame(people, who, frame, now),
            Ok(None) if idle => break,
            Ok(None) => {}
            Err(fault) => people.end(who, Closed::Fault(fault), None),
        }
    }
    release(replies);
    taken
}

/// Gives back the memory of a buffer that has become much too large for what it holds.
fn release(buffer: &mut Vec<u8>) {
    if buffer.capacity() > 2 * buffer.len() + 4096 {
        buffer.shrink_to_fit();
    }
}
