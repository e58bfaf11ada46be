//! The password of the whole chat. Floor 5.
//!
//! Whoever has a preset, the session of a page, has shown it when they logged in. Everybody else has
//! to before they are in: by PASS (RFC 2812 §3.1.1), or by a line of its own at the plain door.

use super::Chat;
use super::turn::Turn;
use crate::dialect::irc::numeric::ERR_PASSWDMISMATCH;
use crate::dialect::plain::words;
use crate::id::PersonId;
use crate::net::attempts::{Attempts, Denied};
use crate::net::framing::Farewell;
use crate::secret::Secret;

impl Chat {
    /// Who has guessed wrongly of late, at whichever door.
    pub fn attempts(&mut self) -> &mut Attempts {
        &mut self.attempts
    }

    /// Whether somebody still has to show that they know the password.
    pub(super) fn is_locked_out(&self, who: PersonId) -> bool {
        let unlocked = |speaker: &super::Speaker| speaker.unlocked || speaker.preset.is_some();
        self.password.is_some() && !self.speaker(who).is_some_and(unlocked)
    }
}

impl Turn<'_> {
    /// PASS before registration.
    pub(super) fn pass(&mut self, who: PersonId, password: &str) {
        if self.chat.program.observer.is_some()
            && let Some(irc) = self.chat.irc_mut(who)
        {
            irc.wanted.get_or_insert_default().password = Some(Secret::new(password));
        }
        if !self.chat.is_locked_out(who) {
            return;
        }
        if let Err(denied) = self.unlock(who, password) {
            self.turn_away(who, &denied.to_string());
        }
    }

    /// Registration is complete but for the password.
    pub(super) fn miss_password(&mut self, who: PersonId) {
        let reason = "this chat has a password: set it in your client as the server's password";
        self.turn_away(who, reason);
    }

    fn turn_away(&mut self, who: PersonId, reason: &str) {
        let line = self.chat.numeric(who, ERR_PASSWDMISMATCH, &[], reason);
        self.write(who, &line);
        self.dismiss(who, Farewell::POLICY, reason);
    }

    /// The password at the plain door: a wrong one is asked for again.
    pub(super) fn answer_password(&mut self, who: PersonId, text: &str) {
        match self.unlock(who, text) {
            Ok(()) => self.write(who, words::ASK_NAME),
            Err(Denied::Wrong) => self.write(who, words::WRONG_PASSWORD),
            Err(wait) => self.dismiss(who, Farewell::POLICY, &wait.to_string()),
        }
    }

    fn unlock(&mut self, who: PersonId, guess: &str) -> Result<(), Denied> {
        let ip = self.people.peer(who).map(|peer| peer.ip);
        let (Some(ip), Some(password)) = (ip, &self.chat.password) else {
            return Err(Denied::Wrong);
        };
        let guessed = self
            .chat
            .attempts
            .guess(ip, self.now.mono, || password.is(guess));
        match guessed {
            Ok(()) => self.chat.set_unlocked(who),
            Err(denied) => log::log!(denied.level(), "{who} at {ip}: {denied}"),
        }
        guessed
    }
}

impl Chat {
    fn set_unlocked(&mut self, who: PersonId) {
        if let Some(speaker) = self.speaker_mut(who) {
            speaker.unlocked = true;
        }
    }
}
