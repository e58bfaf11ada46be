//! Coming in: everybody at once, one door among several, and places that are used again.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::time::Duration;

use chat_core::id::DoorId;
use chat_core::net::{After, Closed, Door, Farewell, Lines};
use loop_support::{Server, Told, echo, say};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn farewell() -> Farewell {
    Farewell {
        code: 1000,
        reason: "bye".to_owned(),
    }
}

#[test]
fn all_who_wait_at_the_door_come_in_with_one_event() {
    let mut server = Server::new(echo);
    let address = server.address;
    server.turn();
    let clients: Vec<TcpStream> = (0..600)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    server.until(|reactor| reactor.people().len() == clients.len());
    assert_eq!(server.reactor.people().connections_from(LOOPBACK), 600);
}

#[test]
fn connections_are_counted_by_address_while_they_last() {
    let mut server = Server::new(|people, who, ip, _| people.set_ip(who, ip.parse().unwrap()));
    let (mut ana, _) = server.client();
    let (bob, bob_id) = server.client();
    let people = server.reactor.people();
    assert_eq!(people.connections_from(LOOPBACK), 2);
    assert_eq!(
        people.connections_from("::ffff:127.0.0.1".parse().unwrap()),
        2
    );
    say(&mut ana, "192.0.2.7\r\n");
    server.until(|reactor| reactor.people().connections_from(LOOPBACK) == 1);
    let far: IpAddr = "192.0.2.7".parse().unwrap();
    assert_eq!(server.reactor.people().connections_from(far), 1);
    drop(bob);
    server.until_told(&Told::Closed(bob_id, Closed::ByPeer));
    drop(ana);
    server.until(|reactor| reactor.people().is_empty());
    assert_eq!(server.reactor.people().connections_from(LOOPBACK), 0);
    assert_eq!(server.reactor.people().connections_from(far), 0);
}

#[test]
fn a_connection_whose_person_is_still_to_be_told_of_is_not_counted() {
    let mut server = Server::new(|people, who, line, _| match line {
        "wait" => people.discount(who),
        "stay" => people.recount(who),
        ip => people.set_ip(who, ip.parse().unwrap()),
    });
    let (mut ana, id) = server.client();
    let far: IpAddr = "192.0.2.7".parse().unwrap();
    // Saying it twice changes nothing.
    let deeds = [
        ("wait", 0, 0),
        ("wait", 0, 0),
        ("stay", 1, 0),
        ("stay", 1, 0),
        ("wait", 0, 0),
        ("192.0.2.7", 0, 1),
        ("wait", 0, 0),
        ("stay", 0, 1),
        ("wait", 0, 0),
    ];
    for (number, (line, from_here, from_there)) in deeds.into_iter().enumerate() {
        say(&mut ana, &format!("{line}\r\n"));
        let is_line = |told: &&Told| matches!(told, Told::Line(..));
        server.until(|reactor| reactor.host().told.iter().filter(is_line).count() > number);
        let people = server.reactor.people();
        let counts = (
            people.connections_from(LOOPBACK),
            people.connections_from(far),
        );
        assert_eq!(counts, (from_here, from_there), "{line}");
        assert!(!people.is_deserted(), "somebody is there");
    }
    assert!(server.reactor.people().peer(id).unwrap().told);
    drop(ana);
    server.until(|reactor| reactor.people().is_deserted());
}

#[test]
fn a_place_is_not_used_again_in_the_turn_in_which_it_is_left() {
    // Ana's line ends Bob and brings somebody new, while Bob's own line waits in the same batch.
    let mut server = Server::new(|people, who, line, _| {
        if line == "end the others" {
            for id in people.ids().filter(|&id| id != who).collect::<Vec<_>>() {
                people.dismiss(id, &farewell());
                assert!(people.contains(id));
            }
            people.insert_silent(DoorId(0), LOOPBACK);
        }
    });
    let (mut ana, _) = server.client();
    let (mut bob, bob_id) = server.client();
    // Bob's first event, that he may be written to, would come before Ana's line.
    server.turn();
    say(&mut ana, "end the others\r\n");
    server.wait_for_news();
    say(&mut bob, "stale\r\n");
    let carl = TcpStream::connect(server.address).unwrap();
    server.until(|reactor| reactor.host().told.len() >= 5);
    let carl_id = *server.opened().last().unwrap();
    assert_eq!(
        carl_id.key, bob_id.key,
        "the place is used again at the end"
    );
    assert_eq!(carl_id.generation, bob_id.generation + 1);
    server.turns_for(Duration::from_millis(50));
    assert!(server.lines_of(bob_id).is_empty());
    assert!(server.lines_of(carl_id).is_empty());
    drop(carl);
}

