//! How long anybody may be silent: registration, ping and the answer to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::time::{Duration, Instant};

use chat_core::limits::{BATCH_OPEN, Limits};
use chat_core::relay::Relay;
use limits_support::{House, timed};
use test_support::LineClient;

const SECOND: Duration = Duration::from_secs(1);

fn hurried() -> Limits {
    Limits {
        registration_seconds: 1,
        ping_seconds: 1,
        pong_seconds: 1,
        ..Limits::default()
    }
}

/// Reads to the end, which must come no sooner than `soonest`; the last line.
#[track_caller]
fn dismissed(person: &mut LineClient, soonest: Duration) -> String {
    let (lines, time) = timed(|| person.expect_eof());
    assert!(time >= soonest, "after {time:?} already");
    assert!(time < soonest + 4 * SECOND, "only after {time:?}");
    lines.last().cloned().unwrap_or_default()
}

/// Says something again and again until it is too late.
#[track_caller]
fn dismissed_while_saying(person: &mut LineClient, bytes: &[u8], every: Duration) -> String {
    let start = Instant::now();
    let mut heard = Vec::new();
    while start.elapsed() < 5 * SECOND {
        if person.try_send_bytes(bytes).is_err() {
            break;
        }
        std::thread::sleep(every);
        match person.poll() {
            Some(lines) => heard.extend(lines),
            None => break,
        }
    }
    heard.extend(person.expect_eof());
    assert!(
        start.elapsed() < 4 * SECOND,
        "only after {:?}",
        start.elapsed()
    );
    heard.last().cloned().unwrap_or_default()
}

#[test]
fn who_does_not_register_is_told_and_sent_away() {
    let house = House::new(&hurried());
    for lines in ["", "NICK ana", "USER a 0 * :a", "CAP LS 302", "PASS x"] {
        let mut ana = LineClient::connect(house.irc);
        if !lines.is_empty() {
            ana.send(lines);
        }
        let last = dismissed(&mut ana, SECOND - Duration::from_millis(150));
        assert_eq!(
            last, "ERROR :Closing link: you did not say who you are within 1 seconds",
            "{lines}"
        );
    }
}

#[test]
fn negotiation_that_hangs_does_not_hold_registration_open() {
    let house = House::new(&hurried());
    let mut ana = LineClient::connect(house.irc);
    for line in [
        "CAP LS 302",
        "NICK ana",
        "USER ana 0 * :ana",
        "CAP REQ :batch",
    ] {
        ana.send(line);
    }
    let last = dismissed(&mut ana, SECOND - Duration::from_millis(150));
    assert!(last.starts_with("ERROR "), "{last}");
    house.person("ana");
}

#[test]
fn a_byte_every_so_often_does_not_help() {
    let house = House::new(&hurried());
    let mut ana = LineClient::connect(house.irc);
    let last = dismissed_while_saying(&mut ana, b"N", Duration::from_millis(200));
    assert!(last.starts_with("ERROR :Closing link: you did"), "{last}");
}

#[test]
fn nor_does_talking_so_much_that_one_is_delayed() {
    let house = House::new(&hurried());
    let mut ana = LineClient::connect(house.irc);
    let lines = "PING x\r\n".repeat(30);
    let last = dismissed_while_saying(&mut ana, lines.as_bytes(), Duration::from_millis(100));
    assert!(last.starts_with("ERROR :Closing link: you did"), "{last}");
}

#[test]
fn who_does_not_say_a_name_at_the_plain_door_is_sent_away() {
    let house = House::new(&hurried());
    let mut ana = LineClient::connect(house.plain);
    let last = dismissed(&mut ana, SECOND - Duration::from_millis(150));
    assert!(last.starts_with("* goodbye: you did not"), "{last}");
}

#[test]
fn who_answers_a_ping_stays() {
    let house = House::new(&hurried());
    let mut ana = house.member("ana", "#a");
    ana.answer_pings(false);
    let until = Instant::now() + 4 * SECOND;
    let mut pings = 0;
    while Instant::now() < until {
        assert_eq!(ana.next_line(), "PING :chat.local");
        ana.send("PONG :chat.local");
        pings += 1;
    }
    assert!((3..=5).contains(&pings), "{pings} pings");
}

#[test]
fn who_does_not_answer_is_dismissed_and_the_rooms_hear_why() {
    let house = House::new(&hurried());
    let mut bob = house.member("bob", "#a");
    let mut ana = house.member("ana", "#a");
    ana.answer_pings(false);
    let hears = std::thread::spawn(move || bob.expect_contains("QUIT"));
    let lines = ana.expect_eof();
    let reason = "ping timeout: no answer for 1 seconds";
    assert_eq!(lines[0], "PING :chat.local");
    assert_eq!(lines[1], format!("ERROR :Closing link: {reason}"));
    let quit = hears.join().unwrap();
    assert!(quit.starts_with(":ana!") && quit.ends_with(&format!(" QUIT :{reason}")));
}

