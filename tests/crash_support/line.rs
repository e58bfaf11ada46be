//! A line of IRC, as far as these tests look: tags, command, parameters. RFC 1459 §2.3.1, IRCv3 message-tags.

#[derive(Debug)]
pub(crate) struct Line<'a> {
    tags: &'a str,
    pub(crate) command: &'a str,
    pub(crate) params: Vec<&'a str>,
}

impl<'a> Line<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        let (tags, rest) = prefix(text, '@');
        let (_source, rest) = prefix(rest, ':');
        let (middle, trailing) = match rest.split_once(" :") {
            Some((middle, trailing)) => (middle, Some(trailing)),
            None => (rest, None),
        };
        let mut words = middle.split(' ').filter(|word| !word.is_empty());
        Self {
            tags,
            command: words.next().unwrap_or_default(),
            params: words.chain(trailing).collect(),
        }
    }

    /// Values are taken as they are: ids and labels hold nothing that is escaped.
    pub(crate) fn tag(&self, key: &str) -> Option<&'a str> {
        let mut pairs = self.tags.split(';').filter_map(|tag| tag.split_once('='));
        pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    pub(crate) fn param(&self, at: usize) -> &'a str {
        self.params.get(at).copied().unwrap_or_default()
    }
}

fn prefix(text: &str, sign: char) -> (&str, &str) {
    let split = text.strip_prefix(sign).map(|text| text.split_once(' '));
    split.map_or(("", text), |split| split.unwrap_or(("", "")))
}

/// A message that somebody saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) msgid: String,
    pub(crate) text: String,
}

impl Told {
    /// The message on this line, if there is one.
    pub(crate) fn on(line: &Line) -> Option<Self> {
        (line.command == "PRIVMSG").then(|| Self {
            msgid: line.tag("msgid").unwrap_or_default().to_owned(),
            text: line.param(1).to_owned(),
        })
    }
}

#[test]
fn a_line_has_tags_a_command_and_parameters() {
    let line = Line::parse("@batch=7;msgid=e-1 :ana!a@h PRIVMSG #a :one :two");
    assert_eq!(line.tag("msgid"), Some("e-1"));
    assert_eq!(line.tag("label"), None);
    assert_eq!((line.command, line.param(0)), ("PRIVMSG", "#a"));
    assert_eq!(line.param(1), "one :two");
    assert_eq!(Line::parse("PING x").param(0), "x");
}
