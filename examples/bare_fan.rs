//! The floor that a chat server's fan-out is measured against: a loop that passes each line on to
//! everybody else, and does nothing that it could leave out.
//!
//! ```text
//! cargo run --release -p chat-web --example bare_fan -- --listen 127.0.0.1:0 --over irc
//! cargo run --release -p chat-web --example bare_fan -- --over ws --tags
//! ```
//!
//! It shakes hands as an IRC server or a WebSocket does, so that the same load generator fits
//! (`crowd`), and since a reader that never sent anything is cheaper to wake. Its lines are as long
//! as those of the chat; `--tags` adds what `message-tags` and `server-time` add. It has one room,
//! believes whatever it is told and bounds nothing: nobody should talk through it.
//!
//! Each turn: poll, read whoever is ready, append every line to one buffer, write that to each
//! socket once. `--raw-epoll` does the same without mio.

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::expect_used,
    reason = "an example prints, and a floor may end at what it does not expect"
)]

#[path = "bare_fan/link.rs"]
mod link;
#[path = "bare_fan/poller.rs"]
mod poller;
#[path = "bare_fan/wire.rs"]
mod wire;

use std::io;
use std::net::{SocketAddr, TcpListener};

use clap::Parser;
use link::{Link, Said};
use poller::{Poller, Ready};
use wire::Over;

#[derive(Parser)]
struct Args {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// What carries the lines
    #[arg(long, value_enum, default_value_t = Over::Irc)]
    over: Over,
    /// Put `time` and `msgid` before each message, as long as the chat's
    #[arg(long)]
    tags: bool,
    /// Use epoll itself instead of mio
    #[arg(long)]
    raw_epoll: bool,
}

/// The key of the listening socket; connections have their place in the list.
const LISTENER: usize = u32::MAX as usize;

/// One room, and everybody in it.
struct Fan {
    over: Over,
    links: Vec<Option<Link>>,
    free: Vec<usize>,
    scratch: Vec<u8>,
    said: Said,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let listener = TcpListener::bind(args.listen)?;
    listener.set_nonblocking(true)?;
    println!("{} {}\nready", args.over.name(), listener.local_addr()?);
    let mut poller = Poller::new(args.raw_epoll)?;
    poller.add(&listener, LISTENER)?;
    let mut fan = Fan {
        over: args.over,
        links: Vec::new(),
        free: Vec::new(),
        scratch: vec![0; 64 * 1024],
        said: Said::new(args.over, args.tags),
    };
    let mut ready = Vec::new();
    loop {
        poller.wait(&mut ready)?;
        let arrived = ready.iter().any(|event| event.key == LISTENER);
        for event in ready.drain(..).filter(|event| event.key != LISTENER) {
            fan.event(event);
        }
        fan.flush();
        if arrived {
            fan.accept(&listener, &mut poller)?;
        }
    }
}

impl Fan {
    fn accept(&mut self, listener: &TcpListener, poller: &mut Poller) -> io::Result<()> {
        loop {
            let socket = match listener.accept() {
                Ok((socket, _)) => socket,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            socket.set_nonblocking(true)?;
            socket.set_nodelay(true)?;
            let key = self.free.pop().unwrap_or(self.links.len());
            poller.add(&socket, key)?;
            if key == self.links.len() {
                self.links.push(None);
            }
            self.links[key] = Some(Link::new(socket, self.over));
        }
    }

    /// A socket brings something, or takes something again.
    fn event(&mut self, Ready { key, readable }: Ready) {
        let Some(link) = self.links.get_mut(key).and_then(Option::as_mut) else {
            return;
        };
        link.write_rest();
        if readable && !link.read(&mut self.scratch, key, &mut self.said) {
            self.links[key] = None;
            self.free.push(key);
        }
    }

    /// What was said goes to everybody in the room, but for their own words.
    fn flush(&mut self) {
        if self.said.is_empty() {
            return;
        }
        for (key, link) in self.links.iter_mut().enumerate() {
            if let Some(link) = link.as_mut().filter(|link| link.joined) {
                match self.said.without(key) {
                    None => link.write(self.said.bytes()),
                    Some(others) => link.write(&others),
                }
            }
        }
        self.said.clear();
    }
}
