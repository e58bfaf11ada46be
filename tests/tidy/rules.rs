//! The rules about single files.

use std::path::Path;

use crate::File;
use crate::source::program_text;

const LINES_MAX: usize = 500;

/// Code and pages alike: beyond this a file holds more than one thing.
pub(crate) fn too_long(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > LINES_MAX).then(|| format!("{}: {lines} lines, split it", file.path))
}

/// A peer may never stop a program: what can fail is handled, and what cannot is written so that
/// it is seen.
pub(crate) fn unwraps(file: &File) -> Vec<String> {
    let code = program_text(&file.text);
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(code.lines()) {
        if let Some(word) = [".unwrap()", ".expect("]
            .iter()
            .find(|word| line.contains(**word))
        {
            complaints.push(format!("{}:{number}: `{word}` outside of tests", file.path));
        }
    }
    complaints
}

/// The ways by which somebody's text becomes part of the page as HTML or as a script.
const HTML_FROM_TEXT: [&str; 9] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "setHTMLUnsafe",
    "createContextualFragment",
    "document.write",
    "eval(",
    "new Function",
    "javascript:",
];

/// Not even in a comment: then a search for them finds nothing at all.
pub(crate) fn html_from_text(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        if let Some(word) = HTML_FROM_TEXT.iter().find(|word| has_word(line, word)) {
            complaints.push(format!(
                "{}:{number}: `{word}`, build text nodes",
                file.path
            ));
        }
    }
    complaints
}

/// Somewhere in the line, but not as the end of another word.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric()))
}

/// Cargo finds only what lies in a package: a file elsewhere that no manifest lists never runs.
pub(crate) fn unlisted(files: &[File]) -> Vec<String> {
    let listed: Vec<String> = files.iter().flat_map(targets).collect();
    let to_list = files.iter().filter(|file| is_target(&file.path));
    to_list
        .filter(|file| !listed.contains(&file.path))
        .map(|file| format!("{}: no Cargo.toml lists it, so it never runs", file.path))
        .collect()
}

/// A test file without a test, in itself or in its modules, passes for ever.
pub(crate) fn without_a_test(files: &[File]) -> Vec<String> {
    let tests = files
        .iter()
        .filter(|file| file.path.starts_with("tests/") && is_target(&file.path));
    let empty = tests.filter(|file| !holds_a_test(file) && !modules(file, files).any(holds_a_test));
    empty
        .map(|file| format!("{}: no test is in it, so it cannot fail", file.path))
        .collect()
}

fn holds_a_test(file: &File) -> bool {
    let signs = ["#[test]", "mod with_clients", "macro_rules!"];
    signs.iter().any(|sign| file.text.contains(sign))
}

/// The files that a test file takes in by `#[path = "…"]`.
fn modules<'a>(file: &'a File, files: &'a [File]) -> impl Iterator<Item = &'a File> {
    let named = file.text.lines().filter_map(|line| {
        let path = line.strip_prefix("#[path = \"")?.strip_suffix("\"]")?;
        Some(format!("tests/{path}"))
    });
    named.filter_map(|path| files.iter().find(|other| other.path == path))
}

fn is_target(path: &str) -> bool {
    let folder = Path::new(path)
        .parent()
        .and_then(Path::to_str)
        .unwrap_or_default();
    path.ends_with(".rs") && ["tests", "examples", "benches", "benches/benches"].contains(&folder)
}

/// The files that a manifest lists, by `path`, or by `name` where Cargo looks for benchmarks.
fn targets(manifest: &File) -> Vec<String> {
    let Some(package) = manifest.path.strip_suffix("Cargo.toml") else {
        return Vec::new();
    };
    let values = |key: &'static str| manifest.text.lines().filter_map(move |l| value(l, key));
    let paths = values("path").map(|path| joined(package, path));
    let names = values("name").map(|name| format!("{package}benches/{name}.rs"));
    paths.chain(names).collect()
}

