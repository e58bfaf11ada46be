//! CHATHISTORY: what is asked of the past. IRCv3 chathistory, "CHATHISTORY Command".

mod decode;

pub(super) use decode::decode;

use super::caps::Caps;
use super::command::Wrong;
use crate::hub::Class;
use crate::time::Timestamp;

/// A question about the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatHistory<'a> {
    /// What it is about.
    pub query: Query<'a>,
    /// How many lines at most, not above [`HISTORY_MESSAGES_MAX`](crate::limits::HISTORY_MESSAGES_MAX).
    pub limit: usize,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query<'a> {
    /// What was said.
    Said {
        /// A room or a person.
        target: &'a str,
        /// Which part of it.
        part: Part<'a>,
    },
    /// TARGETS: where something was said last between two moments. The limit counts from the first one on.
    Targets {
        /// From here.
        from: Timestamp,
        /// To there, forwards or backwards.
        to: Timestamp,
    },
}

/// Which messages relative to the references; these are among them only with [`Part::Around`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// LATEST: the last ones, if later than the reference.
    Latest(Option<Reference<'a>>),
    /// BEFORE: those right before it.
    Before(Reference<'a>),
    /// AFTER: those right after it.
    After(Reference<'a>),
    /// AROUND: itself, and those on both sides.
    Around(Reference<'a>),
    /// BETWEEN: those right after the first one, as far as the second; or backwards if that is earlier.
    Between(Reference<'a>, Reference<'a>),
}

/// A place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `msgid=…`: read by [`msgid::parse`](super::msgid::parse).
    Msgid(&'a str),
    /// `timestamp=…`.
    Time(Timestamp),
}

/// What an answer repeats of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The subcommand.
    pub subcommand: &'static str,
    /// A room or a person; TARGETS has none.
    pub target: Option<&'a str>,
}

impl Part<'_> {
    /// The subcommand.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Part::Latest(_) => "LATEST",
            Part::Before(_) => "BEFORE",
            Part::After(_) => "AFTER",
            Part::Around(_) => "AROUND",
            Part::Between(..) => "BETWEEN",
        }
    }
}

impl<'a> ChatHistory<'a> {
    /// What an answer repeats of it.
    #[must_use]
    pub fn asked(&self) -> Asked<'a> {
        match &self.query {
            Query::Said { target, part } => Asked {
                subcommand: part.as_str(),
                target: Some(target),
            },
            Query::Targets { .. } => Asked::TARGETS,
        }
    }
}

impl<'a> Asked<'a> {
    /// Of TARGETS.
    pub const TARGETS: Asked<'static> = Asked {
        subcommand: TARGETS,
        target: None,
    };

    /// The answer when there is no such target, or it is not theirs to read.
    #[must_use]
    pub fn invalid_target(&self) -> Wrong<'a> {
        self.fail(
            "INVALID_TARGET",
            "there are no messages for you to read there",
        )
    }

    /// What is said when the message is not known, or not all that followed it is kept. What is there follows.
    #[must_use]
    pub fn message_error(&self) -> Wrong<'a> {
        self.fail(
            "MESSAGE_ERROR",
            "messages are missing here: this chat does not have them any more",
        )
    }

    /// The answer when nothing can be read at present.
    #[must_use]
    pub fn unreadable(&self) -> Wrong<'a> {
        self.fail(
            "MESSAGE_ERROR",
            "the history of this chat cannot be read now: try again later",
        )
    }

    fn fail(&self, code: &'static str, text: &'static str) -> Wrong<'a> {
        let context = [self.subcommand].into_iter().chain(self.target).collect();
        Wrong::fail(COMMAND, code, context, text)
    }
}

/// What somebody with these capabilities is told of the past. Without `draft/event-playback` it is words alone; with it,
/// whatever they would have been told then.
#[must_use]
pub fn classes(caps: Caps) -> Vec<Class> {
    let told = |class: &Class| match class {
        Class::Words => true,
        Class::Event => caps.has(Caps::EVENT_PLAYBACK),
        Class::Tags => caps.has(Caps::EVENT_PLAYBACK | Caps::MESSAGE_TAGS),
        Class::Redaction => caps.has(Caps::EVENT_PLAYBACK | Caps::MESSAGE_REDACTION),
    };
    Class::ALL.into_iter().filter(told).collect()
}

const COMMAND: &str = "CHATHISTORY";
const TARGETS: &str = "TARGETS";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_reader_would_have_heard_is_asked_for() {
        use Class::{Event, Redaction, Tags, Words};
        let (events, tags, redactions) = (
            Caps::EVENT_PLAYBACK,
            Caps::MESSAGE_TAGS,
            Caps::MESSAGE_REDACTION,
        );
        let cases: [(Caps, &[Class]); 5] = [
            (Caps::NONE, &[Words]),
            (tags | redactions, &[Words]),
            (events, &[Words, Event]),
            (events | tags, &[Words, Event, Tags]),
            (events | redactions, &[Words, Event, Redaction]),
        ];
        for (caps, expected) in cases {
            assert_eq!(classes(caps), expected, "{}", caps.list());
        }
    }

    #[test]
    fn what_cannot_be_answered_names_the_question() {
        let question = decode(&["latest", "#a", "*", "5"]).unwrap().asked();
        let cases: [(Wrong<'_>, &str, &[&str]); 3] = [
            (
                question.invalid_target(),
                "INVALID_TARGET",
                &["LATEST", "#a"],
            ),
            (question.message_error(), "MESSAGE_ERROR", &["LATEST", "#a"]),
            (Asked::TARGETS.unreadable(), "MESSAGE_ERROR", &["TARGETS"]),
        ];
        for (wrong, expected, named) in cases {
            assert!(
                matches!(&wrong, Wrong::Fail { code, context, .. } if *code == expected && context == named),
                "{wrong:?}"
            );
        }
    }
}
