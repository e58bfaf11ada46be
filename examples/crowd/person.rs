//! One person: a socket, how far its way in has come, and what is half read and half written.

use std::io::{ErrorKind, Read, Write};
use std::rc::Rc;

use anyhow::{Context, bail};
use mio::event::Event;
use mio::net::TcpStream;

use crate::args::Over;
use crate::handshake::{self, Reply};
use crate::speech::Speech;
use crate::trailer::Post;
use crate::wire::{self, Heard};

/// Who hears what comes.
pub(crate) trait Ear {
    /// A measured message came to a person.
    fn post(&mut self, who: usize, post: Post) -> anyhow::Result<()>;

    /// Another line came: somebody joined, a pong.
    fn line(&mut self, _who: usize, _line: &[u8]) -> anyhow::Result<()> {
        Ok(())
    }

    /// After each read, for what cannot wait until everybody has read.
    fn meanwhile(&mut self) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Hears nothing: while people come in.
pub(crate) struct Deaf;

impl Ear for Deaf {
    fn post(&mut self, _who: usize, _post: Post) -> anyhow::Result<()> {
        Ok(())
    }
}

/// How far somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Connecting,
    Upgrading,
    Registering,
    Joining,
    Ready,
}

#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) socket: TcpStream,
    pub(crate) stage: Stage,
    /// Where to go once registered.
    room: Option<Rc<str>>,
    /// The beginning of a message.
    rest: Vec<u8>,
    outbox: Vec<u8>,
}

impl Person {
    pub(crate) fn new(name: String, socket: TcpStream, room: Option<Rc<str>>) -> Self {
        Self {
            name,
            socket,
            stage: Stage::Connecting,
            room,
            rest: Vec::new(),
            outbox: Vec::new(),
        }
    }

    /// What epoll says of the socket.
    pub(crate) fn ready(
        &mut self,
        speech: &Speech,
        scratch: &mut [u8],
        event: &Event,
        who: usize,
        ear: &mut impl Ear,
    ) -> anyhow::Result<()> {
        if self.stage == Stage::Connecting || !self.outbox.is_empty() {
            self.writable(speech)?;
        }
        if event.is_readable() {
            self.read(speech, scratch, event.is_read_closed(), who, ear)?;
        }
        Ok(())
    }

    /// The socket takes bytes again, or for the first time.
    fn writable(&mut self, speech: &Speech) -> anyhow::Result<()> {
        if self.stage == Stage::Connecting {
            self.connected(speech)?;
        }
        self.flush()
    }

    fn connected(&mut self, speech: &Speech) -> anyhow::Result<()> {
        if let Some(error) = self.socket.take_error()? {
            return Err(error).context("cannot connect");
        }
        if self.socket.peer_addr().is_err() {
            return Ok(()); // Not yet.
        }
        self.socket.set_nodelay(true)?;
        match (speech.over, self.room.clone()) {
            (Over::Ws, _) => {
                self.stage = Stage::Upgrading;
                speech.upgrade(&mut self.outbox);
            }
            // Who subscribes may do little else, so that is the whole handshake.
            (Over::Redis, Some(room)) => self.join(speech, room),
            _ => self.register(speech),
        }
        Ok(())
    }

    fn register(&mut self, speech: &Speech) {
        self.stage = Stage::Registering;
        speech.register(&self.name, &mut self.outbox);
    }

    /// Goes into a room; `flush` sends it.
    pub(crate) fn join(&mut self, speech: &Speech, room: Rc<str>) {
        self.stage = Stage::Joining;
        speech.join(&room, &mut self.outbox);
        self.room = Some(room);
    }

    /// Reads what there is; until the end of the stream if that has come.
    pub(crate) fn read(
        &mut self,
        speech: &Speech,
        scratch: &mut [u8],
        to_the_end: bool,
        who: usize,
        ear: &mut impl Ear,
    ) -> anyhow::Result<()> {
        loop {
            let kept = self.rest.len();
            scratch[..kept].copy_from_slice(&self.rest);
            let count = match self.socket.read(&mut scratch[kept..]) {
                Ok(0) => bail!("the server closed the connection{}", self.last_words()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error).context("the connection broke"),
            };
            let bytes = &scratch[..kept + count];
            let taken = self.hear(speech, bytes, who, ear)?;
            self.keep(&bytes[taken..], scratch.len())?;
            ear.meanwhile()?;
            if !to_the_end && kept + count < scratch.len() {
                return Ok(());
            }
        }
    }

    fn keep(&mut self, rest: &[u8], room: usize) -> anyhow::Result<()> {
        if rest.len() == room {
            bail!("the server sends a message of more than {room} bytes");
        }
        self.rest.clear();
        self.rest.extend_from_slice(rest);
        Ok(())
    }

    fn last_words(&self) -> String {
        if self.rest.is_empty() {
            return String::new();
        }
        format!(" after: {}", String::from_utf8_lossy(&self.rest))
    }

    fn hear(
        &mut self,
        speech: &Speech,
        bytes: &[u8],
        who: usize,
        ear: &mut impl Ear,
    ) -> anyhow::Result<usize> {
        let mut start = 0;
        if self.stage == Stage::Upgrading {
            start = handshake::upgraded(bytes)?;
            if start == 0 {
                return Ok(0);
            }
            self.register(speech);
        }
        let taken = wire::split(speech.over, &bytes[start..], |heard| match heard {
            Heard::Message(message) => match Post::read(message) {
                Some(post) => ear.post(who, post),
                None => self.line(speech, message, who, ear),
            },
            Heard::Ping(payload) => {
                wire::pong(payload, &mut self.outbox);
                Ok(())
            }
            Heard::Refused(why) => bail!("the server said: {why}"),
        })?;
        self.flush()?;
        Ok(start + taken)
    }

    /// Something that is no measured message.
    fn line(
        &mut self,
        speech: &Speech,
        line: &[u8],
        who: usize,
        ear: &mut impl Ear,
    ) -> anyhow::Result<()> {
        match handshake::reply(speech.over, line) {
            Reply::Refused => bail!("the server said: {}", String::from_utf8_lossy(line)),
            Reply::Ping(parameters) => speech.pong(parameters, &mut self.outbox),
            Reply::Registered if self.stage == Stage::Registering => match self.room.clone() {
                Some(room) => self.join(speech, room),
                None => self.stage = Stage::Ready,
            },
            Reply::Joined if self.stage == Stage::Joining => self.stage = Stage::Ready,
            _ => {}
        }
        ear.line(who, line)
    }

    /// The bytes that the socket has not taken yet; whoever adds some calls `flush`.
    pub(crate) fn outbox(&mut self) -> &mut Vec<u8> {
        &mut self.outbox
    }

    /// Writes as much as the socket takes; the rest goes when it is writable again.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        while !self.outbox.is_empty() {
            match self.socket.write(&self.outbox) {
                Ok(count) => drop(self.outbox.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error).context("the connection broke"),
            }
        }
        Ok(())
    }
}
