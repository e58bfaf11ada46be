//! MODE of oneself; whom somebody who is invisible is shown to. Floor 5.
//!
//! A person has one mode, `i`, which irssi asks for at once: invisible to whoever shares no room with
//! them. RFC 2812 §3.1.5, modern.ircdocs.horse "Invisible User Mode".

use super::Chat;
use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::irc::numeric::{ERR_UMODEUNKNOWNFLAG, ERR_USERSDONTMATCH, RPL_UMODEIS};
use crate::dialect::irc::reply::Line;
use crate::hub::request::Refusal;
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
            (Some(_), None) => self.say_user_mode(who, key),
            (Some(_), Some(modes)) => self.change_user_mode(who, modes, key),
        }
    }

    /// What is known takes effect and is told, if it is a change at all; then what is not known.
    fn change_user_mode(&mut self, who: PersonId, modes: &str, key: AnswerKey) {
        let (wanted, has_unknown) = read_user_modes(modes);
        if let Some(invisible) = wanted.filter(|wanted| *wanted != self.chat.is_invisible(who)) {
            if let Some(irc) = self.chat.irc_mut(who) {
                irc.invisible = invisible;
            }
            self.say_changed_mode(who, if invisible { "+i" } else { "-i" }, key);
        }
        if has_unknown {
            let text = "that is no user mode here: there is i alone";
            self.say_numeric(key, ERR_UMODEUNKNOWNFLAG, &[], text);
        }
    }

    fn say_changed_mode(&mut self, who: PersonId, change: &str, key: AnswerKey) {
        let Some(member) = self.chat.hub.person(who) else {
            return;
        };
        let (source, mut line) = (&member.source, String::new());
        Line::from_source(&mut line, source, "MODE")
            .param(source.nick.as_str())
            .param(change)
            .end();
        self.say(key, line);
    }

    fn say_user_mode(&mut self, who: PersonId, key: AnswerKey) {
        let modes = if self.chat.is_invisible(who) {
            "+i"
        } else {
            "+"
        };
        let line = self.chat.middle(who, RPL_UMODEIS, &[modes]);
        self.say(key, line);
    }
}

impl Chat {
    /// Whether somebody may learn by asking that another one is here.
    pub(super) fn shows(&self, asker: PersonId, other: PersonId) -> bool {
        asker == other || !self.is_invisible(other) || self.share_a_room(asker, other)
    }

    fn is_invisible(&self, who: PersonId) -> bool {
        let irc = self.speaker(who).and_then(|speaker| speaker.irc());
        irc.is_some_and(|irc| irc.invisible)
    }

    fn share_a_room(&self, one: PersonId, other: PersonId) -> bool {
        let (Some(one), Some(other)) = (self.hub.person(one), self.hub.person(other)) else {
            return false;
        };
        one.rooms.iter().any(|room| other.rooms.contains(room))
    }
}

/// Whether `i` is to be set or unset, and whether there is a letter that means nothing here.
fn read_user_modes(modes: &str) -> (Option<bool>, bool) {
    let (mut sets, mut invisible, mut has_unknown) = (true, None, false);
    for letter in modes.chars() {
        match letter {
            '+' => sets = true,
            '-' => sets = false,
            'i' => invisible = Some(sets),
            _ => has_unknown = true,
        }
    }
    (invisible, has_unknown)
}

#[cfg(test)]
mod tests {
    use super::read_user_modes;

    #[test]
    fn the_last_sign_of_i_counts() {
        let cases = [
            ("+i", Some(true), false),
            ("i", Some(true), false),
            ("-i", Some(false), false),
            ("+i-i", Some(false), false),
            ("+wi", Some(true), true),
            ("-o+x", None, true),
            ("+", None, false),
            ("", None, false),
        ];
        for (modes, invisible, has_unknown) in cases {
            assert_eq!(read_user_modes(modes), (invisible, has_unknown), "{modes}");
        }
    }
}
