//! RFC 2812 §2.3 on a whole stream.

use chat_core::limits::LINE_IN_BYTES_MAX;
use chat_core::net::framing::{Frame, Unreadable};

/// What a host is told of a line or of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Line(String),
    Unreadable(Unreadable),
}

impl Told {
    pub(crate) fn of(frame: &Frame<'_>) -> Option<Told> {
        match frame {
            Frame::Message(text) => Some(Told::Line((*text).to_owned())),
            Frame::Unreadable(why, _) => Some(Told::Unreadable(*why)),
            Frame::Other(_) => None,
        }
    }
}

/// What is told of a whole stream; what is behind the last LF is not told.
pub(crate) fn told(stream: &[u8]) -> Vec<Told> {
    let mut lines: Vec<&[u8]> = stream.split(|&byte| byte == b'\n').collect();
    lines.pop();
    lines.into_iter().map(line).collect()
}

fn line(line: &[u8]) -> Told {
    if line.len() + 1 > LINE_IN_BYTES_MAX {
        return Told::Unreadable(Unreadable::TooLong);
    }
    text(line.strip_suffix(b"\r").unwrap_or(line))
}

/// What a line or a message without its end is taken for.
pub(crate) fn text(bytes: &[u8]) -> Told {
    if bytes.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Told::Unreadable(Unreadable::ControlByte);
    }
    match String::from_utf8(bytes.to_vec()) {
        Ok(text) => Told::Line(text),
        Err(_) => Told::Unreadable(Unreadable::NotUtf8),
    }
}
