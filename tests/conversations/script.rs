//! A conversation as it is written down.

use chat_core::hub::entry::{Act, Entry};
use chat_core::limits::Limits;

/// A file, read.
pub(crate) struct Script {
    pub(crate) limits: Limits,
    /// Which entries the journal refuses; none if it does not say.
    pub(crate) refuses: fn(&Entry) -> bool,
    /// Whether it shows what only a journal in memory does.
    pub(crate) in_memory: bool,
    /// The operators of the server: their names and passwords.
    pub(crate) opers: Vec<(String, String)>,
    pub(crate) steps: Vec<Step>,
}

/// One line of it.
pub(crate) struct Step {
    /// As it is written, with its number, for failures.
    pub(crate) place: String,
    pub(crate) name: String,
    pub(crate) deed: Deed,
}

/// What a line is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    /// `cat = irc +cap`, `eve = oper +cap`, `bob = plain`, `dan = raw`, `dan = raw plain`.
    Is(String),
    /// `ana> …`; held back for the next one with `>+`.
    Says { text: String, held: bool },
    /// `ana< …`; after anything else with `<…`.
    Hears { pattern: String, skipping: bool },
    /// `ana?`
    HearsNothing,
    /// `ana joins #a`
    Joins(String),
    /// `ana says no more`
    Ends,
    /// `ana hangs up`
    HangsUp,
    /// `ana is gone`
    IsGone,
}

impl Script {
    pub(crate) fn parse(text: &str) -> Script {
        let mut script = Script {
            limits: Limits::default(),
            refuses: |_| false,
            in_memory: false,
            opers: Vec::new(),
            steps: Vec::new(),
        };
        script.limits.lift();
        for (number, line) in (1..).zip(text.lines()) {
            if !line.is_empty() && !line.starts_with('#') {
                script.line(number, line);
            }
        }
        script
    }

    fn line(&mut self, number: usize, line: &str) {
        let place = format!("{number}: {line}");
        if let Some((name, value)) = line.strip_prefix("limit ").and_then(|l| l.split_once('=')) {
            self.limits
                .set(name, value)
                .unwrap_or_else(|e| panic!("{place}: {e}"));
        } else if line == "journal in memory" {
            self.in_memory = true;
        } else if let Some(oper) = line.strip_prefix("operator ") {
            let (name, password) = oper
                .split_once(' ')
                .unwrap_or_else(|| panic!("{place}: write a name and a password"));
            self.opers.push((name.to_owned(), password.to_owned()));
        } else if let Some(what) = line.strip_prefix("journal refuses ") {
            self.refuses = refusal(what).unwrap_or_else(|| panic!("{place}: refuses what?"));
        } else {
            let (name, deed) = deed(line).unwrap_or_else(|| panic!("{place}: what does it mean?"));
            self.steps.push(Step {
                place,
                name: name.to_owned(),
                deed,
            });
        }
    }
}

fn deed(line: &str) -> Option<(&str, Deed)> {
    let end = line.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (name, rest) = line.split_at(end);
    let spaced = |text: &str| unescaped(text.strip_prefix(' ').unwrap_or(text));
    let deed = if let Some(text) = rest.strip_prefix(">+") {
        Deed::Says {
            text: spaced(text),
            held: true,
        }
    } else if let Some(text) = rest.strip_prefix('>') {
        Deed::Says {
            text: spaced(text),
            held: false,
        }
    } else if let Some(pattern) = rest.strip_prefix("<…") {
        Deed::Hears {
            pattern: spaced(pattern),
            skipping: true,
        }
    } else if let Some(pattern) = rest.strip_prefix('<') {
        Deed::Hears {
            pattern: spaced(pattern),
            skipping: false,
        }
    } else {
        match rest.trim() {
            "?" => Deed::HearsNothing,
            "says no more" => Deed::Ends,
            "hangs up" => Deed::HangsUp,
            "is gone" => Deed::IsGone,
            other => match other.split_once(' ')? {
                ("=", what) => Deed::Is(what.to_owned()),
                ("joins", room) => Deed::Joins(room.to_owned()),
                _ => return None,
            },
        }
    };
    Some((name, deed))
}

/// `\x1b` and `\u{202e}` are characters; any other backslash is one.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match escape(rest) {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => out.push('\\'),
        }
    }
    out + rest
}

fn escape(rest: &str) -> Option<(char, usize)> {
    let (digits, length) = match rest
        .strip_prefix("u{")
        .and_then(|inner| inner.split_once('}'))
    {
        Some((digits, _)) => (digits, digits.len() + "u{}".len()),
        None => (rest.strip_prefix('x')?.get(..2)?, "x00".len()),
    };
    let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    Some((c, length))
}

fn refusal(what: &str) -> Option<fn(&Entry) -> bool> {
    Some(match what {
        "posts" => |entry| matches!(entry.act, Act::Post(_)),
        "joins" => |entry| matches!(entry.act, Act::Join { .. }),
        "parts" => |entry| matches!(entry.act, Act::Part { .. }),
        "names" => |entry| matches!(entry.act, Act::Name { .. }),
        "topics" => |entry| matches!(entry.act, Act::Topic { .. }),
        "redactions" => |entry| matches!(entry.act, Act::Redact(_)),
        "quits" => |entry| matches!(entry.act, Act::Quit { .. }),
        "secrets" => |entry| matches!(&entry.act, Act::Post(post) if post.text.contains("secret")),
        _ => return None,
    })
}

#[test]
fn lines_are_understood() {
    let says = |text: &str, held| Deed::Says {
        text: text.into(),
        held,
    };
    let hears = |pattern: &str, skipping| Deed::Hears {
        pattern: pattern.into(),
        skipping,
    };
    let cases = [
        ("ana> JOIN #a", says("JOIN #a", false)),
        ("ana>+ PING \\x1b\\s", says("PING \x1b\\s", true)),
        ("ana<… 366", hears("366", true)),
        ("ana< :a", hears(":a", false)),
        ("ana?", Deed::HearsNothing),
        ("ana = irc +batch", Deed::Is("irc +batch".into())),
        ("ana joins #a", Deed::Joins("#a".into())),
        ("ana hangs up", Deed::HangsUp),
        ("ana is gone", Deed::IsGone),
    ];
    for (line, expected) in cases {
        assert_eq!(deed(line), Some(("ana", expected)), "{line}");
    }
    assert_eq!(deed("ana dances"), None);
}
