//! What outlived the end of the program, and what is noted so that it will. Floor 5.
//!
//! Rooms with their topics come from the entries of the journal. All else that is to last is small, and stands on a
//! shelf of notes: the key that hides addresses, and whatever a front keeps ([`Chat::note`]).

use std::collections::BTreeMap;

use super::{Chat, bans, read_marker};
use crate::journal::{Durability, Journal, Note, Recovered};

/// Notes of before, by their shelves, until somebody takes them.
pub(super) type Shelves = BTreeMap<String, Vec<(Vec<u8>, Vec<u8>)>>;

/// What the chat keeps for itself.
const HOUSE: &str = "house";
const HOST_KEY: &[u8] = b"host_key";

impl Chat {
    /// Keeps something small, as long as the journal lasts. What is said after this cannot be kept without it.
    pub fn note(&mut self, note: Note) {
        self.journal.note(note);
    }

    /// What was on a shelf when the program began: keys and values. To be asked once.
    pub fn take_shelf(&mut self, shelf: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.shelves.remove(shelf).unwrap_or_default()
    }

    /// When an entry is told.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.journal.durability()
    }

    pub(super) fn recover(&mut self, recovered: Recovered) {
        self.until = recovered.last;
        for room in recovered.rooms {
            self.hub.restore(room.name, room.past);
        }
        self.retries.restore(recovered.retries);
        self.identities = self.identities.max(recovered.last_identity);
        for Note { shelf, key, value } in recovered.notes {
            let notes = self.shelves.entry(shelf).or_default();
            notes.extend(value.map(|value| (key, value)));
        }
        self.restore_settings();
        self.forget_too_many();
        let bans = self.take_shelf(bans::SHELF);
        self.bans.restore(bans);
        let markers = self.take_shelf(read_marker::SHELF);
        self.markers.restore(markers);
    }

    /// The limit may be lower than before, or another room the one that is always there. What somebody would miss stays
    /// all the same.
    fn forget_too_many(&mut self) {
        let most = self.limits.rooms;
        while let Some(forgotten) = self.hub.forget_one_too_many() {
            let name = &forgotten.name;
            log::warn!("{name} is forgotten: there are more rooms than --limit rooms={most}");
            self.forget_room(&forgotten);
        }
        let count = self.hub.rooms().count() as u64;
        if count > most {
            log::warn!(
                "{count} rooms are kept, more than --limit rooms={most}: nobody can make another before some of them were \
                 empty for long, or the limit is raised"
            );
        }
    }
}

/// The key that hides addresses: that of before, so that a ban still means the same people, or a new one.
pub(super) fn host_key(
    journal: &mut dyn Journal,
    recovered: &Recovered,
) -> Result<[u8; 32], getrandom::Error> {
    let kept = recovered
        .notes
        .iter()
        .find(|note| note.shelf == HOUSE && note.key == HOST_KEY);
    let kept = kept.and_then(|note| note.value.as_deref()?.try_into().ok());
    if let Some(key) = kept {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    journal.note(Note {
        shelf: HOUSE.into(),
        key: HOST_KEY.into(),
        value: Some(key.into()),
    });
    Ok(key)
}
