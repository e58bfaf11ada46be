//! A message that is sent again is said once: docs/clients.md. Floor 5.
//!
//! Whoever has lost a connection cannot know whether their last words came through. So they give each message an id and
//! send it again: under the same id it is the same message, whose author gets the echo of the first try. [`Retries`] is
//! what is known of such ids, and pure.

use std::collections::HashMap;
use std::sync::Arc;

use super::answer::AnswerKey;
use super::kept::Kept;
use super::turn::Turn;
use crate::dialect::irc::{Caps, Message, Wrong, encode, retry};
use crate::hub::Redaction;
use crate::hub::entry::{Act, Committed, Entry, PostKind};
use crate::hub::request::{Refusal, Request};
use crate::id::{Identity, PersonId};
use crate::journal::Ticket;
use crate::limits::{RETRIES_BYTES_MAX, RETRIES_MAX, RETRIES_PER_IDENTITY_MAX, RETRY_WINDOW};
use crate::time::Timestamp;

/// The messages that may be sent again.
#[derive(Debug, Default)]
pub(super) struct Retries {
    /// Not decided yet, and how many later tries wait for it. As many as entries on their way, which are bounded.
    in_flight: HashMap<Tried, (Ticket, usize)>,
    said: Kept<Arc<str>, Arc<Committed>>,
    bytes: usize,
}

/// A message as its author knows it. An identity that has ended leaves its messages behind for the window; nobody has it
/// again.
pub(super) type Tried = (Identity, Arc<str>);

/// What became of a message that was tried before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    InFlight(Ticket),
    Said(Arc<Committed>),
}

/// The message that an entry is, if it may be sent again.
pub(super) fn tried(entry: &Entry) -> Option<Tried> {
    match &entry.act {
        Act::Post(post) => Some((entry.identity, Arc::clone(post.retry.as_ref()?))),
        _ => None,
    }
}

impl Retries {
    /// Knows again what a journal has kept, the oldest first.
    pub(super) fn restore(&mut self, posts: impl IntoIterator<Item = Arc<Committed>>) {
        for post in posts {
            if let Some(tried) = tried(&post.entry) {
                self.remember(tried, &post);
            }
        }
    }

    /// What became of a message, if it was tried within the window: whoever asks is one more who tries.
    fn fate(&mut self, tried: &Tried, now: Timestamp) -> Option<Fate> {
        self.forget_old(now);
        if let Some((ticket, later)) = self.in_flight.get_mut(tried) {
            *later += 1;
            return Some(Fate::InFlight(*ticket));
        }
        let said = self.said.get(tried.0, &*tried.1)?;
        Some(Fate::Said(Arc::clone(said)))
    }

    /// A message is on its way.
    pub(super) fn begin(&mut self, tried: Tried, ticket: Ticket) {
        self.in_flight.insert(tried, (ticket, 0));
    }

    /// It was said, or may be tried anew. How many later tries have waited for that.
    fn decide(&mut self, tried: Tried, said: Option<&Arc<Committed>>) -> usize {
        let in_flight = self.in_flight.remove(&tried);
        if let Some(said) = said {
            self.remember(tried, said);
        }
        in_flight.map_or(0, |(_, later)| later)
    }

    fn remember(&mut self, (identity, id): Tried, said: &Arc<Committed>) {
        self.bytes += said.entry.size();
        let former = self.said.put(identity, id, Arc::clone(said));
        self.lose(former);
        if self.said.len_of(identity) > RETRIES_PER_IDENTITY_MAX {
            let oldest = self.said.forget_oldest_of(identity);
            self.lose(oldest);
        }
        while self.said.len() > RETRIES_MAX || self.bytes > RETRIES_BYTES_MAX {
            let oldest = self.said.forget_oldest();
            self.lose(oldest);
        }
    }

    /// What was taken back has no words any more, whoever sends it again.
    pub(super) fn redact(&mut self, redaction: &Redaction) {
        let Some(author) = redaction.author else {
            return;
        };
        let mut theirs = self.said.of_mut(author);
        if let Some(said) = theirs.find(|said| said.seq == redaction.seq) {
            let wordless = Arc::new(without_words(said));
            self.bytes -= said.entry.size() - wordless.entry.size();
            *said = wordless;
        }
    }

    /// By the wall clock, which stamped them too: a window outlives a restart. A clock that jumps makes nobody forget
    /// more than what was tried before the jump; one that was ahead makes them remember longer, as many as are kept anyway.
    fn forget_old(&mut self, now: Timestamp) {
        let window = i64::try_from(RETRY_WINDOW.as_millis()).unwrap_or(i64::MAX);
        let is_old = |said: &Arc<Committed>| now.0.saturating_sub(said.at.0) > window;
        while self.said.oldest().is_some_and(is_old) {
            let oldest = self.said.forget_oldest();
            self.lose(oldest);
        }
    }

    fn lose(&mut self, said: Option<Arc<Committed>>) {
        self.bytes -= said.map_or(0, |said| said.entry.size());
    }
}

fn without_words(said: &Committed) -> Committed {
    let mut said = said.clone();
    if let Act::Post(post) = &mut said.entry.act {
        (post.text, post.tags) = (Arc::default(), Arc::default());
        post.concat = None;
    }
    said
}

