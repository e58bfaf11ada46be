//! A bot that answers in a room: any IRC server will do, and little but std is needed.
//!
//! ```text
//! cargo run --release -p chat-core --example bot -- 127.0.0.1:6667 '#lobby'
//! ```
//!
//! Say `!roll 2d6` or `!time` in the room.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let server = args.next().unwrap_or_else(|| "127.0.0.1:6667".into());
    let room = args.next().unwrap_or_else(|| "#lobby".into());
    let socket = TcpStream::connect(&server)
        .with_context(|| format!("no server listens at {server}: start one, or name another"))?;
    let mut bot = Bot {
        out: socket.try_clone()?,
        room,
        dice: Dice(seed()),
    };
    bot.send("NICK dicebot")?;
    bot.send("USER dicebot 0 * :rolls dice")?;
    for line in BufReader::new(socket).lines() {
        bot.hear(&line?)?;
    }
    Ok(())
}

struct Bot {
    out: TcpStream,
    room: String,
    dice: Dice,
}

impl Bot {
    fn send(&mut self, line: &str) -> io::Result<()> {
        self.out.write_all(format!("{line}\r\n").as_bytes())
    }

    /// `:nick!user@host COMMAND params :text`; the server pings, greets and passes messages on.
    fn hear(&mut self, line: &str) -> io::Result<()> {
        if let Some(token) = line.strip_prefix("PING ") {
            return self.send(&format!("PONG {token}"));
        }
        let mut words = line.splitn(4, ' ');
        let (_, command) = (words.next(), words.next().unwrap_or_default());
        let (target, text) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        match command {
            "001" => self.send(&format!("JOIN {}", self.room)),
            "PRIVMSG" if target == self.room => self.answer(text.trim_start_matches(':')),
            _ => Ok(()),
        }
    }

    fn answer(&mut self, text: &str) -> io::Result<()> {
        let answer = match text.split_once(' ').unwrap_or((text, "")) {
            ("!time", _) => format!("{} seconds since 1970", seed()),
            ("!roll", dice) => self.dice.roll(dice),
            _ => return Ok(()),
        };
        self.send(&format!("PRIVMSG {} :{answer}", self.room))
    }
}

/// A xorshift generator: good enough for dice.
struct Dice(u64);

impl Dice {
    /// `2d6`: two dice of six sides.
    fn roll(&mut self, dice: &str) -> String {
        let numbers = dice.split_once('d').and_then(|(count, sides)| {
            Some((
                count.parse::<u64>().ok()?.min(20),
                sides.parse::<u64>().ok()?.max(1),
            ))
        });
        let Some((count, sides)) = numbers else {
            return "say !roll 2d6".into();
        };
        let rolls: Vec<u64> = (0..count).map(|_| self.next() % sides + 1).collect();
        format!("{rolls:?} = {}", rolls.iter().sum::<u64>())
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn seed() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(1, |since| since.as_secs().max(1))
}
