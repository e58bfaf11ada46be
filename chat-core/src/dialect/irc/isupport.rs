//! What this server is and allows: the tokens of 005. modern.ircdocs.horse, "RPL_ISUPPORT (005)".
//!
//! Every token is true: its number is the constant that is enforced, and what we do not do is absent.

use std::fmt::Write;

use super::numeric::RPL_ISUPPORT;
use super::reader::Reader;
use super::reply::CRLF_BYTES;
use crate::hub::user_modes::UserMode;
use crate::journal::Durability;
use crate::limits::{
    AWAY_BYTES_MAX, HISTORY_MESSAGES_MAX, LINE_OUT_BYTES_MAX, Limits, MODE_PARAMS_MAX,
    MONITORED_MAX, NAME_CHARS_MAX, REAL_NAME_BYTES_MAX, REASON_BYTES_MAX, ROOM_KEY_BYTES_MAX,
    ROOM_LISTED_MAX, TARGETS_MAX, TOPIC_BYTES_MAX, UNLIMITED, USER_BYTES_MAX,
};

/// All tokens, in the order in which they are told.
#[must_use]
pub fn tokens(network: &str, limits: &Limits, durability: Durability) -> Vec<String> {
    vec![
        "CASEMAPPING=ascii".to_owned(),
        "CHANTYPES=#".to_owned(),
        "CHANMODES=beI,k,l,imnst".to_owned(),
        "PREFIX=(ov)@+".to_owned(),
        "STATUSMSG=@+".to_owned(),
        "EXCEPTS=e".to_owned(),
        "INVEX=I".to_owned(),
        format!("MAXLIST=beI:{ROOM_LISTED_MAX}"),
        format!("MODES={MODE_PARAMS_MAX}"),
        format!("KEYLEN={ROOM_KEY_BYTES_MAX}"),
        format!("KICKLEN={REASON_BYTES_MAX}"),
        format!("CHANLIMIT=#:{}", number(limits.rooms_per_person)),
        format!("NICKLEN={NAME_CHARS_MAX}"),
        format!("CHANNELLEN={}", NAME_CHARS_MAX + "#".len()),
        format!("TOPICLEN={TOPIC_BYTES_MAX}"),
        format!("AWAYLEN={AWAY_BYTES_MAX}"),
        format!("USERLEN={USER_BYTES_MAX}"),
        format!("NAMELEN={REAL_NAME_BYTES_MAX}"),
        target_maxima(),
        format!("MAXTARGETS={TARGETS_MAX}"),
        format!("NETWORK={}", escape(short_title(network))),
        format!("CHATHISTORY={HISTORY_MESSAGES_MAX}"),
        "MSGREFTYPES=msgid,timestamp".to_owned(),
        // A token of ours: what the echo of a message acknowledges.
        format!("DURABILITY={}", durability.as_str()),
        format!("MONITOR={MONITORED_MAX}"),
        "WHOX".to_owned(),
        "ELIST=CMNTU".to_owned(),
        format!("BOT={}", UserMode::Bot.letter()),
        "SAFELIST".to_owned(),
        "UTF8ONLY".to_owned(),
    ]
}

/// The lines that tell them: at most [`TOKENS_PER_LINE_MAX`] each, and as many as fit, since a client would take what is
/// left of one that was cut for a token.
#[must_use]
pub fn lines(reader: &Reader<'_>, tokens: &[String]) -> Vec<String> {
    let bytes_max = LINE_OUT_BYTES_MAX - CRLF_BYTES - line(reader, &[]).len();
    let (mut lines, mut rest) = (Vec::new(), tokens);
    while !rest.is_empty() {
        let (now, later) = rest.split_at(fitting(rest, bytes_max));
        lines.push(line(reader, now));
        rest = later;
    }
    lines
}

