//! The floors of chat-core: a file uses only lower ones, and each wing is ignorant of the other.

use std::collections::BTreeSet;

use crate::File;
use crate::source::{Named, paths, program_text};

/// The table, lowest floor first. An entry is a file, or all whose path begins with it: a folder,
/// or a name. The longest one counts. Files of one row may use each other.
const ROWS: [(u8, &[&str]); 8] = [
    (
        0,
        &[
            "limits.rs",
            "names.rs",
            "time.rs",
            "id.rs",
            "gap.rs",
            "secret.rs",
        ],
    ),
    (1, &["hub/"]),
    (
        2,
        &[
            "net/attempts.rs",
            "net/framing.rs",
            "net/leavers.rs",
            "net/lines.rs",
            "net/networks.rs",
            "net/outbox",
            "net/pipe",
            "net/slow.rs",
            "net/source.rs",
            "net/stream.rs",
        ],
    ),
    (2, &["journal/"]),
    (3, &["net/people", "net/wheel.rs"]),
    (3, &["dialect/"]),
    (4, &["net/"]),
    (
        5,
        &[
            "lib.rs",
            "relay/",
            "handle.rs",
            "inside.rs",
            "observer.rs",
            "opers.rs",
            "snapshot.rs",
            "testing.rs",
            "chat.rs",
            "chat/",
        ],
    ),
];

/// What the files of a folder may not name, by the beginning of a path or by a part of it.
/// `crate::` paths are written out, whatever the file wrote.
const IGNORANCE: [(&[&str], &[&str]); 2] = [
    (
        &["hub/", "journal/", "dialect/"],
        &[
            "crate::net",
            "mio",
            "std::net",
            "Instant::now",
            "SystemTime::now",
        ],
    ),
    (
        &["net/"],
        &["crate::hub", "crate::dialect", "crate::journal"],
    ),
];

/// Where something is named all the same.
const KNOWN_ALL_THE_SAME: [(&str, &str); 3] = [
    // The writer's thread, which the loop never waits for, compares its patience with the disk's.
    ("journal/sqlite/gathering.rs", "Instant::now"),
    // Nor for the reader's, which ends a search that takes too long.
    ("journal/sqlite/reader.rs", "Instant::now"),
    // For how long a disk has taken everything.
    ("journal/sqlite/trouble.rs", "Instant::now"),
];

const SRC: &str = "chat-core/src/";

/// Every use of a file that is not on a lower floor or in the same row.
pub(crate) fn complaints(files: &[File]) -> Vec<String> {
    let names = names(files);
    files
        .iter()
        .flat_map(|file| uses_above(file, &names))
        .collect()
}

/// Everything that a file names and should never have heard of.
pub(crate) fn knowledge(files: &[File]) -> Vec<String> {
    files.iter().flat_map(known_too_much).collect()
}

fn uses_above(file: &File, names: &BTreeSet<String>) -> Vec<String> {
    let user = file.within(SRC).unwrap();
    let Some(row) = row_of(user) else {
        return vec![format!(
            "{}: is on no floor. Put it into ROWS in tests/tidy/floors.rs, on the lowest floor \
             above all that it uses, and into the table of ARCHITECTURE.md",
            file.path
        )];
    };
    let mut complaints = Vec::new();
    for named in paths(&program_text(&file.text)) {
        let Some(used) = resolve(user, &named, names) else {
            continue;
        };
        if used != user && !may_use(row, row_of(&used)) {
            complaints.push(format!(
                "{}:{}: floor {} uses {used}. Name the file where a thing is defined, move the \
                 thing down, or hand it in as an argument",
                file.path, named.line, ROWS[row].0
            ));
        }
    }
    complaints
}

fn may_use(user: usize, used: Option<usize>) -> bool {
    used.is_none_or(|used| used == user || ROWS[used].0 < ROWS[user].0)
}

fn row_of(name: &str) -> Option<usize> {
    let length = |row: &usize| {
        let matching = ROWS[*row]
            .1
            .iter()
            .filter(|entry| name.starts_with(**entry));
        matching.map(|entry| entry.len()).max()
    };
    (0..ROWS.len())
        .filter(|row| length(row).is_some())
        .max_by_key(|row| length(row))
}

/// The file that a `crate::` or `super::` path leads to: the longest one that exists.
fn resolve(user: &str, named: &Named, names: &BTreeSet<String>) -> Option<String> {
    let absolute = absolute(user, &named.segments)?;
    (0..=absolute.len()).rev().find_map(|length| {
        let module = absolute[..length].join("/");
        let candidates = [format!("{module}.rs"), format!("{module}/mod.rs")];
        match length {
            0 => Some("lib.rs".to_owned()),
            _ => candidates.into_iter().find(|name| names.contains(name)),
        }
    })
}

/// The path from the crate's root, if it is a path within the crate.
fn absolute(user: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut module = module_of(user);
    let supers = segments
        .iter()
        .take_while(|segment| *segment == "super")
        .count();
    match segments.first()?.as_str() {
        "crate" => Some(segments[1..].to_vec()),
        "super" => {
            module.truncate(module.len().saturating_sub(supers));
            module.extend_from_slice(&segments[supers..]);
            Some(module)
        }
        _ => None,
    }
}

fn module_of(name: &str) -> Vec<String> {
    let name = name.strip_suffix(".rs").unwrap_or(name);
    let name = name.strip_suffix("/mod").unwrap_or(name);
    let parts = name.split('/').map(str::to_owned);
    if name == "lib" {
        Vec::new()
    } else {
        parts.collect()
    }
}

