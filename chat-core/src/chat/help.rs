//! HELP: how each command is written, and where to read on. Floor 5. modern.ircdocs.horse, "HELP message".

use super::Chat;
use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::irc::numeric::{ERR_HELPNOTFOUND, RPL_ENDOFHELP, RPL_HELPSTART, RPL_HELPTXT};
use crate::id::PersonId;

/// One command: its name, what follows it, and who says more.
struct Topic(&'static str, &'static str, More);

/// Where a command is described, or what it is for if nobody describes it.
enum More {
    /// Under its own name at modern.ircdocs.horse.
    Modern,
    /// Elsewhere.
    At(&'static str),
    /// Here, in words.
    Ours(&'static str),
    /// The same for what only programs send: HELP alone does not list it.
    Programs(&'static str),
}
use More::{At, Modern, Ours, Programs};

impl Turn<'_> {
    pub(super) fn help(&mut self, who: PersonId, subject: Option<&str>, key: AnswerKey) {
        let lines = match subject.map(|subject| (subject, Topic::find(subject))) {
            None => self.chat.help_index(who),
            Some((_, Some(topic))) => self.chat.help_on(who, topic),
            Some((subject, None)) => {
                let text = "there is no help on this; HELP alone lists what there is";
                vec![self.chat.numeric(who, ERR_HELPNOTFOUND, &[subject], text)]
            }
        };
        self.say_all(key, lines);
    }
}

impl Chat {
    fn help_index(&self, who: PersonId) -> Vec<String> {
        let listed = TOPICS.iter().filter(|topic| topic.is_for_people());
        let names: Vec<&str> = listed.map(|topic| topic.0).collect();
        let rows = names.chunks(NAMES_PER_LINE).map(|row| row.join(" "));
        let end = "HELP COMMAND tells how it is written, and where to read on";
        self.help_text(who, "*", "the commands here:", rows, end)
    }

    fn help_on(&self, who: PersonId, topic: &Topic) -> Vec<String> {
        self.help_text(who, topic.0, &topic.usage(), [topic.more()], "end of help")
    }

    fn help_text(
        &self,
        who: PersonId,
        subject: &str,
        title: &str,
        rows: impl IntoIterator<Item = String>,
        end: &str,
    ) -> Vec<String> {
        let mut lines = vec![self.numeric(who, RPL_HELPSTART, &[subject], title)];
        let rows = rows.into_iter();
        lines.extend(rows.map(|row| self.numeric(who, RPL_HELPTXT, &[subject], row)));
        lines.push(self.numeric(who, RPL_ENDOFHELP, &[subject], end));
        lines
    }
}

impl Topic {
    fn find(subject: &str) -> Option<&'static Topic> {
        let mut topics = TOPICS.iter();
        topics.find(|topic| topic.0.eq_ignore_ascii_case(subject))
    }

    fn is_for_people(&self) -> bool {
        !matches!(self.2, Programs(_))
    }

    fn usage(&self) -> String {
        format!("{} {}", self.0, self.1).trim_end().to_owned()
    }

    fn more(&self) -> String {
        match self.2 {
            Modern => {
                let name = self.0.to_ascii_lowercase();
                format!("described at https://modern.ircdocs.horse/#{name}-message")
            }
            At(place) => format!("described at {place}"),
            Ours(words) | Programs(words) => words.to_owned(),
        }
    }
}

const NAMES_PER_LINE: usize = 10;

/// All of them, in the order in which they are listed: by what they are about.
const TOPICS: [Topic; 48] = [
    Topic("JOIN", "#ROOM[,#ROOM…] [KEY[,KEY…]]", Modern),
    Topic("PART", "#ROOM[,#ROOM…] [:REASON]", Modern),
    Topic("PRIVMSG", "TO[,TO…] :TEXT", Modern),
    Topic("NOTICE", "TO[,TO…] :TEXT", Modern),
    Topic("TAGMSG", "TO[,TO…]", At(MESSAGE_TAGS)),
    Topic("TOPIC", "#ROOM [:TEXT]", Modern),
    Topic("NAMES", "#ROOM[,#ROOM…]", Modern),
    Topic("LIST", "[#ROOM or CONDITION,…]", Modern),
    Topic("INVITE", "[NICK #ROOM]", Modern),
    Topic("KICK", "#ROOM NICK[,NICK…] [:REASON]", Modern),
    Topic("MODE", "#ROOM or NICK [LETTERS [PARAMETER…]]", Modern),
    Topic("NICK", "NICK", Modern),
    Topic("SETNAME", ":REAL NAME", At(SETNAME)),
    Topic("AWAY", "[:REASON]", Modern),
    Topic("QUIT", "[:REASON]", Modern),
    Topic("WHO", "#ROOM or MASK [OPTIONS]", Modern),
    Topic("WHOIS", "NICK[,NICK…]", Modern),
    Topic("WHOWAS", "NICK[,NICK…] [COUNT]", Modern),
    Topic("USERHOST", "NICK…", Modern),
    Topic("ISON", "NICK…", At(ISON)),
    Topic(
        "MONITOR",
        "+ NICK[,NICK…] or - NICK[,NICK…] or C or L or S",
        At(MONITOR),
    ),
    Topic(
        "CHATHISTORY",
        "LATEST or BEFORE or AFTER or AROUND or BETWEEN TO WHERE… LIMIT",
        At(CHATHISTORY),
    ),
    Topic("SEARCH", "[in=TO;][from=NICK;][text=WORDS]", At(SEARCH)),
    Topic("MARKREAD", "TO [timestamp=TIME]", At(READ_MARKER)),
    Topic("REDACT", "TO MSGID [:REASON]", At(REDACTION)),
    Topic("BATCH", "+ID draft/multiline TO or -ID", At(MULTILINE)),
    Topic("MOTD", "", Modern),
    Topic("LUSERS", "", Modern),
    Topic("VERSION", "", Modern),
    Topic("TIME", "", Modern),
    Topic("INFO", "", Modern),
    Topic("ADMIN", "", Modern),
    Topic("HELP", "[COMMAND]", Modern),
    Topic("CAP", "LS 302 or LIST or REQ :CAPABILITIES or END", At(CAP)),
    Topic("PASS", "PASSWORD", Modern),
    Topic("USER", "NAME 0 * :REAL NAME", Modern),
    Topic("PING", "TOKEN", Modern),
    Topic("PONG", "TOKEN", Modern),
    Topic("OPER", "NAME PASSWORD", Modern),
    Topic("KILL", "NICK [:REASON]", Modern),
    Topic("WALLOPS", ":TEXT", Modern),
    Topic(
        "DLINE",
        "[ANDKILL] [TIME] ADDRESS [:REASON] or LIST",
        Ours(
            "for operators of the server: keeps 192.0.2.7 or 192.0.2.0/24 out, for ever or for 30m, 2h, 7d",
        ),
    ),
    Topic(
        "UNDLINE",
        "ADDRESS",
        Ours("for operators of the server: ends a DLINE"),
    ),
    Topic(
        "KLINE",
        "[ANDKILL] [TIME] MASK [:REASON] or LIST",
        Ours(
            "for operators of the server: keeps nick!user@host out, with * and ?, for ever or for 30m, 2h, 7d",
        ),
    ),
    Topic(
        "UNKLINE",
        "MASK",
        Ours("for operators of the server: ends a KLINE"),
    ),
    Topic("ATTACH", "", Programs(GATEWAYS)),
    Topic("DETACH", "[:REASON]", Programs(GATEWAYS)),
    Topic(
        "ERROR",
        ":REASON",
        Programs("what a server says as its last line: from a client it means nothing"),
    ),
];

const GATEWAYS: &str = "between a gateway and this server: nothing for people";

const MESSAGE_TAGS: &str = "https://ircv3.net/specs/extensions/message-tags";
const SETNAME: &str = "https://ircv3.net/specs/extensions/setname";
const MONITOR: &str = "https://ircv3.net/specs/extensions/monitor";
const CHATHISTORY: &str = "https://ircv3.net/specs/extensions/chathistory";
const READ_MARKER: &str = "https://ircv3.net/specs/extensions/read-marker";
const REDACTION: &str = "https://ircv3.net/specs/extensions/message-redaction";
const MULTILINE: &str = "https://ircv3.net/specs/extensions/multiline";
const CAP: &str = "https://ircv3.net/specs/extensions/capability-negotiation";
const ISON: &str = "https://www.rfc-editor.org/rfc/rfc2812#section-4.9";
const SEARCH: &str = "https://codeberg.org/emersion/soju/src/branch/master/doc/ext/search.md";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::dialect::irc::decode::commands;

    #[test]
    fn there_is_help_on_every_command_and_on_nothing_else() {
        let topics: BTreeSet<&str> = TOPICS.iter().map(|topic| topic.0).collect();
        assert_eq!(topics, commands().collect());
    }

    #[test]
    fn what_others_describe_is_said_to_be_there_and_ours_in_words() {
        let more = |subject| Topic::find(subject).unwrap().more();
        assert_eq!(
            more("join"),
            "described at https://modern.ircdocs.horse/#join-message"
        );
        assert!(more("SEARCH").contains("soju"));
        for ours in ["DLINE", "UNDLINE", "KLINE", "UNKLINE", "ATTACH", "DETACH"] {
            assert!(!more(ours).contains("http"), "{ours}");
        }
    }
}
