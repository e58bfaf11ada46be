//! A queue of numbered messages, against a socket that takes what the test allows: what was sent,
//! what waits and what the markers tell must account for every message.

use std::io::{self, Write};
use std::time::Instant;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::gap::Gap;

/// `a:7 …` was said in room a and may be dropped; `+7 …` may not; `!a 3 7` tells that three are missing, the last of
/// them 7.
const WIRE: Wire = Wire {
    name: "test",
    wrap: |message, out| {
        out.extend_from_slice(message);
        out.extend_from_slice(b"\n");
    },
    first: |bytes| memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1),
    message: |wrapped| wrapped.strip_suffix(b"\n").unwrap_or(wrapped),
};

const THIN: Thin = Thin {
    dispensable: |message| {
        let (room, rest) = message.split_once(':')?;
        let msgid = rest.split(' ').next()?;
        Some(Lost::whole(room, msgid, ""))
    },
    marker: |room, gap, out| *out += &format!("!{room} {} {}", gap.count, gap.msgid),
    notice: |_, _, _| {},
};

/// What is said, and what came of it.
#[derive(Default)]
struct Talk {
    outbox: Outbox,
    /// By room, and what may not be dropped under the name `+`.
    said: [u64; 4],
    got: Vec<u8>,
}

const ROOMS: [&str; 4] = ["+", "a", "b", "c"];

impl Talk {
    /// Says a message in one of the rooms.
    fn line(&mut self, room: usize, length: usize) -> String {
        let number = self.said[room];
        self.said[room] += 1;
        let mark = if room == 0 { "" } else { ":" };
        format!("{}{mark}{number} {}\n", ROOMS[room], "x".repeat(length))
    }

    fn copy(&mut self, room: usize, length: usize) {
        let line = self.line(room, length);
        self.outbox.push_copy(line.as_bytes(), WIRE.first);
    }

    /// A chunk of a whole turn, long enough to be shared.
    fn share(&mut self, room: usize, length: usize) {
        let lines: String = (0..9).map(|_| self.line(room, 500 + length)).collect();
        self.outbox.push_shared(Bytes::from(lines), WIRE.first);
    }

    fn take(&mut self, count: usize) {
        let mut sink = Sink {
            got: &mut self.got,
            left: count,
        };
        self.outbox.write_to(&mut sink, Instant::now()).unwrap();
    }

    /// Thins, and sees that enough was dropped, or all that could be.
    fn thin(&mut self, bytes_max: usize) -> Gaps {
        let before = self.outbox.bytes();
        let dropped = self.outbox.thin(WIRE, THIN, bytes_max);
        let waiting = self.waiting();
        assert_eq!(waiting.len(), self.outbox.bytes());
        let text = std::str::from_utf8(&waiting[self.begun()..]).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'));
        let is_enough = waiting.len() <= bytes_max;
        let left = text.lines().filter_map(THIN.dispensable).count();
        assert!(is_enough || left == 0, "{left} left of {before} bytes");
        dropped
    }

    /// Bytes that are left of the message that is sent in part.
    fn begun(&self) -> usize {
        self.outbox.message_end() - self.outbox.sent
    }

    /// All that waits.
    fn waiting(&self) -> Vec<u8> {
        let chunks = self.outbox.chunks.iter();
        let all: Vec<u8> = chunks
            .flat_map(|chunk| chunk.body.bytes().to_vec())
            .collect();
        all[self.outbox.sent..].to_vec()
    }

    /// Sends all the rest; every message must be there, in order, or told to be missing where it is.
    fn account(mut self) -> Vec<Gap> {
        self.take(usize::MAX);
        assert_eq!(self.outbox.bytes(), 0);
        let (mut heard, mut gaps) = ([0; 4], Vec::new());
        let text = String::from_utf8(self.got).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'));
        for line in text.lines() {
            let of = |room: &str| ROOMS.iter().position(|other| *other == room).unwrap();
            let (room, count) = match (line.strip_prefix('!'), line.strip_prefix('+')) {
                (Some(marker), _) => {
                    let words: Vec<&str> = marker.split(' ').collect();
                    let (room, count): (_, u64) = (of(words[0]), words[1].parse().unwrap());
                    assert_eq!(words[2], (heard[room] + count - 1).to_string(), "{text}");
                    gaps.push(Gap {
                        count,
                        ..Gap::default()
                    });
                    (room, count)
                }
                (None, Some(rest)) => (0, number(rest, heard[0])),
                (None, None) => {
                    let (room, rest) = line.split_once(':').unwrap();
                    (of(room), number(rest, heard[of(room)]))
                }
            };
            heard[room] += count;
        }
        assert_eq!(heard, self.said, "{text}");
        gaps
    }
}

/// One message, which must be the expected one.
#[track_caller]
fn number(rest: &str, expected: u64) -> u64 {
    assert_eq!(rest.split(' ').next(), Some(&*expected.to_string()));
    1
}

