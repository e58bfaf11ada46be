//! Sessions by a clock that is moved by hand: ghosts, kept names, second tabs.
//! ARCHITECTURE.md "Sessions".
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::net::IpAddr;
use std::time::{Duration, Instant};

use chat_core::id::{Identity, PersonId};
use chat_core::names::Nick;
use chat_web::proxy::Caller;
use chat_web::session::{CannotOpen, Due, Presence, SessionId, Sessions};

const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn person(key: u32) -> PersonId {
    PersonId { key, generation: 1 }
}

/// Sessions, their clock, and what it brought.
struct Clocked {
    sessions: Sessions,
    start: Instant,
    now: Instant,
}

impl Clocked {
    fn new() -> Self {
        let now = Instant::now();
        Clocked {
            sessions: Sessions::new(2),
            start: now,
            now,
        }
    }

    fn open(&mut self, name: &str, from: impl Into<Caller>) -> Result<SessionId, CannotOpen> {
        let nick = Nick::new(name).unwrap();
        let token = self
            .sessions
            .open(nick, Identity(1), from.into(), self.now)?;
        Ok(self
            .sessions
            .find([token.to_text().as_str()].into_iter())
            .unwrap())
    }

    fn ana(&mut self) -> SessionId {
        self.open("ana", LOOPBACK).unwrap()
    }

    fn detach(&mut self, id: SessionId, person: PersonId) {
        self.sessions.detach(id, person, self.now);
    }

    /// Moves the clock to so many seconds after the start; what happened on the way.
    fn at(&mut self, seconds: f64) -> Vec<String> {
        self.now = self.start + Duration::from_secs_f64(seconds);
        let due = std::iter::from_fn(|| self.sessions.due(self.now));
        due.map(|due| match due {
            Due::Quit(_, person) => format!("quit {person}"),
            Due::Gone(session) => format!("gone {}", session.nick),
        })
        .collect()
    }
}

#[test]
fn a_login_without_a_socket_keeps_its_name_for_70_seconds() {
    let mut clock = Clocked::new();
    let id = clock.ana();
    assert_eq!(clock.at(69.9), [""; 0]);
    assert!(clock.sessions.get(id).is_some());
    assert_eq!(clock.at(70.0), ["gone ana"]);
    assert!(clock.sessions.get(id).is_none());
    assert!(clock.sessions.is_empty());
    assert_eq!(clock.sessions.next_due(), None);
}

#[test]
fn a_session_with_a_socket_does_not_end_by_itself() {
    let mut clock = Clocked::new();
    let id = clock.ana();
    assert!(clock.sessions.attach(id, person(1)).is_some());
    assert_eq!(clock.sessions.next_due(), None);
    assert_eq!(clock.at(1e6), [""; 0]);
}

#[test]
fn a_ghost_stays_10_seconds_and_its_name_60_more() {
    let mut clock = Clocked::new();
    let id = clock.ana();
    clock.sessions.attach(id, person(1));
    clock.at(100.0);
    clock.detach(id, person(1));
    assert_eq!(clock.at(109.9), [""; 0]);
    assert_eq!(clock.at(110.0), ["quit 1.1"]);
    assert_eq!(clock.at(169.9), [""; 0]);
    assert_eq!(clock.at(170.0), ["gone ana"]);
}

#[test]
fn who_comes_back_in_time_steps_into_the_ghost() {
    let mut clock = Clocked::new();
    let id = clock.ana();
    clock.sessions.attach(id, person(1));
    clock.detach(id, person(1));
    clock.at(9.0);
    let before = clock.sessions.attach(id, person(2));
    assert_eq!(before.and_then(Presence::person), Some(person(1)));
    assert_eq!(clock.at(1000.0), [""; 0]);
}

#[test]
fn who_comes_back_later_still_has_the_name() {
    let mut clock = Clocked::new();
    let id = clock.ana();
    clock.sessions.attach(id, person(1));
    clock.detach(id, person(1));
    assert_eq!(clock.at(50.0), ["quit 1.1"]);
    let before = clock.sessions.attach(id, person(2));
    assert_eq!(
        before.map(Presence::person),
        Some(None),
        "nobody to step into"
    );
    assert_eq!(clock.at(1000.0), [""; 0]);
}

#[test]
fn a_second_tab_takes_over_and_the_first_one_going_means_nothing() {
    let mut clock = Clocked::new();
    let id = clock.ana();
    clock.sessions.attach(id, person(1));
    let before = clock.sessions.attach(id, person(2));
    assert_eq!(before, Some(Presence::Here(person(1))));
    clock.detach(id, person(1));
    assert_eq!(clock.at(1000.0), [""; 0]);
    assert_eq!(
        clock.sessions.get(id).unwrap().presence,
        Presence::Here(person(2))
    );
}

