//! Where people come in. Floor 4.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener as StdListener};
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry};
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use super::framing::Framing;
use super::people::Sign;
use super::slow::Slow;
use super::source::Source;
use crate::id::DoorId;
use crate::limits::{ACCEPTS_PER_TURN_MAX, KEEPALIVE, KEEPALIVE_INTERVAL};

/// Connections that the kernel may hold for us between two turns. Debian's `net.core.somaxconn`.
const BACKLOG: i32 = 4096;

/// How long to wait before accepting again when the system refuses and nothing can be shed. There
/// is no event that tells when it stops refusing.
const RETRY: Duration = Duration::from_millis(100);

/// Makes the framing of a new connection.
type NewFraming = Box<dyn Fn() -> Box<dyn Framing> + Send>;

/// A listening socket and what is spoken behind it.
pub struct Door {
    name: String,
    listener: StdListener,
    framing: NewFraming,
    slow: Option<Slow>,
}

impl Door {
    /// Takes a socket that listens already. It is made non-blocking; what it accepts inherits that
    /// packets do not wait to be full, and that the kernel asks a silent peer whether it is there.
    ///
    /// # Errors
    /// The system refuses one of the options.
    pub fn new(
        name: impl Into<String>,
        listener: StdListener,
        framing: impl Fn() -> Box<dyn Framing> + Send + 'static,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let socket = SockRef::from(&listener);
        socket.set_tcp_nodelay(true)?;
        socket.set_tcp_keepalive(
            &TcpKeepalive::new()
                .with_time(KEEPALIVE)
                .with_interval(KEEPALIVE_INTERVAL),
        )?;
        Ok(Door {
            name: name.into(),
            listener,
            framing: Box::new(framing),
            slow: None,
        })
    }

    /// What becomes of those at this door who read too slowly; they are closed if this is not said.
    #[must_use]
    pub fn slow(mut self, slow: Slow) -> Self {
        self.slow = Some(slow);
        self
    }

    /// The same, if it was not said before.
    #[must_use]
    pub(crate) fn or_slow(mut self, slow: Slow) -> Self {
        self.slow.get_or_insert(slow);
        self
    }

    /// What others have to know of it when it is open.
    pub(super) fn sign(&self) -> Sign {
        Sign {
            name: self.name.as_str().into(),
            slow: self.slow.unwrap_or_default(),
        }
    }

