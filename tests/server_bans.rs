//! Bans by address: at the door, behind a gateway, for whoever is there already, and over a restart.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::net::IpAddr;

use chat_core::chat::Gateways;
use chat_core::journal::Durability;
use chat_core::journal::sqlite::{Retention, Settings, Sqlite};
use chat_core::limits::Limits;
use chat_core::observer::Ticket;
use chat_core::opers::{Busy, Claim, Opers};
use chat_core::relay::Builder;
use chat_core::secret::Secret;
use limits_support::House;
use limits_support::abroad::Abroad;
use tempfile::TempDir;
use test_support::LineClient;

/// Whoever says so is an operator.
#[derive(Default)]
struct Anybody(Vec<Ticket>);

impl Opers for Anybody {
    fn ask(&mut self, claim: Claim) -> Result<(), Busy> {
        self.0.push(claim.ticket);
        Ok(())
    }

    fn answered(&mut self) -> Option<(Ticket, bool)> {
        Some((self.0.pop()?, true))
    }
}

/// The gateway's own address.
const GATEWAY: [u8; 4] = [127, 0, 0, 2];

fn with_gateway(builder: Builder) -> Builder {
    let gateways = Gateways {
        networks: vec!["127.0.0.2".parse().unwrap()],
        secret: Secret::new("s3cret"),
    };
    builder.gateways(Some(gateways)).opers(Anybody::default())
}

fn house() -> House {
    House::around(&Limits::default(), with_gateway, |chat| chat)
}

/// The same with what is kept in a folder.
fn house_in(folder: &TempDir) -> House {
    let settings = Settings {
        folder: folder.path().to_owned(),
        durability: Durability::Disk,
        retention: Retention::default(),
    };
    let journal = Box::new(Sqlite::open(&settings).unwrap());
    let more = |builder: Builder| with_gateway(builder).journal(journal);
    House::around(&Limits::default(), more, |chat| chat)
}

fn operator(house: &House) -> LineClient {
    let mut eve = house.person("eve");
    eve.send("OPER eve x");
    eve.expect_contains(" MODE eve +o");
    eve
}

/// Somebody behind the gateway, at this address, who has not registered.
fn behind(house: &House, ip: &str) -> LineClient {
    let mut person = LineClient::connect_from(IpAddr::from(GATEWAY), house.irc);
    person.send(&format!("WEBIRC s3cret chat-web {ip} {ip}"));
    person
}

#[track_caller]
fn is_kept_away(mut person: LineClient, why: &str) {
    let heard = person.expect_eof();
    let error = format!("ERROR :Closing link: banned from this server{why}");
    assert_eq!(heard.last(), Some(&error), "{heard:?}");
    assert!(heard[heard.len() - 2].contains(" 465 "), "{heard:?}");
}

#[test]
fn a_network_is_kept_away_and_whoever_is_there_has_to_go() {
    let house = house();
    let mut eve = operator(&house);
    let mut ana = behind(&house, "192.0.2.7");
    ana.register("ana");
    let mut bob = behind(&house, "198.51.100.7");
    bob.register("bob");
    let silent = behind(&house, "192.0.2.8");
    // Whoever comes after the silent one has been heard.
    behind(&house, "198.51.100.8").register("cat");
    eve.send("DLINE 192.0.2.0/24 :spam");
    eve.expect_contains("192.0.2.0/24 is banned; connections that were closed: 2");
    is_kept_away(ana, ": spam");
    is_kept_away(silent, ": spam");
    is_kept_away(behind(&house, "192.0.2.9"), ": spam");
    is_kept_away(behind(&house, "0::ffff:192.0.2.9"), ": spam");
    bob.send("PING here");
    bob.expect_contains("PONG");
    // The gateway itself goes on, and so does everybody on this machine.
    behind(&house, "2001:db8::1").register("dan");
    house.person("zoe");
    eve.send("UNDLINE 192.0.2.0/24");
    eve.expect_contains("not banned any more");
    behind(&house, "192.0.2.7").register("ana");
}

#[test]
fn a_ban_is_looked_at_before_anybody_says_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let house = house_in(&folder);
    let mut eve = operator(&house);
    eve.send("DLINE 10.0.0.0/8 :no robots");
    eve.expect_contains("10.0.0.0/8 is banned");
    drop((eve, house));
    // Everybody comes from there now, by whichever door.
    let settings = Settings {
        folder: folder.path().to_owned(),
        durability: Durability::Disk,
        retention: Retention::default(),
    };
    let journal = Box::new(Sqlite::open(&settings).unwrap());
    let more = |builder: Builder| builder.journal(journal);
    let house = House::around(&Limits::default(), more, |chat| {
        Abroad::at([10, 1, 2, 3], chat)
    });
    is_kept_away(LineClient::connect(house.irc), ": no robots");
    let heard = LineClient::connect(house.plain).expect_eof();
    assert!(
        heard
            .last()
            .unwrap()
            .contains("banned from this server: no robots"),
        "{heard:?}"
    );
}

#[test]
fn bans_outlive_the_program_until_they_end() {
    let folder = tempfile::tempdir().unwrap();
    let house = house_in(&folder);
    let mut eve = operator(&house);
    for ban in [
        "DLINE 192.0.2.7 :spam",
        "DLINE 1s 192.0.2.8",
        "KLINE z*",
        "DLINE 192.0.2.9",
    ] {
        eve.send(ban);
        eve.expect_contains(" is banned");
    }
    eve.send("UNDLINE 192.0.2.9");
    eve.expect_contains("not banned any more");
    drop((eve, house));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let house = house_in(&folder);
    is_kept_away(behind(&house, "192.0.2.7"), ": spam");
    behind(&house, "192.0.2.8").register("bob");
    behind(&house, "192.0.2.9").register("cat");
    let mut zoe = LineClient::connect(house.irc);
    zoe.send("NICK zoe");
    zoe.send("USER zoe 0 * :zoe");
    is_kept_away(zoe, ": no reason was given");
    let mut eve = operator(&house);
    eve.send("DLINE LIST");
    eve.expect_contains("192.0.2.7 by eve at ");
    eve.expect_contains("end of DLINE LIST");
    assert!(!eve.transcript().contains("192.0.2.8 by"));
}

#[test]
fn a_list_of_bans_is_read_as_fast_as_its_reader_takes_it() {
    let house = House::around(
        &Limits {
            send_queue_bytes: 16 * 1024,
            flood_lines: 10_000,
            ..Limits::default()
        },
        with_gateway,
        |chat| chat,
    );
    let mut eve = operator(&house);
    for n in 0..1000 {
        let network = format!("10.{}.{}.0/24", n / 256, n % 256);
        eve.send(&format!("DLINE {network} :{}", "spam ".repeat(30)));
        eve.expect_contains(&format!("{network} is banned"));
    }
    eve.send("DLINE 192.0.2.7");
    eve.expect_contains("400 eve DLINE :there are 1000 bans");
    eve.send("DLINE LIST");
    eve.expect_contains("end of DLINE LIST");
    let listed = eve.transcript().matches(" by eve at ").count();
    assert_eq!(listed, 1000);
}
