//! A message of several lines, from its first to its last. IRCv3 multiline and client-batch. Floor 5.
//!
//! A batch that fails is answered once; what is left of it is then ignored as far as its end, and not said line by line.

use std::sync::Arc;
use std::time::Instant;

use memchr::memchr_iter;

use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::cut;
use crate::dialect::irc::decode::Known;
use crate::dialect::irc::multiline::{self, Batch, CONCAT, Draft, Invalid, Whole};
use crate::dialect::irc::{Caps, Message, encode};
use crate::hub::entry::PostKind;
use crate::hub::request::Request;
use crate::id::PersonId;
use crate::limits::{BATCH_OPEN, Limits};

/// A batch of somebody's that has not been closed.
#[derive(Debug)]
pub(super) enum Open {
    Draft(Letter),
    /// It failed, and they may not know yet.
    Void,
}

/// What is being sent, and what came with its beginning.
#[derive(Debug)]
pub(super) struct Letter {
    draft: Draft,
    tags: Arc<str>,
    retry: Option<Arc<str>>,
    /// The answer to its beginning, which bears the label.
    answer: AnswerKey,
    until: Instant,
}

impl Open {
    /// When it is over.
    pub(super) fn until(&self) -> Option<Instant> {
        self.letter().map(|letter| letter.until)
    }

    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.until().is_some_and(|until| until <= now)
    }

    /// The answer that waits for its end.
    pub(super) fn answer(&self) -> Option<AnswerKey> {
        self.letter().map(|letter| letter.answer)
    }

    fn letter(&self) -> Option<&Letter> {
        match self {
            Open::Draft(letter) => Some(letter),
            Open::Void => None,
        }
    }
}

impl Turn<'_> {
    /// Takes a line that belongs to a batch; false if it is to be obeyed. Nothing else may come while one is open.
    pub(super) fn absorb(
        &mut self,
        who: PersonId,
        known: Option<Known>,
        message: &Message<'_>,
        key: AnswerKey,
    ) -> bool {
        let Some(speaker) = self.chat.speaker(who).filter(|it| it.registered) else {
            return false;
        };
        let (is_open, caps) = (speaker.open.is_some(), speaker.caps());
        if !is_open && !caps.has(Caps::LINES) {
            return false;
        }
        let name = known.map_or("*", |known| known.name);
        match (said_by(name), message.tags.raw("batch")) {
            (Some(kind), Some(tag)) => {
                self.add_line(who, kind, tag, message, key);
                true
            }
            _ => {
                if is_open && !goes_between(name) {
                    self.interrupt(who, key);
                }
                false
            }
        }
    }

    fn interrupt(&mut self, who: PersonId, key: AnswerKey) {
        let speaker = self.chat.speaker(who);
        let open = speaker.and_then(|speaker| speaker.open.as_ref());
        if open.is_some_and(|open| open.letter().is_some()) {
            self.spoil(who, &Invalid::Other(INTERRUPTED), key);
        }
    }

    fn add_line(
        &mut self,
        who: PersonId,
        kind: PostKind,
        tag: &str,
        message: &Message<'_>,
        key: AnswerKey,
    ) {
        let limits = self.chat.limits;
        let Some(speaker) = self.chat.speaker_mut(who) else {
            return;
        };
        let is_concat = message.tags.raw(CONCAT).is_some();
        let added = match speaker.open.as_deref_mut() {
            Some(Open::Void) => return,
            Some(Open::Draft(letter)) if letter.draft.id() == tag => {
                letter.draft.add(kind, &message.params, is_concat, &limits)
            }
            _ => Err(Invalid::Other(NOT_OPEN)),
        };
        match added {
            Ok(()) => self.count_later(who),
            Err(invalid) => self.spoil(who, &invalid, key),
        }
    }

    /// A line of a batch is counted against the flood limit when that ends, and for less.
    fn count_later(&mut self, who: PersonId) {
        let (limits, now) = (self.chat.limits, self.now.mono);
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.bucket.give_back(&limits);
            speaker.holds.flood &= speaker.bucket.must_wait(&limits, now);
        }
    }

    /// BATCH.
    pub(super) fn batch(
        &mut self,
        who: PersonId,
        params: &[&str],
        message: &Message<'_>,
        key: AnswerKey,
    ) {
        let is_nested = message.tags.raw("batch").is_some();
        match Batch::read(params) {
            Err(invalid) => self.spoil(who, &invalid, key),
            Ok(_) if is_nested => self.spoil(who, &Invalid::Other(NESTED), key),
            Ok(Batch::Open { id, target }) => match self.check_free(who) {
                Ok(()) => self.open_batch_of(who, Draft::new(id, target), target, message, key),
                Err(why) => self.spoil(who, &Invalid::Other(why), key),
            },
            Ok(Batch::Close(id)) => self.close_batch(who, id, key),
        }
    }

    fn check_free(&self, who: PersonId) -> Result<(), &'static str> {
        let open = self.chat.speaker(who).and_then(|it| it.open.as_deref());
        match open {
            _ if !self.caps(who).has(Caps::LINES) => Err(NOT_AGREED),
            Some(Open::Draft(_)) => Err(NESTED),
            _ => Ok(()),
        }
    }

    fn open_batch_of(
        &mut self,
        who: PersonId,
        draft: Draft,
        target: &str,
        message: &Message<'_>,
        key: AnswerKey,
    ) {
        let retry = match self.retry_id(who, message, PostKind::Message, target) {
            Ok(id) => id.map(Arc::from),
            Err(wrong) => {
                self.wrong(key, &wrong);
                return self.set_open(who, Open::Void);
            }
        };
        self.keep_open(key);
        let letter = Letter {
            draft,
            tags: message.tags.passed_on().into(),
            retry,
            answer: key,
            until: self.now.mono + BATCH_OPEN,
        };
        self.set_open(who, Open::Draft(letter));
        self.set_deadline(who);
    }

    fn set_open(&mut self, who: PersonId, open: Open) {
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.open = Some(Box::new(open));
        }
    }

    fn take_letter(&mut self, who: PersonId) -> Option<Letter> {
        match *self.chat.speaker_mut(who)?.open.take()? {
            Open::Draft(letter) => Some(letter),
            Open::Void => None,
        }
    }

    /// A batch fails, or what is none: the answer is that to its beginning, if there was one.
    fn spoil(&mut self, who: PersonId, invalid: &Invalid<'_>, key: AnswerKey) {
        let letter = self.take_letter(who);
        self.set_open(who, Open::Void);
        let to = letter.as_ref().map_or(key, |letter| letter.answer);
        invalid.answer(|wrong| self.wrong(to, wrong));
        if let Some(letter) = letter {
            self.charge(who, letter.draft.price());
            self.close(letter.answer);
        }
    }

    /// It was open for too long. What is left of it is ignored.
    pub(super) fn time_out_batch(&mut self, who: PersonId) {
        if let Some(letter) = self.take_letter(who) {
            self.set_open(who, Open::Void);
            self.wrong(letter.answer, &multiline::timeout(letter.draft.id()));
            self.close(letter.answer);
        }
    }

    fn close_batch(&mut self, who: PersonId, id: &str, key: AnswerKey) {
        let speaker = self.chat.speaker_mut(who);
        match speaker.and_then(|speaker| speaker.open.as_deref()) {
            None => Invalid::Other(NOT_OPEN).answer(|wrong| self.wrong(key, wrong)),
            Some(Open::Draft(letter)) if letter.draft.id() != id => {
                self.spoil(who, &Invalid::Other(NOT_OPEN), key);
            }
            Some(_) => {
                if let Some(letter) = self.take_letter(who) {
                    self.send(who, letter);
                }
            }
        }
    }

    fn send(&mut self, who: PersonId, letter: Letter) {
        self.charge(who, letter.draft.price());
        match letter.draft.finish() {
            Ok(whole) => self.post_whole(who, whole, letter.tags, letter.retry, letter.answer),
            Err(invalid) => invalid.answer(|wrong| self.wrong(letter.answer, wrong)),
        }
        self.close(letter.answer);
    }

    fn post_whole(
        &mut self,
        who: PersonId,
        whole: Whole,
        tags: Arc<str>,
        retry: Option<Arc<str>>,
        key: AnswerKey,
    ) {
        let Whole {
            target,
            kind,
            text,
            concat,
        } = whole;
        // A refusal is that of what was said.
        if let Some(answer) = self.chat.answers.get_mut(key.0) {
            answer.command = encode::command(kind);
        }
        match self.addressee(who, &target) {
            Ok(to) => {
                let request = Request::Post {
                    to,
                    kind,
                    text,
                    tags,
                    retry,
                    concat,
                };
                self.submit(who, request, key);
            }
            Err(refusal) => self.refuse(key, &refusal),
        }
    }
}

