//! Modes of rooms and who made them, kept over the end of the program. Floor 5.
//!
//! The journal has what happened; a note beside it has what came of it. It is written in one turn with the entry, so
//! that both are on the disk or neither is: as all that is on its way will have made of the room, since that may be on the disk
//! before any of it has taken effect. It is written again when the last of that has: some may have been refused.

use std::collections::HashMap;

use super::Chat;
use crate::hub::Forgotten;
use crate::hub::entry::{Act, Entry};
use crate::hub::modes::Modes;
use crate::hub::settings::Settings;
use crate::id::Identity;
use crate::journal::{Note, Ticket};
use crate::names::RoomName;

/// Where they stand, by the names of the rooms.
const SHELF: &str = "rooms";

/// What rooms will be like when all has taken effect that is on its way, and the last of it.
pub(super) type Expected = HashMap<RoomName, (Settings, Ticket)>;

/// What an entry may change.
pub(super) struct Changed {
    room: RoomName,
    by: Identity,
}

impl Changed {
    pub(super) fn by(entry: &Entry) -> Option<Changed> {
        let (Act::Mode { room, .. } | Act::Join { room, .. }) = &entry.act else {
            return None;
        };
        Some(Changed {
            room: room.clone(),
            by: entry.identity,
        })
    }
}

impl Chat {
    /// What an entry will have made of a room, if it changes that.
    pub(super) fn expected_settings(&self, entry: &Entry) -> Option<(RoomName, Settings)> {
        let expected = |room| self.expected.get(room).map(|(settings, _)| settings);
        match &entry.act {
            Act::Mode { room, changes, .. } => {
                let present = || self.hub.room(room).map(|room| &room.settings);
                let mut settings = expected(room).or_else(present)?.clone();
                for change in changes {
                    let by = &entry.source.nick;
                    settings.modes.change(change, by, self.stamped);
                }
                Some((room.clone(), settings))
            }
            Act::Join { room, .. } if expected(room).is_none() => {
                let is_new = self.hub.room(room).is_none();
                let settings = || Settings {
                    modes: Modes::of_new_room(),
                    founder: Some(entry.identity),
                };
                is_new.then(|| (room.clone(), settings()))
            }
            _ => None,
        }
    }

    /// The entry has been handed to the journal.
    pub(super) fn note_expected_settings(
        &mut self,
        room: RoomName,
        settings: Settings,
        ticket: Ticket,
    ) {
        self.note_settings(&room, Some(&settings));
        self.expected.insert(room, (settings, ticket));
    }

    /// What an entry came to, or all that were on their way together with it.
    pub(super) fn note_real_settings(&mut self, Changed { room, by }: &Changed, ticket: Ticket) {
        let there = self.hub.room(room);
        let is_founded = |room: &crate::hub::Room| {
            room.members().len() == 1 && room.settings.founder == Some(*by)
        };
        let is_due = match self.expected.get(room) {
            Some((_, last)) => *last == ticket,
            None => there.is_none_or(is_founded),
        };
        if !is_due {
            return;
        }
        let settings = there.map(|room| room.settings.clone());
        if settings.is_none() {
            // The journal has a room for whoever wanted to enter, and it was not made.
            self.journal.forget(room);
        }
        self.note_settings(room, settings.as_ref());
        self.expected.remove(room);
    }

    /// A room is forgotten. What was said in one that was closed is not for whoever makes one of its name.
    pub(super) fn forget_room(&mut self, forgotten: &Forgotten) {
        if forgotten.was_closed {
            self.journal.conceal(&forgotten.name);
        }
        self.journal.forget(&forgotten.name);
        self.note_settings(&forgotten.name, None);
    }

    fn note_settings(&mut self, room: &RoomName, settings: Option<&Settings>) {
        self.note(Note {
            shelf: SHELF.into(),
            key: room.folded().as_bytes().into(),
            value: settings.map(|settings| settings.to_text().into_bytes()),
        });
    }

    pub(super) fn restore_settings(&mut self) {
        for (name, text) in self.take_shelf(SHELF) {
            let name = std::str::from_utf8(&name)
                .ok()
                .and_then(|name| RoomName::new(name).ok());
            let settings = std::str::from_utf8(&text).ok().map(Settings::from_text);
            if let (Some(name), Some(settings)) = (name, settings) {
                self.restore_settings_of(name, settings);
            }
        }
    }

    /// One for which there was no place is forgotten.
    fn restore_settings_of(&mut self, name: RoomName, settings: Settings) {
        if self.hub.room(&name).is_some() {
            return self.hub.restore_settings(&name, settings);
        }
        let was_closed = settings.modes.is_closed();
        self.forget_room(&Forgotten { name, was_closed });
    }
}

