//! The end of a journal: what was told is on the disk, or is counted. Floor 2.

use super::Sqlite;
use super::orders::Order;
use crate::journal::{Journal, Lost};

impl Sqlite {
    /// Waits until everything is written that can be. A second time there is nothing left to do.
    pub(super) fn end_in_order(&mut self) -> Result<(), Lost> {
        self.order(Order::End);
        self.hand_over();
        (self.orders, self.questions) = (None, None);
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
        self.hear_reports(None);
        self.give_up_without_writer();
        let lost = std::mem::take(&mut self.lost);
        if lost.is_none() {
            return Ok(());
        }
        log::error!("{lost}");
        Err(lost)
    }
}

impl Drop for Sqlite {
    /// What was appended is written before this returns.
    fn drop(&mut self) {
        // The log has it; whoever wants to know ends it before.
        let _ = self.end_in_order();
    }
}