/// The string on a line `key = "string"`.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line
        .trim()
        .strip_prefix(key)?
        .trim_start()
        .strip_prefix('=')?;
    rest.trim().strip_prefix('"')?.strip_suffix('"')
}

/// A path from a package, as a path from the root.
fn joined(package: &str, path: &str) -> String {
    let mut parts: Vec<&str> = package.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// What drives a program that a machine may not have.
const CLIENTS: [&str; 7] = [
    "Browser::start",
    "Terminal::start",
    "\"nc\"",
    "\"curl\"",
    "\"nginx\"",
    "\"caddy\"",
    "\"python3\"",
];
const MODULE: &str = "mod with_clients";

/// `./tests/run --no-clients` leaves tests out by the name of their module.
pub(crate) fn client_outside_its_module(file: &File) -> Option<String> {
    file.within("tests/")
        .filter(|name| name.ends_with(".rs") && !name.contains('/'))?;
    let before = file.text.split(MODULE).next()?;
    let client = CLIENTS.iter().find(|client| before.contains(**client))?;
    Some(format!("{}: {client} outside of `{MODULE}`", file.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_file_may_have_500_lines_and_not_one_more() {
        assert_eq!(too_long(&file("a.css", &"\n".repeat(500))), None);
        assert!(too_long(&file("a.css", &"\n".repeat(501))).is_some());
    }

    #[test]
    fn unwraps_are_found_by_line() {
        let text = "fn f() {\n    g().unwrap();\n}\n// .unwrap()\nfn h() { i().expect(\"x\") }";
        let found = unwraps(&file("a.rs", text));
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("a.rs:2: `.unwrap()`"), "{found:?}");
        let fine =
            "fn f() { g().unwrap_or(1); }\n#[cfg(test)]\nmod tests { fn f() { g().unwrap() } }";
        assert!(unwraps(&file("a.rs", fine)).is_empty());
    }

    #[test]
    fn html_from_text_is_found() {
        let found = |text| html_from_text(&file("a.js", text)).len();
        assert_eq!(
            found("a.innerHTML = b\nfine\ndocument.write(c)\neval(d)"),
            3
        );
        assert_eq!(found("a.textContent = b; medieval(c)"), 0);
    }

    #[test]
    fn what_no_manifest_lists_is_found() {
        let files = [
            file(
                "chat-core/Cargo.toml",
                "[[test]]\nname = \"a\"\npath = \"../tests/a.rs\"\n",
            ),
            file(
                "benches/Cargo.toml",
                "[[bench]]\nname = \"fan_out\"\nharness = false\n",
            ),
            file("tests/a.rs", ""),
            file("tests/b.rs", ""),
            file("tests/support/src/lib.rs", ""),
            file("benches/benches/fan_out.rs", ""),
            file("examples/c.rs", ""),
        ];
        let found = unlisted(&files);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("tests/b.rs") && found[1].starts_with("examples/c.rs"));
    }

    #[test]
    fn an_empty_test_file_is_complained_of() {
        let complaints = |text, module| {
            let files = [
                file("tests/a.rs", text),
                file("tests/a/b.rs", module),
                file("tests/support/src/lib.rs", ""),
            ];
            without_a_test(&files).len()
        };
        let taking_in = "#[path = \"a/b.rs\"]\nmod b;";
        assert_eq!(complaints("//! Nothing.", "#[test] fn f() {}"), 1);
        assert_eq!(complaints("#[test] fn f() {}", ""), 0);
        assert_eq!(complaints(taking_in, "#[test] fn f() {}"), 0);
        assert_eq!(complaints(taking_in, ""), 1);
    }

    #[test]
    fn clients_belong_into_their_module() {
        let complaint = |text| client_outside_its_module(&file("tests/browser.rs", text));
        assert_eq!(
            complaint("mod with_clients { fn f() { Browser::start() } }"),
            None
        );
        assert!(complaint("fn f() { Browser::start() }").is_some());
        assert!(complaint("fn f() { Command::new(\"nc\") } mod with_clients {}").is_some());
    }
}
