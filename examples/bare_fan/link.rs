//! One connection: handshake, lines in, bytes out.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::ops::Range;

use tungstenite::handshake::derive_accept_key;

use crate::wire::Over;

/// As long as the chat's own: milliseconds, an epoch, a number of six digits.
const TAGS: &str = "@time=2026-01-01T00:00:00.000Z;msgid=0123456789abcdef-100000 ";

/// As long as the keyed hash that stands for an address in the chat.
const HOST: &str = "0123456789abcdef";

/// One connection.
pub(crate) struct Link {
    socket: TcpStream,
    over: Over,
    /// The WebSocket is open, if there is to be one.
    open: bool,
    pub(crate) joined: bool,
    nick: String,
    user: String,
    /// What is put before this person's words.
    prefix: String,
    /// What has come and is not a whole line.
    inbox: Vec<u8>,
    /// What the socket did not take.
    rest: Vec<u8>,
}

/// What was said since the last flush, and by whom.
pub(crate) struct Said {
    over: Over,
    tags: &'static str,
    bytes: Vec<u8>,
    spans: Vec<(usize, Range<usize>)>,
    /// Each once: hardly anybody is one, and everybody is asked.
    talkers: Vec<usize>,
}

impl Said {
    pub(crate) fn new(over: Over, tags: bool) -> Said {
        Said {
            over,
            tags: if tags { TAGS } else { "" },
            bytes: Vec::new(),
            spans: Vec::new(),
            talkers: Vec::new(),
        }
    }

    fn push(&mut self, talker: usize, prefix: &str, line: &str) {
        let start = self.bytes.len();
        self.over.wrap(&[self.tags, prefix, line], &mut self.bytes);
        self.spans.push((talker, start..self.bytes.len()));
        if !self.talkers.contains(&talker) {
            self.talkers.push(talker);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What the others said, if this one said something too.
    pub(crate) fn without(&self, talker: usize) -> Option<Vec<u8>> {
        if !self.talkers.contains(&talker) {
            return None;
        }
        let others = self.spans.iter().filter(|(other, _)| *other != talker);
        let others = others.map(|(_, span)| &self.bytes[span.clone()]);
        Some(others.collect::<Vec<_>>().concat())
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.spans.clear();
        self.talkers.clear();
    }
}

impl Link {
    pub(crate) fn new(socket: TcpStream, over: Over) -> Link {
        Link {
            socket,
            over,
            open: over == Over::Irc,
            joined: false,
            nick: "*".into(),
            user: "*".into(),
            prefix: String::new(),
            inbox: Vec::new(),
            rest: Vec::new(),
        }
    }

    /// Reads what there is, through a buffer that all share; false when the connection is over. A
    /// short read has drained the socket, so that no second one is needed to hear so.
    pub(crate) fn read(&mut self, scratch: &mut [u8], key: usize, said: &mut Said) -> bool {
        loop {
            match self.socket.read(scratch) {
                Ok(0) => return false,
                Ok(count) => {
                    self.take(&mut scratch[..count], key, said);
                    if count < scratch.len() {
                        return true;
                    }
                }
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    /// Takes the lines that are whole; the rest waits for more.
    fn take(&mut self, fresh: &mut [u8], key: usize, said: &mut Said) {
        if self.inbox.is_empty() {
            let taken = self.lines(fresh, key, said);
            self.inbox.extend_from_slice(&fresh[taken..]);
            return;
        }
        let mut inbox = std::mem::take(&mut self.inbox);
        inbox.extend_from_slice(fresh);
        let taken = self.lines(&mut inbox, key, said);
        inbox.drain(..taken);
        self.inbox = inbox;
    }

    fn lines(&mut self, bytes: &mut [u8], key: usize, said: &mut Said) -> usize {
        let mut taken = 0;
        if !self.open {
            taken = self.shake_hands(bytes);
        }
        while let Some((line, end)) = self.over.unwrap(&mut bytes[taken..]) {
            let line = taken + line.start..taken + line.end;
            let line = std::str::from_utf8(&bytes[line]).expect("lines are UTF-8");
            if line.starts_with("PRIVMSG ") {
                said.push(key, &self.prefix, line);
            } else {
                self.answer(line);
            }
            taken += end;
        }
        taken
    }

    /// The upgrade to a WebSocket, when its head is whole. RFC 6455 §4.2.2.
    fn shake_hands(&mut self, bytes: &[u8]) -> usize {
        let head = String::from_utf8_lossy(bytes);
        let Some((head, _)) = head.split_once("\r\n\r\n") else {
            return 0;
        };
        let field = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            lines
                .filter(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
                .next()
        };
        let key = derive_accept_key(field("Sec-WebSocket-Key").unwrap_or_default().as_bytes());
        let protocol = field("Sec-WebSocket-Protocol").unwrap_or("text.ircv3.net");
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {key}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n"
        );
        self.write(answer.as_bytes());
        self.open = true;
        head.len() + "\r\n\r\n".len()
    }

    /// As much of IRC as a client needs to come in. RFC 2812 §3.1, §3.2.1.
    fn answer(&mut self, line: &str) {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        let word = rest.split(' ').next().unwrap_or_default();
        let nick = self.nick.clone();
        match command {
            "NICK" => self.nick = word.into(),
            "USER" => {
                self.user = word.into();
                self.prefix = format!(":{nick}!{word}@{HOST} ");
                self.say(&format!(":bare 001 {nick} :welcome"));
            }
            "CAP" if word == "REQ" => {
                let wanted = rest.split_once(':').map_or("", |(_, caps)| caps);
                self.say(&format!(":bare CAP * ACK :{wanted}"));
            }
            "JOIN" => {
                self.joined = true;
                self.say(&format!("{}JOIN {word}", self.prefix));
                self.say(&format!(":bare 366 {nick} {word} :end of names"));
            }
            "PING" => self.say(&format!(":bare PONG bare {rest}")),
            _ => {}
        }
    }

    fn say(&mut self, line: &str) {
        let mut bytes = Vec::new();
        self.over.wrap(&[line], &mut bytes);
        self.write(&bytes);
    }

    /// Writes once; what the socket does not take waits until it says that it takes more.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        if !self.rest.is_empty() {
            return self.rest.extend_from_slice(bytes);
        }
        // A broken connection is heard of when it is read.
        let written = self.socket.write(bytes).unwrap_or(0);
        self.rest.extend_from_slice(&bytes[written..]);
    }

    pub(crate) fn write_rest(&mut self) {
        if !self.rest.is_empty() {
            let written = self.socket.write(&self.rest).unwrap_or(0);
            self.rest.drain(..written);
        }
    }
}
