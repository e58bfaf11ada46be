//! The HTTP door of the real program: who is let in, how long a request may take, what a session's
//! socket may do, and how it all ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions_support/mod.rs"]
mod sessions_support;

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use sessions_support::{Site, name_in};
use test_support::http::{self, Connection};
use test_support::tungstenite::Message;
use test_support::{LineClient, Upgrade, WsClient};

#[test]
fn a_socket_without_a_session_registers_like_any_client() {
    let site = Site::start();
    let mut witness = site.witness();
    let own = format!("http://{}", site.http);
    for (i, upgrade) in [site.upgrade(), site.upgrade().header("Origin", &own)]
        .into_iter()
        .enumerate()
    {
        let mut bot = upgrade.connect();
        let welcome = bot.register(&format!("bot{i}"));
        assert_eq!(name_in(&welcome), format!("bot{i}"));
        bot.join("#lobby");
        witness.expect_contains(&format!(":bot{i}!"));
        drop(bot);
        let gone = witness.expect_contains(" QUIT ");
        assert!(gone.starts_with(&format!(":bot{i}!")), "{gone}");
    }
}

#[test]
fn strangers_pages_open_no_socket() {
    let site = Site::start();
    let cookie = site.login("ana");
    let with = |origin: &str| site.upgrade().header("Origin", origin);
    for refused in [
        with("http://evil.example"),
        with("null"),
        with("http://localhost"),
        with("http://evil.example").header("Cookie", &cookie),
        with("null").header("Cookie", &cookie),
        site.upgrade().header("Cookie", &cookie),
    ] {
        let what = format!("{refused:?}");
        assert_eq!(refused.refused().status, 403, "{what}");
    }
    let (_, welcome) = site.tab(&cookie);
    assert_eq!(name_in(&welcome), "ana");
}

#[test]
fn a_listed_origin_is_let_in_and_other_names_are_not_served() {
    let site = Site::start_with(&["--origin", "http://chat.example:81"]);
    let listed = |upgrade: Upgrade| upgrade.header("Origin", "http://chat.example:81");
    listed(site.upgrade()).connect().register("ana");
    let named = site.upgrade().header("Host", "chat.example:81");
    listed(named).connect().register("bob");
    let rebound = site.upgrade().header("Host", "evil.example");
    assert_eq!(rebound.refused().status, 421);
    for host in [
        "evil.example",
        "chat.example.evil.example",
        "127.0.0.1.evil.example",
    ] {
        for path in ["/", "/login", "/healthz", "/assets/style.css"] {
            let answer = http::request(
                site.http,
                format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            );
            assert_eq!(answer.status, 421, "{host} {path}");
        }
    }
    let health = http::get(site.http, "/healthz");
    assert_eq!((health.status, health.text()), (200, "ok\n"));
}

#[test]
fn a_sessions_socket_that_sends_what_cannot_be_is_told_and_may_come_again() {
    let site = Site::start();
    let cookie = site.login("ana");
    let long = "x".repeat(8 * 1024 + 1);
    let masked = |first: u8, payload: &[u8]| {
        [
            &[
                first,
                0x80 | u8::try_from(payload.len()).unwrap(),
                0,
                0,
                0,
                0,
            ],
            payload,
        ]
        .concat()
    };
    let (mut tab, _) = site.tab(&cookie);
    tab.send(&"x".repeat(5000));
    assert!(tab.next_line().contains(" 417 ana :"));
    tab.send("PING a\r\nPING b");
    assert!(tab.next_line().contains("INVALID_MESSAGE") || tab.transcript().contains("CR"));
    tab.fence();
    tab.send(&long);
    tab.expect_close(1009);
    for (frame, code) in [
        (masked(0x81, b"\xff\xfe"), 1007),
        (masked(0xf1, b"x"), 1002),
    ] {
        let (mut tab, _) = site.tab(&cookie);
        tab.send_raw(&frame);
        tab.expect_close(code);
    }
    let (mut tab, welcome) = site.tab(&cookie);
    assert_eq!(name_in(&welcome), "ana");
    tab.fence();
}

