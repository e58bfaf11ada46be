//! Time: deadlines pass, an idle reactor sleeps, another thread can wake it.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use chat_core::limits::WHEEL_TICK;
use chat_core::net::{Closed, Farewell};
use loop_support::{PATIENCE, Room, Server, Told, echo, in_background, say};

fn is_send<T: Send>(_: &T) {}

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_deadline_passes_once_never_early_and_hardly_late() {
    let mut server = Server::new(echo);
    let (_ana, id) = server.client();
    server
        .reactor
        .with(|_, people, now| people.set_deadline(id, now.mono + 250 * MS));
    let passed = |server: &Server| {
        let is_it = |told: &&Told| **told == Told::Deadline(id);
        server.told().iter().filter(is_it).count()
    };
    server.pass(249 * MS);
    assert_eq!(passed(&server), 0);
    server.pass(MS + WHEEL_TICK);
    assert_eq!(passed(&server), 1);
    server.pass(300 * MS);
    assert_eq!(passed(&server), 1);
}

#[test]
fn a_deadline_ends_a_long_sleep() {
    let mut server = Server::new(echo);
    let (_ana, id) = server.client();
    server.reactor.start_clock();
    let start = Instant::now();
    server
        .reactor
        .with(|_, people, now| people.set_deadline(id, now.mono + 250 * MS));
    while !server.told().contains(&Told::Deadline(id)) {
        server.reactor.turn(Some(PATIENCE)).unwrap();
    }
    assert!(start.elapsed() >= 250 * MS, "{:?}", start.elapsed());
    assert!(start.elapsed() < PATIENCE / 2, "{:?}", start.elapsed());
}

#[test]
fn the_last_deadline_that_was_set_wins_later_or_earlier() {
    let mut server = Server::new(echo);
    let (_ana, ana) = server.client();
    let (_bob, bob) = server.client();
    let (_carl, carl) = server.client();
    server.reactor.with(|_, people, now| {
        people.set_deadline(ana, now.mono + 100 * MS);
        people.set_deadline(ana, now.mono + 500 * MS);
        people.set_deadline(bob, now.mono + Duration::from_secs(60));
        people.set_deadline(bob, now.mono + 200 * MS);
        people.set_deadline(carl, now.mono + 100 * MS);
        people.clear_deadline(carl);
    });
    server.pass(300 * MS);
    assert!(server.told().contains(&Told::Deadline(bob)));
    server.pass(199 * MS);
    assert!(!server.told().contains(&Told::Deadline(ana)));
    server.pass(MS + WHEEL_TICK);
    assert!(server.told().contains(&Told::Deadline(ana)));
    assert!(!server.told().contains(&Told::Deadline(carl)));
}

#[test]
fn a_deadline_does_not_outlive_its_person() {
    let mut server = Server::new(echo);
    let (ana, id) = server.client();
    server
        .reactor
        .with(|_, people, now| people.set_deadline(id, now.mono + 150 * MS));
    drop(ana);
    server.until_told(&Told::Closed(id, Closed::ByPeer));
    let (_bob, bob) = server.client();
    assert_eq!(bob.key, id.key);
    server.pass(400 * MS);
    let deadline = |told: &Told| matches!(told, Told::Deadline(_));
    assert!(!server.told().iter().any(deadline));
}

#[test]
fn a_byte_now_and_then_does_not_keep_a_connection_that_its_host_gave_a_deadline() {
    let mut server = Server::new(echo);
    let (mut ana, id) = server.client();
    server
        .reactor
        .with(|_, people, now| people.set_deadline(id, now.mono + 300 * MS));
    for _ in 0..6 {
        say(&mut ana, "x");
        server.turns_for(10 * MS);
        server.pass(80 * MS);
    }
    assert!(server.told().contains(&Told::Deadline(id)));
    let farewell = Farewell {
        code: 1000,
        reason: "too slow".to_owned(),
    };
    server
        .reactor
        .with(|_, people, _| people.dismiss(id, &farewell));
    assert_eq!(server.read_to_end(&mut ana), b"");
}

#[test]
fn an_idle_reactor_sleeps_and_wakes_for_another_thread() {
    let mut server = Server::new(echo);
    let clients: Vec<_> = (0..20).map(|_| server.client()).collect();
    server.turns_for(50 * MS);
    server.reactor.start_clock();
    is_send(&server.reactor);
    let turns = server.reactor.host().turns;
    let ((), mut reactor) = in_background(server.reactor, || sleep(1000 * MS));
    // One that woke at each tick of its wheel would turn ten times. A signal may end a sleep.
    let turns = reactor.host().turns - turns;
    assert!(turns <= 5, "{turns} turns");
    // If one did while it was woken, there was no turn to tell.
    reactor.turn(Some(Duration::ZERO)).unwrap();
    assert!(reactor.host().told.contains(&Told::Woken));
    drop(clients);
}

#[test]
fn a_wake_that_comes_before_the_sleep_is_not_lost() {
    let mut server = Server::new(echo);
    server.turns_for(30 * MS);
    server.reactor.waker().wake().unwrap();
    let start = Instant::now();
    server.reactor.turn(Some(PATIENCE)).unwrap();
    assert!(start.elapsed() < PATIENCE / 2);
    assert_eq!(woken(server.reactor.host()), 1);
    server.turn();
    assert_eq!(woken(server.reactor.host()), 1, "told once");
}

fn woken(room: &Room) -> usize {
    room.told
        .iter()
        .filter(|&told| *told == Told::Woken)
        .count()
}

#[test]
fn nothing_that_is_left_to_do_waits_for_an_event() {
    let mut server = Server::new(|people, who, _, _| people.pause(who));
    let (mut ana, id) = server.client();
    let start = Instant::now();
    say(&mut ana, "one\r\ntwo\r\n");
    server.until_told(&Told::Line(id, "one".to_owned()));
    server.turns_for(20 * MS);
    server.reactor.with(|_, people, _| people.resume(id));
    server.reactor.turn(Some(PATIENCE)).unwrap();
    assert_eq!(server.lines_of(id), ["one", "two"]);
    server
        .reactor
        .with(|_, people, _| people.send(id, b"said between two turns\r\n"));
    server.reactor.turn(Some(PATIENCE)).unwrap();
    server.expect(&mut ana, "said between two turns\r\n");
    server.reactor.with(|_, people, _| {
        people.dismiss(id, &Farewell::too_slow());
    });
    server.reactor.turn(Some(PATIENCE)).unwrap();
    assert!(!server.reactor.people().contains(id));
    assert!(start.elapsed() < PATIENCE / 2);
}

#[test]
fn many_threads_may_wake_at_once() {
    let mut server = Server::new(echo);
    let wakers: Vec<_> = (0..4).map(|_| server.reactor.waker()).collect();
    let threads = wakers
        .into_iter()
        .map(|waker| thread::spawn(move || waker.wake().unwrap()));
    threads.for_each(|thread| thread.join().unwrap());
    server.until_told(&Told::Woken);
}
