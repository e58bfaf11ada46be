//! Who is meant, without saying what they are. Floor 0: uses nothing.

use std::fmt;

/// Somebody connected: the key of a slab entry and how often that entry was used before.
///
/// Whatever outlives a turn keeps this and not the bare key: once the entry is used again, the old
/// id finds nobody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId {
    /// Position in the slab of people.
    pub key: u32,
    /// Which of the people who had this key is meant.
    pub generation: u32,
}

impl PersonId {
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

/// Who may read a direct message again: one connection, or one web session over several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(pub u64);

/// The place of an entry in the journal: later entries have greater numbers, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

/// A listening socket, by its place in the list of doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DoorId(pub usize);
