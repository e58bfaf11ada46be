//! What a room holds, read by CHATHISTORY from one end to the other.

use std::net::SocketAddr;

use test_support::LineClient;

use super::line::Told;
use super::page::page;

/// Somebody who only reads.
pub(crate) struct Historian {
    client: LineClient,
    /// What was said to be missing.
    pub(crate) failures: Vec<String>,
}

impl Historian {
    pub(crate) fn enter(address: SocketAddr, nick: &str) -> Self {
        let mut client = LineClient::connect(address);
        client.caps(&["batch", "message-tags", "draft/chathistory"]);
        client.register(nick);
        Self {
            client,
            failures: Vec::new(),
        }
    }

    /// Everything that was said in a room after a message, the oldest first; from the beginning
    /// without one.
    pub(crate) fn read_on(&mut self, room: &str, from: Option<&str>) -> Vec<Told> {
        let mut history: Vec<Told> = Vec::new();
        self.client.join(room);
        loop {
            let last = history.last().map(|told| &*told.msgid).or(from);
            let page = match last {
                Some(msgid) => self.page("AFTER", room, &format!("msgid={msgid}")),
                None => self.page("AFTER", room, LONG_AGO),
            };
            if page.is_empty() {
                return history;
            }
            history.extend(page);
        }
    }

    /// The same, read from the end back to that message.
    pub(crate) fn read_back(&mut self, room: &str, to: Option<&str>) -> Vec<Told> {
        self.client.join(room);
        let mut page = self.page("LATEST", room, "*");
        let mut pages = Vec::new();
        while let Some(first) = page.first() {
            let before = format!("msgid={}", first.msgid);
            let is_end = page.iter().position(|told| Some(&*told.msgid) == to);
            pages.push(page.split_off(is_end.map_or(0, |at| at + 1)));
            if is_end.is_some() {
                break;
            }
            page = self.page("BEFORE", room, &before);
        }
        pages.into_iter().rev().flatten().collect()
    }

    fn page(&mut self, direction: &str, room: &str, reference: &str) -> Vec<Told> {
        let (page, failures) = page(&mut self.client, direction, room, reference);
        self.failures.extend(failures);
        page
    }
}

const LONG_AGO: &str = "timestamp=1970-01-01T00:00:00.000Z";
