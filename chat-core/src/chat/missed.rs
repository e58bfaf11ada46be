//! Direct messages to somebody whose connection is away for a moment. Floor 5.
//!
//! A session without a socket stays in its rooms, untold; so whoever writes to it gets an echo, and
//! the words must not be lost on the way. What a room says meanwhile is in its history, which a page
//! asks for. Our page asks for direct messages too, from when it heard something last; a client without history cannot.

use std::collections::VecDeque;
use std::sync::Arc;

use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::irc::{Extra, encode_for};
use crate::hub::Class;
use crate::hub::entry::{Act, Committed};
use crate::id::PersonId;
use crate::limits::MISSED_MESSAGES_MAX;

/// What somebody has missed.
#[derive(Debug, Default)]
pub(super) struct Missed {
    posts: VecDeque<Arc<Committed>>,
    /// How many more there were.
    lost: usize,
}

impl Missed {
    /// A message that is taken back before they are here was never said to them.
    fn note(&mut self, committed: &Arc<Committed>) {
        let before = self.posts.len();
        if let Act::Redact(redaction) = &committed.entry.act {
            self.posts.retain(|post| post.seq != redaction.seq);
        }
        if self.posts.len() == before {
            self.push(committed);
        }
    }

    fn push(&mut self, post: &Arc<Committed>) {
        if self.posts.len() == MISSED_MESSAGES_MAX {
            self.posts.pop_front();
            self.lost += 1;
        }
        self.posts.push_back(Arc::clone(post));
    }
}

impl Turn<'_> {
    /// Keeps a direct message, and what belongs to one, for those of its readers who are away.
    pub(super) fn keep_for_absent(&mut self, committed: &Arc<Committed>, readers: &[PersonId]) {
        let entry = &committed.entry;
        if !entry.is_durable() || entry.class() == Class::Event {
            return;
        }
        for &id in readers {
            if let Some(speaker) = self
                .chat
                .speaker_mut(id)
                .filter(|speaker| !speaker.registered)
            {
                speaker.missed.get_or_insert_default().note(committed);
            }
        }
    }

    /// They are back.
    pub(super) fn tell_missed(&mut self, who: PersonId, key: AnswerKey) {
        let Some(missed) = self
            .chat
            .speaker_mut(who)
            .and_then(|speaker| speaker.missed.take())
        else {
            return;
        };
        if missed.lost > 0 {
            let mut line = String::new();
            let text = format_args!("{} direct messages came that are not kept", missed.lost);
            self.chat.reader(who).notice(&mut line, text);
            self.say(key, line);
        }
        for post in missed.posts {
            let (caps, mut line) = (self.caps(who), String::new());
            if encode_for(
                &post,
                caps,
                &self.chat.house.epoch,
                Extra::default(),
                &mut line,
            ) {
                self.say_all(key, line.split('\n').map(str::to_owned));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::Redaction;
    use crate::hub::entry::{Entry, Post, PostKind, Source, Target};
    use crate::id::{Identity, Seq};
    use crate::names::Nick;
    use crate::time::Timestamp;

    fn bob() -> Target {
        Target::Person {
            id: PersonId::NOBODY,
            identity: Identity(2),
            nick: Nick::new("bob").unwrap(),
        }
    }

    fn committed(seq: u64, act: Act) -> Arc<Committed> {
        let entry = Entry {
            who: PersonId::NOBODY,
            identity: Identity(1),
            source: Arc::new(Source::new(Nick::new("ana").unwrap(), "a", "h")),
            act,
        };
        Arc::new(Committed {
            seq: Seq(seq),
            aside: 0,
            at: Timestamp(0),
            entry,
        })
    }

    fn said(seq: u64) -> Arc<Committed> {
        let post = Post {
            target: bob(),
            kind: PostKind::Message,
            text: "psst".into(),
            tags: "".into(),
            retry: None,
            concat: None,
        };
        committed(seq, Act::Post(post))
    }

    fn taken_back(seq: u64, of: u64) -> Arc<Committed> {
        let redaction = Redaction {
            target: bob(),
            seq: Seq(of),
            msgid: format!("e-{of}").into(),
            author: None,
            reason: None,
        };
        committed(seq, Act::Redact(redaction))
    }

    #[test]
    fn what_was_taken_back_meanwhile_was_never_said_and_what_was_heard_before_is_told() {
        let mut missed = Missed::default();
        for entry in [said(2), said(3), taken_back(4, 2), taken_back(5, 1)] {
            missed.note(&entry);
        }
        let told: Vec<Seq> = missed.posts.iter().map(|post| post.seq).collect();
        assert_eq!(told, [Seq(3), Seq(5)]);
    }
}