#[test]
fn binary_sockets_speak_the_same_and_have_to_be_utf_8() {
    let site = Site::start();
    let cookie = site.login("ana");
    let upgrade = site
        .upgrade()
        .session(&cookie)
        .protocol("binary.ircv3.net, text.ircv3.net");
    let mut tab = upgrade.connect();
    assert_eq!(tab.protocol(), Some("binary.ircv3.net"));
    tab.send_message(Message::binary("NICK x"));
    tab.send_message(Message::binary("USER x 0 * :x"));
    let first = tab.next_message();
    assert!(first.is_binary(), "{first:?}");
    tab.expect_contains(" 422 ");
    tab.send_message(Message::binary(b"PRIVMSG #lobby :\xff".to_vec()));
    let told = tab.next_line();
    assert!(told.contains("INVALID_UTF8"), "{told}");
    tab.fence();
}

#[test]
fn pings_count_as_talk() {
    let site = Site::start_with(&[
        "--limit",
        "flood_lines=5",
        "--limit",
        "flood_lines_per_second=5",
    ]);
    let mut bot = WsClient::connect(site.http);
    bot.register("bot");
    std::thread::sleep(Duration::from_secs(1));
    let start = Instant::now();
    let ping = [0x89, 0x80, 0, 0, 0, 0];
    bot.send_raw(&ping.repeat(15));
    bot.fence();
    assert!(
        start.elapsed() > Duration::from_millis(1800),
        "{:?}",
        start.elapsed()
    );
}

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
    let site = Site::start_with(&["--limit", "http_head_seconds=1"]);
    let mut slow = Connection::open(site.http);
    let start = Instant::now();
    slow.send("GET / HTTP/1.1\r\n");
    std::thread::sleep(Duration::from_millis(600));
    slow.send("Host: a");
    assert_eq!(slow.response().status, 408);
    assert!(slow.rest().is_empty());
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    let mut body = Connection::open(site.http);
    body.send(format!(
        "POST /login HTTP/1.1\r\nHost: {}\r\nContent-Length: 9\r\n\r\nname",
        site.http
    ));
    assert_eq!(body.response().status, 408);
    let mut idle = Connection::open(site.http);
    assert_eq!(idle.rest(), b"", "who asked for nothing is told nothing");
    let mut tab = WsClient::connect(site.http);
    tab.register("bot");
    std::thread::sleep(Duration::from_millis(2500));
    tab.fence();
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
fn a_message_has_its_limit() {
    let site = Site::start_with(&["--limit", "websocket_message_bytes=100"]);
    let mut bot = WsClient::connect(site.http);
    bot.register("bot");
    bot.send(&format!("PING {}", "x".repeat(95)));
    bot.expect_contains(" PONG ");
    bot.send(&format!("PING {}", "x".repeat(96)));
    bot.expect_close(1009);
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

#[test]
fn everybody_is_told_when_it_ends_and_ghosts_hold_nothing_up() {
    let mut site = Site::start();
    let (cookie, ghost) = (site.login("ana"), site.login("bob"));
    let mut tab = site.tab_in_lobby(&cookie);
    drop(site.tab_in_lobby(&ghost));
    let mut bot = WsClient::connect(site.http);
    bot.register("bot");
    let mut half = WsClient::connect(site.http);
    let mut witness = site.witness();
    let mut browser = Connection::open(site.http);
    browser.send(format!(
        "GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n",
        site.http
    ));
    assert_eq!(browser.response().status, 200);
    std::thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    site.program.signal("TERM");
    for socket in [&mut tab, &mut bot, &mut half] {
        socket.expect_close(1012);
    }
    assert!(browser.rest().is_empty());
    witness.expect_contains("ERROR :Closing link: the chat is being restarted");
    drop((tab, bot, half, browser, witness));
    let status = site.program.wait(Duration::from_secs(5));
    assert!(status.success(), "{status}");
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}
