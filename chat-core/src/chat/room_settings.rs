//! Modes of rooms and who made them, kept over the end of the program. Floor 5.
//!
//! The journal has what happened; a note beside it has what came of it. It is written in one turn with the entry, so
//! that both are on the disk or neither is, and again when the entry has taken effect: others' changes may have come
//! in between, or it may have been refused.

use super::Chat;
use crate::hub::entry::{Act, Entry};
use crate::hub::settings::Settings;
use crate::journal::Note;
use crate::names::RoomName;

/// Where they stand, by the names of the rooms.
const SHELF: &str = "rooms";

impl Chat {
    /// A change of modes has been handed to the journal.
    pub(super) fn note_expected_settings(&mut self, entry: &Entry) {
        let Act::Mode { room, changes, .. } = &entry.act else {
            return;
        };
        let Some(mut settings) = self.hub.room(room).map(|room| room.settings.clone()) else {
            return;
        };
        for change in changes {
            settings
                .modes
                .change(change, &entry.source.nick, self.stamped);
        }
        self.note_settings(room, Some(&settings));
    }

    /// What an entry came to.
    pub(super) fn note_real_settings(&mut self, entry: &Entry) {
        let (Act::Mode { room, .. } | Act::Join { room, .. }) = &entry.act else {
            return;
        };
        let Some(there) = self.hub.room(room) else {
            return;
        };
        let is_founded =
            there.members().len() == 1 && there.settings.founder == Some(entry.identity);
        if is_founded || matches!(entry.act, Act::Mode { .. }) {
            let settings = there.settings.clone();
            self.note_settings(room, Some(&settings));
        }
    }

    /// A room is forgotten.
    pub(super) fn forget_settings(&mut self, room: &RoomName) {
        self.note_settings(room, None);
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
                self.hub.restore_settings(&name, settings);
            }
        }
    }
}
