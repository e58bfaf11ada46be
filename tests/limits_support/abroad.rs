//! A chat to which everybody comes from one address that is not loopback.
#![allow(missing_docs, unreachable_pub)] // a part of several tests

use std::net::IpAddr;
use std::time::Duration;

use chat_core::chat::Chat;
use chat_core::id::{DoorId, PersonId};
use chat_core::net::{After, Closed, Frame, Host, People};
use chat_core::relay::Front;
use chat_core::time::Now;

pub struct Abroad<F = Chat> {
    front: F,
    ip: IpAddr,
}

impl<F> Abroad<F> {
    pub fn at(ip: [u8; 4], front: F) -> Abroad<F> {
        Abroad {
            front,
            ip: ip.into(),
        }
    }
}

impl<F: Front> Host for Abroad<F> {
    fn opened(&mut self, people: &mut People, who: PersonId, door: DoorId, now: Now) {
        people.set_ip(who, self.ip);
        self.front.opened(people, who, door, now);
    }

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, now: Now) {
        self.front.frame(people, who, frame, now);
    }

    fn closed(&mut self, people: &mut People, who: PersonId, why: Closed, now: Now) -> After {
        self.front.closed(people, who, why, now)
    }

    fn deadline(&mut self, people: &mut People, who: PersonId, now: Now) {
        self.front.deadline(people, who, now);
    }

    fn turn(&mut self, people: &mut People, now: Now) {
        self.front.turn(people, now);
    }

    fn wait(&self, now: Now) -> Option<Duration> {
        self.front.wait(now)
    }
}

impl<F: Front> Front for Abroad<F> {
    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        self.front.drain(people, reason, now);
    }

    fn chat(&mut self) -> Option<&mut Chat> {
        self.front.chat()
    }
}
