//! Message tags: `@key=value;key2;+client-only=value`. IRCv3 message-tags, "Format".
//!
//! Tags stay as they came, escaped, until somebody asks for one; client-only tags are passed on
//! without ever being unescaped, so what others get is byte for byte what was sent.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::{Display, Write};

/// The tags of one message: what stands between `@` and the space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tags<'a>(&'a str);

impl<'a> Tags<'a> {
    /// Tag data as it stands on the line.
    #[must_use]
    pub fn new(data: &'a str) -> Self {
        Tags(data)
    }

    /// Keys and values, the latter still escaped; a missing value is an empty one.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = (&'a str, &'a str)> {
        self.pieces()
            .map(|tag| tag.split_once('=').unwrap_or((tag, "")))
    }

    /// The value of `key`, still escaped. If it stands there twice, the last one counts.
    #[must_use]
    pub fn raw(self, key: &str) -> Option<&'a str> {
        self.iter()
            .rfind(|(k, _)| *k == key)
            .map(|(_, value)| value)
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Cow<'a, str>> {
        self.raw(key).map(unescape)
    }

    /// The client-only tags (`+…`) as they came, one by one.
    pub fn client_only(self) -> impl Iterator<Item = &'a str> {
        self.pieces().filter(|tag| tag.starts_with('+'))
    }

    /// The client-only tags as one piece of tag data, to be passed on: of each key the last, as it may stand on a
    /// message once only. IRCv3 message-tags, "Rules for tags".
    #[must_use]
    pub fn passed_on(self) -> String {
        let mut data = String::new();
        if self.0.is_empty() {
            return data;
        }
        let (mut keys, mut tags) = (HashSet::new(), Vec::new());
        for tag in self.pieces().rev().filter(|tag| tag.starts_with('+')) {
            let key = tag.split_once('=').map_or(tag, |(key, _)| key);
            if keys.insert(key) {
                tags.push(tag);
            }
        }
        for tag in tags.into_iter().rev() {
            push(&mut data, tag);
        }
        data
    }

    fn pieces(self) -> impl DoubleEndedIterator<Item = &'a str> {
        self.0.split(';').filter(|tag| !tag.is_empty())
    }
}

/// Appends one tag to tag data.
fn push(data: &mut String, tag: &str) {
    if !data.is_empty() {
        data.push(';');
    }
    data.push_str(tag);
}

/// Writes tags in front of a line: `@`, a `;` between each two, and the space.
///
/// Nothing is written when there was none.
#[derive(Debug)]
pub struct TagWriter<'o> {
    out: &'o mut String,
    any: bool,
}

impl<'o> TagWriter<'o> {
    /// Starts where `out` ends, which is the start of a line.
    pub fn new(out: &'o mut String) -> Self {
        TagWriter { out, any: false }
    }

    /// Adds `key=value`. The value is escaped already.
    pub fn tag(&mut self, key: &str, escaped: impl Display) {
        // Writing to a string cannot fail.
        self.tag_with(key, |out| {
            let _ = write!(out, "{escaped}");
        });
    }

    /// Adds `key=` and whatever is appended, which is escaped already.
    pub fn tag_with(&mut self, key: &str, value: impl FnOnce(&mut String)) {
        self.separate();
        self.out.push_str(key);
        self.out.push('=');
        value(self.out);
    }

    /// Adds tag data as it is, if it cannot break out of the tags.
    pub fn data(&mut self, data: &str) {
        if !data.is_empty() && !data.contains([' ', '\r', '\n', '\0']) {
            self.separate();
            self.out.push_str(data);
        }
    }

    /// Ends the tags; the line follows.
    pub fn end(self) {
        if self.any {
            self.out.push(' ');
        }
    }

    fn separate(&mut self) {
        self.out.push(if self.any { ';' } else { '@' });
        self.any = true;
    }
}

/// Appends `line` with more tags in front of those that it has.
///
/// An answer is written first and counted: a single one gets the label itself, several get a batch.
/// IRCv3 labeled-response, "Tags".
pub fn add(line: &str, data: &str, out: &mut String) {
    let (old, rest) = split(line);
    let mut tags = TagWriter::new(out);
    tags.data(data);
    tags.data(old);
    tags.end();
    out.push_str(rest);
}

