//! More people than a test has descriptors for: they have no sockets.

use std::time::Duration;

use chat_core::chat::Chat;
use chat_core::dialect::Dialect;
use chat_core::id::{DoorId, PersonId};
use chat_core::net::{After, Closed, Frame, Host, People};
use chat_core::relay::Front;
use chat_core::time::Now;

/// A chat; the first who comes in finds all these people in `#lobby`.
pub struct Crowded {
    pub chat: Chat,
    pub to_come: Vec<String>,
}

impl Crowded {
    fn fill(&mut self, people: &mut People, now: Now) {
        for name in std::mem::take(&mut self.to_come) {
            let id = people.insert_silent(DoorId(1), [127, 0, 0, 1].into());
            self.chat.open(people, id, Dialect::Plain, None, now);
            self.chat.frame(people, id, Frame::Message(&name), now);
        }
    }
}

impl Host for Crowded {
    fn opened(&mut self, people: &mut People, who: PersonId, door: DoorId, now: Now) {
        self.fill(people, now);
        self.chat.opened(people, who, door, now);
    }

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, now: Now) {
        self.chat.frame(people, who, frame, now);
    }

    fn closed(&mut self, people: &mut People, who: PersonId, why: Closed, now: Now) -> After {
        self.chat.closed(people, who, why, now)
    }

    fn deadline(&mut self, people: &mut People, who: PersonId, now: Now) {
        self.chat.deadline(people, who, now);
    }

    fn drained(&mut self, people: &mut People, who: PersonId, now: Now) {
        self.chat.drained(people, who, now);
    }

    fn overflowed(&mut self, people: &mut People, who: PersonId, now: Now) {
        self.chat.overflowed(people, who, now);
    }

    fn turn(&mut self, people: &mut People, now: Now) {
        self.chat.turn(people, now);
    }

    fn wait(&self, now: Now) -> Option<Duration> {
        self.chat.wait(now)
    }
}

impl Front for Crowded {
    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        self.chat.drain(people, reason, now);
    }

    fn chat(&mut self) -> Option<&mut Chat> {
        Some(&mut self.chat)
    }
}
