//! The forms in which an event leaves the house: wire × dialect × capabilities. Floor 5.
//!
//! Two people of one form get the same bytes, so an event is encoded once per form.

use bytes::BytesMut;
use memchr::memchr;

use crate::dialect::irc::{Caps, Extra};
use crate::dialect::{Dialect, irc, plain};
use crate::hub::entry::{Act, Committed};
use crate::net::framing::Wire;
use crate::time::Timestamp;

/// A form, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FormId(u16);

impl FormId {
    /// The form of somebody who hears nothing for now: not registered, or without a socket.
    pub(super) const MUTE: FormId = FormId(u16::MAX);
}

/// One way of writing events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) dialect: Dialect,
    pub(super) wire: Wire,
    /// Only those that change the bytes; see [`Caps::form`].
    pub(super) caps: Caps,
}

/// A time and its text.
#[derive(Debug, Default)]
struct Stamp {
    at: Option<Timestamp>,
    text: String,
}

impl Stamp {
    fn at(&mut self, at: Timestamp) -> &str {
        if self.at != Some(at) {
            self.at = Some(at);
            self.text.clear();
            at.push_iso(&mut self.text);
        }
        &self.text
    }
}

/// Every form that was ever in use. There are few: at most one for each set of capabilities that
/// changes the bytes, times the wires.
#[derive(Debug, Default)]
pub(super) struct Forms {
    list: Vec<Form>,
    line: String,
    /// What is said in one turn is said at one time, which is written once.
    stamp: Stamp,
}

impl Forms {
    /// The number of a form.
    pub(super) fn id(&mut self, form: Form) -> FormId {
        let form = Form {
            caps: form.caps.form(),
            ..form
        };
        let place = self.list.iter().position(|other| *other == form);
        let place = place.unwrap_or_else(|| {
            self.list.push(form);
            self.list.len() - 1
        });
        u16::try_from(place).map_or(FormId::MUTE, FormId)
    }

    /// Whether the readers of a form hear of crowds by their number.
    pub(super) fn counts(&self, id: FormId) -> bool {
        let form = self.list.get(usize::from(id.0));
        form.is_some_and(|form| form.caps.has(Caps::CROWDS))
    }

    /// Appends an event as this form's readers get it; nothing when they do not.
    pub(super) fn encode(
        &mut self,
        id: FormId,
        committed: &Committed,
        epoch: &str,
        out: &mut BytesMut,
    ) {
        self.write(id, committed, out, |form, stamp, line| match form.dialect {
            Dialect::Irc => {
                let extra = Extra {
                    time: Some(stamp.at(committed.at)),
                    ..Extra::default()
                };
                irc::encode_for(committed, form.caps, epoch, extra, line)
            }
            Dialect::Plain => plain::encode(committed, line),
        });
    }

    /// The same for one whom the event is about: who is invited hears of it whatever they agreed on.
    pub(super) fn encode_personally(
        &mut self,
        id: FormId,
        committed: &Committed,
        epoch: &str,
        out: &mut BytesMut,
    ) {
        let Act::Invite { room, .. } = &committed.entry.act else {
            return self.encode(id, committed, epoch, out);
        };
        let by = &committed.entry.source.nick;
        self.write(id, committed, out, |form, _, line| match form.dialect {
            Dialect::Irc => {
                irc::encode(committed, form.caps.with(Caps::INVITE_NOTIFY), epoch, line)
            }
            Dialect::Plain => {
                line.push_str(&plain::words::invited(by, room));
                true
            }
        });
    }

    fn write(
        &mut self,
        id: FormId,
        committed: &Committed,
        out: &mut BytesMut,
        line: impl FnOnce(&Form, &mut Stamp, &mut String) -> bool,
    ) {
        let Some(form) = self.list.get(usize::from(id.0)) else {
            return;
        };
        self.line.clear();
        if line(form, &mut self.stamp, &mut self.line) {
            let line = self.line.as_bytes();
            match is_multiline(committed) {
                true => wrap_each(&form.wire, line, out),
                false => (form.wire.wrap)(line, out),
            }
        }
    }
}

fn is_multiline(committed: &Committed) -> bool {
    matches!(&committed.entry.act, Act::Post(post) if post.is_multiline())
}

/// Each line is a message of its own.
fn wrap_each(wire: &Wire, mut lines: &[u8], out: &mut BytesMut) {
    while let Some(end) = memchr(b'\n', lines) {
        (wire.wrap)(&lines[..end], out);
        lines = &lines[end + 1..];
    }
    (wire.wrap)(lines, out);
}
