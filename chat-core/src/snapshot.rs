//! Who is where, at one moment. Floor 5.

use std::net::IpAddr;

use crate::hub::Hub;
use crate::id::PersonId;
use crate::names::{Nick, RoomName};
use crate::net::People;

/// Everybody who is registered, and every room with somebody in it. It takes as long as there are people: some
/// milliseconds for ten thousand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// In the order in which the slab holds them.
    pub people: Vec<PersonView>,
    /// The room that is always there is among them, also when it is empty.
    pub rooms: Vec<RoomView>,
}

/// Somebody, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PersonView {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub nick: Nick,
    /// Where they come from: for the program, not to be shown to others.
    pub ip: Option<IpAddr>,
    /// The rooms that they are in, in the order in which they came.
    pub rooms: Vec<RoomName>,
}

/// A room, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoomView {
    /// Its name.
    pub name: RoomName,
    /// Its topic, or empty.
    pub topic: String,
    /// Who is in it.
    pub people: Vec<PersonId>,
}

impl Snapshot {
    pub(crate) fn of(hub: &Hub, people: &People) -> Snapshot {
        let rooms = hub.rooms().filter(|room| {
            let is_permanent = room.name == *hub.default_room();
            is_permanent || !room.members().is_empty()
        });
        Snapshot {
            people: hub
                .people()
                .map(|member| PersonView {
                    id: member.id,
                    nick: member.source.nick.clone(),
                    ip: people.peer(member.id).map(|peer| peer.ip),
                    rooms: names_of(hub, &member.rooms),
                })
                .collect(),
            rooms: rooms
                .map(|room| RoomView {
                    name: room.name.clone(),
                    topic: room
                        .topic
                        .as_ref()
                        .map_or_else(String::new, |topic| topic.text.to_string()),
                    people: room.members().to_vec(),
                })
                .collect(),
        }
    }

    /// A room by its name.
    #[must_use]
    pub fn room(&self, name: &RoomName) -> Option<&RoomView> {
        self.rooms.iter().find(|room| room.name == *name)
    }

    /// Somebody by their name.
    #[must_use]
    pub fn person(&self, nick: &Nick) -> Option<&PersonView> {
        self.people.iter().find(|person| person.nick == *nick)
    }
}

fn names_of(hub: &Hub, keys: &[crate::hub::RoomKey]) -> Vec<RoomName> {
    let rooms = keys.iter().filter_map(|&key| hub.room_at(key));
    rooms.map(|room| room.name.clone()).collect()
}
