//! Direct messages to somebody whose connection is away for a moment. Floor 5.
//!
//! A session without a socket stays in its rooms, untold; so whoever writes to it gets an echo, and
//! the words must not be lost on the way. What a room says meanwhile is in its history, which a page
//! asks for; of a direct message from a stranger nobody would know to ask.

use std::collections::VecDeque;
use std::sync::Arc;

use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::irc::{Extra, encode_for};
use crate::hub::entry::Committed;
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
    fn push(&mut self, post: &Arc<Committed>) {
        if self.posts.len() == MISSED_MESSAGES_MAX {
            self.posts.pop_front();
            self.lost += 1;
        }
        self.posts.push_back(Arc::clone(post));
    }
}

impl Turn<'_> {
    /// Keeps a direct message for those of its readers who are away.
    pub(super) fn keep_for_absent(&mut self, committed: &Arc<Committed>, readers: &[PersonId]) {
        if !committed.entry.is_post() {
            return;
        }
        for &id in readers {
            if let Some(speaker) = self
                .chat
                .speaker_mut(id)
                .filter(|speaker| !speaker.registered)
            {
                speaker.missed.get_or_insert_default().push(committed);
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
                self.say(key, line);
            }
        }
    }
}
