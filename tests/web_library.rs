//! The page in a program of one's own: its looks, its files, its other pages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/library.rs"]
mod library;

use chat_core::limits::Limits;
use chat_core::relay::{Relay, StartError};
use chat_web::assets::AssetError;
use chat_web::http::{Method, Response, Status};
use chat_web::page::{Page, PageError};
use chat_web::site::{House, User, Visit};
use library::{Served, cookie_of, listener};
use test_support::http::{self, get, login, post_login_with_password, request};
use test_support::{LineClient, WsClient};

#[test]
fn an_answer_of_the_program_is_framed_once() {
    struct Relayed;
    impl House for Relayed {
        fn answer(&mut self, visit: &Visit<'_>) -> Option<Response> {
            let status = match visit.path() {
                "/upgrade" => Status::SWITCHING_PROTOCOLS,
                _ => Status::OK,
            };
            let response = Response::new(status)
                .with("content-length", "0")
                .with("Transfer-Encoding", "chunked")
                .with("Connection", "upgrade");
            Some(response.body("text/plain", &b"whole"[..]))
        }
    }
    let served = Served::new(Page::new().house(Relayed));
    let answer = served.get("/page", "");
    assert_eq!((answer.status, answer.text()), (200, "whole"));
    assert_eq!(answer.header("transfer-encoding"), None);
    assert_eq!(answer.header("content-length"), Some("5"));
    assert_eq!(served.get("/upgrade", "").status, 500);
}

#[test]
fn a_program_that_panics_over_a_request_answers_500_and_goes_on() {
    struct Faulty;
    impl House for Faulty {
        fn answer(&mut self, visit: &Visit<'_>) -> Option<Response> {
            assert_ne!(visit.path(), "/boom", "a fault of the program's own");
            None
        }

        fn user(&mut self, visit: &Visit<'_>) -> User {
            assert_ne!(visit.cookie("user"), Some("boom"), "another one");
            User::Anybody
        }
    }
    let served = Served::new(Page::new().house(Faulty));
    let mut ana = served.person("ana");
    for (path, cookie) in [("/boom", ""), ("/", "user=boom"), ("/login", "user=boom")] {
        assert_eq!(served.get(path, cookie).status, 500, "{path}");
    }
    assert_eq!(served.post("/boom", "user=boom", "x=y").status, 500);
    assert_eq!(served.get("/login", "").status, 200);
    ana.send("PING still");
    ana.expect_contains("PONG chat.local :still");
}

#[test]
fn a_page_of_a_program_has_its_title_and_its_people_talk_to_all_doors() {
    let served = Served::with(Page::new(), Relay::builder().title("Game night"));
    assert!(get(served.http, "/login").text().contains("Game night"));
    let mut bob = served.person("bob");
    let cookie = login(served.http, "ana");
    let page = served.get("/", &cookie);
    for part in ["Game night", "ana", "#lobby", &served.irc.to_string()] {
        assert!(page.text().contains(part), "{part}");
    }
    let mut ana = WsClient::connect_with_session(served.http, &cookie);
    ana.register("x");
    ana.join("#lobby");
    bob.expect_contains(":ana!");
    bob.send("PRIVMSG #lobby :roll?");
    ana.expect(|line| line.ends_with("PRIVMSG #lobby :roll?"));
}

#[test]
fn password_and_limits_are_those_of_the_relay() {
    let limits = Limits {
        http_head_bytes: 2000,
        ..Limits::default()
    };
    let password = Some(chat_core::secret::Secret::new("sesame"));
    let builder = Relay::builder().password(password).limits(limits);
    let served = Served::with(Page::new(), builder);
    assert_eq!(http::post_login(served.http, "ana").status, 403);
    let answer = post_login_with_password(served.http, "ana", "sesame");
    assert_eq!(answer.status, 303);
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(2000));
    assert!(matches!(request(served.http, long).status, 414 | 431));
}

