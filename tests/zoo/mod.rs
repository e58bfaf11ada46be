//! The story, the same for every house.

mod bots;
mod curl;
mod guest;
mod hanging;
mod house;
mod irssi;
mod nc;
mod opers;
mod order;
mod page;
mod raw;
mod script;
mod socket;
mod watching;
mod weechat;

use std::sync::Arc;

use test_support::Browser;

use guest::{Guest, Sight};
use house::House;

#[test]
fn everybody_talks_in_one_room_of_one_process() {
    everybody_comes_talks_and_leaves(&House::of_one());
}

#[test]
fn everybody_talks_in_one_room_of_two_processes() {
    everybody_comes_talks_and_leaves(&House::of_two());
}

#[test]
fn curl_finds_its_way_in_one_process() {
    curl::looks_around_logs_in_and_out(&House::of_one());
}

#[test]
fn curl_finds_its_way_before_two_processes() {
    curl::looks_around_logs_in_and_out(&House::of_two());
}

fn everybody_comes_talks_and_leaves(house: &House) {
    let mut zoo = Zoo::opens();
    zoo.somebody_comes(Guest::with_irssi(house, "irma"));
    zoo.somebody_comes(Guest::with_weechat(house, "wanda"));
    zoo.somebody_comes(Guest::with_python_irc(house, "pia"));
    zoo.somebody_comes(Guest::with_irc_framework(house, "fritz"));
    zoo.somebody_comes(Guest::with_irc_framework_over_websocket(house, "wim"));
    zoo.somebody_comes(Guest::with_websocket(house, "rosa"));
    zoo.somebody_comes(Guest::with_nc_at_the_irc_door(house, "ina"));
    zoo.somebody_comes(Guest::with_nc_at_the_plain_door(house, "nico"));
    let browser = Arc::new(Browser::start());
    zoo.somebody_comes(Guest::with_chromium(house, &browser, "ana"));
    zoo.somebody_comes(Guest::with_chromium(house, &browser, "bob"));

    zoo.everybody_says_something();
    zoo.everybody_does_something();
    zoo.everybody_whispers_to_the_next();
    zoo.everybody_sets_the_topic();
    zoo.everybody_takes_another_name();
    zoo.everybody_says_something();
    zoo.nobody_was_warned();
    zoo.everybody_leaves();
}

/// All who are there, and the logs of those who were.
struct Zoo {
    guests: Vec<Guest>,
    gone: Vec<Guest>,
}

impl Zoo {
    fn opens() -> Self {
        Self {
            guests: Vec::new(),
            gone: Vec::new(),
        }
    }

    fn somebody_comes(&mut self, guest: Guest) {
        let name = guest.name().to_owned();
        self.everybody_sees(&Sight::Joined { who: &name });
        self.guests.push(guest);
    }

    fn everybody_says_something(&mut self) {
        for speaker in 0..self.guests.len() {
            let who = self.guests[speaker].name().to_owned();
            let text = &format!("grüße 李雷 👋 from {who}");
            self.guests[speaker].says(text);
            self.all_but(speaker, &Sight::Said { who: &who, text });
        }
    }

    fn everybody_does_something(&mut self) {
        for speaker in 0..self.guests.len() {
            let who = self.guests[speaker].name().to_owned();
            let text = &format!("winkt als {who} zurück");
            self.guests[speaker].acts(text);
            self.all_but(speaker, &Sight::Acted { who: &who, text });
        }
    }

    fn everybody_whispers_to_the_next(&mut self) {
        for speaker in 0..self.guests.len() {
            let who = self.guests[speaker].name().to_owned();
            let next = (speaker + 1) % self.guests.len();
            let (to, text) = (
                self.guests[next].name().to_owned(),
                &format!("psst, {who} hier: ¿qué?"),
            );
            self.guests[speaker].whispers(&to, text);
            self.guests[next].awaits(&Sight::Whispered { who: &who, text });
        }
    }

    fn everybody_sets_the_topic(&mut self) {
        for speaker in 0..self.guests.len() {
            let who = self.guests[speaker].name().to_owned();
            let text = &format!("{who}’s tea at 4 ☕");
            self.guests[speaker].sets_the_topic(text);
            self.all_but(speaker, &Sight::Topic { who: &who, text });
        }
    }

    fn everybody_takes_another_name(&mut self) {
        for speaker in 0..self.guests.len() {
            let who = self.guests[speaker].name().to_owned();
            let new = &format!("{who}é");
            self.guests[speaker].takes_the_name(new);
            self.all_but(speaker, &Sight::Renamed { who: &who, new });
        }
    }

    /// The server has refused nobody anything, and nobody's client was puzzled.
    fn nobody_was_warned(&mut self) {
        for guest in &mut self.guests {
            let warnings = guest.warnings();
            assert!(
                warnings.is_empty(),
                "{} was told: {warnings:#?}",
                guest.name()
            );
        }
    }

    fn everybody_leaves(&mut self) {
        while !self.guests.is_empty() {
            let mut guest = self.guests.remove(0);
            guest.leaves();
            self.everybody_sees(&Sight::Left { who: guest.name() });
            self.gone.push(guest);
        }
    }

    fn everybody_sees(&mut self, sight: &Sight<'_>) {
        for guest in &mut self.guests {
            guest.awaits(sight);
        }
    }

    fn all_but(&mut self, author: usize, sight: &Sight<'_>) {
        for (place, guest) in self.guests.iter_mut().enumerate() {
            if place != author {
                guest.awaits(sight);
            }
        }
    }
}

/// A failure shows what each of them saw.
impl Drop for Zoo {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for guest in self.guests.iter_mut().chain(&mut self.gone) {
                let log = guest.log();
                eprintln!("=== {} saw\n{log}", guest.name());
            }
        }
    }
}
