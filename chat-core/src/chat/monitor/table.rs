//! Who watches which names. Floor 5. It costs nobody anything who watches none and is not watched.

use std::collections::{BTreeSet, HashMap};

use crate::id::PersonId;
use crate::limits::MONITORED_MAX;
use crate::names::Nick;

/// The names that people watch, both ways round, so that nobody is looked for among all.
#[derive(Debug, Default)]
pub(in crate::chat) struct Monitors {
    /// In the order in which they were added, and as they were written.
    watched: HashMap<PersonId, Vec<Nick>>,
    watchers: HashMap<Nick, BTreeSet<PersonId>>,
}

impl Monitors {
    /// Somebody watches a name from now on, or did before; false if they watch as many as they may.
    pub(super) fn add(&mut self, who: PersonId, nick: &Nick) -> bool {
        let watched = self.watched.entry(who).or_default();
        if watched.contains(nick) {
            return true;
        }
        if watched.len() >= MONITORED_MAX {
            return false;
        }
        watched.push(nick.clone());
        self.watchers.entry(nick.clone()).or_default().insert(who);
        true
    }

    pub(super) fn remove(&mut self, who: PersonId, nick: &Nick) {
        if let Some(watched) = self.watched.get_mut(&who) {
            watched.retain(|other| other != nick);
            if watched.is_empty() {
                self.watched.remove(&who);
            }
        }
        self.unlist(who, nick);
    }

    /// Somebody watches nobody any more.
    pub(in crate::chat) fn forget(&mut self, who: PersonId) {
        for nick in self.watched.remove(&who).unwrap_or_default() {
            self.unlist(who, &nick);
        }
    }

    fn unlist(&mut self, who: PersonId, nick: &Nick) {
        if let Some(watchers) = self.watchers.get_mut(nick) {
            watchers.remove(&who);
            if watchers.is_empty() {
                self.watchers.remove(nick);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.watched.is_empty()
    }

    pub(super) fn watched(&self, who: PersonId) -> &[Nick] {
        self.watched.get(&who).map_or(&[], Vec::as_slice)
    }

    pub(super) fn watchers(&self, nick: &Nick) -> Vec<PersonId> {
        let watchers = self.watchers.get(nick).into_iter().flatten();
        watchers.copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: PersonId = PersonId {
        key: 1,
        generation: 0,
    };
    const BOB: PersonId = PersonId {
        key: 0,
        generation: 3,
    };

    fn nick(name: &str) -> Nick {
        Nick::new(name).unwrap()
    }

    #[test]
    fn a_name_is_watched_in_any_case_and_once() {
        let mut monitors = Monitors::default();
        for (who, name) in [(ANA, "Zoe"), (ANA, "zoe"), (BOB, "ZOE"), (ANA, "kai")] {
            assert!(monitors.add(who, &nick(name)));
        }
        assert_eq!(monitors.watchers(&nick("zoE")), [BOB, ANA]);
        assert_eq!(monitors.watched(ANA)[0].as_str(), "Zoe");
        assert_eq!(monitors.watched(ANA).len(), 2);
    }

    #[test]
    fn nothing_is_left_of_who_watches_nobody_any_more() {
        let mut monitors = Monitors::default();
        for name in ["a", "b", "c"] {
            monitors.add(ANA, &nick(name));
            monitors.add(BOB, &nick(name));
        }
        monitors.forget(ANA);
        assert_eq!(monitors.watchers(&nick("b")), [BOB]);
        for name in ["a", "C", "b", "b", "x"] {
            monitors.remove(BOB, &nick(name));
        }
        assert!(monitors.is_empty() && monitors.watchers.is_empty());
    }

    #[test]
    fn a_list_has_its_end_and_one_that_was_full_takes_another_name() {
        let mut monitors = Monitors::default();
        for number in 0..MONITORED_MAX {
            assert!(monitors.add(ANA, &nick(&format!("n{number}"))));
        }
        assert!(!monitors.add(ANA, &nick("more")));
        assert!(monitors.add(ANA, &nick("N7")));
        monitors.remove(ANA, &nick("n7"));
        assert!(monitors.add(ANA, &nick("more")));
    }
}
