//! People without a socket: the same rules, order and bounds as for everybody.

use std::time::Duration;

use chat_core::chat::NotIn;
use chat_core::inside::InsiderError;
use chat_core::limits::{LINE_IN_BYTES_MAX, Limits};
use chat_core::names::RoomName;
use chat_core::relay::Relay;
use chat_core::testing::Ephemeral;
use test_support::LineClient;

use super::{builder, enter, heard, hears, insist, quiet, settle};

#[test]
fn an_insider_and_an_irc_client_are_in_the_same_room() {
    let any = "127.0.0.1:0".parse().unwrap();
    let mut relay = builder().irc(any).unwrap().build().unwrap();
    let mut bot = enter(&mut relay, "bot");
    let address = relay.addresses()[0];
    let client = std::thread::spawn(move || {
        let mut client = LineClient::connect(address);
        client.register("ana");
        client.join("#lobby");
        client.send("PRIVMSG #lobby :hello bot");
        client.expect_contains("bot!inside@");
        client.send("WHOIS bot");
        client.expect_contains(" 311 ana bot inside ");
    });
    while !heard(&mut bot)
        .iter()
        .any(|line| line.ends_with(":hello bot"))
    {
        let _ = relay.turn(Some(Duration::from_millis(20))).unwrap();
    }
    bot.say("#lobby", "hello ana").unwrap();
    while !client.is_finished() {
        let _ = relay.turn(Some(Duration::from_millis(20))).unwrap();
    }
    client.join().unwrap();
}

#[test]
fn names_are_names_and_each_is_somebodys() {
    let mut relay = quiet();
    let _ana = relay.person("ana").unwrap();
    assert!(matches!(relay.person("ana"), Err(NotIn::Taken(_))));
    assert!(matches!(relay.voice("ANA"), Err(NotIn::Taken(_))));
    assert!(matches!(relay.person("a b"), Err(NotIn::BadName(..))));
    assert!(matches!(relay.person("9"), Err(NotIn::BadName(..))));
}

