//! Answers to what somebody asked, and the label by which they know them. Floor 5.
//!
//! IRCv3 labeled-response: a reply of one line carries the label, one of several lines is a batch
//! that carries it, and a command without any reply is acknowledged by `ACK`. Some of the lines may
//! come turns later, when the journal has committed.

use super::Chat;
use crate::dialect::irc::tags::{self, Tags};
use crate::id::PersonId;

/// The reply to one command, until it is whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) who: PersonId,
    /// What was asked, as errors name it.
    pub(super) command: &'static str,
    /// As the client sent it; `None` when it did not, or may not.
    label: Option<Box<str>>,
    /// The name of the batch, once one is open.
    batch: Option<String>,
    held: Vec<String>,
    /// What the answer still waits for: entries in flight, the rest of a long list, the command itself.
    pub(super) open: u32,
}

/// An answer, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AnswerKey(pub(super) usize);

impl Answer {
    pub(super) fn new(who: PersonId, command: &'static str, label: Option<Box<str>>) -> Answer {
        Answer {
            who,
            command,
            label,
            batch: None,
            held: Vec::new(),
            open: 1,
        }
    }

    pub(super) fn is_labeled(&self) -> bool {
        self.label.is_some()
    }

    /// Takes a line of the reply, and answers with what can be sent now.
    pub(super) fn add(&mut self, line: String) -> Option<String> {
        if self.label.is_none() {
            return Some(line);
        }
        self.held.push(line);
        None
    }

    /// A reply that is a batch of its own kind carries the label on that; its lines need no other.
    pub(super) fn label_batch(&mut self, start: String) -> String {
        match self.label.take() {
            Some(label) => tagged(&start, "label", &label),
            None => start,
        }
    }

    /// What of a labeled reply can be sent while more of it is to come.
    pub(super) fn flow(&mut self, server: &str, batch: impl FnOnce() -> String) -> Vec<String> {
        let Some(label) = self.label.as_deref().filter(|_| !self.held.is_empty()) else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        if self.batch.is_none() {
            let name = batch();
            let start = format!(":{server} BATCH +{name} labeled-response");
            lines.push(tagged(&start, "label", label));
            self.batch = Some(name);
        }
        let name = self.batch.as_deref().unwrap_or_default();
        lines.extend(self.held.drain(..).map(|line| tagged(&line, "batch", name)));
        lines
    }

    /// The end of a labeled reply.
    pub(super) fn finish(&mut self, server: &str, batch: impl FnOnce() -> String) -> Vec<String> {
        let Some(label) = self.label.clone() else {
            return Vec::new();
        };
        if self.batch.is_none() && self.held.len() <= 1 {
            let line = self.held.pop().unwrap_or_else(|| format!(":{server} ACK"));
            return vec![tagged(&line, "label", &label)];
        }
        let mut lines = self.flow(server, batch);
        let name = self.batch.as_deref().unwrap_or_default();
        lines.push(format!(":{server} BATCH -{name}"));
        lines
    }
}

impl Chat {
    /// One thing less that an answer waits for; the answer, when that was the last.
    pub(super) fn one_less(&mut self, key: AnswerKey) -> Option<Answer> {
        let answer = self.answers.get_mut(key.0)?;
        answer.open -= 1;
        (answer.open == 0).then(|| self.answers.remove(key.0))
    }

    /// A connection is gone. What was asked over it is answered to nobody: not to the connection
    /// that the same person may have next.
    pub(super) fn abandon(&mut self, who: PersonId) {
        let cursors = self
            .speaker_mut(who)
            .map(|s| std::mem::take(&mut s.cursors));
        for cursor in cursors.into_iter().flatten() {
            self.one_less(cursor.answer);
        }
        let theirs = self.answers.iter_mut().map(|(_, answer)| &mut answer.who);
        let landing = self.waiting.values_mut().map(|waiting| &mut waiting.who);
        for asker in theirs.chain(landing).filter(|asker| **asker == who) {
            *asker = NOBODY;
        }
    }
}

/// Stands for a person who cannot be there.
const NOBODY: PersonId = PersonId {
    key: u32::MAX,
    generation: 0,
};

/// Puts one more tag on a line. One that is in a batch of its own already stays as it is: the
/// outer batch is then named by the inner one's start.
fn tagged(line: &str, key: &str, value: &str) -> String {
    if key == "batch" && has_batch(line) {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len() + key.len() + value.len() + 3);
    tags::add(line, &format!("{key}={value}"), &mut out);
    out
}

fn has_batch(line: &str) -> bool {
    Tags::new(tags::split(line).0).raw("batch").is_some()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::cursor::Cursor;
    use super::super::speaker::Speaker;
    use super::*;
    use crate::chat::Setup;
    use crate::dialect::Dialect;
    use crate::time::Timestamp;

    fn answer(lines: &[&str]) -> Vec<String> {
        let mut answer = Answer::new(
            PersonId {
                key: 0,
                generation: 0,
            },
            "X",
            Some("x".into()),
        );
        for line in lines {
            assert_eq!(answer.add((*line).into()), None);
        }
        answer.finish("s", || "b1".into())
    }

    #[test]
    fn nothing_is_acknowledged_one_line_is_labeled_more_are_a_batch() {
        assert_eq!(answer(&[]), ["@label=x :s ACK"]);
        assert_eq!(answer(&["@time=t :s PONG"]), ["@label=x;time=t :s PONG"]);
        assert_eq!(
            answer(&[":s 1", "@time=t :s 2"]),
            [
                "@label=x :s BATCH +b1 labeled-response",
                "@batch=b1 :s 1",
                "@batch=b1;time=t :s 2",
                ":s BATCH -b1"
            ]
        );
    }

    #[test]
    fn a_batch_within_keeps_its_own_lines() {
        let lines = answer(&[":s BATCH +h chathistory #a", "@batch=h :a 1", ":s BATCH -h"]);
        assert_eq!(lines[1], "@batch=b1 :s BATCH +h chathistory #a");
        assert_eq!(lines[2], "@batch=h :a 1");
    }

    #[test]
    fn a_long_reply_flows_in_an_open_batch() {
        let mut answer = Answer::new(
            PersonId {
                key: 0,
                generation: 0,
            },
            "X",
            Some("x".into()),
        );
        answer.add(":s 1".into());
        assert_eq!(answer.flow("s", || "b1".into()).len(), 2);
        answer.add(":s 2".into());
        assert_eq!(answer.flow("s", || "b2".into()), ["@batch=b1 :s 2"]);
        assert_eq!(answer.finish("s", || "b3".into()), [":s BATCH -b1"]);
    }

    #[test]
    fn a_long_reply_to_somebody_who_has_gone_is_forgotten() {
        let now = Instant::now();
        let mut chat = Chat::new(Setup::default(), Timestamp(0)).unwrap();
        let who = PersonId {
            key: 0,
            generation: 0,
        };
        let key = AnswerKey(chat.answers.insert(Answer::new(who, "LIST", None)));
        let mut speaker = Speaker::new(who, Dialect::Irc, now);
        speaker.cursors.push_back(Cursor::list(key));
        chat.speakers.push(Some(Box::new(speaker)));
        chat.speaking = 1;
        chat.forget(who);
        assert!(chat.answers.is_empty());
    }
}
