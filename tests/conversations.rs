//! Conversations: what is said and heard at the doors of a real relay, line by line.
//!
//! Each is a file `tests/conversations/NAME.txt`, named by the behaviour that it shows, and begins
//! with the section of the specification that asks for it:
//!
//! ```text
//! # RFC 2812 §3.2.1, Join message
//! cat = irc +server-time +echo-message   an IRC person with capabilities; one without needs no line
//! eve = oper                             the same, and the first `operator` of the server
//! bob = plain                            a person at the plain door, in #lobby
//! dan = raw                              an IRC connection that has said nothing (`raw plain`: the other door)
//! ana joins #a                           JOIN, and all that comes to 366
//! ana> PRIVMSG #a :hi                    ana sends; with `ana>+` it waits for the next `ana>`: one write
//! cat< @time={time} :{ana} PRIVMSG #a :… cat gets exactly this next
//! cat<… :{server} 366 …                  the same, whatever came before it
//! bob?                                   nothing has come that bob did not read
//! ana says no more                       ana closes her direction only
//! ana hangs up                           ana closes
//! dan is gone                            the server has closed, and said nothing more
//! ```
//!
//! In what is heard, `…` stands for anything, `{server}` and `{host}` for ours, `{ana}` for her
//! `nick!user@host` at registration, and `{time}` for a time; any other `{word}` is the same wherever it
//! stands, and may be sent too. `{x*500}` is 500 times `x`, and `\x1b` or `\u{202e}` is that character.
//! At the end nobody may have anything left that the conversation does not mention.
//!
//! Before the talk, `limit NAME=VALUE` sets a limit, and `journal refuses WHAT` makes the journal fail
//! for posts, joins, …; `operator NAME PASSWORD` gives the server an operator, whose password is looked at later where the journal
//! commits later; `journal in memory` is for what a disk does otherwise. Every conversation is held three times: with a journal that commits at once, with
//! one that commits three turns late, and with one on the disk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "conversations/opers.rs"]
mod opers;
#[path = "conversations/pattern.rs"]
mod pattern;
#[path = "conversations/script.rs"]
mod script;
#[path = "conversations/stage.rs"]
mod stage;

use std::fs;
use std::path::{Path, PathBuf};

use script::Script;
use stage::Kept;

/// One test for each file, and the list of them.
macro_rules! conversations {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            hold(stringify!($name));
        })*

        const LISTED: &[&str] = &[$(stringify!($name)),*];
    };
}

include!("conversations/list.rs");

fn hold(name: &str) {
    let path = folder().join(format!("{name}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let script = Script::parse(&text);
    let all = [Kept::AtOnce, Kept::Late, Kept::OnDisk];
    for kept in all
        .into_iter()
        .filter(|kept| !script.in_memory || *kept != Kept::OnDisk)
    {
        eprintln!("--- {name}, {kept:?}");
        stage::play(&script, kept);
    }
}

#[test]
fn every_file_is_listed_and_names_what_it_quotes() {
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.extension().is_some_and(|e| e == "txt")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(LISTED.contains(&name), "{name} is not in list.rs");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# "), "{name} does not say what it quotes");
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conversations")
}
