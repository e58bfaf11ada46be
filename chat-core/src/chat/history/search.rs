//! SEARCH: what was said before, with some words. Floor 5.
//!
//! The extension `search` of soju. Who may read what is judged as for CHATHISTORY, when somebody asks; nobody hears of a
//! room that they are not in, not even whether there is one.

use std::sync::Arc;

use super::inquiry::Wish;
use super::lines::Lines;
use crate::chat::answer::AnswerKey;
use crate::chat::turn::Turn;
use crate::dialect::irc::Caps;
use crate::dialect::irc::command::Wrong;
use crate::dialect::irc::search::{NAME, Search, incomplete, invalid, not_agreed};
use crate::hub::entry::Committed;
use crate::id::PersonId;
use crate::journal::{self, About, BadTerms, End, Question, Terms, Within};
use crate::limits::{SEARCH_TEXT_BYTES_MAX, SEARCH_WORDS_MAX};
use crate::names::Nick;

impl Turn<'_> {
    pub(in crate::chat) fn search(&mut self, who: PersonId, search: &Search<'_>, key: AnswerKey) {
        if !self.caps(who).has(Caps::SEARCH | Caps::BATCH) {
            let mut line = String::new();
            not_agreed(&mut line, &self.chat.reader(who));
            return self.say(key, line);
        }
        match self.wanted(who, search) {
            Ok(wanted) => {
                let about = About::Search(Box::new(wanted));
                let until = self.chat.until;
                self.inquire(who, key, Question { until, about }, Wish::Search);
            }
            Err(wrong) => self.wrong(key, &wrong),
        }
    }

    fn wanted(
        &self,
        who: PersonId,
        search: &Search<'_>,
    ) -> Result<journal::Search, Wrong<'static>> {
        let within = match &search.target {
            Some(target) => self.whose(who, target).map(Within::At),
            None => self.all_of(who),
        };
        let by = search.from.as_deref().map(Nick::new).transpose();
        let terms = search.text.as_deref().map(Terms::parse).transpose();
        Ok(journal::Search {
            within: within.ok_or_else(|| invalid(vec!["in"], NOT_THEIRS))?,
            by: by.map_err(|_| invalid(vec!["from"], NO_NAME))?,
            after: search.after,
            before: search.before,
            terms: terms.map_err(bad_text)?,
            from: match search.after {
                Some(_) => End::Earliest,
                None => End::Latest,
            },
            limit: search.limit,
        })
    }

    /// Everything that somebody may read now.
    fn all_of(&self, who: PersonId) -> Option<Within> {
        let member = self.chat.hub.person(who)?;
        let rooms = member.rooms.iter();
        let rooms = rooms.filter_map(|&room| self.chat.hub.room_at(room));
        Some(Within::All {
            rooms: rooms.map(|room| room.name.clone()).collect(),
            of: member.identity,
        })
    }

    /// What was found; and first that there may be more, if not everything could be looked through.
    pub(super) fn tell_search(
        &mut self,
        who: PersonId,
        entries: Vec<Arc<Committed>>,
        is_whole: bool,
        key: AnswerKey,
    ) {
        if !is_whole {
            let mut line = String::new();
            incomplete(&mut line, &self.chat.reader(who));
            self.say(key, line);
        }
        self.tell_batch(who, &[NAME], Lines::said(entries), key);
    }
}

fn bad_text(why: BadTerms) -> Wrong<'static> {
    let text = match why {
        BadTerms::NoWord => NO_WORD,
        BadTerms::TooLong => TOO_LONG,
    };
    invalid(vec!["text"], text)
}

const NOT_THEIRS: &str = "there are no messages for you to read there";
const NO_NAME: &str = "that is no name that anybody could have";
const NO_WORD: &str = "the text to search for has no word in it";
const TOO_LONG: &str = "a text to search for has at most 256 bytes and 32 words";
const _: () = assert!(SEARCH_TEXT_BYTES_MAX == 256 && SEARCH_WORDS_MAX == 32);
