//! Login and logout: names, cookies, and whose pages may ask. RFC 6265, RFC 6454; ARCHITECTURE "Sessions".
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/visitor.rs"]
mod visitor;

use std::net::IpAddr;

use chat_web::site::{Action, NotGranted};
use chat_web::web::Answer;
use visitor::{OWN, Visitor, code, cookie_of, location, login_request, text_of, written};

#[test]
fn without_a_session_one_is_sent_to_log_in_and_the_room_is_kept() {
    let mut visitor = Visitor::new(&[]);
    let answer = visitor.ask("GET /?room=%23caf%C3%A9 HTTP/1.1\nHost: localhost");
    assert_eq!(location(&answer), "/login?why=first&room=%23caf%C3%A9");
    let line = format!("GET {} HTTP/1.1\nHost: localhost", location(&answer));
    let form = text_of(&visitor.ask(&line));
    assert!(form.contains("Log in first."));
    for (why, words) in [
        ("over", "not logged in any more"),
        ("taken", "took your name"),
    ] {
        let line = format!("GET /login?why={why} HTTP/1.1\nHost: localhost");
        assert!(text_of(&visitor.ask(&line)).contains(words));
    }
    assert!(form.contains("#caf\u{e9}"));

    let answer = visitor.ask("GET /?room=%23a%0D%0AX:y HTTP/1.1\nHost: localhost");
    assert_eq!(
        location(&answer),
        "/login?why=first",
        "what is no room is passed over"
    );
    let answer = visitor.ask("GET /?room=%23a&room=%23b HTTP/1.1\nHost: localhost");
    assert_eq!(location(&answer), "/login?why=first");
    let answer = visitor.ask("GET /?room=lobby HTTP/1.1\nHost: localhost");
    assert_eq!(location(&answer), "/login?why=first&room=%23lobby");
}

