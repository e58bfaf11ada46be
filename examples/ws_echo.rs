//! Sends each WebSocket message back, through the very framing and reactor that the chat page uses.
//!
//! ```text
//! cargo run --release -p chat-web --example ws_echo -- --http 127.0.0.1:9001 --max-message-bytes 16777216
//! ```
//!
//! So a WebSocket conformance suite can be run on the chat's own connection code. Autobahn's is in the
//! image `crossbario/autobahn-testsuite`, and on PyPI as `autobahntestsuite` for Python 2.7:
//! `wstest -m fuzzingclient -s spec.json` with this file, beside which it writes `reports/index.html`:
//!
//! ```text
//! {"servers": [{"url": "ws://127.0.0.1:9001"}], "outdir": "reports", "cases": ["*"], "exclude-cases": ["12.*", "13.*"]}
//! ```
//!
//! Classes 12 and 13 are about compression, which is not spoken here. What the other ones ask is also asked,
//! without the suite, by `tests/websocket_cases.rs`.
//!
//! Memory is bounded for each connection: a message grows as it comes, to `--max-message-bytes` at
//! most, and while more than that waits to be sent back, nothing more is read.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::BytesMut;
use chat_core::id::{DoorId, PersonId};
use chat_core::limits::Limits;
use chat_core::net::{After, Closed, Door, Frame, Host, People, Reactor};
use chat_core::time::Now;
use chat_web::http::{Response, Status};
use chat_web::web::{Answer, Claim, Event, Exchange, Mode, Settings, Upgrade, Web, shake_hands};
use clap::Parser;

#[derive(Parser)]
struct Args {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:9001")]
    http: SocketAddr,
    /// The longest message, its fragments together
    #[arg(long, default_value_t = 16 * 1024 * 1024)]
    max_message_bytes: u64,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let limits = Limits {
        websocket_message_bytes: args.max_message_bytes,
        send_queue_bytes: args.max_message_bytes.saturating_mul(4).max(1 << 20),
        ..Limits::default()
    };
    let settings = Settings {
        mode: Mode::Raw,
        ..Settings::from(&limits)
    };
    let door = Door::bind("http", args.http, move || Box::new(Web::new(settings)))
        .with_context(|| format!("--http {}: cannot open this door", args.http))?;
    println!("http {}\nready", door.local_addr()?);
    let echo = Echo {
        queue_bytes_max: usize::try_from(limits.send_queue_bytes / 4)?,
    };
    let mut reactor = Reactor::new(echo, &limits)?;
    reactor.open(door)?;
    loop {
        reactor.turn(None)?;
    }
}

/// A host that only says what it hears.
struct Echo {
    /// Bytes waiting for somebody above which that one is not heard: a quarter of the queue, as
    /// `drained` has it, so the message that goes beyond it always fits.
    queue_bytes_max: usize,
}

impl Echo {
    /// Nobody may say more than is taken back.
    fn hold(&self, people: &mut People, who: PersonId) {
        if people.queued(who) > self.queue_bytes_max {
            people.pause(who);
            people.want_drained(who);
        }
    }
}

impl Host for Echo {
    fn opened(&mut self, people: &mut People, who: PersonId, _door: DoorId, now: Now) {
        people.set_deadline(who, deadline(now));
    }

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, _now: Now) {
        let Frame::Other(other) = frame else { return };
        match other.downcast_mut() {
            Some(Event::Asked(exchange)) => answer(exchange),
            Some(Event::Opened(_)) => people.clear_deadline(who),
            Some(Event::Raw(raw)) => {
                let mut bytes = BytesMut::with_capacity(raw.payload.len() + 10);
                (raw.opcode.wire().wrap)(&raw.payload, &mut bytes);
                people.send_shared(who, bytes.freeze());
                self.hold(people, who);
            }
            Some(Event::Pinged) => self.hold(people, who),
            None => {}
        }
    }

    fn drained(&mut self, people: &mut People, who: PersonId, _now: Now) {
        people.resume(who);
    }

    fn closed(&mut self, _people: &mut People, _who: PersonId, _why: Closed, _now: Now) -> After {
        After::Bury
    }

    fn deadline(&mut self, people: &mut People, who: PersonId, _now: Now) {
        if people
            .framing_mut::<Web>(who)
            .is_some_and(|web| !web.is_open())
        {
            let reason = "nothing was asked".to_owned();
            people.dismiss(who, &chat_core::net::Farewell { code: 1000, reason });
        }
    }
}

/// Every path is a WebSocket; whatever else is asked is told so.
fn answer(exchange: &mut Exchange) {
    let answer = match &exchange.request {
        Ok(request) => match shake_hands(request) {
            Ok((response, opcode)) => Answer::Upgrade(Upgrade {
                response,
                opcode,
                claim: Claim::Nobody,
            }),
            Err(response) => Answer::Respond(response),
        },
        Err(rejection) => Answer::Respond(
            Response::new(Status::BAD_REQUEST)
                .closing()
                .body("text/plain", rejection.why.as_bytes()),
        ),
    };
    exchange.answer(answer);
}

fn deadline(now: Now) -> Instant {
    now.mono + Duration::from_secs(10)
}
