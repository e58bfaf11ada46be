//! What every IRC client does in the same way, on TCP and on a WebSocket.

use crate::conversation::{Conversation, Wire};

/// How far a client has come with its registration, and what it does by itself since.
#[derive(Debug, Default)]
pub(crate) struct Registration {
    pub(crate) answers_pings: bool,
    negotiates: bool,
    registered: bool,
    fences: usize,
}

impl<W: Wire> Conversation<W> {
    /// Registers with this nick and gives the welcome, from 001 to the end of the MOTD (376 or
    /// 422). From here on the server's PINGs are answered and not shown to the test.
    ///
    /// # Panics
    /// When the server refuses the nick.
    #[track_caller]
    pub fn register(&mut self, nick: &str) -> Vec<String> {
        self.registration.answers_pings = true;
        self.send(&format!("NICK {nick}"));
        self.send(&format!("USER {nick} 0 * :{nick}"));
        if self.registration.negotiates {
            self.send("CAP END");
        }
        self.read_welcome()
    }

    /// Asks for these capabilities. Before [`register`](Self::register) this holds registration
    /// back, and `register` ends it.
    ///
    /// # Panics
    /// When the server does not acknowledge them.
    #[track_caller]
    pub fn caps(&mut self, names: &[&str]) {
        self.registration.negotiates |= !self.registration.registered;
        self.send(&format!("CAP REQ :{}", names.join(" ")));
        let line = self.read_to("CAP ACK", |line| has_cap_verb(line, &["ACK", "NAK"]));
        if !has_cap_verb(&line, &["ACK"]) {
            self.fail("awaited CAP ACK and was refused");
        }
    }

    /// Joins a room and reads to the end of its names (366).
    ///
    /// # Panics
    /// When the server does not let us in.
    #[track_caller]
    pub fn join(&mut self, room: &str) {
        self.send(&format!("JOIN {room}"));
        let awaited = format!("the end of the names of {room} (366)");
        self.read_to(&awaited, |line| numeric(line) == Some("366"));
    }

    /// Asks the server for a PONG and gives all lines that came before it: what a server does
    /// *not* say is known without waiting.
    ///
    /// # Panics
    /// When the PONG does not come.
    #[track_caller]
    pub fn fence(&mut self) -> Vec<String> {
        self.registration.fences += 1;
        let token = format!("fence-{}", self.registration.fences);
        self.send(&format!("PING {token}"));
        let mut before = Vec::new();
        self.read_to(&token, |line| {
            let end = command(line) == Some("PONG") && line.ends_with(&token);
            before.extend((!end).then(|| line.to_owned()));
            end
        });
        before
    }

    /// Whether PINGs are answered for the test (the default once registered) or shown to it.
    pub fn answer_pings(&mut self, answer: bool) {
        self.registration.answers_pings = answer;
    }

    #[track_caller]
    fn read_welcome(&mut self) -> Vec<String> {
        let mut welcome = Vec::new();
        let last = self.read_to("the welcome, to 376 or 422", |line| {
            welcome.push(line.to_owned());
            matches!(numeric(line), Some("376" | "422")) || is_refusal(line)
        });
        if is_refusal(&last) {
            self.fail(&format!("was not let in: {last}"));
        }
        self.registration.registered = true;
        welcome
    }
}

/// The line's command, after tags and source.
fn command(line: &str) -> Option<&str> {
    let mut words = line.split(' ').filter(|word| !word.is_empty()).peekable();
    words.next_if(|word| word.starts_with('@'));
    words.next_if(|word| word.starts_with(':'));
    words.next()
}

fn numeric(line: &str) -> Option<&str> {
    command(line).filter(|word| word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit()))
}

pub(crate) fn ping_token(line: &str) -> Option<&str> {
    (command(line)? == "PING").then(|| line.split_once("PING ").map(|(_, token)| token))?
}

fn has_cap_verb(line: &str, verbs: &[&str]) -> bool {
    command(line) == Some("CAP") && line.split(' ').any(|word| verbs.contains(&word))
}

fn is_refusal(line: &str) -> bool {
    let refused = numeric(line).is_some_and(|code| code.starts_with('4') && code != "422");
    refused || command(line) == Some("ERROR")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_comes_after_tags_and_source() {
        assert_eq!(command("PING :x"), Some("PING"));
        assert_eq!(command(":chat 001 ana :hi"), Some("001"));
        assert_eq!(command("@time=x :ana!a@b PRIVMSG #a :433"), Some("PRIVMSG"));
        assert_eq!(command(""), None);
    }

    #[test]
    fn only_numerics_and_error_refuse() {
        assert!(is_refusal(":chat 433 * ana :taken"));
        assert!(is_refusal("ERROR :full"));
        assert!(!is_refusal(":chat 422 ana :no MOTD"));
        assert!(!is_refusal(":ana PRIVMSG #a :433"));
    }

    #[test]
    fn a_ping_gives_its_token_as_it_was() {
        assert_eq!(ping_token("PING :a b"), Some(":a b"));
        assert_eq!(ping_token(":chat PING t"), Some("t"));
        assert_eq!(ping_token(":ana PRIVMSG #a :PING t"), None);
    }
}
