//! The header fields of a request. RFC 9110 §5.

use super::Rejection;

/// Fields that may come once only. `Host`: RFC 9112 §3.2; lengths: §6.3; the others are read by
/// checks of ours, which a second value could slip past.
const SINGLE: [&str; 7] = [
    "host",
    "content-length",
    "content-type",
    "expect",
    "origin",
    "sec-websocket-key",
    "sec-websocket-version",
];

/// Header fields: names in lower case, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Keeps what httparse found. A value that is not UTF-8 is kept with its odd bytes replaced:
    /// it matches nothing then, but does not count as missing either.
    pub(crate) fn from_parsed(headers: &[httparse::Header<'_>]) -> Result<Fields, Rejection> {
        let fields = Fields(headers.iter().map(owned).collect());
        for name in SINGLE {
            if fields.all(name).nth(1).is_some() {
                return Err(Rejection::bad("a field that may come once came twice"));
            }
        }
        Ok(fields)
    }

    /// The first value of a field; `name` in lower case.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(n, _)| n == name);
        named.next().map(|(_, value)| value.as_str())
    }

    /// Every value of a field, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(n, _)| n == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The elements of a comma-separated list that may be spread over several fields.
    /// RFC 9110 §5.6.1.
    pub fn list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let elements = self.all(name).flat_map(|value| value.split(','));
        elements
            .map(|element| element.trim_matches([' ', '\t']))
            .filter(|element| !element.is_empty())
    }

    /// Whether a list has this element, in any case.
    #[must_use]
    pub fn lists(&self, name: &str, element: &str) -> bool {
        self.list(name).any(|e| e.eq_ignore_ascii_case(element))
    }
}

fn owned(header: &httparse::Header<'_>) -> (String, String) {
    let value = String::from_utf8_lossy(header.value);
    let value = value.trim_matches([' ', '\t']);
    (header.name.to_ascii_lowercase(), value.to_owned())
}
