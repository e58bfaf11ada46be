//! A gateway and its relay: what each does when the other one is slow, late, strange or gone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "gateway_support/mod.rs"]
mod gateway_support;

use std::net::TcpListener;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use gateway_support::{Pair, Posing, at_relay, relay_at, start_relay};
use test_support::http::{self, login, post_login};
use test_support::{LineClient, PATIENCE, WsClient, eventually};

const RESTART: u16 = 1012;
const NAME_TAKEN: u16 = 4003;

/// A gateway tries again every few seconds; and a machine may stand still for some.
const BACK_WITHIN: Duration = Duration::from_secs(30);

#[test]
fn the_relay_goes_and_comes_and_everybody_is_where_they_were() {
    let mut pair = Pair::start(&[]);
    let ana = pair.login("ana");
    let bob = pair.login("bob");
    let mut ana_tab = pair.tab(&ana);
    ana_tab.join("#lobby");
    ana_tab.join("#garden");
    let mut bob_tab = pair.tab(&bob);
    bob_tab.send("NICK bert");
    bob_tab.expect_contains(" NICK bert");
    bob_tab.join("#lobby");
    let at = pair.kill_relay();
    ana_tab.expect_close(RESTART);
    bob_tab.expect_close(RESTART);

    // ana's page comes back and waits; bob's browser stays away for the moment.
    let mut ana_tab = WsClient::connect_with_session(pair.http, &ana);
    ana_tab.expect_contains("NOTE * RELAY_GONE");

    pair.relay = Some(relay_at(at));
    let back = Instant::now();
    let welcome = ana_tab.register("ana");
    assert!(back.elapsed() < BACK_WITHIN, "{:?}", back.elapsed());
    for room in ["#lobby", "#garden"] {
        assert!(
            welcome
                .iter()
                .any(|line| line.starts_with(":ana!") && line.ends_with(&format!(" JOIN {room}"))),
            "{welcome:?}"
        );
    }
    eventually("bert, who has no browser, in the lobby", || {
        ana_tab.send("NAMES #lobby");
        ana_tab
            .expect_contains(" 353 ")
            .contains("bert")
            .then_some(())
    });
    let mut bob_tab = pair.tab(&bob);
    ana_tab.send("PRIVMSG #lobby :here we are");
    bob_tab.expect_contains("PRIVMSG #lobby :here we are");
}

#[test]
fn two_hundred_people_are_back_after_a_kill_with_their_names_and_rooms() {
    let mut pair = Pair::start(&[]);
    let cookies: Vec<String> = (0..200).map(|n| pair.login(&format!("p{n}"))).collect();
    let mut tabs: Vec<WsClient> = cookies.iter().map(|cookie| pair.tab(cookie)).collect();
    for (n, tab) in tabs.iter_mut().enumerate() {
        tab.send(&format!("JOIN #all,#r{}", n % 10));
        tab.expect_contains(&format!(" 366 p{n} #r"));
    }
    let at = pair.kill_relay();
    for tab in &mut tabs {
        tab.expect_close(RESTART);
    }
    let mut tabs: Vec<WsClient> = cookies
        .iter()
        .map(|cookie| WsClient::connect_with_session(pair.http, cookie))
        .collect();
    for tab in &mut tabs {
        tab.expect_contains("RELAY_GONE");
        tab.send("NICK x");
        tab.send("USER x 0 * :x");
    }
    pair.relay = Some(relay_at(at));
    let back = Instant::now();
    for (n, tab) in tabs.iter_mut().enumerate() {
        tab.expect_contains(&format!(" 001 p{n} "));
        tab.expect_contains(&format!(" 366 p{n} #all"));
        tab.expect_contains(&format!(" 366 p{n} #r{}", n % 10));
    }
    let took = back.elapsed();
    assert!(took < BACK_WITHIN, "{took:?}");
    let mut witness = at_relay(&pair, "witness");
    witness.join("#all");
    let names = witness.transcript();
    for n in 0..200 {
        assert!(names.contains(&format!("p{n}")), "p{n} is missing");
    }
}

