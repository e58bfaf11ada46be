//! IRC clients on a WebSocket at a gateway, without a session.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "gateway_support/mod.rs"]
mod gateway_support;

use std::net::TcpListener;

use gateway_support::{Pair, at_relay, start_relay};
use test_support::http;
use test_support::{LineClient, Upgrade, WsClient};

const RESTART: u16 = 1012;

#[test]
fn a_client_without_a_session_is_piped_through() {
    let mut pair = Pair::start(&[]);
    let mut bot = WsClient::connect(pair.http);
    bot.caps(&["echo-message"]);
    bot.register("bot");
    bot.join("#lobby");
    let mut witness = at_relay(&pair, "witness");
    witness.join("#lobby");
    bot.send("PRIVMSG #lobby :beep");
    bot.expect_contains("PRIVMSG #lobby :beep");
    witness.expect_contains("PRIVMSG #lobby :beep");
    // What a gateway says to its relay is not for its clients to say.
    for line in ["DETACH :gone", "ATTACH", "webirc a b c 192.0.2.1"] {
        bot.send(line);
    }
    bot.fence();
    assert_eq!(witness.fence(), Vec::<String>::new());
    bot.close(1000);
    witness.expect_contains(":bot!");
    let mut bot = WsClient::connect(pair.http);
    bot.register("bot");
    bot.send("quit :enough");
    bot.expect_contains("ERROR :Closing link: Quit: enough");
    assert_eq!(bot.expect_close(1000), "Quit: enough");
    let mut bot = WsClient::connect(pair.http);
    // The journal may still be writing that the last one has left.
    bot.register("bit");
    pair.kill_relay();
    bot.expect_close(RESTART);
}

#[test]
fn an_upgrade_of_nobody_waits_for_its_relay_and_is_told_when_there_is_none() {
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = nowhere.local_addr().unwrap();
    drop(nowhere);
    let gateway = gateway_support::gateway_of(&at.to_string(), &[]);
    let mut bot = WsClient::connect(gateway.door("http"));
    bot.send("NICK bot");
    bot.expect_close(RESTART);
}

#[test]
fn a_guest_is_told_when_the_relay_falls_silent() {
    let relay = TcpListener::bind("127.0.0.1:0").unwrap();
    // A machine that stands still for some seconds is not taken for a relay that says nothing.
    let quick = ["--limit", "ping_seconds=1", "--limit", "pong_seconds=8"];
    let at = relay.local_addr().unwrap().to_string();
    let gateway = gateway_support::gateway_of(&at, &quick);
    let mut bot = WsClient::connect(gateway.door("http"));
    bot.send("NICK bot");
    let mut link = LineClient::accept(&relay);
    link.answer_pings(false);
    link.expect_contains("NICK bot");
    link.expect_contains("PING :gateway.local");
    link.send(":relay PONG relay :gateway.local");
    link.send(":relay NOTICE * :still there");
    assert!(bot.next_line().contains("still there"));
    // From here on the relay says nothing.
    bot.expect_close(RESTART);
}

/// Guesses that come through a gateway would all count for its own address at a relay that does not
/// know better, and one stranger could lock everybody out.
#[test]
fn guesses_of_guests_are_counted_by_the_gateway_and_lock_nobody_else_out() {
    let password = gateway_support::secret_file("open sesame");
    let path = ["--password-file", password.path().to_str().unwrap()];
    let relay = start_relay(&[&["--irc=127.0.0.1:0"], &path[..]].concat());
    let gateway = gateway_support::gateway_of(&relay.door("irc").to_string(), &path);
    let http = gateway.door("http");
    let guess = |from: [u8; 4], password: &str| {
        let mut eve = Upgrade::to(http).from(from).connect();
        eve.send(&format!("PASS :{password}"));
        eve
    };
    for _ in 0..12 {
        let mut eve = guess([127, 0, 0, 3], "wrong");
        eve.expect_contains(" 464 ");
        eve.expect_close(1008);
    }
    let mut eve = guess([127, 0, 0, 3], "open sesame");
    let denied = eve.expect_contains(" 464 ");
    assert!(denied.contains("too many wrong passwords"), "{denied}");
    // Others are let in, with and without a session.
    let mut bot = guess([127, 0, 0, 4], "open sesame");
    bot.register("bot");
    let ana = http::post_login_with_password(http, "ana", "open sesame");
    assert_eq!(ana.status, 303, "{}", ana.text());
}