/// How a command says something that may be a line of more.
fn said_by(command: &str) -> Option<PostKind> {
    match command {
        "PRIVMSG" => Some(PostKind::Message),
        "NOTICE" => Some(PostKind::Notice),
        _ => None,
    }
}

/// What is between a connection and us may come at any time.
fn goes_between(command: &str) -> bool {
    matches!(
        command,
        "BATCH" | "PING" | "PONG" | "QUIT" | "ERROR" | "ATTACH" | "DETACH"
    )
}

/// A program's words as what anybody may say: some lines, and so many bytes.
pub(super) fn as_message(text: &str, limits: &Limits) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\0'], " ");
    let text = text.trim_end_matches('\n');
    let mut ends = memchr_iter(b'\n', text.as_bytes());
    let end = ends.nth(limits.multiline_lines() - 1);
    let text = &text[..end.unwrap_or(text.len())];
    cut(text, limits.multiline_bytes()).to_owned()
}

const INTERRUPTED: &str =
    "something else came before the batch was closed: send all of it, then go on";
const NOT_OPEN: &str = "no batch of that name is open: begin it with BATCH +ID";
const NESTED: &str = "another batch is open: close that one first";
const NOT_AGREED: &str = "ask for draft/multiline and batch first: CAP REQ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_may_say_several_lines() {
        let limits = Limits {
            send_queue_bytes: 16 * 180,
            ..Limits::default()
        };
        for (text, expected) in [
            ("one\r\ntwo\n", "one\ntwo"),
            ("a\rb\0c", "a b c"),
            ("\na\n\n", "\na"),
            ("a\nb\nc\nd", "a\nb\nc"),
            ("\n", ""),
        ] {
            assert_eq!(as_message(text, &limits), expected);
        }
        assert_eq!(as_message(&"é".repeat(100), &limits).len(), 180);
    }
}
