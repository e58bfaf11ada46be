//! A front within the test, whose clock stands still unless it is put forward, and whose journal may commit late.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test uses its part

use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use chat_core::handle::Handle;
use chat_core::journal::{Journal, Late, Memory};
use chat_core::limits::{Limits, WHEEL_TICK};
use chat_core::names::RoomName;
use chat_core::net::Door;
use chat_core::relay::Relay;
use chat_web::front::Front;
use chat_web::origin::Origins;
use chat_web::proxy::Proxies;
use chat_web::site::{Site, SiteSettings};
use chat_web::web::{Settings, Web};
use test_support::http::request;
use test_support::{LineClient, PATIENCE, WsClient};

pub struct House {
    pub http: SocketAddr,
    pub irc: SocketAddr,
    pub plain: SocketAddr,
    handle: Handle,
    clock: Sender<Passing>,
    thread: Option<JoinHandle<()>>,
}

/// How much time is to pass, and whom to tell when it has.
type Passing = (Duration, Sender<()>);

impl House {
    /// Whose journal commits after so many turns, and where nobody is ever too slow.
    pub fn new(turns: u64) -> House {
        let memory = Memory::new("e".into(), 1 << 20);
        let journal: Box<dyn Journal> = match turns {
            0 => Box::new(memory),
            turns => Box::new(Late::new(memory, turns)),
        };
        let mut limits = Limits {
            registration_seconds: 3600,
            http_head_seconds: 3600,
            ping_seconds: 3600,
            ..Limits::default()
        };
        limits.lift();
        House::with(&limits, journal)
    }

    /// Where everybody has a second for everything.
    pub fn hurried() -> House {
        let mut limits = Limits {
            registration_seconds: 1,
            http_head_seconds: 1,
            ping_seconds: 1,
            pong_seconds: 1,
            ..Limits::default()
        };
        limits.lift();
        House::with(&limits, Box::new(Memory::new("e".into(), 1 << 20)))
    }

    fn with(limits: &Limits, journal: Box<dyn Journal>) -> House {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let settings = Settings::from(limits);
        let browsers = Door::bind("http", any, move || Box::new(Web::new(settings))).unwrap();
        let builder = Relay::builder().limits(*limits).journal(journal);
        let builder = builder.irc(any).unwrap().plain(any).unwrap();
        let around = |chat| Front::new(chat, Site::new(site()), 2);
        let mut relay = builder.build_with(around).unwrap();
        relay.open(browsers).unwrap();
        relay.advance(Duration::ZERO);
        let [irc, plain, http] = *relay.addresses() else {
            panic!("three doors");
        };
        let (handle, (clock, passings)) = (relay.handle(), mpsc::channel());
        let thread = Some(std::thread::spawn(move || serve(relay, &passings)));
        House {
            http,
            irc,
            plain,
            handle,
            clock,
            thread,
        }
    }

    /// Lets so much time pass. What was said before is heard before, and all that is due meanwhile has happened.
    pub fn pass(&self, time: Duration) {
        // In the world outside, what was said has a moment to arrive.
        std::thread::sleep(Duration::from_millis(2));
        let (passed, has_passed) = mpsc::channel();
        self.clock.send((time, passed)).unwrap();
        // Wakes it.
        self.handle.snapshot(drop).unwrap();
        has_passed.recv_timeout(PATIENCE).unwrap();
    }

    /// Tells everybody to go, and waits until they have gone, though no time passes.
    pub fn stop(mut self) {
        self.handle.stop("closing time", PATIENCE).unwrap();
        self.thread.take().unwrap().join().unwrap();
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
            std::thread::panicking() || matches!(ended, None | Some(Ok(()))),
            "the relay panicked"
        );
    }
}

/// Turns a relay, and its clock when that is wanted.
fn serve(mut relay: Relay<Front>, passings: &Receiver<Passing>) {
    while relay.turn(Some(TURN)).unwrap().is_running() {
        for (time, passed) in passings.try_iter() {
            pass(&mut relay, time);
            let _ = passed.send(());
        }
    }
}

/// Step by step, so that what is due happens when it is due, more or less.
fn pass(relay: &mut Relay<Front>, mut time: Duration) {
    let _ = relay.turn(Some(Duration::ZERO)).unwrap();
    while !time.is_zero() {
        let step = time.min(WHEEL_TICK);
        relay.advance(step);
        let _ = relay.turn(Some(Duration::ZERO)).unwrap();
        time -= step;
    }
}

/// How long a turn sleeps, since a late journal counts turns.
const TURN: Duration = Duration::from_millis(1);

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
