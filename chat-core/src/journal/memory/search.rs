//! Looking for words in what is in memory. Floor 2.
//!
//! There is no index: a part of what is there is looked through, as much as nobody waits for.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Memory, Said};
use crate::hub::entry::Committed;
use crate::id::Seq;
use crate::journal::{End, Found, Search};
use crate::limits::SEARCH_MEMORY_MESSAGES_MAX;

/// What looking through a text costs, in entries that are only passed over.
const STEPS_OF_A_TEXT: usize = 16;

impl Memory {
    pub(super) fn search(&self, search: &Search, until: Seq) -> Found {
        let mut looking = Looking {
            search,
            found: Vec::new(),
            left: SEARCH_MEMORY_MESSAGES_MAX * STEPS_OF_A_TEXT,
        };
        let places = self.said.iter();
        let places = places.filter(|(_, said)| search.within.holds(&said.place));
        let places: HashMap<usize, &Said> = places.collect();
        let mut places_left = places.values();
        let over = match (places_left.next(), places_left.next()) {
            (Some(one), None) => {
                let there = one.entries.iter().filter(|it| it.seq <= until);
                looking.through(there.map(Some))
            }
            (Some(_), Some(_)) => {
                let ages = self.ages.iter().filter(|age| age.seq <= until);
                looking.through(ages.map(|age| places.get(&age.place)?.entry(age.seq)))
            }
            (None, _) => Over::All,
        };
        let mut entries = looking.found;
        entries.sort_by_key(|entry| entry.seq);
        Found::Said {
            entries,
            is_whole: over != Over::TooMuch,
        }
    }
}

impl Said {
    fn entry(&self, seq: Seq) -> Option<&Arc<Committed>> {
        let found = self.entries.binary_search_by_key(&seq, |entry| entry.seq);
        self.entries.get(found.ok()?)
    }
}

struct Looking<'s> {
    search: &'s Search,
    found: Vec<Arc<Committed>>,
    /// Entries that may still be passed over.
    left: usize,
}

/// Why nothing more is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    All,
    Enough,
    TooMuch,
}

impl Looking<'_> {
    /// Looks through what is there, in order; `None` is an entry that is somewhere else.
    fn through<'e>(
        &mut self,
        mut all: impl DoubleEndedIterator<Item = Option<&'e Arc<Committed>>>,
    ) -> Over {
        let over = match self.search.from {
            End::Earliest => all.try_for_each(|it| self.at(it)),
            End::Latest => all.rev().try_for_each(|it| self.at(it)),
        };
        over.err().unwrap_or(Over::All)
    }

    fn at(&mut self, it: Option<&Arc<Committed>>) -> Result<(), Over> {
        self.spend(1)?;
        let Some((it, post)) = it.and_then(|it| Some((it, self.search.means(it)?))) else {
            return Ok(());
        };
        if self.found.len() >= self.search.limit {
            return Err(Over::Enough);
        }
        self.spend(STEPS_OF_A_TEXT - 1)?;
        if self.search.says(post) {
            self.found.push(Arc::clone(it));
        }
        Ok(())
    }

    fn spend(&mut self, steps: usize) -> Result<(), Over> {
        self.left = self.left.checked_sub(steps).ok_or(Over::TooMuch)?;
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

    #[test]
    fn what_is_passed_over_counts_too() {
        let mut journal = Memory::new("e".into(), 1 << 30);
        let here = |name: &str| RoomName::new(name).unwrap();
        for _ in 0..SEARCH_MEMORY_MESSAGES_MAX * STEPS_OF_A_TEXT {
            say(&mut journal, "#b", "elsewhere");
        }
        for room in ["#a", "#c"] {
            say(&mut journal, room, "word");
        }
        let search = Search {
            within: Within::All {
                rooms: [here("#a"), here("#c")].into(),
                of: Identity(2),
            },
            by: Some(Nick::new("nobody").unwrap()),
            after: None,
            before: None,
            terms: None,
            from: End::Latest,
            limit: 2,
        };
        let found = journal.search(&search, journal.last);
        assert!(
            matches!(&found, Found::Said { entries, is_whole: false } if entries.is_empty()),
            "{found:?}"
        );
        assert_eq!(
            find(&journal, "word", End::Latest),
            (vec![journal.last.0 - 1], true)
        );
    }
}
