//! Everybody, and the loop that they share.
//!
//! By default it asks the kernel again and again instead of sleeping, since a server that wakes a
//! sleeper pays for it. One buffer serves all reads; a person keeps only the beginning of a message.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use mio::event::Event;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use socket2::SockRef;

use crate::args::Common;
use crate::patience::Patience;
use crate::person::{Deaf, Ear, Person, Stage};
use crate::proc;
use crate::progress::Progress;
use crate::speech::Speech;
use crate::trailer::hex;

/// People who are on their way in at the same time: fewer than any listen backlog holds.
const COMING_IN_MAX: usize = 64;
const SCRATCH_BYTES: usize = 256 * 1024;
const EVENTS: usize = 4096;
/// The longest sleep, so that whoever waits in vain is noticed.
const SLEEP_MAX: Duration = Duration::from_millis(100);
/// The longest wait for a server to fall silent.
const SETTLE_MAX: Duration = Duration::from_secs(60);

/// What somebody is there for: the first letter of their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Reader,
    Talker,
    Stalled,
    Pinger,
}

impl Role {
    /// Nine characters at most, as ngIRCd wants it. Two crowds at one server differ by the process,
    /// but for one pair in 4,096.
    pub(crate) fn name(self, index: usize) -> String {
        let letter = match self {
            Role::Reader => 'r',
            Role::Talker => 't',
            Role::Stalled => 's',
            Role::Pinger => 'p',
        };
        format!("{letter}{index:05x}{:03x}", this_crowd())
    }
}

/// Which of the people of a crowd has this name.
pub(crate) fn number(name: &[u8], crowd: u32) -> Option<usize> {
    let name: &[u8; 9] = name.try_into().ok()?;
    let is_ours = hex(&name[6..])? == crowd;
    let number = hex(&name[1..6])?;
    is_ours.then_some(number as usize)
}

/// What its names end with. A system call, so ask once.
pub(crate) fn this_crowd() -> u32 {
    std::process::id() & 0xfff
}

#[derive(Debug)]
pub(crate) struct Crowd {
    poll: Poll,
    events: Events,
    people: People,
    address: SocketAddr,
    sleep: bool,
    /// When the last turn ended.
    now: Instant,
    /// Somebody has said something since.
    has_spoken: bool,
    /// The length of all turns in which there was something to do.
    pub(crate) busy: Duration,
}

#[derive(Debug)]
struct People {
    all: Vec<Person>,
    /// How many of them are where they wanted to be.
    ready: usize,
    speech: Speech,
    scratch: Box<[u8]>,
}

impl Crowd {
    /// Nobody yet, with place for so many.
    ///
    /// # Errors
    /// This process may not open so many sockets.
    pub(crate) fn new(common: &Common, people_max: usize) -> anyhow::Result<Self> {
        proc::expect_descriptors(people_max)?;
        Ok(Self {
            poll: Poll::new().context("no epoll")?,
            events: Events::with_capacity(EVENTS),
            people: People {
                all: Vec::with_capacity(people_max),
                ready: 0,
                speech: Speech::new(common),
                scratch: vec![0; SCRATCH_BYTES].into(),
            },
            address: common.address,
            sleep: common.sleep,
            now: Instant::now(),
            has_spoken: false,
            busy: Duration::ZERO,
        })
    }

    /// Lets so many people in, each into their room, and returns when all of them have got there.
    ///
    /// # Errors
    /// The server refuses one of them.
    pub(crate) fn admit(
        &mut self,
        role: Role,
        count: usize,
        room: impl Fn(usize) -> Option<Rc<str>>,
    ) -> anyhow::Result<()> {
        let (first, ready_before) = (self.people.all.len(), self.people.ready);
        let progress = Progress::of_people(count);
        let mut patience = Patience::new();
        loop {
            let came = self.people.all.len() - first;
            let ready = self.people.ready - ready_before;
            let coming = (count - came).min(COMING_IN_MAX - (came - ready));
            for index in came..came + coming {
                self.connect(role, room(index))?;
            }
            progress.set(ready);
            if ready == count {
                return Ok(());
            }
            self.turn_asleep(&mut Deaf)?;
            patience.check(self.now, ready as u64, || self.waiting())?;
        }
    }

    /// Who is not where they want to be.
    fn waiting(&self) -> String {
        let mut all = self.people.all.iter();
        match all.find(|person| person.stage != Stage::Ready) {
            Some(person) => format!("{} is still {:?}", person.name, person.stage),
            None => "everybody is there".to_owned(),
        }
    }