#[test]
fn the_gateway_goes_and_the_relay_tells_the_rooms() {
    let mut pair = Pair::start(&[]);
    let ana = pair.login("ana");
    let mut witness = at_relay(&pair, "witness");
    witness.join("#lobby");
    let mut tab = pair.tab(&ana);
    tab.join("#lobby");
    witness.expect_contains(":ana!");
    pair.gateway.signal("KILL");
    let told = witness.expect_contains(" QUIT :");
    assert!(told.starts_with(":ana!"), "{told}");
    // The relay goes on, and so does a new gateway.
    let gateway = pair.another_gateway();
    let cookie = login(gateway.door("http"), "ana");
    assert!(cookie.starts_with("chat_session="));
    assert!(!pair.gateway.wait(PATIENCE).success());
}

#[test]
fn a_gateway_that_is_ended_says_goodbye_on_both_sides() {
    let mut pair = Pair::start(&[]);
    let ana = pair.login("ana");
    let mut witness = at_relay(&pair, "witness");
    witness.join("#lobby");
    let mut tab = pair.tab(&ana);
    tab.join("#lobby");
    witness.expect_contains(":ana!");
    pair.gateway.signal("TERM");
    tab.expect_close(RESTART);
    let told = witness.expect_contains(" QUIT :");
    assert!(told.ends_with(" QUIT :the chat is closing"), "{told}");
    assert!(pair.gateway.wait(PATIENCE).success());
}

