//! How connections end: with the last words delivered, at once for the others, alone.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::io::{ErrorKind, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chat_core::limits::LINGER;
use chat_core::net::{Closed, Farewell};
use loop_support::{PATIENCE, Server, Told, broadcast, echo, reset, say};

fn farewell() -> Farewell {
    Farewell {
        code: 1000,
        reason: "bye".to_owned(),
    }
}

fn closed(server: &Server) -> Vec<Told> {
    let closed = |told: &&Told| matches!(told, Told::Closed(..));
    server.told().iter().filter(closed).cloned().collect()
}

#[test]
fn a_half_closed_peer_is_heard_answered_announced_and_closed() {
    let mut server = Server::new(echo);
    let (mut ana, id) = server.client();
    say(&mut ana, "one\r\ntwo\r\nhalf");
    ana.shutdown(Shutdown::Write).unwrap();
    // No time passes: nobody waits for anything.
    assert_eq!(server.read_to_end(&mut ana), b"one\r\ntwo\r\n");
    assert_eq!(closed(&server), [Told::Closed(id, Closed::ByPeer)]);
}

#[test]
fn the_end_is_announced_in_the_turn_in_which_it_is_read() {
    let mut server = Server::new(|people, who, _, _| {
        people.send_shared(who, Bytes::from("x".repeat(40_000)));
    });
    let (mut ana, id) = server.slow_client();
    say(&mut ana, "much\r\n");
    ana.shutdown(Shutdown::Write).unwrap();
    server.until_told(&Told::Line(id, "much".to_owned()));
    // The answer is still on its way; nobody waits for that.
    assert_eq!(closed(&server), [Told::Closed(id, Closed::ByPeer)]);
    assert!(!server.reactor.people().contains(id));
    assert_eq!(server.read_to_end(&mut ana).len(), 40_000);
}

#[test]
fn a_paused_peer_that_half_closed_is_heard_to_the_end_when_it_is_resumed() {
    let mut server = Server::new(|people, who, line, now| {
        echo(people, who, line, now);
        people.pause(who);
    });
    let (mut ana, id) = server.client();
    say(&mut ana, "one\r\ntwo\r\nthree\r\n");
    ana.shutdown(Shutdown::Write).unwrap();
    for line in ["one", "two", "three"] {
        server.until_told(&Told::Line(id, line.to_owned()));
        server.turns_for(Duration::from_millis(30));
        assert_eq!(closed(&server), []);
        server.reactor.with(|_, people, _| people.resume(id));
    }
    server.until_told(&Told::Closed(id, Closed::ByPeer));
    assert_eq!(server.read_to_end(&mut ana), b"one\r\ntwo\r\nthree\r\n");
}

#[test]
fn a_peer_that_resets_in_the_middle_of_a_broadcast_ends_alone() {
    let mut server = Server::new(broadcast);
    let (mut ana, _) = server.client();
    let (bob, bob_id) = server.client();
    let (mut carl, _) = server.client();
    say(&mut ana, "one\r\n");
    server.expect(&mut ana, "one\r\n");
    say(&mut ana, "two\r\n");
    reset(bob);
    server.expect(&mut ana, "two\r\n");
    server.expect(&mut carl, "one\r\ntwo\r\n");
    let reset = Told::Closed(bob_id, Closed::Failed(ErrorKind::ConnectionReset));
    server.until_told(&reset);
    assert_eq!(closed(&server), [reset]);
    say(&mut carl, "three\r\n");
    server.expect(&mut ana, "three\r\n");
}

#[test]
fn a_write_to_a_peer_that_is_gone_ends_it_once_and_nobody_else() {
    let mut server = Server::new(broadcast);
    let (mut ana, ana_id) = server.client();
    let (bob, bob_id) = server.client();
    // Paused, so that only writing can find out.
    server.reactor.with(|_, people, _| people.pause(bob_id));
    reset(bob);
    let start = Instant::now();
    let mut says = 0;
    while says < 3 || closed(&server).is_empty() {
        assert!(start.elapsed() < PATIENCE, "not found out");
        say(&mut ana, "anybody?\r\n");
        server.expect(&mut ana, "anybody?\r\n");
        says += 1;
    }
    say(&mut ana, "nobody\r\n");
    server.expect(&mut ana, "nobody\r\n");
    let told = closed(&server);
    assert!(
        matches!(&told[..], [Told::Closed(id, Closed::Failed(_))] if *id == bob_id),
        "{told:?}"
    );
    assert!(server.reactor.people().contains(ana_id));
}

