//! What may be dropped for somebody who reads too slowly, and what they are told instead.
//!
//! ```text
//! NOTE * MESSAGES_DROPPED #lobby e-7 :12 messages are missing here: you read too slowly
//!                         room   └ the last of them, or `*` to those who get no msgid
//! ```
//!
//! To those without `standard-replies` it is `NOTICE #lobby :12 messages …`: a room's buffer is where it belongs.
//!
//! A marker has the form of IRCv3 standard-replies, and the time of the last message that is missing
//! if the reader's lines have times, so that whoever sorts by it sorts it in.

use super::decode::is_post;
use super::message::Message;
use super::multiline::NAME;
use super::reply::Line;
use super::tags::TagWriter;
use crate::dialect::missing;
use crate::gap::{Gap, Lost, Part};

/// The command of a marker's code. IRCv3 standard-replies: of our own, as the specification allows.
pub const MESSAGES_DROPPED: &str = "MESSAGES_DROPPED";

/// What a line is, if it may be dropped: said by somebody in a room, and no answer. What has a label
/// is the acknowledgement of the reader's own words; what is in a batch belongs to an answer, or is dropped with the
/// whole of a message of several lines.
#[must_use]
pub fn dispensable(line: &str) -> Option<Lost<'_>> {
    let message = Message::of_server(line)?;
    // A marker has none.
    message.source?;
    let (room, part) = match (
        message.command,
        message.tags.raw("batch"),
        &message.params[..],
    ) {
        ("BATCH", None, [tag, NAME, room, ..]) => (*room, Part::First(tag.strip_prefix('+')?)),
        ("BATCH", None, [tag]) => ("", Part::Last(tag.strip_prefix('-')?)),
        (command, Some(batch), [room, ..]) if is_post(command) => (*room, Part::Further(batch)),
        (command, None, [room, ..]) if is_post(command) => (*room, Part::Whole),
        _ => return None,
    };
    let is_of_a_room = room.starts_with('#') || matches!(part, Part::Last(_));
    let is_answer = message.tags.raw("label").is_some();
    (is_of_a_room && !is_answer).then(|| Lost {
        room,
        msgid: message.tags.raw("msgid").unwrap_or_default(),
        time: message.tags.raw("time").unwrap_or_default(),
        part,
    })
}

/// Appends the line that stands where messages of a room are missing.
pub fn dropped(room: &str, gap: &Gap, out: &mut String) {
    write_time(gap, out);
    let params = ["*", MESSAGES_DROPPED, room, &gap.msgid];
    Line::bare(out, "NOTE")
        .params(&params)
        .text(missing(gap.count));
}

/// The same for whoever does not know of standard replies.
pub fn dropped_in_words(room: &str, gap: &Gap, out: &mut String) {
    write_time(gap, out);
    let line = Line::bare(out, "NOTICE").param(room);
    line.text(missing(gap.count));
}

fn write_time(gap: &Gap, out: &mut String) {
    let mut tags = TagWriter::new(out);
    if !gap.time.is_empty() {
        tags.tag("time", &gap.time);
    }
    tags.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_in_rooms_may_be_dropped_and_nothing_else() {
        let lost = |msgid, time| Some(Lost::whole("#a", msgid, time));
        let part = |room, msgid, part| {
            let lost = Lost::whole(room, msgid, "");
            Some(Lost { part, ..lost })
        };
        let cases = [
            (":ana!a@h PRIVMSG #a :hello", lost("", "")),
            (":ana!a@h NOTICE #a :JOIN #b", lost("", "")),
            (
                "@time=t;msgid=e-7 :ana!a@h PRIVMSG #a :hi",
                lost("e-7", "t"),
            ),
            (
                "@msgid=e-7;+typing=active :ana!a@h TAGMSG #a",
                lost("e-7", ""),
            ),
            ("@msgid=e-7 :ana!a@h PRIVMSG bob :PRIVMSG #a :x", None),
            ("@label=1;msgid=e-7 :ana!a@h PRIVMSG #a :mine", None),
            (
                "@batch=m7 :ana!a@h PRIVMSG #a :then",
                part("#a", "", Part::Further("m7")),
            ),
            (
                "@msgid=e-7 :ana!a@h BATCH +m7 draft/multiline #a",
                part("#a", "e-7", Part::First("m7")),
            ),
            (":ana!a@h BATCH -m7", part("", "", Part::Last("m7"))),
            ("@label=1 :ana!a@h BATCH +m7 draft/multiline #a", None),
            ("@batch=b1 :ana!a@h BATCH +m7 draft/multiline #a", None),
            ("@batch=b1 :ana!a@h BATCH -m7", None),
            (":ana!a@h BATCH +m7 draft/multiline bob", None),
            (":chat.local BATCH +b1 chathistory #a", None),
            (":chat.local NOTICE ana :#a", None),
            (":ana!a@h JOIN #a", None),
            (":ana!a@h TOPIC #a :PRIVMSG #a :x", None),
            (":chat.local 353 ana = #a :PRIVMSG", None),
            ("NOTE * MESSAGES_DROPPED #a * :x", None),
            ("NOTICE #a :1 message is missing here", None),
            ("PRIVMSG", None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(dispensable(line), expected, "{line}");
        }
    }

    #[test]
    fn a_marker_names_room_last_message_and_count() {
        let mut gap = Gap::default();
        let marker = |gap: &Gap| {
            let mut out = String::new();
            dropped("#a", gap, &mut out);
            out
        };
        gap.add(Lost::whole("#a", "", ""));
        assert_eq!(
            marker(&gap),
            "NOTE * MESSAGES_DROPPED #a * :1 message is missing here: you read too slowly"
        );
        gap.add(Lost::whole("#a", "e-7", "t"));
        assert_eq!(
            marker(&gap),
            "@time=t NOTE * MESSAGES_DROPPED #a e-7 :2 messages are missing here: you read too slowly"
        );
        let mut words = String::new();
        dropped_in_words("#a", &gap, &mut words);
        assert_eq!(
            words,
            "@time=t NOTICE #a :2 messages are missing here: you read too slowly"
        );
    }
}
