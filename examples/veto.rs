//! A chat whose program has the last word: who may be who, who may enter where, what may be said.
//!
//! ```text
//! cargo run --release -p chat-core --example veto -- 127.0.0.1:6667
//! ```
//!
//! `#staff` is for ana alone, `zed` may not come in at all, shouting is said quietly, and a link is looked up
//! first, in another thread: only the one who sent it waits for that.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use chat_core::handle::{Handle, HandleError};
use chat_core::id::PersonId;
use chat_core::names::RoomName;
use chat_core::observer::{Candidate, Context, Observer, Said, Ticket, Verdict};
use chat_core::relay::Relay;

/// Links that are to be looked up.
type Links = Sender<(Ticket, String)>;

struct House {
    links: Links,
}

impl Observer for House {
    fn register(&mut self, _: &mut Context<'_>, _: PersonId, candidate: &Candidate<'_>) -> Verdict {
        match candidate.nick.as_str() {
            "zed" => Verdict::Deny("you know why".into()),
            _ => Verdict::Allow,
        }
    }

    fn join(&mut self, context: &mut Context<'_>, who: PersonId, room: &RoomName) -> Verdict {
        let is_ana = context.nick(who).is_some_and(|nick| nick.as_str() == "ana");
        match room.as_str() {
            "#staff" if !is_ana => Verdict::Deny("it is for the staff".into()),
            _ => Verdict::Allow,
        }
    }

    fn message(&mut self, context: &mut Context<'_>, _: PersonId, said: &Said<'_>) -> Verdict {
        if said.text.contains("://") {
            let ticket = context.ticket();
            // Without the other thread there is no verdict, and after ten seconds it is no.
            let _ = self.links.send((ticket, said.text.to_owned()));
            return Verdict::Later(ticket);
        }
        let shouts = said.text.len() > 3 && !said.text.chars().any(char::is_lowercase);
        match shouts {
            true => Verdict::Rewrite(said.text.to_lowercase()),
            false => Verdict::Allow,
        }
    }
}

/// Stands for whatever takes its time: a database, a list on the network.
fn look_up(links: &Receiver<(Ticket, String)>, handle: &Handle) {
    for (ticket, text) in links {
        thread::sleep(Duration::from_millis(200));
        let verdict = match text.contains("://bad.example") {
            true => Verdict::Deny("that link is on our list".into()),
            false => Verdict::Allow,
        };
        if settle(handle, ticket, &verdict).is_err() {
            break;
        }
    }
}

/// Busy: there is room again after the chat's next turn. Gone: nobody waits for verdicts any more.
fn settle(handle: &Handle, ticket: Ticket, verdict: &Verdict) -> Result<(), HandleError> {
    loop {
        match handle.settle(ticket, verdict.clone()) {
            Err(HandleError::Busy) => thread::sleep(Duration::from_millis(10)),
            told => return told,
        }
    }
}

fn main() -> anyhow::Result<()> {
    let irc = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let irc = irc.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
    let (links, to_look_up) = channel();
    let mut relay = Relay::builder()
        .observer(House { links })
        .irc(irc)?
        .build()?;
    let handle = relay.handle();
    thread::spawn(move || look_up(&to_look_up, &handle));
    println!("irc {}\nready", relay.addresses()[0]);
    Ok(relay.run()?)
}