#[test]
fn a_dismissed_peer_that_is_still_talking_reads_what_was_said_last() {
    let mut server = Server::new(|people, who, line, _| {
        if line == "quit" {
            people.send(who, b"ERROR :bye\r\n");
            people.dismiss(who, &farewell());
            people.send(who, b"never\r\n");
        }
    });
    let (mut ana, id) = server.client();
    // More than one read takes is still unread when the socket would be closed.
    say(
        &mut ana,
        &("quit\r\n".to_owned() + &"more\r\n".repeat(20_000)),
    );
    server.until_told(&Told::Closed(id, Closed::Dismissed));
    assert!(!server.reactor.people().contains(id));
    assert_eq!(server.read_to_end(&mut ana), b"ERROR :bye\r\n");
    ana.write_all(b"and more\r\n").unwrap();
    server.turns_for(Duration::from_millis(20));
    assert!(ana.write_all(b"no reset\r\n").is_ok());
    assert_eq!(server.lines_of(id), ["quit"]);
    assert_eq!(closed(&server).len(), 1);
}

#[test]
fn a_dismissed_peer_that_does_not_close_is_closed_after_the_linger() {
    let mut server = Server::new(|people, who, _, _| people.dismiss(who, &farewell()));
    let (mut ana, id) = server.client();
    say(&mut ana, "quit\r\n");
    server.until_told(&Told::Closed(id, Closed::Dismissed));
    server.pass(LINGER - Duration::from_millis(1));
    for _ in 0..5 {
        assert!(ana.write_all(b"still here\r\n").is_ok(), "too early");
        server.turn();
    }
    server.pass(Duration::from_millis(1));
    let start = Instant::now();
    while ana.write_all(b"still here\r\n").is_ok() {
        assert!(start.elapsed() < PATIENCE, "never closed");
        server.turn();
    }
}

#[test]
fn a_dismissed_peer_that_does_not_close_costs_no_turns() {
    let mut server = Server::new(|people, who, _, _| people.dismiss(who, &farewell()));
    let (mut ana, id) = server.client();
    say(&mut ana, "quit\r\n");
    server.until_told(&Told::Closed(id, Closed::Dismissed));
    server.reactor.start_clock();
    let before = server.reactor.host().turns;
    server.turns_for(LINGER / 2);
    let turns = server.reactor.host().turns - before;
    assert!(turns < 100, "{turns} turns for nothing");
}

#[test]
fn a_leaver_with_a_full_socket_gets_all_that_waited_if_it_reads_now() {
    let text = "x".repeat(40_000);
    let mut server = Server::new(move |people, who, _, _| {
        people.send_shared(who, Bytes::from("x".repeat(40_000)));
        people.dismiss(who, &farewell());
    });
    let (mut ana, id) = server.slow_client();
    say(&mut ana, "quit\r\n");
    server.until_told(&Told::Closed(id, Closed::Dismissed));
    assert_eq!(server.read_to_end(&mut ana), text.as_bytes());
}

#[test]
fn a_leaver_that_talks_on_before_it_reads_is_let_finish() {
    let mut server = Server::new(|people, who, _, _| {
        people.send(who, b"ERROR :bye\r\n");
        people.dismiss(who, &farewell());
    });
    let (mut ana, _) = server.client();
    // More than all buffers between us hold, so that somebody has to take it.
    let much = "quit\r\n".repeat(1_200_000);
    let writer = std::thread::spawn({
        let mut ana = ana.try_clone().unwrap();
        ana.set_write_timeout(Some(PATIENCE)).unwrap();
        move || ana.write_all(much.as_bytes())
    });
    while !writer.is_finished() {
        server.turn();
    }
    writer.join().unwrap().unwrap();
    assert_eq!(server.read_to_end(&mut ana), b"ERROR :bye\r\n");
}

#[test]
fn a_leaver_that_floods_does_not_delay_others() {
    let mut server = Server::new(|people, who, line, now| match line {
        "quit" => people.dismiss(who, &farewell()),
        _ => echo(people, who, line, now),
    });
    let (mut ana, _) = server.client();
    let (mut flooder, flooder_id) = server.client();
    say(&mut flooder, "quit\r\n");
    server.until_told(&Told::Closed(flooder_id, Closed::Dismissed));
    let flood = std::thread::spawn(move || while flooder.write_all(&[b'x'; 65_536]).is_ok() {});
    let turns = server.reactor.host().turns;
    for _ in 0..50 {
        say(&mut ana, "ping\r\n");
        server.expect(&mut ana, "ping\r\n");
    }
    let turns = server.reactor.host().turns - turns;
    assert!(turns < 500, "{turns} turns");
    assert!(!flood.is_finished(), "it has its time");
    server.pass(LINGER);
    let start = Instant::now();
    while !flood.is_finished() {
        assert!(start.elapsed() < PATIENCE, "it goes on and on");
        server.turn();
    }
}

#[test]
fn somebody_without_a_socket_can_be_dismissed_too() {
    let mut server = Server::new(echo);
    let (_ana, ana_id) = server.client();
    let id = server.reactor.with(|_, people, _| {
        let peer = people.peer(ana_id).unwrap().clone();
        let id = people.insert_silent(peer.door, peer.ip);
        people.dismiss(id, &farewell());
        id
    });
    server.turn();
    assert_eq!(closed(&server), [Told::Closed(id, Closed::Dismissed)]);
    assert!(!server.reactor.people().contains(id));
}
