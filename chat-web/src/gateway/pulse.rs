//! Whether the other end of a socket is still there.

use std::time::Instant;

use super::settings::GatewaySettings;

/// When something was last heard from a socket, and whether it was asked for a sign of life.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pulse {
    heard: Instant,
    asked: Option<Instant>,
    /// When it may be done with the lines that it was given: who talks fast is heard slowly, and what
    /// is asked waits behind that.
    busy_until: Instant,
}

/// What to do about a socket now, and when to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It was heard of: nothing.
    Alive(Instant),
    /// Ask it.
    Ask(Instant),
    /// It was asked and has not answered.
    Dead,
}

impl Pulse {
    pub(super) fn new(now: Instant) -> Pulse {
        Pulse {
            heard: now,
            asked: None,
            busy_until: now,
        }
    }

    pub(super) fn hear(&mut self, now: Instant) {
        self.heard = now;
        self.asked = None;
    }

    /// It was given a line.
    pub(super) fn burden(&mut self, settings: &GatewaySettings, now: Instant) {
        self.busy_until = self.busy_until.max(now) + settings.line();
    }

    pub(super) fn look(&mut self, settings: &GatewaySettings, now: Instant) -> Sign {
        let until = match self.asked {
            Some(asked) => asked.max(self.busy_until) + settings.pong(),
            None => self.heard + settings.ping(),
        };
        if now < until {
            return Sign::Alive(until);
        }
        if self.asked.is_some() {
            return Sign::Dead;
        }
        self.asked = Some(now);
        Sign::Ask(now + settings.pong())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chat_core::limits::Limits;

    use super::*;

    fn settings() -> GatewaySettings {
        GatewaySettings {
            relay: Vec::new(),
            secret: None,
            password: None,
            limits: Limits::default(),
        }
    }

    #[test]
    fn who_has_much_to_hear_may_answer_late() {
        let (settings, start) = (settings(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pulse = Pulse::new(start);
        for _ in 0..400 {
            pulse.burden(&settings, start);
        }
        assert_eq!(pulse.look(&settings, at(90)), Sign::Ask(at(120)));
        assert_eq!(pulse.look(&settings, at(120)), Sign::Alive(at(230)));
        assert_eq!(pulse.look(&settings, at(230)), Sign::Dead);
    }

    #[test]
    fn silence_is_asked_about_once_and_then_is_death() {
        let (settings, start) = (settings(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pulse = Pulse::new(start);
        assert_eq!(pulse.look(&settings, at(89)), Sign::Alive(at(90)));
        assert_eq!(pulse.look(&settings, at(90)), Sign::Ask(at(120)));
        assert_eq!(pulse.look(&settings, at(119)), Sign::Alive(at(120)));
        let mut other = pulse;
        other.hear(at(119));
        assert_eq!(other.look(&settings, at(120)), Sign::Alive(at(209)));
        assert_eq!(pulse.look(&settings, at(120)), Sign::Dead);
    }
}
