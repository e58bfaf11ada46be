//! Whether the other end of a socket is still there.

use std::time::Instant;

use super::settings::GatewaySettings;

/// When something was last heard from a socket, and whether it was asked for a sign of life.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pulse {
    heard: Instant,
    asked: Option<Instant>,
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
        }
    }

    pub(super) fn hear(&mut self, now: Instant) {
        *self = Pulse::new(now);
    }

    pub(super) fn look(&mut self, settings: &GatewaySettings, now: Instant) -> Sign {
        let until = match self.asked {
            Some(asked) => asked + settings.pong(),
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

    #[test]
    fn silence_is_asked_about_once_and_then_is_death() {
        let settings = GatewaySettings {
            relay: Vec::new(),
            secret: None,
            password: None,
            limits: Limits::default(),
        };
        let start = Instant::now();
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
