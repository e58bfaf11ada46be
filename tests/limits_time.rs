//! How long anybody may be silent: registration, ping and the answer to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::time::Duration;

use chat_core::limits::{BATCH_OPEN, Limits, WHEEL_TICK};
use chat_core::relay::Relay;
use limits_support::{House, lifted};
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

/// Lets so much time pass, in which somebody is not sent away.
#[track_caller]
fn stays(house: &House, person: &mut LineClient, time: Duration) {
    house.pass(time);
    let heard = person.poll().expect("an open connection");
    let is_end = |line: &String| line.starts_with("ERROR") || line.starts_with("* goodbye");
    assert!(!heard.iter().any(is_end), "{heard:?}");
}

/// Sent away after a second and not before; the last line.
#[track_caller]
fn dismissed(house: &House, person: &mut LineClient) -> String {
    stays(house, person, SECOND - Duration::from_millis(1));
    house.pass(Duration::from_millis(1) + WHEEL_TICK);
    last_line(person)
}

/// The same, though they say something every so often.
#[track_caller]
fn dismissed_while_saying(
    house: &House,
    person: &mut LineClient,
    bytes: &[u8],
    every: Duration,
) -> String {
    let mut time = every;
    while time < SECOND {
        person.send_bytes(bytes);
        stays(house, person, every);
        time += every;
    }
    person.send_bytes(bytes);
    house.pass(every + WHEEL_TICK);
    last_line(person)
}

#[track_caller]
fn last_line(person: &mut LineClient) -> String {
    person.expect_eof().pop().unwrap_or_default()
}

#[test]
fn who_does_not_register_is_told_and_sent_away() {
    let house = House::still(&hurried());
    for lines in ["", "NICK ana", "USER a 0 * :a", "CAP LS 302", "PASS x"] {
        let mut ana = LineClient::connect(house.irc);
        if !lines.is_empty() {
            ana.send(lines);
        }
        let last = dismissed(&house, &mut ana);
        assert_eq!(
            last, "ERROR :Closing link: you did not say who you are within 1 seconds",
            "{lines}"
        );
    }
}

#[test]
fn negotiation_that_hangs_does_not_hold_registration_open() {
    let house = House::still(&hurried());
    let mut ana = LineClient::connect(house.irc);
    for line in [
        "CAP LS 302",
        "NICK ana",
        "USER ana 0 * :ana",
        "CAP REQ :batch",
    ] {
        ana.send(line);
    }
    let last = dismissed(&house, &mut ana);
    assert!(last.starts_with("ERROR "), "{last}");
    house.person("ana");
}

#[test]
fn a_byte_every_so_often_does_not_help() {
    let house = House::still(&hurried());
    let mut ana = LineClient::connect(house.irc);
    let last = dismissed_while_saying(&house, &mut ana, b"N", Duration::from_millis(200));
    assert!(last.starts_with("ERROR :Closing link: you did"), "{last}");
}

#[test]
fn nor_does_talking_so_much_that_one_is_delayed() {
    let house = House::still(&hurried());
    let mut ana = LineClient::connect(house.irc);
    let lines = "PING x\r\n".repeat(30);
    let last = dismissed_while_saying(
        &house,
        &mut ana,
        lines.as_bytes(),
        Duration::from_millis(100),
    );
    assert!(last.starts_with("ERROR :Closing link: you did"), "{last}");
}

#[test]
fn who_does_not_say_a_name_at_the_plain_door_is_sent_away() {
    let house = House::still(&hurried());
    let mut ana = LineClient::connect(house.plain);
    let last = dismissed(&house, &mut ana);
    assert!(last.starts_with("* goodbye: you did not"), "{last}");
}

#[test]
fn who_answers_a_ping_stays() {
    let house = House::still(&hurried());
    let mut ana = house.member("ana", "#a");
    ana.answer_pings(false);
    for _ in 0..4 {
        house.pass(SECOND - Duration::from_millis(1));
        assert_eq!(ana.poll(), Some(Vec::new()), "too early");
        house.pass(Duration::from_millis(1) + WHEEL_TICK);
        assert_eq!(ana.next_line(), "PING :chat.local");
        ana.send("PONG :chat.local");
    }
}

#[test]
fn who_does_not_answer_is_dismissed_and_the_rooms_hear_why() {
    let house = House::still(&hurried());
    let mut bob = house.member("bob", "#a");
    let mut ana = house.member("ana", "#a");
    ana.answer_pings(false);
    house.pass(SECOND + WHEEL_TICK);
    assert_eq!(ana.next_line(), "PING :chat.local");
    bob.fence();
    stays(&house, &mut ana, SECOND - 2 * WHEEL_TICK);
    house.pass(3 * WHEEL_TICK);
    let reason = "ping timeout: no answer for 1 seconds";
    assert_eq!(ana.expect_eof(), [format!("ERROR :Closing link: {reason}")]);
    let quit = bob.expect_contains("QUIT");
    assert!(quit.starts_with(":ana!") && quit.ends_with(&format!(" QUIT :{reason}")));
}

#[test]
fn whatever_is_said_counts_as_an_answer() {
    let house = House::still(&hurried());
    let mut ana = house.person("ana");
    ana.answer_pings(false);
    for _ in 0..7 {
        house.pass(SECOND / 2);
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
    let house = House::still(&limits);
    let mut ana = LineClient::connect(house.irc);
    ana.send("NICK ana\r\nUSER a 0 * :a\r\nAWAY\r\nAWAY\r\nAWAY\r\nAWAY\r\nPING end");
    let time = house.time_until(&mut ana, "PONG chat.local :end");
    assert!(time > 3 * SECOND, "{time:?}");
}

#[test]
fn the_plain_door_is_not_pinged() {
    let house = House::still(&hurried());
    let mut ana = LineClient::connect(house.plain);
    ana.send("ana");
    ana.expect_contains("#lobby");
    let _ = ana.poll();
    house.pass(3 * SECOND);
    assert_eq!(ana.poll(), Some(Vec::new()));
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
    let house = House::still(&limits);
    let mut bob = house.person("bob");
    for room in 0..1000 {
        bob.send(&format!("JOIN #{room}-{}", "x".repeat(24)));
    }
    bob.fence();
    let mut ana = house.slow_person("ana", &[]);
    ana.join("#0-xxxxxxxxxxxxxxxxxxxxxxxx");
    ana.send("LIST");
    let time = house.time_until(&mut bob, " QUIT ");
    assert!(time > SECOND, "{time:?}");
    assert!(bob.transcript().contains("QUIT :ping timeout"));
}

#[test]
fn who_hangs_up_is_gone_at_once_however_they_do_it() {
    let house = House::still(&lifted());
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
            let _still_there = end(ana);
            bob.expect_contains(" QUIT ");
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
