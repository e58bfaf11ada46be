//! Somebody who talks until the program is gone, and keeps what they were told.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use test_support::{Dice, PATIENCE};

use super::line::{Line, Told};

/// What one person knows of one room at the end.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    pub(crate) room: String,
    /// What they sent.
    pub(crate) sent: Vec<String>,
    /// What they heard, their own echoes among it, in this order.
    pub(crate) heard: Vec<Told>,
    /// What they were told is not kept.
    pub(crate) refused: Vec<String>,
}

/// Comes in, talks, and gives what they know when the connection ends.
pub(crate) fn talk(address: SocketAddr, nick: &str, room: &str, dice: Dice) -> Witness {
    let mut witness = Witness {
        room: room.to_owned(),
        ..Witness::default()
    };
    // However it ends, what was heard before was told.
    if let Ok(talker) = Talker::connect(address, nick, dice) {
        let _ = talker.stay(&mut witness);
    }
    witness
}

struct Talker {
    lines: BufReader<TcpStream>,
    nick: String,
    dice: Dice,
    in_flight: u32,
}

impl Talker {
    fn connect(address: SocketAddr, nick: &str, dice: Dice) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            lines: BufReader::new(stream),
            nick: nick.to_owned(),
            dice,
            in_flight: 0,
        })
    }

    fn stay(mut self, witness: &mut Witness) -> io::Result<()> {
        let (nick, room) = (&self.nick, &witness.room);
        let names = format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}");
        self.send(&format!(
            "CAP REQ :{CAPS}\r\n{names}\r\nCAP END\r\nJOIN {room}"
        ))?;
        let mut text = String::new();
        while self.lines.read_line(&mut text)? > 0 {
            let line = Line::parse(text.trim_end());
            if self.hears(&line, witness)? {
                self.say(witness)?;
            }
            text.clear();
        }
        Ok(())
    }

    /// Notes what was heard. Whether it is time to say something: when in the room, and when what
    /// was said has its answer.
    fn hears(&mut self, line: &Line, witness: &mut Witness) -> io::Result<bool> {
        witness.heard.extend(Told::on(line));
        if line.command == "PING" {
            self.send(&format!("PONG :{}", line.param(0)))?;
        }
        let Some(label) = line.tag("label") else {
            return Ok(line.command == "366");
        };
        self.in_flight -= 1;
        if line.command == "FAIL" {
            let label: usize = label.parse().expect("a label of ours");
            witness.refused.push(witness.sent[label].clone());
        }
        Ok(true)
    }

    /// Says something, after a pause, and twice until there is always something without an answer.
    fn say(&mut self, witness: &mut Witness) -> io::Result<()> {
        thread::sleep(Duration::from_millis(self.dice.below(PAUSE_MS_MAX)));
        let count = if self.in_flight < IN_FLIGHT_MIN { 2 } else { 1 };
        for _ in 0..count {
            let label = witness.sent.len();
            let length = self.dice.below(FILLING_BYTES_MAX);
            let filling = "x".repeat(usize::try_from(length).expect("a length"));
            let text = format!("{} {label} {filling}.", self.nick);
            witness.sent.push(text.clone());
            self.in_flight += 1;
            self.send(&format!("@label={label} PRIVMSG {} :{text}", witness.room))?;
        }
        Ok(())
    }

    fn send(&mut self, line: &str) -> io::Result<()> {
        let line = format!("{line}\r\n");
        self.lines.get_mut().write_all(line.as_bytes())
    }
}

const CAPS: &str = "batch echo-message labeled-response message-tags standard-replies";
const IN_FLIGHT_MIN: u32 = 3;
const PAUSE_MS_MAX: u64 = 20;
const FILLING_BYTES_MAX: u64 = 300;
