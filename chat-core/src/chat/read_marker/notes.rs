//! How far sessions have read outlives the program: one note for each, with all their markers. Floor 5; pure.

use super::ReadMarkers;
use crate::hub::request::Addressee;
use crate::id::Identity;
use crate::journal::Note;
use crate::names::{Nick, RoomName};
use crate::time::Timestamp;

/// Where they stand.
pub(in crate::chat) const SHELF: &str = "read";

impl ReadMarkers {
    /// Everything that is known of an identity; nothing is no note.
    pub(super) fn note(&self, identity: Identity) -> Note {
        let markers = self.read.of(identity).map(|(buffer, read_to)| {
            let name = match buffer {
                Addressee::Room(room) | Addressee::Ranked(room, _) => room.as_str(),
                Addressee::Person(nick) => nick.as_str(),
            };
            format!("{name} {}\n", read_to.0)
        });
        let text: String = markers.collect();
        Note {
            shelf: SHELF.into(),
            key: identity.0.to_be_bytes().into(),
            value: (!text.is_empty()).then(|| text.into_bytes()),
        }
    }

    /// Knows again what was noted; what cannot be read is left out.
    pub(in crate::chat) fn restore(&mut self, notes: Vec<(Vec<u8>, Vec<u8>)>) {
        for (key, value) in notes {
            let (Ok(key), Ok(text)) = (key.try_into(), String::from_utf8(value)) else {
                continue;
            };
            let identity = Identity(u64::from_be_bytes(key));
            for (buffer, read_to) in text.lines().filter_map(marker) {
                self.advance(identity, buffer, read_to);
            }
        }
    }
}

fn marker(line: &str) -> Option<(Addressee, Timestamp)> {
    let (name, read_to) = line.split_once(' ')?;
    let buffer = match name.starts_with('#') {
        true => Addressee::Room(RoomName::new(name).ok()?),
        false => Addressee::Person(Nick::new(name).ok()?),
    };
    Some((buffer, Timestamp(read_to.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn what_was_noted_is_known_again() {
        let ana = Identity(7);
        let mut before = ReadMarkers::new(&Limits::default());
        let lobby = Addressee::Room(RoomName::lobby());
        let zoe = Addressee::Person(Nick::new("zoé").unwrap());
        before.advance(ana, lobby.clone(), Timestamp(5));
        before.advance(ana, zoe.clone(), Timestamp(6));
        let note = before.note(ana);
        assert_eq!(before.note(Identity(8)).value, None);
        let mut after = ReadMarkers::new(&Limits::default());
        let odd = |value: &[u8]| (vec![0; 8], value.to_vec());
        after.restore(vec![
            (note.key, note.value.unwrap()),
            odd(b"#lobby\n#a x\n\xc3\xa9 5"),
            odd(&[0xff]),
            (vec![1], b"#lobby 1".to_vec()),
        ]);
        assert_eq!(after.get(ana, &lobby), Some(Timestamp(5)));
        assert_eq!(after.get(ana, &zoe), Some(Timestamp(6)));
        assert_eq!(after.get(Identity(1), &lobby), None);
    }
}