#[cfg(test)]
mod tests {
    use super::super::Setup;
    use super::*;
    use crate::hub::Introduction;
    use crate::hub::entry::Committed;
    use crate::hub::modes::{Change, Flag};
    use crate::hub::request::Request;
    use crate::id::{PersonId, Seq};
    use crate::names::Nick;
    use crate::time::Timestamp;

    const ANA: PersonId = PersonId {
        key: 0,
        generation: 0,
    };

    fn chat() -> Chat {
        chat_on(None)
    }

    fn chat_on(journal: Option<Box<dyn crate::journal::Journal>>) -> Chat {
        let setup = Setup {
            journal,
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
        chat
    }

    fn handed_over(chat: &mut Chat, request: Request, ticket: u64) -> Entry {
        let entry = chat.hub.check(ANA, request).unwrap();
        let (room, settings) = chat.expected_settings(&entry).unwrap();
        chat.note_expected_settings(room, settings, Ticket(ticket));
        entry
    }

    fn take_effect(chat: &mut Chat, entry: Entry, ticket: u64) {
        let changed = Changed::by(&entry).unwrap();
        let committed = Committed {
            seq: Seq(ticket),
            aside: 0,
            at: Timestamp(0),
            entry,
        };
        chat.hub.apply(&committed).unwrap();
        chat.note_real_settings(&changed, Ticket(ticket));
    }

    /// Those who want to enter one room at once, all but the last of them in vain; the rooms that are there after the next
    /// start, and how many notes of them.
    #[cfg(feature = "sqlite")]
    fn rooms_after(joins: usize, last_enters: bool) -> (Vec<String>, usize) {
        use crate::journal::sqlite::{Retention, Settings, Sqlite};
        use crate::journal::{Durability, Journal};
        let at = tempfile::tempdir().unwrap();
        let open = || {
            Sqlite::open(&Settings {
                folder: at.path().join("chat"),
                durability: Durability::Relay,
                retention: Retention::default(),
            })
            .unwrap()
        };
        let journal: Box<dyn Journal> = Box::new(open());
        let mut chat = chat_on(Some(journal));
        let room = RoomName::new("#a").unwrap();
        for _ in 0..joins {
            let entry = chat.hub.check(ANA, Request::Join(room.clone(), None));
            let entry = entry.unwrap();
            let expected = chat.expected_settings(&entry);
            let ticket = chat.journal.append(entry, Timestamp(1));
            if let Some((room, settings)) = expected {
                chat.note_expected_settings(room, settings, ticket);
            }
        }
        for left in (0..joins).rev() {
            let outcome = chat.journal.committed().unwrap();
            let committed = outcome.result.unwrap();
            match last_enters && left == 0 {
                true => drop(chat.hub.apply(&committed).unwrap()),
                false => chat.journal.strike(&committed),
            }
            let changed = Changed::by(&committed.entry).unwrap();
            chat.note_real_settings(&changed, outcome.ticket);
        }
        drop(chat);
        let recovered = open().recover();
        let names = recovered.rooms.iter().map(|room| room.name.to_string());
        let notes = recovered.notes.iter().filter(|note| note.shelf == SHELF);
        (names.collect(), notes.count())
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn a_room_that_nobody_could_make_is_not_there_after_the_next_start() {
        assert_eq!(rooms_after(1, false), (vec![], 0));
        assert_eq!(rooms_after(2, false), (vec![], 0));
        assert_eq!(rooms_after(2, true), (vec!["#a".into()], 1));
    }

    #[test]
    fn what_is_on_its_way_together_is_noted_together() {
        let mut chat = chat();
        let room = RoomName::new("#a").unwrap();
        let made = handed_over(&mut chat, Request::Join(room.clone(), None), 1);
        assert_eq!(chat.expected[&room].0.founder, Some(Identity(7)));
        take_effect(&mut chat, made, 1);
        assert!(chat.expected.is_empty());
        let on = |flag| Request::Mode(room.clone(), vec![Change::Flag(flag, true)]);
        let first = handed_over(&mut chat, on(Flag::Moderated), 2);
        let second = handed_over(&mut chat, on(Flag::Secret), 3);
        let both = chat.expected[&room].0.clone();
        assert!(both.modes.has(Flag::Moderated) && both.modes.has(Flag::Secret));
        take_effect(&mut chat, first, 2);
        assert_eq!(chat.expected[&room].0, both, "the second is still to come");
        take_effect(&mut chat, second, 3);
        assert!(chat.expected.is_empty());
        assert_eq!(chat.hub.room(&room).unwrap().settings, both);
    }
}
