//! Who reads too slowly: what their door does about it, and how the log names them. Floor 5.

use std::fmt;
use std::str::FromStr;

use super::Chat;
use crate::dialect::{Dialect, irc, plain};
use crate::id::PersonId;
use crate::net::people::People;
use crate::net::{Dropped, Slow, Thin};

/// What becomes of people who read too slowly, as an operator says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SlowReaders {
    /// `close`: their connection ends, with the reason.
    #[default]
    Close,
    /// `drop`: what was said in rooms is dropped, the oldest first, and they are told where.
    Drop,
}

/// Neither of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write close or drop")]
pub struct BadSlowReaders;

impl SlowReaders {
    /// What a door with this dialect does.
    #[must_use]
    pub fn at(self, dialect: Dialect) -> Slow {
        match (self, dialect) {
            (SlowReaders::Close, _) => Slow::Close,
            (SlowReaders::Drop, Dialect::Irc) => Slow::Drop(Thin {
                dispensable: irc::dropped::dispensable,
                marker: irc::dropped::dropped,
                notice: irc::dropped::dropped_in_words,
            }),
            (SlowReaders::Drop, Dialect::Plain) => Slow::Drop(Thin {
                dispensable: plain::dropped::dispensable,
                marker: plain::dropped::dropped,
                notice: plain::dropped::dropped,
            }),
        }
    }
}

impl FromStr for SlowReaders {
    type Err = BadSlowReaders;

    fn from_str(text: &str) -> Result<Self, BadSlowReaders> {
        match text {
            "close" => Ok(SlowReaders::Close),
            "drop" => Ok(SlowReaders::Drop),
            _ => Err(BadSlowReaders),
        }
    }
}

impl fmt::Display for SlowReaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SlowReaders::Close => "close",
            SlowReaders::Drop => "drop",
        })
    }
}

impl Chat {
    /// Tells the log who is closed.
    pub(super) fn log_closed(&self, people: &People, who: PersonId) {
        log::warn!(
            "{} reads too slowly and is closed: more than {} bytes were to wait",
            self.known_to_log(people, who),
            people.queue_bytes_max()
        );
    }

    /// Tells the log of whom messages were dropped, and how many of which room; never what was said.
    pub(super) fn log_dropped(&self, people: &People, who: PersonId, dropped: &Dropped) {
        let rooms: Vec<String> = dropped
            .iter()
            .map(|(room, count)| format!("{count} of {}", self.room_of(who, room)))
            .collect();
        log::warn!(
            "{} reads too slowly: messages were dropped, {}; {} bytes wait",
            self.known_to_log(people, who),
            rooms.join(", "),
            people.queued(who)
        );
    }

    fn known_to_log(&self, people: &People, who: PersonId) -> String {
        let door = people.door_name(who).unwrap_or("closed");
        format!("{} ({who}) at the {door} door", self.called(who))
    }

    /// A room that is not named is the one where somebody at the plain door is.
    fn room_of<'a>(&'a self, who: PersonId, room: &'a str) -> &'a str {
        let rooms = self.hub.person(who).map(|member| &member.rooms);
        let here = rooms.and_then(|rooms| self.hub.room_at(*rooms.first()?));
        match here {
            Some(here) if room.is_empty() => here.name.as_str(),
            _ if room.is_empty() => "a room",
            _ => room,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_says_close_or_drop() {
        for (text, expected) in [
            ("close", Ok(SlowReaders::Close)),
            ("drop", Ok(SlowReaders::Drop)),
            ("Drop", Err(BadSlowReaders)),
            ("", Err(BadSlowReaders)),
        ] {
            assert_eq!(text.parse(), expected, "{text}");
        }
        assert_eq!(SlowReaders::default().to_string(), "close");
    }
}
