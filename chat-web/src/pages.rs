//! What people see: pages with their blanks filled in, and the files that go with them. Floor 2.
//!
//! Everything is in the binary: the page works on a network without a way out. A page is a file with
//! blanks such as `{{name}}`; what goes into a blank is escaped, and is never looked through for
//! blanks of its own.

use std::borrow::Cow;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::http::Status;

/// The login form.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoginPage<'a> {
    /// What this chat is called.
    pub title: &'a str,
    /// What went wrong and what to do, or empty.
    pub error: &'a str,
    /// What the person wants to be called, as far as is known.
    pub name: &'a str,
    /// The room to enter, or empty for the default one.
    pub room: &'a str,
    /// Whether the chat has a password, and where the person is to go on.
    pub password: PasswordField,
}

/// The password on the login form; what somebody typed there never comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordField {
    /// The chat has none.
    #[default]
    None,
    /// It is asked for, after the name.
    Asked,
    /// It was wrong: the name may stay, this is where to type.
    Wrong,
}

/// The chat itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct IndexPage<'a> {
    /// What this chat is called.
    pub title: &'a str,
    /// What the person is called.
    pub name: &'a str,
    /// The room to enter.
    pub room: &'a str,
    /// How to come by IRC, or empty.
    pub irc: &'a str,
    /// How to come by `nc`, or empty.
    pub plain: &'a str,
}

impl LoginPage<'_> {
    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        let is_locked = self.password != PasswordField::None;
        let (name, password) = match self.password {
            PasswordField::Wrong => ("", AUTOFOCUS),
            PasswordField::None | PasswordField::Asked => (AUTOFOCUS, ""),
        };
        let blanks = [
            ("title", self.title),
            ("error", self.error),
            ("name", self.name),
            ("room", self.room),
            ("focus_name", name),
            ("focus_password", password),
        ];
        let form = section(include_str!("pages/login.html"), "locked", is_locked);
        fill(&section(&form, "open", !is_locked), &blanks)
    }
}

impl IndexPage<'_> {
    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        let no_doors = self.irc.is_empty() && self.plain.is_empty();
        let blanks = [
            ("title", self.title),
            ("name", self.name),
            ("room", self.room),
            ("elsewhere", if no_doors { "hidden" } else { "" }),
            ("irc", self.irc),
            ("plain", self.plain),
        ];
        fill(include_str!("pages/index.html"), &blanks)
    }
}

/// A page that says what did not work, and offers the way back.
#[must_use]
pub fn error_page(title: &str, status: Status, what: &str) -> String {
    let code = status.code().to_string();
    let blanks = [
        ("title", title),
        ("code", &code),
        ("reason", status.reason()),
        ("what", what),
    ];
    fill(ERROR_PAGE, &blanks)
}

const ERROR_PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{reason}} · {{title}}</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/style.css">
<body class="door">
<main class="card">
<h1>{{reason}}</h1>
<p>{{what}}</p>
<p><a href="/">Back to {{title}}</a></p>
<p class="quiet">{{code}}</p>
</main>
</html>
"#;

/// A file that a page refers to.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Behind `/assets/`.
    pub name: &'static str,
    /// Its media type.
    pub media: &'static str,
    /// Its content as it stands in the source.
    pub plain: Content,
    /// The same in gzip, for those who take it: everybody but scripts.
    pub gzip: Content,
}

/// One way of writing a file.
#[derive(Clone, Debug)]
pub struct Content {
    /// The bytes.
    pub bytes: Cow<'static, [u8]>,
    /// A strong validator with its quotes, which changes with the bytes. RFC 9110 §8.8.3.
    pub etag: String,
}

/// Every file that a page refers to.
#[derive(Clone, Debug)]
pub struct Assets(Vec<Asset>);

macro_rules! embedded {
    ($($name:literal)*) => { [$(($name, &include_bytes!(concat!("pages/", $name))[..])),*] };
}

impl Assets {
    /// Those in the binary.
    #[must_use]
    pub fn embedded() -> Assets {
        Assets(embedded![
            "app.js" "commands.js" "complete.js" "compose.js" "connection.js" "dom.js" "format.js"
            "handshake.js" "history.js" "icon.svg" "irc.js" "log.js" "replies.js" "room.js" "sidebar.js"
            "state.js" "status.js" "style.css"
        ].map(asset).into())
    }

