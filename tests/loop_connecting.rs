//! Connections that we make: bytes wait until they are there, and a failure is told once.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use bytes::Bytes;
use chat_core::id::{DoorId, PersonId};
use chat_core::limits::WHEEL_TICK;
use chat_core::net::{Closed, Farewell, Lines};
use loop_support::{Server, Told, echo};
use socket2::{Domain, Socket, Type};

fn connect(server: &mut Server, address: SocketAddr) -> PersonId {
    server.reactor.with(|_, people, _| {
        let framing = Box::new(Lines::default());
        people.connect(address, DoorId(0), framing).unwrap()
    })
}

fn dismiss(server: &mut Server, id: PersonId) {
    let farewell = Farewell {
        code: 1000,
        reason: "gave up".to_owned(),
    };
    server
        .reactor
        .with(|_, people, _| people.dismiss(id, &farewell));
}

/// A listener that takes nobody any more, and those who made it so.
fn full_listener() -> (Socket, Vec<TcpStream>, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&any.into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let short = Duration::from_millis(100);
    let fill = || TcpStream::connect_timeout(&address, short).ok();
    (socket, std::iter::from_fn(fill).collect(), address)
}

#[test]
fn what_is_said_before_the_connection_is_there_leaves_when_it_is() {
    let mut server = Server::new(echo);
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let (_somebody, _) = server.client();
    let id = connect(&mut server, elsewhere.local_addr().unwrap());
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    server.reactor.with(|_, people, _| {
        people.send(id, b"NICK ana\r\n");
        people.write_chunk(id, &Bytes::from_static(b"USER ana\r\n"));
        assert_eq!(people.queued(id), 20);
        assert_eq!(people.connections_from(loopback), 1, "this one goes there");
    });
    let (mut other, _) = elsewhere.accept().unwrap();
    server.until_told(&Told::Connected(id));
    server.turn();
    let mut got = [0; 20];
    other.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"NICK ana\r\nUSER ana\r\n");
    other.write_all(b"welcome\r\n").unwrap();
    server.until_told(&Told::Line(id, "welcome".to_owned()));
    drop(other);
    server.until(|reactor| !reactor.people().contains(id));
    assert_eq!(server.reactor.people().connections_from(loopback), 1);
    let connected = |told: &&Told| **told == Told::Connected(id);
    assert_eq!(server.told().iter().filter(connected).count(), 1);
}

#[test]
fn a_refusal_is_told_once_and_is_no_connection() {
    let mut server = Server::new(echo);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let id = connect(&mut server, nobody);
    server
        .reactor
        .with(|_, people, _| people.send(id, b"NICK\r\n"));
    let refused = Told::Closed(id, Closed::Failed(ErrorKind::ConnectionRefused));
    server.until_told(&refused);
    server.turns_for(Duration::from_millis(30));
    assert_eq!(server.told(), [refused]);
    assert!(!server.reactor.people().contains(id));
}

#[test]
fn an_attempt_that_hangs_ends_by_the_host_s_deadline() {
    let mut server = Server::new(echo);
    let (_listener, _clients, address) = full_listener();
    let id = connect(&mut server, address);
    server.reactor.with(|_, people, now| {
        people.send(id, b"NICK\r\n");
        people.set_deadline(id, now.mono + Duration::from_millis(100));
    });
    server.turns_for(Duration::from_millis(20));
    server.pass(Duration::from_millis(99));
    assert_eq!(server.told(), []);
    server.pass(Duration::from_millis(1) + WHEEL_TICK);
    assert_eq!(server.told(), [Told::Deadline(id)]);
    dismiss(&mut server, id);
    server.until_told(&Told::Closed(id, Closed::Dismissed));
    assert!(!server.reactor.people().contains(id));
}

#[test]
fn a_connection_that_goes_there_takes_another_s_place_too() {
    let mut server = Server::new(echo);
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let id = connect(&mut server, elsewhere.local_addr().unwrap());
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let place = server.reactor.with(|_, people, _| {
        let place = people.insert_silent(DoorId(0), ip);
        people.send(id, b"hello\r\n");
        people.swap(place, id);
        people.bury(id);
        place
    });
    let (mut other, _) = elsewhere.accept().unwrap();
    server.until_told(&Told::Connected(place));
    server.turn();
    let mut got = [0; 7];
    other.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"hello\r\n");
}
