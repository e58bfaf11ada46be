//! The real program, people who log in to it, and people at its other doors.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test uses its part

use std::net::SocketAddr;
use std::time::Duration;

use test_support::http::{self, Response};
use test_support::program::chat_relay;
use test_support::{LineClient, Program, Upgrade, WsClient, eventually};

/// Tests whose name begins so have a chat-relay behind the page, the others have all in one program.
fn has_gateway() -> bool {
    env!("CARGO_CRATE_NAME").starts_with("gateway_")
}

/// A running `chat-web`, and a `chat-relay` behind it if there are two programs.
pub struct Site {
    pub program: Program,
    pub relay: Option<Program>,
    pub http: SocketAddr,
    pub irc: SocketAddr,
    pub plain: SocketAddr,
}

impl Site {
    #[track_caller]
    pub fn start() -> Site {
        Site::start_with(&["--limit", "flood_lines=1000"])
    }

    #[track_caller]
    pub fn start_with(more: &[&str]) -> Site {
        match has_gateway() {
            false => Site::one(more),
            true => Site::two(more),
        }
    }

    #[track_caller]
    fn one(more: &[&str]) -> Site {
        let program = start(
            env!("CARGO_BIN_EXE_chat-web"),
            &["http", "irc", "plain"],
            more,
        );
        let [http, irc, plain] = ["http", "irc", "plain"].map(|door| program.door(door));
        Site {
            program,
            relay: None,
            http,
            irc,
            plain,
        }
    }

    #[track_caller]
    fn two(more: &[&str]) -> Site {
        let limits: Vec<&str> = limits_of(more);
        let relay = start(&chat_relay(), &["irc", "plain"], &limits);
        let [irc, plain] = ["irc", "plain"].map(|door| relay.door(door));
        let at = irc.to_string();
        let more = [&["--relay", &at], more].concat();
        let program = start(env!("CARGO_BIN_EXE_chat-web"), &["http"], &more);
        Site {
            http: program.door("http"),
            program,
            relay: Some(relay),
            irc,
            plain,
        }
    }

    /// Somebody who hears everything in `#lobby` from the IRC door.
    #[track_caller]
    pub fn witness(&self) -> LineClient {
        let mut witness = LineClient::connect(self.irc);
        witness.register("witness");
        witness.join("#lobby");
        witness
    }

    /// A socket of a session, registered; its welcome.
    #[track_caller]
    pub fn tab(&self, cookie: &str) -> (WsClient, Vec<String>) {
        let mut tab = WsClient::connect_with_session(self.http, cookie);
        tab.caps(&["batch", "message-tags", "draft/chathistory"]);
        let welcome = tab.register("whatever");
        (tab, welcome)
    }

    /// The same, and in `#lobby`.
    #[track_caller]
    pub fn tab_in_lobby(&self, cookie: &str) -> WsClient {
        let (mut tab, _) = self.tab(cookie);
        tab.join("#lobby");
        tab
    }

    #[track_caller]
    pub fn login(&self, name: &str) -> String {
        eventually("a login", || {
            let answer = http::post_login(self.http, name);
            (answer.status == 303).then(|| cookie_of(&answer))
        })
    }

    /// Sends the login form with a cookie.
    #[track_caller]
    pub fn login_with(&self, cookie: &str, name: &str) -> Response {
        self.post("/login", cookie, &format!("name={name}"))
    }

    #[track_caller]
    pub fn logout(&self, cookie: &str) {
        let response = self.post("/logout", cookie, "");
        assert_eq!(response.status, 303);
        assert_eq!(response.header("location"), Some("/login"));
    }

    #[track_caller]
    pub fn post(&self, path: &str, cookie: &str, form: &str) -> Response {
        let at = self.http;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            form.len()
        );
        http::request(at, head + form)
    }

    #[track_caller]
    pub fn index(&self, cookie: &str) -> Response {
        let at = self.http;
        http::request(
            at,
            format!("GET / HTTP/1.1\r\nHost: {at}\r\nCookie: {cookie}\r\n\r\n"),
        )
    }

    pub fn upgrade(&self) -> Upgrade {
        Upgrade::to(self.http)
    }

    /// A name is free: at once where the chat is in the same program, soon where it is elsewhere.
    #[track_caller]
    pub fn frees(&self, name: &str) {
        eventually("a name that is free", || {
            (self.wants(name) == "001").then_some(())
        });
    }

    /// What somebody new at the IRC door hears who wants this name: 001 or 433.
    #[track_caller]
    pub fn wants(&self, name: &str) -> String {
        let mut other = LineClient::connect(self.irc);
        other.send(&format!("NICK {name}\r\nUSER x 0 * :x"));
        let line = other.expect(|line| line.contains(" 001 ") || line.contains(" 433 "));
        line.split(' ').nth(1).unwrap_or_default().to_owned()
    }
}

#[track_caller]
fn start(path: &str, doors: &[&str], more: &[&str]) -> Program {
    let doors: Vec<String> = doors
        .iter()
        .map(|door| format!("--{door}=127.0.0.1:0"))
        .collect();
    let doors = doors.iter().map(String::as_str);
    let args: Vec<&str> = doors.chain(more.iter().copied()).collect();
    Program::start(path, &args)
}

/// What of a page's arguments is the relay's too.
fn limits_of<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let pairs = args.chunks(2).filter(|pair| pair[0] == "--limit");
    pairs.flatten().copied().collect()
}

#[track_caller]
pub fn cookie_of(response: &Response) -> String {
    let cookie = response.header("set-cookie").expect("a cookie");
    cookie.split(';').next().unwrap().to_owned()
}

/// The name in 001.
#[track_caller]
pub fn name_in(welcome: &[String]) -> &str {
    let line = welcome.iter().find(|line| line.contains(" 001 "));
    line.expect("001").split(' ').nth(2).unwrap()
}

/// A moment in which something that must not happen would have happened.
pub const MOMENT: Duration = Duration::from_millis(300);
