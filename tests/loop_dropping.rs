//! Doors that drop: what the host sends is bounded all the same, and the host is told.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::time::{Duration, Instant};

use bytes::Bytes;
use chat_core::gap::Lost;
use chat_core::net::{Closed, Slow, Thin};
use loop_support::{Server, Told, broadcast, say};

const QUEUE: usize = 20_000;

/// `a:0017 …` may be dropped; what has no colon may not.
const DROP: Slow = Slow::Drop(Thin {
    dispensable: |message| {
        let (room, rest) = message.split_once(':')?;
        let msgid = rest.get(..4)?;
        Some(Lost::whole(room, msgid, ""))
    },
    marker: |_, _, _| {},
    notice: |room, gap, out| *out += &format!("{room} lacks {} to {}", gap.count, gap.msgid),
});

/// Numbered lines of 100 bytes.
fn lines(range: std::ops::Range<usize>) -> String {
    range
        .map(|i| format!("a:{i:04} {}\r\n", "x".repeat(91)))
        .collect()
}

/// How many lines there are, with those that are told to be missing.
#[track_caller]
fn account(got: &str) -> usize {
    let mut next = 0;
    for line in got.split_terminator("\r\n") {
        if let Some(told) = line.strip_prefix("a lacks ") {
            let (count, last) = told.split_once(" to ").unwrap();
            next += count.parse::<usize>().unwrap();
            assert_eq!(last.parse(), Ok(next - 1), "{line}");
        } else {
            assert_eq!((line.len(), &line[2..6]), (98, &*format!("{next:04}")));
            next += 1;
        }
    }
    next
}

#[test]
fn a_chunk_far_beyond_the_queue_is_thinned_too() {
    let mut server = Server::with_slow(QUEUE as u64, DROP, |people, who, _, _| {
        people.write_chunk(who, &Bytes::from(lines(0..4000)));
        assert!(people.queued(who) <= QUEUE / 2);
        people.write_chunk(who, &Bytes::from(lines(4000..8000)));
        assert!(people.queued(who) <= QUEUE / 2);
        people.send(who, lines(8000..8001).as_bytes());
    });
    let (mut slow, id) = server.slow_client();
    say(&mut slow, "big\r\n");
    server.until(|reactor| reactor.people().queued(id) > 0);
    slow.shutdown(std::net::Shutdown::Write).unwrap();
    let got = String::from_utf8(server.read_to_end(&mut slow)).unwrap();
    assert_eq!(account(&got), 8001);
    assert!(got.ends_with(&lines(8000..8001)));
    assert!(!server.told().contains(&Told::Overflowed(id)));
}

#[test]
fn what_may_not_be_dropped_and_is_too_much_ends_the_connection() {
    let mut server = Server::with_slow(QUEUE as u64, DROP, broadcast);
    server.reactor.host_mut().last_words = b"ERROR too slow\r\n".to_vec();
    let (mut slow, slow_id) = server.slow_client();
    let (mut ana, ana_id) = server.client();
    let closed = Told::Closed(slow_id, Closed::Overflowed);
    let line = "y".repeat(500) + "\r\n";
    let start = Instant::now();
    while !server.told().contains(&closed) {
        assert!(start.elapsed() < loop_support::PATIENCE);
        assert!(server.reactor.people().queued(slow_id) <= QUEUE);
        say(&mut ana, &line);
        server.expect(&mut ana, &line);
    }
    let got = String::from_utf8(server.read_to_end(&mut slow)).unwrap();
    let whole = got.strip_suffix("ERROR too slow\r\n").unwrap();
    assert_eq!(whole, line.repeat(whole.len() / line.len()));
    assert!(server.reactor.people().contains(ana_id));
}

#[test]
fn the_host_is_told_of_all_that_was_dropped_at_most_once_a_second() {
    let mut server = Server::with_slow(QUEUE as u64, DROP, broadcast);
    let (_slow, slow_id) = server.slow_client();
    let (mut ana, _) = server.client();
    let counts = |server: &Server| -> Vec<u64> {
        let counts = server.told().iter().filter_map(|told| match told {
            Told::Dropped(id, dropped) if *id == slow_id => Some(dropped["a"]),
            _ => None,
        });
        counts.collect()
    };
    for i in 0..800 {
        say(&mut ana, &lines(i..i + 1));
        server.expect(&mut ana, &lines(i..i + 1));
    }
    server.pass(Duration::from_millis(999));
    assert_eq!(counts(&server).len(), 1);
    // Nobody says anything more, and the rest is told all the same.
    server.pass(Duration::from_millis(1));
    assert_eq!(counts(&server).len(), 2);
    server.pass(Duration::from_secs(5));
    let counts = counts(&server);
    assert_eq!(counts.len(), 2);
    let waiting = server.reactor.people().queued(slow_id) as u64 / 100;
    let dropped: u64 = counts.iter().sum();
    assert!(dropped > 200 && dropped + waiting <= 800, "{counts:?}");
    assert_eq!(server.reactor.people().door_name(slow_id), Some("test"));
}
