//! Names by what they look like: UTS 39 skeletons. Floor 1.
//!
//! Everybody who comes adds a name, and hardly any two look alike. So a skeleton is not kept but only
//! a keyed hash of it, and whoever asks compares the skeletons of the few names that share one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};

use crate::names::{Nick, RoomName};

/// A name that may look like others.
pub(super) trait Look: Clone + PartialEq {
    /// What it has in common with all names that look like it.
    fn skeleton(&self) -> String;
}

impl Look for Nick {
    fn skeleton(&self) -> String {
        Nick::skeleton(self)
    }
}

impl Look for RoomName {
    fn skeleton(&self) -> String {
        RoomName::skeleton(self)
    }
}

/// Names, to be found by what they look like.
#[derive(Debug)]
pub(super) struct Looks<N> {
    by_hash: HashMap<u64, Alike<N>>,
    hasher: RandomState,
}

/// Names that look alike: mostly one.
#[derive(Debug)]
enum Alike<N> {
    One(N),
    #[expect(
        clippy::box_collection,
        reason = "hardly ever there, and then as small as one name"
    )]
    Several(Box<Vec<N>>),
}

impl<N: Look> Looks<N> {
    pub(super) fn new() -> Looks<N> {
        Looks {
            by_hash: HashMap::new(),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn add(&mut self, name: N) {
        match self.by_hash.entry(self.hasher.hash_one(name.skeleton())) {
            Entry::Vacant(vacant) => {
                vacant.insert(Alike::One(name));
            }
            Entry::Occupied(mut occupied) => occupied.get_mut().push(name),
        }
    }

    pub(super) fn remove(&mut self, name: &N) {
        let hash = self.hasher.hash_one(name.skeleton());
        if let Entry::Occupied(mut occupied) = self.by_hash.entry(hash)
            && occupied.get_mut().remove(name)
        {
            occupied.remove();
        }
    }

    /// The first of those that look like a name, itself included, that is wanted. Many may look alike,
    /// so they are only compared when that makes a difference.
    pub(super) fn find_alike(&self, name: &N, wanted: impl Fn(&N) -> bool) -> Option<&N> {
        let skeleton = name.skeleton();
        let alike = self.by_hash.get(&self.hasher.hash_one(&skeleton))?;
        let mut names = alike.names().iter();
        names.find(|other| wanted(other) && other.skeleton() == skeleton)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_hash.values().map(|alike| alike.names().len()).sum()
    }
}

impl<N: Look> Alike<N> {
    fn names(&self) -> &[N] {
        match self {
            Alike::One(name) => std::slice::from_ref(name),
            Alike::Several(names) => names,
        }
    }

    fn push(&mut self, name: N) {
        match self {
            Alike::One(first) => *self = Alike::Several(Box::new(vec![first.clone(), name])),
            Alike::Several(names) => names.push(name),
        }
    }

    /// True when nobody is left.
    fn remove(&mut self, name: &N) -> bool {
        match self {
            Alike::One(only) => only == name,
            Alike::Several(names) => {
                names.retain(|other| other != name);
                names.is_empty()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nick(text: &str) -> Nick {
        Nick::new(text).unwrap()
    }

    fn is_alike(looks: &Looks<Nick>, text: &str, other: &str) -> bool {
        let wanted = |name: &Nick| name.as_str() == other;
        looks.find_alike(&nick(text), wanted).is_some()
    }

    #[test]
    fn names_are_found_by_what_they_look_like() {
        let mut looks = Looks::new();
        for name in ["modem", "rnodern", "m0dem", "ana"] {
            looks.add(nick(name));
        }
        for other in ["modem", "rnodern"] {
            assert!(is_alike(&looks, "mоdem", other), "with a Cyrillic o");
        }
        assert!(is_alike(&looks, "аna", "ana"), "with a Cyrillic a");
        assert!(!is_alike(&looks, "аna", "modem"));
        assert!(looks.find_alike(&nick("bob"), |_| true).is_none());
        assert_eq!(looks.len(), 4);
    }

    #[test]
    fn a_name_that_is_gone_is_not_found_and_the_others_are() {
        let mut looks = Looks::new();
        looks.add(nick("rn"));
        looks.add(nick("m"));
        looks.remove(&nick("x"));
        looks.remove(&nick("M"));
        assert!(is_alike(&looks, "m", "rn") && !is_alike(&looks, "rn", "m"));
        looks.remove(&nick("rn"));
        assert_eq!(looks.len(), 0);
    }
}
