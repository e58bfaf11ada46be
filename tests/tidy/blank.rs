//! Comments and literals, found and blanked.

/// The code without comments and literals.
pub(crate) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (length, is_code) = piece(rest);
        let (piece, after) = rest.split_at(length);
        code += &if is_code {
            piece.to_owned()
        } else {
            blank(piece)
        };
        rest = after;
    }
    code
}

/// Same length and same lines, and nothing in it.
pub(crate) fn blank(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect()
}

/// The length of the next comment, literal, name or character, and whether it is code.
fn piece(rest: &str) -> (usize, bool) {
    let first = rest.chars().next().unwrap();
    if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), false)
    } else if rest.starts_with("/*") {
        (block_comment(rest), false)
    } else if first == '"' {
        (string(rest), false)
    } else if first == '\'' {
        character(rest).map_or((1, true), |length| (length, false))
    } else if is_name(first) {
        let name = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        raw_string(&rest[..name], &rest[name..]).map_or((name, true), |raw| (name + raw, false))
    } else {
        (first.len_utf8(), true)
    }
}

/// Comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        match &rest.as_bytes()[at..rest.len().min(at + 2)] {
            b"/*" => (depth, at) = (depth + 1, at + 1),
            b"*/" => (depth, at) = (depth - 1, at + 1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(rest: &str) -> usize {
    let mut escaped = true; // The opening quote does not close.
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// A character literal; none for a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inner = &rest[1..];
    let first = inner.chars().next()?;
    if first == '\\' {
        return inner[2..].find('\'').map(|end| end + 4);
    }
    let end = 1 + first.len_utf8();
    rest[end..].starts_with('\'').then_some(end + 1)
}

/// The length of `#"…"#` after an `r`, `br` or `cr`.
fn raw_string(prefix: &str, rest: &str) -> Option<usize> {
    let hashes = rest.find(|c| c != '#')?;
    let is_raw = ["r", "br", "cr"].contains(&prefix) && rest[hashes..].starts_with('"');
    let close = format!("\"{}", "#".repeat(hashes));
    let body = hashes + 1;
    is_raw.then(|| {
        rest[body..]
            .find(&close)
            .map(|end| body + end + close.len())
    })?
}

pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
