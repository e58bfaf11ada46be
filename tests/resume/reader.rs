//! Somebody who comes back, and puts what they read in its place.

use std::collections::BTreeMap;

use chat_core::dialect::irc::Message;
use test_support::LineClient;

use crate::limits_support::House;

/// A line that was said in the room.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) msgid: String,
    pub(crate) number: usize,
}

impl Said {
    fn of(message: &Message<'_>) -> Option<Said> {
        let number = message.params.get(1)?.parse().ok()?;
        let msgid = message.tags.raw("msgid")?.to_owned();
        (message.command == "PRIVMSG").then_some(Said { msgid, number })
    }
}

/// One answer of CHATHISTORY.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) lines: Vec<Said>,
    /// Whether nothing was said to be missing.
    pub(crate) is_whole: bool,
    /// What was heard of the room until its end.
    live: Vec<Said>,
}

impl Page {
    /// Reads to the end of the batch.
    pub(crate) fn read(line: &mut LineClient) -> Page {
        let (lines, live) = (Vec::new(), Vec::new());
        let mut page = Page {
            lines,
            is_whole: true,
            live,
        };
        loop {
            let heard = line.next_line();
            let message = Message::of_server(&heard).unwrap();
            match message.command {
                "FAIL" => page.is_whole = false,
                "BATCH" if message.params[0].starts_with('-') => return page,
                _ => {}
            }
            let is_history = message.tags.raw("batch").is_some();
            let place = match is_history {
                true => &mut page.lines,
                false => &mut page.live,
            };
            place.extend(Said::of(&message));
        }
    }

    pub(crate) fn numbers(&self) -> Vec<usize> {
        self.lines.iter().map(|said| said.number).collect()
    }
}

/// A connection of somebody in the room.
pub(crate) struct Reader {
    pub(crate) line: LineClient,
    /// What was heard since they joined.
    live: Vec<Said>,
}

impl Reader {
    /// Somebody who has joined just now, and has heard what is said next.
    pub(crate) fn enter(house: &House, nick: &str) -> Reader {
        let mut reader = Reader::connect(house, nick, "");
        reader.line.expect(|heard| heard.contains(" 366 "));
        reader
    }

    /// Everything in one write: whoever comes back does not wait for answers.
    fn connect(house: &House, nick: &str, question: &str) -> Reader {
        let mut line = LineClient::connect(house.irc);
        // The connection of before may not have been buried yet.
        let nick = format!("{nick}-{}", line.local_addr().port());
        line.send(&format!(
            "CAP REQ :message-tags batch draft/chathistory\r\nNICK {nick}\r\nUSER r 0 * :r\r\nCAP END\r\n\
             JOIN #a\r\n{question}"
        ));
        let live = Vec::new();
        Reader { line, live }
    }

    /// Listens for a moment; gives the last message heard.
    pub(crate) fn settle(mut self) -> Said {
        self.listen(5);
        self.check_live();
        self.live.pop().unwrap()
    }

    /// Comes back, reads what was said since a message, and listens on for a moment; gives the last message heard.
    ///
    /// # Panics
    /// When something is missing, told twice or out of order.
    pub(crate) fn resume(house: &House, nick: &str, last: &Said) -> Said {
        let after = |said: &Said| format!("CHATHISTORY AFTER #a msgid={} {PAGE}", said.msgid);
        let mut reader = Reader::connect(house, nick, &after(last));
        let mut missed = Vec::new();
        let is_at_end = loop {
            let is_full = reader.turn_page(&mut missed);
            if !is_full || reader.meets(&missed) {
                break !is_full;
            }
            reader.line.send(&after(missed.last().unwrap()));
        };
        let heard = reader.live.len();
        reader.listen(3);
        // A page that is not full goes to the moment of the request, and what is heard behind it is newer.
        let end = missed.last().unwrap_or(last).number;
        assert!(!is_at_end || reader.live[heard].number > end, "told twice");
        reader.check_live();
        reader.check_together(last, &missed);
        reader.live.pop().unwrap()
    }

    /// Reads one page; whether there may be another.
    fn turn_page(&mut self, missed: &mut Vec<Said>) -> bool {
        let page = Page::read(&mut self.line);
        assert!(page.is_whole, "nothing was dropped");
        self.live.extend(page.live);
        let is_full = page.lines.len() == PAGE;
        missed.extend(page.lines);
        is_full
    }

    /// Whether the pages have come to what was heard.
    fn meets(&self, missed: &[Said]) -> bool {
        let (first, last) = (self.live.first(), missed.last());
        first
            .zip(last)
            .is_some_and(|(first, last)| first.number <= last.number + 1)
    }

    /// Hears so many lines of the room.
    fn listen(&mut self, count: usize) {
        let end = self.live.len() + count;
        while self.live.len() < end {
            let heard = self.line.next_line();
            let message = Message::of_server(&heard).unwrap();
            self.live.extend(Said::of(&message));
        }
    }

    /// What is heard as it happens is all of it, in order, once.
    fn check_live(&self) {
        let numbers: Vec<usize> = self.live.iter().map(|said| said.number).collect();
        assert!(numbers.is_sorted_by(|a, b| *b == a + 1), "{numbers:?}");
    }

    /// So is what was read; and the two meet. A line that is in both is the same one.
    fn check_together(&self, last: &Said, missed: &[Said]) {
        let numbers: Vec<usize> = missed.iter().map(|said| said.number).collect();
        let read = last.number + 1..last.number + 1 + missed.len();
        assert!(
            numbers.iter().copied().eq(read.clone()),
            "{numbers:?} after {last:?}"
        );
        let first = self.live[0].number;
        assert!(first <= read.end, "{read:?}, and then {first}");
        let by_id: BTreeMap<&str, usize> = missed
            .iter()
            .map(|said| (said.msgid.as_str(), said.number))
            .collect();
        for said in &self.live {
            let same = by_id.get(said.msgid.as_str());
            let in_both = read.contains(&said.number).then_some(&said.number);
            assert_eq!(same, in_both, "{said:?}");
        }
    }
}

/// Lines of a page.
const PAGE: usize = 100;
