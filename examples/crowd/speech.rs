//! What people say to a server, in its protocol.

use crate::args::{Common, Over};
use crate::wire::{TEXT, client_frame};

/// The server under test: how one talks to it.
#[derive(Debug)]
pub(crate) struct Speech {
    pub(crate) over: Over,
    host: String,
    path: String,
    caps: String,
}

impl Speech {
    pub(crate) fn new(common: &Common) -> Self {
        Self {
            over: common.over,
            host: common.address.to_string(),
            path: common.path.clone(),
            caps: common.caps.join(" "),
        }
    }

    /// The request that opens a WebSocket. RFC 6455 §4.1; the key is its example.
    pub(crate) fn upgrade(&self, out: &mut Vec<u8>) {
        let Self { host, path, .. } = self;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: text.ircv3.net\r\n\r\n"
        );
        out.extend_from_slice(request.as_bytes());
    }

    /// Registers with IRC. To Redis nobody has a name: its answer shows that somebody is there.
    pub(crate) fn register(&self, name: &str, out: &mut Vec<u8>) {
        if self.over == Over::Redis {
            return self.ping(b"hello", out);
        }
        let asks = !self.caps.is_empty();
        if asks {
            self.say(&[b"CAP", b"REQ"], self.caps.as_bytes(), out);
        }
        self.say(&[b"NICK"], name.as_bytes(), out);
        self.say(&[b"USER", name.as_bytes(), b"0", b"*"], b"crowd", out);
        if asks {
            self.say(&[b"CAP"], b"END", out);
        }
    }

    pub(crate) fn join(&self, room: &str, out: &mut Vec<u8>) {
        let command: &[u8] = match self.over {
            Over::Irc | Over::Ws => b"JOIN",
            Over::Redis => b"SUBSCRIBE",
        };
        self.say(&[command], room.as_bytes(), out);
    }

    pub(crate) fn post(&self, room: &str, text: &[u8], out: &mut Vec<u8>) {
        let command: &[u8] = match self.over {
            Over::Irc | Over::Ws => b"PRIVMSG",
            Over::Redis => b"PUBLISH",
        };
        self.say(&[command, room.as_bytes()], text, out);
    }

    pub(crate) fn ping(&self, token: &[u8], out: &mut Vec<u8>) {
        self.say(&[b"PING"], token, out);
    }

    /// IRC's answer to a ping; the parameters come back as they came.
    pub(crate) fn pong(&self, parameters: &[u8], out: &mut Vec<u8>) {
        self.line(&[b"PONG ", parameters].concat(), out);
    }

    fn say(&self, words: &[&[u8]], last: &[u8], out: &mut Vec<u8>) {
        if self.over == Over::Redis {
            return redis_command(words, last, out);
        }
        let mut line = words.join(&b' ');
        let one_word = !last.contains(&b' ') && !last.starts_with(b":");
        line.extend_from_slice(if one_word { b" " } else { b" :" });
        line.extend_from_slice(last);
        self.line(&line, out);
    }

    fn line(&self, line: &[u8], out: &mut Vec<u8>) {
        if self.over == Over::Ws {
            client_frame(TEXT, line, out);
        } else {
            out.extend_from_slice(line);
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// An array of bulk strings.
fn redis_command(words: &[&[u8]], last: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("*{}\r\n", words.len() + 1).as_bytes());
    for word in words.iter().copied().chain([last]) {
        out.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        out.extend_from_slice(word);
        out.extend_from_slice(b"\r\n");
    }
}
