//! Who waits for the journal's answer, and what becomes of it. Floor 5.
//!
//! The journal may answer in a later turn. What was asked goes as far as what had taken effect when it was asked
//! ([`Question::until`]), and whoever may ask hears everything behind that as it happens: so between the two there
//! is no gap, and nothing comes twice, however fast others talk.

use super::redaction::Sought;
use super::spans::Reading;
use crate::chat::Chat;
use crate::chat::answer::AnswerKey;
use crate::chat::turn::Turn;
use crate::dialect::irc::Wrong;
use crate::dialect::irc::history::Asked;
use crate::dialect::irc::search;
use crate::id::PersonId;
use crate::journal::{End, Found, Inquiry, Question};

/// Who waits for the journal's answer.
#[derive(Debug)]
pub(in crate::chat) struct Asking {
    who: PersonId,
    key: AnswerKey,
    wish: Wish,
}

/// What somebody asked for.
#[derive(Debug)]
pub(super) enum Wish {
    /// CHATHISTORY, but for TARGETS.
    Said(Box<(Told, Reading)>),
    /// CHATHISTORY TARGETS, from this end on.
    Targets(End),
    /// The plain door shows what was said in the room that somebody has entered.
    Recall,
    /// REDACT: whose message it is.
    Redact(Box<Sought>),
    /// SEARCH.
    Search,
}

/// What the answer says besides what was said.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) subcommand: &'static str,
    pub(super) target: Box<str>,
    /// Whether the message that they named is one of this journal's.
    pub(super) is_known: bool,
    /// Whether nobody of that name is known but to the journal, if to it.
    pub(super) is_stranger: bool,
}

impl Told {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            subcommand: self.subcommand,
            target: Some(&self.target),
        }
    }
}

impl Wish {
    /// The answer when nothing can be read at present.
    fn unreadable(&self) -> Option<Wrong<'_>> {
        match self {
            Wish::Said(it) => Some(it.0.asked().unreadable()),
            Wish::Targets(_) => Some(Asked::TARGETS.unreadable()),
            Wish::Recall | Wish::Redact(_) => None,
            Wish::Search => Some(search::unreadable()),
        }
    }
}

impl Turn<'_> {
    /// Asks the journal; until it has answered, whoever asked is not read from.
    pub(super) fn inquire(
        &mut self,
        who: PersonId,
        key: AnswerKey,
        question: Question,
        wish: Wish,
    ) {
        self.keep_open(key);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.past += 1;
        }
        self.put(question, Asking { who, key, wish });
        self.hear_answers();
    }

    fn put(&mut self, question: Question, asking: Asking) {
        let inquiry = self.chat.journal.ask(question);
        self.chat.asking.insert(inquiry, asking);
    }

    /// Passes on what the journal has found.
    pub(in crate::chat) fn hear_answers(&mut self) {
        while let Some((inquiry, found)) = self.chat.journal.answered() {
            self.found(inquiry, found);
        }
    }

    fn found(&mut self, inquiry: Inquiry, found: Found) {
        // Whoever has another connection by now did not ask.
        let Some(Asking { who, key, mut wish }) = self.chat.asking.remove(&inquiry) else {
            return;
        };
        let found = match (&mut wish, found) {
            (Wish::Said(it), Found::Said { entries, is_whole }) => {
                it.1.add(entries, is_whole);
                if let Some(question) = it.1.next() {
                    return self.put(question, Asking { who, key, wish });
                }
                None
            }
            (_, found) => Some(found),
        };
        self.tell_found(who, wish, found, key);
        self.close(key);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.holds.past = speaker.holds.past.saturating_sub(1);
            self.go_on(who);
        }
    }

    /// The answer; what was read in parts is in the wish already.
    fn tell_found(&mut self, who: PersonId, wish: Wish, found: Option<Found>, key: AnswerKey) {
        match (wish, found) {
            (Wish::Said(it), None) => {
                let (told, reading) = *it;
                self.tell_history(who, &told, reading, key);
            }
            (Wish::Targets(from), Some(Found::Talks(talks))) => {
                self.tell_targets(who, talks, from, key);
            }
            (Wish::Search, Some(Found::Said { entries, is_whole })) => {
                self.tell_search(who, entries, is_whole, key);
            }
            (Wish::Recall, Some(Found::Said { mut entries, .. })) => {
                entries.retain(|entry| !self.chat.taken_back.has(entry.seq));
                self.tell_recalled(who, &entries);
            }
            (Wish::Redact(sought), Some(found)) => self.sought(who, &sought, found, key),
            (wish, _) => {
                if let Some(wrong) = wish.unreadable() {
                    self.wrong(key, &wrong);
                }
            }
        }
    }
}

impl Chat {
    /// Somebody's connection has ended or is another one now: nobody waits for those answers any more.
    pub(in crate::chat) fn drop_inquiries(&mut self, who: PersonId) {
        let theirs = self.asking.extract_if(.., |_, asking| asking.who == who);
        let keys: Vec<AnswerKey> = theirs.map(|(_, asking)| asking.key).collect();
        for key in keys {
            self.one_less(key);
        }
    }
}