fn known_too_much(file: &File) -> Vec<String> {
    let name = file.within(SRC).unwrap();
    let forbidden: Vec<&str> = IGNORANCE
        .iter()
        .filter(|(folders, _)| folders.iter().any(|folder| name.starts_with(folder)))
        .flat_map(|(_, words)| words.iter().copied())
        .filter(|word| !KNOWN_ALL_THE_SAME.contains(&(name, *word)))
        .collect();
    let mut complaints = Vec::new();
    for named in paths(&program_text(&file.text)) {
        let path = written_out(name, &named);
        if let Some(word) = forbidden.iter().find(|word| mentions(&path, word)) {
            complaints.push(format!(
                "{}:{}: should not know `{word}`",
                file.path, named.line
            ));
        }
    }
    complaints
}

fn written_out(name: &str, named: &Named) -> String {
    match absolute(name, &named.segments) {
        Some(absolute) => format!("crate::{}", absolute.join("::")),
        None => named.segments.join("::"),
    }
}

/// Whether the word is the whole path or its beginning, or, for a function, its end.
fn mentions(path: &str, word: &str) -> bool {
    let beginning = path
        .strip_prefix(word)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    beginning
        || path
            .strip_suffix(word)
            .is_some_and(|before| before.ends_with("::"))
}

fn names(files: &[File]) -> BTreeSet<String> {
    files
        .iter()
        .map(|file| file.within(SRC).unwrap().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_of(files: &[(&str, &str)]) -> Vec<File> {
        let file = |(name, text): &(&str, &str)| File {
            path: format!("{SRC}{name}"),
            text: (*text).to_owned(),
        };
        files.iter().map(file).collect()
    }

    /// The one complaint about a file with this text beside one file on each floor.
    fn complaint(name: &str, text: &str) -> Option<String> {
        let mut files = crate_of(&[
            ("lib.rs", ""),
            ("names.rs", ""),
            ("hub/mod.rs", ""),
            ("hub/room.rs", ""),
            ("net/mod.rs", ""),
            ("net/outbox.rs", ""),
            ("net/reactor.rs", ""),
        ]);
        files.retain(|file| file.within(SRC) != Some(name));
        files.extend(crate_of(&[(name, text)]));
        complaints(&files).pop()
    }

    #[test]
    fn lower_floors_and_the_same_row_are_fine() {
        assert_eq!(
            complaint("net/reactor.rs", "use super::outbox::Outbox;"),
            None
        );
        assert_eq!(complaint("net/people.rs", "use crate::names::Nick;"), None);
        assert_eq!(complaint("hub/mod.rs", "use crate::hub::room::Room;"), None);
        assert_eq!(complaint("handle.rs", "use crate::Chat;"), None);
    }

    #[test]
    fn higher_floors_are_not() {
        let expected = "chat-core/src/net/outbox.rs:2: floor 2 uses net/reactor.rs.";
        let found = complaint("net/outbox.rs", "\nuse super::reactor::Reactor;").unwrap();
        assert!(found.starts_with(expected), "{found}");
        assert!(complaint("names.rs", "fn f(r: &crate::hub::Room) {}").is_some());
        assert!(complaint("hub/mod.rs", "use crate::{names::Nick, Relay};").is_some());
        assert!(complaint("hub/room.rs", "use super::super::net::Door;").is_some());
    }

    #[test]
    fn the_same_floor_in_another_row_is_not() {
        assert!(complaint("journal/mod.rs", "use crate::net::outbox::Outbox;").is_some());
    }

    #[test]
    fn comments_strings_and_tests_do_not_count() {
        let text = "// crate::net\nconst A: &str = \"crate::net\";\n\
            #[cfg(test)]\nmod tests { use crate::net::reactor::Reactor; }";
        assert_eq!(complaint("names.rs", text), None);
    }

    #[test]
    fn a_file_on_no_floor_is_told_what_to_do() {
        let found = complaint("cellar.rs", "").unwrap();
        assert!(
            found.contains("Put it into ROWS in tests/tidy/floors.rs"),
            "{found}"
        );
    }

    #[test]
    fn the_pure_wing_knows_no_socket_and_no_clock() {
        let known = |name, text| knowledge(&crate_of(&[(name, text)])).len();
        assert_eq!(known("hub/mod.rs", "use std::{fmt, net::IpAddr};"), 1);
        assert_eq!(known("hub/mod.rs", "use super::net::Door;"), 1);
        assert_eq!(
            known("journal/mod.rs", "let now = std::time::Instant::now();"),
            1
        );
        assert_eq!(known("dialect/irc/mod.rs", "use mio::Token;"), 1);
        assert_eq!(
            known(
                "dialect/irc/mod.rs",
                "use crate::names::Nick; let network = 1;"
            ),
            0
        );
        assert_eq!(
            known(
                "net/reactor.rs",
                "use mio::Token; let now = Instant::now();"
            ),
            0
        );
    }

    #[test]
    fn the_net_knows_no_chat() {
        let known = |text| knowledge(&crate_of(&[("net/people/mod.rs", text)])).len();
        assert_eq!(known("use crate::hub::Hub;"), 1);
        assert_eq!(known("use super::super::dialect::Irc;"), 1);
        assert_eq!(known("use crate::names::Nick;"), 0);
    }
}