#[test]
fn own_colours_follow_ours_on_every_page() {
    let css = ":root { --accent: #8c4a08; }";
    let served = Served::new(Page::new().style(css));
    let session = login(served.http, "ana");
    for (path, cookie) in [("/login", ""), ("/", &session), ("/nothing", "")] {
        let page = served.get(path, cookie);
        let (ours, own) = (page.text().find("style.css"), page.text().find("own.css"));
        assert!(ours.is_some() && ours < own, "{path}: {}", page.text());
    }
    let sheet = get(served.http, "/assets/own.css");
    assert_eq!(
        sheet.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    assert_eq!(sheet.text(), css);

    let plain = Served::new(Page::new());
    assert!(!get(plain.http, "/login").text().contains("own.css"));
    assert_eq!(get(plain.http, "/assets/own.css").status, 404);
}

#[test]
fn an_own_picture_takes_the_place_of_ours() {
    let png = &b"\x89PNG"[..];
    let served = Served::new(Page::new().icon("image/png", png));
    for path in ["/login", "/nothing"] {
        let page = get(served.http, path);
        assert!(page.text().contains("/assets/icon.svg"), "{path}");
    }
    let icon = get(served.http, "/assets/icon.svg");
    assert_eq!(icon.header("content-type"), Some("image/png"));
    assert_eq!(icon.body, png);
    let ours = get(Served::new(Page::new()).http, "/assets/icon.svg");
    assert!(ours.text().contains("<svg"));
}

#[test]
fn own_files_are_served_like_ours() {
    let text = "dice ".repeat(1000);
    let page = Page::new()
        .asset("rules/dice.txt", "text/plain", text.clone().into_bytes())
        .asset("dot.png", "image/png", &b"\x89PNG"[..]);
    let served = Served::new(page);
    let ask = |path: &str, fields: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
        request(served.http, head)
    };
    let plain = ask("/assets/rules/dice.txt", "");
    assert_eq!(plain.header("content-type"), Some("text/plain"));
    assert_eq!(plain.text(), text);
    let gzip = ask("/assets/rules/dice.txt", "Accept-Encoding: gzip\r\n");
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert!(gzip.body.len() < 100);
    let etag = gzip.header("etag").unwrap();
    let known = format!("Accept-Encoding: gzip\r\nIf-None-Match: {etag}\r\n");
    assert_eq!(ask("/assets/rules/dice.txt", &known).status, 304);
    let picture = ask("/assets/dot.png", "Accept-Encoding: gzip\r\n");
    assert_eq!(picture.header("content-encoding"), None, "no shorter");
    assert_eq!(picture.body, b"\x89PNG");
}

#[test]
fn what_cannot_be_served_is_told_at_the_start() {
    let refused = |page: Page| page.build(Relay::builder()).err().expect("an error");
    for name in ["style.css", "app.js"] {
        let error = refused(Page::new().asset(name, "text/css", &b""[..]));
        let taken = AssetError::Taken(name.into());
        assert!(
            matches!(&error, PageError::Asset(why) if *why == taken),
            "{error}"
        );
        assert!(error.to_string().contains("another name"));
    }
    let twice = Page::new()
        .asset("a", "x/y", &b""[..])
        .asset("a", "x/y", &b""[..]);
    assert!(
        refused(twice)
            .to_string()
            .contains("there is an asset a already")
    );
    let bad = refused(Page::new().asset("../a", "x/y", &b""[..]));
    assert!(bad.to_string().contains("write letters"), "{bad}");
    let large = refused(Page::new().asset("a", "x/y", vec![0; 256 * 1024]));
    assert!(large.to_string().contains("send_queue_bytes"), "{large}");
    let large = refused(Page::new().icon("image/png", vec![0; 256 * 1024]));
    assert!(large.to_string().contains("icon.svg has"), "{large}");

    let busy = listener();
    let error = refused(Page::new().at(busy.local_addr().unwrap()));
    let PageError::Start(StartError::Door { door, .. }) = error else {
        panic!("{error}");
    };
    assert_eq!(door, "http");
}

#[test]
fn the_doors_of_a_page_are_there_in_their_order() {
    let any = "127.0.0.1:0".parse().unwrap();
    let third = listener();
    let third_at = third.local_addr().unwrap();
    let page = Page::new().at(any).at(any).listener(third);
    let builder = Relay::builder().irc(any).unwrap().plain(any).unwrap();
    let relay = page.build(builder).unwrap();
    let addresses = relay.addresses();
    assert_eq!((addresses.len(), addresses[4]), (5, third_at));
}