    /// Listens at an address; port 0 picks one.
    ///
    /// # Errors
    /// The address is in use, or not ours.
    pub fn bind(
        name: impl Into<String>,
        address: SocketAddr,
        framing: impl Fn() -> Box<dyn Framing> + Send + 'static,
    ) -> io::Result<Self> {
        let domain = Domain::for_address(address);
        let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        // A restart must not wait until the kernel has forgotten the connections of the last run.
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Door::new(name, socket.into(), framing)
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// The doors of a reactor.
pub(super) struct Doors {
    /// By id; none any more when they were shut.
    open: Vec<Option<Listening>>,
    /// A descriptor in reserve: given up to take a connection off the queue when there are no more,
    /// since the queue would otherwise stay full and its edge never come again.
    spare: Option<File>,
    /// When to try again after the system refused.
    retry: Option<Instant>,
    /// The lack was logged; the next connection that gets in ends it.
    starved: bool,
}

struct Listening {
    name: String,
    listener: TcpListener,
    framing: NewFraming,
    /// There may be more to accept.
    ready: bool,
}

/// What an attempt to accept brought.
enum Accepted {
    One(TcpStream, SocketAddr),
    /// A connection that was gone already, or was sent away.
    Lost,
    Drained,
    Refused,
}

/// Somebody at a door.
pub(super) struct Arrival {
    pub(super) socket: TcpStream,
    pub(super) address: SocketAddr,
    pub(super) framing: Box<dyn Framing>,
}

impl Doors {
    pub(super) fn new() -> Self {
        Doors {
            open: Vec::new(),
            spare: spare(),
            retry: None,
            starved: false,
        }
    }

    pub(super) fn open(&mut self, registry: &Registry, door: Door) -> io::Result<DoorId> {
        // The last number stands for no door of a reactor's.
        let id = u16::try_from(self.open.len()).map(DoorId);
        let id = id.ok().filter(|id| id.0 < u16::MAX);
        let id = id.ok_or_else(|| io::Error::other("a reactor has at most 65,535 doors"))?;
        let mut listener = TcpListener::from_std(door.listener);
        registry.register(
            &mut listener,
            Source::Door(id.index()).token(),
            Interest::READABLE,
        )?;
        self.open.push(Some(Listening {
            name: door.name,
            listener,
            framing: door.framing,
            ready: true,
        }));
        Ok(id)
    }

    /// Closes all of them: the system refuses who comes now.
    pub(super) fn shut(&mut self) {
        self.open.fill_with(|| None);
    }

    pub(super) fn ready(&mut self, door: usize) {
        if let Some(Some(door)) = self.open.get_mut(door) {
            door.ready = true;
        }
    }

    /// All of them, open or shut.
    pub(super) fn ids(&self) -> impl Iterator<Item = DoorId> + use<> {
        (0..).map(DoorId).take(self.open.len())
    }

    /// When somebody may be waiting: now, at a later try, or not before there is an event.
    pub(super) fn next(&self, now: Instant) -> Option<Instant> {
        let waiting = self.open.iter().flatten().any(|door| door.ready);
        waiting.then(|| self.retry.unwrap_or(now))
    }

    /// Everybody at one door, as far as a turn goes.
    pub(super) fn arrivals(&mut self, door: DoorId, now: Instant) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        if self.retry.is_some_and(|at| now < at) {
            return arrivals;
        }
        for _ in 0..ACCEPTS_PER_TURN_MAX {
            if !self.accept(door.index(), &mut arrivals, now) {
                break;
            }
        }
        arrivals
    }

    /// One attempt; returns whether to go on.
    fn accept(&mut self, door: usize, arrivals: &mut Vec<Arrival>, now: Instant) -> bool {
        let Some(Some(listening)) = self.open.get_mut(door) else {
            return false;
        };
        if !listening.ready {
            return false;
        }
        self.retry = None;
        match attempt(listening, &mut self.spare, &mut self.starved) {
            Accepted::One(socket, address) => {
                let framing = (listening.framing)();
                arrivals.push(Arrival {
                    socket,
                    address,
                    framing,
                });
            }
            Accepted::Lost => {}
            Accepted::Drained => listening.ready = false,
            Accepted::Refused => self.retry = Some(now + RETRY),
        }
        listening.ready && self.retry.is_none()
    }
}

fn attempt(door: &Listening, spare: &mut Option<File>, starved: &mut bool) -> Accepted {
    match door.listener.accept() {
        Ok((socket, address)) => {
            *starved = false;
            Accepted::One(socket, address)
        }
        Err(error) if out_of_descriptors(&error) => {
            if !std::mem::replace(starved, true) {
                log::warn!("door {}: {error}; connections are sent away", door.name);
            }
            shed(door, spare)
        }
        Err(error) => refusal(&error),
    }
}

/// Takes one connection off the queue and closes it, so that its peer knows.
fn shed(door: &Listening, reserve: &mut Option<File>) -> Accepted {
    *reserve = None;
    let taken = door.listener.accept();
    let shed = match taken {
        Ok(connection) => {
            drop(connection);
            Accepted::Lost
        }
        Err(error) => refusal(&error),
    };
    *reserve = spare();
    shed
}

fn refusal(error: &io::Error) -> Accepted {
    match error.kind() {
        ErrorKind::WouldBlock => Accepted::Drained,
        // The peer gave up while it waited: accept(2).
        ErrorKind::Interrupted | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset => {
            Accepted::Lost
        }
        _ => Accepted::Refused,
    }
}

/// `ENFILE` and `EMFILE`, which `std` has no kind for; the numbers are the same on every Unix.
/// The system says so before it looks at the queue, so the queue may be empty.
fn out_of_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(23 | 24))
}

fn spare() -> Option<File> {
    File::open("/dev/null").ok()
}
