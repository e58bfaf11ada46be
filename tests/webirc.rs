//! WEBIRC: a gateway tells where somebody comes from, and nobody else can. IRCv3 WebIRC.
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
use limits_support::abroad::Abroad;
use test_support::{LineClient, eventually};

/// The gateway's own address; the tests themselves connect from 127.0.0.1.
const GATEWAY: [u8; 4] = [127, 0, 0, 2];
const TOO_MANY: &str = "there are too many connections from your address: close one first";

fn gateways(network: &str) -> Option<Gateways> {
    Some(Gateways {
        networks: vec![network.parse().unwrap()],
        secret: Secret::new("s3cret"),
    })
}

fn house(limits: &Limits) -> House {
    let more = |builder: Builder| builder.gateways(gateways("127.0.0.2"));
    House::around(limits, more, |chat| chat)
}

/// The same with a gateway on another machine, from which everybody comes.
fn house_abroad(limits: &Limits) -> House {
    let more = |builder: Builder| builder.gateways(gateways("10.0.0.0/8"));
    House::around(limits, more, |chat| Abroad::at([10, 0, 0, 1], chat))
}

fn few(connections_per_address: u64) -> Limits {
    Limits {
        connections_per_address,
        ..Limits::default()
    }
}

fn from_gateway(house: &House) -> LineClient {
    LineClient::connect_from(IpAddr::from(GATEWAY), house.irc)
}

/// Somebody behind the gateway, at this address.
fn behind(house: &House, ip: &str) -> LineClient {
    let mut person = from_gateway(house);
    person.send(&format!("WEBIRC s3cret chat-web {ip} {ip}"));
    person
}

#[track_caller]
fn refused(mut person: LineClient, first: &str, why: &str) {
    person.send(first);
    let heard = person.expect_eof();
    assert_eq!(heard, [format!("ERROR :Closing link: {why}")], "{first}");
}

/// What WHOIS tells somebody of their own address.
#[track_caller]
fn address_of(person: &mut LineClient, nick: &str) -> String {
    person.send(&format!("WHOIS {nick}"));
    let line = person.expect_contains(" 338 ");
    person.expect_contains(" 318 ");
    line.split(' ').nth(4).unwrap().to_owned()
}

#[test]
fn a_gateway_tells_where_somebody_comes_from() {
    let house = house(&Limits::default());
    for (ip, known) in [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("0::1", "0::1"),
        ("0::ffff:192.0.2.8", "192.0.2.8"),
    ] {
        let mut ana = from_gateway(&house);
        // With options, tags and small letters, and everything in one write.
        ana.send(&format!(
            "webirc s3cret chat-web host.example {ip} :secure remote-port=7"
        ));
        ana.register("ana");
        assert_eq!(address_of(&mut ana, "ana"), known);
        drop(ana);
        eventually("ana's name", || {
            let mut next = LineClient::connect(house.irc);
            next.send("NICK ana\r\nUSER a 0 * :a");
            next.next_line().contains(" 001 ").then_some(())
        });
    }
}

#[test]
fn others_see_the_cloak_of_the_address_that_was_told() {
    let house = house(&Limits::default());
    let host = |person: &mut LineClient, nick: &str| {
        let welcome = person.register(nick);
        welcome[0].rsplit('@').next().unwrap().to_owned()
    };
    let ana = host(&mut behind(&house, "192.0.2.7"), "ana");
    let bob = host(&mut behind(&house, "192.0.2.8"), "bob");
    let ann = host(&mut behind(&house, "192.0.2.7"), "ann");
    let eve = host(&mut from_gateway(&house), "eve");
    assert_eq!(ana, ann, "one address, one cloak");
    assert!(ana != bob && ana != eve, "{ana} {bob} {eve}");
    let six = host(&mut behind(&house, "2001:db8:1:2::1"), "six");
    let sis = host(&mut behind(&house, "2001:db8:1:2:3::4"), "sis");
    let sim = host(&mut behind(&house, "2001:db8:1:3::1"), "sim");
    assert_eq!(six, sis, "one network of 64 bits, one cloak");
    assert_ne!(six, sim);
}