#[test]
fn two_pages_in_one_process_know_nothing_of_each_other() {
    let [one, other] = ["One", "Other"].map(|title| {
        let page = Page::new().style(&format!("/* {title} */"));
        Served::with(page, Relay::builder().title(title))
    });
    let cookies = [&one, &other].map(|served| login(served.http, "ana"));
    assert_eq!(one.get("/", &cookies[0]).status, 200);
    assert_eq!(one.get("/", &cookies[1]).status, 303);
    assert!(get(other.http, "/login").text().contains("Other"));
    let sheet = get(other.http, "/assets/own.css");
    assert_eq!(sheet.text(), "/* Other */");
    drop(one);
    assert_eq!(other.get("/", &cookies[1]).status, 200);
}

/// A program with a few paths of its own.
struct Shop;

impl House for Shop {
    fn answer(&mut self, visit: &Visit<'_>) -> Option<Response> {
        let text = |text: String| Response::new(Status::OK).body("text/plain", text.into_bytes());
        match (visit.request.method, visit.path()) {
            (Method::Get | Method::Head, "/prices") => Some(text("5 a pound".into())),
            (Method::Get, "/open") => {
                let response = text(String::new()).with("content-security-policy", "sandbox");
                Some(response.with("Cache-Control", "max-age=60"))
            }
            (Method::Get, "/all") => Some(text("x".repeat(300_000))),
            (Method::Post, "/order") => Some(text(format!(
                "{} of {}",
                visit.form("count").unwrap_or_default(),
                visit.cookie("basket").unwrap_or_default()
            ))),
            (_, "/login" | "/" | "/healthz") => panic!("these are the chat's"),
            _ => None,
        }
    }
}

#[test]
fn paths_of_the_program_are_answered_and_what_is_nobodys_is_not_found() {
    let served = Served::new(Page::new().house(Shop));
    assert_eq!(get(served.http, "/prices").text(), "5 a pound");
    assert_eq!(served.head("/prices").header("content-length"), Some("9"));
    assert_eq!(get(served.http, "/nothing").status, 404);
    assert_eq!(get(served.http, "/healthz").text(), "ok\n");
    assert_eq!(get(served.http, "/login").status, 200);
    let put = "DELETE /prices HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(request(served.http, put).status, 404);
    let elsewhere = "GET /prices HTTP/1.1\r\nHost: evil.example\r\n\r\n";
    assert_eq!(request(served.http, elsewhere).status, 421);
}

#[test]
fn pages_of_the_program_protect_their_readers_unless_it_says_otherwise() {
    let served = Served::new(Page::new().house(Shop));
    let usual = get(served.http, "/prices");
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
    ] {
        assert!(usual.header(name).unwrap().contains(part), "{usual:?}");
    }
    let own = get(served.http, "/open");
    for (name, value) in [
        ("content-security-policy", "sandbox"),
        ("cache-control", "max-age=60"),
    ] {
        assert_eq!(own.headers_named(name).collect::<Vec<_>>(), [value]);
    }
}

#[test]
fn forms_of_the_program_are_heard_and_those_of_strangers_are_not() {
    let served = Served::new(Page::new().house(Shop));
    let order = served.post("/order", "a=b; basket=apples", "kind=x&count=3%20pounds");
    assert_eq!(order.text(), "3 pounds of apples");
    assert_eq!(served.post("/nothing", "", "").status, 404);
    let send = |fields: &str| {
        let head = format!(
            "POST /order HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{fields}\r\ncount=1"
        );
        request(served.http, head).status
    };
    assert_eq!(send("Origin: http://evil.example\r\n"), 403);
    assert_eq!(send("Cookie: basket=apples\r\n"), 403, "whose page was it?");
    assert_eq!(send("Origin: null\r\n"), 403);
    assert_eq!(send(""), 200, "a program");
    assert_eq!(send("Origin: http://localhost\r\n"), 200);
}

#[test]
fn an_answer_that_is_too_large_to_be_sent_is_an_error_of_the_program() {
    let served = Served::new(Page::new().house(Shop));
    let answer = get(served.http, "/all");
    assert_eq!(answer.status, 500);
    assert!(answer.text().contains("too large"), "{}", answer.text());
}

#[test]
fn with_a_house_that_knows_nobody_the_form_asks() {
    let served = Served::new(Page::new().house(Shop));
    let answer = http::post_login(served.http, "ana");
    let cookie = cookie_of(&answer);
    assert_eq!(served.get("/", &cookie).status, 200);
    let mut guest = LineClient::connect(served.irc);
    guest.send("NICK ana\r\nUSER a 0 * :a");
    guest.expect_contains(" 433 ");
}
