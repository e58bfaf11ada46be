//! A network between a client and a server, which a test can break: cut it so that nothing
//! passes and nobody is told, or drop the connections that there are.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::wait::PATIENCE;

/// What becomes of new connections while the network is cut. Those that exist go silent in both
/// directions, and what was on its way arrives after [`Proxy::restore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// They hang: the connection opens and nothing ever comes, as behind a dead gateway.
    Hang,
    /// They are refused at once, as on a machine where no server runs.
    Refuse,
    /// They hang. Of those that exist only the server's side goes silent: what clients say arrives,
    /// and they do not learn of it.
    Deafen,
}

/// A TCP proxy on a port of its own. Its threads and connections end when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    network: Arc<Network>,
    acceptor: Option<JoinHandle<()>>,
    /// Bound and never listening, so that the port stays ours while new connections are refused.
    _port: Socket,
}

impl Proxy {
    /// Opens a way to the target.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start(target: SocketAddr) -> Self {
        let port = bound((Ipv4Addr::LOCALHOST, 0).into()).expect("a free port");
        let address = port.local_addr().unwrap().as_socket().unwrap();
        let listener = listen(address);
        let network = Arc::new(Network::default());
        let shared = Arc::clone(&network);
        let acceptor = thread::spawn(move || shared.accept(target, address, listener));
        Self {
            address,
            network,
            acceptor: Some(acceptor),
            _port: port,
        }
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts the network.
    ///
    /// # Panics
    /// When the listener does not follow in time.
    pub fn cut(&self, cut: Cut) {
        self.network.set(State::Cut(cut));
    }

    /// Heals the network: what was held back arrives, those who hung are connected.
    ///
    /// # Panics
    /// When the listener does not follow in time.
    pub fn restore(&self) {
        self.network.set(State::Whole);
    }

    /// Ends all connections on both sides.
    pub fn drop_connections(&self) {
        for pair in self.network.pairs() {
            pair.end();
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        *self.network.state.lock().unwrap() = State::Ended;
        self.drop_connections();
        self.acceptor.take().map(JoinHandle::join);
        self.drop_connections();
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Whole,
    Cut(Cut),
    Ended,
}

#[derive(Debug, Default)]
struct Network {
    state: Mutex<State>,
    /// The state that the acceptor has followed: a test that cut the network may rely on it.
    followed: Mutex<State>,
    pairs: Mutex<Vec<Weak<Pair>>>,
}

impl Network {
    fn state(&self) -> State {
        *self.state.lock().unwrap()
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap() = state;
        crate::eventually("the proxy's listener", || {
            (*self.followed.lock().unwrap() == state).then_some(())
        });
    }

    fn pairs(&self) -> Vec<Arc<Pair>> {
        self.pairs
            .lock()
            .unwrap()
            .iter()
            .filter_map(Weak::upgrade)
            .collect()
    }

    /// The acceptor's thread: keeps the listener open or shut as the state wants it.
    fn accept(self: Arc<Self>, target: SocketAddr, address: SocketAddr, listener: TcpListener) {
        let mut listener = Some(listener);
        loop {
            let state = self.state();
            match state {
                State::Ended => return,
                State::Cut(Cut::Refuse) => {
                    // Those who came before the cut are in already, as far as they know.
                    listener
                        .take()
                        .inspect(|listener| self.accept_all(listener, target));
                }
                State::Cut(Cut::Hang | Cut::Deafen) => {
                    listener.get_or_insert_with(|| listen(address));
                }
                State::Whole => {
                    self.accept_all(listener.get_or_insert_with(|| listen(address)), target);
                }
            }
            *self.followed.lock().unwrap() = state;
            thread::sleep(STEP);
        }
    }

    fn accept_all(self: &Arc<Self>, listener: &TcpListener, target: SocketAddr) {
        while let Ok((near, _)) = listener.accept() {
            // When the target is gone the client sees its connection end at once.
            if let Ok(far) = TcpStream::connect_timeout(&target, PATIENCE) {
                self.carry(Pair { near, far });
            }
        }
    }

    fn carry(self: &Arc<Self>, pair: Pair) {
        pair.prepare();
        let pair = Arc::new(pair);
        let mut pairs = self.pairs.lock().unwrap();
        pairs.retain(|pair| pair.strong_count() > 0);
        pairs.push(Arc::downgrade(&pair));
        for outward in [true, false] {
            let (network, pair) = (Arc::clone(self), Arc::clone(&pair));
            thread::spawn(move || network.pump(&pair, outward));
        }
    }

    /// One direction of one connection, until its end, which it passes on.
    fn pump(&self, pair: &Pair, outward: bool) {
        let (from, to) = if outward {
            (&pair.near, &pair.far)
        } else {
            (&pair.far, &pair.near)
        };
        if self.pass_on(from, to, outward).is_err() {
            pair.end();
        }
    }

    fn pass_on(&self, mut from: &TcpStream, mut to: &TcpStream, outward: bool) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        loop {
            let read = from.read(&mut chunk);
            if !self.wait_while_cut(outward) {
                return Err(ErrorKind::ConnectionAborted.into());
            }
            match read {
                Ok(0) => return to.shutdown(Shutdown::Write),
                Ok(count) => to.write_all(&chunk[..count])?,
                Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Holds a direction while the network is cut; `false` when the proxy has ended.
    fn wait_while_cut(&self, outward: bool) -> bool {
        loop {
            match self.state() {
                State::Cut(Cut::Deafen) if outward => return true,
                State::Cut(_) => thread::sleep(STEP),
                State::Whole => return true,
                State::Ended => return false,
            }
        }
    }
}

/// One connection: the client's socket and ours to the target.
#[derive(Debug)]
struct Pair {
    near: TcpStream,
    far: TcpStream,
}

impl Pair {
    /// Reads come back now and then, to see whether the network is cut or ended.
    fn prepare(&self) {
        for stream in [&self.near, &self.far] {
            stream.set_nonblocking(false).expect("a socket");
            stream.set_nodelay(true).expect("a socket");
            stream.set_read_timeout(Some(STEP)).expect("a socket");
        }
    }

    fn end(&self) {
        let _ = self.near.shutdown(Shutdown::Both);
        let _ = self.far.shutdown(Shutdown::Both);
    }
}

fn bound(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn listen(address: SocketAddr) -> TcpListener {
    let socket = bound(address).expect("the port that is held for this");
    socket.listen(128).expect("a bound socket");
    socket.set_nonblocking(true).expect("a socket");
    socket.into()
}

/// How soon a thread notices that the network changed.
const STEP: Duration = Duration::from_millis(5);

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
