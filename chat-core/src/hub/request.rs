//! What a registered person may ask of the hub, and why it may say no. Floor 1.

use std::sync::Arc;
use std::time::Duration;

use crate::hub::Redaction;
use crate::hub::entry::{NotKept, PostKind, Target};
use crate::hub::modes::Change;
use crate::hub::ranks::Rank;
use crate::names::{NameError, Nick, RoomName};

/// Something that others could see if it is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// Say something to a room or to a person.
    Post {
        /// Where to.
        to: Addressee,
        /// How.
        kind: PostKind,
        /// The words, with `\n` between lines if there are several.
        text: Arc<str>,
        /// Client-only tags, escaped, without `@`.
        tags: Arc<str>,
        /// By which it may be asked for again and is still done once. docs/clients.md.
        retry: Option<Arc<str>>,
        /// Where a piece begins that goes on with the line of the one before: [`Post::concat`](super::entry::Post::concat).
        concat: Option<Arc<Vec<u32>>>,
    },
    /// Enter a room, which is made when it does not exist; with its key, if it needs one.
    Join(RoomName, Option<Arc<str>>),
    /// Leave a room.
    Part(RoomName, Option<Arc<str>>),
    /// Leave the chat.
    Quit(Arc<str>),
    /// Take another name.
    Name(Nick),
    /// Set a room's topic; empty clears it.
    Topic(RoomName, Arc<str>),
    /// Go away, or come back.
    Away(Option<Arc<str>>),
    /// Change the real name.
    RealName(Arc<str>),
    /// Ask somebody into a room.
    Invite(Nick, RoomName),
    /// Change modes of a room.
    Mode(RoomName, Vec<Change>),
    /// Send somebody out of a room, and say why.
    Kick(RoomName, Nick, Arc<str>),
    /// Take back something that was said.
    Redact(Redaction),
}

/// Whom a post is for, as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Addressee {
    /// A room.
    Room(RoomName),
    /// Those in a room who have at least this rank: `@#room`, `+#room`.
    Ranked(RoomName, Rank),
    /// A person.
    Person(Nick),
}

impl Addressee {
    /// The name of the person, or of the room.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Addressee::Room(room) | Addressee::Ranked(room, _) => room.as_str(),
            Addressee::Person(nick) => nick.as_str(),
        }
    }
}

impl From<RoomName> for Addressee {
    fn from(room: RoomName) -> Addressee {
        Addressee::Room(room)
    }
}

impl From<&Target> for Addressee {
    fn from(target: &Target) -> Addressee {
        match target {
            Target::Room(room) => Addressee::Room(room.clone()),
            Target::Ranked(room, rank) => Addressee::Ranked(room.clone(), *rank),
            Target::Person { nick, .. } => Addressee::Person(nick.clone()),
        }
    }
}

impl From<Nick> for Addressee {
    fn from(nick: Nick) -> Addressee {
        Addressee::Person(nick)
    }
}

/// Why the hub said no. The person is told and goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody has this name. 401.
    #[error("nobody here is called {0}")]
    NoSuchNick(String),
    /// There is no such room. 403.
    #[error("there is no room {0}")]
    NoSuchRoom(String),
    /// Only members may post to this room. 404.
    #[error("you are not in {0}, so you cannot post there")]
    CannotPost(RoomName),
    /// Only who has a rank may post to this room now. 404.
    #[error("{0} is moderated: only those with a voice may post there now")]
    Moderated(RoomName),
    /// They are banned there, and may listen only. 404.
    #[error("you are banned in {0}, so you cannot post there")]
    Silenced(RoomName),
    /// Somebody is in too many rooms already. 405.
    #[error("you are in too many rooms: leave one before you join {0}")]
    TooManyRooms(RoomName),
    /// Not a name. 432.
    #[error("{0}: {1}")]
    BadName(String, NameError),
    /// Somebody else has this name, or it is kept for them. 433.
    #[error("the name {0} is taken")]
    NameInUse(Nick),
    /// A name that looks like somebody else's. 433.
    #[error("the name {0} looks like that of somebody else here")]
    LooksLike(Nick),
    /// A room that looks like another one. 403.
    #[error("{0} looks like {1}: join that one or choose another name")]
    RoomLooksLike(RoomName, RoomName),
    /// The same, for who does not see the other one. 403.
    #[error("{0} looks like another room: choose another name")]
    RoomLooksLikeSecret(RoomName),
    /// Who was asked to leave or to be told is not in that room. 442.
    #[error("you are not in {0}")]
    NotInRoom(RoomName),
    /// Whom something is to be done to is not in that room. 441.
    #[error("{0} is not in {1}")]
    NotThere(Nick, RoomName),
    /// They are there already. 443.
    #[error("{0} is already in {1}")]
    AlreadyInRoom(Nick, RoomName),
    /// The room has as many people as it may. 471.
    #[error("{0} is full: try again later or join another room")]
    RoomFull(RoomName),
    /// Only who was invited may enter. 473.
    #[error("{0} is for those who were invited: ask somebody in it")]
    InviteOnly(RoomName),
    /// They may not enter. 474.
    #[error("you are banned in {0}")]
    Banned(RoomName),
    /// The room has a key, and this is not it. 475.
    #[error("{0} needs its key: JOIN {0} <key>")]
    BadKey(RoomName),
    /// Nobody else fits on that room's lists. 478.
    #[error("the lists of {0} are full: take somebody off them first")]
    ListFull(RoomName, char),
    /// Only operators of the room may do that. 482.
    #[error("only an operator of {0} may do that")]
    NotOperator(RoomName),
    /// Many rooms were made from their address; the next one may be made in so long. 403.
    #[error(
        "{0} cannot be made now, for many rooms were made from your address: join one that is there, or try again in {wait}",
        wait = in_minutes(*.1)
    )]
    TooManyNewRooms(RoomName, Duration),
    /// No more rooms can be made. 403.
    #[error("{0} cannot be made: there are too many rooms; join one that is there")]
    TooManyRoomsInAll(RoomName),
    /// The program that this chat is part of does not want them to have this name. 432.
    #[error("{0} is not for you: {1}")]
    NameDenied(Nick, Arc<str>),
    /// It does not want them in this room. 474.
    #[error("you may not enter {0}: {1}")]
    JoinDenied(RoomName, Arc<str>),
    /// It does not want this to be said there. 404, or 531 if it was for a person.
    #[error("nobody saw it: {1}")]
    PostDenied(Addressee, Arc<str>),
    /// It does not want this topic, or they may say nothing there. 482.
    #[error("the topic of {0} stays as it is: {1}")]
    TopicDenied(RoomName, Arc<str>),
    /// Only its author and whoever keeps the room in order may take a message back. `FAIL REDACT REDACT_FORBIDDEN`.
    #[error("it is not yours to take back: only who wrote it can, and the operators of a room")]
    CannotRedact(Addressee, Arc<str>),
    /// The journal did not take it. `FAIL … JOURNAL_FAILED`; nobody saw it.
    #[error("nobody saw it: {0}; try again later")]
    NotStored(NotKept),
    /// Whoever asked is not here any more: nobody is left to be told.
    #[error("you have left")]
    Gone,
}

fn in_minutes(wait: Duration) -> String {
    match wait.as_secs().div_ceil(60) {
        0 | 1 => "a minute".to_owned(),
        count => format!("{count} minutes"),
    }
}
