//! Messages to commands: one table at the top, a small function for each that takes its parameters.
//!
//! Commands are not case-sensitive (modern.ircdocs.horse, "Client Messages"). Parameters that a
//! command does not have are ignored, as everywhere; an empty one is as good as none.

use super::command::{About, CapCommand, Command, Wrong, targets};
use super::history;
use super::message::Message;
use super::monitor;
use super::operator::{self, BanKind};
use super::read_marker;
use super::redact;
use super::search;
use super::who::WhoOptions;
use crate::dialect::cut;
use crate::hub::entry::PostKind;
use crate::limits::{
    AWAY_BYTES_MAX, REAL_NAME_BYTES_MAX, REASON_BYTES_MAX, TOPIC_BYTES_MAX, USER_BYTES_MAX,
};

/// What a message asks for.
///
/// # Errors
/// What is missing or unknown, to be told with [`refusal::wrong`](super::refusal::wrong).
pub fn decode<'a>(message: &'a Message<'_>) -> Result<Command<'a>, Wrong<'a>> {
    match Known::find(message.command) {
        Some(known) => known.decode(message),
        None => Err(Wrong::UnknownCommand(message.command)),
    }
}

/// A command that we know.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Its name, as errors and labeled answers have it.
    pub name: &'static str,
    decode: Decode,
}

impl Known {
    /// The command of this name, however it is written.
    #[must_use]
    pub fn find(command: &str) -> Option<Known> {
        let mut known = COMMANDS.iter();
        // Nearly everybody writes them in capitals.
        let is = |name: &str| name == command || name.eq_ignore_ascii_case(command);
        let &(name, decode) = known.find(|(name, _)| is(name))?;
        Some(Known { name, decode })
    }

    /// What a message of this command asks for.
    ///
    /// # Errors
    /// What is missing.
    pub fn decode<'a>(self, message: &'a Message<'_>) -> Result<Command<'a>, Wrong<'a>> {
        (self.decode)(&message.params)
    }

    /// Whether it says something: PRIVMSG, NOTICE, TAGMSG, and BATCH around those.
    #[must_use]
    pub fn is_post(self) -> bool {
        is_post(self.name) || self.name == "BATCH"
    }
}

/// Whether a command, in capitals, says something.
pub(super) fn is_post(command: &str) -> bool {
    matches!(command, "PRIVMSG" | "NOTICE" | "TAGMSG")
}

/// The names of all commands, for HELP.
pub fn commands() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(name, _)| *name)
}

type Params<'a> = &'a [&'a str];
type Decoded<'a> = Result<Command<'a>, Wrong<'a>>;
type Decode = for<'a> fn(Params<'a>) -> Decoded<'a>;

/// Those that come often first.
const COMMANDS: [(&str, Decode); 48] = [
    ("PRIVMSG", |params| post(PostKind::Message, params)),
    ("PING", ping),
    ("PONG", |_| Ok(Command::Pong)),
    ("TAGMSG", tagmsg),
    ("NOTICE", notice),
    ("JOIN", join),
    ("PART", part),
    ("NICK", |params| Ok(Command::Nick(name(params)?))),
    ("USER", user),
    ("CAP", cap),
    ("QUIT", |params| {
        Ok(Command::Quit(text(params, 0, REASON_BYTES_MAX)))
    }),
    ("AWAY", |params| {
        Ok(Command::Away(text(params, 0, AWAY_BYTES_MAX)))
    }),
    ("CHATHISTORY", |params| {
        history::decode(params).map(Command::ChatHistory)
    }),
    ("MARKREAD", read_marker::decode),
    (redact::COMMAND, redact::decode),
    ("SEARCH", search::decode),
    ("BATCH", |params| Ok(Command::Batch(some("BATCH", params)?))),
    ("TOPIC", topic),
    ("NAMES", |params| Ok(Command::Names(given(params, 0)))),
    ("WHO", who),
    ("WHOIS", whois),
    ("WHOWAS", whowas),
    ("LIST", |params| Ok(Command::List(params))),
    ("MODE", mode),
    ("KICK", kick),
    ("INVITE", invite),
    ("MONITOR", monitor::decode),
    ("SETNAME", set_name),
    ("USERHOST", |params| {
        Ok(Command::Userhost(some("USERHOST", params)?))
    }),
    ("ISON", |params| Ok(Command::Ison(some("ISON", params)?))),
    ("MOTD", |params| ask(About::Motd, params, 0)),
    ("LUSERS", |params| ask(About::Lusers, params, 1)),
    ("VERSION", |params| ask(About::Version, params, 0)),
    ("TIME", |params| ask(About::Time, params, 0)),
    ("INFO", |params| ask(About::Info, params, 0)),
    ("ADMIN", |params| ask(About::Admin, params, 0)),
    ("HELP", |params| Ok(Command::Help(given(params, 0)))),
    ("PASS", |params| {
        Ok(Command::Pass(needed("PASS", params, 0)?))
    }),
    ("OPER", oper),
    ("KILL", operator::kill),
    ("WALLOPS", operator::wallops),
    ("DLINE", |params| operator::ban(BanKind::Network, params)),
    ("UNDLINE", |params| {
        operator::unban(BanKind::Network, params)
    }),
    ("KLINE", |params| operator::ban(BanKind::Mask, params)),
    ("UNKLINE", |params| operator::unban(BanKind::Mask, params)),
    ("ATTACH", |_| Ok(Command::Attach)),
    ("DETACH", |params| {
        Ok(Command::Detach(text(params, 0, REASON_BYTES_MAX)))
    }),
    ("ERROR", |_| Ok(Command::Error)),
];

