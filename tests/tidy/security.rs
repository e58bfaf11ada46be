//! `docs/security.md` promises a test for each threat: here it is held that they are there.

use std::path::Path;

/// What is wrong with the tables of this text: rows without a test, and tests that are not there.
pub(crate) fn complaints(root: &Path, text: &str) -> Vec<String> {
    let rows = text.lines().enumerate().filter_map(row);
    rows.flat_map(|(line, tests)| of_row(root, line, &tests))
        .collect()
}

/// The last cell of a row, if the line is one of a table.
fn row((number, line): (usize, &str)) -> Option<(usize, String)> {
    let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let last = cells.rsplit(" | ").next()?;
    (last != "test").then(|| (number + 1, last.to_owned()))
}

fn of_row(root: &Path, line: usize, tests: &str) -> Vec<String> {
    let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
    if named.is_empty() && tests != NOT_YET {
        return vec![format!("docs/security.md:{line}: no test in this row")];
    }
    let missing = named.into_iter().filter(|test| !is_there(root, test));
    missing
        .map(|test| format!("docs/security.md:{line}: there is no `{test}`"))
        .collect()
}

/// Whether a test is there by that name: `file::name`, `crate::module::name`, a transcript, a target.
fn is_there(root: &Path, test: &str) -> bool {
    let Some((place, name)) = test.rsplit_once("::") else {
        return false;
    };
    match place {
        "conversations" => root
            .join(format!("tests/conversations/{name}.txt"))
            .is_file(),
        "fuzz" => root.join(format!("fuzz/targets/{name}.rs")).is_file(),
        _ => files(place)
            .iter()
            .any(|file| holds(&root.join(file), name)),
    }
}

/// Where the tests of a place may be.
fn files(place: &str) -> Vec<String> {
    let parts: Vec<&str> = place.split("::").collect();
    let (folder, path) = match parts.split_first() {
        Some((package, modules)) if package.contains('-') => {
            (format!("{package}/src"), modules.join("/"))
        }
        _ => ("tests".to_owned(), parts.join("/")),
    };
    ["", "/mod", "/tests", "_tests"]
        .map(|end| format!("{folder}/{path}{end}.rs"))
        .to_vec()
}

fn holds(file: &Path, test: &str) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let tests = text.split("#[test]").skip(1);
    tests
        .filter_map(|rest| rest.split_once("fn ")?.1.split_once('('))
        .any(|(name, _)| name == test)
}

/// In a row whose protection is being built.
const NOT_YET: &str = "to be named";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_test_or_with_one_that_is_gone_is_found() {
        let root = crate::root();
        let table = "| threat | what protects | test |\n|---|---|---|\n\
            | a | b | `tidy::security::a_row_without_a_test_or_with_one_that_is_gone_is_found` |\n\
            | a | b | `tidy::security::a_row` |\n\
            | a | b | `tidy::security::complaints` `tidy::nowhere::x` |\n\
            | a | b | |\n| a | b | see there |\n| a | b | to be named |\n";
        let found = complaints(&root, table);
        let lines: Vec<&str> = found
            .iter()
            .filter_map(|text| text.split(':').nth(1))
            .collect();
        assert_eq!(lines, ["4", "5", "5", "6", "7"], "{found:?}");
    }
}
