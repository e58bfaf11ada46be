//! The chat as a reactor's host. Floor 5.

use std::time::Duration;

use super::Chat;
use super::turn::Turn;
use crate::dialect::Dialect;
use crate::id::{DoorId, PersonId};
use crate::net::framing::{Farewell, Frame};
use crate::net::people::People;
use crate::net::reactor::{After, Closed, Dropped, Host};
use crate::time::Now;

impl Host for Chat {
    fn opened(&mut self, people: &mut People, who: PersonId, door: DoorId, now: Now) {
        let dialect = self
            .dialects
            .get(door.index())
            .copied()
            .unwrap_or(Dialect::Irc);
        let mut turn = Turn {
            chat: self,
            people,
            now,
        };
        turn.open(who, dialect, None);
        if dialect == Dialect::Irc {
            turn.await_origin(who);
        }
        match turn.people.check_place(who, &turn.chat.limits) {
            Ok(()) if turn.is_kept_away(who) => {}
            Ok(()) => turn.ask_connect(who),
            Err(reason) => turn.dismiss(who, Farewell::POLICY, reason),
        }
    }

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, now: Now) {
        let mut turn = Turn {
            chat: self,
            people,
            now,
        };
        turn.hear(who);
        match frame {
            Frame::Message(text) => turn.line(who, text),
            Frame::Unreadable(why, bytes) => turn.unreadable(who, why, bytes),
            Frame::Other(_) => {}
        }
        turn.pause_if_held(who);
    }

    fn closed(&mut self, people: &mut People, who: PersonId, why: Closed, now: Now) -> After {
        self.leave(people, who, &reason(&why), now);
        Turn {
            chat: self,
            people,
            now,
        }
        .let_go(who);
        self.forget(who);
        After::Bury
    }

    fn deadline(&mut self, people: &mut People, who: PersonId, now: Now) {
        Turn {
            chat: self,
            people,
            now,
        }
        .deadline(who);
    }

    fn drained(&mut self, people: &mut People, who: PersonId, now: Now) {
        let mut turn = Turn {
            chat: self,
            people,
            now,
        };
        turn.see_alive(who);
        turn.pump(who);
    }

    fn overflowed(&mut self, people: &mut People, who: PersonId, now: Now) {
        self.log_closed(people, who);
        let mut turn = Turn {
            chat: self,
            people,
            now,
        };
        turn.report_slow(who);
        let last_words = turn.last_words_on_wire(who, TOO_SLOW);
        turn.leave(who, TOO_SLOW);
        people.cut(who, &last_words, &Farewell::new(Farewell::POLICY, TOO_SLOW));
    }

    fn dropped(&mut self, people: &mut People, who: PersonId, dropped: &Dropped, now: Now) {
        self.log_dropped(people, who, dropped);
        let mut turn = Turn {
            chat: self,
            people,
            now,
        };
        turn.report_slow(who);
    }

    fn turn(&mut self, people: &mut People, now: Now) {
        self.journal.turn(now);
        self.renamed.clear();
        self.expelled.clear();
        let mut turn = Turn {
            chat: self,
            people,
            now,
        };
        turn.hear_opers();
        turn.expire_verdicts();
        turn.look_at_waiters();
        turn.run_errands();
        turn.commit();
        turn.hear_answers();
        turn.tell_crowds();
        turn.chat.fan.flush(&turn.chat.hub, turn.people, now.mono);
        turn.hold_the_fast();
        turn.chat.journal.hand_over();
    }

    fn readers(&self) -> usize {
        self.fan.readers(&self.hub)
    }

    fn wait(&self, now: Now) -> Option<Duration> {
        // Somebody who left after this turn's fan-out is still to be announced.
        if self.fan.is_dirty() || !self.program.errands.is_empty() {
            return Some(Duration::ZERO);
        }
        let due = self
            .waiters
            .next()
            .into_iter()
            .chain(self.next_verdict())
            .chain(self.crowds.next());
        let due = due.map(|at| at.saturating_duration_since(now.mono));
        due.chain(self.journal.wait()).min()
    }
}

impl Chat {
    /// Forgets how somebody spoke; whether they are still in a room is the hub's to know.
    pub fn forget(&mut self, who: PersonId) {
        self.drop_questions(who, true);
        if self.abandon(who).is_some() {
            self.speakers[who.index()] = None;
            self.speaking -= 1;
        }
    }
}

const TOO_SLOW: &str = "you read too slowly, and too much was waiting for you";

/// Why somebody has left, as their rooms are told.
fn reason(why: &Closed) -> String {
    match why {
        Closed::ByPeer => "connection closed".into(),
        Closed::Failed(kind) => format!("connection lost: {kind}"),
        Closed::Fault(fault) => format!("protocol error: {fault}"),
        _ => "connection closed".into(),
    }
}