    fn connect(&mut self, role: Role, room: Option<Rc<str>>) -> anyhow::Result<()> {
        let to = || format!("cannot connect to {}", self.address);
        let mut socket = TcpStream::connect(self.address).with_context(to)?;
        if role == Role::Stalled {
            SockRef::from(&socket).set_recv_buffer_size(1)?; // As little as the kernel allows.
        }
        let who = self.people.all.len();
        let interest = Interest::READABLE | Interest::WRITABLE;
        let registry = self.poll.registry();
        registry.register(&mut socket, Token(who), interest)?;
        let person = Person::new(role.name(who), socket, room);
        self.people.all.push(person);
        Ok(())
    }

    /// Hears what has come, and waits for it if wanted: not longer than until then.
    ///
    /// # Errors
    /// The server said something that ends the run, or the ear complains.
    pub(crate) fn turn(&mut self, until: Instant, ear: &mut impl Ear) -> anyhow::Result<()> {
        let timeout = if self.sleep {
            until.saturating_duration_since(self.now).min(SLEEP_MAX)
        } else {
            Duration::ZERO
        };
        self.poll(timeout)?;
        self.dispatch(ear)?;
        let before = std::mem::replace(&mut self.now, Instant::now());
        let has_spoken = std::mem::take(&mut self.has_spoken);
        if has_spoken || !self.events.is_empty() {
            self.busy += self.now - before;
        }
        Ok(())
    }

    /// The same when nothing is measured.
    pub(crate) fn turn_asleep(&mut self, ear: &mut impl Ear) -> anyhow::Result<()> {
        self.poll(SLEEP_MAX)?;
        self.dispatch(ear)?;
        self.now = Instant::now();
        Ok(())
    }

    /// When the last turn ended: reading the clock again costs as much as asking epoll.
    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    fn poll(&mut self, timeout: Duration) -> anyhow::Result<()> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            other => other.context("epoll"),
        }
    }

    fn dispatch(&mut self, ear: &mut impl Ear) -> anyhow::Result<()> {
        for event in &self.events {
            self.people.ready(event, ear)?;
        }
        Ok(())
    }

    /// For what cannot wait to be woken.
    pub(crate) fn never_sleep(&mut self) {
        self.sleep = false;
    }

    /// Turns until nothing has come for so long.
    ///
    /// # Errors
    /// Like [`Crowd::turn`]; or there is no end to what comes.
    pub(crate) fn settle(&mut self, quiet: Duration) -> anyhow::Result<()> {
        let start = Instant::now();
        let mut heard_at = start;
        while heard_at.elapsed() < quiet {
            self.turn_asleep(&mut Deaf)?;
            if !self.events.is_empty() {
                heard_at = self.now;
            }
            if start.elapsed() > SETTLE_MAX {
                bail!("the server still talks after {SETTLE_MAX:?}, and nobody says anything");
            }
        }
        Ok(())
    }

    /// Sends somebody who is registered into a room.
    ///
    /// # Errors
    /// The connection broke.
    pub(crate) fn join(&mut self, who: usize, room: Rc<str>) -> anyhow::Result<()> {
        self.people.ready -= 1;
        let (person, speech) = self.person(who);
        person.join(speech, room);
        person.flush()
    }

    /// How many have got where they wanted.
    pub(crate) fn ready(&self) -> usize {
        self.people.ready
    }

    /// Whoever came last leaves the loop, but not the chat.
    ///
    /// # Errors
    /// There is nobody.
    pub(crate) fn part_with_last(&mut self) -> anyhow::Result<Person> {
        let last = self.people.all.len().checked_sub(1);
        self.stall(last.context("nobody is there")?)?;
        self.people.all.pop().context("nobody is there")
    }

    /// Nobody hears this person any more, whatever comes.
    pub(crate) fn stall(&mut self, who: usize) -> anyhow::Result<()> {
        let socket = &mut self.people.all[who].socket;
        Ok(self.poll.registry().deregister(socket)?)
    }

    /// Somebody, and how one talks to the server.
    pub(crate) fn person(&mut self, who: usize) -> (&mut Person, &Speech) {
        self.has_spoken = true;
        (&mut self.people.all[who], &self.people.speech)
    }

    /// How many have come.
    pub(crate) fn len(&self) -> usize {
        self.people.all.len()
    }
}

impl People {
    fn ready(&mut self, event: &Event, ear: &mut impl Ear) -> anyhow::Result<()> {
        let who = event.token().0;
        let person = &mut self.all[who];
        let before = person.stage;
        let heard = person.ready(&self.speech, &mut self.scratch, event, who, ear);
        heard.with_context(|| person.name.clone())?;
        self.ready += usize::from(before != Stage::Ready && person.stage == Stage::Ready);
        Ok(())
    }
}