#[test]
fn whoever_is_dropped_leaves_and_the_name_is_free() {
    let mut relay = quiet();
    let (mut ana, bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    heard(&mut ana);
    drop(bob);
    settle(&mut relay);
    hears(&mut ana, "QUIT :");
    let again = enter(&mut relay, "bob");
    again.leave("now properly");
    settle(&mut relay);
    hears(&mut ana, "QUIT :Quit: now properly");
}

#[test]
fn whoever_is_dropped_in_the_turn_of_their_last_words_is_heard_and_leaves() {
    let mut relay = quiet();
    let (mut ana, bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    heard(&mut ana);
    bob.say("#lobby", "off I go").unwrap();
    drop(bob);
    settle(&mut relay);
    let lines = heard(&mut ana);
    assert!(
        matches!(&lines[..], [words, quit] if words.ends_with(":off I go") && quit.contains(" QUIT :")),
        "{lines:#?}"
    );
    enter(&mut relay, "bob");
}

#[test]
fn whoever_is_dropped_while_they_talk_too_fast_leaves_after_a_while() {
    let mut chat = Ephemeral::of(Relay::builder()).unwrap();
    let (mut ana, bob) = (enter(chat.relay(), "ana"), enter(chat.relay(), "bob"));
    heard(&mut ana);
    for number in 0..200 {
        bob.say("#lobby", &number.to_string()).unwrap();
    }
    drop(bob);
    chat.advance(Duration::from_secs(30)).unwrap();
    hears(&mut ana, " QUIT :");
}

#[test]
fn what_they_say_is_one_line_whatever_is_in_it() {
    let mut relay = quiet();
    let (mut ana, mallory) = (enter(&mut relay, "ana"), enter(&mut relay, "mallory"));
    heard(&mut ana);
    mallory.say("#lobby", "hi\r\nQUIT :oops\0").unwrap();
    mallory.say("#lobby\r\nQUIT", "there").unwrap();
    settle(&mut relay);
    let lines = heard(&mut ana);
    assert!(
        matches!(&lines[..], [hi, there] if hi.ends_with(":hi  QUIT :oops ") && there.ends_with(":there")),
        "{lines:#?}"
    );
}

#[test]
fn they_may_talk_no_faster_than_others() {
    let mut relay = Relay::builder().build().unwrap();
    let (mut ana, bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    heard(&mut ana);
    for number in 0..30 {
        bob.say("#lobby", &number.to_string()).unwrap();
    }
    settle(&mut relay);
    assert!((1..12).contains(&heard(&mut ana).len()));
}

#[test]
fn who_does_not_hear_costs_a_bounded_number_of_bytes_and_is_sent_away() {
    let limits = Limits {
        send_queue_bytes: 64 * 1024,
        ..Limits::default()
    };
    let mut limits = limits;
    limits.lift();
    limits.send_queue_bytes = 64 * 1024;
    let mut relay = Relay::builder().limits(limits).build().unwrap();
    let (mut deaf, mut ana) = (enter(&mut relay, "deaf"), enter(&mut relay, "ana"));
    let text = "x".repeat(400);
    let mut said = 0;
    while !heard(&mut ana).iter().any(|line| line.contains("QUIT")) {
        insist(&mut relay, &ana, &text);
        said += 1;
        assert!(said < 2000, "nobody bounds what waits");
    }
    let lines = heard(&mut deaf);
    let last = lines.last().unwrap();
    assert!(
        last.contains("ERROR :Closing link: you read too slowly"),
        "{last}"
    );
    assert_eq!(deaf.hear(), Err(InsiderError::Gone));
}

#[test]
fn who_says_too_much_between_two_turns_is_told_to_wait() {
    let mut relay = quiet();
    let (mut ana, bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    heard(&mut ana);
    let mut said = 0;
    while bob.say("#lobby", "a line of some length, said again and again") == Ok(()) {
        said += 1;
    }
    assert_eq!(bob.say("#lobby", "one more"), Err(InsiderError::Busy));
    settle(&mut relay);
    bob.say("#lobby", "one more").unwrap();
    let mut count = 0;
    while count < said + 1 {
        settle(&mut relay);
        let lines = heard(&mut ana);
        assert!(!lines.is_empty(), "{count} of {said} and one more came");
        count += lines.len();
    }
}

#[test]
fn a_line_that_nobody_may_say_is_too_long_however_often_it_is_tried() {
    let mut relay = quiet();
    let mut ana = enter(&mut relay, "ana");
    let longest = "x".repeat(LINE_IN_BYTES_MAX - 2);
    assert_eq!(ana.send(&longest), Ok(()));
    settle(&mut relay);
    hears(&mut ana, " 417 ");
    let longer = ana.send(&format!("{longest}x"));
    assert_eq!(longer, Err(InsiderError::TooLong));
    let text = "x".repeat(1024 * 1024);
    assert_eq!(ana.say("#lobby", &text), Err(InsiderError::TooLong));
}

#[test]
fn why_somebody_leaves_is_told_however_much_they_said_before() {
    let mut relay = quiet();
    let (mut ana, bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    heard(&mut ana);
    while bob.say("#lobby", "and another thing") == Ok(()) {}
    let reason = format!("enough{}", " is enough".repeat(100));
    bob.leave(&reason);
    // Whoever has hung up is written to meanwhile.
    ana.say("#lobby", "already?").unwrap();
    let mut lines = Vec::new();
    while !lines
        .last()
        .is_some_and(|line: &String| line.contains(" QUIT :"))
    {
        assert!(
            relay
                .turn(Some(Duration::from_secs(60)))
                .unwrap()
                .is_running()
        );
        lines = heard(&mut ana);
        assert!(!lines.is_empty(), "nothing more came");
    }
    let quit = lines.last().unwrap();
    assert!(quit.contains(" QUIT :Quit: enough is enough"), "{quit}");
}

#[test]
fn why_somebody_leaves_is_told_also_if_they_talked_too_fast() {
    let mut chat = Ephemeral::of(Relay::builder()).unwrap();
    let (mut ana, bob) = (enter(chat.relay(), "ana"), enter(chat.relay(), "bob"));
    heard(&mut ana);
    for number in 0..20 {
        bob.say("#lobby", &number.to_string()).unwrap();
    }
    bob.leave("I talk too much");
    for _ in 0..10 {
        // Whoever has hung up is written to meanwhile.
        ana.say("#lobby", "slowly!").unwrap();
        chat.advance(Duration::from_secs(1)).unwrap();
    }
    let lines = heard(&mut ana);
    let said = lines
        .iter()
        .filter(|line| line.contains(" PRIVMSG #lobby :"));
    assert_eq!(said.count(), 20, "{lines:#?}");
    assert!(
        lines
            .iter()
            .any(|line| line.contains(" QUIT :Quit: I talk too much")),
        "{lines:#?}"
    );
}

#[test]
fn nobody_asks_them_for_a_sign_of_life() {
    let mut chat = Ephemeral::of(builder()).unwrap();
    let mut ana = chat.relay().person("ana").unwrap();
    chat.advance(Duration::from_secs(3600)).unwrap();
    ana.say("ana", "still here").unwrap();
    chat.settle().unwrap();
    let lines = heard(&mut ana);
    assert!(
        matches!(&lines[..], [only] if only.ends_with(":still here")),
        "{lines:#?}"
    );
}

/// More names than fit into what may wait for a person, and their pipe.
const MORE_THAN_WAITS: usize = 2_500;

#[test]
fn who_is_there_is_told_no_further_when_the_room_has_become_secret() {
    let mut limits = Limits::default();
    limits.lift();
    limits.send_queue_bytes = 2 * LINE_IN_BYTES_MAX as u64;
    let mut relay = Relay::builder().limits(limits).build().unwrap();
    let mut ana = enter(&mut relay, "ana");
    ana.join("#a").unwrap();
    let (handle, room) = (relay.handle(), RoomName::new("#a").unwrap());
    for number in 0..MORE_THAN_WAITS {
        let voice = relay.voice(&called(number)).unwrap();
        handle.join(voice, room.clone()).unwrap();
        relay.turn(Some(Duration::ZERO)).unwrap();
        heard(&mut ana);
    }
    for (name, question, end) in [("eve", "NAMES #a", " 366 "), ("eva", "WHO #a", " 315 ")] {
        ana.send("MODE #a -s").unwrap();
        let mut eve = enter(&mut relay, name);
        eve.send(question).unwrap();
        settle(&mut relay);
        ana.send("MODE #a +s").unwrap();
        settle(&mut relay);
        let mut told = heard(&mut eve);
        while !told.iter().any(|line| line.contains(end)) {
            settle(&mut relay);
            told.extend(heard(&mut eve));
        }
        let tells = |number: usize| told.iter().any(|line| line.contains(&called(number)));
        assert!(tells(0) && !tells(MORE_THAN_WAITS - 1), "{question}");
    }
}

fn called(number: usize) -> String {
    format!("a{number:a>29}")
}
