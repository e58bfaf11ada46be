//! Looking for words in what is in memory. Floor 2.
//!
//! There is no index: a part of what is there is looked through, as much as nobody waits for.

use std::collections::HashSet;
use std::sync::Arc;

use super::Memory;
use crate::hub::entry::Committed;
use crate::id::Seq;
use crate::journal::{End, Found, Search};
use crate::limits::SEARCH_MEMORY_MESSAGES_MAX;

impl Memory {
    pub(super) fn search(&self, search: &Search, until: Seq) -> Found {
        let mut looking = Looking {
            search,
            found: Vec::new(),
            left: SEARCH_MEMORY_MESSAGES_MAX,
        };
        let mut all = self.posts_where(search, until);
        let is_whole = match search.from {
            End::Earliest => all.try_for_each(|it| looking.at(it)),
            End::Latest => all.rev().try_for_each(|it| looking.at(it)),
        };
        let mut entries = looking.found;
        entries.sort_by_key(|entry| entry.seq);
        Found::Said {
            entries,
            is_whole: is_whole != Err(Over::TooMuch),
        }
    }

    /// What is kept of the places where it is looked for, in order.
    fn posts_where(
        &self,
        search: &Search,
        until: Seq,
    ) -> impl DoubleEndedIterator<Item = &Arc<Committed>> {
        let places = self.said.iter();
        let places = places.filter(|(_, said)| search.within.holds(&said.place));
        let places: HashSet<usize> = places.map(|(at, _)| at).collect();
        let ages = self.ages.iter();
        ages.filter_map(move |&(seq, at)| {
            let is_there = seq <= until && places.contains(&at);
            let said = self.said.get(at).filter(|_| is_there)?;
            let found = said.entries.binary_search_by_key(&seq, |entry| entry.seq);
            said.entries.get(found.ok()?)
        })
    }
}

struct Looking<'s> {
    search: &'s Search,
    found: Vec<Arc<Committed>>,
    /// Texts that may still be looked through.
    left: usize,
}

/// Why nothing more is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Enough,
    TooMuch,
}

impl Looking<'_> {
    fn at(&mut self, it: &Arc<Committed>) -> Result<(), Over> {
        let Some(post) = self.search.means(it) else {
            return Ok(());
        };
        if self.found.len() >= self.search.limit {
            return Err(Over::Enough);
        }
        self.left = self.left.checked_sub(1).ok_or(Over::TooMuch)?;
        if self.search.says(post) {
            self.found.push(Arc::clone(it));
        }
        Ok(())
    }
}
