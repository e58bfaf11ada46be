//! One `Client`: somebody's browser, and the socket that is the other end of their person at the relay.

use std::net::IpAddr;
use std::time::Instant;

use chat_core::dialect::irc::Message;
use chat_core::id::PersonId;
use chat_core::names::RoomName;

use super::pulse::Pulse;
use super::words;
use crate::limits::ROOMS_KEPT_MAX;
use crate::session::SessionId;
use crate::site::Login;

/// Somebody at the gateway.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) owner: Owner,
    /// Where their browser is.
    pub(super) address: IpAddr,
    /// What the relay calls them.
    pub(super) nick: String,
    /// Where the relay has them, so that they are there again when it has started anew.
    pub(super) rooms: Vec<String>,
    pub(super) browser: Option<PersonId>,
    pub(super) link: Link,
    pub(super) browser_pulse: Pulse,
    pub(super) relay_pulse: Pulse,
    /// Which of the relay's addresses is being tried, and how many are left to try now.
    pub(super) address_index: usize,
    pub(super) addresses_left: usize,
    /// ATTACHes without an answer: until it comes, what the relay says is for the browser before.
    pub(super) unanswered: u32,
    /// Since when somebody else has the name, or our former self still does.
    pub(super) taken_since: Option<Instant>,
    /// The batch in which the relay tells what was before: a JOIN in it is none of now.
    history: String,
    /// The reason that the relay gave before a socket closed.
    pub(super) last_words: String,
    /// The relay has sent them away, and they are not to come back by themselves.
    pub(super) expelled: bool,
    /// They have said QUIT, so the relay is right to close.
    pub(super) quits: bool,
}

/// Whose it is.
#[derive(Debug)]
pub(super) enum Owner {
    /// A login that waits for the relay to grant the name.
    LoggingIn {
        /// The connection with the form.
        asker: PersonId,
        login: Box<Login>,
    },
    /// A session; which one is known when its first WebSocket comes.
    Session(Option<SessionId>),
    /// An IRC client on a WebSocket, without a session: its socket at the relay is its own and ends
    /// with it.
    Guest,
}

/// The socket to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// There is none until then.
    Down(Instant),
    /// It is being made.
    Connecting(PersonId),
    /// It is there, and the relay has not said 001.
    Registering(PersonId),
    /// It is there.
    Up(PersonId),
}

impl Link {
    /// The socket, however far it is.
    pub(super) fn socket(self) -> Option<PersonId> {
        match self {
            Link::Down(_) => None,
            Link::Connecting(socket) | Link::Registering(socket) | Link::Up(socket) => Some(socket),
        }
    }

    /// The socket, if the person is known to the relay.
    pub(super) fn up(self) -> Option<PersonId> {
        match self {
            Link::Up(socket) => Some(socket),
            _ => None,
        }
    }
}

impl Client {
    pub(super) fn new(owner: Owner, address: IpAddr, nick: &str, now: Instant) -> Client {
        Client {
            owner,
            address,
            nick: nick.to_owned(),
            rooms: Vec::new(),
            browser: None,
            link: Link::Down(now),
            browser_pulse: Pulse::new(now),
            relay_pulse: Pulse::new(now),
            address_index: 0,
            addresses_left: 0,
            unanswered: 0,
            taken_since: None,
            history: String::new(),
            last_words: String::new(),
            expelled: false,
            quits: false,
        }
    }

    /// The browser, if what the relay says now is for it.
    pub(super) fn listener(&self) -> Option<PersonId> {
        self.browser.filter(|_| self.unanswered == 0)
    }

    /// Keeps in mind what a line of the relay says about this client: its name and its rooms.
    pub(super) fn note(&mut self, message: &Message<'_>) {
        let batch = message.tags.raw("batch").unwrap_or_default();
        if !batch.is_empty() && batch == self.history {
            return;
        }
        let source = message.source.unwrap_or_default();
        let is_own = source.split('!').next() == Some(&self.nick);
        match (message.command, &message.params[..]) {
            ("001", [nick, ..]) => (*nick).clone_into(&mut self.nick),
            ("NICK", [nick, ..]) if is_own => (*nick).clone_into(&mut self.nick),
            ("JOIN", [room, ..]) if is_own => self.enter(room),
            ("PART", [room, ..]) if is_own => self.leave(room),
            ("KICK", [room, nick, ..]) if *nick == self.nick => self.leave(room),
            ("BATCH", [start, "chathistory", ..]) => {
                start.trim_start_matches('+').clone_into(&mut self.history);
            }
            (code, [_, room, ..]) if CANNOT_JOIN.contains(&code) => self.leave(room),
            ("KILL", [nick, ..]) if *nick == self.nick => self.expelled = true,
            (BANNED, _) => self.expelled = true,
            ("ERROR", [words, ..]) => {
                words::reason(words).clone_into(&mut self.last_words);
            }
            _ => {}
        }
    }

    /// Whoever is at the relay's place may say anything: what is kept of it are some names of rooms.
    fn enter(&mut self, room: &str) {
        let is_known = |known: &String| known.eq_ignore_ascii_case(room);
        if self.rooms.len() < ROOMS_KEPT_MAX
            && RoomName::new(room).is_ok()
            && !self.rooms.iter().any(is_known)
        {
            self.rooms.push(room.to_owned());
        }
    }

    fn leave(&mut self, room: &str) {
        self.rooms.retain(|known| !known.eq_ignore_ascii_case(room));
    }
}

/// What is answered to a JOIN that fails: no such room, too many rooms, full, +i, banned, +k, a bad name.
/// RFC 2812 §3.2.1.
const CANNOT_JOIN: [&str; 7] = ["403", "405", "471", "473", "474", "475", "476"];

/// RFC 2812 §5.2, ERR_YOUREBANNEDCREEP.
const BANNED: &str = "465";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_whatever_a_relay_says_some_rooms_are_kept() {
        let address = IpAddr::from([127, 0, 0, 1]);
        let mut client = Client::new(Owner::Guest, address, "ana", Instant::now());
        let mut hear = |line: &str| client.note(&Message::of_server(line).unwrap());
        hear(":ana!a@b JOIN :#a b");
        hear(&format!(":ana JOIN #{}", "x".repeat(5000)));
        for n in 0..2 * ROOMS_KEPT_MAX {
            hear(&format!(":ana!a@b JOIN #r{n}"));
            hear(&format!(":ana!a@b JOIN #R{n}"));
        }
        hear(":relay BATCH +h1 chathistory #r0");
        hear("@batch=h1 :ana!a@b PART #r1");
        hear(":relay BATCH -h1");
        hear("@batch=b2 :ana!a@b PART #r0");
        assert_eq!(client.rooms.len(), ROOMS_KEPT_MAX - 1);
        assert_eq!(client.rooms[0], "#r1");
    }
}
