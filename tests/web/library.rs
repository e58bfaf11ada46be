//! A program with a chat page, on a thread of its own: its people are told apart by the cookie `user`.
//!
//! Each test that includes this is a program of its own, and uses what it needs.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use chat_core::dialect::Dialect;
use chat_core::handle::Handle;
use chat_core::names::Nick;
use chat_core::relay::{Builder, Relay};
use chat_web::http::{Method, Response, Status};
use chat_web::page::Page;
use chat_web::site::{House, User, Visit};
use test_support::http::{self, Connection};
use test_support::{LineClient, Upgrade, WsClient};

/// A page that is served; it ends when this is dropped.
pub struct Served {
    pub irc: SocketAddr,
    pub http: SocketAddr,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    pub fn new(page: Page) -> Served {
        Served::with(page, Relay::builder())
    }

    pub fn with(page: Page, builder: Builder) -> Served {
        let builder = builder.listener("irc", listener(), Dialect::Irc).unwrap();
        let mut relay = page.listener(listener()).build(builder).unwrap();
        let (irc, http) = (relay.addresses()[0], relay.addresses()[1]);
        let handle = relay.handle();
        let thread = Some(std::thread::spawn(move || relay.run().unwrap()));
        Served {
            irc,
            http,
            handle,
            thread,
        }
    }

    #[track_caller]
    pub fn get(&self, path: &str, cookie: &str) -> http::Response {
        http::get_with(self.http, path, cookie)
    }

    #[track_caller]
    pub fn post(&self, path: &str, cookie: &str, form: &str) -> http::Response {
        http::post(self.http, path, cookie, form)
    }

    /// The head of an answer, which is all that came: the next request on the connection is answered.
    #[track_caller]
    pub fn head(&self, path: &str) -> http::Response {
        let mut connection = Connection::open(self.http);
        let request = |method| format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.http);
        connection.send(request("HEAD"));
        let head = connection.response_head();
        connection.send(request("GET"));
        assert_eq!(connection.response().status, head.status);
        head
    }

    /// A user comes to the chat's page, and the page opens its socket.
    #[track_caller]
    pub fn enter(&self, cookie: &str) -> WsClient {
        let page = self.get("/", cookie);
        assert_eq!(page.status, 200, "{page:?}");
        self.tab(cookie)
    }

    /// The socket of a page that was loaded.
    #[track_caller]
    pub fn tab(&self, cookie: &str) -> WsClient {
        let upgrade = Upgrade::to(self.http).path("/socket?session");
        upgrade.session(cookie).connect()
    }

    /// Somebody in the lobby with an IRC client.
    #[track_caller]
    pub fn person(&self, nick: &str) -> LineClient {
        let mut person = LineClient::connect(self.irc);
        person.register(nick);
        person.join("#lobby");
        person
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.handle.stop("the test is over", Duration::ZERO);
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(
            std::thread::panicking() || matches!(ended, Some(Ok(()))),
            "the relay panicked"
        );
    }
}

pub fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// The cookie that an answer sets, as a browser sends it back.
#[track_caller]
pub fn cookie_of(answer: &http::Response) -> String {
    let cookie = answer.header("set-cookie").expect("a cookie");
    cookie.split(';').next().unwrap().to_owned()
}

#[track_caller]
pub fn location(answer: &http::Response) -> &str {
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").expect("a place")
}

/// A site whose cookie says who somebody is, until they leave.
#[derive(Default)]
pub struct Club {
    /// Whoever has no cookie is a guest.
    pub has_guests: bool,
    pub gone: HashSet<String>,
}

impl House for Club {
    fn answer(&mut self, visit: &Visit<'_>) -> Option<Response> {
        match (visit.request.method, visit.path()) {
            (Method::Post, "/leave") => {
                let user = visit.cookie("user").unwrap_or_default();
                self.gone.insert(user.to_owned());
                Some(Response::new(Status::NO_CONTENT))
            }
            (Method::Post, "/nothing-changes") => Some(Response::new(Status::NO_CONTENT)),
            _ => None,
        }
    }

    fn user(&mut self, visit: &Visit<'_>) -> User {
        let user = visit
            .cookie("user")
            .filter(|user| !self.gone.contains(*user));
        match user.and_then(|user| Nick::new(user).ok()) {
            Some(nick) => User::Named(nick),
            None if self.has_guests => User::Anybody,
            None => User::Unknown {
                login: "/enter".into(),
            },
        }
    }
}
