//! Everybody enters one room at once: how long until all are in it and know of each other.
//!
//! Whoever joins hears the names of those who are there already, and then of each who comes later. So in
//! the end everybody must have heard every name, in the one way or in the other, and nobody hears of the
//! same one's coming twice.

use std::time::{Duration, Instant};

use anyhow::bail;
use memchr::memmem;

use crate::args::{Join, Over};
use crate::crowd::{self, Crowd, Role};
use crate::gauge::Gauge;
use crate::handshake::{command, source};
use crate::patience::Patience;
use crate::person::Ear;
use crate::report::Report;
use crate::trailer::Post;

/// # Errors
/// The server refused somebody, or told somebody a thing twice or not at all.
pub(crate) fn run(args: &Join) -> anyhow::Result<Report> {
    let (common, people) = (&args.common, args.people as usize);
    if common.over == Over::Redis {
        bail!("nobody hears who subscribes at Redis: join is for --over irc and ws");
    }
    let gauge = Gauge::new(common);
    let mut crowd = Crowd::new(common, people)?;
    crowd.admit(Role::Reader, people, |_| None)?;
    let before = gauge.memory()?;
    let from = gauge.read(&crowd, 0, 0)?;
    let mut acquaintance = Acquaintance::new(people);
    let start = Instant::now();
    for who in 0..people {
        crowd.join(who, common.room())?;
    }
    acquaintance.go_on(&mut crowd)?;
    let seconds = start.elapsed().as_secs_f64();
    let used = gauge.used(&from, &gauge.read(&crowd, 0, 0)?);

    let mut report = Report::new("join", common, args.people, 0, 0);
    report.set("join_seconds", seconds);
    report.set("joins_per_second", people as f64 / seconds);
    if let Some(ns) = used.server_cpu_ns {
        report.set("server_cpu_ns_per_join", ns as f64 / people as f64);
    }
    report.set_memory(before, gauge.memory()?);
    Ok(report)
}

/// Who has heard of whom.
struct Acquaintance {
    people: usize,
    crowd: u32,
    /// By name or by coming; a row for each who hears.
    known: Vec<bool>,
    /// By coming.
    come: Vec<bool>,
    /// How many of the first are true.
    count: usize,
}

impl Acquaintance {
    fn new(people: usize) -> Self {
        Self {
            people,
            crowd: crowd::this_crowd(),
            known: vec![false; people * people],
            come: vec![false; people * people],
            count: 0,
        }
    }

    fn go_on(&mut self, crowd: &mut Crowd) -> anyhow::Result<()> {
        let mut patience = Patience::new();
        while self.count < self.known.len() || crowd.ready() < self.people {
            crowd.turn(crowd.now() + Duration::from_secs(1), self)?;
            patience.check(crowd.now(), self.count as u64, || self.missing())?;
        }
        Ok(())
    }

    fn missing(&self) -> String {
        match self.known.iter().position(|known| !known) {
            Some(at) => format!(
                "person {} has not heard of person {}",
                at / self.people,
                at % self.people
            ),
            None => "somebody has not got the end of the names".to_owned(),
        }
    }

    fn came(&mut self, who: usize, name: &[u8]) -> anyhow::Result<()> {
        let Some(other) = self.number(name) else {
            return Ok(());
        };
        if std::mem::replace(&mut self.come[who * self.people + other], true) {
            bail!("heard twice of the coming of person {other}");
        }
        self.knows(who, other);
        Ok(())
    }

    fn knows(&mut self, who: usize, other: usize) {
        let known = &mut self.known[who * self.people + other];
        self.count += usize::from(!*known);
        *known = true;
    }

    /// Strangers may be in the room, too.
    fn number(&self, name: &[u8]) -> Option<usize> {
        crowd::number(name, self.crowd).filter(|number| *number < self.people)
    }

    fn names(&mut self, who: usize, parameters: &[u8]) {
        let start = memmem::find(parameters, b" :").map_or(0, |colon| colon + 2);
        for word in parameters[start..].split(|byte| *byte == b' ') {
            if let Some(other) = self.number(without_signs(word)) {
                self.knows(who, other);
            }
        }
    }
}

/// What somebody is in the room stands before the name: @ for an operator.
fn without_signs(name: &[u8]) -> &[u8] {
    let start = name.iter().position(u8::is_ascii_alphabetic);
    &name[start.unwrap_or(name.len())..]
}

impl Ear for Acquaintance {
    fn post(&mut self, _who: usize, _post: Post) -> anyhow::Result<()> {
        Ok(())
    }

    fn line(&mut self, who: usize, line: &[u8]) -> anyhow::Result<()> {
        match command(line) {
            (b"JOIN", _) => self.came(who, source(line)),
            (b"353", parameters) => {
                self.names(who, parameters);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_known_by_name_or_by_coming() {
        let name = |who| Role::Reader.name(who);
        let come = |who| format!(":{}!a@b JOIN #crowd", name(who));
        let names = format!(":srv 353 x = #crowd :{} @{} stranger", name(0), name(1));
        let mut all = Acquaintance::new(2);
        for (who, line) in [(0, come(0)), (0, come(1)), (1, names), (1, come(1))] {
            all.line(who, line.as_bytes()).unwrap();
        }
        assert_eq!(all.count, 4);
        let twice = all.line(0, come(1).as_bytes()).unwrap_err();
        assert!(twice.to_string().contains("twice"), "{twice}");
        let mut none = Acquaintance::new(2);
        none.line(0, come(0).as_bytes()).unwrap();
        assert_eq!(none.missing(), "person 0 has not heard of person 1");
    }
}
