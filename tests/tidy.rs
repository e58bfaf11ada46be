//! The house rules, held by a test over the files of the repository.
//!
//! | file | holds |
//! |---|---|
//! | this one | the walk through the repository, and one test for each rule |
//! | `tidy/floors.rs` | who may use whom inside chat-core: the table of floors |
//! | `tidy/rules.rs` | the rules about single files |
//! | `tidy/security.rs` | that each test which `docs/security.md` names is there |
//! | `tidy/spoken.rs` | that `docs/irc.md` lists what we speak, and nothing else |
//! | `tidy/source.rs`, `tidy/blank.rs` | Rust read just well enough for that |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "tidy/blank.rs"]
mod blank;
#[path = "tidy/floors.rs"]
mod floors;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/security.rs"]
mod security;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/spoken.rs"]
mod spoken;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One text file: its path from the root of the repository, and its text.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    fn has_extension(&self, extensions: &[&str]) -> bool {
        let extension = Path::new(&self.path).extension().and_then(|e| e.to_str());
        extension.is_some_and(|e| extensions.contains(&e))
    }

    /// The path within a folder, if the file lies there.
    pub(crate) fn within(&self, folder: &str) -> Option<&str> {
        self.path.strip_prefix(folder)
    }
}

#[test]
fn a_file_uses_only_lower_floors() {
    let files = sources_within(&["chat-core/src/"]);
    hold(floors::complaints(&files));
}

#[test]
fn each_wing_is_ignorant_of_the_other() {
    let files = sources_within(&["chat-core/src/"]);
    hold(floors::knowledge(&files));
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let files = repository();
    let looked_at = files.iter().filter(|file| file.has_extension(&TEXT));
    hold(looked_at.filter_map(rules::too_long));
}

#[test]
fn every_test_example_and_benchmark_is_listed() {
    let files = repository();
    hold(rules::unlisted(&files));
}

#[test]
fn every_test_file_holds_a_test() {
    let files = repository();
    hold(rules::without_a_test(&files));
}

#[test]
fn the_library_brings_no_async_runtime() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "tree",
        "--locked",
        "--offline",
        "-p",
        "chat-core",
        "-e",
        "normal",
    ]);
    let tree = cargo.args(["--prefix", "none"]).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.contains("mio v"), "{tree}");
    for runtime in ["tokio", "async-std", "smol", "futures", "async-io"] {
        let brought = tree
            .lines()
            .any(|line| line.split(' ').next() == Some(runtime));
        assert!(!brought, "chat-core brings {runtime}:\n{tree}");
    }
    let lines = tree.lines().count();
    assert!(
        lines <= 50,
        "{lines} lines are more than a screen shows:\n{tree}"
    );
}

#[test]
fn the_papers_are_there() {
    hold(
        PAPERS
            .iter()
            .filter(|paper| !root().join(paper).is_file())
            .map(|paper| format!("{paper} is missing")),
    );
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let lines = architecture.lines().count();
    assert!(
        lines <= 150,
        "ARCHITECTURE.md has {lines} lines: more than 150 nobody reads"
    );
}

#[test]
fn every_threat_has_a_test_that_is_there() {
    let table = fs::read_to_string(root().join("docs/security.md")).unwrap();
    assert!(table.lines().count() > 80, "where are the tables?");
    hold(security::complaints(&root(), &table));
}

#[test]
fn the_page_about_irc_lists_what_we_speak() {
    let page = fs::read_to_string(root().join("docs/irc.md")).unwrap();
    let welcome = "tests/conversations/welcome_says_what_we_are.txt";
    let welcome = fs::read_to_string(root().join(welcome)).unwrap();
    let sources = sources_within(&["chat-core/src/", "chat-web/src/gateway/"]);
    let kinds = spoken::kinds(&sources, &welcome);
    for kind in &kinds {
        assert!(!kind.spoken.is_empty(), "{}", kind.section);
    }
    hold(spoken::complaints(&page, &kinds));
}

#[test]
fn the_programs_do_not_unwrap() {
    let files = sources_within(&["chat-core/src/", "chat-relay/src/", "chat-web/src/"]);
    hold(files.iter().flat_map(rules::unwraps));
}

#[test]
fn the_page_builds_text_nodes_and_never_html() {
    let pages = pages();
    assert!(
        pages.iter().any(|file| file.path.ends_with("index.html")),
        "where is {PAGES}?"
    );
    hold(pages.iter().flat_map(rules::html_from_text));
}

#[test]
fn a_test_with_somebody_elses_client_can_be_left_out() {
    let files = repository();
    hold(files.iter().filter_map(rules::client_outside_its_module));
}

#[track_caller]
fn hold(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_bot_of_the_readme_is_the_one_that_is_tried() {
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let bot = read("examples/bot.py");
    let (_, code) = bot.split_once("\"\"\"\n").unwrap();
    let shown = format!("```python\n{code}```\n");
    assert!(
        read("README.md").contains(&shown),
        "README.md shows another bot than examples/bot.py"
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The text files of the repository.
fn repository() -> Vec<File> {
    let mut files: Vec<File> = files_in(&root())
        .iter()
        .filter_map(|path| file(path))
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The Rust files of these folders, without those which are compiled for tests only.
fn sources_within(folders: &[&str]) -> Vec<File> {
    let files = repository();
    let tests = source::test_files(&files);
    let mut sources = files;
    sources.retain(|file| {
        file.has_extension(&["rs"])
            && folders.iter().any(|folder| file.within(folder).is_some())
            && !tests.contains(&file.path)
    });
    assert!(!sources.is_empty(), "no Rust in {folders:?}");
    sources
}

fn pages() -> Vec<File> {
    let mut files = repository();
    files.retain(|file| file.within(PAGES).is_some() && file.has_extension(&["html", "js", "mjs"]));
    files
}

fn file(path: &Path) -> Option<File> {
    let relative = path.strip_prefix(root()).unwrap().to_str()?.to_owned();
    let file = File {
        path: relative,
        text: fs::read_to_string(path).ok()?,
    };
    (file.has_extension(&TEXT) || file.has_extension(&["toml"])).then_some(file)
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let hidden = name.as_encoded_bytes().starts_with(b".");
        if entry.file_type().unwrap().is_file() {
            files.push(entry.path());
        } else if !hidden && name != "target" && name != "node_modules" {
            files.extend(files_in(&entry.path()));
        }
    }
    files
}

const TEXT: [&str; 7] = ["rs", "js", "mjs", "html", "css", "c", "h"];
const PAGES: &str = "chat-web/src/pages/";
const PAPERS: [&str; 6] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
];
