//! What a client may say, typed; and what may be wrong with it.
//!
//! Names of people and rooms are still text here: whether they are names is for `names`, who bears
//! them for the hub. Lists (`#a,#b`) are still lists; [`targets`] takes them apart. Texts that have a
//! limit of their own are cut to it, as IRC servers do and `005` announces.

use super::history::ChatHistory;
use super::monitor::MonitorCommand;
use super::operator::Operate;
use super::redact;
use super::search::Search;
use super::who::WhoOptions;
use crate::hub::entry::PostKind;
use crate::time::Timestamp;

/// One command of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the parameters of the commands")]
pub enum Command<'a> {
    /// CAP: agrees on capabilities.
    Cap(CapCommand<'a>),
    /// NICK: takes a name.
    Nick(&'a str),
    /// USER: the rest of registration. The user part consists of ASCII that may stand in a prefix.
    User { user: String, real_name: &'a str },
    /// PASS: the password of the chat, if it has one.
    Pass(&'a str),
    /// OPER: says that somebody is this operator. RFC 2812 §3.1.4.
    Oper { name: &'a str, password: &'a str },
    /// What only operators of the server may do.
    Operate(Operate<'a>),
    /// PING: wants its token back.
    Ping(&'a str),
    /// PONG: the answer to ours; that it came is all that counts.
    Pong,
    /// QUIT, with their words.
    Quit(Option<&'a str>),
    /// ATTACH: somebody is behind a gateway's connection again.
    Attach,
    /// DETACH: nobody is, and the reason if nobody will be soon.
    Detach(Option<&'a str>),
    /// ERROR: for servers; ignored. RFC 2812 §3.7.4.
    Error,
    /// JOIN: a list of rooms, and their keys.
    Join {
        rooms: &'a str,
        keys: Option<&'a str>,
    },
    /// `JOIN 0`: leaves all rooms. RFC 2812 §3.2.1.
    JoinZero,
    /// PART: a list of rooms.
    Part {
        rooms: &'a str,
        reason: Option<&'a str>,
    },
    /// PRIVMSG, NOTICE and TAGMSG: a list of targets. Tags are with the message.
    Post {
        kind: PostKind,
        targets: &'a str,
        text: &'a str,
    },
    /// NAMES of a list of rooms.
    Names(Option<&'a str>),
    /// WHO: a room or a mask, and IRCv3 whox.
    Who {
        mask: Option<&'a str>,
        options: WhoOptions,
    },
    /// WHOIS: a list of people; the server is one of ours or nobody's.
    Whois {
        server: Option<&'a str>,
        nicks: &'a str,
    },
    /// WHOWAS: at most so many of a list of people who left; all if it does not say.
    Whowas {
        nicks: &'a str,
        count: Option<usize>,
    },
    /// LIST: all rooms, or some.
    List(&'a [&'a str]),
    /// TOPIC: asks, or sets; an empty text clears.
    Topic {
        room: &'a str,
        text: Option<&'a str>,
    },
    /// INVITE.
    Invite { nick: &'a str, room: &'a str },
    /// INVITE alone: who asked me where? modern.ircdocs.horse, "INVITE message".
    Invites,
    /// AWAY with a reason, or back.
    Away(Option<&'a str>),
    /// MODE of a room or of oneself: asks, or wants to set; letters, then their parameters.
    Mode {
        target: &'a str,
        modes: &'a [&'a str],
    },
    /// KICK: people out of a room. RFC 2812 §3.2.8.
    Kick {
        rooms: &'a str,
        nicks: &'a str,
        reason: Option<&'a str>,
    },
    /// MOTD, LUSERS, VERSION, TIME, INFO, ADMIN: something about a server; ours if it is not named.
    Ask {
        about: About,
        server: Option<&'a str>,
    },
    /// USERHOST of up to five people. RFC 2812 §4.8.
    Userhost(&'a [&'a str]),
    /// ISON: each may hold several names with spaces between. RFC 2812 §4.9.
    Ison(&'a [&'a str]),
    /// HELP, about something or in general.
    Help(Option<&'a str>),
    /// SETNAME. IRCv3 setname.
    SetName(&'a str),
    /// MONITOR. IRCv3 monitor.
    Monitor(MonitorCommand<'a>),
    /// CHATHISTORY. IRCv3 chathistory.
    ChatHistory(ChatHistory<'a>),
    /// BATCH, of lines that are one message: read by [`Batch::read`](super::multiline::Batch::read). IRCv3 multiline.
    Batch(&'a [&'a str]),
    /// MARKREAD: asks how far somebody has read, or says so. IRCv3 read-marker.
    MarkRead {
        target: &'a str,
        read_to: Option<Timestamp>,
    },
    /// REDACT: takes a message back. IRCv3 message-redaction.
    Redact {
        asked: redact::Asked<'a>,
        reason: Option<&'a str>,
    },
    /// SEARCH. soju.im/search.
    Search(Search<'a>),
}

/// What CAP is to do. IRCv3 capability-negotiation, "The CAP command".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapCommand<'a> {
    /// Lists what we have.
    Ls {
        /// 302 or more is told values and gets `cap-notify`; 0 if it did not say.
        version: u32,
    },
    /// Lists what was agreed on.
    List,
    /// Wants these, and not those with `-`.
    Req(&'a str),
    /// Is done with negotiating.
    End,
}

/// What somebody wants to know about a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// MOTD.
    Motd,
    /// LUSERS.
    Lusers,
    /// VERSION.
    Version,
    /// TIME.
    Time,
    /// INFO.
    Info,
    /// ADMIN.
    Admin,
}

/// Why a message is not a command. [`refusal::wrong`](super::refusal::wrong) writes the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong<'a> {
    /// 461.
    #[error("{0} needs more parameters")]
    NeedMoreParams(&'static str),
    /// 421.
    #[error("there is no command {0} here; HELP lists those that there are")]
    UnknownCommand(&'a str),
    /// 411.
    #[error("{0} needs somebody to go to")]
    NoRecipient(&'static str),
    /// 412.
    #[error("there is no text to send")]
    NoTextToSend,
    /// 431.
    #[error("a name is needed")]
    NoNicknameGiven,
    /// 409.
    #[error("a token is needed, to be sent back")]
    NoOrigin,
    /// 410.
    #[error("CAP has no {0} here")]
    InvalidCap(&'a str),
    /// Half a NOTICE, which is never answered. RFC 2812 §3.3.2.
    #[error("a notice needs a target and a text")]
    Notice,
    /// FAIL: the answer that the command's own specification asks for.
    #[error("{text}")]
    Fail {
        /// What failed.
        command: &'static str,
        /// Why, for programs. IRCv3 standard-replies registry.
        code: &'static str,
        /// What was wrong.
        context: Vec<&'a str>,
        /// Why, for people.
        text: &'static str,
    },
}

impl<'a> Wrong<'a> {
    /// The answer of a command whose specification asks for FAIL.
    pub(super) fn fail(
        command: &'static str,
        code: &'static str,
        context: Vec<&'a str>,
        text: &'static str,
    ) -> Wrong<'a> {
        Wrong::Fail {
            command,
            code,
            context,
            text,
        }
    }
}

/// The targets of a list, with the empty ones left out. RFC 2812 §3.3.1.
pub fn targets(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|target| !target.is_empty())
}
