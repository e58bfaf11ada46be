//! The hub against a model so small that it is plainly right: lists of people, names and rooms.
//!
//! Whatever a few people do, both must agree on what is refused, who hears of it, and who is where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "hub_model/model.rs"]
mod model;
#[path = "hub_model/real.rs"]
mod real;

use model::Model;
use proptest::prelude::*;
use real::Real;

/// What somebody does; names and rooms by their place in the lists below.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Register(u32, usize),
    Quit(u32),
    Rename(u32, usize),
    Join(u32, usize),
    Part(u32, usize),
    Post(u32, usize),
    Keep(u32, usize),
    Release(u32, usize),
}

fn op() -> impl Strategy<Value = Op> {
    let (who, nick, room) = (0..PEOPLE, 0..NICKS.len(), 0..ROOMS.len());
    prop_oneof![
        3 => (who.clone(), nick.clone()).prop_map(|(who, nick)| Op::Register(who, nick)),
        1 => who.clone().prop_map(Op::Quit),
        3 => (who.clone(), nick.clone()).prop_map(|(who, nick)| Op::Rename(who, nick)),
        6 => (who.clone(), room.clone()).prop_map(|(who, room)| Op::Join(who, room)),
        3 => (who.clone(), room.clone()).prop_map(|(who, room)| Op::Part(who, room)),
        1 => (who.clone(), room).prop_map(|(who, room)| Op::Post(who, room)),
        1 => (who.clone(), nick.clone()).prop_map(|(who, nick)| Op::Keep(who, nick)),
        1 => (who, nick).prop_map(|(who, nick)| Op::Release(who, nick)),
    ]
}

/// Two people share an identity.
pub(crate) fn identity(who: u32) -> u64 {
    u64::from(who % (PEOPLE - 1)) + 1
}

pub(crate) fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// What the names below look like: Cyrillic `а`, Armenian `ո`, and `m` like `rn`.
pub(crate) fn look(name: &str) -> String {
    fold(name)
        .replace('а', "a")
        .replace('ո', "n")
        .replace('m', "rn")
}

/// Somebody who is in already does not register again; a quit that empties two rooms at once leaves
/// their order to the order of joining, which the model does not draw.
fn is_fair(model: &Model, op: &Op) -> bool {
    match *op {
        Op::Register(who, _) => !model.people.contains_key(&who),
        Op::Quit(who) => {
            let alone = |room: &&str| {
                model
                    .members(who, room)
                    .is_ok_and(|others| others.is_empty())
            };
            model.joined(who).into_iter().filter(alone).count() < 2
        }
        _ => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_hub_does_what_the_model_does(ops in prop::collection::vec(op(), 1..120)) {
        let (mut model, mut real) = (Model::new(), Real::new());
        for op in ops {
            if !is_fair(&model, &op) {
                continue;
            }
            let expected = model.apply(&op);
            prop_assert_eq!(real.apply(&op), expected, "{:?} in {:?}", op, model);
            let rooms = model.rooms.iter().map(|(name, members)| ((*name).to_owned(), members.clone()));
            prop_assert_eq!(real.rooms(), rooms.collect(), "after {:?}", op);
            let people = model.people.iter().map(|(who, nick)| (*who, (*nick).to_owned()));
            prop_assert_eq!(real.people(), people.collect(), "after {:?}", op);
        }
    }
}

const PEOPLE: u32 = 5;
pub(crate) const ROOMS_MAX: usize = 4;
pub(crate) const ROOMS_PER_PERSON: usize = 3;
pub(crate) const PEOPLE_PER_ROOM: usize = 3;
pub(crate) const NICKS: [&str; 7] = ["ana", "ANA", "аna", "bob", "rn", "m", "rո"];
pub(crate) const ROOMS: [&str; 8] = ["#lobby", "#a", "#A", "#а", "#b", "#rn", "#m", "#rո"];