#[test]
fn a_buried_person_s_place_is_not_used_again_in_the_same_turn_either() {
    let mut server = Server::new(|people, who, _, _| {
        let silent = people.insert_silent(DoorId(0), LOOPBACK);
        people.swap(silent, who);
        people.bury(who);
        let next = people.insert_silent(DoorId(0), LOOPBACK);
        assert!(people.contains(who) && next.key != who.key);
    });
    let (mut ana, id) = server.client();
    say(&mut ana, "move\r\n");
    server.until(|reactor| !reactor.people().contains(id));
    assert_eq!(server.lines_of(id), ["move"]);
}

#[test]
fn an_id_that_is_out_of_date_finds_nobody() {
    let mut server = Server::new(echo);
    let (bob, bob_id) = server.client();
    drop(bob);
    server.until_told(&Told::Closed(bob_id, Closed::ByPeer));
    let (mut carl, carl_id) = server.client();
    assert_eq!(carl_id.key, bob_id.key);
    server.reactor.with(|_, people, now| {
        people.send(bob_id, b"not for carl\r\n");
        people.send_shared(bob_id, vec![b'x'; 10_000].into());
        people.write_chunk(bob_id, &"nor this\r\n".into());
        people.dismiss(bob_id, &farewell());
        people.cut(bob_id, b"nor this\r\n", &farewell());
        people.pause(bob_id);
        people.set_deadline(bob_id, now.mono);
        people.want_drained(bob_id);
        people.bury(bob_id);
        people.set_ip(bob_id, "192.0.2.7".parse().unwrap());
        people.swap(bob_id, carl_id);
        assert!(people.wire(bob_id).is_none() && people.peer(bob_id).is_none());
        assert!(people.framing_mut::<Lines>(bob_id).is_none());
        assert!(people.framing_mut::<Lines>(carl_id).is_some());
    });
    say(&mut carl, "for me\r\n");
    server.expect(&mut carl, "for me\r\n");
    server.pass(Duration::from_millis(250));
    assert_eq!(server.told().len(), 5 - 1, "{:?}", server.told());
}

#[test]
fn a_person_without_a_socket_stays_until_it_is_buried() {
    let mut server = Server::new(echo);
    let id = server
        .reactor
        .with(|_, people, _| people.insert_silent(DoorId(0), LOOPBACK));
    server.reactor.with(|_, people, _| {
        people.send(id, b"to nobody\r\n");
        assert_eq!(people.queued(id), 0);
        assert_eq!(people.connections_from(LOOPBACK), 0);
    });
    server.turn();
    assert!(server.reactor.people().contains(id));
    server.reactor.with(|_, people, _| people.bury(id));
    server.turn();
    assert!(!server.reactor.people().contains(id));
    assert!(server.told().is_empty());
}

#[test]
fn somebody_with_a_socket_is_not_buried() {
    let mut server = Server::new(|people, who, _, _| people.bury(who));
    let (mut ana, id) = server.client();
    say(&mut ana, "bury me\r\n");
    server.until_told(&Told::Line(id, "bury me".to_owned()));
    server.turn();
    assert!(server.reactor.people().contains(id));
}

#[test]
fn a_kept_entry_outlives_its_connection_and_is_the_same_person() {
    let mut server = Server::new(echo);
    server.reactor.host_mut().after = After::Keep;
    let (ana, id) = server.client();
    drop(ana);
    server.until_told(&Told::Closed(id, Closed::ByPeer));
    server.turn();
    let people = server.reactor.people();
    assert!(people.contains(id) && people.wire(id).is_none());
    assert_eq!(people.connections_from(LOOPBACK), 0);
    assert_eq!(people.peer(id).unwrap().ip, LOOPBACK);
}

#[test]
fn shut_doors_refuse_and_those_inside_stay() {
    let mut server = Server::new(echo);
    let (mut ana, _) = server.client();
    server.reactor.shut_doors();
    assert!(TcpStream::connect(server.address).is_err());
    say(&mut ana, "still here\r\n");
    server.expect(&mut ana, "still here\r\n");
}

#[test]
fn a_person_knows_its_door() {
    let mut server = Server::new(echo);
    let address = "127.0.0.1:0".parse().unwrap();
    let door = Door::bind("second", address, || Box::new(Lines::default())).unwrap();
    let address = door.local_addr().unwrap();
    let second = server.reactor.open(door).unwrap();
    let (_first, first_id) = server.client();
    let mut client = TcpStream::connect(address).unwrap();
    server.until(|reactor| reactor.people().len() == 2);
    let second_id = *server.opened().last().unwrap();
    let people = server.reactor.people();
    assert_eq!(people.peer(first_id).unwrap().door, DoorId(0));
    assert_eq!(people.peer(second_id).unwrap().door, second);
    client
        .set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    assert!(client.read(&mut [0]).is_err(), "open and silent");
}
