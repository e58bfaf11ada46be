//! What people were told, and whether what is there agrees with it.

use std::collections::{BTreeMap, BTreeSet};

use super::line::Told;
use super::talker::Witness;

/// All that was told of all rooms, over all rounds.
#[derive(Default)]
pub(crate) struct Ledger {
    rooms: BTreeMap<String, Room>,
}

#[derive(Default)]
struct Room {
    sent: BTreeSet<String>,
    refused: BTreeSet<String>,
    /// What each person heard since the last reading, in their order.
    heard: Vec<Vec<Told>>,
    /// What is known to be there since the last reading.
    kept: Vec<Told>,
}

impl Ledger {
    pub(crate) fn add(&mut self, witness: Witness) {
        let room = self.rooms.entry(witness.room).or_default();
        room.sent.extend(witness.sent);
        room.refused.extend(witness.refused);
        room.heard.push(witness.heard);
    }

    pub(crate) fn rooms(&self) -> Vec<String> {
        self.rooms.keys().cloned().collect()
    }

    /// The last message that is known to be kept.
    pub(crate) fn last(&self, room: &str) -> Option<&str> {
        let last = self.rooms.get(room)?.kept.last()?;
        Some(&last.msgid)
    }

    pub(crate) fn kept(&self, room: &str) -> &[Told] {
        self.rooms.get(room).map_or(&[], |room| &room.kept)
    }

    /// How many messages somebody saw since the last reading.
    pub(crate) fn told_count(&self) -> usize {
        let rooms = self.rooms.values();
        let told = rooms.flat_map(|room| room.heard.iter().flatten());
        told.map(|told| &told.msgid).collect::<BTreeSet<_>>().len()
    }

    pub(crate) fn refused_count(&self) -> usize {
        self.rooms.values().map(|room| room.refused.len()).sum()
    }

    /// Compares what follows the last message in a room with what was told; and from now on it is
    /// known to be kept. Gives what is wrong.
    pub(crate) fn compare(&mut self, room: &str, history: Vec<Told>) -> Vec<String> {
        let known = self.rooms.entry(room.to_owned()).or_default();
        let complaints = known.complaints(&history);
        known.heard.clear();
        known.kept.extend(history);
        complaints
            .into_iter()
            .map(|complaint| format!("{room}: {complaint}"))
            .collect()
    }
}

impl Room {
    fn complaints(&self, history: &[Told]) -> Vec<String> {
        let mut complaints = self.strangers(history);
        complaints.extend(self.doubles(history));
        let places: BTreeMap<&str, usize> = (0..)
            .zip(history)
            .map(|(place, told)| (&*told.msgid, place))
            .collect();
        for heard in &self.heard {
            complaints.extend(missing(heard, history, &places));
            complaints.extend(out_of_order(heard, &places));
        }
        complaints
    }

    /// What is there and should not be.
    fn strangers(&self, history: &[Told]) -> Vec<String> {
        let mut complaints = Vec::new();
        for told in history {
            if self.refused.contains(&told.text) {
                complaints.push(format!("there, but refused: {told:?}"));
            } else if !self.sent.contains(&told.text) {
                complaints.push(format!("there, but nobody said it: {told:?}"));
            }
        }
        complaints
    }

    fn doubles(&self, history: &[Told]) -> Vec<String> {
        let all = self.kept.iter().chain(history);
        let (mut ids, mut texts) = (BTreeSet::new(), BTreeSet::new());
        all.filter(|told| !ids.insert(&told.msgid) | !texts.insert(&told.text))
            .map(|told| format!("there twice: {told:?}"))
            .collect()
    }
}

fn missing(heard: &[Told], history: &[Told], places: &BTreeMap<&str, usize>) -> Vec<String> {
    let is_there = |told: &&Told| places.get(&*told.msgid).map(|at| &history[*at]) == Some(told);
    let lost = heard.iter().filter(|told| !is_there(told));
    lost.map(|told| format!("told, but not there: {told:?}"))
        .collect()
}

fn out_of_order(heard: &[Told], places: &BTreeMap<&str, usize>) -> Vec<String> {
    let heard: Vec<(usize, &Told)> = heard
        .iter()
        .filter_map(|told| Some((*places.get(&*told.msgid)?, told)))
        .collect();
    let wrong = heard.windows(2).filter(|pair| pair[0].0 >= pair[1].0);
    wrong
        .map(|pair| {
            format!(
                "heard in another order: {:?} and {:?}",
                pair[0].1, pair[1].1
            )
        })
        .collect()
}

fn told(msgid: &str, text: &str) -> Told {
    let (msgid, text) = (msgid.to_owned(), text.to_owned());
    Told { msgid, text }
}

fn complaints(heard: &[Told], refused: &[&str], history: &[Told]) -> Vec<String> {
    let mut ledger = Ledger::default();
    ledger.add(Witness {
        room: "#a".into(),
        sent: ["one", "two", "no"].map(str::to_owned).to_vec(),
        heard: heard.to_vec(),
        refused: refused.iter().map(|text| (*text).to_owned()).collect(),
    });
    ledger.compare("#a", history.to_vec())
}

#[test]
fn what_agrees_is_no_complaint() {
    let both = [told("e-1", "one"), told("e-2", "two")];
    assert_eq!(complaints(&both, &["no"], &both), [""; 0]);
    // On its way when the end came.
    assert_eq!(complaints(&[], &["no"], &both), [""; 0]);
    assert_eq!(complaints(&[], &["no"], &[]), [""; 0]);
}

#[test]
fn each_disagreement_is_found() {
    let (one, two) = (told("e-1", "one"), told("e-2", "two"));
    let both = [one.clone(), two.clone()];
    for (heard, history, complaint) in [
        (&both[..], &both[..1], "#a: told, but not there"),
        (
            &both[..1],
            &[told("e-9", "one")][..],
            "#a: told, but not there",
        ),
        (
            &both[..1],
            &[told("e-1", "two")][..],
            "#a: told, but not there",
        ),
        (&[two, one][..], &both[..], "#a: heard in another order"),
        (&[][..], &[told("e-1", "no")][..], "#a: there, but refused"),
        (
            &[][..],
            &[told("e-1", "hm")][..],
            "#a: there, but nobody said it",
        ),
        (
            &[][..],
            &[told("e-1", "one"), told("e-2", "one")][..],
            "#a: there twice",
        ),
        (
            &[][..],
            &[told("e-1", "one"), told("e-1", "two")][..],
            "#a: there twice",
        ),
    ] {
        let found = complaints(heard, &["no"], history);
        assert!(
            found.len() == 1 && found[0].starts_with(complaint),
            "{found:?}"
        );
    }
}
