//! What the site answers: routes, sockets, assets, and what every answer says.
//! RFC 9110 §15; ARCHITECTURE.md "Sessions".
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/visitor.rs"]
mod visitor;

use std::time::Duration;

use chat_core::id::PersonId;
use chat_web::http::{Rejection, Response, Status};
use chat_web::site::Action;
use chat_web::web::{Answer, Claim};
use visitor::{OWN, Visitor, code, text_of, written};

const SOCKET: &str = "GET /socket HTTP/1.1\nHost: localhost\nUpgrade: websocket\n\
    Connection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13";

#[test]
fn each_place_has_its_methods() {
    let cases = [
        ("GET /", 303, ""),
        ("HEAD /", 303, ""),
        ("POST /", 405, "GET, HEAD"),
        ("GET /login", 200, ""),
        ("HEAD /login", 200, ""),
        ("PUT /login", 405, "GET, HEAD, POST"),
        ("GET /logout", 405, "POST"),
        ("POST /logout", 303, ""),
        ("GET /socket", 426, ""),
        ("HEAD /socket", 405, "GET"),
        ("POST /socket", 405, "GET"),
        ("GET /healthz", 200, ""),
        ("DELETE /healthz", 405, "GET, HEAD"),
        ("OPTIONS /", 405, "GET, HEAD"),
        ("TRACE /", 405, "GET, HEAD"),
        ("GET /assets/style.css", 200, ""),
        ("POST /assets/style.css", 405, "GET, HEAD"),
        ("GET /assets/", 404, ""),
        ("GET /assets/login.html", 404, ""),
        ("GET /nothing", 404, ""),
        ("DELETE /nothing", 404, ""),
        ("GET //", 404, ""),
    ];
    for (line, status, allow) in cases {
        let mut visitor = Visitor::new(&[]);
        let answer = visitor.ask(&format!("{line} HTTP/1.1\nHost: localhost"));
        assert_eq!(code(&answer), status, "{line}");
        assert_eq!(answer.field("Allow").unwrap_or_default(), allow, "{line}");
    }
}

#[test]
fn every_answer_protects_its_reader() {
    let mut visitor = Visitor::new(&[]);
    for line in [
        "GET /login",
        "GET /",
        "GET /nothing",
        "GET /healthz",
        "POST /",
    ] {
        let answer = visitor.ask(&format!("{line} HTTP/1.1\nHost: localhost"));
        let head = written(&answer);
        for field in [
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
            "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; \
             connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'\r\n",
            "X-Content-Type-Options: nosniff\r\n",
            "Cache-Control: no-store\r\n",
            "Referrer-Policy: ",
        ] {
            assert_eq!(head.matches(field).count(), 1, "{line}: {field} in {head}");
        }
    }
}

#[test]
fn a_page_with_a_form_lets_the_browser_say_its_origin() {
    let mut visitor = Visitor::new(&[]);
    let cookie = visitor.log_in("ana");
    for request in [
        "GET /login HTTP/1.1",
        &format!("GET / HTTP/1.1\nCookie: {cookie}"),
    ] {
        let answer = visitor.ask(&format!("{request}\nHost: localhost"));
        assert_eq!(answer.field("Referrer-Policy"), Some("same-origin"));
    }
    let answer = visitor.ask("GET /nothing HTTP/1.1\nHost: localhost");
    assert_eq!(answer.field("Referrer-Policy"), Some("no-referrer"));
}

#[test]
fn two_pages_travel_in_gzip_and_those_that_may_have_a_secret_do_not() {
    let mut visitor = Visitor::new(&[]);
    let cookie = visitor.log_in("ana");
    let mut ask = |request: &str, takes: &str| {
        visitor.ask(&format!(
            "{request}\nHost: localhost\nAccept-Encoding: {takes}"
        ))
    };
    let index = format!("GET / HTTP/1.1\nCookie: {cookie}");
    for request in ["GET /login HTTP/1.1", &index] {
        let (plain, packed) = (ask(request, "br"), ask(request, "gzip, br"));
        let coding = [&plain, &packed].map(|answer| answer.field("Content-Encoding"));
        assert_eq!(coding, [None, Some("gzip")], "{request}");
        assert_eq!(unpacked(&packed), text_of(&plain));
        for answer in [plain, packed] {
            assert_eq!(answer.field("Vary"), Some("Accept-Encoding"));
            let length = format!("Content-Length: {}\r\n", answer.content().len());
            assert!(written(&answer).contains(&length));
        }
    }
    for request in ["GET /nothing HTTP/1.1", "PUT /login HTTP/1.1"] {
        let answer = ask(request, "gzip");
        assert_eq!(answer.field("Content-Encoding"), None, "{request}");
        assert!(text_of(&answer).starts_with("<!doctype html>"));
    }
}

