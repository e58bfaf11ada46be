//! `docs/irc.md` lists what we speak: here it is held that nothing is missing there, and nothing too much.

use std::collections::BTreeSet;

use chat_core::dialect::irc::Caps;
use chat_core::dialect::irc::decode::commands;

use super::File;

/// What is spoken of one kind, and the section of the page with a row for each.
pub(crate) struct Kind {
    pub(crate) section: &'static str,
    pub(crate) spoken: BTreeSet<String>,
}

/// Everything that is spoken, from the code itself and from the conversation about the welcome.
pub(crate) fn kinds(sources: &[File], welcome: &str) -> Vec<Kind> {
    let kind = |section, spoken| Kind { section, spoken };
    let mut known: BTreeSet<String> = commands().map(str::to_owned).collect();
    // Not among the commands: nobody but a gateway has a use for it.
    known.insert("WEBIRC".to_owned());
    let [people, rooms] = modes(welcome);
    vec![
        kind("## Commands", known),
        kind("## Numerics", numerics(sources)),
        kind(
            "## Capabilities",
            Caps::ALL.names().map(str::to_owned).collect(),
        ),
        kind("## Tokens of 005", tokens(welcome)),
        kind("## Modes of a room", rooms),
        kind("## Modes of a person", people),
        kind("## Codes of standard replies", codes(sources)),
    ]
}

/// What is wrong with the page.
pub(crate) fn complaints(page: &str, kinds: &[Kind]) -> Vec<String> {
    let absent = named(page, "## Absent");
    let of_kind = |kind: &Kind| {
        let (section, named) = (kind.section, named(page, kind.section));
        let missing = kind.spoken.difference(&named).map(move |name| {
            format!("docs/irc.md: {name} is spoken and has no row: write under `{section}`\n  | `{name}` | its specification | where ours differs, and why |")
        });
        let missing: Vec<String> = missing.collect();
        let stale = named
            .difference(&kind.spoken)
            .filter(|name| is_name(section, name));
        let stale = stale.map(|name| {
            format!("docs/irc.md: {name} is not spoken any more: take its row out of `{section}`")
        });
        let both = kind.spoken.intersection(&absent);
        let both =
            both.map(|name| format!("docs/irc.md: {name} is spoken: take it out of `## Absent`"));
        missing
            .into_iter()
            .chain(stale)
            .chain(both)
            .collect::<Vec<_>>()
    };
    let long = page
        .lines()
        .enumerate()
        .filter(|(_, line)| line.chars().count() > LINE_CHARS_MAX);
    let long = long.map(|(number, _)| {
        format!(
            "docs/irc.md:{}: more than {LINE_CHARS_MAX} characters are hard to read",
            number + 1
        )
    });
    kinds.iter().flat_map(of_kind).chain(long).collect()
}

