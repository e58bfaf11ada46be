//! What a client and we agreed on beyond RFC 2812. IRCv3 capability-negotiation.
//!
//! None of our capabilities has a value, so a client that asks with version 302 is told the same
//! list as an older one; what it gets besides is `cap-notify`, which it then cannot turn off.

use std::ops::{BitAnd, BitOr};

/// A set of capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Caps(u32);

impl Caps {
    /// Nothing but RFC 2812.
    pub const NONE: Caps = Caps(0);
    /// Any tags are welcome, and TAGMSG. IRCv3 message-tags.
    pub const MESSAGE_TAGS: Caps = Caps(1 << 0);
    /// `time=` on everything. IRCv3 server-time.
    pub const SERVER_TIME: Caps = Caps(1 << 1);
    /// Own messages come back. IRCv3 echo-message.
    pub const ECHO_MESSAGE: Caps = Caps(1 << 2);
    /// Answers carry the label of their question. IRCv3 labeled-response; used only with `batch`.
    pub const LABELED_RESPONSE: Caps = Caps(1 << 3);
    /// Lines that belong together are marked as such. IRCv3 batch.
    pub const BATCH: Caps = Caps(1 << 4);
    /// Members' AWAY is told. IRCv3 away-notify.
    pub const AWAY_NOTIFY: Caps = Caps(1 << 5);
    /// JOIN carries account and real name. IRCv3 extended-join.
    pub const EXTENDED_JOIN: Caps = Caps(1 << 6);
    /// All prefixes of a member. IRCv3 multi-prefix; nobody has any yet.
    pub const MULTI_PREFIX: Caps = Caps(1 << 7);
    /// NAMES gives `nick!user@host`. IRCv3 userhost-in-names.
    pub const USERHOST_IN_NAMES: Caps = Caps(1 << 8);
    /// Members hear who is invited. IRCv3 invite-notify.
    pub const INVITE_NOTIFY: Caps = Caps(1 << 9);
    /// Members hear new real names. IRCv3 setname.
    pub const SETNAME: Caps = Caps(1 << 10);
    /// CAP NEW and DEL. IRCv3 capability-negotiation, "cap-notify".
    pub const CAP_NOTIFY: Caps = Caps(1 << 11);
    /// FAIL, WARN and NOTE where no specification asks for them. IRCv3 standard-replies.
    pub const STANDARD_REPLIES: Caps = Caps(1 << 12);
    /// CHATHISTORY. IRCv3 chathistory, a draft still.
    pub const CHATHISTORY: Caps = Caps(1 << 13);
    /// History tells who came, left, took another name and set the topic too. IRCv3 chathistory.
    pub const EVENT_PLAYBACK: Caps = Caps(1 << 14);
    /// MARKREAD of itself. IRCv3 read-marker, a draft still.
    pub const READ_MARKER: Caps = Caps(1 << 15);
    /// The tag by which a message may be sent again. Ours: docs/clients.md.
    pub const RETRY: Caps = Caps(1 << 16);
    /// In rooms with many people, who comes and goes is counted. Ours: docs/clients.md.
    pub const CROWDS: Caps = Caps(1 << 17);
    /// REDACT, when somebody takes a message back. IRCv3 message-redaction, a draft still.
    pub const MESSAGE_REDACTION: Caps = Caps(1 << 18);
    /// SEARCH. soju's, a draft still.
    pub const SEARCH: Caps = Caps(1 << 19);

    /// Those that change the bytes or the audience of a broadcast: readers that agree in these get the same.
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

    /// The names with spaces between, as CAP LS and LIST want them; they fit one line.
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

const NAMES: [(Caps, &str); 20] = [
    (Caps::MESSAGE_TAGS, "message-tags"),
    (Caps::SERVER_TIME, "server-time"),
    (Caps::ECHO_MESSAGE, "echo-message"),
    (Caps::LABELED_RESPONSE, "labeled-response"),
    (Caps::BATCH, "batch"),
    (Caps::AWAY_NOTIFY, "away-notify"),
    (Caps::EXTENDED_JOIN, "extended-join"),
    (Caps::MULTI_PREFIX, "multi-prefix"),
    (Caps::USERHOST_IN_NAMES, "userhost-in-names"),
    (Caps::INVITE_NOTIFY, "invite-notify"),
    (Caps::SETNAME, "setname"),
    (Caps::CAP_NOTIFY, "cap-notify"),
    (Caps::STANDARD_REPLIES, "standard-replies"),
    (Caps::CHATHISTORY, "draft/chathistory"),
    (Caps::EVENT_PLAYBACK, "draft/event-playback"),
    (Caps::READ_MARKER, "draft/read-marker"),
    (Caps::RETRY, super::retry::NAME),
    (Caps::CROWDS, "chat.local/crowds"),
    (Caps::MESSAGE_REDACTION, "draft/message-redaction"),
    (Caps::SEARCH, super::search::NAME),
];

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
    fn the_list_fits_one_line_behind_a_long_nick() {
        let prefix = format!(":{} CAP {} LS :", "s".repeat(63), "n".repeat(64));
        assert!(prefix.len() + Caps::ALL.list().len() <= 510);
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
