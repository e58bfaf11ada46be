//! What a request is for: path, query and host. RFC 9112 §3.2.

use super::{Authority, Rejection};

/// A request target, decoded and without anything that could climb out of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Percent-decoded; starts with `/`. Has no `.` or `..` segment, no backslash, no control
    /// character, and no slash that was not one on the wire.
    pub path: String,
    /// Behind the `?`, as it came.
    pub query: String,
    /// From an absolute-form target, else from `Host`.
    pub authority: Option<Authority>,
}

impl Target {
    /// Reads the origin form (`/path?query`) and the absolute form, which servers must accept too
    /// (RFC 9112 §3.2.2). The other two forms are for proxies and for `OPTIONS *`.
    pub(crate) fn parse(text: &str) -> Result<Target, Rejection> {
        if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
            return Err(Rejection::bad("an address has visible ASCII only"));
        }
        let (authority, rest) = split_origin(text)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Ok(Target {
            path: decode_path(if path.is_empty() { "/" } else { path })?,
            query: query.to_owned(),
            authority,
        })
    }
}

/// Takes `http://host:port` off an absolute-form target.
fn split_origin(text: &str) -> Result<(Option<Authority>, &str), Rejection> {
    if text.starts_with('/') {
        return Ok((None, text));
    }
    let Some(rest) = strip_scheme(text) else {
        return Err(Rejection::bad("an address starts with a slash"));
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    match Authority::parse(host) {
        Some(authority) => Ok((Some(authority), rest)),
        None => Err(Rejection::bad("the address names no host")),
    }
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let known = ["http", "https"];
    known
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
        .then_some(rest)
}

/// Decodes once, and refuses what would read differently if it were decoded again or by a file
/// system: the routes of this server need none of it.
fn decode_path(path: &str) -> Result<String, Rejection> {
    let climbs = |segment: &str| matches!(segment, "." | "..");
    let bytes = percent_decode(path)?;
    match String::from_utf8(bytes) {
        Ok(path) if path.chars().any(|c| c.is_control() || c == '\\') => {
            Err(Rejection::bad("a control character in the path"))
        }
        Ok(path) if path.split('/').any(climbs) => Err(Rejection::bad("a path that climbs")),
        Ok(path) => Ok(path),
        Err(_) => Err(Rejection::bad("the path is not UTF-8")),
    }
}

fn percent_decode(path: &str) -> Result<Vec<u8>, Rejection> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        match hex_pair(tail) {
            Some(b'/') => return Err(Rejection::bad("an encoded slash in the path")),
            Some(byte) => bytes.push(byte),
            None => return Err(Rejection::bad("a percent sign without two digits")),
        }
        rest = &tail[2..];
    }
    Ok(bytes)
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let [high, low, ..] = bytes else { return None };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Option<String> {
        Target::parse(text).ok().map(|target| target.path)
    }

    #[test]
    fn both_forms_give_path_query_and_host() {
        let target = Target::parse("/login?room=%23a").unwrap();
        assert_eq!(
            (target.path.as_str(), target.query.as_str()),
            ("/login", "room=%23a")
        );
        assert_eq!(target.authority, None);

        let target = Target::parse("HTTP://Chat.Example:80?q").unwrap();
        assert_eq!((target.path.as_str(), target.query.as_str()), ("/", "q"));
        assert_eq!(target.authority, Authority::parse("chat.example:80"));
    }

    #[test]
    fn paths_are_decoded_once() {
        assert_eq!(path("/%6cogin").as_deref(), Some("/login"));
        assert_eq!(path("/%C3%A9").as_deref(), Some("/\u{e9}"));
        assert_eq!(path("/%252e%252e").as_deref(), Some("/%2e%2e"));
        assert_eq!(path("/a...b/.x").as_deref(), Some("/a...b/.x"));
        assert_eq!(path("//a").as_deref(), Some("//a"));
    }

    #[test]
    fn paths_that_climb_or_hide_something_are_refused() {
        for text in [
            "",
            "*",
            "login",
            "host:80",
            "ftp://a/",
            "http://",
            "http:///",
            "http://u@h/",
            "/..",
            "/../etc",
            "/assets/../x",
            "/assets/%2e%2E/x",
            "/./x",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a\\b",
            "/a%00",
            "/a%0d%0aX:y",
            "/%7f",
            "/%",
            "/%4",
            "/%zz",
            "/%ff",
            "/a#b",
            "/a b",
            "/a\tb",
            "/\u{e9}",
            "/?\u{e9}",
        ] {
            assert_eq!(path(text), None, "{text:?}");
        }
    }
}
