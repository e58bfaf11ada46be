//! What an IRC client is told whose line could not be read. Floor 5: a framing finds it, a dialect says it.

use crate::dialect::irc::decode::Known;
use crate::dialect::irc::numeric::ERR_INPUTTOOLONG;
use crate::dialect::irc::reader::Standard;
use crate::dialect::irc::{Caps, Message, Reader, tags};
use crate::net::framing::Unreadable;

/// What an IRC client is told whose line could not be read: a line without its end. 417, or a standard
/// reply (IRCv3 standard-replies, utf8-only).
#[must_use]
pub fn unreadable(reader: &Reader<'_>, why: Unreadable, bytes: &[u8]) -> String {
    let mut line = String::new();
    match why {
        Unreadable::TooLong => {
            let text = "the line was too long and was dropped";
            reader.say(&mut line, ERR_INPUTTOOLONG, &[], text);
        }
        Unreadable::ControlByte => {
            let text = "a line may hold neither CR nor NUL; it was dropped";
            reader.fail_or_notice(&mut line, "*", "INVALID_MESSAGE", text);
        }
        Unreadable::NotUtf8 => return not_utf8(reader, &String::from_utf8_lossy(bytes)),
    }
    line
}

/// What of the line is text says which command it was, and its label. IRCv3 utf8-only.
fn not_utf8(reader: &Reader<'_>, rest: &str) -> String {
    let message = Message::parse(rest).ok();
    let known = message
        .as_ref()
        .and_then(|message| Known::find(message.command));
    let command = known.map_or("*", |known| known.name);
    let (mut line, mut labeled) = (String::new(), String::new());
    let text = "the line was not UTF-8 and was dropped: set your client to UTF-8";
    reader.standard(
        &mut line,
        Standard::Fail,
        command,
        "INVALID_UTF8",
        &[],
        text,
    );
    let agreed = reader.caps.has(Caps::LABELED_RESPONSE | Caps::BATCH);
    // A framing of somebody's own may have found a line end here as well.
    let fits = |label: &&str| agreed && !label.contains(['\r', '\n', '\0']);
    let label = message.as_ref().and_then(Message::label).filter(fits);
    let Some(label) = label else { return line };
    tags::add(&line, &format!("label={label}"), &mut labeled);
    labeled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_utf8_is_named_as_far_as_it_was() {
        let reader = |caps| Reader {
            server: "s",
            nick: "ana",
            caps,
        };
        let labels = Caps::LABELED_RESPONSE | Caps::BATCH;
        let cases: [(&[u8], Caps, &str); 7] = [
            (
                b"privmsg #a :\xff",
                Caps::NONE,
                ":s FAIL PRIVMSG INVALID_UTF8 :",
            ),
            (b"\xff #a :hi", Caps::NONE, ":s FAIL * INVALID_UTF8 :"),
            (b"", Caps::NONE, ":s FAIL * INVALID_UTF8 :"),
            (
                b"@label=x JOIN #\xff",
                labels,
                "@label=x :s FAIL JOIN INVALID_UTF8 :",
            ),
            (
                b"@label=x JOIN #\xff",
                Caps::BATCH,
                ":s FAIL JOIN INVALID_UTF8 :",
            ),
            (
                b"@+x=\xff;label=y PING",
                labels,
                "@label=y :s FAIL PING INVALID_UTF8 :",
            ),
            (
                b"@label=a\nb PING \xff",
                labels,
                ":s FAIL PING INVALID_UTF8 :",
            ),
        ];
        for (bytes, caps, expected) in cases {
            let line = unreadable(&reader(caps), Unreadable::NotUtf8, bytes);
            assert!(line.starts_with(expected), "{line}");
        }
    }
}
