//! Sockets of the real program: who may open one, what a session's may do, and how it all ends.

use std::time::{Duration, Instant};

use crate::sessions_support::{MOMENT, Site, name_in};
use test_support::http::{self, Connection};
use test_support::tungstenite::Message;
use test_support::{PATIENCE, Upgrade, WsClient};

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
    assert!(told.contains("FAIL PRIVMSG INVALID_UTF8"), "{told}");
    tab.fence();
}

#[test]
fn frames_that_say_nothing_count_as_talk() {
    let site = Site::start_with(&[
        "--limit",
        "flood_lines=5",
        "--limit",
        "flood_lines_per_second=5",
    ]);
    let mut bot = WsClient::connect(site.http);
    bot.register("bot");
    // A ping, a pong that nobody asked for, a fragment without content.
    for first in [0x89, 0x8a, 0x00] {
        std::thread::sleep(Duration::from_millis(1200));
        let start = Instant::now();
        if first == 0 {
            bot.send_raw(&[0x01, 0x81, 0, 0, 0, 0, b'P']);
        }
        bot.send_raw(&[first, 0x80, 0, 0, 0, 0].repeat(15));
        if first == 0 {
            bot.send_raw(&[0x80, 0x85, 0, 0, 0, 0, b'I', b'N', b'G', b' ', b'x']);
        }
        bot.fence();
        let time = start.elapsed();
        assert!(time > Duration::from_millis(1800), "{first}: {time:?}");
    }
}

#[test]
fn a_message_has_its_limit() {
    let site = Site::start_with(&["--limit", "websocket_message_bytes=5000"]);
    let mut bot = WsClient::connect(site.http);
    bot.register("bot");
    bot.send(&format!("PING {}", "x".repeat(4995)));
    bot.expect_contains(" 417 ");
    bot.send(&format!("PING {}", "x".repeat(4996)));
    bot.expect_close(1009);
}

#[test]
fn a_message_of_several_lines_is_a_frame_for_each_and_is_kept_for_whoever_is_away() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let caps = "draft/multiline batch labeled-response echo-message message-tags";
    let mut tab = WsClient::connect_with_session(site.http, &cookie);
    tab.caps(&caps.split(' ').collect::<Vec<_>>());
    tab.register("ana");
    tab.join("#lobby");
    for line in [
        "@label=l BATCH +1 draft/multiline #lobby",
        "@batch=1 PRIVMSG #lobby :one",
        "@batch=1 PRIVMSG #lobby :two",
        "BATCH -1",
    ] {
        tab.send(line);
    }
    let open = tab.expect_contains(" BATCH +");
    assert!(open.starts_with("@label=l;msgid="), "{open}");
    for end in [" PRIVMSG #lobby :one", " PRIVMSG #lobby :two"] {
        let line = tab.next_line();
        assert!(line.starts_with("@batch=") && line.ends_with(end), "{line}");
    }
    assert!(tab.next_line().contains(" BATCH -"));
    witness.expect_contains("PRIVMSG #lobby :one");
    witness.expect_contains("PRIVMSG #lobby :two");

    drop(tab);
    std::thread::sleep(MOMENT);
    for line in [
        "CAP REQ :draft/multiline batch",
        "BATCH +2 draft/multiline ana",
        "@batch=2 PRIVMSG ana :three",
        "@batch=2 PRIVMSG ana :four",
        "BATCH -2",
    ] {
        witness.send(line);
    }
    witness.fence();
    let (_, welcome) = site.tab(&cookie);
    let missed = welcome
        .iter()
        .filter(|line| line.contains(" PRIVMSG ana :"));
    let missed: Vec<&str> = missed.filter_map(|line| line.rsplit(':').next()).collect();
    assert_eq!(missed, ["three", "four"]);
}

#[test]
fn everybody_is_told_when_it_ends() {
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
    site.program.signal("TERM");
    for socket in [&mut tab, &mut bot, &mut half] {
        socket.expect_close(1012);
    }
    assert!(browser.rest().is_empty());
    if site.relay.is_none() {
        witness.expect_contains("ERROR :Closing link: the chat is closing");
    }
    drop((tab, bot, half, browser, witness));
    let status = site.program.wait(PATIENCE);
    assert!(status.success(), "{status}");
}
