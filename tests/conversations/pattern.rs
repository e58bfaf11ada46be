//! What a line has to look like: literal text, `…`, `{time}` and names that are bound at first use.

use std::collections::HashMap;

/// What the names in braces stand for.
pub(crate) type Bound = HashMap<String, String>;

/// A piece of a pattern.
#[derive(Debug, PartialEq)]
enum Piece<'p> {
    Text(&'p str),
    Any,
    Time,
    Name(&'p str),
}

/// Whether a line is as the pattern has it; then the names that were new are bound.
pub(crate) fn matches(pattern: &str, line: &str, bound: &mut Bound) -> bool {
    let pieces = pieces(pattern);
    let found = walk(&pieces, line, bound.clone());
    let is_match = found.is_some();
    bound.extend(found.into_iter().flatten());
    is_match
}

/// The text with all names replaced, to be sent.
pub(crate) fn filled(text: &str, bound: &Bound) -> String {
    let filled = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Any => "…".to_owned(),
        Piece::Time => "{time}".to_owned(),
        Piece::Name(name) => {
            known(name, bound).unwrap_or_else(|| panic!("{{{name}}} is not known yet"))
        }
    });
    filled.collect()
}

fn pieces(pattern: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '…']) {
        pieces.push(Piece::Text(&rest[..at]));
        let special = &rest[at..];
        let (piece, length) = match special
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
        {
            Some(("time", _)) => (Piece::Time, "{time}".len()),
            Some((name, _)) if is_name(name) => (Piece::Name(name), name.len() + "{}".len()),
            _ if special.starts_with('…') => (Piece::Any, '…'.len_utf8()),
            _ => (Piece::Text("{"), 1),
        };
        pieces.push(piece);
        rest = &special[length..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// `ana`, `id1`, or `x*500`.
fn is_name(name: &str) -> bool {
    let name = name.split_once('*').map_or(name, |(_, times)| times);
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn known(name: &str, bound: &Bound) -> Option<String> {
    match name.split_once('*') {
        Some((text, times)) => Some(text.repeat(times.parse().ok()?)),
        None => bound.get(name).cloned(),
    }
}

fn walk(pieces: &[Piece<'_>], line: &str, mut bound: Bound) -> Option<Bound> {
    let Some((first, rest)) = pieces.split_first() else {
        return line.is_empty().then_some(bound);
    };
    match first {
        Piece::Text(text) => walk(rest, line.strip_prefix(text)?, bound),
        Piece::Any => ends(line, |_| true).find_map(|end| walk(rest, &line[end..], bound.clone())),
        Piece::Time => {
            let (time, after) = line.split_at_checked(TIME_FORM.len())?;
            is_time(time).then(|| walk(rest, after, bound))?
        }
        Piece::Name(name) => match known(name, &bound) {
            Some(text) => walk(rest, line.strip_prefix(text.as_str())?, bound),
            None => ends(line, |c| c != ' ' && c != ';').rev().find_map(|end| {
                bound.insert((*name).to_owned(), line[..end].to_owned());
                walk(rest, &line[end..], bound.clone())
            }),
        },
    }
}

/// Where a run of such characters may end.
fn ends(line: &str, is_such: fn(char) -> bool) -> impl DoubleEndedIterator<Item = usize> {
    let run = line.find(|c| !is_such(c)).unwrap_or(line.len());
    let inner: Vec<usize> = line[..run].char_indices().map(|(at, _)| at).collect();
    inner.into_iter().chain([run])
}

fn is_time(text: &str) -> bool {
    let alike = |(c, form): (char, char)| {
        if form == '0' {
            c.is_ascii_digit()
        } else {
            c == form
        }
    };
    text.chars().zip(TIME_FORM.chars()).all(alike)
}

/// IRCv3 server-time.
const TIME_FORM: &str = "0000-00-00T00:00:00.000Z";

#[test]
fn patterns_match_whole_lines_and_bind_names() {
    let mut bound = Bound::new();
    assert!(matches(
        "@msgid={id} :{who} JOIN …",
        "@msgid=e-1 :ana!a@h JOIN #a",
        &mut bound
    ));
    assert_eq!(
        (bound["id"].as_str(), bound["who"].as_str()),
        ("e-1", "ana!a@h")
    );
    assert!(matches("x {id}", "x e-1", &mut bound) && !matches("x {id}", "x e-2", &mut bound));
    assert!(matches("…b", "abab", &mut bound) && !matches("a…", "ba", &mut bound));
    assert!(
        matches("{time}", "2026-11-23T08:15:30.042Z", &mut bound)
            && !matches("{time}", "now", &mut bound)
    );
    assert!(!matches("a", "ab", &mut bound) && matches("{a*3}", "aaa", &mut bound));
    assert_eq!(filled("BEFORE {id} {é*2} {", &bound), "BEFORE e-1 éé {");
}
