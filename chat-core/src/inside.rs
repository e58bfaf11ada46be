//! Somebody in the same process: a bot, a game's announcer, a scripted guest of a test. Floor 5.
//!
//! ```
//! use std::time::Duration;
//!
//! use chat_core::relay::Relay;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut relay = Relay::builder().build()?;
//! let (ana, mut bot) = (relay.person("ana")?, relay.person("bot")?);
//! bot.join("#lobby")?;
//! relay.turn(Some(Duration::ZERO))?;
//! ana.join("#lobby")?;
//! ana.say("#lobby", "is anybody here?")?;
//! relay.turn(Some(Duration::ZERO))?;
//! let mut heard = std::iter::from_fn(|| bot.hear().ok().flatten());
//! assert!(heard.any(|line| line.ends_with("PRIVMSG #lobby :is anybody here?")));
//! # Ok(())
//! # }
//! ```
//!
//! An [`Insider`] has no socket; the rules, the order and the bounds are those of everybody, and who talks too fast
//! is delayed. It can be moved to another thread, and there wait for what it hears. What that is are the lines that
//! an IRC client is told, tags included: [`Message::of_server`] takes one apart.
//!
//! One that is a program should say so: `bot.send("MODE bot +B")` has WHOIS and each of its messages tell that it is a
//! bot, as the page shows.
//!
//! Who does not hear what waits for them is sent away as a slow reader. [`Builder::slow`] is about doors, and an
//! insider came in by none: messages to them are never dropped.
//!
//! An [`Observer`] is not asked whether they may connect and register, since the program itself let them in. What
//! they do from then on it is asked about as it is for everybody: joins, messages, other names.
//!
//! [`Builder::slow`]: crate::relay::Builder::slow
//! [`Message::of_server`]: crate::dialect::irc::Message::of_server
//! [`Observer`]: crate::observer::Observer

use std::time::Duration;

use crate::dialect::{cut, without_line_ends};
use crate::id::PersonId;
use crate::limits::{LINE_IN_BYTES_MAX, REASON_BYTES_MAX};
use crate::net::pipe::{Far, Heard, NotTaken};

/// A person without a socket. Dropped, it leaves.
#[derive(Debug)]
pub struct Insider {
    id: PersonId,
    far: Far,
}

/// Why an insider was not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InsiderError {
    /// Too much of what they said is not heard yet: try again after a turn.
    #[error("the chat has not heard yet what was said before: try again")]
    Busy,
    /// The line is longer than [`LINE_IN_BYTES_MAX`], which nobody may say: say less, or in several lines. One
    /// that is shorter may be too long all the same, without its tags; that they hear as everybody does.
    #[error("the line is too long: at most {max} bytes with its end", max = LINE_IN_BYTES_MAX)]
    TooLong,
    /// They were sent away, or the relay is gone.
    #[error("this person is not in the chat any more")]
    Gone,
}

impl Insider {
    pub(crate) fn new(id: PersonId, far: Far) -> Insider {
        Insider { id, far }
    }

    /// Their id.
    #[must_use]
    pub fn id(&self) -> PersonId {
        self.id
    }

    /// Says something to a room that they are in, or to a person, in one line.
    ///
    /// # Errors
    /// They are not heard at present, or not any more; or the line is too long for anybody.
    pub fn say(&self, to: &str, text: &str) -> Result<(), InsiderError> {
        self.send(&format!("PRIVMSG {} :{}", word(to), text))
    }

    /// Enters a room.
    ///
    /// # Errors
    /// They are not heard at present, or not any more; or the line is too long for anybody.
    pub fn join(&self, room: &str) -> Result<(), InsiderError> {
        self.send(&format!("JOIN {}", word(room)))
    }

    /// Leaves a room.
    ///
    /// # Errors
    /// They are not heard at present, or not any more; or the line is too long for anybody.
    pub fn part(&self, room: &str) -> Result<(), InsiderError> {
        self.send(&format!("PART {}", word(room)))
    }

    /// Says any line of IRC. Ends of lines within it become spaces.
    ///
    /// # Errors
    /// They are not heard at present, or not any more; or the line is too long for anybody.
    pub fn send(&self, line: &str) -> Result<(), InsiderError> {
        let line = one_line(line);
        if line.len() > LINE_IN_BYTES_MAX {
            return Err(InsiderError::TooLong);
        }
        self.far
            .say(line.as_bytes())
            .map_err(|not_taken| match not_taken {
                NotTaken::Full => InsiderError::Busy,
                NotTaken::Over => InsiderError::Gone,
            })
    }

    /// The next line that they were told, as IRC clients are; `None` if there is none for now. Never waits.
    ///
    /// # Errors
    /// There will be no more: they were sent away, or the relay is gone.
    pub fn hear(&mut self) -> Result<Option<String>, InsiderError> {
        told(self.far.hear())
    }

    /// The same, but waits for so long: for a thread that is not the relay's.
    ///
    /// # Errors
    /// There will be no more: they were sent away, or the relay is gone.
    pub fn hear_within(&mut self, patience: Duration) -> Result<Option<String>, InsiderError> {
        told(self.far.hear_within(patience))
    }

    /// Leaves, with a reason that their rooms are told, up to [`REASON_BYTES_MAX`]. What they said before is heard
    /// first; of somebody who talked too fast, what is heard within [`HANG_UP_GRACE`].
    ///
    /// [`HANG_UP_GRACE`]: crate::limits::HANG_UP_GRACE
    pub fn leave(self, reason: &str) {
        let line = one_line(&format!("QUIT :{}", cut(reason, REASON_BYTES_MAX)));
        self.far.say_last(line.as_bytes());
    }
}

/// Whatever is in it, it is one line.
fn one_line(line: &str) -> String {
    without_line_ends(line) + "\r\n"
}

fn told(heard: Heard) -> Result<Option<String>, InsiderError> {
    match heard {
        Heard::Line(line) => Ok(Some(line)),
        Heard::Nothing => Ok(None),
        Heard::Over => Err(InsiderError::Gone),
    }
}

fn word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}