/// Tag data and the rest of a line.
#[must_use]
pub fn split(line: &str) -> (&str, &str) {
    match line.strip_prefix('@') {
        Some(rest) => rest.split_once(' ').unwrap_or((rest, "")),
        None => ("", line),
    }
}

/// A value as it may stand in tag data. IRCv3 message-tags, "Escaping values".
#[must_use]
pub fn escape(value: &str) -> Cow<'_, str> {
    if !value.contains([';', ' ', '\\', '\r', '\n']) {
        return Cow::Borrowed(value);
    }
    let mut escaped = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        match c {
            ';' => escaped.push_str("\\:"),
            ' ' => escaped.push_str("\\s"),
            '\\' => escaped.push_str("\\\\"),
            '\r' => escaped.push_str("\\r"),
            '\n' => escaped.push_str("\\n"),
            _ => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// The value that was escaped. A lone backslash at the end, and one before any other character,
/// is dropped, as the specification asks.
#[must_use]
pub fn unescape(escaped: &str) -> Cow<'_, str> {
    if !escaped.contains('\\') {
        return Cow::Borrowed(escaped);
    }
    let mut value = String::with_capacity(escaped.len());
    let mut chars = escaped.chars();
    while let Some(c) = chars.next() {
        let unescaped = if c == '\\' {
            chars.next().map(meaning)
        } else {
            Some(c)
        };
        value.extend(unescaped);
    }
    Cow::Owned(value)
}

/// What a character means behind a backslash.
fn meaning(c: char) -> char {
    match c {
        ':' => ';',
        's' => ' ',
        'r' => '\r',
        'n' => '\n',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_escaped_as_the_specification_says() {
        let cases = [
            ("plain", "plain"),
            ("raw+:=,escaped; \\", "raw+:=,escaped\\:\\s\\\\"),
            ("a\r\nb", "a\\r\\nb"),
        ];
        for (value, escaped) in cases {
            assert_eq!(escape(value), escaped);
            assert_eq!(unescape(escaped), value);
        }
    }

    #[test]
    fn invalid_escapes_lose_their_backslash() {
        assert_eq!(unescape("test\\"), "test");
        assert_eq!(unescape("\\b"), "b");
        assert_eq!(unescape("\\é\\\\s"), "é\\s");
    }

    #[test]
    fn the_last_of_equal_keys_counts_and_keys_are_case_sensitive() {
        let tags = Tags::new("a=1;b;a=2\\s;A=3;;c=");
        assert_eq!(tags.get("a").as_deref(), Some("2 "));
        assert_eq!(tags.raw("a"), Some("2\\s"));
        assert_eq!(tags.get("b").as_deref(), Some(""));
        assert_eq!(tags.get("c").as_deref(), Some(""));
        assert_eq!(tags.get("d"), None);
        assert_eq!(tags.iter().count(), 5);
    }

    #[test]
    fn only_client_only_tags_are_passed_on() {
        let tags = Tags::new("time=x;+draft/reply=1;msgid=2;+typing=active;+e=\\:");
        assert_eq!(tags.passed_on(), "+draft/reply=1;+typing=active;+e=\\:");
        let twice = Tags::new("+a=1;+b;+a=2;+b=;+aa");
        assert_eq!(twice.passed_on(), "+a=2;+b=;+aa");
        assert_eq!(Tags::default().passed_on(), "");
    }

    #[test]
    fn tags_are_added_in_front_of_others() {
        let cases = [
            (":s ACK", "label=1", "@label=1 :s ACK"),
            ("@time=t :s X", "label=1", "@label=1;time=t :s X"),
            (":s X", "", ":s X"),
            (":s X", "label=a b", ":s X"),
        ];
        for (line, data, expected) in cases {
            let mut out = String::new();
            add(line, data, &mut out);
            assert_eq!(out, expected);
        }
    }

    proptest! {
        #[test]
        fn any_value_survives_and_stays_one_tag(value in any::<String>()) {
            let value = value.replace('\0', "");
            let data = format!("k={};x", escape(&value));
            prop_assert!(!data.contains([' ', '\r', '\n']));
            let found = Tags::new(&data).get("k");
            prop_assert_eq!(found.as_deref(), Some(value.as_str()));
        }
    }
}