struct Sink<'a> {
    got: &'a mut Vec<u8>,
    left: usize,
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[io::IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        let before = self.left;
        for slice in slices {
            let count = slice.len().min(self.left);
            self.got.extend_from_slice(&slice[..count]);
            self.left -= count;
        }
        match before {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            _ => Ok(before - self.left),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lines of two rooms and some that may not be dropped, in copied and in shared chunks.
fn mixed() -> Talk {
    let mut talk = Talk::default();
    for i in 0..12 {
        talk.copy(i % 4, i * 7);
        talk.copy(1, 3);
    }
    talk.share(1, 10);
    talk.copy(0, 100);
    talk.share(2, 20);
    talk
}

#[test]
fn thinned_at_every_position_every_message_is_sent_or_told_missing() {
    let length = mixed().outbox.bytes();
    for sent in 0..=length {
        let mut talk = mixed();
        talk.take(sent);
        talk.thin(length / 4);
        talk.copy(1, 5);
        talk.account();
    }
}

#[test]
fn a_marker_not_sent_yet_goes_into_the_next_one_and_one_that_is_stays() {
    let mut talk = Talk::default();
    talk.share(1, 0);
    talk.thin(1000);
    talk.share(1, 0);
    talk.thin(1000);
    assert_eq!(talk.account().len(), 1);

    let mut talk = Talk::default();
    talk.share(1, 0);
    talk.thin(1000);
    talk.take(1);
    talk.share(1, 0);
    talk.thin(1000);
    assert_eq!(talk.account().len(), 2);
}

#[test]
fn what_was_kept_once_is_not_looked_at_again() {
    thread_local!(static LOOKS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });
    let counting = Thin {
        dispensable: |message| {
            LOOKS.set(LOOKS.get() + 1);
            (THIN.dispensable)(message)
        },
        ..THIN
    };
    let mut talk = Talk::default();
    for i in 0..10_000 {
        // Nine tenths of the bound are filled by what may not be dropped.
        talk.copy(usize::from(i >= 900), 100);
        if talk.outbox.bytes() > 120_000 {
            talk.outbox.thin(WIRE, counting, 60_000);
        }
    }
    assert!(LOOKS.get() <= 10_000, "{} looks", LOOKS.get());
    talk.account();
}

#[test]
fn what_another_wire_wrote_stays() {
    let mut outbox = Outbox::default();
    outbox.push_copy(b"a:0 head", <[u8]>::len);
    outbox.push_copy(b"a:0 x\na:1 x\n", WIRE.first);
    outbox.thin(WIRE, THIN, 0);
    let mut got = Vec::new();
    let mut sink = Sink {
        got: &mut got,
        left: usize::MAX,
    };
    outbox.write_to(&mut sink, Instant::now()).unwrap();
    assert_eq!(got, b"a:0 head!a 2 1\n");
}

#[test]
fn a_cut_behind_a_thinning_leaves_the_message_that_is_sent_in_part() {
    for sent in 0..=200 {
        let mut talk = mixed();
        talk.take(sent);
        talk.thin(500);
        let rest = talk.waiting()[..talk.begun()].to_vec();
        let expected = [&talk.got[..], &rest].concat();
        talk.outbox.cut();
        talk.outbox.push_copy(b"ERROR\n", WIRE.first);
        talk.take(usize::MAX);
        assert_eq!(talk.got, [&expected[..], b"ERROR\n"].concat(), "at {sent}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Copy(usize, usize),
    Share(usize, usize),
    Take(usize),
    Thin(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4usize, 0..300usize).prop_map(|(room, length)| Step::Copy(room, length)),
        1 => (0..4usize, 0..300usize).prop_map(|(room, length)| Step::Share(room, length)),
        2 => (0..3000usize).prop_map(Step::Take),
        2 => (0..8000usize).prop_map(Step::Thin),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_every_message_is_sent_or_told_missing(
        steps in proptest::collection::vec(step(), 0..60),
    ) {
        let mut talk = Talk::default();
        for step in steps {
            match step {
                Step::Copy(room, length) => talk.copy(room, length),
                Step::Share(room, length) => talk.share(room, length),
                Step::Take(count) => talk.take(count),
                Step::Thin(bytes_max) => drop(talk.thin(bytes_max)),
            }
        }
        talk.account();
    }
}

/// `<7` begins one that is told by several, `|7` goes on with it and `>7` ends it; `+` may not be dropped.
const PARTS: Thin = Thin {
    dispensable: |message| {
        let (sign, name) = message.split_at_checked(1)?;
        let part = match sign {
            "<" => Part::First(name),
            "|" => Part::Further(name),
            ">" => Part::Last(name),
            "." => Part::Whole,
            _ => return None,
        };
        Some(Lost {
            part,
            ..Lost::whole("a", name, "")
        })
    },
    marker: |_, gap, out| *out += &format!("!{} {}", gap.count, gap.msgid),
    notice: |_, _, _| {},
};

/// What is sent of these messages, after so many bytes were and the rest was thinned.
fn thinned(messages: &str, sent: usize, bytes_max: usize) -> String {
    let mut talk = Talk::default();
    for message in messages.split(' ') {
        let line = format!("{message}\n");
        talk.outbox.push_copy(line.as_bytes(), WIRE.first);
    }
    talk.take(sent);
    talk.outbox.thin(WIRE, PARTS, bytes_max);
    talk.take(usize::MAX);
    String::from_utf8(talk.got)
        .unwrap()
        .trim_end()
        .replace('\n', " ")
}

#[test]
fn what_is_told_by_several_messages_is_dropped_whole_or_not_at_all() {
    let messages = "<1 |1 >1 .2 <3 |3 +4 >3 .5";
    assert_eq!(thinned(messages, 0, 0), "+4 !4 5");
    // The last part of what has begun to be sent stays, and what is dropped is as far as its end.
    for sent in 1..9 {
        assert_eq!(thinned(messages, sent, 0), "<1 |1 >1 +4 !3 5", "{sent}");
    }
    let most = MARKER_BYTES + 20;
    let long = "x".repeat(300);
    let messages = format!("<1 |1 >1 +{long} .2");
    assert_eq!(thinned(&messages, 0, most), format!("+{long} !2 2"));
    let messages = format!("<{long} |{long} >{long} <2 |2 >2");
    assert_eq!(thinned(&messages, 0, most), format!("!1 {long} <2 |2 >2"));
}
