//! A message of several lines. IRCv3 multiline.
//!
//! ```text
//! @time=…;msgid=e-7 :ana!a@h BATCH +m7 draft/multiline #lobby      @time=…;msgid=e-7 :ana!a@h PRIVMSG #lobby :one
//! @batch=m7 :ana!a@h PRIVMSG #lobby :one                           @time=… :ana!a@h PRIVMSG #lobby :two
//! @batch=m7 :ana!a@h PRIVMSG #lobby :two
//! :ana!a@h BATCH -m7                                               └ to whoever does not know of such messages
//! ```
//!
//! Its lines come one right after the other, so the name of the batch need only differ from those around it.

use super::super::multiline::{CONCAT, NAME, Piece, pieces};
use super::{BOT_TAG, command, target, text_bytes_max, write_tags, write_time};
use super::{Caps, Committed, Extra, Line, Post, TagWriter};
use crate::limits::TAGS_REPEATED_BYTES_MAX;

/// What is told, for each of its lines.
struct Teller<'e> {
    committed: &'e Committed,
    post: &'e Post,
    caps: Caps,
    epoch: &'e str,
    extra: Extra<'e>,
}

/// Appends the lines, with `\n` between. False if there is none: nothing was said, which is only in a file that somebody
/// has edited.
pub(super) fn write(
    committed: &Committed,
    post: &Post,
    caps: Caps,
    epoch: &str,
    extra: Extra<'_>,
    out: &mut String,
) -> bool {
    let teller = Teller {
        committed,
        post,
        caps,
        epoch,
        extra,
    };
    if caps.has(Caps::LINES) {
        teller.write_batch(out);
        return true;
    }
    teller.write_each(out)
}

impl<'e> Teller<'e> {
    fn pieces(&self) -> impl Iterator<Item = Piece<'e>> + use<'e> {
        let Post { text, kind, .. } = self.post;
        let source = &self.committed.entry.source;
        let bytes_max = text_bytes_max(source, *kind, &target(self.post));
        pieces(text, self.post.pieces(), bytes_max)
    }

    fn line<'o>(&self, out: &'o mut String, command: &str) -> Line<'o> {
        Line::from_person(out, &self.committed.entry.source, command)
    }

    fn write_batch(&self, out: &mut String) {
        let name = self.name();
        write_tags(self.committed, self.caps, self.epoch, self.extra, out);
        let open = self.line(out, "BATCH").param(&format!("+{name}"));
        open.param(NAME).param(&target(self.post)).end();
        for piece in self.pieces() {
            out.push('\n');
            let mut tags = TagWriter::new(out);
            tags.tag("batch", &name);
            if piece.is_concat {
                tags.data(CONCAT);
            }
            tags.end();
            self.write_words(piece, out);
        }
        out.push('\n');
        // IRCv3 batch: start and end refer to the same outer one.
        let mut tags = TagWriter::new(out);
        if let Some(outer) = self.extra.batch {
            tags.tag("batch", outer);
        }
        tags.end();
        self.line(out, "BATCH").param(&format!("-{name}")).end();
    }

    fn name(&self) -> String {
        let Committed { seq, aside, .. } = self.committed;
        match aside {
            0 => format!("m{}", seq.0),
            aside => format!("m{}-{aside}", seq.0),
        }
    }

    fn write_words(&self, piece: Piece<'_>, out: &mut String) {
        let line = self.line(out, command(self.post.kind));
        line.param(&target(self.post)).words(piece.text);
    }

    /// IRCv3 multiline, "Fallback": what is said of the message is said with the first line, and no line is empty.
    fn write_each(&self, out: &mut String) -> bool {
        let mut is_first = true;
        for piece in self.pieces().filter(|piece| !piece.text.is_empty()) {
            if std::mem::replace(&mut is_first, false) {
                write_tags(self.committed, self.caps, self.epoch, self.extra, out);
            } else {
                out.push('\n');
                self.write_further_tags(out);
            }
            self.write_words(piece, out);
        }
        !is_first
    }

    fn write_further_tags(&self, out: &mut String) {
        let mut tags = TagWriter::new(out);
        if let Some(batch) = self.extra.batch {
            tags.tag("batch", batch);
        }
        write_time(&mut tags, self.committed, self.caps, self.extra);
        if self.committed.entry.source.is_bot && self.caps.has(Caps::MESSAGE_TAGS) {
            tags.data(BOT_TAG);
        }
        let is_short = self.post.tags.len() <= TAGS_REPEATED_BYTES_MAX;
        if self.caps.has(Caps::MESSAGE_TAGS) && is_short {
            tags.data(&self.post.tags);
        }
        tags.end();
    }
}
