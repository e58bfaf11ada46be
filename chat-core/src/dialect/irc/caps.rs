//! What a client and we agreed on beyond RFC 2812. IRCv3 capability-negotiation.
//!
//! A client that asks with version 302 is told values too, and gets `cap-notify`, which it then cannot turn off.

use std::ops::{BitAnd, BitOr};

use super::reader::Reader;
use crate::limits::{LINE_BYTES_MAX, Limits};

/// One line makes a capability, in the order in which they are told.
macro_rules! capabilities {
    ($($(#[$doc:meta])* $bit:ident = $name:expr;)*) => {
        impl Caps {
            $($(#[$doc])* pub const $bit: Caps = Caps(1 << Bit::$bit as u32);)*
        }

        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "named as the capabilities are")]
        enum Bit {
            $($bit,)*
        }

        const NAMES: &[(Caps, &str)] = &[$((Caps::$bit, $name)),*];
    };
}

capabilities! {
    /// Any tags are welcome, and TAGMSG. IRCv3 message-tags.
    MESSAGE_TAGS = "message-tags";
    /// `time=` on everything. IRCv3 server-time.
    SERVER_TIME = "server-time";
    /// Own messages come back. IRCv3 echo-message.
    ECHO_MESSAGE = "echo-message";
    /// Answers carry the label of their question. IRCv3 labeled-response; used only with `batch`.
    LABELED_RESPONSE = "labeled-response";
    /// Lines that belong together are marked as such. IRCv3 batch.
    BATCH = "batch";
    /// Members' AWAY is told. IRCv3 away-notify.
    AWAY_NOTIFY = "away-notify";
    /// JOIN carries account and real name. IRCv3 extended-join.
    EXTENDED_JOIN = "extended-join";
    /// All prefixes of a member. IRCv3 multi-prefix.
    MULTI_PREFIX = "multi-prefix";
    /// NAMES gives `nick!user@host`. IRCv3 userhost-in-names.
    USERHOST_IN_NAMES = "userhost-in-names";
    /// Members hear who is invited. IRCv3 invite-notify.
    INVITE_NOTIFY = "invite-notify";
    /// Members hear new real names. IRCv3 setname.
    SETNAME = "setname";
    /// CAP NEW and DEL. IRCv3 capability-negotiation, "cap-notify".
    CAP_NOTIFY = "cap-notify";
    /// FAIL, WARN and NOTE where no specification asks for them. IRCv3 standard-replies.
    STANDARD_REPLIES = "standard-replies";
    /// CHATHISTORY. IRCv3 chathistory, a draft still.
    CHATHISTORY = "draft/chathistory";
    /// History tells who came, left, was sent out, took another name, set the topic or modes too. IRCv3 chathistory.
    EVENT_PLAYBACK = "draft/event-playback";
    /// MARKREAD of itself. IRCv3 read-marker, a draft still.
    READ_MARKER = "draft/read-marker";
    /// The tag by which a message may be sent again. Ours: docs/clients.md.
    RETRY = super::retry::NAME;
    /// In rooms with many people, who comes and goes is counted. Ours: docs/clients.md.
    CROWDS = "chat.local/crowds";
    /// REDACT, when somebody takes a message back. IRCv3 message-redaction, a draft still.
    MESSAGE_REDACTION = "draft/message-redaction";
    /// SEARCH. soju's, a draft still.
    SEARCH = super::search::NAME;
    /// Messages of several lines. IRCv3 multiline, a draft still; used only with `batch`.
    MULTILINE = super::multiline::NAME;
    /// AWAY and SETNAME of whoever is monitored, without a shared room. IRCv3 extended-monitor.
    EXTENDED_MONITOR = "extended-monitor";
    /// No NAMES behind a JOIN. IRCv3 no-implicit-names.
    NO_IMPLICIT_NAMES = "no-implicit-names";
    /// The same by the name that it had as a draft: clients ask for either.
    DRAFT_NO_IMPLICIT_NAMES = "draft/no-implicit-names";
}

/// A set of capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Caps(u32);

impl Caps {
    /// Nothing but RFC 2812.
    pub const NONE: Caps = Caps(0);
    /// Those that change the bytes or the audience of a broadcast: readers that agree in these, and in
    /// [`LINES`](Self::LINES), get the same.
    pub const FORM: Caps = Caps(
        Caps::MESSAGE_TAGS.0
            | Caps::SERVER_TIME.0
            | Caps::AWAY_NOTIFY.0
            | Caps::EXTENDED_JOIN.0
            | Caps::INVITE_NOTIFY.0
            | Caps::SETNAME.0
            | Caps::CROWDS.0
            | Caps::MESSAGE_REDACTION.0,
    );

    /// Both of what a message of several lines takes to be told as one.
    pub const LINES: Caps = Caps(Caps::MULTILINE.0 | Caps::BATCH.0);

    /// Everything that we offer.
    pub const ALL: Caps = Caps((1 << NAMES.len()) - 1);

    /// The capability of that name. Names are case-sensitive.
    #[must_use]
    pub fn parse(name: &str) -> Option<Caps> {
        NAMES.iter().find(|(_, n)| *n == name).map(|(cap, _)| *cap)
    }

    /// Whether all of `caps` are in this set.
    #[must_use]
    pub fn has(self, caps: Caps) -> bool {
        self & caps == caps
    }

    /// This set with `caps`.
    #[must_use]
    pub fn with(self, caps: Caps) -> Caps {
        self | caps
    }

    /// This set without `caps`.
    #[must_use]
    pub fn without(self, caps: Caps) -> Caps {
        Caps(self.0 & !caps.0)
    }

    /// The names of those in this set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES
            .iter()
            .filter(move |(cap, _)| self.has(*cap))
            .map(|(_, name)| *name)
    }

    /// The part of this set that makes a form: what changes the bytes or the audience of a broadcast.
    #[must_use]
    pub fn form(self) -> Caps {
        let lines = if self.has(Caps::LINES) {
            Caps::LINES
        } else {
            Caps::NONE
        };
        (self & Caps::FORM) | lines
    }

    /// The names with spaces between.
    #[must_use]
    pub fn list(self) -> String {
        self.names().collect::<Vec<_>>().join(" ")
    }

    /// This set after the change that `CAP REQ` asks for, or nothing if it must be refused as a
    /// whole: a name is unknown, or `cap-notify` is to go although `version` implies it.
    #[must_use]
    pub fn requested(self, list: &str, version: u32) -> Option<Caps> {
        list.split_ascii_whitespace()
            .try_fold(self, |caps, name| match name.strip_prefix('-') {
                None => Some(caps.with(Caps::parse(name)?)),
                Some("cap-notify") if version >= CAP_302 => None,
                Some(name) => Some(caps.without(Caps::parse(name)?)),
            })
    }

    /// This set after `CAP LS` with a version. IRCv3 capability-negotiation, "cap-notify".
    #[must_use]
    pub fn listed(self, version: u32) -> Caps {
        if version >= CAP_302 {
            self.with(Caps::CAP_NOTIFY)
        } else {
            self
        }
    }
}

/// What CAP LS tells whoever asks with this version: names, and values from 302 on. `author`: as whom they are known by
/// the ids of what they say again, if that is decided.
#[must_use]
pub fn offers(version: u32, limits: &Limits, author: Option<&str>) -> Vec<String> {
    let offer = |(cap, name): &(Caps, &str)| match value(*cap, limits, author) {
        Some(value) if version >= CAP_302 => format!("{name}={value}"),
        _ => (*name).to_owned(),
    };
    NAMES.iter().map(offer).collect()
}

/// What is told of a capability besides its name.
fn value(cap: Caps, limits: &Limits, author: Option<&str>) -> Option<String> {
    match cap {
        Caps::RETRY => author.map(str::to_owned),
        Caps::MULTILINE => Some(super::multiline::value(limits)),
        _ => None,
    }
}

/// An answer of CAP that lists words, in as many lines as it takes. Whoever knows of version 302 is told which are not
/// the last.
#[must_use]
pub fn replies(
    reader: &Reader<'_>,
    subcommand: &str,
    words: &[String],
    version: u32,
) -> Vec<String> {
    let more = [subcommand, "*"];
    let mut start = String::new();
    reply(reader, &more, "", &mut start);
    let lines = lines(words, LINE_BYTES_MAX.saturating_sub(start.len()));
    let last = lines.len() - 1;
    let numbered = lines.iter().enumerate().map(|(index, text)| {
        let is_marked = version >= CAP_302 && index < last;
        let mut line = String::new();
        reply(reader, &more[..1 + usize::from(is_marked)], text, &mut line);
        line
    });
    numbered.collect()
}

/// Appends a line of CAP.
pub fn reply(reader: &Reader<'_>, params: &[&str], list: &str, out: &mut String) {
    let line = reader.command(out, "CAP").param(reader.nick);
    line.params(params).text(list);
}

/// Words in lines of at most so many bytes; there is one line at least.
fn lines(words: &[String], bytes_max: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words {
        let last = lines.len() - 1;
        if lines[last].is_empty() {
            lines[last].push_str(word);
        } else if lines[last].len() + " ".len() + word.len() <= bytes_max {
            lines[last].push(' ');
            lines[last].push_str(word);
        } else {
            lines.push(word.clone());
        }
    }
    lines
}

impl BitOr for Caps {
    type Output = Caps;

    fn bitor(self, other: Caps) -> Caps {
        Caps(self.0 | other.0)
    }
}

impl BitAnd for Caps {
    type Output = Caps;

    fn bitand(self, other: Caps) -> Caps {
        Caps(self.0 & other.0)
    }
}

/// The version of capability negotiation that brought `cap-notify`.
pub const CAP_302: u32 = 302;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_has_its_name_and_bit() {
        for name in Caps::ALL.names() {
            assert_eq!(Caps::parse(name).map(Caps::list).as_deref(), Some(name));
        }
        assert_eq!(Caps::ALL.names().count(), NAMES.len());
        assert_eq!(Caps::parse("sasl"), None);
        assert_eq!(Caps::parse("BATCH"), None);
    }

    #[test]
    fn values_are_for_those_who_know_of_them() {
        let limits = Limits::default();
        let names: Vec<&str> = Caps::ALL.names().collect();
        assert_eq!(offers(301, &limits, Some("cafe")), names);
        let expected = "draft/multiline=max-bytes=8192,max-lines=100";
        let has = |author, word: &str| offers(302, &limits, author).contains(&word.to_owned());
        assert!(has(None, expected) && has(None, "chat.local/retry"));
        assert!(has(Some("cafe"), "chat.local/retry=cafe"));
    }

    #[test]
    fn words_are_put_into_lines_that_fit() {
        let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        assert_eq!(lines(&words("a bb ccc d"), 4), ["a bb", "ccc", "d"]);
        assert_eq!(lines(&words("a bb ccc d"), 10), ["a bb ccc d"]);
        assert_eq!(lines(&words("long x"), 1), ["long", "x"]);
        assert_eq!(lines(&[], 9), [""]);
    }

    #[test]
    fn a_long_list_comes_in_lines_that_fit_and_all_but_the_last_are_marked() {
        let (server, nick) = ("s".repeat(63), "n".repeat(64));
        let reader = Reader {
            server: &server,
            nick: &nick,
            caps: Caps::NONE,
        };
        let words: Vec<String> = (0..60)
            .map(|number| format!("draft/name-{number}"))
            .collect();
        for (version, marks) in [(302, [true, true, false]), (301, [false; 3])] {
            let lines = replies(&reader, "LS", &words, version);
            assert!(lines.iter().all(|line| line.len() <= LINE_BYTES_MAX));
            let marked = lines.iter().map(|line| line.contains(" LS * :"));
            assert_eq!(marked.collect::<Vec<_>>(), marks);
            let told = lines.iter().filter_map(|line| line.split_once(" :"));
            let told: Vec<&str> = told.flat_map(|(_, list)| list.split(' ')).collect();
            assert_eq!(told, words);
        }
        assert_eq!(replies(&reader, "LIST", &[], 302).len(), 1);
    }

    #[test]
    fn several_lines_are_a_form_only_with_batch() {
        let both = Caps::LINES | Caps::ECHO_MESSAGE;
        assert_eq!(both.form(), Caps::LINES);
        assert_eq!(Caps::BATCH.form(), Caps::NONE);
        assert_eq!((Caps::MULTILINE | Caps::SETNAME).form(), Caps::SETNAME);
        assert_eq!(both.form().form(), Caps::LINES);
    }

    #[test]
    fn a_request_is_taken_as_a_whole_or_not_at_all() {
        let batch = Caps::BATCH;
        let cases = [
            ("server-time", 0, Some(batch | Caps::SERVER_TIME)),
            ("batch -batch ", 0, Some(Caps::NONE)),
            ("-setname", 0, Some(batch)),
            ("", 0, Some(batch)),
            ("server-time sasl", 0, None),
            ("-sasl", 0, None),
            ("--batch", 0, None),
            ("server-time=x", 0, None),
            ("cap-notify -cap-notify", 301, Some(batch)),
            ("-cap-notify", 302, None),
        ];
        for (list, version, expected) in cases {
            assert_eq!(batch.requested(list, version), expected, "{list}");
        }
    }

    #[test]
    fn version_302_implies_cap_notify() {
        assert_eq!(Caps::NONE.listed(302), Caps::CAP_NOTIFY);
        assert_eq!(Caps::NONE.listed(301), Caps::NONE);
    }
}
