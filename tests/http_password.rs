//! A password for the whole chat: on the login form, and at the doors of one process together.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/visitor.rs"]
mod visitor;

use std::io::Write;
use std::net::IpAddr;
use std::time::Duration;

use chat_web::site::Action;
use test_support::http::{self, post_login, post_login_with_password};
use test_support::{LineClient, Program, Upgrade, WsClient, tempfile};
use visitor::{OWN, Visitor, code, cookie_of, login_request, text_of};

fn visitor() -> Visitor {
    Visitor::at_a_locked_site("open sesame")
}

/// The fields of the form, as a page shows them.
fn field(html: &str, id: &str) -> Option<String> {
    let start = html.find(&format!("<input id={id} "))?;
    Some(html[start..].split('>').next()?.to_owned())
}

#[test]
fn the_form_asks_for_a_password_only_where_there_is_one() {
    let ask = "GET /login HTTP/1.1\nHost: localhost";
    let open = text_of(&Visitor::new(&[]).ask(ask));
    assert_eq!(field(&open, "password"), None);
    assert!(open.contains("no password") && !open.contains("=password"));
    let locked = text_of(&visitor().ask(ask));
    let input = field(&locked, "password").expect("a field");
    for part in [
        "type=password",
        "name=password",
        "autocomplete=current-password",
        "required",
    ] {
        assert!(input.contains(part), "{part} in {input}");
    }
    assert!(!input.contains("value"), "{input}");
    assert!(locked.contains("<label for=password>"));
    assert!(!locked.contains("no password") && !locked.contains("{{"));
}

#[test]
fn who_knows_it_gets_a_session_and_needs_it_no_more() {
    let mut visitor = visitor();
    let answer = visitor.post(OWN, "name=ana&password=open+sesame&room=%23tea");
    assert_eq!(code(&answer), 303);
    assert_eq!(visitor::location(&answer), "/?room=%23tea");
    let cookie = cookie_of(&answer);
    let fields = format!("\nCookie: {cookie}{OWN}");
    let page = visitor.ask(&format!(
        "GET / HTTP/1.1\nHost: localhost\nCookie: {cookie}"
    ));
    assert_eq!(code(&page), 200);
    assert_eq!(code(&visitor.post(&fields, "name=ana")), 303, "again");
    let mut other = self::visitor();
    let foreign = other.post(&fields, "name=ana");
    assert_eq!(code(&foreign), 403, "the cookie of another chat is none");
}

#[test]
fn a_wrong_one_brings_the_form_again_with_the_name_and_without_the_guess() {
    let mut visitor = visitor();
    for form in [
        "name=ana&room=%23tea&password=sesame",
        "name=ana&room=%23tea&password=",
        "name=ana&room=%23tea",
    ] {
        let answer = visitor.post(OWN, form);
        assert_eq!(code(&answer), 403, "{form}");
        assert_eq!(answer.field("Set-Cookie"), None);
        assert_eq!(answer.field("Cache-Control"), Some("no-store"));
        let html = text_of(&answer);
        assert!(html.contains("That is not the password"), "{html}");
        assert!(html.contains("value=\"ana\"") && html.contains("#tea"));
        assert!(!html.contains("sesame"), "{html}");
        let focused = |id| field(&html, id).unwrap().contains("autofocus");
        assert!(focused("password") && !focused("name"));
    }
    assert_eq!(
        code(&visitor.post(OWN, "name=x&password=a&password=b")),
        400
    );
}

#[test]
fn a_password_in_an_address_is_neither_taken_nor_shown() {
    let mut visitor = visitor();
    let page = visitor.ask("GET /login?password=open+sesame&name=ana HTTP/1.1\nHost: localhost");
    assert_eq!(code(&page), 200);
    assert!(!text_of(&page).contains("sesame"));
    let index = visitor.ask("GET /?password=open+sesame HTTP/1.1\nHost: localhost");
    assert_eq!(visitor::location(&index), "/login?why=first");
}

