//! Writing: what a full socket does not take waits, leaves later, and costs nobody anything.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::io::Read;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chat_core::net::Closed;
use loop_support::{PATIENCE, Server, Told, broadcast, in_background, is_timeout, say};

/// What `big` makes the host say: 2,000 lines that tell their place.
fn big() -> String {
    (0..2_000).map(|i| format!("{i:0>98}\r\n")).collect()
}

fn server() -> Server {
    Server::with_queue(1 << 20, |people, who, _, _| {
        people.send_shared(who, Bytes::from(big()));
    })
}

#[test]
fn what_a_full_socket_did_not_take_leaves_when_there_is_room() {
    let mut server = server();
    let (mut ana, id) = server.slow_client();
    say(&mut ana, "big\r\n");
    server.until(|reactor| reactor.people().queued(id) > 100_000);
    server.turns_for(Duration::from_millis(50));
    server.expect(&mut ana, &big());
    assert_eq!(server.reactor.people().queued(id), 0);
}

#[test]
fn a_line_taken_a_byte_at_a_time_is_whole() {
    let mut server = server();
    let (mut ana, id) = server.slow_client();
    say(&mut ana, "big\r\n");
    server.until(|reactor| reactor.people().queued(id) > 0);
    let (mut got, mut byte) = (Vec::new(), [0; 1]);
    while got.len() < 20_000 {
        match ana.read(&mut byte) {
            Ok(count) => got.extend_from_slice(&byte[..count]),
            Err(error) => assert!(is_timeout(&error)),
        }
        server.reactor.turn(Some(Duration::ZERO)).unwrap();
    }
    assert_eq!(got, big().as_bytes()[..20_000]);
    server.expect(&mut ana, &big()[20_000..]);
}

#[test]
fn somebody_who_does_not_read_costs_no_time_and_others_get_everything() {
    let mut server = Server::with_queue(1 << 20, broadcast);
    let (_stalled, stalled_id) = server.slow_client();
    let (mut ana, ana_id) = server.client();
    let line = "x".repeat(4_000) + "\r\n";
    for _ in 0..100 {
        say(&mut ana, &line);
        server.expect(&mut ana, &line);
        server.pass(Duration::from_millis(2));
    }
    let people = server.reactor.people();
    assert!(people.queued(stalled_id) > 100_000);
    let (just, now) = (Duration::from_millis(1), server.reactor.now().mono);
    assert!(
        !people.backlog(stalled_id).is_read_within(just, now)
            && people.backlog(ana_id).is_read_within(just, now)
    );
    // What is said to somebody whose socket is full is no reason to try, or to stay awake.
    server.reactor.start_clock();
    let sleeps = |_| {
        server
            .reactor
            .with(|_, people, _| people.send(stalled_id, b"more\r\n"));
        let start = Instant::now();
        let turned = server.reactor.turn(Some(Duration::from_millis(50)));
        turned.unwrap();
        start.elapsed() > Duration::from_millis(40)
    };
    // A signal may end a sleep.
    assert!((0..3).any(sleeps));
    let turns = server.reactor.host().turns;
    let (_, reactor) = in_background(server.reactor, || {
        std::thread::sleep(Duration::from_millis(500));
    });
    assert!(reactor.host().turns - turns < 5, "an idle reactor sleeps");
}

#[test]
fn what_is_said_in_one_turn_leaves_in_order_directly_or_queued() {
    let mut server = Server::new(|people, who, _, _| {
        people.write_chunk(who, &Bytes::from_static(b"direct\r\n"));
        people.send(who, b"queued\r\n");
        people.write_chunk(who, &Bytes::from_static(b"behind\r\n"));
        people.send_shared(who, Bytes::from_static(b"shared\r\n"));
    });
    let (mut ana, id) = server.client();
    say(&mut ana, "go\r\n");
    server.expect(&mut ana, "direct\r\nqueued\r\nbehind\r\nshared\r\n");
    assert_eq!(server.reactor.people().queued(id), 0);
}

