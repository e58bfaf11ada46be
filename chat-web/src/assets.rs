//! The files that pages refer to, as they are served: ours, and those of the program around. Floor 1.

use std::borrow::Cow;

use libdeflater::{CompressionLvl, Compressor};
use sha2::{Digest, Sha256};

/// A file that a page refers to.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Behind `/assets/`.
    pub name: Cow<'static, str>,
    /// Its media type.
    pub media: Cow<'static, str>,
    /// Its content as it was given.
    pub plain: Content,
    /// The same in gzip, for those who take it: everybody but scripts. Nothing if that would be no
    /// shorter, as with most pictures.
    pub gzip: Option<Content>,
}

/// One way of writing a file.
#[derive(Clone, Debug)]
pub struct Content {
    /// The bytes.
    pub bytes: Cow<'static, [u8]>,
    /// A strong validator with its quotes, which changes with the bytes. RFC 9110 §8.8.3.
    pub etag: String,
}

/// Why a file cannot be served besides ours. All of it is for whoever wrote the program to mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssetError {
    /// No path leads to a file of that name.
    #[error(
        "{0:?} cannot be the name of an asset: write letters, digits, `-`, `_` and `.`, with `/` between"
    )]
    Name(String),
    /// There is one, ours or the program's.
    #[error("there is an asset {0} already: give yours another name")]
    Taken(String),
    /// Nobody could be sent so much at once.
    #[error(
        "the asset {name} has {bytes} bytes, and {bytes_max} may wait for one person: make it smaller, \
         or raise the limit send_queue_bytes"
    )]
    TooLarge {
        /// Which one.
        name: String,
        /// Bytes of its content.
        bytes: usize,
        /// Bytes that it may have.
        bytes_max: usize,
    },
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
            "app.js" "bar.js" "callers.js" "commands.js" "compose.js" "connection.js" "dom.js" "format.js"
            "history.js" "icon.svg" "irc.js" "log.js" "memory.js" "messages.js" "modes.js" "pending.js"
            "people.js" "replies.js" "room.js" "sender.js" "sheet.js" "sidebar.js" "speak.js" "state.js"
            "status.js" "store.js" "style.css" "tools.js" "typing.js"
        ].map(|(name, bytes)| Asset::new(name, media_of(name), as_it_travels(name, bytes))).into())
    }

    /// One more, of the program around, with at most so many bytes.
    ///
    /// # Errors
    /// It cannot be served, or not by that name.
    pub fn add(&mut self, asset: Asset, bytes_max: usize) -> Result<(), AssetError> {
        let (name, bytes) = (asset.name.to_string(), asset.plain.bytes.len());
        if !is_path(&name) {
            return Err(AssetError::Name(name));
        }
        if self.find(&name).is_some() {
            return Err(AssetError::Taken(name));
        }
        if bytes > bytes_max {
            return Err(AssetError::TooLarge {
                name,
                bytes,
                bytes_max,
            });
        }
        self.0.push(asset);
        Ok(())
    }

    /// The program's own in the place of ours, with at most so many bytes.
    ///
    /// # Errors
    /// It cannot be served.
    pub fn replace(&mut self, asset: Asset, bytes_max: usize) -> Result<(), AssetError> {
        self.0.retain(|ours| ours.name != asset.name);
        self.add(asset, bytes_max)
    }

    /// By its name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Asset> {
        self.iter().find(|asset| asset.name == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Asset> {
        self.0.iter()
    }
}

impl Asset {
    /// A file with this content, of a media type such as `image/png`.
    #[must_use]
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        media: impl Into<Cow<'static, str>>,
        bytes: impl Into<Cow<'static, [u8]>>,
    ) -> Asset {
        let bytes = bytes.into();
        let short = Some(gzip_once(&bytes)).filter(|short| short.len() < bytes.len());
        Asset {
            name: name.into(),
            media: media.into(),
            gzip: short.map(|short| content(short.into())),
            plain: content(bytes),
        }
    }

    /// The content for somebody who takes gzip, or does not; true if it is in gzip.
    #[must_use]
    pub fn content(&self, takes_gzip: bool) -> (&Content, bool) {
        match &self.gzip {
            Some(gzip) if takes_gzip => (gzip, true),
            _ => (&self.plain, false),
        }
    }
}

/// Whether a request can ask for it: [`Target`](crate::http::Target) has no path that climbs.
fn is_path(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    name.split('/')
        .all(|part| !matches!(part, "" | "." | "..") && part.bytes().all(fits))
}

