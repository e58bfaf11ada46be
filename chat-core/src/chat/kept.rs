//! What is kept for identities, in the order in which it came: the oldest is the first to be forgotten, of all or of one
//! identity. Floor 5; pure. How much is kept is for the owner to say.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::id::Identity;

/// Something under a key, for each of many identities.
#[derive(Debug)]
pub(super) struct Kept<K, V> {
    own: HashMap<Identity, Own<K, V>>,
    /// Whose each thing is, the oldest first.
    order: BTreeMap<Age, Identity>,
    next: Age,
}

/// What is kept for one identity.
#[derive(Debug)]
struct Own<K, V> {
    found: HashMap<K, (Age, V)>,
    order: BTreeMap<Age, K>,
}

/// The how-manieth thing it was.
type Age = u64;

impl<K: Clone + Eq + Hash, V> Kept<K, V> {
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    pub(super) fn len_of(&self, identity: Identity) -> usize {
        self.own.get(&identity).map_or(0, |own| own.order.len())
    }

    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, identity: Identity, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (_, value) = self.own.get(&identity)?.found.get(key)?;
        Some(value)
    }

    /// What is kept for an identity, to be changed where it stands.
    pub(super) fn of_mut(&mut self, identity: Identity) -> impl Iterator<Item = &mut V> {
        let own = self.own.get_mut(&identity).into_iter();
        own.flat_map(|own| own.found.values_mut().map(|(_, value)| value))
    }

    /// What is kept for an identity, the oldest first.
    pub(super) fn of(&self, identity: Identity) -> impl Iterator<Item = (&K, &V)> {
        let own = self.own.get(&identity).into_iter();
        own.flat_map(|own| {
            let found = |key| own.found.get(key).map(|(_, value)| (key, value));
            own.order.values().filter_map(found)
        })
    }

    /// Keeps something, as the latest of all; answers with what was there under its key.
    pub(super) fn put(&mut self, identity: Identity, key: K, value: V) -> Option<V> {
        let age = self.next;
        self.next += 1;
        self.order.insert(age, identity);
        let own = self.own.entry(identity).or_default();
        own.order.insert(age, key.clone());
        let (former, value) = own.found.insert(key, (age, value))?;
        own.order.remove(&former);
        self.order.remove(&former);
        Some(value)
    }

    pub(super) fn oldest(&self) -> Option<&V> {
        let (age, identity) = self.order.first_key_value()?;
        let own = self.own.get(identity)?;
        let (_, value) = own.found.get(own.order.get(age)?)?;
        Some(value)
    }

    pub(super) fn forget_oldest(&mut self) -> Option<V> {
        let (_, &identity) = self.order.first_key_value()?;
        self.forget_oldest_of(identity)
    }

    pub(super) fn forget_oldest_of(&mut self, identity: Identity) -> Option<V> {
        let own = self.own.get_mut(&identity)?;
        let (age, key) = own.order.pop_first()?;
        self.order.remove(&age);
        let forgotten = own.found.remove(&key);
        if own.order.is_empty() {
            self.own.remove(&identity);
        }
        forgotten.map(|(_, value)| value)
    }
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Kept<K, V> {
        Kept {
            own: HashMap::new(),
            order: BTreeMap::new(),
            next: 0,
        }
    }
}

impl<K, V> Default for Own<K, V> {
    fn default() -> Own<K, V> {
        Own {
            found: HashMap::new(),
            order: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Identity = Identity(1);
    const BOB: Identity = Identity(2);

    fn kept() -> Kept<&'static str, u8> {
        let mut kept = Kept::default();
        for (identity, key, value) in [(ANA, "a", 1), (BOB, "a", 2), (BOB, "b", 3), (ANA, "b", 4)] {
            assert_eq!(kept.put(identity, key, value), None);
        }
        kept
    }

    #[test]
    fn each_identity_has_its_own() {
        let kept = kept();
        assert_eq!((kept.len(), kept.len_of(ANA)), (4, 2));
        assert_eq!(
            (kept.get(ANA, "a"), kept.get(BOB, "a")),
            (Some(&1), Some(&2))
        );
        assert_eq!(
            (kept.get(ANA, "c"), kept.get(Identity(3), "a")),
            (None, None)
        );
    }

    #[test]
    fn the_oldest_is_forgotten_first_of_all_or_of_one() {
        let mut kept = kept();
        assert_eq!(kept.forget_oldest_of(BOB), Some(2));
        assert_eq!(
            (kept.oldest().copied(), kept.forget_oldest()),
            (Some(1), Some(1))
        );
        assert_eq!(kept.put(BOB, "b", 5), Some(3), "it is the latest now");
        let rest: Vec<u8> = std::iter::from_fn(|| kept.forget_oldest()).collect();
        assert_eq!(rest, [4, 5]);
        assert_eq!((kept.len(), kept.own.len(), kept.oldest()), (0, 0, None));
    }
}
