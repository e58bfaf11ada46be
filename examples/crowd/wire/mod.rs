//! Bytes into messages, for each of the three protocols: they know where a message ends and nothing
//! of what it means.

mod frames;
mod lines;
mod resp;

pub(crate) use frames::{TEXT, client_frame, pong};

use crate::args::Over;

/// What is in the bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard<'a> {
    /// A line, the content of a frame, an item of RESP.
    Message(&'a [u8]),
    /// A ping of the WebSocket, to be answered with the same bytes.
    Ping(&'a [u8]),
    /// The server says no, or goodbye, in its own words.
    Refused(String),
}

/// Hands over each whole message and tells how many bytes these were; the rest is the beginning of
/// one that is still to come.
///
/// # Errors
/// What comes is not this protocol, or whoever hears it complains.
#[inline]
pub(crate) fn split(
    over: Over,
    bytes: &[u8],
    hear: impl FnMut(Heard<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    match over {
        Over::Irc => lines::split(bytes, hear),
        Over::Ws => frames::split(bytes, hear),
        Over::Redis => resp::split(bytes, hear),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What is heard if the bytes come in two parts; the same wherever that is, or this panics.
    pub(crate) fn heard_at_every_split(over: Over, bytes: &[u8]) -> Vec<String> {
        let whole = heard(over, &[bytes]);
        for at in 0..=bytes.len() {
            let (before, after) = bytes.split_at(at);
            assert_eq!(heard(over, &[before, after]), whole, "split at {at}");
        }
        whole
    }

    fn heard(over: Over, parts: &[&[u8]]) -> Vec<String> {
        let mut all = Vec::new();
        let mut rest = Vec::new();
        for part in parts {
            rest.extend_from_slice(part);
            let taken = split(over, &rest, |heard| {
                all.push(match heard {
                    Heard::Message(text) => String::from_utf8_lossy(text).into_owned(),
                    Heard::Ping(text) => format!("ping {}", String::from_utf8_lossy(text)),
                    Heard::Refused(why) => format!("refused {why}"),
                });
                Ok(())
            });
            rest.drain(..taken.unwrap());
        }
        assert!(rest.is_empty(), "{rest:?} is left");
        all
    }
}
