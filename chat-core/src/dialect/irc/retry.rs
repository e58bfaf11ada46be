//! Safe retry: the tag `chat.local/retry`, which says that a message is the same as one before. docs/clients.md.
//!
//! `.local` belongs to nobody, so no other specification can come to mean something else by it.

use super::command::{Wrong, targets};
use super::encode::command;
use super::message::Message;
use crate::hub::entry::PostKind;
use crate::limits::RETRY_ID_BYTES_MAX;

/// The capability and the tag.
pub const NAME: &str = "chat.local/retry";

/// The id that a post bears, still escaped: it is opaque, as a label is. Tags alone are not worth a second try.
///
/// # Errors
/// It cannot be one, or stands for several messages at once; what to do is in the FAIL.
pub fn id<'a>(
    message: &Message<'a>,
    kind: PostKind,
    list: &str,
) -> Result<Option<&'a str>, Wrong<'a>> {
    let Some(id) = message.tags.raw(NAME).filter(|_| kind != PostKind::Tags) else {
        return Ok(None);
    };
    if !(1..=RETRY_ID_BYTES_MAX).contains(&id.len()) {
        return Err(invalid(kind, BAD_LENGTH));
    }
    if targets(list).nth(1).is_some() {
        return Err(invalid(kind, SEVERAL));
    }
    Ok(Some(id))
}

fn invalid(kind: PostKind, text: &'static str) -> Wrong<'static> {
    if kind == PostKind::Notice {
        return Wrong::Notice;
    }
    Wrong::Fail {
        command: command(kind),
        code: "INVALID_PARAMS",
        context: vec![NAME],
        text,
    }
}

const BAD_LENGTH: &str = "a retry id has 1 to 64 bytes: choose another one";
const SEVERAL: &str =
    "a retry id stands for one message: send it to each target with an id of its own";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tags: &str, kind: PostKind, list: &str) -> Result<Option<String>, String> {
        let line = format!("{tags}X {list} :hi");
        let message = Message::parse(&line).unwrap();
        let id = id(&message, kind, list);
        id.map(|id| id.map(str::to_owned))
            .map_err(|wrong| match wrong {
                Wrong::Fail { command, code, .. } => format!("{command} {code}"),
                other => format!("{other:?}"),
            })
    }

    #[test]
    fn an_id_is_opaque_and_has_1_to_64_bytes() {
        let (most, more) = ("i".repeat(64), "i".repeat(65));
        let invalid = || Err("PRIVMSG INVALID_PARAMS".to_owned());
        let cases = [
            ("", Ok(None)),
            ("@label=1 ", Ok(None)),
            ("@+chat.local/retry=1 ", Ok(None)),
            ("@chat.local/retry=a\\s1;x ", Ok(Some("a\\s1".to_owned()))),
            (&format!("@{NAME}={most} "), Ok(Some(most.clone()))),
            (&format!("@{NAME}={more} "), invalid()),
            ("@chat.local/retry= ", invalid()),
            ("@chat.local/retry ", invalid()),
        ];
        for (tags, expected) in cases {
            assert_eq!(read(tags, PostKind::Message, "#a"), expected, "{tags}");
        }
    }

    #[test]
    fn an_id_is_for_one_target_and_never_for_tags_alone() {
        let tags = "@chat.local/retry=1 ";
        let one = || Ok(Some("1".to_owned()));
        let several = || Err("PRIVMSG INVALID_PARAMS".to_owned());
        assert_eq!(read(tags, PostKind::Message, "#a,"), one());
        assert_eq!(read(tags, PostKind::Message, "#a,bob"), several());
        assert_eq!(read(tags, PostKind::Notice, "bob"), one());
        assert_eq!(read(tags, PostKind::Notice, "#a,bob"), Err("Notice".into()));
        assert_eq!(read(tags, PostKind::Tags, "#a,bob"), Ok(None));
    }
}
