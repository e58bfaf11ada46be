//! `log`: what was said in a room, as text or as JSON, while the server runs or when it does not.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use chat_core::dialect::irc::msgid::Msgid;
use chat_core::dialect::plain;
use chat_core::dialect::terminal::visible;
use chat_core::hub::Class;
use chat_core::hub::entry::{Act, Committed, PostKind};
use chat_core::id::Seq;
use chat_core::journal::sqlite::Archive;
use chat_core::journal::{About, Epochs, Found, Place, Point, Question, Span, Where};
use chat_core::names::RoomName;
use chat_core::time::Timestamp;
use serde_json::json;

use crate::args::room;
use crate::data::{Age, DataArgs, with_advice};

/// What to print.
#[derive(Clone, Debug, clap::Args)]
pub struct LogArgs {
    /// The room; all rooms are listed if not given
    #[arg(value_name = "ROOM", value_parser = room)]
    pub room: Option<RoomName>,

    /// Only what is not older, such as 1h or 7d; everything that is kept if not given
    #[arg(long, value_name = "TIME")]
    pub since: Option<Age>,

    /// Who came, left, took another name, set the topic and took back a message too
    #[arg(long)]
    pub events: bool,

    /// A JSON object in each line
    #[arg(long)]
    pub json: bool,

    /// The folder where the chat is kept
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Entries that are read at once. Ours.
const PAGE: usize = 500;

/// Prints what was said.
///
/// # Errors
/// There is no journal, it cannot be read, or nobody reads what is printed.
pub fn run(args: &LogArgs, program: &str) -> anyhow::Result<()> {
    let archive = DataArgs::archive_of(args.data.as_ref(), program)?;
    archive
        .check_version()
        .map_err(|error| with_advice(&error))?;
    let out = BufWriter::new(io::stdout().lock());
    match print(archive, args, out) {
        // `head` has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        result => result,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn print(mut archive: Archive, args: &LogArgs, mut out: impl Write) -> anyhow::Result<()> {
    let Some(room) = &args.room else {
        for room in rooms(&archive)? {
            writeln!(out, "{room}")?;
        }
        return Ok(out.flush()?);
    };
    if !rooms(&archive)?.contains(room) {
        anyhow::bail!(
            "there is no room {room} in this journal; without a name all rooms are listed"
        );
    }
    let epochs = archive.epochs().clone();
    let mut from = Point::Time(since(args.since));
    loop {
        let entries = page(&mut archive, room, from, classes(args))?;
        for entry in &entries {
            match args.json {
                true => writeln!(
                    out,
                    "{}",
                    escaped(&as_json(entry, room, &epochs).to_string())
                )?,
                false => write!(out, "{}", as_text(entry))?,
            }
        }
        match entries.last() {
            Some(last) => from = Point::Seq(last.seq),
            None => return Ok(out.flush()?),
        }
    }
}

fn rooms(archive: &Archive) -> anyhow::Result<Vec<RoomName>> {
    archive.rooms().map_err(|error| with_advice(&error))
}

/// A reaction is tags alone: nothing for a terminal.
fn classes(args: &LogArgs) -> Vec<Class> {
    match (args.events, args.json) {
        (false, _) => vec![Class::Words],
        (true, false) => vec![Class::Words, Class::Event, Class::Redaction],
        (true, true) => Class::ALL.to_vec(),
    }
}

/// A moment before the first one that is wanted.
fn since(age: Option<Age>) -> Timestamp {
    let Some(age) = age else {
        return Timestamp(i64::MIN);
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let then = now.saturating_sub(age.0).as_millis();
    Timestamp(i64::try_from(then).unwrap_or(i64::MAX).saturating_sub(1))
}

fn page(
    archive: &mut Archive,
    room: &RoomName,
    from: Point,
    classes: Vec<Class>,
) -> anyhow::Result<Vec<std::sync::Arc<Committed>>> {
    let about = About::Said {
        at: Where::At(Place::Room(room.clone())),
        span: Span::after(from),
        limit: PAGE,
        classes,
    };
    let until = Seq(u64::MAX);
    let found = archive.answer(&Question { until, about });
    match found.map_err(|error| with_advice(&error))? {
        Found::Said { entries, .. } => Ok(entries),
        _ => anyhow::bail!("the journal gave no answer"),
    }
}

/// As the plain door has it, with the time before each line. Nobody's terminal obeys a stranger.
fn as_text(committed: &Committed) -> String {
    let (mut lines, mut text) = (String::new(), String::new());
    plain::encode(committed, &mut lines);
    let time = committed.at.iso();
    for line in lines.split('\n') {
        text.push_str(&format!("{time} {}\n", visible(line)));
    }
    text
}

/// JSON as ASCII: a terminal obeys no stranger either when it shows it raw.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}

fn as_json(committed: &Committed, room: &RoomName, epochs: &Epochs) -> serde_json::Value {
    let mut msgid = String::new();
    Msgid::of(committed, epochs.of(committed.seq)).push(&mut msgid);
    let (kind, text) = match &committed.entry.act {
        Act::Post(post) if post.kind == PostKind::Notice => ("notice", Some(&*post.text)),
        Act::Post(post) if post.kind == PostKind::Tags => ("tags", Some(&*post.tags)),
        Act::Post(post) => ("message", Some(&*post.text)),
        Act::Join { .. } => ("join", None),
        Act::Part { reason, .. } => ("part", reason.as_deref()),
        Act::Quit { reason, .. } => ("quit", Some(&**reason)),
        Act::Name { new, .. } => ("nick", Some(new.as_str())),
        Act::Topic { text, .. } => ("topic", Some(&**text)),
        Act::Mode { text, .. } => ("mode", Some(&**text)),
        Act::Kick { reason, .. } => ("kick", Some(&**reason)),
        Act::Redact(redaction) => ("redact", redaction.reason.as_deref()),
        _ => ("other", None),
    };
    let source = &committed.entry.source;
    let of = match &committed.entry.act {
        Act::Redact(redaction) => Some(&*redaction.msgid),
        _ => None,
    };
    let mut object = json!({
        "msgid": msgid,
        "time": committed.at.iso(),
        "room": room.as_str(),
        "kind": kind,
        "nick": source.nick.as_str(),
        "user": source.user(),
        "host": source.host(),
        "text": text,
        "target": target_of(&committed.entry.act),
    });
    if let Some(of) = of {
        object["of"] = of.into();
    }
    object
}

/// Whom it was done to.
fn target_of(act: &Act) -> Option<&str> {
    match act {
        Act::Kick { nick, .. } => Some(nick.as_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_ascii_and_says_the_same() {
        for text in ["plain", "zoé", "\u{9b}2J\u{202e}\u{7f}", "😀\u{1b}\n"] {
            let json = escaped(&json!(text).to_string());
            assert!(
                json.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
                "{json}"
            );
            let back: String = serde_json::from_str(&json).unwrap();
            assert_eq!(back, text);
        }
    }
}
