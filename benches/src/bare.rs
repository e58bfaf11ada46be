//! The limit: a loop that writes the same bytes to the same number of sockets and does nothing else.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::Result;
use crate::socket::{any_port, drain, quick};

/// Pairs of sockets, the one end for writing and the other for reading.
pub struct Bare {
    writers: Vec<TcpStream>,
    readers: Vec<TcpStream>,
}

impl Bare {
    /// So many pairs. Each reader has said something before, as the reader of a chat has: one that
    /// never sent anything is cheaper to write to.
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
            let mut reader = quick(TcpStream::connect(listener.local_addr()?)?)?;
            reader.write_all(b"hello\r\n")?;
            let mut writer = quick(listener.accept()?.0)?;
            drain(&mut writer, |_| {})?;
            bare.readers.push(reader);
            bare.writers.push(writer);
        }
        Ok(bare)
    }

    /// Writes a chunk to everybody and measures that.
    ///
    /// # Errors
    /// A socket does not take the chunk whole, or a reader did not get it.
    pub fn write(&mut self, chunk: &[u8]) -> Result<Duration> {
        let start = Instant::now();
        for writer in &mut self.writers {
            writer.write_all(chunk)?;
        }
        let spent = start.elapsed();
        let mut heard = 0;
        for reader in &mut self.readers {
            heard += drain(reader, |_| {})?;
        }
        if heard != chunk.len() * self.writers.len() {
            return Err("the bare loop was not heard whole".into());
        }
        Ok(spent)
    }
}
