//! The forms in which a reader gets what is said: a wire and the capabilities that change the bytes.

/// One of the forms that are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// IRC lines, nothing asked for.
    Irc,
    /// IRC lines with `message-tags` and `server-time`.
    IrcTags,
    /// Text frames of a WebSocket, nothing asked for.
    WebSocket,
}

impl Form {
    /// All of them.
    pub const ALL: [Form; 3] = [Form::Irc, Form::IrcTags, Form::WebSocket];

    /// What it is called in the report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Form::Irc => "irc",
            Form::IrcTags => "irc-tags",
            Form::WebSocket => "websocket",
        }
    }

    /// Everything that somebody sends to be in the room, at once.
    #[must_use]
    pub fn hello(self, nick: &str) -> Vec<u8> {
        let mut bytes = self.upgrade().as_bytes().to_vec();
        for line in self.capabilities() {
            bytes.extend(self.line(line));
        }
        let lines = [
            format!("NICK {nick}"),
            format!("USER user 0 * :{nick}"),
            "JOIN #lobby".to_owned(),
        ];
        for line in lines {
            bytes.extend(self.line(&line));
        }
        bytes
    }

    /// One line as a client sends it.
    #[must_use]
    pub fn line(self, line: &str) -> Vec<u8> {
        match self {
            Form::Irc | Form::IrcTags => format!("{line}\r\n").into_bytes(),
            Form::WebSocket => masked(line.as_bytes()),
        }
    }

    fn capabilities(self) -> &'static [&'static str] {
        match self {
            Form::IrcTags => &["CAP REQ :message-tags server-time", "CAP END"],
            Form::Irc | Form::WebSocket => &[],
        }
    }

    fn upgrade(self) -> &'static str {
        match self {
            Form::WebSocket => UPGRADE,
            Form::Irc | Form::IrcTags => "",
        }
    }
}

/// RFC 6455 §1.2.
const UPGRADE: &str = "GET /socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Protocol: text.ircv3.net\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// A text frame as a client sends it. RFC 6455 §5.2, §5.3.
#[must_use]
pub fn masked(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    let length = payload.len() as u64;
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..126), _) => frame.push(MASKED | short),
        (_, Ok(long)) => {
            frame.push(MASKED | 126);
            frame.extend(long.to_be_bytes());
        }
        _ => {
            frame.push(MASKED | 127);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend(MASK);
    let masked = payload.iter().zip(MASK.iter().cycle());
    frame.extend(masked.map(|(byte, mask)| byte ^ mask));
    frame
}

const MASKED: u8 = 0x80;
/// The one of the specification's examples: RFC 6455 §5.7.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6455 §5.7.
    #[test]
    fn a_frame_is_the_one_in_the_specification() {
        assert_eq!(masked(b"Hello"), b"\x81\x857\xfa!=\x7f\x9fMQX");
    }

    #[test]
    fn a_longer_one_has_two_bytes_of_length() {
        let frame = masked(&[0; 300]);
        assert_eq!(frame[..4], [0x81, 0xfe, 1, 44]);
        assert_eq!(frame.len(), 4 + 4 + 300);
    }
}
