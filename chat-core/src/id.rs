//! Who is meant, without saying what they are. Floor 0: uses nothing.

use std::fmt;

/// Somebody connected: the key of a slab entry and how often that entry was used before.
///
/// Whatever outlives a turn keeps this and not the bare key: once the entry is used again, the old
/// id finds nobody. It is one relay's: another may have somebody with the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId {
    /// Position in the slab of people.
    pub key: u32,
    /// Which of the people who had this key is meant.
    pub generation: u32,
}

impl PersonId {
    /// Whoever is not here: the author of something that was said before the program began.
    pub const NOBODY: PersonId = PersonId {
        key: u32::MAX,
        generation: u32::MAX,
    };

    /// The key as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.key as usize
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key, self.generation)
    }
}

impl fmt::Debug for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Something for each of some people, at the place of their key: ids come from a slab, so their keys
/// are small and dense, and a look is cheaper than a search. An id that is out of date finds nothing.
#[derive(Clone, Debug)]
pub struct ByPerson<T> {
    slots: Vec<Option<(u32, T)>>,
}

impl<T> ByPerson<T> {
    /// Nobody's yet.
    #[must_use]
    pub fn new() -> ByPerson<T> {
        ByPerson { slots: Vec::new() }
    }

    /// What there is for somebody.
    #[must_use]
    pub fn get(&self, id: PersonId) -> Option<&T> {
        let (generation, it) = self.slots.get(id.index())?.as_ref()?;
        (*generation == id.generation).then_some(it)
    }

    /// Puts something there. What was there for whoever had the key before is gone.
    pub fn insert(&mut self, id: PersonId, it: T) {
        if self.slots.len() <= id.index() {
            self.slots.resize_with(id.index() + 1, || None);
        }
        self.slots[id.index()] = Some((id.generation, it));
    }

    /// Takes it away.
    pub fn remove(&mut self, id: PersonId) -> Option<T> {
        let slot = self.slots.get_mut(id.index())?;
        let (_, it) = slot.take_if(|(generation, _)| *generation == id.generation)?;
        Some(it)
    }

    /// Everything, in slab order.
    pub fn iter(&self) -> impl Iterator<Item = (PersonId, &T)> {
        (0..).zip(&self.slots).filter_map(|(key, slot)| {
            let (generation, it) = slot.as_ref()?;
            let generation = *generation;
            Some((PersonId { key, generation }, it))
        })
    }
}

impl<T> Default for ByPerson<T> {
    fn default() -> ByPerson<T> {
        ByPerson::new()
    }
}

/// Who may read a direct message again: one connection, or one web session over several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(pub u64);

/// The place of an entry in the journal: later entries have greater numbers, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

/// A listening socket, by its place in the list of doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DoorId(pub u16);

impl DoorId {
    /// That of people in the same process, who came in by no door.
    pub const INSIDE: DoorId = DoorId(u16::MAX);

    /// The place as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_is_out_of_date_finds_nothing() {
        let id = |key, generation| PersonId { key, generation };
        let mut names = ByPerson::new();
        names.insert(id(2, 1), "ana");
        assert_eq!(names.get(id(2, 1)), Some(&"ana"));
        assert_eq!(names.get(id(1, 1)), None);
        names.insert(id(2, 2), "bob");
        assert_eq!(names.remove(id(2, 1)), None);
        assert_eq!(names.iter().collect::<Vec<_>>(), [(id(2, 2), &"bob")]);
        assert_eq!(names.remove(id(2, 2)), Some("bob"));
        assert_eq!(names.get(id(2, 2)), None);
    }
}
