//! What the house itself says at the plain door: short, and always with what to do next.

use crate::dialect::own_words;
use crate::dialect::terminal::visible;
use crate::hub::ranks::Ranks;
use crate::hub::request::Refusal;
use crate::names::{NameError, Nick, RoomName};

/// The first thing that somebody sees.
#[must_use]
pub fn greeting(network: &str) -> String {
    format!("Welcome to {}. {ASK_NAME}", visible(network))
}

/// The first thing that somebody sees where there is a password.
#[must_use]
pub fn greeting_with_password(network: &str) -> String {
    format!("Welcome to {}. What is the password?", visible(network))
}

/// After the right one.
pub const ASK_NAME: &str = "What is your name?";

/// After a wrong one.
pub const WRONG_PASSWORD: &str = "That is not the password. What is the password?";

/// After a name that is none.
#[must_use]
pub fn bad_name(why: NameError) -> String {
    format!("That will not do: {why}. What is your name?")
}

/// After a name that somebody else has.
#[must_use]
pub fn taken_name(why: &Refusal) -> String {
    format!("Sorry, {why}. What other name would you like?")
}

/// To somebody who is in no room.
pub const NOWHERE: &str = "You are in no room: /join ROOM takes you to one.";

/// On entering a room.
#[must_use]
pub fn entered(nick: &Nick, room: &RoomName) -> String {
    format!("You are {nick}, in {room}. Type to talk; /help shows what else you can do.")
}

/// Who is in a room, with the marks of their ranks.
#[must_use]
pub fn people<'a>(room: &RoomName, people: impl Iterator<Item = (Ranks, &'a Nick)>) -> String {
    let marked = people.map(|(ranks, nick)| match ranks.prefixes().next() {
        Some(mark) => format!("{mark}{nick}"),
        None => nick.to_string(),
    });
    let people: Vec<String> = marked.collect();
    format!("In {room}: {}", people.join(", "))
}

/// The topic of a room.
#[must_use]
pub fn topic(room: &RoomName, text: &str) -> String {
    match visible(text) {
        text if text.is_empty() => {
            format!("{room} has no topic; /topic WHAT IT IS ABOUT sets one.")
        }
        text => format!("The topic of {room}: {text}"),
    }
}

/// In front of what was said before somebody came, so that nobody answers those who have gone.
pub const BEFORE: &str = "* said before you came:";

/// Behind it.
pub const NOW: &str = "* and now:";

/// To whoever is invited.
#[must_use]
pub fn invited(by: &Nick, room: &RoomName) -> String {
    format!("* {by} invites you to {room}; /join {room} takes you there.")
}

/// To whoever has invited somebody.
#[must_use]
pub fn inviting(nick: &Nick, room: &RoomName) -> String {
    format!("* {nick} is invited to {room}")
}

/// To whoever has said something to somebody who is away, or asked them in.
#[must_use]
pub fn away(nick: &Nick, reason: &str) -> String {
    format!("* {nick} is away: {}", visible(reason))
}

/// To whoever has taken another name.
#[must_use]
pub fn renamed(nick: &Nick) -> String {
    format!("* you are now called {nick}")
}

/// To whoever makes somebody what they are.
#[must_use]
pub fn no_change(nick: &Nick, room: &RoomName, is_operator: bool) -> String {
    match is_operator {
        true => format!("{nick} is an operator of {room} already."),
        false => format!("{nick} is no operator of {room}."),
    }
}

/// The last thing that somebody sees.
#[must_use]
pub fn goodbye(reason: &str) -> String {
    match visible(own_words(reason)) {
        reason if reason.is_empty() => "* goodbye".to_owned(),
        reason => format!("* goodbye: {reason}"),
    }
}

/// What `/help` shows.
pub const HELP: &[&str] = &[
    "Whatever you type goes to everybody in the room. Besides:",
    "  /who               who is here, operators of the room with @",
    "  /me waves          * you waves",
    "  /msg NAME hello    to one person only",
    "  /join ROOM         go to another room",
    "  /topic [TEXT]      what this room is about",
    "  /invite NAME       ask somebody into this room",
    "  /kick NAME [WHY]   send somebody out of this room, as an operator of it",
    "  /op NAME           make somebody an operator; /deop NAME takes that back",
    "  /nick NAME         be called something else",
    "  /quit [WORDS]      leave",
    "  //text             say something that starts with a slash",
];

/// After a command that there is not.
#[must_use]
pub fn unknown(name: &str) -> String {
    format!(
        "There is no /{}. /help shows what there is; // starts a text with a slash.",
        visible(name)
    )
}

