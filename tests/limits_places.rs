//! How many there may be: connections, rooms, people in a room.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use chat_core::limits::Limits;
use limits_support::abroad::Abroad;
use limits_support::{House, lifted};
use test_support::{LineClient, eventually};

fn abroad(limits: &Limits) -> House {
    House::around(
        limits,
        |builder| builder,
        |chat| Abroad::at([192, 0, 2, 7], chat),
    )
}

#[track_caller]
fn sent_away(house: &House, why: &str) {
    let lines = LineClient::connect(house.irc).expect_eof();
    assert_eq!(lines, [format!("ERROR :Closing link: {why}")]);
    let lines = LineClient::connect(house.plain).expect_eof();
    assert_eq!(lines.last().unwrap(), &format!("* goodbye: {why}"));
}

#[test]
fn one_address_has_so_many_connections_until_one_goes() {
    let limits = Limits {
        connections_per_address: 3,
        ..Limits::default()
    };
    let house = abroad(&limits);
    let mut three: Vec<LineClient> = ["a", "b", "c"].map(|nick| house.person(nick)).into();
    sent_away(
        &house,
        "there are too many connections from your address: close one first",
    );
    for person in &mut three {
        person.fence();
    }
    three.pop().unwrap().reset();
    eventually("a place", || {
        let mut person = LineClient::connect(house.irc);
        person.send("CAP LS");
        person.next_line().contains(" LS ").then_some(())
    });
}

#[test]
fn loopback_is_exempt() {
    let limits = Limits {
        connections_per_address: 1,
        ..Limits::default()
    };
    let house = House::new(&limits);
    for i in 0..5 {
        std::mem::forget(house.person(&format!("p{i}")));
    }
}

#[test]
fn lifted_limits_let_one_address_have_any_number() {
    let mut limits = Limits {
        connections_per_address: 1,
        ..Limits::default()
    };
    limits.lift();
    let house = abroad(&limits);
    let people = ["a", "b", "c"].map(|nick| house.person(nick));
    drop(people);
}

#[test]
fn there_are_so_many_connections_in_all() {
    let limits = Limits {
        connections: 3,
        ..Limits::default()
    };
    let house = House::new(&limits);
    let mut three = ["a", "b", "c"].map(|nick| house.person(nick));
    sent_away(&house, "there are too many connections: try again later");
    for person in &mut three {
        person.fence();
    }
    drop(three);
    eventually("a place", || {
        let mut person = LineClient::connect(house.irc);
        person.send("CAP LS");
        person.next_line().contains(" LS ").then_some(())
    });
}

#[test]
fn one_person_is_in_so_many_rooms() {
    let limits = Limits {
        rooms_per_person: 2,
        ..lifted()
    };
    let house = House::new(&limits);
    let mut ana = house.person("ana");
    ana.send("JOIN #a,#b,#c,#d");
    let line = ana.expect_contains(" 405 ");
    assert_eq!(
        line,
        ":chat.local 405 ana #c :you are in too many rooms: leave one before you join #c"
    );
    ana.fence();
    ana.send("JOIN #a");
    assert_eq!(ana.fence(), [""; 0], "one is there already");
    ana.send("PART #a");
    ana.join("#c");
}

#[test]
fn a_room_takes_so_many_people() {
    let limits = Limits {
        people_per_room: 2,
        ..lifted()
    };
    let house = House::new(&limits);
    let (_ana, bob) = (house.member("ana", "#a"), house.member("bob", "#a"));
    let mut eve = house.person("eve");
    eve.send("JOIN #A");
    assert_eq!(
        eve.next_line(),
        ":chat.local 471 eve #a :#a is full: try again later or join another room"
    );
    let mut plain = LineClient::connect(house.plain);
    plain.send("pat\r\n/join #a");
    plain.expect_contains("#a is full");
    drop(bob);
    eventually("bob's place", || {
        eve.send("JOIN #a");
        let heard = eve.fence();
        heard
            .iter()
            .any(|line| line.contains(" 366 "))
            .then_some(())
    });
}

#[test]
fn however_many_rooms_others_make_what_was_said_in_an_empty_one_stays() {
    let limits = Limits {
        rooms: 3,
        ..lifted()
    };
    let house = House::new(&limits);
    let mut ana = house.person_with("ana", &["batch", "draft/chathistory"]);
    ana.join("#a");
    ana.send("PRIVMSG #a :in #a\r\nPART #a");
    ana.fence();
    let mut bob = house.person("bob");
    for i in 0..20 {
        bob.join(&format!("#{i}"));
        bob.send(&format!("PART #{i}"));
    }
    bob.join("#b");
    bob.send("JOIN #c");
    bob.expect_contains(
        ":chat.local 403 bob #c :#c cannot be made: there are too many rooms; join one that is there",
    );
    ana.join("#a");
    ana.send("CHATHISTORY LATEST #a * 10");
    ana.expect_contains(" PRIVMSG #a :in #a");
    bob.join("#lobby");
}
