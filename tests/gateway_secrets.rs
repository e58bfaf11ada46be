//! What a gateway and its relay must both know: the secret, the password; and who is told if they do not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "gateway_support/mod.rs"]
mod gateway_support;

use gateway_support::{Pair, gateway_of, secret_file, start_relay, told_once};
use test_support::WsClient;
use test_support::http::{self, login, post_login};

#[test]
fn the_relay_learns_each_browsers_address_and_is_told_the_secret_alone() {
    let secret = secret_file("s3cret");
    let path = secret.path().to_str().unwrap();
    let relay = start_relay(&[
        "--irc=127.0.0.1:0",
        "--gateway=127.0.0.1",
        "--gateway-secret",
        path,
    ]);
    let at = relay.door("irc").to_string();
    let gateway = gateway_of(&at, &["--gateway-secret", path]);
    let http = gateway.door("http");
    let cookie = login(http, "ana");
    let mut tab = WsClient::connect_with_session(http, &cookie);
    tab.register("ana");
    tab.send("WHOIS ana ana");
    let own = tab.expect_contains(" 338 ");
    assert!(own.contains(" 127.0.0.1 "), "{own}");
    // The whole of it: reload, quit, come back.
    drop(tab);
    let mut tab = WsClient::connect_with_session(http, &cookie);
    tab.register("ana");
    // A gateway with another secret gets nobody in, and tells why to whoever runs it alone.
    let other = secret_file("other");
    let wrong = gateway_of(&at, &["--gateway-secret", other.path().to_str().unwrap()]);
    let answer = post_login(wrong.door("http"), "bob");
    assert_eq!(answer.status, 503);
    let text = answer.text();
    assert!(text.contains("not set up rightly"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    relay.expect_stderr("WEBIRC came with another secret");
    assert_eq!(post_login(wrong.door("http"), "bob").status, 503);
    told_once(&wrong, "does not let people of this page in: WEBIRC came");
}

#[test]
fn the_password_of_the_chat_is_asked_for_by_the_gateway_and_told_to_the_relay() {
    let password = secret_file("open sesame");
    let path = password.path().to_str().unwrap();
    let relay = start_relay(&["--irc=127.0.0.1:0", "--password-file", path]);
    let at = relay.door("irc").to_string();
    let gateway = gateway_of(&at, &["--password-file", path]);
    let http = gateway.door("http");
    let wrong = http::post_login_with_password(http, "ana", "guess");
    assert_eq!(wrong.status, 403);
    let right = http::post_login_with_password(http, "ana", "open sesame");
    assert_eq!(right.status, 303, "{}", right.text());
    // A gateway that does not know it says so.
    let without = gateway_of(&at, &[]);
    let answer = post_login(without.door("http"), "bob");
    assert_eq!(answer.status, 503);
    assert!(
        answer.text().contains("--password-file"),
        "{}",
        answer.text()
    );
    post_login(without.door("http"), "bob");
    told_once(&without, "give both programs the same --password-file");
}

#[test]
fn both_programs_say_whose_address_people_will_have() {
    let pair = Pair::start(&[]);
    let relay = pair.relay.as_ref().unwrap();
    relay.expect_stderr(
        "people who come through a `chat-web --relay` appear with that program's address",
    );
    pair.gateway
        .expect_stderr("everybody appears at the relay with this program's address");
}
