//! Reading: drained, within a budget, fair, and whatever the shape in which the bytes arrive.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use chat_core::limits::{INBOX_BYTES_MAX, READ_TURN_BYTES_MAX};
use chat_core::net::Closed;
use loop_support::{PATIENCE, Server, Told, echo, in_background, say};
use socket2::SockRef;

/// A line of 100 bytes.
fn line(i: usize) -> String {
    format!("{i:098}\r\n")
}

fn lines(count: usize) -> String {
    (0..count).map(line).collect()
}

#[test]
fn a_line_is_echoed() {
    let mut server = Server::new(echo);
    let (mut ana, id) = server.client();
    say(&mut ana, "hello\r\n");
    server.expect(&mut ana, "hello\r\n");
    drop(ana);
    server.until_told(&Told::Closed(id, Closed::ByPeer));
    assert!(!server.reactor.people().contains(id));
}

#[test]
fn what_came_with_one_event_is_read_to_the_end_over_several_turns() {
    let mut server = Server::new(|_, _, _, _| {});
    let (mut ana, id) = server.client();
    say(&mut ana, &lines(2_000));
    sleep(Duration::from_millis(50));
    let (start, mut seen) = (Instant::now(), 0);
    while seen < 2_000 {
        server.turn();
        let now = server.lines_of(id).len();
        assert!(start.elapsed() < PATIENCE, "stuck after {seen} lines");
        assert!((now - seen) * 100 <= READ_TURN_BYTES_MAX + 100, "one turn");
        seen = now;
    }
}

#[test]
fn a_line_that_comes_byte_by_byte_is_one_line() {
    let mut server = Server::new(echo);
    let (mut ana, id) = server.client();
    for byte in "h\u{e9}llo\r\n".as_bytes() {
        ana.write_all(&[*byte]).unwrap();
        server.turn();
    }
    server.expect(&mut ana, "h\u{e9}llo\r\n");
    assert_eq!(server.lines_of(id), ["h\u{e9}llo"]);
}

#[test]
fn a_line_across_two_turns_budgets_is_whole() {
    let mut server = Server::new(|_, _, _, _| {});
    let (mut ana, id) = server.client();
    let text = lines(1_500);
    say(&mut ana, &text);
    server.until(|reactor| reactor.host().told.len() == 1_501);
    assert_eq!(server.lines_of(id).join("\r\n") + "\r\n", text);
}

#[test]
fn a_talker_that_floods_does_not_delay_another() {
    // How much was heard of the flood, in all and when Ana was heard.
    let heard = Arc::new([const { AtomicUsize::new(0) }; 2]);
    let [flooded, till_then] = &*Arc::clone(&heard);
    let mut server = Server::new(move |people, who, line, now| {
        let [flooded, till_then] = &*heard;
        if line.len() < 100 {
            till_then.store(flooded.load(Relaxed), Relaxed);
            return echo(people, who, line, now);
        }
        flooded.fetch_add(line.len(), Relaxed);
    });
    let (mut ana, _) = server.client();
    let (mut flooder, _) = server.client();
    ana.set_read_timeout(Some(PATIENCE)).unwrap();
    flooder.set_write_timeout(Some(PATIENCE)).unwrap();
    let flood = ("x".repeat(4_000) + "\n").repeat(32);
    thread::spawn(move || while flooder.write_all(flood.as_bytes()).is_ok() {});
    let (mut delays, _) = in_background(server.reactor, || {
        let delay = |_| {
            let before = flooded.load(Relaxed);
            say(&mut ana, "ping\r\n");
            ana.read_exact(&mut [0; 6]).unwrap();
            till_then.load(Relaxed) - before
        };
        (0..100).map(delay).collect::<Vec<usize>>()
    });
    delays.sort();
    // The median: a machine that is busy otherwise delays some of them.
    assert!(delays[50] <= 4 * READ_TURN_BYTES_MAX, "{delays:?}");
}

#[test]
fn a_line_too_long_is_reported_and_the_next_one_is_read() {
    let mut server = Server::new(echo);
    let (mut ana, id) = server.client();
    say(&mut ana, &("x".repeat(20_000) + "\r\nnext\r\n"));
    server.expect(&mut ana, "next\r\n");
    assert!(server.told().contains(&Told::Unreadable(id)));
}

#[test]
fn a_paused_talker_is_not_heard_and_holds_a_bounded_inbox() {
    let mut server = Server::new(|people, who, _, _| people.pause(who));
    let (mut ana, id) = server.client();
    ana.set_nonblocking(true).unwrap();
    SockRef::from(&ana).set_send_buffer_size(50_000).unwrap();
    let mut taken = 0;
    for _ in 0..200 {
        taken += ana.write(lines(100).as_bytes()).unwrap_or(0);
        server.turn();
    }
    assert_eq!(server.lines_of(id).len(), 1);
    // What does not fit our inbox stays with the kernel, and then with the talker.
    assert!(
        taken > INBOX_BYTES_MAX && taken < 20 * INBOX_BYTES_MAX,
        "{taken}"
    );
}

#[test]
fn a_resumed_talker_goes_on_where_it_was_paused() {
    let mut server = Server::new(|people, who, _, _| people.pause(who));
    let (mut ana, id) = server.client();
    say(&mut ana, &lines(200));
    for count in 1..=200 {
        server.until(|reactor| reactor.host().told.len() == 1 + count);
        server.reactor.turn(Some(Duration::ZERO)).unwrap();
        assert_eq!(server.told().len(), 1 + count);
        server.reactor.with(|_, people, _| people.resume(id));
    }
    assert_eq!(server.lines_of(id).join("\r\n") + "\r\n", lines(200));
}

#[test]
fn somebody_paused_by_another_s_line_is_not_heard_in_the_same_turn() {
    let mut server = Server::new(|people, who, line, _| {
        if line == "hush" {
            for id in people.ids().filter(|&id| id != who).collect::<Vec<_>>() {
                people.pause(id);
            }
        }
    });
    let (mut ana, _) = server.client();
    let (mut bob, bob_id) = server.client();
    say(&mut ana, "hush\r\n");
    server.until(|reactor| reactor.host().told.len() == 3);
    say(&mut bob, "heard?\r\n");
    server.turns_for(Duration::from_millis(50));
    assert!(server.lines_of(bob_id).is_empty());
    server.reactor.with(|_, people, _| people.resume(bob_id));
    server.until_told(&Told::Line(bob_id, "heard?".to_owned()));
}
