//! A connection that takes another person's place, also while it is speaking.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::net::{IpAddr, Ipv4Addr, Shutdown};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chat_core::id::{DoorId, PersonId};
use chat_core::net::{After, Closed, Farewell, Lines, People};
use loop_support::{Server, Told, echo, say};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn farewell() -> Farewell {
    Farewell {
        code: 4001,
        reason: "taken over".to_owned(),
    }
}

/// Whoever says `take` takes the place of the person that is noted.
fn server() -> (Server, Arc<Mutex<Option<PersonId>>>) {
    let place = Arc::new(Mutex::new(None));
    let noted = Arc::clone(&place);
    let server = Server::new(move |people, who, line, now| {
        let place: Option<PersonId> = *noted.lock().unwrap();
        match (line, place) {
            ("take", Some(place)) => take(people, place, who),
            _ => echo(people, who, line, now),
        }
    });
    (server, place)
}

fn take(people: &mut People, place: PersonId, who: PersonId) {
    let wire = people.wire(who);
    people.swap(place, who);
    assert_eq!(people.wire(place), wire, "it speaks as before");
    people.send(place, b"welcome back\r\n");
    match people.wire(who) {
        Some(_) => people.dismiss(who, &farewell()),
        None => people.bury(who),
    }
}

fn silent(server: &mut Server) -> PersonId {
    server
        .reactor
        .with(|_, people, _| people.insert_silent(DoorId(0), LOOPBACK))
}

#[test]
fn a_browser_that_comes_back_takes_its_person_s_place_in_the_middle_of_its_frame() {
    let (mut server, place) = server();
    let person = silent(&mut server);
    *place.lock().unwrap() = Some(person);
    let (mut client, new) = server.client();
    say(&mut client, "one\r\ntake\r\ntwo\r\nthr");
    server.expect(&mut client, "one\r\nwelcome back\r\ntwo\r\n");
    say(&mut client, "ee\r\n");
    server.expect(&mut client, "three\r\n");
    assert_eq!(server.lines_of(new), ["one", "take"]);
    assert_eq!(server.lines_of(person), ["two", "three"]);
    let people = server.reactor.people();
    assert!(people.contains(person) && !people.contains(new));
    assert_eq!(people.connections_from(LOOPBACK), 1);
    assert!(
        !server
            .told()
            .iter()
            .any(|told| matches!(told, Told::Closed(..)))
    );
}

#[test]
fn a_second_tab_takes_over_and_the_first_is_told_and_closed() {
    let (mut server, place) = server();
    let (mut first, person) = server.client();
    *place.lock().unwrap() = Some(person);
    let (mut second, new) = server.client();
    say(&mut second, "take\r\nnext\r\n");
    server.expect(&mut second, "welcome back\r\nnext\r\n");
    assert_eq!(server.lines_of(person), ["next"]);
    server.until_told(&Told::Closed(new, Closed::Dismissed));
    assert_eq!(server.read_to_end(&mut first), b"");
    assert!(server.reactor.people().contains(person));
}

#[test]
fn what_waits_goes_with_the_connection() {
    let mut server = Server::with_queue(1 << 20, |people, who, _, _| {
        people.send_shared(who, Bytes::from("x".repeat(200_000)));
    });
    let (mut slow, slow_id) = server.slow_client();
    let person = silent(&mut server);
    say(&mut slow, "much\r\n");
    server.until(|reactor| reactor.people().queued(slow_id) > 0);
    server.reactor.with(|_, people, _| {
        let queued = people.queued(slow_id);
        people.swap(person, slow_id);
        assert_eq!(people.queued(person), queued);
        people.bury(slow_id);
    });
    server.expect(&mut slow, &"x".repeat(200_000));
}

#[test]
fn a_pause_and_what_was_not_decoded_go_with_the_connection() {
    let mut server = Server::new(|people, who, _, _| people.pause(who));
    let (mut client, old) = server.client();
    let person = silent(&mut server);
    say(&mut client, "one\r\ntwo\r\n");
    client.shutdown(Shutdown::Write).unwrap();
    server.until_told(&Told::Line(old, "one".to_owned()));
    server.reactor.with(|_, people, _| people.swap(old, person));
    server.turns_for(Duration::from_millis(30));
    assert!(server.lines_of(person).is_empty());
    server.reactor.with(|_, people, _| people.resume(person));
    server.until_told(&Told::Line(person, "two".to_owned()));
    server.reactor.with(|_, people, _| people.resume(person));
    server.until_told(&Told::Closed(person, Closed::ByPeer));
    assert!(server.lines_of(old).len() == 1 && server.reactor.people().contains(old));
}

#[test]
fn somebody_resumed_and_moved_at_once_is_heard_in_the_new_place() {
    let mut server = Server::new(|people, who, _, _| people.pause(who));
    let (mut client, old) = server.client();
    let person = silent(&mut server);
    say(&mut client, "one\r\ntwo\r\n");
    server.until_told(&Told::Line(old, "one".to_owned()));
    server.turn();
    server.reactor.with(|_, people, _| {
        people.resume(old);
        people.swap(old, person);
    });
    server.until_told(&Told::Line(person, "two".to_owned()));
}

#[test]
fn bytes_that_came_before_the_swap_are_not_forgotten() {
    let mut server = Server::new(echo);
    let (mut client, old) = server.client();
    let person = silent(&mut server);
    server.turn();
    say(&mut client, "early\r\n");
    server.wait_for_news();
    server.reactor.with(|_, people, _| people.swap(old, person));
    server.expect(&mut client, "early\r\n");
    assert_eq!(server.lines_of(person), ["early"]);
    let framing = |people: &mut People, id| people.framing_mut::<Lines>(id).is_some();
    assert!(server.reactor.with(|_, people, _| framing(people, person)));
}

#[test]
fn a_dismissal_goes_with_the_connection_and_is_announced_once() {
    let mut server = Server::new(echo);
    server.reactor.host_mut().after = After::Keep;
    let (mut first, a) = server.client();
    let (mut second, b) = server.client();
    server.reactor.with(|_, people, _| {
        people.dismiss(a, &farewell());
        people.swap(a, b);
    });
    assert_eq!(server.read_to_end(&mut first), b"");
    let closed = |told: &&Told| matches!(told, Told::Closed(..));
    let closed: Vec<Told> = server.told().iter().filter(closed).cloned().collect();
    assert_eq!(closed, [Told::Closed(b, Closed::Dismissed)]);
    say(&mut second, "mine now\r\n");
    server.expect(&mut second, "mine now\r\n");
    assert_eq!(server.lines_of(a), ["mine now"]);
}

#[test]
fn deadlines_stay_with_the_people() {
    let mut server = Server::new(echo);
    let (_client, connected) = server.client();
    let person = silent(&mut server);
    server.reactor.with(|_, people, now| {
        people.set_deadline(person, now.mono + Duration::from_millis(100));
        people.swap(person, connected);
    });
    server.pass(Duration::from_millis(350));
    assert!(server.told().contains(&Told::Deadline(person)));
    assert!(!server.told().contains(&Told::Deadline(connected)));
}
