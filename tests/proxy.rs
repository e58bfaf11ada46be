//! Behind a proxy: where people come from is what a proxy that is trusted says, and nobody else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/abroad.rs"]
mod abroad;

use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use abroad::Abroad;
use chat_core::limits::Limits;
use chat_core::names::RoomName;
use chat_core::net::Door;
use chat_core::relay::Relay;
use chat_web::front::Front;
use chat_web::origin::Origins;
use chat_web::proxy::Proxies;
use chat_web::site::{Site, SiteSettings};
use chat_web::web::{Settings, Web};
use test_support::http::{Connection, Response};
use test_support::{Program, Upgrade, WsClient, tempfile};

/// Where the proxy connects from; everybody else here comes from 127.0.0.1.
const PROXY: [u8; 4] = [127, 0, 0, 2];

fn program(args: &[&str]) -> Program {
    let mut all = vec!["--proxy", "127.0.0.2"];
    for door in ["--http", "--irc"] {
        all.extend([door, "127.0.0.1:0"]);
    }
    all.extend(["--plain", "none"]);
    all.extend(args);
    Program::start(env!("CARGO_BIN_EXE_chat-web"), &all)
}

/// The request for a WebSocket, as the proxy passes it on for somebody.
fn proxied(program: &Program, forwarded_for: &str) -> Upgrade {
    let upgrade = Upgrade::to(program.door("http")).from(PROXY);
    upgrade.header("X-Forwarded-For", forwarded_for)
}

/// What WHOIS tells somebody of their own address.
#[track_caller]
fn address_of(person: &mut WsClient, nick: &str) -> String {
    person.send(&format!("WHOIS {nick}"));
    let line = person.expect_contains(" 338 ");
    person.expect_contains(" 318 ");
    line.split(' ').nth(4).unwrap().to_owned()
}

/// A login on a connection that may have had others before, for somebody at an address.
#[track_caller]
fn log_in(connection: &mut Connection, form: &str, forwarded_for: &str) -> Response {
    let length = form.len();
    connection.send(format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\
         X-Forwarded-For: {forwarded_for}\r\nContent-Length: {length}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}"
    ));
    connection.response()
}

#[test]
fn the_chat_sees_where_the_browser_is() {
    let program = program(&[]);
    for (forwarded_for, seen) in [
        ("192.0.2.7", "192.0.2.7"),
        ("203.0.113.9, 192.0.2.8", "192.0.2.8"),
        ("203.0.113.9, 192.0.2.9, 127.0.0.2", "192.0.2.9"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("rubbish", "127.0.0.2"),
    ] {
        let mut ana = proxied(&program, forwarded_for).connect();
        let nick = format!("a{}", seen.replace(['.', ':'], "-"));
        ana.register(&nick);
        assert_eq!(address_of(&mut ana, &nick), seen, "{forwarded_for}");
    }
    let mut bare = Upgrade::to(program.door("http")).from(PROXY).connect();
    bare.register("bare");
    assert_eq!(address_of(&mut bare, "bare"), "127.0.0.2");
}

#[test]
fn a_session_s_socket_is_where_the_browser_is_now() {
    let program = program(&[]);
    let mut connection = Connection::open_from(PROXY.into(), program.door("http"));
    let answer = log_in(&mut connection, "name=ana", "192.0.2.7");
    let cookie = answer
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    for ip in ["192.0.2.7", "192.0.2.8"] {
        let mut ana = proxied(&program, ip).session(cookie).connect();
        ana.register("ana");
        assert_eq!(address_of(&mut ana, "ana"), ip);
    }
}

#[test]
fn who_is_no_proxy_gains_nothing_by_the_field() {
    let password = password_file();
    let program = program(&["--password-file", password.path().to_str().unwrap()]);
    let door = program.door("http");
    let upgrade = Upgrade::to(door).header("X-Forwarded-For", "192.0.2.7");
    let mut eve = upgrade.connect();
    eve.send("PASS sesame");
    eve.register("eve");
    assert_eq!(address_of(&mut eve, "eve"), "127.0.0.1");
    let mut connection = Connection::open(door);
    for number in 0..10 {
        let forged = format!("198.51.100.{number}");
        let answer = log_in(&mut connection, "name=ana&password=x", &forged);
        assert_eq!(answer.status, 403);
    }
    let answer = log_in(&mut connection, "name=ana&password=x", "198.51.100.77");
    assert_eq!(
        answer.status, 429,
        "all of them were guesses of one address"
    );
}

fn password_file() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"sesame\n").unwrap();
    file
}

#[test]
fn each_request_of_a_connection_is_somebody_s() {
    let password = password_file();
    let file = password.path().to_str().unwrap();
    let limit = ["--limit", "connections_per_address=1"];
    let program = program(&[&limit[..], &["--password-file", file]].concat());
    let mut connection = Connection::open_from(PROXY.into(), program.door("http"));
    let mut login = |name: &str, password: &str, from: &str| {
        let form = format!("name={name}&password={password}");
        log_in(&mut connection, &form, from).status
    };
    assert_eq!(login("ana", "sesame", "192.0.2.7"), 303);
    assert_eq!(login("bob", "sesame", "192.0.2.7"), 429, "one session each");
    assert_eq!(login("bob", "sesame", "192.0.2.8"), 303);
    for _ in 0..10 {
        assert_eq!(login("eve", "x", "192.0.2.9"), 403);
    }
    assert_eq!(login("eve", "sesame", "192.0.2.9"), 429, "too many guesses");
    assert_eq!(login("dan", "sesame", "192.0.2.10"), 303);
}