fn content(bytes: Cow<'static, [u8]>) -> Content {
    let digest = Sha256::digest(&bytes);
    let etag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&digest[..8]));
    Content { bytes, etag }
}

/// Comments, indentation and empty lines of our own files are for those who read them here: what travels goes
/// without. Scripts are written so that a line alone shows what is a comment, which a test of the page holds.
fn as_it_travels(name: &str, bytes: &'static [u8]) -> Cow<'static, [u8]> {
    match std::str::from_utf8(bytes) {
        Ok(text) if name.ends_with(".js") => lines(text, code_of),
        Ok(text) if name.ends_with(".css") => lines(text, rule_of),
        _ => bytes.into(),
    }
}

fn lines(text: &str, change: fn(&str) -> &str) -> Cow<'static, [u8]> {
    let changed = text.lines().map(change).filter(|line| !line.is_empty());
    let changed = changed.flat_map(|line| [line, "\n"]);
    changed.collect::<String>().into_bytes().into()
}

fn code_of(line: &str) -> &str {
    let line = line.trim_start();
    let is_comment = ["//", "/*", "* ", "*/"]
        .iter()
        .any(|start| line.starts_with(start));
    let (code, _) = line.split_once(" // ").unwrap_or((line, ""));
    if is_comment { "" } else { code }
}

fn rule_of(line: &str) -> &str {
    let line = line.trim_start();
    let is_comment = line.starts_with("/*") && line.ends_with("*/");
    if is_comment { "" } else { line }
}

/// As short as it gets. Done once at the start, since there is no build step that could do it before: it takes
/// milliseconds and megabytes for a moment.
fn gzip_once(bytes: &[u8]) -> Vec<u8> {
    packed(bytes, CompressionLvl::best())
}

/// In a moment, for what is written anew for each reader.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    packed(bytes, CompressionLvl::default())
}

fn packed(bytes: &[u8], level: CompressionLvl) -> Vec<u8> {
    let mut packer = Compressor::new(level);
    let mut out = vec![0; packer.gzip_compress_bound(bytes.len())];
    // There is as much room as it may take.
    let count = packer.gzip_compress(bytes, &mut out).unwrap_or_default();
    out.truncate(count);
    out
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

/// The stylesheet of the program around, which follows ours on every page.
pub const OWN_STYLE: &str = "own.css";

/// The picture of the chat.
pub const ICON: &str = "icon.svg";

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_script_travels_without_its_comments() {
        let line = "\tconst a = 'http://b'; // why";
        assert_eq!(code_of(line), "const a = 'http://b';");
        for line in ["// what", "\t/** what */", "\t * what", "\t */", ""] {
            assert_eq!(code_of(line), "", "{line}");
        }
        let script = as_it_travels("a.js", b"// what\nlet a;\n");
        assert_eq!(&*script, b"let a;\n");
        assert_eq!(
            &*as_it_travels("a.css", b"/* a */\n\t* { a: b }"),
            b"* { a: b }\n"
        );
        assert_eq!(&*as_it_travels("a.svg", b"// a"), b"// a");
    }

    #[test]
    fn an_etag_changes_with_the_content() {
        let etag = |bytes: &'static [u8]| Asset::new("a.js", "text/plain", bytes).plain.etag;
        assert_eq!(etag(b"x"), etag(b"x"));
        assert_ne!(etag(b"x"), etag(b"y"));
        assert_eq!(etag(b"x").len(), 18);
    }

    #[test]
    fn what_gzip_does_not_shorten_is_sent_as_it_is() {
        let long = Asset::new("a", "text/plain", vec![b'x'; 1000]);
        assert!(long.content(true).1 && !long.content(false).1);
        let short = Asset::new("a", "text/plain", &b"x"[..]);
        assert!(!short.content(true).1);
    }

    #[test]
    fn a_program_adds_files_and_replaces_none() {
        let mut assets = Assets::embedded();
        let file = |name: &'static str| Asset::new(name, "text/plain", &b"abc"[..]);
        let mut add = |name| assets.add(file(name), 3);
        assert_eq!(add("pictures/a-b_c.png"), Ok(()));
        for taken in ["pictures/a-b_c.png", "style.css", "app.js"] {
            assert_eq!(add(taken), Err(AssetError::Taken(taken.into())));
        }
        for bad in ["", "/a", "a/", "a//b", ".", "../a", "a b", "a?b", "\u{e9}"] {
            assert_eq!(add(bad), Err(AssetError::Name(bad.into())));
        }
        let large = assets.add(file("large"), 2).unwrap_err();
        assert!(large.to_string().contains("3 bytes, and 2"), "{large}");
    }
}