/// A parameter that is there and not empty.
fn given<'a>(params: Params<'a>, index: usize) -> Option<&'a str> {
    params.get(index).copied().filter(|param| !param.is_empty())
}

/// The same, cut to what we keep of it.
fn text<'a>(params: Params<'a>, index: usize, bytes_max: usize) -> Option<&'a str> {
    given(params, index).map(|text| cut(text, bytes_max))
}

fn needed<'a>(
    command: &'static str,
    params: Params<'a>,
    index: usize,
) -> Result<&'a str, Wrong<'a>> {
    given(params, index).ok_or(Wrong::NeedMoreParams(command))
}

/// A list with something in it.
fn list<'a>(params: Params<'a>, index: usize) -> Option<&'a str> {
    given(params, index).filter(|list| list.bytes().any(|byte| byte != b','))
}

fn some<'a>(command: &'static str, params: Params<'a>) -> Result<Params<'a>, Wrong<'a>> {
    needed(command, params, 0).map(|_| params)
}

fn name(params: Params<'_>) -> Result<&str, Wrong<'_>> {
    given(params, 0).ok_or(Wrong::NoNicknameGiven)
}

fn cap(params: Params<'_>) -> Decoded<'_> {
    let subcommand = needed("CAP", params, 0)?;
    let rest = params.get(1).copied().unwrap_or_default();
    Ok(Command::Cap(
        match subcommand.to_ascii_uppercase().as_str() {
            "LS" => CapCommand::Ls {
                version: rest.parse().unwrap_or(0),
            },
            "LIST" => CapCommand::List,
            "REQ" => CapCommand::Req(rest),
            "END" => CapCommand::End,
            _ => return Err(Wrong::InvalidCap(subcommand)),
        },
    ))
}

fn user(params: Params<'_>) -> Decoded<'_> {
    let user = user_part(needed("USER", params, 0)?);
    let real_name = cut(needed("USER", params, 3)?, REAL_NAME_BYTES_MAX);
    Ok(Command::User { user, real_name })
}

/// What may stand between `!` and `@`: RFC 2812 §2.3.1 forbids little, we take what harms nowhere.
fn user_part(text: &str) -> String {
    let safe = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
    let user: String = text.chars().filter(safe).take(USER_BYTES_MAX).collect();
    if user.is_empty() {
        "user".to_owned()
    } else {
        user
    }
}

fn ping(params: Params<'_>) -> Decoded<'_> {
    given(params, 0).map(Command::Ping).ok_or(Wrong::NoOrigin)
}

fn join(params: Params<'_>) -> Decoded<'_> {
    match list(params, 0).ok_or(Wrong::NeedMoreParams("JOIN"))? {
        "0" => Ok(Command::JoinZero),
        rooms => Ok(Command::Join {
            rooms,
            keys: given(params, 1),
        }),
    }
}

fn part(params: Params<'_>) -> Decoded<'_> {
    let rooms = list(params, 0).ok_or(Wrong::NeedMoreParams("PART"))?;
    Ok(Command::Part {
        rooms,
        reason: text(params, 1, REASON_BYTES_MAX),
    })
}

fn post(kind: PostKind, params: Params<'_>) -> Decoded<'_> {
    let targets = list(params, 0).ok_or(Wrong::NoRecipient("PRIVMSG"))?;
    let text = given(params, 1).ok_or(Wrong::NoTextToSend)?;
    Ok(Command::Post {
        kind,
        targets,
        text,
    })
}

/// RFC 2812 §3.3.2: nothing may ever be sent in answer to a NOTICE, not even that it is half one.
fn notice(params: Params<'_>) -> Decoded<'_> {
    post(PostKind::Notice, params).map_err(|_| Wrong::Notice)
}

fn tagmsg(params: Params<'_>) -> Decoded<'_> {
    let targets = list(params, 0).ok_or(Wrong::NoRecipient("TAGMSG"))?;
    Ok(Command::Post {
        kind: PostKind::Tags,
        targets,
        text: "",
    })
}

fn who(params: Params<'_>) -> Decoded<'_> {
    let options = params.get(1).copied().map(WhoOptions::parse);
    Ok(Command::Who {
        mask: given(params, 0),
        options: options.unwrap_or_default(),
    })
}

/// `WHOIS [server] nicks`: clients put the nick twice to ask the server where it is.
fn whois(params: Params<'_>) -> Decoded<'_> {
    let first = name(params)?;
    Ok(match given(params, 1) {
        Some(nicks) => Command::Whois {
            server: Some(first),
            nicks,
        },
        None => Command::Whois {
            server: None,
            nicks: first,
        },
    })
}

/// A count that is not a positive number means all: RFC 2812 §3.6.3.
fn whowas(params: Params<'_>) -> Decoded<'_> {
    let count = given(params, 1)
        .and_then(|count| count.parse().ok())
        .filter(|count| *count > 0);
    Ok(Command::Whowas {
        nicks: name(params)?,
        count,
    })
}

fn topic(params: Params<'_>) -> Decoded<'_> {
    let room = needed("TOPIC", params, 0)?;
    let text = params.get(1).map(|text| cut(text, TOPIC_BYTES_MAX));
    Ok(Command::Topic { room, text })
}

fn invite(params: Params<'_>) -> Decoded<'_> {
    let Some(nick) = given(params, 0) else {
        return Ok(Command::Invites);
    };
    Ok(Command::Invite {
        nick,
        room: needed("INVITE", params, 1)?,
    })
}

fn mode(params: Params<'_>) -> Decoded<'_> {
    let target = needed("MODE", params, 0)?;
    Ok(Command::Mode {
        target,
        modes: params
            .get(1..)
            .filter(|_| given(params, 1).is_some())
            .unwrap_or_default(),
    })
}

/// One room and some people, or as many rooms as people. RFC 2812 §3.2.8.
fn kick(params: Params<'_>) -> Decoded<'_> {
    let too_few = Wrong::NeedMoreParams("KICK");
    let (Some(rooms), Some(nicks)) = (list(params, 0), list(params, 1)) else {
        return Err(too_few);
    };
    let count = targets(rooms).count();
    if count > 1 && count != targets(nicks).count() {
        return Err(too_few);
    }
    Ok(Command::Kick {
        rooms,
        nicks,
        reason: text(params, 2, REASON_BYTES_MAX),
    })
}

fn oper(params: Params<'_>) -> Decoded<'_> {
    Ok(Command::Oper {
        name: needed("OPER", params, 0)?,
        password: needed("OPER", params, 1)?,
    })
}

fn ask(about: About, params: Params<'_>, server: usize) -> Decoded<'_> {
    Ok(Command::Ask {
        about,
        server: given(params, server),
    })
}

/// IRCv3 setname, "Errors": a real name that is empty or too long is refused, not cut.
fn set_name(params: Params<'_>) -> Decoded<'_> {
    let real_name = *params.first().ok_or(Wrong::NeedMoreParams("SETNAME"))?;
    if real_name.is_empty() || real_name.len() > REAL_NAME_BYTES_MAX {
        let text = "a real name has 1 to 128 bytes";
        return Err(Wrong::Fail {
            command: "SETNAME",
            code: "INVALID_REALNAME",
            context: vec![],
            text,
        });
    }
    Ok(Command::SetName(real_name))
}

#[cfg(test)]
mod tests;