#[test]
fn a_clock_that_leaps_brings_everything_in_order() {
    let mut clock = Clocked::new();
    let ana = clock.ana();
    let bob = clock.open("bob", LOOPBACK).unwrap();
    for (id, key) in [(ana, 1), (bob, 2)] {
        clock.sessions.attach(id, person(key));
    }
    clock.detach(bob, person(2));
    clock.at(5.0);
    clock.detach(ana, person(1));
    assert_eq!(
        clock.at(1e6),
        ["quit 2.1", "quit 1.1", "gone bob", "gone ana"]
    );
}

#[test]
fn an_ended_session_is_found_no_more() {
    let mut clock = Clocked::new();
    let nick = Nick::new("ana").unwrap();
    let token = clock
        .sessions
        .open(nick, Identity(1), LOOPBACK.into(), clock.now);
    let text = token.unwrap().to_text();
    assert_eq!(text.len(), 22, "128 bits in base64url");
    let id = clock
        .sessions
        .find(["rubbish", "", &text].into_iter())
        .unwrap();
    assert!(clock.sessions.end(id).is_some());
    assert!(clock.sessions.end(id).is_none());
    assert_eq!(clock.sessions.find([text.as_str()].into_iter()), None);
    assert_eq!(clock.sessions.attach(id, person(1)), None);
    assert_eq!(clock.sessions.next_due(), None);
}

#[test]
fn a_renewed_session_has_another_token() {
    let mut clock = Clocked::new();
    let nick = Nick::new("ana").unwrap();
    let old = clock
        .sessions
        .open(nick, Identity(1), LOOPBACK.into(), clock.now);
    let old = old.unwrap().to_text();
    let id = clock.sessions.find([old.as_str()].into_iter()).unwrap();
    let new = clock
        .sessions
        .renew(id, clock.now)
        .unwrap()
        .unwrap()
        .to_text();
    assert_eq!(clock.sessions.find([old.as_str()].into_iter()), None);
    assert_eq!(clock.sessions.find([new.as_str()].into_iter()), Some(id));
}

#[test]
fn a_token_is_not_written_to_a_log() {
    let mut clock = Clocked::new();
    let nick = Nick::new("ana").unwrap();
    let token = clock
        .sessions
        .open(nick, Identity(1), LOOPBACK.into(), clock.now);
    assert_eq!(format!("{:?}", token.unwrap()), "Token(…)");
}

#[test]
fn sessions_are_counted_by_address_and_loopback_is_exempt() {
    let mut clock = Clocked::new();
    let far = IpAddr::from([192, 0, 2, 1]);
    let first = clock.open("a", far).unwrap();
    clock.open("b", far).unwrap();
    assert_eq!(clock.open("c", far), Err(CannotOpen::TooManyFromAddress));
    clock.sessions.end(first);
    assert!(clock.open("c", far).is_ok());
    for name in ["d", "e", "f"] {
        assert!(clock.open(name, LOOPBACK).is_ok());
    }
    assert_eq!(clock.at(70.0).len(), 5);
    assert!(clock.open("g", far).is_ok());
}

#[test]
fn a_network_of_ipv6_is_one_customer_with_its_sessions() {
    let mut clock = Clocked::new();
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    clock.open("a", address("2001:db8::1")).unwrap();
    let last = clock.open("b", address("2001:db8::2:3")).unwrap();
    let third = clock.open("c", address("2001:db8::4"));
    assert_eq!(third, Err(CannotOpen::TooManyFromAddress));
    assert!(clock.open("c", address("2001:db8:0:1::1")).is_ok());
    clock.sessions.end(last);
    assert!(clock.open("d", address("2001:db8::4")).is_ok());
}

#[test]
fn this_machine_is_not_exempt_when_a_proxy_tells_of_it() {
    let mut clock = Clocked::new();
    let told = Caller {
        ip: LOOPBACK,
        told: true,
    };
    clock.open("a", told).unwrap();
    clock.open("b", told).unwrap();
    assert_eq!(clock.open("c", told), Err(CannotOpen::TooManyFromAddress));
}

#[test]
fn logging_in_again_gives_a_kept_name_its_time_once_more() {
    let mut clock = Clocked::new();
    let id = clock.ana();
    clock.at(65.0);
    clock.sessions.renew(id, clock.now).unwrap();
    assert_eq!(clock.at(134.9), [""; 0]);
    assert_eq!(clock.at(135.0), ["gone ana"]);
}
