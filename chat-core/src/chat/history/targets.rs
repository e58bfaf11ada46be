//! With whom and where something was said. IRCv3 chathistory, "TARGETS". Floor 5.

use std::collections::{HashMap, HashSet};

use super::inquiry::Wish;
use super::lines::{Lines, TargetLine};
use crate::chat::answer::AnswerKey;
use crate::chat::turn::Turn;
use crate::id::{Identity, PersonId};
use crate::journal::{About, End, Partner, Question, Talk};
use crate::names::Nick;
use crate::time::Timestamp;

impl Turn<'_> {
    pub(super) fn ask_for_targets(
        &mut self,
        who: PersonId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
        key: AnswerKey,
    ) {
        let Some(member) = self.chat.hub.person(who) else {
            return;
        };
        let rooms = member.rooms.iter();
        let rooms = rooms.filter_map(|&room| self.chat.hub.room_at(room));
        let end = if from <= to {
            End::Earliest
        } else {
            End::Latest
        };
        let about = About::Talks {
            of: member.identity,
            rooms: rooms.map(|room| room.name.clone()).collect(),
            after: from.min(to),
            before: self.not_before(from.max(to)),
            from: end,
            limit,
        };
        let until = self.chat.until;
        self.inquire(who, key, Question { until, about }, Wish::Targets(end));
    }

    /// Whoever asks for all until now gets what a clock that was ahead has stamped too: nothing was said later than now.
    fn not_before(&self, end: Timestamp) -> Timestamp {
        match end >= self.now.wall {
            true => Timestamp(i64::MAX),
            false => end,
        }
    }

    /// The earliest first, whichever end was asked for.
    pub(super) fn tell_targets(
        &mut self,
        who: PersonId,
        mut talks: Vec<Talk>,
        from: End,
        key: AnswerKey,
    ) {
        if from == End::Latest {
            talks.reverse();
        }
        let lines = Lines::targets(self.target_lines(talks));
        self.tell_batch(who, &["draft/chathistory-targets"], lines, key);
    }

    /// Whoever is here is told by the name that they have now, whoever is gone by the one that they had; unless that
    /// is somebody else's by now, since asking for it would mean the other one.
    fn target_lines(&self, talks: Vec<Talk>) -> Vec<TargetLine> {
        let here = self.names_of(&talks);
        let named = talks.into_iter().filter_map(|Talk { with, at }| {
            let name = match with {
                Partner::Room(name) => name.to_string(),
                Partner::Person(identity, nick) => match here.get(&identity) {
                    Some(name) => name.to_string(),
                    None if self.chat.hub.by_nick(&nick).is_some() => return None,
                    None => nick.to_string(),
                },
            };
            Some(TargetLine { name, at })
        });
        once_each(named.collect())
    }

    /// What those of them are called who are here.
    fn names_of(&self, talks: &[Talk]) -> HashMap<Identity, &Nick> {
        let partners = talks.iter().filter_map(|talk| match &talk.with {
            Partner::Person(identity, nick) => Some((*identity, nick)),
            Partner::Room(_) => None,
        });
        let wanted: HashMap<Identity, &Nick> = partners.collect();
        let here = self.chat.hub.people();
        let here = here.filter(|member| wanted.contains_key(&member.identity));
        here.map(|member| (member.identity, &member.source.nick))
            .collect()
    }
}

/// Several who have gone may have had one name; whoever asks for it is given what they all said. The latest line of each
/// name stays.
fn once_each(mut lines: Vec<TargetLine>) -> Vec<TargetLine> {
    let mut later = HashSet::new();
    lines.reverse();
    lines.retain(|line| later.insert(line.name.to_ascii_lowercase()));
    lines.reverse();
    lines
}