/// How many go on one line.
fn fitting(tokens: &[String], bytes_max: usize) -> usize {
    let mut bytes = 0;
    let fits = |token: &&String| {
        bytes += " ".len() + token.len();
        bytes <= bytes_max
    };
    let fitting = tokens.iter().take(TOKENS_PER_LINE_MAX).take_while(fits);
    fitting.count().max(1)
}

fn line(reader: &Reader<'_>, tokens: &[String]) -> String {
    let mut out = String::new();
    let line = reader.numeric(&mut out, RPL_ISUPPORT);
    let line = tokens.iter().fold(line, |line, token| line.param(token));
    line.text("are supported by this server");
    out
}

/// No bound is told as no number.
fn number(limit: u64) -> String {
    if limit == UNLIMITED {
        String::new()
    } else {
        limit.to_string()
    }
}

fn target_maxima() -> String {
    let commands = [
        "PRIVMSG", "NOTICE", "TAGMSG", "LIST", "WHOIS", "WHOWAS", "KICK",
    ];
    let maxima = commands.map(|command| format!("{command}:{TARGETS_MAX}"));
    // NAMES of several rooms tells the end of each, which clients need not expect. JOIN and PART are bound by CHANLIMIT alone.
    format!("TARGMAX={},NAMES:1,JOIN:,PART:", maxima.join(","))
}

/// As much of the title of the chat as IRC clients are told.
#[must_use]
pub fn short_title(title: &str) -> &str {
    &title[..title.floor_char_boundary(TITLE_BYTES_MAX)]
}

/// A value holds printable ASCII, but for `=` and backslash: `\x20` stands for a space.
fn escape(value: &str) -> String {
    let mut escaped = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'=' | b'\\') {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\x{byte:02X}");
        }
    }
    escaped
}

/// Thirteen, a nick and the text make fifteen parameters.
pub const TOKENS_PER_LINE_MAX: usize = 13;

/// Bytes of the title of a chat. Ours: all of them written as `\xHH` fit one line with the longest names.
pub const TITLE_BYTES_MAX: usize = 80;

#[cfg(test)]
mod tests {
    use super::super::caps::Caps;
    use super::super::message::Message;
    use super::*;

    #[test]
    fn every_token_is_told_once_in_lines_that_fit() {
        let title = format!("A chat = \\o/ {}", "Ж".repeat(TITLE_BYTES_MAX));
        let tokens = tokens(&title, &Limits::default(), Durability::Disk);
        let (server, nick) = ("s".repeat(63), "n".repeat(64));
        let lines = lines(
            &Reader {
                server: &server,
                nick: &nick,
                caps: Caps::NONE,
            },
            &tokens,
        );
        let mut told = Vec::new();
        for line in &lines {
            let message = Message::parse(line).unwrap();
            assert!(line.ends_with(" :are supported by this server"), "{line}");
            assert!(
                line.len() + CRLF_BYTES <= LINE_OUT_BYTES_MAX && line.is_ascii(),
                "{line}"
            );
            told.extend(
                message.params[1..message.params.len() - 1]
                    .iter()
                    .map(|token| (*token).to_owned()),
            );
        }
        assert_eq!(told, tokens);
        assert!(told.contains(&"DURABILITY=disk".to_owned()));
        let network = told.iter().find(|token| token.starts_with("NETWORK="));
        let network = network
            .unwrap()
            .strip_prefix("NETWORK=A\\x20chat\\x20\\x3D\\x20\\x5Co/\\x20");
        assert_eq!(
            network.unwrap(),
            "\\xD0\\x96".repeat((TITLE_BYTES_MAX - 13) / 2)
        );
    }

    #[test]
    fn limits_are_told_and_no_limit_is_none() {
        let mut limits = Limits::default();
        assert!(tokens("x", &limits, Durability::Memory).contains(&"CHANLIMIT=#:20".to_owned()));
        limits.rooms_per_person = UNLIMITED;
        assert!(tokens("x", &limits, Durability::Memory).contains(&"CHANLIMIT=#:".to_owned()));
    }
}
