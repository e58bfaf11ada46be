//! What an IRC client is told whose line could not be read. Floor 5: a framing finds it, a dialect says it.

use crate::dialect::irc::Reader;
use crate::dialect::irc::numeric::ERR_INPUTTOOLONG;
use crate::dialect::irc::reader::Standard;
use crate::net::framing::Unreadable;

/// What an IRC client is told whose line could not be read: a line without its end. 417, or a standard
/// reply (IRCv3 standard-replies, utf8-only).
#[must_use]
pub fn unreadable(reader: &Reader<'_>, why: Unreadable) -> String {
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
        Unreadable::NotUtf8 => {
            let text = "the line was not UTF-8 and was dropped: set your client to UTF-8";
            reader.standard(&mut line, Standard::Fail, "*", "INVALID_UTF8", &[], text);
        }
    }
    line
}
