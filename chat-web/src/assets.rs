//! The files that pages refer to, as they are served. Floor 1.

use std::borrow::Cow;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

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
        self.iter().find(|asset| asset.name == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Asset> {
        self.0.iter()
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
    fn an_etag_changes_with_the_content() {
        let etag = |bytes| asset(("a.js", bytes)).plain.etag;
        assert_eq!(etag(b"x"), etag(b"x"));
        assert_ne!(etag(b"x"), etag(b"y"));
        assert_eq!(etag(b"x").len(), 18);
    }
}
