//! What a person's bytes go through: a socket, or a pipe to somebody in the same process. Floor 2.

use std::io::{self, Read, Write};

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::pipe::Near;

/// Read and written without ever blocking.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Pipe(Near),
}

impl Stream {
    /// Asks to be told of news of this stream, for the first time or under another place: then also what
    /// was told before is told again.
    pub(super) fn watch(
        &mut self,
        registry: &Registry,
        (token, key): (Token, usize),
        new: bool,
    ) -> io::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        match self {
            Stream::Tcp(socket) if new => registry.register(socket, token, interest),
            Stream::Tcp(socket) => registry.reregister(socket, token, interest),
            Stream::Pipe(pipe) => {
                pipe.belong(key);
                Ok(())
            }
        }
    }

    /// Whether it is known without an event that no more will come: what is told of a pipe between two turns is
    /// one piece of news, so the end may have come with the last words.
    pub(super) fn hung_up(&self) -> bool {
        match self {
            Stream::Tcp(_) => false,
            Stream::Pipe(pipe) => pipe.hung_up(),
        }
    }

    /// The socket, if it is one.
    pub(super) fn tcp(&self) -> Option<&TcpStream> {
        match self {
            Stream::Tcp(socket) => Some(socket),
            Stream::Pipe(_) => None,
        }
    }
}

impl Read for Stream {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(socket) => socket.read(into),
            Stream::Pipe(pipe) => pipe.read(into),
        }
    }
}

impl Write for Stream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(socket) => socket.write(bytes),
            Stream::Pipe(pipe) => pipe.write(bytes),
        }
    }

    #[inline]
    fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Stream::Tcp(socket) => socket.write_vectored(slices),
            Stream::Pipe(pipe) => pipe.write_vectored(slices),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
