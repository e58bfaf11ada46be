//! A bot that lives in the program of the chat itself: no socket, no login, the same rules as everybody.
//!
//! ```text
//! cargo run --release -p chat-core --example in_process -- 127.0.0.1:6667
//! ```
//!
//! Say `!count` in `#lobby`. The bot runs in a thread of its own and waits there for what it hears.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use chat_core::dialect::irc::Message;
use chat_core::inside::{Insider, InsiderError};
use chat_core::relay::Relay;

fn main() -> anyhow::Result<()> {
    let irc = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let irc = irc.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
    let mut relay = Relay::builder().irc(irc)?.build()?;
    let mut bot = relay.person("counter")?;
    thread::spawn(move || match count(&mut bot) {
        // The chat is over, which is how it ends.
        Err(InsiderError::Gone) | Ok(()) => {}
        Err(why) => log::warn!("the bot gave up: {why}"),
    });
    println!("irc {}\nready", relay.addresses()[0]);
    Ok(relay.run()?)
}

/// How long the bot waits before it tries again to say what was not taken.
const AGAIN: Duration = Duration::from_millis(100);

/// Counts what is said in the room.
fn count(bot: &mut Insider) -> Result<(), InsiderError> {
    // So that everybody sees what it is.
    bot.send("MODE counter +B")?;
    bot.join("#lobby")?;
    let (mut said, mut answer) = (0_u64, None);
    loop {
        answer = try_to_say(bot, answer)?;
        let patience = match answer {
            Some(_) => AGAIN,
            None => Duration::from_secs(60),
        };
        let Some(line) = bot.hear_within(patience)? else {
            continue;
        };
        let Some(message) = Message::of_server(&line).filter(|m| m.command == "PRIVMSG") else {
            continue;
        };
        match message.params[..] {
            // Whoever asks again meanwhile wants the newest.
            ["#lobby", "!count"] => answer = Some(format!("{said} lines so far")),
            ["#lobby", _] => said += 1,
            _ => {}
        }
    }
}

/// Says something, if there is something; returns it if it is to be tried again. Busy is no reason to give up: the bot
/// goes on hearing meanwhile.
fn try_to_say(bot: &Insider, text: Option<String>) -> Result<Option<String>, InsiderError> {
    match text.as_deref().map(|text| bot.say("#lobby", text)) {
        Some(Err(InsiderError::Busy)) => Ok(text),
        Some(said) => said.map(|()| None),
        None => Ok(None),
    }
}
