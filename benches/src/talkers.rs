//! People who say one thing after another: the next one when the echo of the last is there.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::{MARK, Result};

/// So many talkers, each in a room of their own: what is measured is not how a room hears them.
pub struct Talkers {
    poll: Poll,
    talkers: Vec<Talker>,
}

struct Talker {
    socket: TcpStream,
    line: Vec<u8>,
    said: Instant,
    /// Echoes that are still to come.
    waits: usize,
}

/// What came of talking.
#[derive(Clone, Debug, Default)]
pub struct Talked {
    /// How long it took.
    pub seconds: f64,
    /// What was acknowledged, and how long each took.
    pub echoes: Vec<Duration>,
}

impl Talkers {
    /// Lets so many people in.
    ///
    /// # Errors
    /// The system gives no sockets, or the chat does not let them in.
    pub fn enter(at: SocketAddr, count: usize, text: &str) -> Result<Talkers> {
        let poll = Poll::new()?;
        let mut talkers = Vec::new();
        for number in 0..count {
            let mut socket = TcpStream::from_std(enter(at, number)?);
            let interest = Interest::READABLE;
            poll.registry()
                .register(&mut socket, Token(number), interest)?;
            talkers.push(Talker {
                socket,
                line: format!("PRIVMSG #room{number} :{text}\r\n").into_bytes(),
                said: Instant::now(),
                waits: 0,
            });
        }
        Ok(Talkers { poll, talkers })
    }

    /// Everybody talks for a while, with so many messages of each on their way at a time.
    ///
    /// # Errors
    /// The chat lets somebody down.
    pub fn talk(&mut self, time: Duration, window: usize) -> Result<Talked> {
        let start = Instant::now();
        let mut talked = Talked::default();
        for talker in &mut self.talkers {
            talker.say(window)?;
        }
        let mut events = Events::with_capacity(1024);
        while self.talkers.iter().any(|talker| talker.waits > 0) {
            self.poll.poll(&mut events, Some(PATIENCE))?;
            if events.is_empty() {
                return Err(format!("no echo came for {PATIENCE:?}").into());
            }
            for event in &events {
                let talker = &mut self.talkers[event.token().0];
                let heard = talker.hear(&mut talked.echoes)?;
                if start.elapsed() < time {
                    talker.say(heard)?;
                }
            }
        }
        talked.seconds = start.elapsed().as_secs_f64();
        Ok(talked)
    }
}

impl Talker {
    fn say(&mut self, count: usize) -> Result<()> {
        if count > 0 {
            self.said = Instant::now();
            self.socket.write_all(&self.line.repeat(count))?;
            self.waits += count;
        }
        Ok(())
    }

    /// Reads whatever is there; how many echoes were in it.
    fn hear(&mut self, echoes: &mut Vec<Duration>) -> Result<usize> {
        let (mut scratch, mut heard) = ([0; 16 * 1024], 0);
        loop {
            match self.socket.read(&mut scratch) {
                Ok(0) => return Err("the chat has closed a connection".into()),
                Ok(read) => heard += memchr::memchr_iter(MARK, &scratch[..read]).count(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        echoes.extend((0..heard).map(|_| self.said.elapsed()));
        self.waits -= heard;
        Ok(heard)
    }
}

/// A connection that is registered, wants echoes, and is in its room.
fn enter(at: SocketAddr, number: usize) -> Result<std::net::TcpStream> {
    let mut socket = std::net::TcpStream::connect(at)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let hello = format!(
        "CAP REQ :echo-message\r\nNICK t{number}\r\nUSER t 0 * :t\r\nCAP END\r\nJOIN #room{number}\r\n"
    );
    socket.write_all(hello.as_bytes())?;
    let (mut heard, mut scratch) = (Vec::new(), [0; 4096]);
    while !heard.windows(5).any(|word| word == b" 366 ") {
        let read = socket.read(&mut scratch)?;
        if read == 0 {
            return Err("the chat lets nobody in".into());
        }
        heard.extend_from_slice(&scratch[..read]);
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// How long an echo may take. Ours.
const PATIENCE: Duration = Duration::from_secs(20);