#[test]
fn a_good_name_gets_a_session_and_the_chat() {
    let mut visitor = Visitor::new(&[]);
    let answer = visitor.post(OWN, "name=+Ana+&room=%23a+b&other=x");
    assert_eq!((code(&answer), location(&answer)), (303, "/"));
    let set = answer.field("Set-Cookie").unwrap();
    assert!(set.starts_with("chat_session="));
    assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Lax"));

    let cookie = cookie_of(&answer);
    let page = visitor.ask(&format!(
        "GET /?room=%23garden HTTP/1.1\nHost: localhost\nCookie: x=y; {cookie}"
    ));
    assert_eq!(code(&page), 200);
    let html = text_of(&page);
    for part in [
        "Chat &lt;3",
        "Ana",
        "#garden",
        "irc://127.0.0.1:6667",
        "nc 127.0.0.1 6668",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let form = visitor.ask(&format!(
        "GET /login HTTP/1.1\nHost: localhost\nCookie: {cookie}"
    ));
    assert_eq!(location(&form), "/", "who is logged in needs no form");
}

#[test]
fn the_room_that_was_asked_for_is_entered() {
    let mut visitor = Visitor::new(&[]);
    let answer = visitor.post(OWN, "name=ana&room=%23garden");
    assert_eq!(location(&answer), "/?room=%23garden");
}

#[test]
fn a_name_that_will_not_do_brings_the_form_again() {
    let mut visitor = Visitor::new(&[]);
    visitor.log_in("ana");
    let long = format!("name={}", "x".repeat(33));
    let cases = [
        ("", 422, "a name is needed"),
        ("name=", 422, "a name is needed"),
        ("name=1st", 422, "starts with a letter"),
        ("name=a%20b", 422, "letters, digits"),
        ("name=a%00b", 422, "letters, digits"),
        ("name=%3Cscript%3E", 422, "&lt;script&gt;"),
        (&long, 422, "at most 32"),
        ("name=ANA", 409, "ANA is taken"),
        ("name=x&name=y", 400, "twice"),
        ("name=x&room=%23a&room=%23b", 400, "twice"),
    ];
    for (form, status, part) in cases {
        let answer = visitor.post(OWN, form);
        assert_eq!(code(&answer), status, "{form}");
        assert!(
            text_of(&answer).contains(part),
            "{form}: {}",
            text_of(&answer)
        );
        assert_eq!(answer.field("Set-Cookie"), None);
    }
    let answer = visitor.post(OWN, "name=ana&room=%23garden");
    assert!(text_of(&answer).contains("#garden"), "the room is kept too");
}

#[test]
fn a_login_is_a_form() {
    let mut visitor = Visitor::new(&[]);
    for (media, status) in [
        ("application/x-www-form-urlencoded; charset=utf-8", 303),
        ("Application/X-WWW-Form-Urlencoded", 303),
        ("text/plain", 415),
        ("application/json", 415),
        ("multipart/form-data; boundary=x", 415),
    ] {
        let mut request = login_request(OWN, "name=ana");
        let head = format!("POST /login HTTP/1.1\nHost: localhost\nContent-Type: {media}{OWN}");
        request.fields = visitor::request(&head, "").fields;
        let Action::Answer(Answer::Respond(answer)) = visitor.act(&request) else {
            panic!("no answer");
        };
        assert_eq!(code(&answer), status, "{media}");
        visitor = Visitor::new(&[]);
    }
}

#[test]
fn strangers_can_neither_log_in_nor_out_nor_open_a_socket() {
    let mut visitor = Visitor::new(&[]);
    let cookie = visitor.log_in("ana");
    let with_cookie = format!("\nCookie: {cookie}");
    let foreign = "\nOrigin: http://evil.example".to_owned();
    let other_port = "\nOrigin: http://localhost:81".to_owned();
    let null = "\nOrigin: null".to_owned();
    let stale = "\nCookie: chat_session=stale".to_owned();
    for fields in [foreign, other_port, null, with_cookie, stale] {
        assert_eq!(code(&visitor.post(&fields, "name=bob")), 403, "{fields}");
        for line in ["POST /logout", "GET /socket"] {
            let answer = visitor.ask(&format!("{line} HTTP/1.1\nHost: localhost{fields}"));
            assert_eq!(code(&answer), 403, "{line} {fields}");
        }
    }
    assert_eq!(visitor.site.sessions.len(), 1);
    assert_eq!(
        code(&visitor.post("", "name=bob")),
        303,
        "a program has no origin"
    );
}

#[test]
fn logout_ends_the_session_and_takes_the_cookie_away() {
    let mut visitor = Visitor::new(&[]);
    let cookie = visitor.log_in("ana");
    let out = format!("POST /logout HTTP/1.1\nHost: localhost{OWN}\nCookie: {cookie}");
    let answer = visitor.ask(&out);
    assert_eq!((code(&answer), location(&answer)), (303, "/login"));
    let head = written(&answer);
    assert!(head.contains("Set-Cookie: chat_session=; Path=/; Max-Age=0;"));
    assert!(head.contains("Set-Cookie: __Host-chat_session=; Path=/; Max-Age=0; Secure;"));
    assert_eq!(visitor.chat.heard, ["over ana"]);
    assert_eq!(code(&visitor.ask(&out)), 303, "twice does no harm");

    let index = format!("GET / HTTP/1.1\nHost: localhost\nCookie: {cookie}");
    assert_eq!(location(&visitor.ask(&index)), "/login?why=first");
    visitor.log_in("ana");
}

#[test]
fn over_tls_the_cookie_is_of_this_host_only() {
    let mut visitor = Visitor::new(&["https://chat.example"]);
    let mut request = login_request("\nOrigin: https://chat.example", "name=ana");
    let Action::Answer(Answer::Respond(answer)) = visitor.act(&request) else {
        panic!("no answer");
    };
    let set = answer.field("Set-Cookie").unwrap();
    assert!(set.starts_with("__Host-chat_session="), "{set}");
    assert!(
        set.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"),
        "{set}"
    );

    let token = cookie_of(&answer).split_once('=').unwrap().1.to_owned();
    let ask = |visitor: &mut Visitor, name: &str| {
        let head = format!("GET / HTTP/1.1\nHost: chat.example\nCookie: {name}={token}");
        code(&visitor.ask(&head))
    };
    assert_eq!(ask(&mut visitor, "__Host-chat_session"), 200);
    assert_eq!(ask(&mut visitor, "chat_session"), 303, "planted on the way");

    request.fields = visitor::request(
        "POST /login HTTP/1.1\nHost: chat.example\nOrigin: http://chat.example\n\
         Content-Type: application/x-www-form-urlencoded",
        "",
    )
    .fields;
    request.target.authority = chat_web::http::Authority::parse("chat.example");
    let Action::Answer(Answer::Respond(answer)) = visitor.act(&request) else {
        panic!("no answer");
    };
    assert_eq!(code(&answer), 403, "a page in the clear is not ours");
}

#[test]
fn logging_in_again_changes_the_token_and_ends_the_old_session() {
    let mut visitor = Visitor::new(&[]);
    let first = visitor.log_in("ana");
    let again = visitor.post(&format!("{OWN}\nCookie: {first}"), "name=Ana");
    assert_eq!(code(&again), 303);
    let second = cookie_of(&again);
    assert_ne!(first, second);
    assert_eq!(visitor.site.sessions.len(), 1);
    let index = |cookie: &str| format!("GET / HTTP/1.1\nHost: localhost\nCookie: {cookie}");
    assert_eq!(code(&visitor.ask(&index(&first))), 303);
    assert_eq!(code(&visitor.ask(&index(&second))), 200);

    let other = visitor.post(&format!("{OWN}\nCookie: {second}"), "name=bob");
    assert_eq!(code(&other), 303);
    assert_eq!(visitor.chat.heard, ["over ana"]);
    assert_eq!(visitor.site.sessions.len(), 1);
    assert_eq!(code(&visitor.ask(&index(&second))), 303);
}

#[test]
fn one_address_cannot_take_all_names() {
    let mut visitor = Visitor::new(&[]);
    visitor.address = IpAddr::from([192, 0, 2, 1]);
    visitor.log_in("ana");
    visitor.log_in("bob");
    let answer = visitor.post(OWN, "name=eve");
    assert_eq!(code(&answer), 429);
    assert_eq!(answer.field("Retry-After"), Some("60"));
    assert_eq!(visitor.chat.names.len(), 2);
    visitor.address = IpAddr::from([192, 0, 2, 2]);
    visitor.log_in("eve");
}

#[test]
fn a_relay_that_answers_later_is_waited_for() {
    let mut visitor = Visitor::new(&[]);
    visitor.chat.is_slow = true;
    let request = login_request(OWN, "name=ana&room=%23garden");
    let Action::Later(login) = visitor.act(&request) else {
        panic!("it did not wait");
    };
    assert_eq!(login.nick.as_str(), "ana");
    let what = "ana is taken: choose another name.".to_owned();
    let taken = Err(NotGranted::Refused(what));
    let answer = visitor
        .site
        .finish_login(&login, taken, visitor.now, &mut visitor.chat);
    assert_eq!(code(&answer), 409);
    assert!(text_of(&answer).contains("ana is taken"));
    let gone = Err(NotGranted::Unreachable("nobody answers".to_owned()));
    let answer = visitor
        .site
        .finish_login(&login, gone, visitor.now, &mut visitor.chat);
    assert_eq!(code(&answer), 503);
    assert!(written(&answer).contains("Retry-After: 5"));
    let answer = visitor
        .site
        .finish_login(&login, Ok(()), visitor.now, &mut visitor.chat);
    assert_eq!(location(&answer), "/?room=%23garden");
    assert!(written(&answer).contains("X-Content-Type-Options: nosniff"));
}