    /// By its name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Asset> {
        self.0.iter().find(|asset| asset.name == name)
    }
}

fn asset((name, bytes): (&'static str, &'static [u8])) -> Asset {
    Asset {
        name,
        media: media_of(name),
        plain: content(bytes.into()),
        gzip: content(gzip(bytes).into()),
    }
}

fn content(bytes: Cow<'static, [u8]>) -> Content {
    let digest = Sha256::digest(&bytes);
    let etag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&digest[..8]));
    Content { bytes, etag }
}

/// Done once at the start: there is no build step that could do it before.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to a Vec does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn media_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/vnd.microsoft.icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// The attribute of the field in which the caret is.
const AUTOFOCUS: &str = "autofocus";

/// Keeps what stands between `{{#name}}` and `{{/name}}`, wherever that is, or leaves it out.
fn section(template: &str, name: &str, is_kept: bool) -> String {
    let (begin, end) = (format!("{{{{#{name}}}}}"), format!("{{{{/{name}}}}}"));
    let mut page = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, inner)) = rest.split_once(&begin) {
        let (inner, after) = inner.split_once(&end).unwrap_or((inner, ""));
        page.push_str(before);
        page.push_str(if is_kept { inner } else { "" });
        rest = after;
    }
    page + rest
}

/// Fills the blanks of a page in one pass. A blank that nobody fills stays empty.
fn fill(template: &str, blanks: &[(&str, &str)]) -> String {
    let mut page = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, name, after)) = next_blank(rest) {
        page.push_str(before);
        let value = blanks.iter().find(|(n, _)| *n == name);
        debug_assert!(value.is_some(), "nobody fills {name}");
        escape(value.map_or("", |(_, value)| value), &mut page);
        rest = after;
    }
    page.push_str(rest);
    page
}

fn next_blank(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

/// Safe in text and within quoted attributes.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_once_and_escaped() {
        let blanks = [("a", r#"<b class="x">'&'"#), ("b", "{{a}}"), ("c", "")];
        assert_eq!(
            fill("{{a}}|{{b}}|{{c}}|{{", &blanks),
            "&lt;b class=&quot;x&quot;&gt;&#39;&amp;&#39;|{{a}}||{{"
        );
    }

    #[test]
    fn a_section_is_there_or_not() {
        let page = "a{{#x}}b{{/x}}{{#y}}c{{/y}}{{#x}}d{{/x}}e";
        assert_eq!(section(page, "x", true), "ab{{#y}}c{{/y}}de");
        assert_eq!(section(page, "x", false), "a{{#y}}c{{/y}}e");
    }

    #[test]
    fn pages_have_blanks_that_somebody_fills() {
        let attack = "\"><script>alert(1)</script>";
        let login = LoginPage {
            title: attack,
            error: attack,
            name: attack,
            room: attack,
            password: PasswordField::Asked,
        };
        let index = IndexPage {
            title: attack,
            name: attack,
            room: attack,
            irc: attack,
            plain: attack,
        };
        let error = error_page(attack, Status::NOT_FOUND, attack);
        for page in [login.html(), index.html(), error] {
            assert!(!page.contains("<script>alert"), "{page}");
            assert!(!page.contains("{{"), "{page}");
            assert!(page.contains("&lt;script&gt;"), "{page}");
        }
    }

    #[test]
    fn every_file_beside_the_pages_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/pages");
        let assets = Assets::embedded();
        for file in std::fs::read_dir(folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            // package.json is for node, which runs the modules' own tests.
            let unserved = name.ends_with(".html") || name == "package.json";
            assert!(
                unserved || assets.find(&name).is_some(),
                "{name} is not in Assets::embedded"
            );
        }
    }

    #[test]
    fn the_page_weighs_less_than_50_kb_on_the_wire() {
        let assets = Assets::embedded().0;
        let files: usize = assets.iter().map(|asset| asset.gzip.bytes.len()).sum();
        let html = LoginPage::default().html().len() + IndexPage::default().html().len();
        assert!(files + html < 50_000, "{} bytes", files + html);
    }

    #[test]
    fn an_etag_changes_with_the_content() {
        let etag = |bytes| asset(("a.js", bytes)).plain.etag;
        assert_eq!(etag(b"x"), etag(b"x"));
        assert_ne!(etag(b"x"), etag(b"y"));
        assert_eq!(etag(b"x").len(), 18);
    }
}
