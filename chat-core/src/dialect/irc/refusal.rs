//! Why not: the numeric or standard reply for everything that can be wrong.
//!
//! The words are our own, which say what to do; the numbers and parameters are those of RFC 2812 §5.2
//! and modern.ircdocs.horse. A FAIL is sent without `standard-replies` only where the command's own
//! specification asks for it (IRCv3 standard-replies, "Capabilities"); a NOTICE stands in for others.

use super::command::Wrong;
use super::message::ParseError;
use super::numeric::*;
use super::reader::{Reader, Standard};
use crate::hub::request::{Addressee, Refusal};
use crate::names::NameError;

/// Writes the answer to a command that the hub refused. False if nothing is to be said: after a
/// NOTICE (RFC 2812 §3.3.2), and to somebody who is gone.
pub fn refusal(out: &mut String, reader: &Reader<'_>, command: &str, refusal: &Refusal) -> bool {
    if command.eq_ignore_ascii_case("NOTICE") {
        return false;
    }
    let mut say = |code, params: &[&str]| reader.say(out, code, params, refusal);
    match refusal {
        Refusal::NoSuchNick(nick) => say(ERR_NOSUCHNICK, &[nick]),
        Refusal::NoSuchRoom(room) => say(ERR_NOSUCHCHANNEL, &[room]),
        Refusal::CannotPost(room) | Refusal::Moderated(room) | Refusal::Silenced(room) => {
            say(ERR_CANNOTSENDTOCHAN, &[room.as_str()]);
        }
        Refusal::TooManyRooms(room) => say(ERR_TOOMANYCHANNELS, &[room.as_str()]),
        // Clients print the parameter and the words: the name need not be in both.
        Refusal::BadName(name, why) => {
            reader.say(out, bad_name(command, name, *why), &[name], why);
        }
        Refusal::NameInUse(nick) | Refusal::LooksLike(nick) => {
            say(ERR_NICKNAMEINUSE, &[nick.as_str()]);
        }
        Refusal::NotInRoom(room) => say(ERR_NOTONCHANNEL, &[room.as_str()]),
        Refusal::AlreadyInRoom(nick, room) => {
            say(ERR_USERONCHANNEL, &[nick.as_str(), room.as_str()]);
        }
        Refusal::NotThere(nick, room) => {
            say(ERR_USERNOTINCHANNEL, &[nick.as_str(), room.as_str()]);
        }
        Refusal::InviteOnly(room) => say(ERR_INVITEONLYCHAN, &[room.as_str()]),
        Refusal::Banned(room) => say(ERR_BANNEDFROMCHAN, &[room.as_str()]),
        Refusal::BadKey(room) => say(ERR_BADCHANNELKEY, &[room.as_str()]),
        Refusal::ListFull(room, list) => {
            say(
                ERR_BANLISTFULL,
                &[room.as_str(), list.encode_utf8(&mut [0; 4])],
            );
        }
        Refusal::NotOperator(room) => say(ERR_CHANOPRIVSNEEDED, &[room.as_str()]),
        Refusal::RoomFull(room) => say(ERR_CHANNELISFULL, &[room.as_str()]),
        Refusal::RoomLooksLike(room, _)
        | Refusal::RoomLooksLikeSecret(room)
        | Refusal::TooManyNewRooms(room, _)
        | Refusal::TooManyRoomsInAll(room) => {
            say(ERR_NOSUCHCHANNEL, &[room.as_str()]);
        }
        Refusal::NameDenied(nick, _) => say(ERR_ERRONEUSNICKNAME, &[nick.as_str()]),
        Refusal::JoinDenied(room, _) => say(ERR_BANNEDFROMCHAN, &[room.as_str()]),
        Refusal::PostDenied(Addressee::Room(room) | Addressee::Ranked(room, _), _) => {
            say(ERR_CANNOTSENDTOCHAN, &[room.as_str()]);
        }
        Refusal::PostDenied(Addressee::Person(nick), _) => {
            say(ERR_CANNOTSENDTOUSER, &[nick.as_str()]);
        }
        Refusal::TopicDenied(room, _) => say(ERR_CHANOPRIVSNEEDED, &[room.as_str()]),
        Refusal::CannotRedact(at, msgid) => {
            let context = [at.as_str(), &**msgid];
            reader.standard(
                out,
                Standard::Fail,
                command,
                "REDACT_FORBIDDEN",
                &context,
                refusal,
            );
        }
        Refusal::NotStored(_) => reader.fail_or_notice(out, command, "JOURNAL_FAILED", refusal),
        Refusal::Gone => return false,
    }
    true
}

