//! Operators whose passwords are in the script, and who knows them: at once, or some turns late.

use std::collections::VecDeque;

use chat_core::journal::Alarm;
use chat_core::observer::Ticket;
use chat_core::opers::{Busy, Claim, Opers};

/// Knows the operators of a script.
pub(crate) struct Scripted {
    opers: Vec<(String, String)>,
    /// How many turns an answer takes.
    turns: u32,
    /// Turns that are left, and what is to be answered then.
    waiting: VecDeque<(u32, Ticket, bool)>,
    alarm: Option<Alarm>,
}

impl Scripted {
    pub(crate) fn new(opers: &[(String, String)], turns: u32) -> Scripted {
        Scripted {
            opers: opers.to_vec(),
            turns,
            waiting: VecDeque::new(),
            alarm: None,
        }
    }
}

impl Opers for Scripted {
    fn ask(&mut self, claim: Claim) -> Result<(), Busy> {
        let is_right = self.opers.iter().any(|(name, password)| {
            claim.name == *name && claim.password.expose() == password.as_str()
        });
        self.waiting.push_back((self.turns, claim.ticket, is_right));
        Ok(())
    }

    fn answered(&mut self) -> Option<(Ticket, bool)> {
        let (turns, ticket, is_right) = self.waiting.front_mut()?;
        if *turns == 0 {
            let answer = (*ticket, *is_right);
            self.waiting.pop_front();
            return Some(answer);
        }
        *turns -= 1;
        if let Some(alarm) = &self.alarm {
            alarm();
        }
        None
    }

    fn wake_by(&mut self, alarm: Alarm) {
        self.alarm = Some(alarm);
    }
}
