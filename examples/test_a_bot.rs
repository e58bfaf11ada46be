//! How a bot is tested without a server, a port to remember or a clock to wait for.
//!
//! ```text
//! cargo run -p chat-core --example test_a_bot
//! cargo test -p chat-core --example test_a_bot
//! ```
//!
//! The bot says the hour when somebody asks for it, and good night to whoever has been silent for an hour. The chat
//! around it is real; its guests are scripted, and its time is in the test's hand.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::time::Duration;

use chat_core::inside::{Insider, InsiderError};
use chat_core::relay::Relay;
use chat_core::testing::Ephemeral;

/// The bot that is to be tested: it is turned, and given the time, by whoever runs it.
struct Butler {
    person: Insider,
    silent_for: Duration,
}

impl Butler {
    fn hear(&mut self) -> Result<(), InsiderError> {
        while let Some(line) = self.person.hear()? {
            self.silent_for = Duration::ZERO;
            if line.ends_with("PRIVMSG #lobby :what time is it?") {
                self.person.say("#lobby", "tea time")?;
            }
        }
        Ok(())
    }

    fn wait(&mut self, passed: Duration) -> Result<(), InsiderError> {
        self.silent_for += passed;
        if self.silent_for >= Duration::from_secs(3600) {
            self.person.say("#lobby", "good night")?;
        }
        Ok(())
    }
}

fn main() -> anyhow::Result<()> {
    let transcript = an_evening()?;
    println!("{}", transcript.join("\n"));
    Ok(())
}

/// A whole evening, in no time.
fn an_evening() -> anyhow::Result<Vec<String>> {
    let mut chat: Ephemeral = Relay::ephemeral()?;
    let person = chat.relay().person("butler")?;
    let mut butler = Butler {
        person,
        silent_for: Duration::ZERO,
    };
    butler.person.join("#lobby")?;
    chat.enter("ana")?;

    chat.say("ana", "#lobby", "what time is it?")?;
    butler.hear()?;
    chat.settle()?;
    chat.expect("ana", ":tea time")?;

    let hour = Duration::from_secs(3600);
    chat.advance(hour)?;
    butler.wait(hour)?;
    chat.settle()?;
    chat.expect("ana", ":good night")?;
    Ok(chat.transcript().to_vec())
}

#[cfg(test)]
mod tests {
    use chat_core::testing::Surprise;

    use super::*;

    #[test]
    fn the_butler_knows_the_hour_and_says_good_night() -> anyhow::Result<()> {
        let transcript = an_evening()?;
        assert!(transcript.iter().any(|line| line.ends_with(":tea time")));
        Ok(())
    }

    #[test]
    fn a_butler_who_says_nothing_is_a_surprise_with_its_transcript() -> anyhow::Result<()> {
        let mut chat = Relay::ephemeral()?;
        chat.enter("ana")?;
        let surprise: Surprise = chat.expect("ana", "tea time").unwrap_err();
        let told = surprise.to_string();
        assert!(told.starts_with("ana did not hear \"tea time\""), "{told}");
        assert!(told.contains("ana says JOIN #lobby"), "{told}");
        Ok(())
    }
}
