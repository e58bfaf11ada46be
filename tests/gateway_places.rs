//! How many find a place at a gateway's own door, and where those behind a proxy of its own are.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "gateway_support/mod.rs"]
mod gateway_support;

use gateway_support::{gateway_of, secret_file, start_relay};
use test_support::http::{self, Connection};
use test_support::{Program, Upgrade, WsClient, eventually};

/// Where the proxy connects from; everybody else here comes from 127.0.0.1.
const PROXY: [u8; 4] = [127, 0, 0, 2];

/// A relay that believes its gateway, and the gateway, which believes a proxy.
fn pair(more: &[&str]) -> (Program, Program) {
    let file = secret_file("s3cret");
    let secret = ["--gateway-secret", file.path().to_str().unwrap()];
    let relay = ["--irc=127.0.0.1:0", "--unlimited", "--gateway", "127.0.0.1"];
    let relay = start_relay(&[&relay[..], &secret].concat());
    let proxy = ["--proxy", "127.0.0.2"];
    let at = relay.door("irc").to_string();
    let gateway = gateway_of(&at, &[&secret[..], &proxy, more].concat());
    (relay, gateway)
}

fn proxied(gateway: &Program, forwarded_for: &str) -> Upgrade {
    let upgrade = Upgrade::to(gateway.door("http")).from(PROXY);
    upgrade.header("X-Forwarded-For", forwarded_for)
}

#[track_caller]
fn address_of(person: &mut WsClient, nick: &str) -> String {
    person.send(&format!("WHOIS {nick}"));
    let line = person.expect_contains(" 338 ");
    person.expect_contains(" 318 ");
    line.split(' ').nth(4).unwrap().to_owned()
}

#[test]
fn the_relay_learns_where_a_browser_behind_a_proxy_and_a_gateway_is() {
    let (_relay, gateway) = pair(&[]);
    let mut guest = proxied(&gateway, "203.0.113.9, 192.0.2.7").connect();
    guest.register("guest");
    assert_eq!(address_of(&mut guest, "guest"), "192.0.2.7");
    // Whoever comes past the proxy is where they are, whatever they say.
    let mut eve = Upgrade::to(gateway.door("http"))
        .header("X-Forwarded-For", "192.0.2.7")
        .connect();
    eve.register("eve");
    assert_eq!(address_of(&mut eve, "eve"), "127.0.0.1");
    let mut connection = Connection::open_from(PROXY.into(), gateway.door("http"));
    connection.send(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\
         X-Forwarded-For: 2001:db8::7\r\nContent-Length: 8\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\nname=ana",
    );
    let answer = connection.response();
    let cookie = answer.header("set-cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let page = proxied(&gateway, "2001:db8::7").session(cookie);
    let mut ana = page.path("/socket?session").connect();
    ana.register("ana");
    assert_eq!(address_of(&mut ana, "ana"), "2001:db8::7");
}

#[test]
fn an_address_has_so_many_sockets_at_the_gateway() {
    let (_relay, gateway) = pair(&["--limit", "connections_per_address=2"]);
    let two = [(); 2].map(|()| proxied(&gateway, "192.0.2.7").connect());
    let refused = proxied(&gateway, "192.0.2.7").refused();
    assert_eq!(refused.status, 429);
    let text = refused.text();
    assert!(
        text.contains("too many connections from your address"),
        "{text}"
    );
    proxied(&gateway, "192.0.2.8").connect();
    drop(two);
    eventually("a place", || {
        let mut connection = Connection::open_from(PROXY.into(), gateway.door("http"));
        connection.send(proxied(&gateway, "192.0.2.7").bytes());
        (connection.response_head().status == 101).then_some(())
    });
}

#[test]
fn there_are_so_many_connections_at_the_gateway_in_all() {
    let (_relay, gateway) = pair(&["--limit", "connections=3"]);
    let door = gateway.door("http");
    let asks = |connection: &mut Connection| {
        connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        connection.response().status
    };
    let mut three = [(); 3].map(|()| Connection::open(door));
    for connection in &mut three {
        assert_eq!(asks(connection), 200);
    }
    let mut fourth = Connection::open(door);
    assert_eq!(fourth.response().status, 503);
    assert_eq!(fourth.rest(), b"");
    drop(three);
    eventually("a place", || {
        let answer = http::get(door, "/healthz");
        (answer.status == 200).then_some(())
    });
}