/// The numeric for a name that is none. Only NICK wants to have it (432); elsewhere it is just
/// nobody's (401) or no room's: 403, as Ergo and most others answer a JOIN, and not 476.
fn bad_name(command: &str, name: &str, why: NameError) -> Numeric {
    if command.eq_ignore_ascii_case("NICK") {
        ERR_ERRONEUSNICKNAME
    } else if name.starts_with('#') || why == NameError::NoHash {
        ERR_NOSUCHCHANNEL
    } else {
        ERR_NOSUCHNICK
    }
}

/// Writes the answer to a message that is no command. False if nothing is to be said.
pub fn wrong(out: &mut String, reader: &Reader<'_>, wrong: &Wrong<'_>) -> bool {
    let mut say = |code, params: &[&str]| reader.say(out, code, params, wrong);
    match wrong {
        Wrong::NeedMoreParams(command) => say(ERR_NEEDMOREPARAMS, &[command]),
        Wrong::UnknownCommand(command) => say(ERR_UNKNOWNCOMMAND, &[command]),
        Wrong::NoRecipient(_) => say(ERR_NORECIPIENT, &[]),
        Wrong::NoTextToSend => say(ERR_NOTEXTTOSEND, &[]),
        Wrong::NoNicknameGiven => say(ERR_NONICKNAMEGIVEN, &[]),
        Wrong::NoOrigin => say(ERR_NOORIGIN, &[]),
        Wrong::InvalidCap(subcommand) => say(ERR_INVALIDCAPCMD, &[subcommand]),
        Wrong::Fail {
            command,
            code,
            context,
            text,
        } => {
            reader.standard(out, Standard::Fail, command, code, context, text);
        }
        Wrong::Notice => return false,
    }
    true
}

/// Writes the answer to a line that is no message: 417, or nothing to an empty line.
pub fn parse_error(out: &mut String, reader: &Reader<'_>, error: ParseError) -> bool {
    let is_told = error != ParseError::Empty;
    if is_told {
        reader.say(out, ERR_INPUTTOOLONG, &[], error);
    }
    is_told
}

#[cfg(test)]
mod tests {
    use super::super::caps::Caps;
    use std::time::Duration;

    use super::*;
    use crate::hub::entry::NotKept;
    use crate::names::{Nick, RoomName};

