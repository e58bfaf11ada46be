//! Sessions by a clock that can be put forward, and on a journal that commits late.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use chat_core::chat::Chat;
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
use chat_web::site::{Site, SiteSettings};
use chat_web::web::{Settings, Web};
use test_support::http::{get, login, request};
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
    fn chat(&mut self) -> &mut Chat {
        relay::Front::chat(&mut self.front)
    }
}

struct House {
    http: SocketAddr,
    irc: SocketAddr,
    seconds: Arc<AtomicU64>,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl House {
    /// Whose journal commits after so many turns.
    fn new(turns: u64) -> House {
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
    fn pass(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
        get(self.http, "/healthz");
        get(self.http, "/healthz");
    }

    #[track_caller]
    fn person(&self, nick: &str) -> LineClient {
        let mut person = LineClient::connect(self.irc);
        person.register(nick);
        person.join("#lobby");
        person
    }

    #[track_caller]
    fn wants(&self, name: &str) -> String {
        let mut other = LineClient::connect(self.irc);
        other.send(&format!("NICK {name}\r\nUSER x 0 * :x"));
        let line = other.expect(|line| line.contains(" 001 ") || line.contains(" 433 "));
        line.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    #[track_caller]
    fn tab(&self, cookie: &str) -> (WsClient, Vec<String>) {
        let mut tab = WsClient::connect_with_session(self.http, cookie);
        tab.caps(&["batch", "labeled-response", "echo-message"]);
        let welcome = tab.register("x");
        (tab, welcome)
    }

    fn index(&self, cookie: &str) -> u16 {
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
        origins: Origins::new(Vec::new()),
        sessions_per_address_max: 9,
    }
}

#[track_caller]
fn hear_quit(witness: &mut LineClient) {
    witness.expect(|line| line.starts_with(":ana!") && line.contains(" QUIT :"));
}

#[test]
fn a_ghost_leaves_after_ten_seconds_and_its_name_is_free_sixty_later() {
    let house = House::new(0);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let (mut tab, _) = house.tab(&cookie);
    tab.join("#lobby");
    witness.expect_contains(":ana!");
    drop(tab);
    std::thread::sleep(Duration::from_millis(300));
    house.pass(8);
    assert_eq!(witness.fence(), [""; 0]);
    assert_eq!(house.wants("ana"), "433");
    house.pass(3);
    hear_quit(&mut witness);
    assert_eq!(house.wants("ana"), "433");
    house.pass(55);
    assert_eq!(
        (house.wants("ana"), house.index(&cookie)),
        ("433".into(), 200)
    );
    house.pass(5);
    assert_eq!(
        (house.wants("ana"), house.index(&cookie)),
        ("001".into(), 303)
    );
    WsClient::connect_with_session(house.http, &cookie).expect_close(4002);
}

#[test]
fn a_name_that_was_changed_is_freed_in_the_end_too() {
    let house = House::new(0);
    let cookie = login(house.http, "ana");
    let (mut tab, _) = house.tab(&cookie);
    tab.send("NICK anna");
    tab.expect_contains(" NICK anna");
    tab.send("QUIT");
    tab.expect_close(1000);
    drop(tab);
    let (tab, welcome) = house.tab(&cookie);
    assert!(welcome.iter().any(|line| line.contains(" 001 anna ")));
    drop(tab);
    std::thread::sleep(Duration::from_millis(300));
    house.pass(11);
    assert_eq!(house.wants("anna"), "433");
    house.pass(60);
    assert_eq!(
        (house.wants("ana"), house.wants("anna")),
        ("001".into(), "001".into())
    );
}

#[test]
fn whoever_comes_back_as_the_ghost_leaves_is_in_once_and_under_its_name() {
    let house = House::new(0);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    for _ in 0..10 {
        let (mut tab, welcome) = house.tab(&cookie);
        assert!(welcome.iter().any(|line| line.contains(" 001 ana ")));
        tab.join("#lobby");
        drop(tab);
        std::thread::sleep(Duration::from_millis(50));
        std::thread::scope(|scope| {
            scope.spawn(|| house.pass(10));
            let (mut tab, welcome) = house.tab(&cookie);
            assert!(welcome.iter().any(|line| line.contains(" 001 ana ")));
            tab.join("#lobby");
            witness.send("PRIVMSG #lobby :hello");
            tab.expect_contains(":hello");
            witness.send("NAMES #lobby");
            let names = witness.expect_contains(" 353 ");
            assert_eq!(names.matches("ana").count(), 1, "{names}");
        });
    }
}

/// Turns that a late journal takes: an idle loop that waits for it turns each millisecond.
const LATE: u64 = 400;

#[test]
fn what_was_on_its_way_when_another_tab_took_over_is_told_to_that_one() {
    let house = House::new(LATE);
    let cookie = login(house.http, "ana");
    let (mut first, _) = house.tab(&cookie);
    first.send("@label=first JOIN #lobby");
    let (mut second, welcome) = house.tab(&cookie);
    first.expect_close(4001);
    assert!(
        welcome.iter().all(|line| !line.contains(" JOIN ")),
        "{welcome:?}"
    );
    let join = second.expect_contains(" JOIN #lobby");
    assert!(join.starts_with(":ana!"), "{join}");
    second.expect_contains(" 366 ");
    second.send("PRIVMSG #lobby :here");
    second.expect_contains(" PRIVMSG #lobby :here");
}

#[test]
fn words_of_two_tabs_stay_in_their_order() {
    let house = House::new(LATE);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let (mut first, _) = house.tab(&cookie);
    first.join("#lobby");
    first.send("PRIVMSG #lobby :1");
    first.send("PRIVMSG #lobby :2");
    let (mut second, _) = house.tab(&cookie);
    second.send("PRIVMSG #lobby :3");
    second.send("PART #lobby");
    let said: Vec<String> = (0..4).map(|_| next_of_ana(&mut witness)).collect();
    let ends = [":1", ":2", ":3", "PART #lobby"];
    for (line, end) in said.iter().zip(ends) {
        assert!(line.ends_with(end), "{said:?}");
    }
}

#[track_caller]
fn next_of_ana(witness: &mut LineClient) -> String {
    witness.expect(|line| line.starts_with(":an") && !line.contains(" JOIN "))
}

#[test]
fn who_said_goodbye_and_is_back_before_it_took_effect_registers_anew() {
    let house = House::new(LATE);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let (mut first, _) = house.tab(&cookie);
    first.join("#lobby");
    first.send("QUIT");
    first.expect_close(1000);
    let (mut second, welcome) = house.tab(&cookie);
    assert!(welcome.iter().any(|line| line.contains(" 001 ana ")));
    assert_eq!(second.fence(), [""; 0], "in no room any more");
    hear_quit(&mut witness);
    second.join("#lobby");
    witness.expect_contains(" JOIN #lobby");
}

#[test]
fn who_logs_out_while_words_are_on_their_way_is_heard_to_the_end() {
    let house = House::new(LATE);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let (mut tab, _) = house.tab(&cookie);
    tab.join("#lobby");
    tab.send("PRIVMSG #lobby :last words");
    tab.fence();
    tab.send("PRIVMSG #lobby :very last words");
    std::thread::sleep(Duration::from_millis(50));
    let at = house.http;
    let head = format!(
        "POST /logout HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nCookie: {cookie}\r\n\
         Content-Length: 0\r\n\r\n"
    );
    assert_eq!(request(at, head).status, 303);
    tab.expect_close(4002);
    assert!(next_of_ana(&mut witness).ends_with(":last words"));
    assert!(next_of_ana(&mut witness).ends_with(":very last words"));
    hear_quit(&mut witness);
    assert_eq!(house.wants("ana"), "001");
}

#[test]
fn who_comes_back_while_the_ghosts_goodbye_is_on_its_way_gets_in_in_the_end() {
    let house = House::new(LATE);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let (mut tab, _) = house.tab(&cookie);
    tab.join("#lobby");
    drop(tab);
    std::thread::sleep(Duration::from_millis(100));
    house.pass(11);
    let mut early = WsClient::connect_with_session(house.http, &cookie);
    early.send("NICK x");
    early.send("USER x 0 * :x");
    let last = early.last_words(" 001 ");
    assert!(
        last.contains(" 001 ana ") || last.contains("Restart"),
        "{last}"
    );
    hear_quit(&mut witness);
    let (_tab, welcome) = house.tab(&cookie);
    assert!(welcome.iter().any(|line| line.contains(" 001 ana ")));
}
