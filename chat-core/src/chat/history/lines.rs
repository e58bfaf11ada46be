//! An answer to CHATHISTORY, line by line. Floor 5.

use std::sync::Arc;
use std::vec::IntoIter;

use crate::chat::Chat;
use crate::dialect::irc::reply::Line;
use crate::dialect::irc::tags::TagWriter;
use crate::dialect::irc::{Extra, encode_for};
use crate::hub::entry::Committed;
use crate::id::PersonId;
use crate::time::Timestamp;

/// What is still to be told.
#[derive(Debug)]
pub(in crate::chat) struct Lines(Kind);

#[derive(Debug)]
enum Kind {
    Said(IntoIter<Arc<Committed>>),
    Targets(IntoIter<TargetLine>),
}

/// A room or somebody, and when something was said there last.
#[derive(Debug)]
pub(super) struct TargetLine {
    pub(super) name: String,
    pub(super) at: Timestamp,
}

impl Lines {
    pub(super) fn said(entries: Vec<Arc<Committed>>) -> Lines {
        Lines(Kind::Said(entries.into_iter()))
    }

    pub(super) fn targets(targets: Vec<TargetLine>) -> Lines {
        Lines(Kind::Targets(targets.into_iter()))
    }

    /// The next one, as somebody may read it now.
    pub(in crate::chat) fn next(
        &mut self,
        chat: &Chat,
        who: PersonId,
        batch: Option<&str>,
    ) -> Option<String> {
        match &mut self.0 {
            Kind::Said(entries) => entries.find_map(|entry| said(chat, who, &entry, batch)),
            Kind::Targets(targets) => targets.next().map(|it| target(chat, &it, batch)),
        }
    }
}

fn said(chat: &Chat, who: PersonId, entry: &Committed, batch: Option<&str>) -> Option<String> {
    if chat.taken_back.has(entry.seq) {
        return None;
    }
    let caps = chat.reader(who).caps;
    let epoch = chat.journal.epochs().of(entry.seq);
    let extra = Extra {
        batch,
        ..Extra::default()
    };
    let mut line = String::new();
    encode_for(entry, caps, epoch, extra, &mut line).then_some(line)
}

fn target(chat: &Chat, target: &TargetLine, batch: Option<&str>) -> String {
    let mut line = String::new();
    let mut tags = TagWriter::new(&mut line);
    if let Some(batch) = batch {
        tags.tag("batch", batch);
    }
    tags.end();
    let command = Line::from_source(&mut line, &chat.house.server, "CHATHISTORY");
    let named = command.param("TARGETS").param(&target.name);
    named.param(&target.at.iso()).end();
    line
}
