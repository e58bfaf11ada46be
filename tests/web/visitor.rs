//! A browser at the site, without a socket and without a chat: requests in text, answers as values,
//! a clock that is moved by hand.
//!
//! Each test that includes this is a program of its own, and uses what it needs.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::net::IpAddr;
use std::time::{Duration, Instant};

use chat_core::id::{Identity, PersonId};
use chat_core::limits::Limits;
use chat_core::names::{Nick, RoomName};
use chat_core::net::Attempts;
use chat_core::net::framing::Input;
use chat_core::secret::Secret;
use chat_core::time::{Now, Timestamp};
use chat_web::http::{HttpBounds, Manner, Request, RequestReader, Response, Version};
use chat_web::origin::{Origin, Origins};
use chat_web::proxy::Proxies;
use chat_web::session::Session;
use chat_web::site::{Action, Behind, Reservation, Site, SiteSettings};
use chat_web::web::{Answer, Upgrade};

/// Stands for the chat: keeps names, and notes what it is told.
#[derive(Debug)]
pub struct Chat {
    pub names: Vec<(String, Identity)>,
    pub is_slow: bool,
    pub heard: Vec<String>,
    attempts: Attempts,
    identities: u64,
}

impl Default for Chat {
    fn default() -> Self {
        Chat {
            names: Vec::new(),
            is_slow: false,
            heard: Vec::new(),
            attempts: Attempts::new(&Limits::default()),
            identities: 0,
        }
    }
}

impl Behind for Chat {
    fn identity(&mut self) -> Identity {
        self.identities += 1;
        Identity(self.identities)
    }

    fn reserve(&mut self, nick: &Nick, identity: Identity) -> Reservation {
        if self.is_slow {
            return Reservation::Pending;
        }
        let folded = nick.folded();
        if self.names.iter().any(|(name, _)| *name == folded) {
            return Reservation::Refused(format!("{nick} is taken: choose another name."));
        }
        self.names.push((folded, identity));
        Reservation::Granted
    }

    fn release(&mut self, nick: &Nick, identity: Identity) {
        self.heard.push(format!("release {nick}"));
        self.names.retain(|(_, owner)| *owner != identity);
    }

    fn attempts(&mut self) -> &mut Attempts {
        &mut self.attempts
    }

    fn name_of(&self, _: &Session) -> Option<Nick> {
        None
    }

    fn quit(&mut self, _: &Session, person: PersonId) {
        self.heard.push(format!("quit {person}"));
    }

    fn over(&mut self, session: &Session) {
        self.heard.push(format!("over {}", session.nick));
        self.names.retain(|(_, owner)| *owner != session.identity);
    }
}

pub struct Visitor {
    pub site: Site,
    pub chat: Chat,
    pub now: Now,
    pub address: IpAddr,
}

impl Visitor {
    /// A site with these origins.
    pub fn new(origins: &[&str]) -> Self {
        Self::at(origins, None)
    }

    /// A site with a password.
    pub fn at_a_locked_site(password: &str) -> Self {
        Self::at(&[], Some(Secret::new(password)))
    }

    fn at(origins: &[&str], password: Option<Secret>) -> Self {
        let listed = origins.iter().map(|o| Origin::parse(o).unwrap());
        let settings = SiteSettings {
            title: "Chat <3".into(),
            room: RoomName::new("#lobby").unwrap(),
            irc: "irc://127.0.0.1:6667".into(),
            plain: "nc 127.0.0.1 6668".into(),
            password,
            proxies: Proxies::default(),
            origins: Origins::new(listed.collect()),
            sessions_per_address_max: 2,
        };
        Visitor {
            site: Site::new(settings),
            chat: Chat::default(),
            now: Now {
                mono: Instant::now(),
                wall: Timestamp(784_111_777_000),
            },
            address: IpAddr::from([127, 0, 0, 1]),
        }
    }

    pub fn later(&mut self, time: Duration) {
        self.now.mono += time;
    }

    pub fn act(&mut self, request: &Request) -> Action {
        let request = Ok(request.clone());
        self.site
            .respond(&request, self.address.into(), self.now, &mut self.chat)
    }

    /// The answer to a request, fields with `\n` between them.
    pub fn ask(&mut self, text: &str) -> Response {
        match self.act(&request(text, "")) {
            Action::Answer(Answer::Respond(response)) => response,
            other => panic!("{other:?}"),
        }
    }

    pub fn upgrade(&mut self, text: &str) -> Upgrade {
        match self.act(&request(text, "")) {
            Action::Answer(Answer::Upgrade(upgrade)) => upgrade,
            other => panic!("{other:?}"),
        }
    }

    /// Sends the login form, as the page at this origin does.
    pub fn post(&mut self, fields: &str, form: &str) -> Response {
        match self.act(&login_request(fields, form)) {
            Action::Answer(Answer::Respond(response)) => response,
            other => panic!("{other:?}"),
        }
    }

    /// Logs in; gives the cookie as a browser sends it back.
    pub fn log_in(&mut self, name: &str) -> String {
        let response = self.post("\nOrigin: http://localhost", &format!("name={name}"));
        assert_eq!(response.status().code(), 303);
        cookie_of(&response)
    }
}

pub fn login_request(fields: &str, form: &str) -> Request {
    let head = format!(
        "POST /login HTTP/1.1\nHost: localhost\nContent-Type: application/x-www-form-urlencoded\n\
         Content-Length: {}{fields}",
        form.len()
    );
    request(&head, form)
}

pub fn request(head: &str, body: &str) -> Request {
    let text = head.replace('\n', "\r\n") + "\r\n\r\n" + body;
    let bounds = HttpBounds::from(&Limits::default());
    let mut reader = RequestReader::default();
    let read = reader.next(&mut Input::new(text.as_bytes()), &bounds, &mut Vec::new());
    read.unwrap().expect("a whole request")
}

pub fn cookie_of(response: &Response) -> String {
    let cookie = response.field("Set-Cookie").expect("a cookie");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

pub fn text_of(response: &Response) -> String {
    String::from_utf8(response.content().to_vec()).unwrap()
}

/// What a page of this site sends.
pub const OWN: &str = "\nOrigin: http://localhost";

pub fn code(response: &Response) -> u16 {
    response.status().code()
}

pub fn location(response: &Response) -> &str {
    response.field("Location").unwrap_or_default()
}

pub fn written(response: &Response) -> String {
    let mut out = Vec::new();
    let manner = Manner {
        head_only: true,
        keeps_alive: true,
        version: Version::Http11,
    };
    response.encode(manner, &mut out);
    String::from_utf8(out).unwrap()
}
