//! A little site of one's own with a chat: its log-in, its colours, its picture.
//!
//! ```text
//! cargo run --release -p chat-web --example site -- 127.0.0.1:8080
//! ```
//!
//! Then open <http://127.0.0.1:8080/> and log in. The site knows you from then on, and so does the chat.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::HashMap;
use std::error::Error;

use chat_core::names::Nick;
use chat_core::relay::Relay;
use chat_web::http::{Method, Response, Status};
use chat_web::page::Page;
use chat_web::site::{House, User, Visit};
use data_encoding::HEXLOWER;

const COLOURS: &str = "
:root { --accent: #8c4a08; --side: #fbf5ea; --pressed: #f1e6d2; --line: #e8dcc6; }
@media (prefers-color-scheme: dark) {
    :root { --accent: #f0b35e; --side: #1d1a15; --pressed: #2c2720; --line: #332d24; }
}";

const PICTURE: &[u8] =
    br##"<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28" viewBox="0 0 28 28">
<rect width="28" height="28" rx="6" fill="#d9822b"/><g fill="#fff"><circle cx="8" cy="8" r="3"/>
<circle cx="14" cy="14" r="3"/><circle cx="20" cy="20" r="3"/></g></svg>"##;

/// The site: who is logged in, by cookie. A real one checks a password first.
#[derive(Default)]
struct Club {
    members: HashMap<String, Nick>,
}

impl House for Club {
    fn answer(&mut self, visit: &Visit<'_>) -> Option<Response> {
        match (visit.request.method, visit.path()) {
            (Method::Get | Method::Head, "/club") => Some(self.front_page(visit)),
            (Method::Post, "/club/enter") => Some(self.enter(visit)),
            (Method::Post, "/club/leave") => {
                self.forget(visit);
                Some(to("/club"))
            }
            _ => None,
        }
    }

    fn user(&mut self, visit: &Visit<'_>) -> User {
        match visit.cookie("club").and_then(|key| self.members.get(key)) {
            Some(nick) => User::Named(nick.clone()),
            None => User::Unknown {
                login: "/club".into(),
            },
        }
    }
}

impl Club {
    fn front_page(&mut self, visit: &Visit<'_>) -> Response {
        match self.user(visit) {
            User::Named(nick) => page(&format!(
                "<p>Good evening, {nick}. <a href=\"/\">To the table</a></p>\
                 <form method=post action=/club/leave><button class=primary>Log out</button></form>"
            )),
            _ => page(
                "<form method=post action=/club/enter><label for=name>Your name in the club</label>\
                 <input id=name name=name required><button class=primary>Log in</button></form>",
            ),
        }
    }

    fn enter(&mut self, visit: &Visit<'_>) -> Response {
        // What can be a name in the chat needs no escaping in a page.
        let Ok(nick) = Nick::new(&visit.form("name").unwrap_or_default()) else {
            return page("<p>That is no name here. <a href=/club>Try another one</a></p>");
        };
        self.forget(visit);
        if self.members.values().any(|other| *other == nick) {
            return page("<p>Somebody has that name. <a href=/club>Try another one</a></p>");
        }
        let mut key = [0; 16];
        if self.members.len() >= MEMBERS_MAX || getrandom::fill(&mut key).is_err() {
            return Response::new(Status::SERVICE_UNAVAILABLE);
        }
        let key = HEXLOWER.encode(&key);
        let secure = if visit.is_https { "; Secure" } else { "" };
        let cookie = format!("club={key}; Path=/; HttpOnly; SameSite=Lax{secure}");
        self.members.insert(key, nick);
        to("/").with("Set-Cookie", cookie)
    }

    fn forget(&mut self, visit: &Visit<'_>) {
        self.members
            .remove(visit.cookie("club").unwrap_or_default());
    }
}

fn page(inner: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=en><meta name=viewport content=\"width=device-width\">\
         <title>The dice club</title><link rel=icon href=/assets/icon.svg>\
         <link rel=stylesheet href=/assets/style.css><link rel=stylesheet href=/assets/own.css>\
         <body class=door><main class=card><img src=/assets/icon.svg width=48 height=48 alt=\"\">\
         <h1>The dice club</h1>{inner}</main>"
    );
    Response::new(Status::OK).body("text/html; charset=utf-8", html.into_bytes())
}

fn to(place: &'static str) -> Response {
    Response::new(Status::SEE_OTHER).with("Location", place)
}

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let mut relay = Page::new()
        .at(address.as_deref().unwrap_or("127.0.0.1:8080").parse()?)
        .style(COLOURS)
        .icon("image/svg+xml", PICTURE)
        .house(Club::default())
        .build(Relay::builder().title("The dice club"))?;
    println!("http {}\nready", relay.addresses()[0]);
    Ok(relay.run()?)
}

const MEMBERS_MAX: usize = 1000;
