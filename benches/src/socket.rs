//! A client's end of a connection: it never waits.

use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};

use crate::Result;

pub(crate) fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// Without delay and without blocking.
pub(crate) fn quick(socket: TcpStream) -> Result<TcpStream> {
    socket.set_nodelay(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Reads whatever is there, piece by piece, and counts the bytes.
pub(crate) fn drain(socket: &mut TcpStream, mut hear: impl FnMut(&[u8])) -> Result<usize> {
    let mut scratch = [0; 64 * 1024];
    let mut total = 0;
    loop {
        match socket.read(&mut scratch) {
            Ok(0) => return Err("a connection was closed".into()),
            Ok(read) => {
                hear(&scratch[..read]);
                total += read;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(total),
            Err(error) => return Err(error.into()),
        }
    }
}
