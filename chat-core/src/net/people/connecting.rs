//! Connections that we make. Floor 3.
//!
//! A connection to somewhere else is a person like any other, whose bytes wait until it is there. It
//! is there when its socket can be written to and has no error; until then it is not read.

use std::io;
use std::net::SocketAddr;

use mio::net::TcpStream;

use super::People;
use super::person::{Link, Peer};
use crate::id::{DoorId, PersonId};
use crate::net::framing::Framing;
use crate::net::stream::Stream;

impl People {
    /// Begins to connect to `address`, as somebody of `door`. What is sent meanwhile leaves when
    /// the connection is there, and [`Host::connected`] is told then; [`Host::closed`] if it
    /// fails. How long that may take is the host's to say, by a deadline.
    ///
    /// [`Host::connected`]: crate::net::Host::connected
    /// [`Host::closed`]: crate::net::Host::closed
    ///
    /// # Errors
    /// It can not even be tried: there is no route, or no descriptor.
    pub fn connect(
        &mut self,
        address: SocketAddr,
        door: DoorId,
        framing: Box<dyn Framing>,
    ) -> io::Result<PersonId> {
        let socket = TcpStream::connect(address)?;
        // Only a delay is lost without it.
        let _ = socket.set_nodelay(true);
        let peer = Peer {
            ip: address.ip().to_canonical(),
            told: false,
            door,
        };
        let link = Link {
            outgoing: true,
            connecting: true,
            // An event tells when it takes bytes.
            blocked: true,
            ..Link::new(peer, Stream::Tcp(socket), framing)
        };
        let id = self.insert(link);
        log::debug!("{id} to {address} begins");
        self.register(id, true);
        Ok(id)
    }

    /// An attempt to connect has news; returns who is connected now.
    pub(in crate::net) fn progress(&mut self, key: usize) -> Option<PersonId> {
        let id = self.id_at(key)?;
        let link = self.link(id).filter(|link| link.connecting)?;
        match link.try_finish() {
            Ok(true) => Some(id),
            Ok(false) => None,
            Err(error) => {
                self.fail(id, error.kind());
                None
            }
        }
    }
}

impl Link {
    /// Whether the connection is there now.
    fn try_finish(&mut self) -> io::Result<bool> {
        let Some(socket) = self.socket.as_ref().and_then(Stream::tcp) else {
            return Ok(false);
        };
        if let Some(error) = socket.take_error()? {
            return Err(error);
        }
        // An event may come too early: mio, `TcpStream::connect`.
        self.connecting = socket.peer_addr().is_err();
        Ok(!self.connecting)
    }
}
