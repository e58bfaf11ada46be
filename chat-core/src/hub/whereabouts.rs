//! The rooms that somebody is in: mostly one, which then needs no list. Floor 1.

use std::ops::Deref;

use super::RoomKey;

/// The rooms that somebody is in, in the order in which they came; a slice to its readers.
#[derive(Clone, Debug, Default)]
pub struct Whereabouts(Rooms);

#[derive(Clone, Debug, Default)]
enum Rooms {
    #[default]
    Nowhere,
    One(RoomKey),
    #[expect(
        clippy::box_collection,
        reason = "few people have it, and all pay for its size"
    )]
    Several(Box<Vec<RoomKey>>),
}

impl Whereabouts {
    pub(super) fn enter(&mut self, room: RoomKey) {
        match &mut self.0 {
            Rooms::Nowhere => self.0 = Rooms::One(room),
            Rooms::One(first) => self.0 = Rooms::Several(Box::new(vec![*first, room])),
            Rooms::Several(rooms) => rooms.push(room),
        }
    }

    pub(super) fn leave(&mut self, room: RoomKey) {
        match &mut self.0 {
            Rooms::One(only) if *only == room => self.0 = Rooms::Nowhere,
            Rooms::Several(rooms) => rooms.retain(|&other| other != room),
            Rooms::Nowhere | Rooms::One(_) => {}
        }
    }
}

impl Deref for Whereabouts {
    type Target = [RoomKey];

    fn deref(&self) -> &[RoomKey] {
        match &self.0 {
            Rooms::Nowhere => &[],
            Rooms::One(room) => std::slice::from_ref(room),
            Rooms::Several(rooms) => rooms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_are_remembered_in_the_order_of_coming() {
        let mut rooms = Whereabouts::default();
        let keys = |rooms: &Whereabouts| rooms.iter().map(|room| room.0).collect::<Vec<_>>();
        for room in [3, 1, 2] {
            rooms.leave(RoomKey(9));
            rooms.enter(RoomKey(room));
        }
        assert_eq!(keys(&rooms), [3, 1, 2]);
        rooms.leave(RoomKey(1));
        assert_eq!(keys(&rooms), [3, 2]);
        rooms.leave(RoomKey(3));
        rooms.leave(RoomKey(2));
        assert_eq!(keys(&rooms), [0; 0]);
        rooms.enter(RoomKey(4));
        rooms.leave(RoomKey(4));
        assert_eq!(keys(&rooms), [0; 0]);
    }
}