#[test]
fn who_is_no_gateway_is_sent_away() {
    let house = house(&Limits::default());
    refused(
        LineClient::connect(house.irc),
        "WEBIRC s3cret chat-web 192.0.2.7 192.0.2.7",
        "WEBIRC is not taken from your address: the relay's --gateway does not name it",
    );
    refused(
        LineClient::connect(House::new(&Limits::default()).irc),
        "WEBIRC s3cret chat-web 192.0.2.7 192.0.2.7",
        "WEBIRC is not taken here: this relay was started without --gateway",
    );
}

#[test]
fn a_wrong_secret_address_or_line_is_the_last_one() {
    let house = house(&Limits::default());
    let wrong_secret = "WEBIRC came with another secret than the relay's --gateway-secret";
    let too_few = "WEBIRC needs a secret, a gateway, a hostname and an address";
    let bad_address = "WEBIRC came with something that is no IP address";
    for (line, why) in [
        ("WEBIRC S3cret w 192.0.2.7 192.0.2.7", wrong_secret),
        ("WEBIRC s3cre w 192.0.2.7 192.0.2.7", wrong_secret),
        ("WEBIRC s3cret w 192.0.2.7", too_few),
        ("WEBIRC", too_few),
        ("WEBIRC s3cret w h localhost", bad_address),
        ("WEBIRC s3cret w h 192.0.2.7:80", bad_address),
        ("WEBIRC s3cret w h [2001:db8::1]", bad_address),
        ("WEBIRC s3cret w h :", bad_address),
    ] {
        refused(from_gateway(&house), line, why);
    }
}

#[track_caller]
fn only_first(house: &House, first: &[u8], why: &str) {
    let mut person = from_gateway(house);
    person.send_bytes(first);
    person.send("WEBIRC s3cret w 192.0.2.9 192.0.2.9");
    let heard = person.expect_eof();
    assert_eq!(
        heard.last().unwrap(),
        &format!("ERROR :Closing link: {why}"),
        "{first:?}"
    );
}

#[test]
fn only_the_very_first_line_may_tell() {
    let house = house(&Limits::default());
    let why = "WEBIRC must be the first line of a connection to an IRC door";
    let told = "WEBIRC s3cret w 192.0.2.7 192.0.2.7";
    for first in ["CAP LS 302", "PING x", "", "\u{1}", told] {
        only_first(&house, format!("{first}\r\n").as_bytes(), why);
    }
    // What is not UTF-8 was a line, too.
    only_first(&house, b"\xff\r\n", why);
    let mut ana = behind(&house, "192.0.2.7");
    ana.register("ana");
    ana.send("WEBIRC s3cret w 192.0.2.9 192.0.2.9");
    assert_eq!(
        ana.expect_eof().last().unwrap(),
        &format!("ERROR :Closing link: {why}")
    );
}

#[test]
fn the_plain_door_takes_no_webirc() {
    let house = house(&Limits::default());
    let mut person = LineClient::connect_from(IpAddr::from(GATEWAY), house.plain);
    person.send("WEBIRC s3cret w 192.0.2.7 192.0.2.7");
    person.expect_contains("That will not do");
}

#[test]
fn an_address_that_was_told_has_so_many_connections() {
    let house = house(&few(2));
    // Not even loopback is exempt when it was told.
    for ip in ["192.0.2.7", "127.0.0.1", "2001:db8::1"] {
        let mut two = [behind(&house, ip), behind(&house, ip)];
        for person in &mut two {
            person.send("CAP LS");
            person.expect_contains(" LS ");
        }
        let other = ip.replace("db8::1", "db8::2");
        let heard = behind(&house, &other).expect_eof();
        assert_eq!(heard, [format!("ERROR :Closing link: {TOO_MANY}")], "{ip}");
    }
    let mut elsewhere = behind(&house, "192.0.2.8");
    elsewhere.register("zoe");
}