/// After a command without what it needs.
#[must_use]
pub fn incomplete(usage: &str) -> String {
    format!("It goes like this: {usage}")
}

/// After a line that cannot be said in one piece.
#[must_use]
pub fn too_long(bytes_max: usize) -> String {
    format!("That was too long, and nobody saw it: {bytes_max} bytes at most, please.")
}

/// Why not, and what to do.
#[must_use]
pub fn refusal(why: &Refusal) -> String {
    let advice = match why {
        Refusal::NoSuchNick(_) | Refusal::NotThere(..) | Refusal::AlreadyInRoom(..) => {
            "/who shows who is here."
        }
        Refusal::NotOperator(_) => "/who marks them with @.",
        Refusal::NoSuchRoom(_) | Refusal::CannotPost(_) | Refusal::NotInRoom(_) => {
            "/join ROOM takes you there."
        }
        Refusal::BadName(..) => "Try another.",
        Refusal::NameInUse(_) | Refusal::LooksLike(_) | Refusal::NameDenied(..) => {
            "/nick NAME takes another."
        }
        Refusal::RoomFull(_) | Refusal::Banned(_) | Refusal::InviteOnly(_) | Refusal::BadKey(_) => {
            "/join another room."
        }
        Refusal::Moderated(_) | Refusal::Silenced(_) => "You may listen, or /join another room.",
        Refusal::TooManyRoomsInAll(_) | Refusal::RoomLooksLike(..) => "/join one that exists.",
        Refusal::RoomLooksLikeSecret(_) => "/join another room.",
        Refusal::TooManyRooms(_)
        | Refusal::TooManyNewRooms(..)
        | Refusal::JoinDenied(..)
        | Refusal::PostDenied(..)
        | Refusal::TopicDenied(..)
        | Refusal::CannotRedact(..)
        | Refusal::NotStored(_)
        | Refusal::ListFull(..)
        | Refusal::Gone => "",
    };
    format!("Sorry, {}. {advice}", visible(&why.to_string()))
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::dropped::dispensable;
    use super::*;
    use crate::hub::entry::NotKept;

    #[test]
    fn refusals_say_what_to_do() {
        let nick = Nick::new("bob").unwrap();
        let room = RoomName::new("#a").unwrap();
        let cases = [
            (
                Refusal::NoSuchNick("b\x1bob".into()),
                "Sorry, nobody here is called b\u{fffd}ob. /who shows who is here.",
            ),
            (
                Refusal::NameInUse(nick),
                "Sorry, the name bob is taken. /nick NAME takes another.",
            ),
            (
                Refusal::NotOperator(room.clone()),
                "Sorry, only an operator of #a may do that. /who marks them with @.",
            ),
            (
                Refusal::NotInRoom(room),
                "Sorry, you are not in #a. /join ROOM takes you there.",
            ),
            (
                Refusal::NotStored(NotKept::Refused),
                "Sorry, nobody saw it: the journal of this chat does not take it; try again later.",
            ),
        ];
        for (why, expected) in cases {
            assert_eq!(refusal(&why), expected);
        }
    }

    #[test]
    fn nothing_that_the_house_says_looks_like_what_people_say() {
        let (nick, room) = (Nick::new("bob").unwrap(), RoomName::new("#a").unwrap());
        let words = [
            greeting("Chat"),
            greeting_with_password("Chat"),
            bad_name(NameError::Empty),
            taken_name(&Refusal::NameInUse(nick.clone())),
            entered(&nick, &room),
            people(&room, [(Ranks::default(), &nick)].into_iter()),
            inviting(&nick, &room),
            away(&nick, "tea"),
            renamed(&nick),
            no_change(&nick, &room, true),
            no_change(&nick, &room, false),
            topic(&room, ""),
            topic(&room, "tea"),
            invited(&nick, &room),
            goodbye(""),
            goodbye("tea"),
            unknown("dance"),
            incomplete("/join ROOM"),
            too_long(400),
            refusal(&Refusal::NotInRoom(room.clone())),
        ];
        let fixed = [ASK_NAME, WRONG_PASSWORD, BEFORE, NOW].iter().chain(HELP);
        for line in words.iter().map(String::as_str).chain(fixed.copied()) {
            assert_eq!(dispensable(line), None, "{line}");
        }
    }

    #[test]
    fn help_fits_a_terminal_and_names_every_command() {
        assert!(HELP.iter().all(|line| line.len() < 80));
        for command in [
            "/who", "/me", "/msg", "/join", "/topic", "/invite", "/kick", "/op", "/deop", "/nick",
            "/quit", "//",
        ] {
            assert!(HELP.iter().any(|line| line.contains(command)), "{command}");
        }
    }
}
