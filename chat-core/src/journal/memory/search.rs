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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::entry::{Act, Entry, Post, PostKind, Source, Target};
    use crate::id::{Identity, PersonId};
    use crate::journal::{Journal, Place, Terms, Where, Within};
    use crate::names::{Nick, RoomName};
    use crate::time::Timestamp;

    fn say(journal: &mut Memory, room: &str, text: &str) -> Arc<Committed> {
        let nick = Nick::new("ana").unwrap();
        let post = Post {
            target: Target::Room(RoomName::new(room).unwrap()),
            kind: PostKind::Message,
            text: text.into(),
            tags: "".into(),
            retry: None,
            concat: None,
        };
        let entry = Entry {
            who: PersonId::NOBODY,
            identity: Identity(1),
            source: Arc::new(Source::new(nick, "a", "h")),
            act: Act::Post(post),
        };
        journal.append(entry, Timestamp(0));
        journal.committed().unwrap().result.unwrap()
    }

    fn find(journal: &Memory, text: &str, from: End) -> (Vec<u64>, bool) {
        let room = Place::Room(RoomName::new("#a").unwrap());
        let search = Search {
            within: Within::At(Where::At(room)),
            by: None,
            after: None,
            before: None,
            terms: Some(Terms::parse(text).unwrap()),
            from,
            limit: 2,
        };
        match journal.search(&search, journal.last) {
            Found::Said { entries, is_whole } => {
                (entries.iter().map(|it| it.seq.0).collect(), is_whole)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_kept_of_a_place_is_found_from_either_end() {
        let mut journal = Memory::new("e".into(), 1 << 20);
        let rooms = ["#a", "#b", "#a", "#a", "#a"];
        let said: Vec<_> = rooms.map(|room| say(&mut journal, room, "word")).into();
        journal.strike(&said[3]);
        assert_eq!(find(&journal, "word", End::Latest), (vec![3, 5], true));
        assert_eq!(find(&journal, "word", End::Earliest), (vec![1, 3], true));
        journal.forget(&RoomName::new("#a").unwrap());
        say(&mut journal, "#c", "word");
        assert_eq!(find(&journal, "word", End::Latest), (vec![], true));
    }

    #[test]
    fn only_so_much_is_looked_through_and_that_is_said() {
        let mut journal = Memory::new("e".into(), 1 << 30);
        say(&mut journal, "#a", "first");
        for _ in 2..SEARCH_MEMORY_MESSAGES_MAX {
            say(&mut journal, "#a", "more");
            say(&mut journal, "#b", "elsewhere");
        }
        assert_eq!(find(&journal, "first", End::Latest), (vec![1], true));
        say(&mut journal, "#a", "more");
        assert_eq!(find(&journal, "first", End::Latest), (vec![1], true));
        say(&mut journal, "#a", "last");
        assert_eq!(find(&journal, "first", End::Latest), (vec![], false));
        assert_eq!(find(&journal, "first", End::Earliest), (vec![1], false));
        let last = journal.last.0;
        let latest = find(&journal, "more", End::Latest);
        assert_eq!(latest, (vec![last - 3, last - 1], true));
    }
}
