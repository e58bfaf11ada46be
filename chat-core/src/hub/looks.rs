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

    /// Those that look like a name, itself included if it is here.
    pub(super) fn alike(&self, name: &N) -> impl Iterator<Item = &N> {
        let skeleton = name.skeleton();
        let alike = self.by_hash.get(&self.hasher.hash_one(&skeleton));
        let names = alike.map(Alike::names).unwrap_or_default();
        names
            .iter()
            .filter(move |other| other.skeleton() == skeleton)
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

    fn alike(looks: &Looks<Nick>, text: &str) -> Vec<String> {
        looks.alike(&nick(text)).map(Nick::to_string).collect()
    }

    #[test]
    fn names_are_found_by_what_they_look_like() {
        let mut looks = Looks::new();
        for name in ["modem", "rnodern", "m0dem", "ana"] {
            looks.add(nick(name));
        }
        let both = ["modem", "rnodern"];
        assert_eq!(alike(&looks, "mоdem"), both, "with a Cyrillic o");
        assert_eq!(alike(&looks, "аna"), ["ana"], "with a Cyrillic a");
        assert_eq!(alike(&looks, "bob"), [""; 0]);
        assert_eq!(looks.len(), 4);
    }

    #[test]
    fn a_name_that_is_gone_is_not_found_and_the_others_are() {
        let mut looks = Looks::new();
        looks.add(nick("rn"));
        looks.add(nick("m"));
        looks.remove(&nick("x"));
        looks.remove(&nick("M"));
        assert_eq!(alike(&looks, "m"), ["rn"]);
        looks.remove(&nick("rn"));
        assert_eq!(looks.len(), 0);
    }
}
