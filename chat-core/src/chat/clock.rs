//! Deadlines: registration, ping and answer, flood. Floor 5.
//!
//! Each person has one deadline in the reactor's wheel, the next thing that could be due. Hearing
//! from somebody does not move it; when it comes too early, it is set again.

use super::speaker::{Speaker, Voice};
use super::turn::Turn;
use crate::dialect::irc::reply::Line;
use crate::id::{DoorId, PersonId};
use crate::limits::HANG_UP_GRACE;
use crate::net::framing::Farewell;

impl Turn<'_> {
    /// Somebody sent something: they are there, and may have to wait before they go on.
    pub(super) fn hear(&mut self, who: PersonId) {
        self.see_alive(who);
        let (now, limits) = (self.now.mono, self.chat.limits);
        let Some(speaker) = self.chat.speaker_mut(who) else {
            return;
        };
        if speaker.bucket.take(&limits, now) {
            speaker.holds.flood = true;
            self.set_deadline(who);
        }
    }

    /// A line of somebody's counts for several more.
    pub(super) fn charge(&mut self, who: PersonId, lines: u32) {
        let (now, limits) = (self.now.mono, self.chat.limits);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.flood = speaker.bucket.charge(lines, &limits, now);
            self.set_deadline(who);
        }
    }

    /// Somebody speaks, or takes what they asked for though nothing is read from them meanwhile.
    pub(super) fn see_alive(&mut self, who: PersonId) {
        let now = self.now.mono;
        if let Some(speaker) = self.chat.speaker_mut(who).filter(|s| !s.is_expected()) {
            speaker.since = now;
            speaker.asked = false;
        }
    }

    pub(super) fn set_deadline(&mut self, who: PersonId) {
        let Some(speaker) = self.chat.speaker(who) else {
            return;
        };
        self.people
            .set_deadline(who, speaker.deadline(&self.chat.limits));
    }

    /// Something may be due for somebody.
    pub(super) fn deadline(&mut self, who: PersonId) {
        let Some(speaker) = self.chat.speaker(who).filter(|speaker| !speaker.leaving) else {
            return;
        };
        if speaker.deadline(&self.chat.limits) <= self.now.mono {
            self.due(who);
        }
        self.set_deadline(who);
    }

    fn due(&mut self, who: PersonId) {
        let Some(speaker) = self.chat.speaker(who) else {
            return;
        };
        let limits = &self.chat.limits;
        if speaker.is_expected() && speaker.registers_until(limits) <= self.now.mono {
            let waited = limits.registration_seconds;
            let reason = format!("you did not say who you are within {waited} seconds");
            self.dismiss(who, Farewell::POLICY, &reason);
        } else if speaker
            .open
            .as_ref()
            .is_some_and(|open| open.is_over(self.now.mono))
        {
            self.time_out_batch(who);
        } else if speaker.holds.flood {
            self.end_of_flood(who);
        } else if is_silent_by_nature(speaker) || self.is_inside(who) {
            self.keep_waiting(who);
        } else if speaker.asked {
            let waited = self.chat.limits.pong_seconds;
            self.dismiss(
                who,
                Farewell::POLICY,
                &format!("ping timeout: no answer for {waited} seconds"),
            );
        } else {
            self.ping(who);
        }
    }

    /// Somebody who hung up behind a flood is heard for a while, and then no more.
    fn end_of_flood(&mut self, who: PersonId) {
        let (now, hung_up) = (self.now.mono, self.people.hung_up(who));
        let Some(speaker) = self.chat.speaker_mut(who) else {
            return;
        };
        speaker.holds.flood = false;
        if !hung_up {
            speaker.hung_up = None;
        } else if now >= **speaker.hung_up.get_or_insert_with(|| Box::new(now)) + HANG_UP_GRACE {
            return self.dismiss(who, Farewell::POLICY, "connection closed");
        }
        self.go_on(who);
    }

    /// Whether somebody is in the same process, where it is known when they are gone.
    fn is_inside(&self, who: PersonId) -> bool {
        let peer = self.people.peer(who);
        peer.is_some_and(|peer| peer.door == DoorId::INSIDE)
    }

    fn keep_waiting(&mut self, who: PersonId) {
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.since = self.now.mono;
        }
    }

    fn ping(&mut self, who: PersonId) {
        let mut line = String::new();
        Line::bare(&mut line, "PING").text(&self.chat.house.server);
        self.write(who, &line);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.since = self.now.mono;
            speaker.asked = true;
        }
    }
}

/// Nobody can ask a person at `nc` for a sign of life (the door's keepalive asks their machine), and
/// who waits for the journal cannot answer. Who is held by a long reply shows by reading it.
fn is_silent_by_nature(speaker: &Speaker) -> bool {
    matches!(speaker.voice, Voice::Plain(_)) || speaker.holds.commit || speaker.holds.verdicts > 0
}
