//! Names of those who are just leaving: whoever asks for one has it when the goodbye has its place. Floor 5.
//!
//! A client that quits and comes back asks for its name before the disk has its QUIT, and would come back as `ana_`.

use super::Chat;
use super::turn::Turn;
use crate::dialect::irc::Message;
use crate::dialect::irc::decode::Known;
use crate::id::PersonId;
use crate::names::Nick;

/// Somebody who waits for somebody to be gone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heir {
    who: PersonId,
    leaver: PersonId,
}

impl Turn<'_> {
    /// Whether a line asks for such a name. It is to be kept until [`Turn::let_heirs_in`].
    pub(super) fn waits_for_name(
        &mut self,
        who: PersonId,
        known: Option<Known>,
        message: &Message<'_>,
    ) -> bool {
        let is_nick = known.is_some_and(|known| known.name == "NICK");
        let name = message.params.first().filter(|_| is_nick);
        let nick = name.and_then(|name| Nick::new(name).ok());
        nick.is_some_and(|nick| self.becomes_heir(who, &nick))
    }

    /// Whether a name is that of somebody who is just leaving; then whoever asks for it waits.
    pub(super) fn becomes_heir(&mut self, who: PersonId, nick: &Nick) -> bool {
        let leaver = self.chat.leaver_called(nick);
        let heir = leaver.map(|leaver| Heir { who, leaver });
        self.chat.heirs.extend(heir);
        heir.is_some()
    }

    /// Somebody is gone.
    pub(super) fn let_heirs_in(&mut self, leaver: PersonId) {
        let is_his = |heir: &mut Heir| heir.leaver == leaver;
        let heirs: Vec<Heir> = self.chat.heirs.extract_if(.., is_his).collect();
        for Heir { who, .. } in heirs {
            let Some(speaker) = self.chat.speaker_mut(who) else {
                continue;
            };
            if !speaker.in_flight.any() {
                speaker.holds.commit = false;
                self.go_on(who);
            }
        }
    }
}

impl Chat {
    /// Their connection may be another one's by now; their last entry is on its way.
    fn leaver_called(&self, nick: &Nick) -> Option<PersonId> {
        let holder = self.hub.by_nick(nick)?.id;
        let has_left = self.speaker(holder).is_none_or(|it| it.leaving);
        let is_on_its_way = || self.waiting.iter().any(|waits| waits.who == holder);
        (has_left && is_on_its_way()).then_some(holder)
    }
}