#[test]
fn without_a_relay_the_gateway_starts_and_a_login_is_told() {
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = nowhere.local_addr().unwrap();
    drop(nowhere);
    let gateway = gateway_support::gateway_of(&at.to_string(), &[]);
    let http = gateway.door("http");
    assert_eq!(http::get(http, "/healthz").status, 200);
    let answer = post_login(http, "ana");
    assert_eq!(answer.status, 503);
    assert!(
        answer.text().contains("cannot be reached"),
        "{}",
        answer.text()
    );
    assert!(answer.text().contains(r#"value="ana""#), "the name is kept");
    let words = format!("the relay cannot be reached at {at}: connection refused");
    gateway_support::told_once(&gateway, &words);
    let _relay = start_relay(&["--irc", &at.to_string()]);
    assert!(login(http, "ana").starts_with("chat_session="));
}

#[test]
fn a_relay_that_says_nothing_is_given_up_in_time() {
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = gateway_support::gateway_of(&mute.local_addr().unwrap().to_string(), &[]);
    let start = Instant::now();
    let answer = post_login(gateway.door("http"), "ana");
    assert_eq!(answer.status, 503);
    assert!(
        start.elapsed() > Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    assert!(start.elapsed() < PATIENCE / 2, "{:?}", start.elapsed());
    gateway_support::told_once(&gateway, "did not answer as the IRC door of a chat-relay");
}

#[test]
fn who_does_not_wait_for_the_login_holds_no_name() {
    let relay = TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = gateway_support::gateway_of(&relay.local_addr().unwrap().to_string(), &[]);
    let http = gateway.door("http");
    let asker = std::thread::spawn(move || {
        let mut browser = http::Connection::open(http);
        browser.send(http::login_request(http, "name=ana"));
    });
    let mut link = LineClient::accept(&relay);
    link.expect_contains("NICK :ana");
    asker.join().unwrap();
    link.expect_eof();
}

#[test]
fn a_name_that_somebody_took_meanwhile_ends_the_session() {
    let mut pair = Pair::start(&[]);
    let ana = pair.login("ana");
    let mut tab = pair.tab(&ana);
    let at = pair.kill_relay();
    tab.expect_close(RESTART);
    // Whoever listens there now says that the name is taken, again and again.
    let relay = TcpListener::bind(at).unwrap();
    let mut tab = WsClient::connect_with_session(pair.http, &ana);
    std::thread::spawn(move || {
        loop {
            let mut link = LineClient::accept(&relay);
            link.expect_contains("USER ");
            link.send(":relay 433 * ana :the name ana is taken");
            link.expect_eof();
        }
    });
    let words = tab.expect_close(NAME_TAKEN);
    assert!(words.contains("has your name"), "{words}");
    let page = pair.index(&ana);
    assert_eq!(page.status, 303, "the login form is next");
}

#[test]
fn a_browser_that_does_not_read_is_cut_by_the_relay_and_costs_bounded_memory() {
    let pair = Pair::start(&[]);
    let cookie = pair.login("slow");
    let mut slow = pair.tab(&cookie);
    slow.join("#lobby");
    let mut talker = at_relay(&pair, "talker");
    talker.join("#lobby");
    let text = "x".repeat(400);
    let told = (0..400).find_map(|_| {
        for _ in 0..100 {
            talker.send(&format!("PRIVMSG #lobby :{text}"));
        }
        let heard = talker.fence();
        heard.into_iter().find(|line| line.contains("QUIT"))
    });
    let told = told.expect("the slow reader was never cut");
    assert!(told.starts_with(":slow!"), "{told}");
    let memory = gateway_support::resident_kib(pair.gateway.pid());
    assert!(memory < 64 * 1024, "{memory} KiB");
}

#[test]
fn a_relay_that_does_not_read_makes_its_people_wait_and_nobody_else() {
    let Posing {
        gateway,
        link: _link,
        mut tab,
    } = gateway_support::pose_as_relay(&[]);
    let line = format!("PRIVMSG #a :{}", "x".repeat(400));
    let patience = Some(Duration::from_secs(2));
    tab.raw().set_write_timeout(patience).unwrap();
    // As much as sockets and queues hold, and then no more is taken.
    let taken = (0..1_000_000)
        .take_while(|_| tab.try_send(&line).is_ok())
        .count();
    assert!(taken < 100_000, "{taken} lines were taken");
    // It waits, and was not sent away.
    tab.quiet(Duration::from_millis(200));
    let memory = gateway_support::resident_kib(gateway.pid());
    assert!(memory < 64 * 1024, "{memory} KiB");
    assert_eq!(http::get(gateway.door("http"), "/healthz").status, 200);
}

#[test]
fn a_dead_browser_is_noticed_and_its_person_quits() {
    // Who answers late, since this machine stood still for some seconds, is not dead.
    let asks = ["--limit=ping_seconds=1", "--limit=pong_seconds=8"];
    let pair = Pair::start(&asks);
    let cookie = pair.login("ana");
    let mut tab = pair.tab(&cookie);
    tab.answer_pings(false);
    tab.expect_contains("PING :");
    tab.expect_close(1008);
    // The session may come back, and the relay's own questions are answered meanwhile.
    std::thread::sleep(Duration::from_secs(3));
    let mut tab = pair.tab(&cookie);
    tab.fence();
}

#[test]
fn doors_for_lines_are_the_relays() {
    for (flag, words) in [
        (
            "--irc=127.0.0.1:0",
            "--irc: with --relay the doors for lines are the relay's",
        ),
        ("--plain=none", "start chat-relay with --plain instead"),
        ("--slow=drop", "give --slow to chat-relay"),
        (
            "--gateway=127.0.0.1",
            "this program is the gateway; give --gateway to chat-relay",
        ),
    ] {
        let mut program = gateway_support::failing(&["--relay=127.0.0.1:1", flag]);
        assert!(!program.wait(PATIENCE).success());
        assert!(program.stderr().contains(words), "{}", program.stderr());
    }
    for (relay, words) in [("nowhere", "write HOST:PORT"), ("a.invalid:1", "--relay")] {
        let mut program = gateway_support::failing(&["--relay", relay]);
        assert!(!program.wait(PATIENCE).success());
        assert!(program.stderr().contains(words), "{}", program.stderr());
    }
}

#[test]
fn every_address_of_the_relays_name_is_tried() {
    let relay = start_relay(&["--irc", "127.0.0.1:0"]);
    let port = relay.door("irc").port();
    // `localhost` may be ::1 first, where nobody listens.
    let gateway = gateway_support::gateway_of(&format!("localhost:{port}"), &[]);
    assert!(login(gateway.door("http"), "ana").starts_with("chat_session="));
}

/// A page says some ten lines when it comes in, and somebody who reloads it again and again is no flood.
#[test]
fn a_proven_gateway_may_attach_as_often_as_browsers_come() {
    let secret = gateway_support::secret_file("s3cret");
    let path = secret.path().to_str().unwrap();
    // A long time for whoever is held to it, and none for whoever is not.
    let relay = start_relay(&[
        "--irc=127.0.0.1:0",
        "--limit=flood_lines_per_second=1",
        "--gateway=127.0.0.1",
        "--gateway-secret",
        path,
    ]);
    let irc = relay.door("irc");
    let gateway = gateway_support::gateway_of(&irc.to_string(), &["--gateway-secret", path]);
    let http = gateway.door("http");
    let cookie = login(http, "ana");
    let start = Instant::now();
    for _ in 0..30 {
        WsClient::connect_with_session(http, &cookie).register("ana");
    }
    assert!(start.elapsed() < PATIENCE / 2, "{:?}", start.elapsed());

    // Anybody else talks as fast as they may, however often they say that they are somebody new.
    let mut flood = LineClient::connect(irc);
    flood.register("flood");
    let start = Instant::now();
    for _ in 0..5 {
        flood.send("DETACH\r\nATTACH\r\nNICK x\r\nUSER x 0 * :x");
        flood.expect_contains(" 422 ");
    }
    assert!(
        start.elapsed() > Duration::from_secs(8),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_stranger_at_the_relays_place_can_do_little() {
    let Posing {
        gateway: _gateway,
        mut link,
        mut tab,
    } = gateway_support::pose_as_relay(&[]);
    let long = "x".repeat(20_000);
    link.send_bytes(format!("{long}\r\n:a\rb\r\n\r\n:\r\n@\r\nATTACH\r\nATTACH\r\n").as_bytes());
    for forged in [&b"one\rforged"[..], b"forged\0", b"forged \xff"] {
        link.send_bytes(&[b":relay NOTICE ana :", forged, b"\r\n"].concat());
    }
    link.send(":relay NOTICE ana :still there");
    tab.expect_contains("still there");
    assert!(!tab.transcript().contains("forged"), "{}", tab.transcript());
}

#[test]
fn a_browser_that_waits_for_a_slow_relay_is_not_taken_for_dead() {
    let quick = ["--limit=ping_seconds=1", "--limit=pong_seconds=6"];
    let Posing {
        gateway: _gateway,
        mut link,
        mut tab,
    } = gateway_support::pose_as_relay(&quick);
    link.send(":relay ATTACH ana");
    tab.answer_pings(false);
    let patience = Some(Duration::from_secs(1));
    tab.raw().set_write_timeout(patience).unwrap();
    // The relay is there, and takes nothing for longer than any silence may last.
    let (stop, stopped) = channel::<()>();
    let relay = std::thread::spawn(move || {
        while stopped.recv_timeout(Duration::from_millis(400)) == Err(RecvTimeoutError::Timeout) {
            link.send(":relay NOTICE ana :wait");
        }
        link.send(":relay NOTICE ana :enough");
        link
    });
    let line = format!("PRIVMSG #a :{}", "x".repeat(400));
    while tab.try_send(&line).is_ok() {}
    std::thread::sleep(Duration::from_secs(9));
    drop(stop);
    tab.expect_contains("NOTICE ana :enough");
    drop(relay.join());
}
