//! Things that happened, for the encoders.

use std::sync::Arc;

use chat_core::hub::entry::{Act, Committed, Entry, Post, PostKind, Source, Target};
use chat_core::id::{Identity, PersonId, Seq};
use chat_core::names::{Nick, RoomName};
use chat_core::time::Timestamp;

/// Somebody's name.
pub(crate) fn nick() -> Nick {
    Nick::new("ana").expect("a name")
}

/// Where it happens.
pub(crate) fn room() -> RoomName {
    RoomName::lobby()
}

/// What others see of somebody.
pub(crate) fn source() -> Source {
    Source::new(nick(), "user", "0123456789abcdef")
}

/// An act with its place in the order.
pub(crate) fn committed(act: Act) -> Committed {
    Committed {
        seq: Seq(7),
        aside: 0,
        at: Timestamp(1_795_422_930_042),
        entry: Entry {
            who: WHO,
            identity: Identity(1),
            source: Arc::new(source()),
            act,
        },
    }
}

/// Something said to a room.
pub(crate) fn post_to_room(kind: PostKind, text: &str, tags: &str) -> Act {
    Act::Post(Post {
        target: Target::Room(room()),
        kind,
        text: text.into(),
        tags: tags.into(),
        retry: None,
        concat: None,
    })
}

/// Something said to one person.
pub(crate) fn post_to_person(kind: PostKind, text: &str) -> Act {
    let target = Target::Person {
        id: WHO,
        identity: Identity(2),
        nick: nick(),
    };
    Act::Post(Post {
        target,
        kind,
        text: text.into(),
        tags: "".into(),
        retry: None,
        concat: None,
    })
}

const WHO: PersonId = PersonId {
    key: 0,
    generation: 0,
};
