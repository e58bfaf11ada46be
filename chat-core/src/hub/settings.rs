//! What of a room outlives the program besides its name and topic, as text. Floor 1.

use std::fmt::Write;
use std::sync::Arc;

use super::modes::{Flag, List, Listed, Modes};
use crate::id::Identity;
use crate::names::Nick;
use crate::time::Timestamp;

/// What outlives the program: modes, and who made the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The modes.
    pub modes: Modes,
    /// Who made it: they are its operator whenever they are there.
    pub founder: Option<Identity>,
}

impl Settings {
    /// As lines of text: the modes, the founder, whoever is on a list.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("modes {}\n", self.modes.told(true));
        if let Some(founder) = self.founder {
            let _ = writeln!(text, "founder {}", founder.0);
        }
        for list in List::ALL {
            for Listed { mask, by, at } in self.modes.list(list) {
                let _ = writeln!(text, "{} {mask} {by} {}", list.letter(), at.0);
            }
        }
        text
    }

    /// The other way; what cannot be read is left out.
    #[must_use]
    pub fn from_text(text: &str) -> Settings {
        let mut settings = Settings::default();
        for line in text.lines() {
            let mut words = line.split(' ');
            match words.next() {
                Some("modes") => settings.modes.read(words),
                Some("founder") => {
                    let number = words.next().and_then(|word| word.parse().ok());
                    settings.founder = number.map(Identity);
                }
                Some(letter) => settings.modes.read_listed(letter, words),
                None => {}
            }
        }
        settings
    }
}

impl Modes {
    fn read<'w>(&mut self, mut words: impl Iterator<Item = &'w str>) {
        for letter in words.next().unwrap_or_default().chars() {
            match letter {
                'k' => self.key = words.next().map(Arc::from),
                'l' => self.limit = words.next().and_then(|word| word.parse().ok()),
                _ => {
                    let flag = Flag::ALL.into_iter().find(|flag| flag.letter() == letter);
                    if let Some(flag) = flag {
                        self.set(flag, true);
                    }
                }
            }
        }
    }

    fn read_listed<'w>(&mut self, letter: &str, mut words: impl Iterator<Item = &'w str>) {
        let mut lists = List::ALL.into_iter();
        let list = lists.find(|list| letter.len() == 1 && letter.starts_with(list.letter()));
        let (mask, by, at) = (words.next(), words.next(), words.next());
        let by = by.and_then(|by| Nick::new(by).ok());
        let at = at.and_then(|at| at.parse().ok()).map(Timestamp);
        if let (Some(list), Some(mask), Some(by), Some(at)) = (list, mask, by, at) {
            self.add(list, &mask.into(), &by, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::modes::Change;
    use crate::hub::modes::tests::{banned, nick};

    #[test]
    fn settings_are_read_as_they_were_written() {
        let mut modes = Modes::of_new_room();
        for change in [
            Change::Key(Some("key".into())),
            Change::Limit(Some(5)),
            banned("*!*@h"),
            Change::List(List::Invitations, "zoé!*@*".into(), true),
        ] {
            modes.change(&change, &nick("ana"), Timestamp(7));
        }
        assert_eq!(modes.told(true), "+ntkl key 5");
        assert_eq!(modes.told(false), "+ntkl * 5");
        let settings = Settings {
            modes,
            founder: Some(Identity(9)),
        };
        assert_eq!(Settings::from_text(&settings.to_text()), settings);
        assert_eq!(
            Settings::from_text("modes\nfounder x\nb\nq a b 1\n"),
            Settings::default()
        );
    }
}