#[test]
fn a_gateway_s_own_connections_are_not_counted_until_they_speak() {
    let house = house_abroad(&few(2));
    let mut all: Vec<LineClient> = (0..20).map(|_| from_gateway(&house)).collect();
    std::thread::sleep(Duration::from_millis(100));
    for (number, person) in all.iter_mut().enumerate() {
        let ip = format!("192.0.2.{number}");
        person.send(&format!("WEBIRC s3cret chat-web {ip} {ip}"));
        person.register(&format!("p{number}"));
    }
}

#[test]
fn whoever_comes_from_a_gateway_s_address_and_is_none_is_counted_as_from_there() {
    let house = house_abroad(&few(2));
    let _silent: Vec<LineClient> = (0..5).map(|_| from_gateway(&house)).collect();
    let mut two = [from_gateway(&house), from_gateway(&house)];
    for (person, nick) in two.iter_mut().zip(["ana", "bob"]) {
        person.register(nick);
    }
    for first in ["CAP LS", "", "\0", "PRIVMSG #lobby :hi"] {
        refused(from_gateway(&house), first, TOO_MANY);
    }
    let [ana, _bob] = two;
    drop(ana);
    eventually("a place", || {
        let mut next = from_gateway(&house);
        next.send("CAP LS");
        next.next_line().contains(" LS ").then_some(())
    });
}

/// Three rooms, and the next one each ten minutes.
fn few_rooms() -> Limits {
    Limits {
        new_rooms: 3,
        rooms_per_person: 4,
        ..Limits::default()
    }
}

#[test]
fn an_address_may_make_so_many_rooms_and_then_one_now_and_then() {
    let house = house(&few_rooms());
    let mut ana = behind(&house, "192.0.2.7");
    ana.register("ana");
    ana.send("JOIN #a,#b");
    ana.expect_contains(" 366 ana #b ");
    let mut ann = behind(&house, "192.0.2.7");
    ann.register("ann");
    ann.send("JOIN #c,#d,#a");
    ann.expect_contains(" 366 ann #c ");
    let why = ann.expect_contains(" 403 ann #d ");
    let words = "#d cannot be made now, for many rooms were made from your address: join one that is there, or try \
                 again in 10 minutes";
    assert!(why.ends_with(words), "{why}");
    // What is there may be entered, and others make rooms.
    ann.expect_contains(" 366 ann #a ");
    for mut other in [behind(&house, "192.0.2.8"), LineClient::connect(house.irc)] {
        other.send("NICK bob\r\nUSER b 0 * :b");
        other.expect_contains(" 001 ");
        other.send("JOIN #e,#f,#g\r\nQUIT");
        other.expect_contains(" 366 bob #g ");
        other.expect_eof();
    }
}

#[test]
fn what_one_may_not_make_anyway_is_no_room_that_was_made() {
    let house = house(&few_rooms());
    let mut ana = behind(&house, "192.0.2.7");
    ana.register("ana");
    ana.send("JOIN #a,#lobby\r\nJOIN #lobb\u{443}");
    ana.expect_contains(" 403 ana #lobb\u{443} ");
    ana.send("JOIN #b,#c,#d");
    ana.expect_contains(" 366 ana #c ");
    ana.expect_contains(" 405 ana #d ");
}

#[test]
fn who_comes_by_another_door_makes_no_more_rooms() {
    let more = |builder: Builder| builder;
    let away = |chat| Abroad::at([192, 0, 2, 7], chat);
    let house = House::around(&few_rooms(), more, away);
    let mut nico = LineClient::connect(house.plain);
    nico.send("nico");
    for room in ["#a", "#b", "#c"] {
        nico.send(&format!("/join {room}"));
        nico.expect_contains(room);
    }
    nico.send("/join #d");
    nico.expect_contains("Sorry, #d cannot be made now");
}
