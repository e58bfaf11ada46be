//! Somebody who pings by the clock, outside of the crowd's loop: a turn of that may read a hundred
//! people, and this one must not wait for it.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::args::Common;
use crate::person::{Ear, Person};
use crate::speech::Speech;
use crate::times::{Grid, Times};
use crate::trailer::{Post, hex};

const EVERY: Duration = Duration::from_millis(10);
/// Looking costs a system call, so not after every read of somebody else.
const LOOK_EVERY: Duration = Duration::from_micros(20);
const SCRATCH_BYTES: usize = 64 * 1024;

pub(crate) struct Pinger {
    person: Person,
    speech: Speech,
    scratch: Box<[u8]>,
    looked: Instant,
    sent: u32,
    is_pinging: bool,
    answers: Answers,
}

/// What comes back.
struct Answers {
    grid: Grid,
    answered: u32,
    /// The first ping that is not for warming up.
    measured_from: u32,
    times: Times,
}

impl Pinger {
    /// # Errors
    /// None that could be caused from outside.
    pub(crate) fn new(common: &Common, person: Person) -> anyhow::Result<Self> {
        let grid = Grid::new(EVERY);
        Ok(Self {
            person,
            speech: Speech::new(common),
            scratch: vec![0; SCRATCH_BYTES].into(),
            looked: grid.start(),
            sent: 0,
            is_pinging: true,
            answers: Answers {
                grid,
                answered: 0,
                measured_from: u32::MAX,
                times: Times::new()?,
            },
        })
    }

    /// Pings if it is time, and reads the answers.
    ///
    /// # Errors
    /// The connection broke, or an answer is not the next one.
    pub(crate) fn look(&mut self) -> anyhow::Result<()> {
        let now = Instant::now();
        if now - self.looked < LOOK_EVERY {
            return Ok(());
        }
        self.looked = now;
        self.turn(now).with_context(|| self.person.name.clone())
    }

    fn turn(&mut self, now: Instant) -> anyhow::Result<()> {
        while self.is_pinging && self.sent < self.answers.grid.due(now) {
            let token = format!("ping-{:08x}", self.sent);
            self.speech.ping(token.as_bytes(), self.person.outbox());
            self.sent += 1;
        }
        self.person.flush()?;
        let (speech, answers) = (&self.speech, &mut self.answers);
        self.person
            .read(speech, &mut self.scratch, false, 0, answers)
    }

    /// From now on pings are timed.
    pub(crate) fn measure(&mut self) {
        self.answers.measured_from = self.sent;
    }

    pub(crate) fn stop(&mut self) {
        self.is_pinging = false;
    }

    /// There is an answer still to come.
    pub(crate) fn is_waiting(&self) -> bool {
        self.answers.answered < self.sent
    }

    pub(crate) fn answered(&self) -> u32 {
        self.answers.answered
    }

    pub(crate) fn times(&self) -> &Times {
        &self.answers.times
    }
}

impl Ear for Answers {
    fn post(&mut self, _who: usize, _post: Post) -> anyhow::Result<()> {
        Ok(())
    }

    fn line(&mut self, _who: usize, line: &[u8]) -> anyhow::Result<()> {
        let Some([b'p', b'i', b'n', b'g', b'-', digits @ ..]) = line.last_chunk::<13>() else {
            return Ok(());
        };
        let Some(number) = hex(digits) else {
            return Ok(());
        };
        if number != self.answered {
            bail!(
                "the answer to ping {} came instead of {}",
                number,
                self.answered
            );
        }
        self.answered += 1;
        if number >= self.measured_from {
            self.times.add(self.grid.at(number).elapsed());
        }
        Ok(())
    }
}
