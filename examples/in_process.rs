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

/// Counts what is said in the room.
fn count(bot: &mut Insider) -> Result<(), InsiderError> {
    bot.join("#lobby")?;
    let mut said = 0_u64;
    loop {
        let Some(line) = bot.hear_within(Duration::from_secs(60))? else {
            continue;
        };
        let Some(message) = Message::of_server(&line).filter(|m| m.command == "PRIVMSG") else {
            continue;
        };
        match message.params[..] {
            ["#lobby", "!count"] => bot.say("#lobby", &format!("{said} lines so far"))?,
            ["#lobby", _] => said += 1,
            _ => {}
        }
    }
}
