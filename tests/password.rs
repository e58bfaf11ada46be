//! A password for the whole chat: at every door of a relay, with few guesses for each address.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::net::IpAddr;
use std::time::Duration;

use chat_core::chat::Gateways;
use chat_core::limits::Limits;
use chat_core::relay::Builder;
use chat_core::secret::Secret;
use limits_support::House;
use test_support::LineClient;

const WRONG: &str = "that is not the password";

fn house() -> House {
    house_with(&Limits::default())
}

fn house_with(limits: &Limits) -> House {
    let gateways = Gateways {
        networks: vec!["127.0.0.1".parse().unwrap()],
        secret: Secret::new("s3cret"),
    };
    let more = |builder: Builder| {
        let builder = builder.password(Some(Secret::new("open sesame")));
        builder.gateways(Some(gateways))
    };
    House::still_with(limits, more)
}

#[track_caller]
fn turned_away(person: &mut LineClient, why: &str) {
    let heard = person.expect_eof();
    let numeric = heard[0].split_once(" :").expect("a text");
    assert!(numeric.0.starts_with(":chat.local 464 "), "{heard:?}");
    assert_eq!(numeric.1, why);
    assert_eq!(heard[1..], [format!("ERROR :Closing link: {why}")]);
}

fn guess(house: &House, from: [u8; 4], password: &str) -> LineClient {
    let mut person = LineClient::connect_from(IpAddr::from(from), house.irc);
    person.send(&format!("PASS :{password}"));
    person
}

#[test]
fn an_irc_client_comes_in_with_pass() {
    let house = house();
    let mut ana = guess(&house, [127, 0, 0, 1], "open sesame");
    ana.register("ana");
    // Before or after the rest, and in the middle of a negotiation.
    let mut bob = LineClient::connect(house.irc);
    bob.send("CAP LS 302\r\nNICK bob\r\nUSER b 0 * :b\r\nPASS :open sesame\r\nCAP END");
    bob.expect_contains(" 001 bob ");
}

#[test]
fn a_wrong_pass_is_the_last_word() {
    let house = house();
    for wrong in ["sesame", "open sesame ", "Open sesame", "x"] {
        turned_away(&mut guess(&house, [127, 0, 0, 1], wrong), WRONG);
    }
}

#[test]
fn who_gives_no_password_is_told_where_to_set_it() {
    let house = house();
    let mut person = LineClient::connect(house.irc);
    person.send("NICK ana\r\nUSER a 0 * :a");
    let why = "this chat has a password: set it in your client as the server's password";
    turned_away(&mut person, why);
    let mut empty = LineClient::connect(house.irc);
    empty.send("PASS :\r\nNICK ana\r\nUSER a 0 * :a");
    empty.expect_contains(" 461 ");
    turned_away(&mut empty, why);
}

#[test]
fn without_a_password_pass_says_nothing() {
    let house = House::new(&Limits::default());
    let mut person = LineClient::connect(house.irc);
    person.send("PASS whatever");
    person.register("ana");
}

#[test]
fn nothing_else_is_done_for_who_has_not_given_it() {
    let house = house();
    let mut eve = LineClient::connect(house.irc);
    eve.send("NICK eve\r\nJOIN #lobby\r\nPRIVMSG #lobby :hi\r\nLIST\r\nWHO *");
    for _ in 0..4 {
        eve.expect_contains(" 451 ");
    }
}

#[test]
fn the_plain_door_asks_for_it_before_the_name() {
    let house = house();
    let mut ana = LineClient::connect(house.plain);
    assert_eq!(ana.next_line(), "Welcome to Chat. What is the password?");
    ana.send("ana");
    assert_eq!(
        ana.next_line(),
        "That is not the password. What is the password?"
    );
    ana.send("open sesame");
    assert_eq!(ana.next_line(), "What is your name?");
    ana.send("ana");
    ana.expect_contains("You are ana, in #lobby");
    let mut bob = LineClient::connect(house.plain);
    bob.send("/quit");
    assert_eq!(bob.expect_eof().last().unwrap(), "* goodbye");
}

#[test]
fn an_address_guesses_so_often_at_whichever_door_and_then_not_even_rightly() {
    let house = house();
    let guesser = [127, 0, 0, 9];
    let mut plain = LineClient::connect_from(IpAddr::from(guesser), house.plain);
    plain.next_line();
    for _ in 0..5 {
        plain.send("sesame");
        plain.expect_contains("That is not the password.");
    }
    for _ in 0..5 {
        turned_away(&mut guess(&house, guesser, "sesame"), WRONG);
    }
    let wait = "too many wrong passwords came from your address: try again in 6 seconds";
    turned_away(&mut guess(&house, guesser, "open sesame"), wait);
    plain.send("open sesame");
    assert_eq!(
        plain.expect_eof().last().unwrap(),
        &format!("* goodbye: {wait}")
    );
    guess(&house, [127, 0, 0, 8], "open sesame").register("ana");
}

#[test]
fn a_guess_comes_back_with_time() {
    let limits = Limits {
        password_attempts: 1,
        password_seconds: 1,
        ..Limits::default()
    };
    let house = house_with(&limits);
    turned_away(&mut guess(&house, [127, 0, 0, 1], "x"), WRONG);
    let wait = "too many wrong passwords came from your address: try again in 1 second";
    turned_away(&mut guess(&house, [127, 0, 0, 1], "open sesame"), wait);
    house.pass(Duration::from_secs(1));
    guess(&house, [127, 0, 0, 1], "open sesame").register("ana");
}

#[test]
fn right_passwords_are_never_too_many() {
    let house = house();
    let all: Vec<LineClient> = (0..15)
        .map(|number| {
            let mut person = guess(&house, [127, 0, 0, 1], "open sesame");
            person.register(&format!("p{number}"));
            person
        })
        .collect();
    drop(all);
}

#[test]
fn behind_a_gateway_each_address_guesses_for_itself() {
    let house = house();
    let behind = |ip: &str, password: &str| {
        let mut person = LineClient::connect(house.irc);
        person.send(&format!("WEBIRC s3cret w {ip} {ip}\r\nPASS :{password}"));
        person
    };
    for _ in 0..10 {
        turned_away(&mut behind("192.0.2.7", "sesame"), WRONG);
    }
    let wait = "too many wrong passwords came from your address: try again in 6 seconds";
    turned_away(&mut behind("192.0.2.7", "open sesame"), wait);
    behind("192.0.2.8", "open sesame").register("ana");
    guess(&house, [127, 0, 0, 1], "open sesame").register("bob");
}
