//! What one talker has in flight: a message is done when every reader has it.

use anyhow::bail;

#[derive(Debug)]
pub(crate) struct Window {
    readers: u32,
    size: u32,
    said: u32,
    done: u32,
    /// How many readers have yet to get a message, in a ring of a power of two.
    left: Vec<u32>,
}

impl Window {
    pub(crate) fn new(readers: u32, size: u32) -> Self {
        Self {
            readers,
            size,
            said: 0,
            done: 0,
            left: vec![0; size.next_power_of_two() as usize],
        }
    }

    /// Messages that everybody has.
    pub(crate) fn done(&self) -> u32 {
        self.done
    }

    pub(crate) fn said(&self) -> u32 {
        self.said
    }

    /// Takes as many messages as there is place for; they have to be said now.
    pub(crate) fn fill(&mut self) -> std::ops::Range<u32> {
        let first = self.said;
        while self.said < self.done.saturating_add(self.size) {
            let at = self.place(self.said);
            self.left[at] = self.readers;
            self.said += 1;
        }
        first..self.said
    }

    /// A reader has got this one, which the ledger says came in order.
    ///
    /// # Errors
    /// Nobody has said it.
    #[inline]
    pub(crate) fn heard(&mut self, sequence: u32) -> anyhow::Result<()> {
        if sequence >= self.said {
            bail!(
                "message {sequence:08x} came, and only {:08x} were said",
                self.said
            );
        }
        let at = self.place(sequence);
        self.left[at] -= 1;
        if self.left[at] == 0 {
            self.done = sequence + 1;
        }
        Ok(())
    }

    #[inline]
    fn place(&self, sequence: u32) -> usize {
        sequence as usize & (self.left.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_done_when_every_reader_has_it() {
        let mut window = Window::new(2, 3);
        assert_eq!(window.fill(), 0..3);
        assert_eq!(window.fill(), 3..3);
        for sequence in [0, 1, 0] {
            window.heard(sequence).unwrap();
        }
        assert_eq!((window.done(), window.said()), (1, 3));
        assert_eq!(window.fill(), 3..4);
        assert!(window.heard(4).is_err());
        for sequence in [1, 2, 3, 2, 3] {
            window.heard(sequence).unwrap();
        }
        assert_eq!(window.fill(), 4..7);
    }
}
