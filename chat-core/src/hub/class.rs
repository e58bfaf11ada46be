//! What an entry is to whoever reads a history. Floor 1.

use super::entry::{Act, Entry, Post, PostKind, Target};

/// What an entry is in a history. Each class is asked for by itself, so that nobody looks through what they do not get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// PRIVMSG and NOTICE.
    Words,
    /// Who came and left, and what became of the room.
    Event,
    /// Tags alone that belong to a message: a reaction.
    Tags,
    /// A message that was taken back.
    Redaction,
}

impl Class {
    /// All that there are.
    pub const ALL: [Class; 4] = [Class::Words, Class::Event, Class::Tags, Class::Redaction];
}

impl Entry {
    /// What it is in a history, if it stands in one.
    #[must_use]
    pub fn class(&self) -> Class {
        match &self.act {
            Act::Post(post) if post.kind == PostKind::Tags => Class::Tags,
            Act::Post(_) => Class::Words,
            Act::Redact(_) => Class::Redaction,
            _ => Class::Event,
        }
    }
}

impl Post {
    /// Whether it outlives the moment: words do, but those for a rank, and tags alone if they are a reaction to a message.
    /// Typing is over when it is told. IRCv3 react: the one tag goes with the other.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        if matches!(self.target, Target::Ranked(..)) {
            return false;
        }
        self.kind != PostKind::Tags || (self.bears(&REACTIONS) && self.bears(&REPLIES))
    }

    /// Whether one of some tags is there, with a value.
    fn bears(&self, keys: &[&str]) -> bool {
        let mut tags = self.tags.split(';').filter_map(|tag| tag.split_once('='));
        tags.any(|(key, value)| keys.contains(&key) && !value.is_empty())
    }
}

const REACTIONS: [&str; 2] = ["+draft/react", "+draft/unreact"];
/// Clients send the tag under the name that it had as a draft, under the one that it has now, or under both.
const REPLIES: [&str; 2] = ["+reply", "+draft/reply"];

#[cfg(test)]
mod tests {
    use super::super::ranks::Rank;
    use super::*;
    use crate::names::RoomName;

    fn post(kind: PostKind, tags: &str) -> Post {
        post_to(Target::Room(RoomName::lobby()), kind, tags)
    }

    fn post_to(target: Target, kind: PostKind, tags: &str) -> Post {
        Post {
            target,
            kind,
            text: "".into(),
            tags: tags.into(),
            retry: None,
            concat: None,
        }
    }

    #[test]
    fn tags_last_if_they_are_a_reaction_to_a_message() {
        let cases = [
            ("+draft/react=👍;+draft/reply=e-1", true),
            ("+x;+reply=e-1;+y=;+draft/unreact=:)", true),
            ("+draft/react=👍", false),
            ("+draft/react=👍;+draft/reply=", false),
            ("+draft/react;+draft/reply=e-1", false),
            ("+draft/reply=e-1", false),
            ("+typing=active;+draft/reply=e-1", false),
            ("+x=+draft/react=a;+draft/reply=e-1", false),
            ("", false),
        ];
        for (tags, expected) in cases {
            assert_eq!(post(PostKind::Tags, tags).is_lasting(), expected, "{tags}");
            assert!(post(PostKind::Notice, tags).is_lasting());
        }
    }

    #[test]
    fn nothing_that_is_for_a_rank_lasts() {
        let operators = Target::Ranked(RoomName::lobby(), Rank::Operator);
        for kind in [PostKind::Message, PostKind::Tags] {
            let post = post_to(operators.clone(), kind, "+draft/react=a;+reply=b");
            assert!(!post.is_lasting());
        }
    }
}
