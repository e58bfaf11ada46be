//! One connection, and behind it one client after another: DETACH and ATTACH. Floor 5.
//!
//! A gateway holds one connection for each of its browsers, which come and go: a page is reloaded, a
//! phone changes its network. The connection, and with it the person, stays. The gateway says so:
//!
//! - `DETACH`: nobody is behind this connection for now. The others hear nothing of it; what is said is
//!   not sent here, and direct messages wait. From here on the name is kept for this connection.
//! - `DETACH :reason`: nobody will come soon. The rooms hear QUIT; the name is still kept.
//! - `ATTACH`: somebody is behind it again. After the answer, `ATTACH <nick>`, it is as on a new
//!   connection: CAP, NICK, USER, and then the welcome and the rooms. NICK gets the name that was kept.
//!
//! Neither gives anybody more than they had: a name is kept as long as a connection is held, which
//! answers pings meanwhile. docs/gateway.md describes both for others who write gateways.

use super::answer::AnswerKey;
use super::speaker::{Bucket, Preset, Relayed, Speaker};
use super::turn::Turn;
use crate::dialect::irc::numeric::ERR_UNKNOWNERROR;
use crate::id::PersonId;

/// What goes on when one client follows another.
struct Before {
    proven: bool,
    bucket: Bucket,
    /// ATTACH itself may have been one line too many.
    flood: bool,
}

impl Before {
    fn of(speaker: &Speaker) -> Before {
        Before {
            proven: speaker.proven,
            bucket: speaker.bucket,
            flood: speaker.holds.flood,
        }
    }
}

impl Turn<'_> {
    /// DETACH: whoever has never registered has nothing to come back to.
    pub(super) fn detach(&mut self, who: PersonId, reason: Option<&str>, key: AnswerKey) {
        let Some(preset) = self.known_as(who) else {
            return self.not_registered(key);
        };
        if self
            .chat
            .hub
            .reserve(&preset.nick, preset.identity)
            .is_err()
        {
            return self.not_registered(key);
        }
        self.suspend(who);
        if let Some(reason) = reason {
            self.leave(who, reason);
        }
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.relayed = Relayed::Away;
            speaker.leaving = false;
            speaker.preset = Some(Box::new(preset));
        }
        self.set_deadline(who);
    }

    /// ATTACH: how fast the one before talked still counts, or this would be a way around the limit.
    /// A gateway that has proved to be one is believed that this is somebody new. That a proxy told
    /// the address proves nothing: it passes on whatever a browser says.
    pub(super) fn attach(&mut self, who: PersonId, key: AnswerKey) {
        let speaker = self.chat.speaker(who);
        let relayed = speaker.filter(|speaker| speaker.relayed != Relayed::No);
        let (Some(before), Some(preset)) = (relayed.map(Before::of), self.known_as(who)) else {
            return self.not_detached(who, key);
        };
        let mut line = String::new();
        let reader = self.chat.reader(who);
        reader
            .command(&mut line, "ATTACH")
            .param(preset.nick.as_str())
            .end();
        self.write(who, &line);
        self.resume(who);
        self.be_relayed(who, &before);
    }

    fn not_detached(&mut self, who: PersonId, key: AnswerKey) {
        if !self.chat.is_registered(who) {
            return self.not_registered(key);
        }
        let text = "nobody is detached from this connection: DETACH comes first";
        self.say_numeric(key, ERR_UNKNOWNERROR, &["ATTACH"], text);
    }

    fn be_relayed(&mut self, who: PersonId, before: &Before) {
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.relayed = Relayed::Here;
            speaker.proven = before.proven;
            if !before.proven {
                speaker.bucket = before.bucket;
                speaker.holds.flood = before.flood;
            }
        }
        self.set_deadline(who);
    }

    /// Who somebody is, here now or after having left.
    pub(super) fn known_as(&self, who: PersonId) -> Option<Preset> {
        let kept = |preset: &Preset| Preset {
            nick: self
                .chat
                .kept_for(preset.identity)
                .unwrap_or(&preset.nick)
                .clone(),
            ..preset.clone()
        };
        let preset = || self.chat.speaker(who)?.preset.as_deref();
        let is_fixed = preset().is_some_and(|preset| preset.is_fixed);
        let member = self.chat.hub.person(who).map(|member| Preset {
            nick: member.source.nick.clone(),
            identity: member.identity,
            is_fixed,
        });
        member.or_else(|| preset().map(kept))
    }

    /// A connection is over: a name that was kept for it is free.
    pub(super) fn let_go(&mut self, who: PersonId) {
        let speaker = self.chat.speaker(who);
        let relayed = speaker.filter(|speaker| speaker.relayed != Relayed::No);
        let Some(identity) = relayed
            .and_then(|speaker| speaker.preset.as_deref())
            .map(|preset| preset.identity)
        else {
            return;
        };
        if let Some(nick) = self.chat.kept_for(identity).cloned() {
            self.chat.release(&nick, identity);
        }
    }
}