#[test]
fn a_queue_that_drains_is_told_once_to_whoever_asked() {
    let mut server = Server::with_queue(1 << 20, |people, who, _, _| {
        people.send_shared(who, Bytes::from(big().repeat(2)));
        people.want_drained(who);
    });
    let (mut ana, id) = server.slow_client();
    say(&mut ana, "big\r\n");
    server.until(|reactor| reactor.people().queued(id) > 300_000);
    server.turns_for(Duration::from_millis(50));
    assert!(!server.told().contains(&Told::Drained(id)));
    server.expect(&mut ana, &big().repeat(2));
    let told = server
        .told()
        .iter()
        .filter(|&told| *told == Told::Drained(id));
    assert_eq!(told.count(), 1);
}

#[test]
fn somebody_with_nothing_queued_is_told_so_in_the_same_turn() {
    let mut server = Server::new(|people, who, _, _| people.want_drained(who));
    let (mut ana, id) = server.client();
    say(&mut ana, "go\r\n");
    server.until_told(&Told::Line(id, "go".to_owned()));
    assert!(server.told().contains(&Told::Drained(id)));
}

#[test]
fn a_reader_that_never_reads_is_cut_announced_and_gets_last_words_after_whole_lines() {
    let mut server = Server::with_queue(20_000, broadcast);
    server.reactor.host_mut().last_words = b"ERROR :too slow\r\n".to_vec();
    let (mut slow, slow_id) = server.slow_client();
    let (mut ana, ana_id) = server.client();
    let line = "x".repeat(500) + "\r\n";
    let closed = Told::Closed(slow_id, Closed::Overflowed);
    let (start, mut said, mut waiting) = (Instant::now(), 0, 0);
    while !server.told().contains(&closed) {
        assert!(start.elapsed() < PATIENCE);
        waiting = waiting.max(server.reactor.people().queued(slow_id));
        assert!(waiting <= 20_000);
        say(&mut ana, &line);
        server.expect(&mut ana, &line);
        said += line.len();
    }
    assert!(!server.reactor.people().contains(slow_id));
    let got = String::from_utf8(server.read_to_end(&mut slow)).unwrap();
    let lines = got.strip_suffix("ERROR :too slow\r\n").unwrap();
    assert_eq!(lines, line.repeat(lines.len() / line.len()));
    let gave_way = said - lines.len();
    assert!(
        gave_way + 2 * line.len() > waiting,
        "{gave_way} of {waiting}"
    );
    assert!(server.reactor.people().contains(ana_id));
}

#[test]
fn a_chunk_far_beyond_the_queue_ends_with_a_whole_line_and_the_last_words() {
    let mut server = Server::with_queue(20_000, |people, who, _, _| {
        people.write_chunk(who, &Bytes::from(big().repeat(2)));
        assert!(people.queued(who) <= 20_000, "nothing more is queued");
    });
    server.reactor.host_mut().last_words = b"ERROR :too slow\r\n".to_vec();
    let (mut slow, slow_id) = server.slow_client();
    say(&mut slow, "big\r\n");
    server.until_told(&Told::Closed(slow_id, Closed::Overflowed));
    let got = String::from_utf8(server.read_to_end(&mut slow)).unwrap();
    let lines = got.strip_suffix("ERROR :too slow\r\n").unwrap();
    assert!(lines.ends_with("\r\n") && big().repeat(2).starts_with(lines));
}

#[test]
fn a_turn_that_says_more_than_the_queue_holds_does_not_cut_somebody_who_reads() {
    let mut server = Server::with_queue(4_096, |people, who, _, _| {
        for _ in 0..20 {
            people.send(who, &[b'x'; 1_000]);
        }
    });
    let (mut ana, id) = server.client();
    ana.set_read_timeout(Some(PATIENCE)).unwrap();
    let reader = std::thread::spawn({
        let mut ana = ana.try_clone().unwrap();
        move || (0..20_000).map_while(|_| read_byte(&mut ana)).count()
    });
    say(&mut ana, "go\r\n");
    server.until(|reactor| reactor.people().queued(id) == 0 && reactor.host().told.len() > 1);
    assert!(!server.told().contains(&Told::Overflowed(id)));
    server.turns_for(Duration::from_millis(100));
    assert_eq!(reader.join().unwrap(), 20_000);
}

fn read_byte(client: &mut std::net::TcpStream) -> Option<()> {
    client.read_exact(&mut [0; 1]).ok()
}
