//! Who got what: every reader gets every message of every talker once and in order, or the run ends.

use anyhow::bail;

use crate::trailer::Post;

#[derive(Debug)]
pub(crate) struct Ledger {
    talkers: usize,
    /// What a reader waits for, talker by talker.
    next: Vec<u32>,
    pub(crate) deliveries: u64,
}

impl Ledger {
    pub(crate) fn new(readers: usize, talkers: usize) -> Self {
        Self {
            talkers,
            next: vec![0; readers * talkers],
            deliveries: 0,
        }
    }

    /// Whoever is not in it: a talker, say, who is in the room like everybody.
    pub(crate) fn holds(&self, who: usize) -> bool {
        who < self.next.len() / self.talkers
    }

    /// # Errors
    /// It is not the message that comes next.
    #[inline]
    pub(crate) fn take(&mut self, reader: usize, post: Post) -> anyhow::Result<()> {
        let talker = usize::from(post.talker);
        if talker >= self.talkers {
            bail!("a message of talker {talker:03x} came, and nobody is that");
        }
        let next = &mut self.next[reader * self.talkers + talker];
        if post.sequence != *next {
            return wrong(*next, post);
        }
        *next += 1;
        self.deliveries += 1;
        Ok(())
    }

    /// Whether everybody has everything, if talkers have said so many each.
    pub(crate) fn is_complete(&self, said: &[u32]) -> bool {
        let readers = self.next.len() / self.talkers;
        let all: u64 = said.iter().map(|said| u64::from(*said)).sum();
        self.deliveries == all * readers as u64
    }

    /// The first message that is missing, if talkers have said so many each.
    pub(crate) fn missing(&self, said: &[u32]) -> String {
        let mut each = self.next.iter().zip(said.iter().cycle());
        let behind = each.position(|(next, said)| next < said);
        match behind {
            Some(at) => format!(
                "reader {} still waits for message {:08x} of talker {:03x}",
                at / self.talkers,
                self.next[at],
                at % self.talkers
            ),
            None => "nothing is missing".to_owned(),
        }
    }
}

#[cold]
fn wrong(expected: u32, post: Post) -> anyhow::Result<()> {
    let what = if post.sequence > expected {
        "some are missing"
    } else {
        "it came before"
    };
    bail!(
        "expected message {expected:08x} of talker {:03x} and got {:08x}: {what}",
        post.talker,
        post.sequence
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(talker: u16, sequence: u32) -> Post {
        Post { talker, sequence }
    }

    #[test]
    fn each_message_comes_once_and_in_order() {
        let mut ledger = Ledger::new(2, 2);
        for (reader, talker, sequence) in [(0, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0)] {
            ledger.take(reader, post(talker, sequence)).unwrap();
        }
        assert_eq!(ledger.deliveries, 4);
        assert!(ledger.holds(1) && !ledger.holds(2));
        let error = |ledger: &mut Ledger, talker, sequence| {
            let taken = ledger.take(0, post(talker, sequence));
            taken.unwrap_err().to_string()
        };
        assert_eq!(
            error(&mut ledger, 0, 3),
            "expected message 00000002 of talker 000 and got 00000003: some are missing"
        );
        assert!(error(&mut ledger, 0, 1).ends_with("it came before"));
        assert!(error(&mut ledger, 2, 0).contains("nobody is that"));
        let missing = ledger.missing(&[1, 1]);
        assert_eq!(
            missing,
            "reader 1 still waits for message 00000000 of talker 001"
        );
    }
}