fn unpacked(response: &Response) -> String {
    let mut text = vec![0; 64 * 1024];
    let unpacked = libdeflater::Decompressor::new().gzip_decompress(response.content(), &mut text);
    text.truncate(unpacked.unwrap());
    String::from_utf8(text).unwrap()
}

#[test]
fn a_name_that_is_not_ours_is_misdirected() {
    let mut visitor = Visitor::new(&["https://chat.example"]);
    for line in [
        "GET /",
        "GET /healthz",
        "GET /socket",
        "POST /login",
        "GET /nothing",
    ] {
        let answer = visitor.ask(&format!("{line} HTTP/1.1\nHost: evil.example"));
        assert_eq!(code(&answer), 421, "{line}");
        assert!(text_of(&answer).contains("--origin http://evil.example"));
        let answer = visitor.ask(&format!("{line} HTTP/1.1\nHost: chat.example"));
        assert_ne!(code(&answer), 421, "{line}");
    }
    let absolute = "GET http://evil.example/healthz HTTP/1.1\nHost: localhost";
    assert_eq!(code(&visitor.ask(absolute)), 421);
    assert_eq!(code(&visitor.ask("GET /healthz HTTP/1.0")), 200);
}

#[test]
fn a_socket_belongs_to_the_session_that_opens_it() {
    let mut visitor = Visitor::new(&[]);
    let cookie = visitor.log_in("ana");
    let upgrade = visitor.upgrade(&format!("{SOCKET}{OWN}\nCookie: {cookie}"));
    assert_eq!(code(&upgrade.response), 101);
    let Claim::Session(id) = upgrade.claim else {
        panic!("{:?}", upgrade.claim);
    };
    assert_eq!(visitor.site.sessions.get(id).unwrap().nick.as_str(), "ana");
    assert_eq!(visitor.upgrade(SOCKET).claim, Claim::Nobody);
    let stale = format!("{SOCKET}{OWN}\nCookie: chat_session=AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(visitor.upgrade(&stale).claim, Claim::Expired);
}

#[test]
fn an_asset_is_asked_for_once_and_then_only_compared() {
    let mut visitor = Visitor::new(&[]);
    let line = "GET /assets/style.css HTTP/1.1\nHost: localhost";
    let answer = visitor.ask(line);
    assert_eq!(
        answer.field("Content-Type"),
        Some("text/css; charset=utf-8")
    );
    assert_eq!(answer.field("Cache-Control"), Some("no-cache"));
    let etag = answer.field("ETag").unwrap().to_owned();
    for known in [etag.clone(), format!("\"x\", W/{etag}"), "*".to_owned()] {
        let answer = visitor.ask(&format!("{line}\nIf-None-Match: {known}"));
        assert_eq!(code(&answer), 304, "{known}");
        assert_eq!(answer.field("ETag"), Some(etag.as_str()));
        assert!(answer.content().is_empty());
    }
    let answer = visitor.ask(&format!("{line}\nIf-None-Match: \"x\""));
    assert_eq!(code(&answer), 200);
}

#[test]
fn what_could_not_be_read_is_explained() {
    let mut visitor = Visitor::new(&[]);
    let unread = Err(Rejection {
        status: Status::BAD_REQUEST,
        why: "the Host field is missing",
    });
    let action = visitor.site.respond(
        &unread,
        visitor.address.into(),
        visitor.now,
        &mut visitor.chat,
    );
    let Action::Answer(Answer::Respond(answer)) = action else {
        panic!("no answer");
    };
    assert_eq!(code(&answer), 400);
    assert!(text_of(&answer).contains("the Host field is missing"));
    assert_eq!(code(&visitor.site.too_late(visitor.now)), 408);
}

#[test]
fn time_takes_ghosts_and_names_away() {
    let mut visitor = Visitor::new(&[]);
    let cookie = visitor.log_in("ana");
    let upgrade = visitor.upgrade(&format!("{SOCKET}{OWN}\nCookie: {cookie}"));
    let Claim::Session(id) = upgrade.claim else {
        panic!("{:?}", upgrade.claim);
    };
    let person = PersonId {
        key: 7,
        generation: 1,
    };
    visitor.site.sessions.attach(id, person);
    visitor.site.sessions.detach(id, person, visitor.now.mono);
    for (seconds, heard) in [(9, 0), (1, 1), (59, 1), (1, 2)] {
        visitor.later(Duration::from_secs(seconds));
        visitor.site.expire(visitor.now, &mut visitor.chat);
        assert_eq!(visitor.chat.heard.len(), heard, "after {seconds} more");
    }
    assert_eq!(visitor.chat.heard, ["quit 7.1", "over ana"]);
    assert!(visitor.chat.names.is_empty());
}
