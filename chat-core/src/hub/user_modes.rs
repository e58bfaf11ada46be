//! What somebody is besides being here: invisible, an operator, a bot. Floor 1. RFC 2812 §3.1.5.
//!
//! Nobody is told when it changes, so it needs no entry.

use std::sync::Arc;

use super::{Hub, Member};
use crate::id::PersonId;

/// A mode of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserMode {
    /// Nothing is told of them to whoever shares no room with them.
    Invisible,
    /// They keep the whole server in order.
    Operator,
    /// They are a program, and say so. IRCv3 bot-mode.
    Bot,
}

impl UserMode {
    /// All, in the order in which they are told.
    pub const ALL: [UserMode; 3] = [UserMode::Invisible, UserMode::Operator, UserMode::Bot];

    /// As MODE has it.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            UserMode::Invisible => 'i',
            UserMode::Operator => 'o',
            UserMode::Bot => 'B',
        }
    }

    /// The mode of this letter.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<UserMode> {
        UserMode::ALL.into_iter().find(|m| m.letter() == letter)
    }

    /// The letters of all.
    #[must_use]
    pub fn letters() -> String {
        UserMode::ALL.map(UserMode::letter).into_iter().collect()
    }
}

impl Member {
    /// Whether they have a mode.
    #[must_use]
    pub fn has(&self, mode: UserMode) -> bool {
        match mode {
            UserMode::Invisible => self.is_invisible,
            UserMode::Operator => self.is_operator,
            UserMode::Bot => self.source.is_bot,
        }
    }
}

impl Hub {
    /// Somebody has a mode from now on, or has it no more; answers whether that is a change.
    pub fn set_user_mode(&mut self, who: PersonId, mode: UserMode, on: bool) -> bool {
        let Some(member) = self.people.get_mut(who).filter(|m| m.has(mode) != on) else {
            return false;
        };
        match mode {
            UserMode::Invisible => member.is_invisible = on,
            UserMode::Operator => member.is_operator = on,
            UserMode::Bot => member.source = Arc::new(member.source.as_bot(on)),
        }
        self.census.change(mode, on);
        true
    }

    /// How many have a mode.
    #[must_use]
    pub fn count_of(&self, mode: UserMode) -> usize {
        self.census.0[mode as usize]
    }

    #[cfg(test)]
    pub(super) fn assert_counted(&self) {
        for mode in UserMode::ALL {
            let there = self.people.iter().filter(|member| member.has(mode));
            debug_assert_eq!(there.count(), self.count_of(mode), "{mode:?}");
        }
    }
}

/// How many have each mode, since everybody who comes is told.
#[derive(Debug, Default)]
pub(super) struct Census([usize; UserMode::ALL.len()]);

impl Census {
    fn change(&mut self, mode: UserMode, on: bool) {
        let count = &mut self.0[mode as usize];
        *count = if on {
            *count + 1
        } else {
            count.saturating_sub(1)
        };
    }

    /// Somebody has left.
    pub(super) fn leave(&mut self, member: &Member) {
        for mode in UserMode::ALL.into_iter().filter(|mode| member.has(*mode)) {
            self.change(mode, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_letter_is_of_one_mode() {
        for mode in UserMode::ALL {
            assert_eq!(UserMode::of_letter(mode.letter()), Some(mode));
        }
        assert_eq!(UserMode::of_letter('w'), None);
        assert_eq!(UserMode::letters(), "ioB");
    }
}
