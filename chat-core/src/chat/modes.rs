//! MODE of oneself; whom somebody who is invisible is shown to. Floor 5.
//!
//! `i` is asked for by irssi at once: invisible to whoever shares no room with them. `B` is a bot's word for itself; `o` is
//! given by OPER, and MODE only takes it away. RFC 2812 §3.1.5, modern.ircdocs.horse "Invisible User Mode", IRCv3
//! bot-mode.

use super::Chat;
use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::irc::numeric::{ERR_UMODEUNKNOWNFLAG, ERR_USERSDONTMATCH, RPL_UMODEIS};
use crate::dialect::irc::reply::Line;
use crate::hub::request::Refusal;
use crate::hub::user_modes::UserMode;
use crate::hub::{Member, Room};
use crate::id::PersonId;

impl Turn<'_> {
    pub(super) fn mode(&mut self, who: PersonId, target: &str, modes: &[&str], key: AnswerKey) {
        if target.starts_with('#') {
            return self.room_mode(who, target, modes, key);
        }
        let modes = modes.first().copied();
        match (self.chat.present(target).map(|member| member.id), modes) {
            (None, _) => self.refuse(key, &Refusal::NoSuchNick(target.to_owned())),
            (Some(id), _) if id != who => {
                let text = "you can change your own modes only";
                self.say_numeric(key, ERR_USERSDONTMATCH, &[], text);
            }
            (Some(_), None) => self.say_user_modes(who, key),
            (Some(_), Some(modes)) => self.change_user_modes(who, modes, key),
        }
    }

    /// What is known takes effect and is told, if it is a change at all; then what is not known.
    fn change_user_modes(&mut self, who: PersonId, modes: &str, key: AnswerKey) {
        let (mut wanted, has_unknown) = read_user_modes(modes);
        // RFC 2812 §3.1.5: who tries to become an operator this way is ignored.
        wanted.retain(|change| *change != (UserMode::Operator, true));
        wanted.retain(|(mode, on)| self.chat.hub.set_user_mode(who, *mode, *on));
        if wanted.contains(&(UserMode::Operator, false)) {
            self.log_given_up(who);
        }
        if !wanted.is_empty() {
            self.say_changed_modes(who, &changes(&wanted), key);
        }
        if has_unknown {
            let text = "that is no user mode here: there are i, o and B";
            self.say_numeric(key, ERR_UMODEUNKNOWNFLAG, &[], text);
        }
    }

    pub(super) fn say_changed_modes(&mut self, who: PersonId, changes: &str, key: AnswerKey) {
        let Some(member) = self.chat.hub.person(who) else {
            return;
        };
        let (source, mut line) = (&member.source, String::new());
        Line::from_source(&mut line, source, "MODE")
            .param(source.nick.as_str())
            .param(changes)
            .end();
        self.say(key, line);
    }

    fn say_user_modes(&mut self, who: PersonId, key: AnswerKey) {
        let modes = self.chat.user_modes(who);
        let line = self.chat.middle(who, RPL_UMODEIS, &[&modes]);
        self.say(key, line);
    }

    /// Whoever has got another connection has the modes that they had.
    pub(super) fn tell_user_modes(&mut self, who: PersonId, key: AnswerKey) {
        if self.chat.user_modes(who) != NO_MODES {
            self.say_user_modes(who, key);
        }
    }
}

impl Chat {
    /// The modes that somebody has, as 221 tells them.
    fn user_modes(&self, who: PersonId) -> String {
        let member = self.hub.person(who);
        let has = |mode: &UserMode| member.is_some_and(|member| member.has(*mode));
        let there = UserMode::ALL.into_iter().filter(has);
        NO_MODES
            .chars()
            .chain(there.map(UserMode::letter))
            .collect()
    }

    /// Whether somebody may learn by asking that another one is here.
    pub(super) fn shows(&self, asker: PersonId, other: PersonId) -> bool {
        let member = self.hub.person(other);
        asker == other
            || self.hub.is_server_operator(asker)
            || member.is_some_and(|member| !member.is_invisible)
            || self.share_a_room(asker, other)
    }

    /// Whether somebody may learn by asking that another one is in a room.
    pub(super) fn shows_place(&self, asker: PersonId, other: &Member, room: &Room) -> bool {
        let is_open = asker == other.id || !other.is_invisible;
        let sees_all = self.hub.is_server_operator(asker);
        self.hub.sees(asker, room) && (is_open || sees_all || room.has(asker))
    }

    pub(super) fn share_a_room(&self, one: PersonId, other: PersonId) -> bool {
        let (Some(one), Some(other)) = (self.hub.person(one), self.hub.person(other)) else {
            return false;
        };
        one.rooms.iter().any(|room| other.rooms.contains(room))
    }
}

/// What is to be set or unset, and whether there is a letter that means nothing here. Of each letter the last sign counts.
fn read_user_modes(modes: &str) -> (Vec<(UserMode, bool)>, bool) {
    let (mut on, mut wanted, mut has_unknown) = (true, Vec::new(), false);
    for letter in modes.chars() {
        match (letter, UserMode::of_letter(letter)) {
            ('+', _) => on = true,
            ('-', _) => on = false,
            (_, Some(mode)) => {
                wanted.retain(|(other, _)| *other != mode);
                wanted.push((mode, on));
            }
            _ => has_unknown = true,
        }
    }
    (wanted, has_unknown)
}

/// Changes as MODE tells them: `+B-i`.
fn changes(wanted: &[(UserMode, bool)]) -> String {
    let mut text = String::new();
    let mut before = None;
    for &(mode, on) in wanted {
        if before.replace(on) != Some(on) {
            text.push(if on { '+' } else { '-' });
        }
        text.push(mode.letter());
    }
    text
}

/// The modes of somebody who has none.
const NO_MODES: &str = "+";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_letter_the_last_sign_counts() {
        let cases = [
            ("+i", "+i", false),
            ("i", "+i", false),
            ("-i", "-i", false),
            ("+i-i", "-i", false),
            ("+iB-o", "+iB-o", false),
            ("+Bi-B", "+i-B", false),
            ("+wi", "+i", true),
            ("-o+x", "-o", true),
            ("+", "", false),
            ("", "", false),
        ];
        for (modes, told, unknown) in cases {
            let (wanted, has_unknown) = read_user_modes(modes);
            assert_eq!(
                (changes(&wanted).as_str(), has_unknown),
                (told, unknown),
                "{modes}"
            );
        }
    }
}