impl Turn<'_> {
    /// The id under which a message may be sent again, from whoever has agreed on it.
    pub(super) fn retry_id<'a>(
        &self,
        who: PersonId,
        message: &Message<'a>,
        kind: PostKind,
        list: &str,
    ) -> Result<Option<&'a str>, Wrong<'a>> {
        if !self.caps(who).has(Caps::RETRY) {
            return Ok(None);
        }
        retry::id(message, kind, list)
    }

    /// Whether somebody has asked for this before; then the answer is that of the first time. Whether they may do it is
    /// not asked again: it is done.
    pub(super) fn was_tried(&mut self, who: PersonId, request: &Request, key: AnswerKey) -> bool {
        let Request::Post {
            retry: Some(id), ..
        } = request
        else {
            return false;
        };
        let Some(member) = self.chat.hub.person(who) else {
            return false;
        };
        let tried = (member.identity, Arc::clone(id));
        match self.chat.retries.fate(&tried, self.now.wall) {
            None => return false,
            Some(Fate::InFlight(ticket)) => self.await_outcome(who, ticket, key, true),
            Some(Fate::Said(said)) => self.echo_again(&said, key),
        }
        true
    }

    /// A message was decided upon: so are the tries that came while it was on its way.
    pub(super) fn decide_tries(
        &mut self,
        tried: Tried,
        ticket: Ticket,
        outcome: &Result<Arc<Committed>, Refusal>,
    ) {
        let later = self.chat.retries.decide(tried, outcome.as_ref().ok());
        for _ in 0..later {
            let Some(waiting) = self.waiting_for(ticket) else {
                return;
            };
            if let Some(key) = self.still_asked(&waiting) {
                match outcome {
                    Ok(said) => self.echo_again(said, key),
                    Err(refusal) => self.refuse(key, refusal),
                }
            }
            self.land(waiting);
        }
    }

    /// The echo of the first try. Its author may have another name and other capabilities by now.
    fn echo_again(&mut self, said: &Committed, key: AnswerKey) {
        let Some(who) = self.asker(key) else { return };
        let (caps, mut line) = (self.caps(who), String::new());
        // It may have been said before the program was started again.
        let epoch = self.chat.journal.epochs().of(said.seq);
        if caps.has(Caps::ECHO_MESSAGE) && encode(said, caps, epoch, &mut line) {
            self.say_whole(key, &line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::entry::{Post, Source, Target};
    use crate::id::Seq;
    use crate::names::{Nick, RoomName};

    fn post(identity: u64, id: &str, at: i64, text: &str) -> Arc<Committed> {
        let act = Act::Post(Post {
            target: Target::Room(RoomName::lobby()),
            kind: PostKind::Message,
            text: text.into(),
            tags: "".into(),
            retry: Some(id.into()),
            concat: None,
        });
        let entry = Entry {
            who: PersonId {
                key: 0,
                generation: 0,
            },
            identity: Identity(identity),
            source: Arc::new(Source::new(Nick::new("ana").unwrap(), "a", "h")),
            act,
        };
        Arc::new(Committed {
            seq: Seq(1),
            aside: 0,
            at: Timestamp(at),
            entry,
        })
    }

    fn restored(posts: impl IntoIterator<Item = Arc<Committed>>) -> Retries {
        let mut retries = Retries::default();
        retries.restore(posts);
        retries
    }

    fn knows(retries: &mut Retries, identity: u64, id: &str, now: i64) -> bool {
        let tried = (Identity(identity), id.into());
        retries.fate(&tried, Timestamp(now)).is_some()
    }

    #[test]
    fn a_message_is_on_its_way_then_said_or_free_again() {
        let mut retries = Retries::default();
        let said = post(1, "x", 0, "hi");
        let tried = tried(&said.entry).unwrap();
        retries.begin(tried.clone(), Ticket(7));
        let fate = retries.fate(&tried, Timestamp(0));
        assert_eq!(fate, Some(Fate::InFlight(Ticket(7))));
        retries.decide(tried.clone(), None);
        assert_eq!(retries.fate(&tried, Timestamp(0)), None);
        retries.begin(tried.clone(), Ticket(8));
        retries.decide(tried.clone(), Some(&said));
        assert_eq!(retries.fate(&tried, Timestamp(0)), Some(Fate::Said(said)));
        assert!(!knows(&mut retries, 2, "x", 0), "somebody else's");
    }

    #[test]
    fn an_id_is_known_for_a_day() {
        let mut retries = restored([post(1, "x", 1000, "hi"), post(1, "y", 2000, "hi")]);
        let day = 24 * 60 * 60 * 1000;
        assert!(knows(&mut retries, 1, "x", day + 1000));
        assert!(!knows(&mut retries, 1, "x", day + 1001));
        assert!(knows(&mut retries, 1, "y", day + 1001));
        assert!(!knows(&mut retries, 1, "y", i64::MAX));
        assert_eq!(retries.bytes, 0);
    }

    #[test]
    fn one_identity_makes_only_itself_forget() {
        let mut retries = restored([post(2, "first", 0, "hi")]);
        for i in 0..=RETRIES_PER_IDENTITY_MAX {
            retries.restore([post(1, &i.to_string(), 0, "hi")]);
        }
        assert!(!knows(&mut retries, 1, "0", 0) && knows(&mut retries, 1, "1", 0));
        assert!(knows(&mut retries, 2, "first", 0));
    }

    #[test]
    fn as_many_are_known_as_the_bounds_say() {
        let many = (0..=RETRIES_MAX as u64).map(|i| post(i, "x", 0, "hi"));
        let mut retries = restored(many);
        assert!(!knows(&mut retries, 0, "x", 0) && knows(&mut retries, 1, "x", 0));
        let long = "x".repeat(RETRIES_BYTES_MAX / 2);
        retries.restore([post(1, "a", 0, &long), post(1, "b", 0, &long)]);
        assert_eq!(retries.said.len(), 1);
        assert!(knows(&mut retries, 1, "b", 0) && retries.bytes <= RETRIES_BYTES_MAX);
    }
}
