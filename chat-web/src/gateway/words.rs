//! Lines that the gateway says of its own: to the relay, and to a browser.

use std::net::IpAddr;

use chat_core::dialect::irc::numeric::ERR_PASSWDMISMATCH;
use chat_core::dialect::irc::reader::Standard;
use chat_core::dialect::irc::{Caps, Line, Reader};
use chat_core::limits::LINE_BYTES_MAX;
use chat_core::net::Unreadable;

/// WEBIRC: where a browser really is. IRCv3 WebIRC.
pub(super) fn webirc(secret: &str, address: IpAddr) -> String {
    let address = address_param(address);
    let mut line = String::new();
    Line::bare(&mut line, "WEBIRC")
        .param(secret)
        .param("chat-web")
        .param(&address)
        .param(&address)
        .end();
    line
}

/// An address as a parameter, which must not begin with a colon. IRCv3 WebIRC, "IPv6".
fn address_param(address: IpAddr) -> String {
    let text = address.to_string();
    match text.starts_with(':') {
        true => format!("0{text}"),
        false => text,
    }
}

pub(super) fn command(name: &str, param: &str) -> String {
    let mut line = String::new();
    Line::bare(&mut line, name).text(param);
    line
}

/// The last words to somebody. RFC 2812 §3.7.4.
pub(super) fn closing(reason: &str) -> String {
    command("ERROR", &format!("{CLOSING}{reason}"))
}

/// The reason in somebody's last words.
pub(super) fn reason(last_words: &str) -> &str {
    last_words.strip_prefix(CLOSING).unwrap_or(last_words)
}

const CLOSING: &str = "Closing link: ";

/// What the relay says to whoever does not know the password, and has not registered.
pub(super) fn wrong_password(reason: &str) -> String {
    let mut line = String::new();
    reader("*").say(&mut line, ERR_PASSWDMISMATCH, &[], reason);
    line
}

pub(super) fn user(nick: &str) -> String {
    let mut line = String::new();
    Line::bare(&mut line, "USER")
        .params(&["web", "0", "*"])
        .text(nick);
    line
}

/// JOINs of all these rooms, as many in a line as it takes.
pub(super) fn joins(rooms: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for room in rooms {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + room.len() <= LINE_BYTES_MAX => {
                line.push(',');
                line.push_str(room);
            }
            _ => lines.push(format!("JOIN {room}")),
        }
    }
    lines
}

/// Somebody's browser waits for the relay. IRCv3 standard-replies: `*` is for no command.
pub(super) fn relay_gone(nick: &str, why: &str) -> String {
    let text = if why.is_empty() {
        "The chat does not answer. You will be back as soon as it does.".to_owned()
    } else {
        format!("The chat does not let you in yet: {why}. It is tried again.")
    };
    let mut line = String::new();
    reader(nick).standard(&mut line, Standard::Note, "*", "RELAY_GONE", &[], text);
    line
}

/// What the relay would say to a line that cannot be passed on to it.
pub(super) fn unreadable(nick: &str, why: Unreadable, bytes: &[u8]) -> String {
    chat_core::chat::unreadable(&reader(nick), why, bytes)
}

/// What the gateway calls itself.
pub(super) const SERVER: &str = "gateway.local";

fn reader(nick: &str) -> Reader<'_> {
    Reader {
        server: SERVER,
        nick,
        caps: Caps::NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_begins_with_a_colon() {
        let line = |address: &str| webirc("s3cret", address.parse().unwrap());
        assert_eq!(
            line("192.0.2.7"),
            "WEBIRC s3cret chat-web 192.0.2.7 192.0.2.7"
        );
        assert_eq!(line("::1"), "WEBIRC s3cret chat-web 0::1 0::1");
        assert_eq!(
            line("2001:db8::1"),
            "WEBIRC s3cret chat-web 2001:db8::1 2001:db8::1"
        );
    }

    #[test]
    fn rooms_are_joined_in_as_few_lines_as_hold_them() {
        let rooms: Vec<String> = (0..20).map(|n| format!("#{n:063}")).collect();
        let lines = joins(&rooms);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.len() <= LINE_BYTES_MAX));
        let joined: Vec<&str> = lines
            .iter()
            .flat_map(|line| line["JOIN ".len()..].split(','))
            .collect();
        assert_eq!(joined, rooms);
        assert!(joins(&[]).is_empty());
    }
}
