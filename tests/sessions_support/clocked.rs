//! A front within the test, whose clock can be put forward and whose journal may commit late.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test uses its part

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use chat_core::handle::Handle;
use chat_core::id::{DoorId, PersonId};
use chat_core::journal::{Journal, Late, Memory};
use chat_core::limits::Limits;
use chat_core::names::RoomName;
use chat_core::net::{After, Closed, Door, Frame, Host, People};
use chat_core::relay::{self, Relay};
use chat_core::time::Now;
use chat_web::front::Front;
use chat_web::origin::Origins;
use chat_web::proxy::Proxies;
use chat_web::site::{Site, SiteSettings};
use chat_web::web::{Settings, Web};
use test_support::http::{get, request};
use test_support::{LineClient, WsClient};

/// A front whose clock is so many seconds ahead.
struct Ahead {
    front: Front,
    seconds: Arc<AtomicU64>,
}

impl Ahead {
    fn later(&self, now: Now) -> Now {
        let ahead = Duration::from_secs(self.seconds.load(Ordering::SeqCst));
        Now {
            mono: now.mono + ahead,
            ..now
        }
    }
}

impl Host for Ahead {
    fn opened(&mut self, people: &mut People, who: PersonId, door: DoorId, now: Now) {
        let now = self.later(now);
        self.front.opened(people, who, door, now);
    }

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, now: Now) {
        let now = self.later(now);
        self.front.frame(people, who, frame, now);
    }

    fn closed(&mut self, people: &mut People, who: PersonId, why: Closed, now: Now) -> After {
        let now = self.later(now);
        self.front.closed(people, who, why, now)
    }

    fn deadline(&mut self, people: &mut People, who: PersonId, now: Now) {
        let now = self.later(now);
        self.front.deadline(people, who, now);
    }

    fn turn(&mut self, people: &mut People, now: Now) {
        let now = self.later(now);
        self.front.turn(people, now);
    }

    fn wait(&self, now: Now) -> Option<Duration> {
        self.front.wait(self.later(now))
    }
}

impl relay::Front for Ahead {
    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        relay::Front::drain(&mut self.front, people, reason, now);
    }

    fn chat(&mut self) -> Option<&mut chat_core::chat::Chat> {
        relay::Front::chat(&mut self.front)
    }
}

pub struct House {
    pub http: SocketAddr,
    irc: SocketAddr,
    seconds: Arc<AtomicU64>,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl House {
    /// Whose journal commits after so many turns.
    pub fn new(turns: u64) -> House {
        let memory = Memory::new("e".into(), 1 << 20);
        let journal: Box<dyn Journal> = match turns {
            0 => Box::new(memory),
            turns => Box::new(Late::new(memory, turns)),
        };
        let mut limits = Limits::default();
        limits.lift();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let settings = Settings::from(&limits);
        let browsers = Door::bind("http", any, move || Box::new(Web::new(settings))).unwrap();
        let seconds = Arc::new(AtomicU64::new(0));
        let around = |chat| Ahead {
            front: Front::new(chat, Site::new(site()), 1),
            seconds: Arc::clone(&seconds),
        };
        let builder = Relay::builder().limits(limits).journal(journal);
        let mut relay = builder.irc(any).unwrap().build_with(around).unwrap();
        relay.open(browsers).unwrap();
        let (irc, http) = (relay.addresses()[0], relay.addresses()[1]);
        let handle = relay.handle();
        let thread = Some(std::thread::spawn(move || relay.run().unwrap()));
        House {
            http,
            irc,
            seconds,
            handle,
            thread,
        }
    }

    /// Puts the clock forward, and lets the loop look at it.
    pub fn pass(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
        get(self.http, "/healthz");
        get(self.http, "/healthz");
    }

    #[track_caller]
    pub fn person(&self, nick: &str) -> LineClient {
        let mut person = LineClient::connect(self.irc);
        person.register(nick);
        person.join("#lobby");
        person
    }

    #[track_caller]
    pub fn wants(&self, name: &str) -> String {
        let mut other = LineClient::connect(self.irc);
        other.send(&format!("NICK {name}\r\nUSER x 0 * :x"));
        let line = other.expect(|line| line.contains(" 001 ") || line.contains(" 433 "));
        line.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn tab(&self, cookie: &str) -> (WsClient, Vec<String>) {
        let mut tab = WsClient::connect_with_session(self.http, cookie);
        tab.caps(&["batch", "labeled-response", "echo-message"]);
        let welcome = tab.register("x");
        (tab, welcome)
    }

    pub fn index(&self, cookie: &str) -> u16 {
        let at = self.http;
        let head = format!("GET / HTTP/1.1\r\nHost: {at}\r\nCookie: {cookie}\r\n\r\n");
        request(at, head).status
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.handle.stop("the test is over", Duration::ZERO);
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(
            std::thread::panicking() || matches!(ended, Some(Ok(()))),
            "the relay panicked"
        );
    }
}

fn site() -> SiteSettings {
    SiteSettings {
        title: "Chat".into(),
        room: RoomName::lobby(),
        irc: String::new(),
        plain: String::new(),
        password: None,
        proxies: Proxies::default(),
        origins: Origins::new(Vec::new()),
        sessions_per_address_max: 9,
    }
}

#[track_caller]
pub fn hear_quit(witness: &mut LineClient) {
    witness.expect(|line| line.starts_with(":ana!") && line.contains(" QUIT :"));
}
