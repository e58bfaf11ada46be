//! A crowd on loopback sockets, for the benchmarks: one talker and many readers, served by a relay
//! or by a bare loop that only writes.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use chat_core::limits::Limits;
use chat_core::relay::Relay;

/// What every benchmark may fail with: the system, never a peer.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A relay that the benchmark turns, with a room full of readers.
pub struct Crowd {
    relay: Relay,
    talker: TcpStream,
    readers: Vec<TcpStream>,
}

impl Crowd {
    /// One talker and so many readers, all in `#lobby`.
    ///
    /// # Errors
    /// The system gives no sockets.
    pub fn gather(readers: usize) -> Result<Crowd> {
        let mut limits = Limits::default();
        limits.lift();
        let relay = Relay::builder().limits(limits).irc(any_port())?.build()?;
        let address = relay.addresses()[0];
        let mut crowd = Crowd {
            relay,
            talker: join(address, "talker")?,
            readers: Vec::new(),
        };
        crowd.settle()?;
        for number in 0..readers {
            crowd
                .readers
                .push(join(address, &format!("reader{number}"))?);
            if number % 64 == 0 {
                crowd.settle()?;
            }
        }
        crowd.settle()?;
        Ok(crowd)
    }

    /// Turns until nothing is left to do or to read.
    fn settle(&mut self) -> Result<()> {
        let mut idle = 0;
        while idle < 3 {
            self.relay.turn(Some(Duration::from_millis(2)))?;
            let read = drain(&mut self.talker)? + self.drain_readers()?;
            idle = if read == 0 { idle + 1 } else { 0 };
        }
        Ok(())
    }

    fn drain_readers(&mut self) -> Result<usize> {
        self.readers.iter_mut().map(drain).sum()
    }

    /// Lets the talker say something so often, and measures the turns until everybody has it.
    ///
    /// # Errors
    /// A reader did not get every byte.
    pub fn say(&mut self, text: &str, count: usize) -> Result<Duration> {
        let lines = format!("PRIVMSG #lobby :{text}\r\n").repeat(count);
        self.talker.write_all(lines.as_bytes())?;
        let mut spent = Duration::ZERO;
        let mut heard = 0;
        let expected = self.readers.len() * count * heard_bytes(text);
        while heard < expected {
            let start = Instant::now();
            self.relay.turn(Some(Duration::ZERO))?;
            spent += start.elapsed();
            heard += self.drain_readers()?;
        }
        assert_eq!(heard, expected, "every reader hears everything once");
        Ok(spent)
    }
}

/// Bytes of a message of the talker as a reader without capabilities gets it.
#[must_use]
pub fn heard_bytes(text: &str) -> usize {
    ":talker!user@0123456789abcdef PRIVMSG #lobby :".len() + text.len() + "\r\n".len()
}

/// The limit: a loop that writes the same bytes to the same number of sockets and does nothing else.
pub struct Bare {
    writers: Vec<TcpStream>,
    readers: Vec<TcpStream>,
}

impl Bare {
    /// So many pairs of sockets.
    ///
    /// # Errors
    /// The system gives no sockets.
    pub fn gather(readers: usize) -> Result<Bare> {
        let listener = TcpListener::bind(any_port())?;
        let mut bare = Bare {
            writers: Vec::new(),
            readers: Vec::new(),
        };
        for _ in 0..readers {
            bare.readers
                .push(quick(TcpStream::connect(listener.local_addr()?)?)?);
            bare.writers.push(quick(listener.accept()?.0)?);
        }
        Ok(bare)
    }

    /// Writes a chunk to everybody and measures that.
    ///
    /// # Errors
    /// A socket does not take the chunk whole.
    pub fn write(&mut self, chunk: &[u8]) -> Result<Duration> {
        let start = Instant::now();
        for writer in &mut self.writers {
            writer.write_all(chunk)?;
        }
        let spent = start.elapsed();
        let heard: usize = self.readers.iter_mut().map(drain).sum::<Result<usize>>()?;
        assert_eq!(
            heard,
            chunk.len() * self.writers.len(),
            "the bare loop is heard too"
        );
        Ok(spent)
    }
}

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn join(address: SocketAddr, nick: &str) -> Result<TcpStream> {
    let mut socket = TcpStream::connect(address)?;
    let lines = format!("NICK {nick}\r\nUSER user 0 * :{nick}\r\nJOIN #lobby\r\n");
    socket.write_all(lines.as_bytes())?;
    quick(socket)
}

fn quick(socket: TcpStream) -> Result<TcpStream> {
    socket.set_nodelay(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Reads whatever is there.
fn drain(socket: &mut TcpStream) -> Result<usize> {
    let mut scratch = [0; 64 * 1024];
    let mut total = 0;
    loop {
        match socket.read(&mut scratch) {
            Ok(0) => return Err("a connection was closed".into()),
            Ok(read) => total += read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(total),
            Err(error) => return Err(error.into()),
        }
    }
}
