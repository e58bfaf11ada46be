//! The HTTP door of the real program: how long a request may be and may take, and what is answered.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions_support/clocked.rs"]
mod clocked;
#[path = "sessions_support/mod.rs"]
mod sessions_support;

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use clocked::House;
use sessions_support::Site;
use test_support::http::{self, Connection};
use test_support::{LineClient, WsClient};

#[test]
fn requests_follow_each_other_on_one_connection() {
    let site = Site::start();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", site.http);
    let mut browser = Connection::open(site.http);
    for _ in 0..3 {
        browser.send(get("/healthz"));
        assert_eq!(browser.response().status, 200);
    }
    let paths = ["/healthz", "/nowhere", "/login", "/", "/assets/style.css"];
    browser.send(paths.map(get).concat());
    let statuses = paths.map(|_| browser.response().status);
    assert_eq!(statuses, [200, 404, 200, 303, 200]);
    browser.send(get("/healthz").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    let last = browser.response();
    assert_eq!(last.header("connection"), Some("close"));
    assert!(browser.rest().is_empty());
}

#[test]
fn a_request_that_takes_too_long_is_told_so() {
    let house = House::hurried();
    let mut slow = Connection::open(house.http);
    slow.send("GET / HTTP/1.1\r\n");
    house.pass(Duration::from_millis(600));
    slow.send("Host: a");
    house.pass(Duration::from_millis(500));
    assert_eq!(slow.response().status, 408);
    assert!(slow.rest().is_empty());
    let mut body = Connection::open(house.http);
    body.send(format!(
        "POST /login HTTP/1.1\r\nHost: {}\r\nContent-Length: 9\r\n\r\nname",
        house.http
    ));
    house.pass(Duration::from_millis(1100));
    assert_eq!(body.response().status, 408);
    let mut idle = Connection::open(house.http);
    house.pass(Duration::from_millis(1100));
    assert_eq!(idle.rest(), b"", "who asked for nothing is told nothing");
    let mut tab = WsClient::connect(house.http);
    tab.register("bot");
    for _ in 0..5 {
        house.pass(Duration::from_millis(500));
        tab.fence();
    }
}

#[test]
fn a_head_has_its_limit() {
    let site = Site::start_with(&["--limit", "http_head_bytes=300"]);
    let head = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\nX: ", site.http);
    let fits = format!("{head}{}\r\n\r\n", "x".repeat(296 - head.len()));
    assert_eq!(http::request(site.http, fits).status, 200);
    let long = format!("{head}{}\r\n\r\n", "x".repeat(297 - head.len()));
    assert_eq!(http::request(site.http, long).status, 431);
}

#[test]
fn an_answer_is_whole_for_who_has_hung_up_half() {
    let site = Site::start();
    let mut stream = TcpStream::connect(site.http).unwrap();
    let request = format!(
        "GET /assets/style.css HTTP/1.1\r\nHost: {}\r\n\r\n",
        site.http
    );
    stream.write_all(request.repeat(3).as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stream, &mut text).unwrap();
    assert_eq!(text.matches("HTTP/1.1 200").count(), 3);
    let one = http::request(site.http, request);
    let length: usize = one.header("content-length").unwrap().parse().unwrap();
    assert_eq!(one.body.len(), length);
    assert!(text.ends_with(one.text()));
}

#[test]
fn files_travel_in_gzip_and_are_not_sent_twice() {
    let site = Site::start();
    let ask = |more: &str| {
        let head = format!(
            "GET /assets/style.css HTTP/1.1\r\nHost: {}\r\n{more}\r\n",
            site.http
        );
        http::request(site.http, head)
    };
    let (plain, packed) = (ask(""), ask("Accept-Encoding: gzip, br\r\n"));
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.starts_with(&[0x1f, 0x8b]) && packed.body.len() < plain.body.len());
    for (answer, encoding) in [(plain, ""), (packed, "Accept-Encoding: gzip, br\r\n")] {
        let etag = answer.header("etag").unwrap();
        let again = ask(&format!("{encoding}If-None-Match: {etag}\r\n"));
        assert_eq!((again.status, again.body.len()), (304, 0));
        assert_eq!(again.header("etag"), Some(etag));
    }
}

#[test]
fn too_many_connections_are_told_so_in_http_too() {
    let site = Site::start_with(&["--limit", "connections=2"]);
    let mut one = LineClient::connect(site.irc);
    one.register("one");
    let _two = site.witness();
    let answer = Connection::open(site.http).response();
    assert_eq!(answer.status, 503);
    assert!(answer.header("retry-after").is_some());
    assert!(
        answer.text().contains("too many connections"),
        "{}",
        answer.text()
    );
}
