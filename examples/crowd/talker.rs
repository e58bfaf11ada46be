//! Somebody who says numbered texts.

use std::ops::Range;
use std::rc::Rc;

use crate::args::Common;
use crate::crowd::Crowd;
use crate::trailer::Post;

#[derive(Debug)]
pub(crate) struct Talker {
    who: usize,
    number: u16,
    room: Rc<str>,
    text: Vec<u8>,
}

impl Talker {
    /// The person of this number in the crowd.
    pub(crate) fn new(common: &Common, who: usize, number: u16) -> Self {
        Self {
            who,
            number,
            room: common.room(),
            text: vec![b'.'; common.bytes.into()],
        }
    }

    /// The socket takes no more for now.
    pub(crate) fn is_waiting(&self, crowd: &mut Crowd) -> bool {
        !crowd.person(self.who).0.outbox().is_empty()
    }

    /// Says these messages, in one write if the socket takes them.
    ///
    /// # Errors
    /// The connection broke.
    pub(crate) fn say(&mut self, crowd: &mut Crowd, messages: Range<u32>) -> anyhow::Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        let (person, speech) = crowd.person(self.who);
        for sequence in messages {
            let talker = self.number;
            Post { talker, sequence }.write(&mut self.text);
            speech.post(&self.room, &self.text, person.outbox());
        }
        person.flush()
    }
}
