//! Answers to what somebody asked, and the label by which they know them. Floor 5.
//!
//! IRCv3 labeled-response: a reply of one line carries the label, one of several lines is a batch
//! that carries it, and a command without any reply is acknowledged by `ACK`. Some of the lines may
//! come turns later, when the journal has committed.

use super::Chat;
use super::speaker::InFlight;
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

    /// Whoever asked has got another connection, which does not know the label.
    pub(super) fn unlabel(&mut self) {
        self.label = None;
        self.held.clear();
    }

    /// Takes a line of the reply, and answers with what can be sent now.
    pub(super) fn add(&mut self, line: String) -> Option<String> {
        if self.label.is_none() {
            return Some(line);
        }
        self.held.push(line);
        None
    }

    /// A reply that is a batch of its own kind carries the label on that; its lines need no other. It is within
    /// another batch if something was said before it.
    pub(super) fn label_batch(&mut self, start: String) -> String {
        match self.label.take_if(|_| self.held.is_empty()) {
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

impl Chat {
    /// Nobody waits any more for what somebody asked: their long replies end, they watch no names, and what is in flight,
    /// which this returns, loses its labels. Nothing if they are not here.
    pub(super) fn abandon(&mut self, who: PersonId) -> Option<InFlight> {
        self.drop_questions(who, false);
        self.drop_inquiries(who);
        self.monitors.forget(who);
        let speaker = self.speaker_mut(who)?;
        let (in_flight, verdicts) = (speaker.in_flight, speaker.holds.verdicts);
        let open = speaker.open.take();
        for cursor in speaker.take_cursors() {
            self.one_less(cursor.answer);
        }
        if let Some(key) = open.and_then(|open| open.answer()) {
            self.one_less(key);
        }
        let waits = in_flight.any() || verdicts > 0;
        let pending = self.answers.iter_mut().filter(|_| waits);
        for (_, answer) in pending.filter(|(_, answer)| answer.who == who) {
            answer.unlabel();
        }
        Some(in_flight)
    }

    /// One thing less that an answer waits for; the answer, when that was the last.
    pub(super) fn one_less(&mut self, key: AnswerKey) -> Option<Answer> {
        let answer = self.answers.get_mut(key.0)?;
        answer.open -= 1;
        (answer.open == 0).then(|| self.answers.remove(key.0))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::Setup;
    use super::super::cursor::Cursor;
    use super::super::list::List;
    use super::super::speaker::Speaker;
    use super::*;
    use crate::dialect::Dialect;
    use crate::time::Timestamp;

    const ANA: PersonId = PersonId {
        key: 0,
        generation: 0,
    };

    fn answer(lines: &[&str]) -> Vec<String> {
        let mut answer = Answer::new(ANA, "X", Some("x".into()));
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
    fn nothing_is_left_of_the_long_replies_of_somebody_who_has_gone() {
        let mut chat = Chat::new(Setup::default(), Timestamp(0)).unwrap();
        let mut speaker = Speaker::new(ANA, Dialect::Irc, Instant::now());
        for _ in 0..2 {
            let key = AnswerKey(chat.answers.insert(Answer::new(ANA, "LIST", None)));
            speaker.push_cursor(Cursor::list(List::new(Vec::new(), Timestamp(0)), key));
        }
        chat.speakers.push(Some(Box::new(speaker)));
        chat.speaking = 1;
        chat.forget(ANA);
        assert!(chat.answers.is_empty() && chat.speaker(ANA).is_none());
    }

    #[test]
    fn a_batch_within_keeps_its_own_lines() {
        let lines = answer(&[":s BATCH +h chathistory #a", "@batch=h :a 1", ":s BATCH -h"]);
        assert_eq!(lines[1], "@batch=b1 :s BATCH +h chathistory #a");
        assert_eq!(lines[2], "@batch=h :a 1");
    }

    #[test]
    fn what_is_said_before_a_batch_is_not_lost_to_its_label() {
        let mut answer = Answer::new(ANA, "X", Some("x".into()));
        answer.add(":s FAIL X Y :why".into());
        let start = answer.label_batch(":s BATCH +h chathistory #a".into());
        answer.add(start);
        let lines = answer.finish("s", || "b1".into());
        assert_eq!(lines[1], "@batch=b1 :s FAIL X Y :why");
        assert_eq!(lines[2], "@batch=b1 :s BATCH +h chathistory #a");
    }

    #[test]
    fn a_long_reply_flows_in_an_open_batch() {
        let mut answer = Answer::new(ANA, "X", Some("x".into()));
        answer.add(":s 1".into());
        assert_eq!(answer.flow("s", || "b1".into()).len(), 2);
        answer.add(":s 2".into());
        assert_eq!(answer.flow("s", || "b2".into()), ["@batch=b1 :s 2"]);
        assert_eq!(answer.finish("s", || "b3".into()), [":s BATCH -b1"]);
    }
}