#[test]
fn whatever_is_said_counts_as_an_answer() {
    let house = House::new(&hurried());
    let mut ana = house.person("ana");
    ana.answer_pings(false);
    for _ in 0..7 {
        std::thread::sleep(Duration::from_millis(500));
        ana.send("AWAY");
        ana.expect_contains(" 305 ");
    }
}

#[test]
fn a_talker_who_is_delayed_is_not_pinged_out() {
    let limits = Limits {
        flood_lines: 2,
        flood_lines_per_second: 1,
        ..hurried()
    };
    let house = House::new(&limits);
    let mut ana = LineClient::connect(house.irc);
    ana.send("NICK ana\r\nUSER a 0 * :a\r\nAWAY\r\nAWAY\r\nAWAY\r\nAWAY\r\nPING end");
    ana.expect_contains("PONG chat.local :end");
}

#[test]
fn the_plain_door_is_not_pinged() {
    let house = House::new(&hurried());
    let mut ana = LineClient::connect(house.plain);
    ana.send("ana");
    ana.expect_contains("#lobby");
    let _ = ana.poll();
    ana.quiet(3 * SECOND);
    ana.send("/who");
    ana.expect_contains("ana");
}

#[test]
fn who_takes_nothing_of_a_long_reply_is_not_kept_for_ever() {
    let limits = Limits {
        send_queue_bytes: 32 * 1024,
        flood_lines: chat_core::limits::UNLIMITED,
        rooms_per_person: 1000,
        ..hurried()
    };
    let house = House::new(&limits);
    let mut bob = house.person("bob");
    for room in 0..1000 {
        bob.send(&format!("JOIN #{room}-{}", "x".repeat(24)));
    }
    bob.fence();
    let mut ana = house.slow_person("ana", &[]);
    ana.join("#0-xxxxxxxxxxxxxxxxxxxxxxxx");
    ana.send("LIST");
    let (quit, time) =
        timed(|| bob.expect(|line| line.starts_with(":ana!") && line.contains(" QUIT ")));
    assert!(time > SECOND, "{time:?}: {quit}");
}

#[test]
fn who_hangs_up_is_gone_within_a_second_however_they_do_it() {
    let house = House::new(&Limits::default());
    let mut bob = house.member("bob", "#lobby");
    for (number, door) in [house.irc, house.plain].into_iter().enumerate() {
        for (way, end) in ENDS.iter().enumerate() {
            let nick = format!("ana{number}{way}");
            let mut ana = LineClient::connect(door);
            match door == house.irc {
                true => ana.send(&format!("NICK {nick}\r\nUSER a 0 * :a\r\nJOIN #lobby")),
                false => ana.send(&nick),
            }
            bob.expect_contains(&format!(":{nick}!"));
            let (_, time) = timed(|| {
                let _still_there = end(ana);
                bob.expect_contains(" QUIT ")
            });
            assert!(time < SECOND, "{nick}: {time:?}");
        }
    }
}

/// Ways to go; of the first one, our half of the connection stays open.
const ENDS: [fn(LineClient) -> Option<LineClient>; 3] = [
    |mut ana| {
        ana.shutdown_write();
        Some(ana)
    },
    |ana| {
        drop(ana);
        None
    },
    |ana| {
        ana.reset();
        None
    },
];

#[test]
fn a_batch_that_stays_open_ends_and_what_is_left_of_it_is_ignored() {
    let mut chat = Relay::ephemeral().unwrap();
    chat.enter("ana").unwrap();
    chat.enter("bob").unwrap();
    chat.send("ana", "CAP REQ :draft/multiline batch").unwrap();
    chat.send("ana", "BATCH +1 draft/multiline #lobby").unwrap();
    chat.send("ana", "@batch=1 PRIVMSG #lobby :one").unwrap();
    chat.advance(BATCH_OPEN - SECOND).unwrap();
    chat.send("ana", "@batch=1 PRIVMSG #lobby :two").unwrap();
    chat.settle().unwrap();
    chat.advance(2 * SECOND).unwrap();
    chat.expect("ana", "FAIL BATCH TIMEOUT 1 :").unwrap();
    chat.send("ana", "@batch=1 PRIVMSG #lobby :three").unwrap();
    chat.send("ana", "BATCH -1").unwrap();
    chat.say("ana", "#lobby", "by itself").unwrap();
    chat.expect("bob", "PRIVMSG #lobby :by itself").unwrap();
    let told = |text| {
        chat.transcript()
            .iter()
            .filter(|line| line.starts_with("bob hears") && line.contains(text))
            .count()
    };
    assert_eq!((told("PRIVMSG"), told("FAIL")), (1, 0));
}