#[test]
fn names_are_told_to_nobody_who_does_not_know_it() {
    let mut visitor = visitor();
    visitor.post(OWN, "name=ana&password=open+sesame");
    let answer = visitor.post(OWN, "name=ana&password=sesame");
    assert_eq!(code(&answer), 403);
    assert!(!text_of(&answer).contains("taken"));
    assert_eq!(
        code(&visitor.post(OWN, "name=ana&password=open+sesame")),
        409
    );
}

#[test]
fn an_address_guesses_so_often_and_then_waits() {
    let mut visitor = visitor();
    visitor.address = "2001:db8::7".parse().unwrap();
    for _ in 0..10 {
        assert_eq!(code(&visitor.post(OWN, "name=ana&password=x")), 403);
    }
    // Another address of the same customer.
    visitor.address = "2001:db8::8".parse().unwrap();
    let answer = visitor.post(OWN, "name=ana&password=open+sesame");
    assert_eq!(code(&answer), 429);
    assert_eq!(answer.field("Retry-After"), Some("6"));
    let html = text_of(&answer);
    assert!(html.contains("try again in 6 seconds") && html.contains("value=\"ana\""));
    visitor.address = IpAddr::from([192, 0, 2, 7]);
    assert_eq!(
        code(&visitor.post(OWN, "name=bob&password=open+sesame")),
        303
    );
    visitor.address = "2001:db8::9".parse().unwrap();
    visitor.later(Duration::from_secs(6));
    assert_eq!(
        code(&visitor.post(OWN, "name=ana&password=open+sesame")),
        303
    );
}

#[test]
fn a_login_that_waits_for_its_name_keeps_no_password() {
    let mut visitor = visitor();
    visitor.chat.is_slow = true;
    let request = login_request(OWN, "name=ana&password=open+sesame");
    match visitor.act(&request) {
        Action::Later(login) => assert!(!format!("{login:?}").contains("Secret")),
        other => panic!("{other:?}"),
    }
}

fn program() -> (Program, tempfile::NamedTempFile) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"open sesame\n").unwrap();
    let path = file.path().to_str().unwrap();
    let mut args = vec!["--password-file", path];
    for door in ["--http", "--irc", "--plain"] {
        args.extend([door, "127.0.0.1:0"]);
    }
    (Program::start(env!("CARGO_BIN_EXE_chat-web"), &args), file)
}

#[test]
fn a_session_s_socket_needs_none_and_a_bot_s_does() {
    let (program, _file) = program();
    let http = program.door("http");
    let answer = post_login_with_password(http, "ana", "open sesame");
    assert_eq!(answer.status, 303);
    let cookie = answer
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    for _ in 0..2 {
        let mut page = WsClient::connect_with_session(http, cookie);
        page.register("ana");
    }
    let mut bot = Upgrade::to(http).connect();
    bot.send("PASS :open sesame");
    bot.register("bot");
    let mut eve = Upgrade::to(http).connect();
    eve.send("NICK eve");
    eve.send("USER e 0 * :e");
    eve.expect_contains(" 464 ");
    let reason = eve.expect_close(1008);
    assert!(reason.contains("set it in your client"), "{reason}");
}

#[test]
fn guesses_at_all_doors_are_counted_together() {
    let (program, _file) = program();
    let http = program.door("http");
    for _ in 0..4 {
        assert_eq!(post_login_with_password(http, "ana", "x").status, 403);
    }
    for _ in 0..3 {
        let mut irc = LineClient::connect(program.door("irc"));
        irc.send("PASS x");
        irc.expect_contains(" 464 ");
    }
    let mut plain = LineClient::connect(program.door("plain"));
    for _ in 0..3 {
        plain.send("x");
        plain.expect_contains("That is not the password.");
    }
    let answer = post_login_with_password(http, "ana", "open sesame");
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("6"))
    );
    plain.send("open sesame");
    plain.expect_contains("too many wrong passwords came from your address");
    assert_eq!(post_login(http, "ana").status, 429);
    assert_eq!(http::get(http, "/login").status, 200);
}
