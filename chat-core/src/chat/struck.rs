//! What has its place in the order and could not take effect any more. Floor 5.

use super::Chat;
use crate::hub::entry::{Act, Committed};

impl Chat {
    /// Nobody is to read of it. The journal has kept a topic as that of the room already; the one that the room really has may
    /// be older than anything that the journal still holds, so it is told.
    pub(super) fn strike(&mut self, committed: &Committed) {
        self.journal.strike(committed);
        if let Act::Topic { room, .. } = &committed.entry.act {
            let topic = self.hub.room(room).and_then(|room| room.topic.as_ref());
            self.journal.restore_topic(room, topic, committed.seq);
        }
    }
}

#[cfg(feature = "sqlite")]
#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tempfile::TempDir;

    use super::super::Setup;
    use super::*;
    use crate::hub::Introduction;
    use crate::hub::entry::Entry;
    use crate::hub::request::Request;
    use crate::id::{Identity, PersonId, Seq};
    use crate::journal::sqlite::{Retention, Settings, Sqlite};
    use crate::journal::{Durability, Journal};
    use crate::names::{Nick, RoomName};
    use crate::time::Timestamp;

    const ANA: PersonId = PersonId {
        key: 0,
        generation: 0,
    };

    fn open(at: &TempDir) -> Sqlite {
        Sqlite::open(&Settings {
            folder: at.path().join("chat"),
            // What is appended is decided at once.
            durability: Durability::Relay,
            retention: Retention::default(),
        })
        .unwrap()
    }

    fn room() -> RoomName {
        RoomName::new("#a").unwrap()
    }

    /// Ana is in her room, and the journal knows.
    fn chat_on(at: &TempDir) -> Chat {
        let setup = Setup {
            journal: Some(Box::new(open(at))),
            ..Setup::default()
        };
        let mut chat = Chat::new(setup, Timestamp(0)).unwrap();
        let introduction = Introduction {
            nick: Nick::new("ana").unwrap(),
            user: "u".into(),
            host: "h".into(),
            real_name: "r".into(),
            identity: Identity(7),
        };
        chat.hub.register(ANA, introduction, Timestamp(0)).unwrap();
        let joined = checked(&chat, Request::Join(room(), None));
        let joined = placed(&mut chat, joined);
        chat.hub.apply(&joined).unwrap();
        chat
    }

    fn checked(chat: &Chat, request: Request) -> Entry {
        chat.hub.check(ANA, request).unwrap()
    }

    fn topic(chat: &Chat, text: &str) -> Entry {
        checked(chat, Request::Topic(room(), text.into()))
    }

    /// It has its place, and has not taken effect.
    fn placed(chat: &mut Chat, entry: Entry) -> Arc<Committed> {
        chat.journal.append(entry, Timestamp(1));
        chat.journal.committed().unwrap().result.unwrap()
    }

    /// One that the journal does not hold any more.
    fn set_long_ago(chat: &mut Chat, text: &str) {
        let committed = Committed {
            seq: Seq(0),
            aside: 0,
            at: Timestamp(0),
            entry: topic(chat, text),
        };
        chat.hub.apply(&committed).unwrap();
    }

    fn after_the_next_start(at: &TempDir, chat: Chat) -> Option<String> {
        drop(chat);
        let rooms = open(at).recover().rooms;
        let topic = rooms[0].past.topic.as_ref();
        topic.map(|topic| topic.text.to_string())
    }

    #[test]
    fn a_room_has_the_topic_that_it_had_before_one_that_was_struck() {
        for before in ["", "from long ago"] {
            let at = tempfile::tempdir().unwrap();
            let mut chat = chat_on(&at);
            set_long_ago(&mut chat, before);
            let entry = topic(&chat, "in vain");
            let struck = placed(&mut chat, entry);
            chat.strike(&struck);
            let expected = Some(before.to_owned()).filter(|text| !text.is_empty());
            assert_eq!(after_the_next_start(&at, chat), expected);
        }
    }

    #[test]
    fn a_topic_that_comes_behind_one_that_was_struck_stays() {
        let at = tempfile::tempdir().unwrap();
        let mut chat = chat_on(&at);
        set_long_ago(&mut chat, "from long ago");
        let [first, second] = ["in vain", "new"].map(|text| topic(&chat, text));
        let (struck, set) = (placed(&mut chat, first), placed(&mut chat, second));
        chat.strike(&struck);
        chat.hub.apply(&set).unwrap();
        assert_eq!(after_the_next_start(&at, chat).as_deref(), Some("new"));
    }
}