    fn reader(caps: Caps) -> Reader<'static> {
        Reader {
            server: "chat",
            nick: "ana",
            caps,
        }
    }

    fn refused(command: &str, why: &Refusal) -> String {
        let mut out = String::new();
        let told = refusal(&mut out, &reader(Caps::NONE), command, why);
        assert_eq!(told, !out.is_empty());
        out
    }

    #[test]
    fn every_refusal_has_its_numeric_and_parameters() {
        let nick = Nick::new("bob").unwrap();
        let room = RoomName::new("#a").unwrap();
        let cases = [
            (Refusal::NoSuchNick("bob".into()), "401 ana bob :"),
            (Refusal::NoSuchNick("b b".into()), "401 ana * :"),
            (Refusal::NoSuchRoom("#a".into()), "403 ana #a :"),
            (Refusal::CannotPost(room.clone()), "404 ana #a :"),
            (Refusal::TooManyRooms(room.clone()), "405 ana #a :"),
            (Refusal::NameInUse(nick.clone()), "433 ana bob :"),
            (Refusal::LooksLike(nick.clone()), "433 ana bob :"),
            (Refusal::NotInRoom(room.clone()), "442 ana #a :"),
            (
                Refusal::AlreadyInRoom(nick, room.clone()),
                "443 ana bob #a :",
            ),
            (Refusal::RoomFull(room.clone()), "471 ana #a :"),
            (Refusal::TooManyRoomsInAll(room.clone()), "403 ana #a :"),
            (
                Refusal::TooManyNewRooms(room, Duration::from_secs(61)),
                "403 ana #a :#a cannot be made now, for many rooms were made from your address: join one that is there, or \
                 try again in 2 minutes",
            ),
            (Refusal::NotStored(NotKept::DiskFull), "NOTICE ana :"),
        ];
        for (why, expected) in cases {
            assert!(
                refused("JOIN", &why).starts_with(&format!(":chat {expected}")),
                "{why:?}"
            );
        }
        assert_eq!(refused("QUIT", &Refusal::Gone), "");
    }

    #[test]
    fn a_bad_name_is_told_as_the_command_wants_it() {
        let cases = [
            ("NICK", "1st", NameError::BadStart, "432 ana 1st :a name "),
            (
                "nick",
                "a b",
                NameError::BadCharacter(' '),
                "432 ana * :a name ",
            ),
            ("JOIN", "lobby", NameError::NoHash, "403 ana lobby :a room"),
            (
                "JOIN",
                "#a!",
                NameError::BadCharacter('!'),
                "403 ana #a! :a name ",
            ),
            (
                "PRIVMSG",
                "1st",
                NameError::BadStart,
                "401 ana 1st :a name ",
            ),
        ];
        for (command, name, why, expected) in cases {
            let line = refused(command, &Refusal::BadName(name.into(), why));
            assert!(line.starts_with(&format!(":chat {expected}")), "{line}");
        }
    }

    #[test]
    fn a_notice_is_never_answered() {
        assert_eq!(refused("NOTICE", &Refusal::NoSuchNick("bob".into())), "");
        let mut out = String::new();
        assert!(!wrong(&mut out, &reader(Caps::NONE), &Wrong::Notice));
        assert_eq!(out, "");
    }

    #[test]
    fn who_knows_of_standard_replies_gets_them() {
        let mut out = String::new();
        refusal(
            &mut out,
            &reader(Caps::STANDARD_REPLIES),
            "PRIVMSG",
            &Refusal::NotStored(NotKept::DiskFull),
        );
        assert!(
            out.starts_with(":chat FAIL PRIVMSG JOURNAL_FAILED :"),
            "{out}"
        );
    }

    #[test]
    fn every_wrong_message_has_its_answer() {
        let fail = Wrong::Fail {
            command: "SETNAME",
            code: "INVALID_REALNAME",
            context: vec!["x"],
            text: "no",
        };
        let cases = [
            (Wrong::NeedMoreParams("JOIN"), "461 ana JOIN :"),
            (Wrong::UnknownCommand("FOO"), "421 ana FOO :"),
            (Wrong::NoRecipient("PRIVMSG"), "411 ana :"),
            (Wrong::NoTextToSend, "412 ana :"),
            (Wrong::NoNicknameGiven, "431 ana :"),
            (Wrong::NoOrigin, "409 ana :"),
            (Wrong::InvalidCap("FOO"), "410 ana FOO :"),
            (fail, "FAIL SETNAME INVALID_REALNAME x :no"),
        ];
        for (why, expected) in cases {
            let mut out = String::new();
            assert!(wrong(&mut out, &reader(Caps::NONE), &why));
            assert!(out.starts_with(&format!(":chat {expected}")), "{out}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_told_and_an_empty_one_is_not() {
        for (error, expected) in [
            (ParseError::TooLong, true),
            (ParseError::TagsTooLong, true),
            (ParseError::Empty, false),
        ] {
            let mut out = String::new();
            assert_eq!(parse_error(&mut out, &reader(Caps::NONE), error), expected);
            assert_eq!(out.starts_with(":chat 417 ana :"), expected);
        }
    }
}
