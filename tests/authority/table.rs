//! The table: a line for each command, a cell for each role.

/// Who says it; `oper` is an operator of the server who is not in the room.
pub(crate) const ROLES: [&str; 9] = [
    "outsider", "member", "voiced", "operator", "banned", "silenced", "parted", "oper", "stranger",
];

/// Stands behind what is told if others hear something too.
pub(crate) const HEARD: &str = "!";

/// What is said, and what each of them is told.
pub(crate) fn table() -> Vec<(&'static str, Vec<&'static str>)> {
    let lines = include_str!("table.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .map(row)
        .collect()
}

/// `all:` stands for everybody but the stranger.
fn row(line: &'static str) -> (&'static str, Vec<&'static str>) {
    let mut cells = line.split('|').map(str::trim);
    let said = cells.next().unwrap();
    let cells: Vec<&str> = cells.collect();
    match cells[0].strip_prefix("all:") {
        None => (said, cells),
        Some(told) => {
            let mut all = vec![told.trim(); ROLES.len() - 1];
            all.push(cells[1]);
            (said, all)
        }
    }
}
