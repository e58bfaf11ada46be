//! Looking people up: as speakers, as members of the hub, as readers of answers. Floor 5.

use std::fmt;
use std::sync::Arc;

use super::Chat;
use super::speaker::{IrcVoice, Relayed, Speaker, Voice};
use crate::dialect::irc::{Caps, Numeric, Reader};
use crate::id::PersonId;
use crate::names::Nick;

impl Chat {
    pub(super) fn speaker(&self, who: PersonId) -> Option<&Speaker> {
        self.speakers
            .get(who.index())?
            .as_deref()
            .filter(|speaker| speaker.id == who)
    }

    pub(super) fn speaker_mut(&mut self, who: PersonId) -> Option<&mut Speaker> {
        self.speakers
            .get_mut(who.index())?
            .as_deref_mut()
            .filter(|speaker| speaker.id == who)
    }

    /// An IRC person's side of the negotiation.
    pub(super) fn irc_mut(&mut self, who: PersonId) -> Option<&mut IrcVoice> {
        self.speaker_mut(who)?.irc_mut()
    }

    pub(super) fn is_registered(&self, who: PersonId) -> bool {
        self.speaker(who).is_some_and(|speaker| speaker.registered)
    }

    /// Whether somebody is connected and has not registered yet.
    pub(super) fn is_stranger(&self, who: PersonId) -> bool {
        self.speaker(who).is_some_and(|speaker| !speaker.registered)
    }

    /// Whether a gateway has told that nobody is behind a connection.
    pub(super) fn is_unattended(&self, who: PersonId) -> bool {
        let relayed = self.speaker(who).map(|speaker| speaker.relayed);
        relayed == Some(Relayed::Away)
    }

    pub(super) fn is_plain(&self, who: PersonId) -> bool {
        let voice = self.speaker(who).map(|speaker| &speaker.voice);
        matches!(voice, Some(Voice::Plain(_)))
    }

    /// Why somebody is away, if they are.
    pub(super) fn away_of(&self, who: PersonId) -> Option<Arc<str>> {
        self.hub.person(who)?.away.clone()
    }

    /// What numerics call somebody: their name, the one they asked for, or `*`.
    pub(super) fn called(&self, who: PersonId) -> &str {
        let nick = self.hub.person(who).map(|member| &member.source.nick);
        let wanted = || self.speaker(who)?.irc()?.wanted.as_ref()?.nick.as_ref();
        let preset = || Some(&self.speaker(who)?.preset.as_ref()?.nick);
        let nick = nick.or_else(wanted).or_else(preset);
        nick.map_or("*", Nick::as_str)
    }

    /// Somebody as those who write answers see them.
    pub(super) fn reader(&self, who: PersonId) -> Reader<'_> {
        let caps = self.speaker(who).map_or(Caps::NONE, Speaker::caps);
        Reader {
            server: &self.house.server,
            nick: self.called(who),
            caps,
        }
    }

    /// One numeric for somebody.
    pub(super) fn numeric(
        &self,
        who: PersonId,
        code: Numeric,
        params: &[&str],
        text: impl fmt::Display,
    ) -> String {
        let mut out = String::new();
        self.reader(who).say(&mut out, code, params, text);
        out
    }
}
