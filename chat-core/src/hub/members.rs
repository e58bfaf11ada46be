//! Registered people, each at the place of its key in the slab of people. Floor 1.
//!
//! Ids come from a slab, so their keys are small and dense: a table finds a member with one look, and
//! walking it is walking the slab. A key may be used again before the journal has committed that
//! whoever had it has left: then the one who is leaving gives up the place, and stays on a list until
//! then. An id that is out of date finds nobody.

use super::Member;
use crate::id::PersonId;

/// Everybody who is registered.
#[derive(Debug, Default)]
pub(super) struct Members {
    slots: Vec<Option<Box<Member>>>,
    /// Those on their way out whose place is used again; mostly nobody.
    leaving: Vec<Member>,
    count: usize,
}

impl Members {
    pub(super) fn get(&self, id: PersonId) -> Option<&Member> {
        let here = self.slots.get(id.index()).and_then(Option::as_deref);
        here.into_iter()
            .chain(&self.leaving)
            .find(|member| member.id == id)
    }

    pub(super) fn get_mut(&mut self, id: PersonId) -> Option<&mut Member> {
        let here = self
            .slots
            .get_mut(id.index())
            .and_then(Option::as_deref_mut);
        here.into_iter()
            .chain(&mut self.leaving)
            .find(|member| member.id == id)
    }

    pub(super) fn contains(&self, id: PersonId) -> bool {
        self.get(id).is_some()
    }

    pub(super) fn insert(&mut self, member: Member) {
        let place = member.id.index();
        if self.slots.len() <= place {
            self.slots.resize_with(place + 1, || None);
        }
        let before = self.slots[place].replace(Box::new(member));
        self.leaving.extend(before.map(|member| *member));
        self.count += 1;
    }

    pub(super) fn remove(&mut self, id: PersonId) -> Option<Member> {
        let member = self.take(id)?;
        self.count -= 1;
        Some(member)
    }

    fn take(&mut self, id: PersonId) -> Option<Member> {
        let here = self.slots.get_mut(id.index());
        let here = here.and_then(|slot| slot.take_if(|member| member.id == id));
        here.map(|member| *member).or_else(|| {
            let place = self.leaving.iter().position(|member| member.id == id)?;
            Some(self.leaving.swap_remove(place))
        })
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Everybody, in slab order but for those who are leaving.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        let here = self.slots.iter().flatten().map(Box::as_ref);
        here.chain(&self.leaving)
    }
}