#[test]
fn an_address_has_so_many_sockets_behind_a_proxy() {
    let program = program(&["--limit", "connections_per_address=2"]);
    // Not even this machine's own is exempt when a proxy tells it.
    for ip in ["192.0.2.7", "127.0.0.1", "2001:db8::1"] {
        let two = [(); 2].map(|()| proxied(&program, ip).connect());
        let neighbour = ip.replace("db8::1", "db8::2");
        let refused = proxied(&program, &neighbour).refused();
        assert_eq!(refused.status, 429);
        assert_eq!(refused.header("retry-after"), Some("60"));
        assert!(
            refused
                .text()
                .contains("too many connections from your address"),
            "{}",
            refused.text()
        );
        drop(two);
    }
    proxied(&program, "192.0.2.8").connect();
}

#[test]
fn a_refused_socket_leaves_the_proxy_its_connection() {
    let program = program(&["--limit", "connections_per_address=1"]);
    let _first = proxied(&program, "192.0.2.7").connect();
    let mut connection = Connection::open_from(PROXY.into(), program.door("http"));
    for (ip, status) in [("192.0.2.7", 429), ("192.0.2.7", 429), ("192.0.2.8", 101)] {
        connection.send(proxied(&program, ip).bytes());
        let answer = match status {
            101 => connection.response_head(),
            _ => connection.response(),
        };
        assert_eq!(answer.status, status, "{ip}");
    }
}

/// A front to which everybody comes from one address, which is a proxy's or not.
fn abroad(proxy: &str) -> (SocketAddr, impl FnOnce()) {
    let limits = Limits {
        connections_per_address: 2,
        ..Limits::default()
    };
    let settings = SiteSettings {
        title: "Chat".into(),
        room: RoomName::lobby(),
        irc: String::new(),
        plain: String::new(),
        password: None,
        proxies: Proxies::new(vec![proxy.parse().unwrap()]),
        origins: Origins::default(),
        sessions_per_address_max: 9,
    };
    let around = |chat| Abroad::at([10, 0, 0, 1], Front::new(chat, Site::new(settings), 0));
    let builder = Relay::builder().limits(limits);
    let mut relay = builder.build_with(around).unwrap();
    let settings = Settings::from(&limits);
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let door = Door::bind("http", any, move || Box::new(Web::new(settings))).unwrap();
    relay.open(door).unwrap();
    let (address, handle) = (relay.addresses()[0], relay.handle());
    let thread = std::thread::spawn(move || relay.run().unwrap());
    let end = move || {
        handle.stop("the test is over", Duration::ZERO).unwrap();
        thread.join().unwrap();
    };
    (address, end)
}

fn asks(connection: &mut Connection) -> u16 {
    connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    connection.response().status
}

#[test]
fn a_proxy_s_own_connections_are_not_counted() {
    let (door, end) = abroad("10.0.0.0/8");
    let mut many: Vec<Connection> = (0..20).map(|_| Connection::open(door)).collect();
    for connection in &mut many {
        assert_eq!(asks(connection), 200);
    }
    // Without the field, sockets are the proxy's own, and are counted.
    let two = [(); 2].map(|()| Upgrade::to(door).connect());
    assert_eq!(Upgrade::to(door).refused().status, 429);
    drop(two);
    end();
}

#[test]
fn everybody_else_s_are() {
    let (door, end) = abroad("10.0.0.2");
    let mut two = [(); 2].map(|()| Connection::open(door));
    for connection in &mut two {
        assert_eq!(asks(connection), 200);
    }
    let mut third = Connection::open(door);
    assert_eq!(third.response().status, 503);
    drop((two, third));
    end();
}

#[test]
fn a_bad_network_says_what_to_write() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chat-web"));
    command.args(["--proxy", "localhost"]);
    let mut program = Program::spawn(command);
    assert!(!program.wait(test_support::PATIENCE).success());
    let said = program.stderr();
    assert!(
        said.contains("--proxy") && said.contains("10.0.0.0/8"),
        "{said}"
    );
}

#[test]
fn an_address_is_an_address_however_it_is_written() {
    let program = program(&["--limit", "connections_per_address=1"]);
    let _one = proxied(&program, "::ffff:192.0.2.7").connect();
    assert_eq!(proxied(&program, "192.0.2.7").refused().status, 429);
}

/// Only a gateway is believed that a client is new behind an old connection (docs/gateway.md).
#[test]
fn who_comes_through_a_proxy_talks_no_faster_for_attaching() {
    let program = program(&["--limit", "flood_lines_per_second=10"]);
    let mut ana = proxied(&program, "192.0.2.7").connect();
    ana.register("ana");
    let start = Instant::now();
    for _ in 0..10 {
        for line in ["DETACH", "ATTACH", "NICK x", "USER x 0 * :x"] {
            ana.send(line);
        }
        ana.expect_contains(" 422 ");
    }
    let took = start.elapsed();
    assert!(took > Duration::from_secs(2), "{took:?}");
}