/// Numbers stand beside the names of numerics.
fn is_name(section: &str, name: &str) -> bool {
    section != "## Numerics" || name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// What the first cells of a section's tables name in backquotes.
fn named(page: &str, section: &str) -> BTreeSet<String> {
    let lines = page.lines().skip_while(|line| *line != section).skip(1);
    let rows = lines.take_while(|line| !line.starts_with("## "));
    let cells = rows.filter_map(|row| row.strip_prefix("| ")?.split(" | ").next());
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

/// The lines `    1 RPL_WELCOME "…"` of the table of numerics.
fn numerics(sources: &[File]) -> BTreeSet<String> {
    let file = sources
        .iter()
        .find(|file| file.path.ends_with("irc/numeric.rs"));
    let lines = file.map(|file| file.text.lines()).into_iter().flatten();
    let rows = lines.filter_map(|line| {
        let mut words = line.strip_prefix("    ")?.split(' ');
        words.next()?.parse::<u16>().ok()?;
        words.next().map(str::to_owned)
    });
    rows.collect()
}

/// What `005` tells, without the values.
fn tokens(welcome: &str) -> BTreeSet<String> {
    let lines = welcome
        .lines()
        .filter_map(|line| line.split_once(" 005 dan ")?.1.split_once(" :"));
    let tokens = lines.flat_map(|(tokens, _)| tokens.split(' '));
    tokens
        .map(|token| token.split('=').next().unwrap_or(token).to_owned())
        .collect()
}

/// The letters that `004` tells: of people, and of rooms.
fn modes(welcome: &str) -> [BTreeSet<String>; 2] {
    let told = welcome
        .lines()
        .find_map(|line| line.split_once(" 004 dan "));
    let words: Vec<&str> = told
        .map(|(_, told)| told.split(' ').collect())
        .unwrap_or_default();
    [2, 3].map(|place| {
        words
            .get(place)
            .copied()
            .unwrap_or_default()
            .chars()
            .map(String::from)
            .collect()
    })
}

/// Codes have an underscore and stand in quotes, as little else does.
fn codes(sources: &[File]) -> BTreeSet<String> {
    let speaking = sources
        .iter()
        .filter(|file| SPEAKING.iter().any(|folder| file.within(folder).is_some()));
    let quoted = speaking.flat_map(|file| file.text.split('"').skip(1));
    let is_code = |text: &&str| {
        text.contains('_')
            && text
                .chars()
                .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
    };
    quoted
        .filter(is_code)
        .filter(|text| {
            !text.starts_with("CARGO_") && !text.starts_with('_') && !text.ends_with('_')
        })
        .map(str::to_owned)
        .collect()
}

const SPEAKING: [&str; 3] = [
    "chat-core/src/dialect/irc/",
    "chat-core/src/chat/",
    "chat-web/src/gateway/",
];
const LINE_CHARS_MAX: usize = 170;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_stale_absent_by_mistake_or_long_is_found() {
        let kinds = [Kind {
            section: "## Commands",
            spoken: ["JOIN", "KILL", "PART"].map(String::from).into(),
        }];
        let page = format!(
            "## Commands\n| command | x |\n| `JOIN` | x |\n| `OPER` | `KILL` |\n\n## Absent\n| `KILL` | x |\n| `DIE` | x |\n{}\n",
            "x".repeat(LINE_CHARS_MAX + 1)
        );
        let found = complaints(&page, &kinds).join("\n");
        let expected = [
            "KILL is spoken and has no row",
            "| `KILL` |",
            "PART is spoken",
            "OPER is not spoken any more",
            "KILL is spoken: take it out",
            "irc.md:9:",
        ];
        for words in expected {
            assert!(found.contains(words), "{words} in {found}");
        }
        assert_eq!(found.matches("docs/irc.md").count(), 5, "{found}");
    }

    #[test]
    fn what_is_spoken_is_read_from_code_and_welcome() {
        let file = |path: &str, text: &str| File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let sources = [
            file(
                "chat-core/src/dialect/irc/numeric.rs",
                "numerics! {\n    1 RPL_WELCOME \":Welcome…\"\n}\n",
            ),
            file(
                "chat-core/src/chat/x.rs",
                "(\"NOT_STORED\", \"LATEST\", \"CARGO_PKG\", \"a_b\")",
            ),
            file("chat-core/src/hub/x.rs", "\"ELSE_WHERE\""),
        ];
        let welcome = "dan< :s 004 dan s v iB bk k\ndan< :s 005 dan MODES=3 SAFELIST :are\n";
        let told: Vec<Vec<String>> = kinds(&sources, welcome)
            .into_iter()
            .map(|kind| kind.spoken.into_iter().collect())
            .collect();
        assert!(told[0].contains(&"WEBIRC".to_owned()) && told[0].contains(&"JOIN".to_owned()));
        assert_eq!(told[1], ["RPL_WELCOME"]);
        assert!(told[2].contains(&"batch".to_owned()));
        assert_eq!(told[3], ["MODES", "SAFELIST"]);
        assert_eq!(told[4], ["b", "k"]);
        assert_eq!(told[5], ["B", "i"]);
        assert_eq!(told[6], ["NOT_STORED"]);
    }
}
