//! A chat to which everybody comes from one address that is not loopback.

use std::net::IpAddr;
use std::time::Duration;

use chat_core::chat::Chat;
use chat_core::id::{DoorId, PersonId};
use chat_core::net::{After, Closed, Frame, Host, People};
use chat_core::relay::Front;
use chat_core::time::Now;

pub struct Abroad {
    chat: Chat,
    ip: IpAddr,
}

impl Abroad {
    pub fn at(ip: [u8; 4], chat: Chat) -> Abroad {
        Abroad {
            chat,
            ip: ip.into(),
        }
    }
}

impl Host for Abroad {
    fn opened(&mut self, people: &mut People, who: PersonId, door: DoorId, now: Now) {
        people.set_ip(who, self.ip);
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

    fn turn(&mut self, people: &mut People, now: Now) {
        self.chat.turn(people, now);
    }

    fn wait(&self, now: Now) -> Option<Duration> {
        self.chat.wait(now)
    }
}

impl Front for Abroad {
    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        self.chat.drain(people, reason, now);
    }
}
