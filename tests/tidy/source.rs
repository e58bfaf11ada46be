//! Rust, read just well enough to know which paths a program names: comments, strings and what
//! is compiled for tests only are blanked, and every line keeps its number.

use std::collections::BTreeSet;

use crate::File;
use crate::blank::{blank, code, is_name};

/// A path in the code, `crate::hub::Room`; a `use` with braces gives one for each leaf.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
}

/// The code without comments, strings and items under `#[cfg(test)]`.
pub(crate) fn program_text(text: &str) -> String {
    without_tests(code(text))
}

/// All paths, single names included, in their order.
pub(crate) fn paths(code: &str) -> Vec<Named> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at += visibility(&tokens[at..]);
        at = tree(&tokens, at, &[], &mut found).max(at + 1);
    }
    found
}

/// The files which some other file declares as a module under `#[cfg(test)]`.
pub(crate) fn test_files(files: &[File]) -> BTreeSet<String> {
    files
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .flat_map(declared_tests)
        .collect()
}

fn declared_tests(file: &File) -> Vec<String> {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let is_root = ["mod.rs", "lib.rs", "main.rs"].contains(&name);
    let children = if is_root {
        folder.to_owned()
    } else {
        file.path.replace(".rs", "")
    };
    let mut found = Vec::new();
    for (_, item) in test_items(&file.text) {
        let module = item.lines().map(str::trim).find_map(|line| {
            line.trim_start_matches("pub(crate) ")
                .strip_prefix("mod ")?
                .strip_suffix(';')
        });
        let path = item
            .lines()
            .find_map(|line| line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"));
        match (module, path) {
            (Some(_), Some(path)) => found.push(format!("{folder}/{path}")),
            (Some(module), None) => found.push(format!("{children}/{module}.rs")),
            (None, _) => {}
        }
    }
    found
}

/// Where the items under `#[cfg(test)]` begin, and their text.
fn test_items(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices(TEST)
        .map(|(at, _)| (at, &text[at..at + item_length(&text[at..])]))
}

fn without_tests(mut code: String) -> String {
    let tests: Vec<(usize, String)> = test_items(&code)
        .map(|(at, item)| (at, blank(item)))
        .collect();
    for (at, blank) in tests {
        code.replace_range(at..at + blank.len(), &blank);
    }
    code
}

/// The length of an item with its attributes: to its semicolon or to its closing brace.
fn item_length(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (byte == b';' || byte == b'}') {
            return at + 1;
        }
    }
    text.len()
}

const TEST: &str = "#[cfg(test)]";

/// Names, `::` and single characters, each with its line.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    for (line, mut rest) in (1..).zip(code.lines()) {
        while let Some(first) = rest.chars().next() {
            let length = match first {
                _ if is_name(first) => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            let (token, after) = rest.split_at(length);
            rest = after;
            if !first.is_whitespace() {
                tokens.push((line, token));
            }
        }
    }
    tokens
}

/// The length of `pub(crate)`, `pub(in …)`: who may use a thing is not a use of theirs.
fn visibility(tokens: &[(usize, &str)]) -> usize {
    match tokens {
        [(_, "pub"), (_, "("), (_, "in"), rest @ ..] => {
            3 + rest.iter().take_while(|(_, token)| *token != ")").count()
        }
        [(_, "pub"), (_, "("), _, (_, ")"), ..] => 4,
        _ => 0,
    }
}

/// Reads one path, or a tree of them in braces, and gives the place after it.
fn tree(tokens: &[(usize, &str)], at: usize, before: &[String], found: &mut Vec<Named>) -> usize {
    let mut segments = before.to_vec();
    let mut next = at;
    while let Some((line, token)) = tokens.get(next) {
        if *token == "{" && next > at {
            return group(tokens, next + 1, &segments, found);
        }
        if !token.starts_with(is_name) {
            // After a `::`: a glob, or the generic arguments of what was named.
            found.extend((next > at).then_some(Named {
                line: *line,
                segments,
            }));
            return next + usize::from(*token == "*");
        }
        segments.push((*token).to_owned());
        next += 1;
        if tokens.get(next).is_none_or(|(_, after)| *after != "::") {
            segments.pop_if(|last| last == "self" && !before.is_empty());
            found.push(Named {
                line: *line,
                segments,
            });
            return next;
        }
        next += 1;
    }
    next
}

/// The paths within braces, to the closing one.
fn group(
    tokens: &[(usize, &str)],
    mut at: usize,
    before: &[String],
    found: &mut Vec<Named>,
) -> usize {
    while let Some((line, token)) = tokens.get(at) {
        at = match *token {
            "}" => return at + 1,
            "as" => at + 2,
            "*" => {
                found.push(Named {
                    line: *line,
                    segments: before.to_vec(),
                });
                at + 1
            }
            _ => tree(tokens, at, before, found).max(at + 1),
        };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        paths(&program_text(text))
            .iter()
            .map(|named| named.segments.join("::"))
            .collect()
    }

    #[test]
    fn a_use_with_braces_names_each_leaf() {
        let text = "use crate::{a::{self, B as C}, d::*, E};";
        assert_eq!(
            named(text),
            ["use", "crate::a", "crate::a::B", "crate::d", "crate::E"]
        );
    }

    #[test]
    fn paths_in_expressions_and_types_count() {
        let text = "let x: super::A<crate::b::C> = d::E::<F>::g { h };";
        assert_eq!(
            named(text)[2..],
            ["super::A", "crate::b::C", "d::E", "F", "g", "h"]
        );
    }

    #[test]
    fn a_visibility_is_no_use() {
        assert_eq!(named("pub(in crate::a) fn b() {}"), ["fn", "b"]);
        assert_eq!(
            named("pub(super) c: D, pub(in super::super) e: F"),
            ["c", "D", "e", "F"]
        );
    }

    #[test]
    fn comments_and_literals_are_blanked() {
        let text =
            "a /* b /* c */ d */ e // f\n\"g \\\" h\" i r#\"j \" k\"# 'l' '\\'' 'm n '\u{e9}' o";
        assert_eq!(named(text), ["a", "e", "i", "m", "n", "o"]);
    }

    #[test]
    fn lines_keep_their_numbers() {
        let found = paths(&program_text("/*\n*/ \"\n\" a"));
        assert_eq!(
            found,
            [Named {
                line: 3,
                segments: vec!["a".to_owned()]
            }]
        );
    }

    #[test]
    fn what_is_for_tests_only_is_blanked() {
        let text = "a #[cfg(test)]\nuse b::{c};\nd #[cfg(test)]\n#[allow(e)]\nmod f { g { h } } i";
        assert_eq!(named(text), ["a", "d", "i"]);
    }

    #[test]
    fn files_for_tests_only_are_known() {
        let file = |path: &str, text: &str| File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let files = [
            file("src/hub/mod.rs", "#[cfg(test)]\nmod walk;\nmod room;"),
            file(
                "src/names.rs",
                "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nmod inline { fn f() {} }",
            ),
            file(
                "src/a.rs",
                "#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;",
            ),
        ];
        let expected = ["src/a_tests.rs", "src/hub/walk.rs", "src/names/tests.rs"];
        assert_eq!(test_files(&files), expected.map(str::to_owned).into());
    }
}
