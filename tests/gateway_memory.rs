//! What a gateway remembers of those who have gone: nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "gateway_support/mod.rs"]
mod gateway_support;

use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use chat_core::handle::Handle;
use chat_core::limits::Limits;
use chat_core::names::RoomName;
use chat_core::net::Door;
use chat_core::relay::Relay;
use chat_web::gateway::{Gateway, GatewaySettings};
use chat_web::origin::Origins;
use chat_web::proxy::Proxies;
use chat_web::site::{Site, SiteSettings};
use chat_web::web::{Settings, Web};
use gateway_support::start_relay;
use test_support::http::{login, post_login};
use test_support::{Cut, Proxy, WsClient, eventually};

/// A gateway within the test, which can be looked into when it has ended.
struct Inside {
    http: SocketAddr,
    handle: Handle,
    thread: JoinHandle<Relay<Gateway>>,
}

impl Inside {
    fn new(relay: SocketAddr) -> Inside {
        let mut limits = Limits::default();
        limits.lift();
        let settings = GatewaySettings {
            relay: vec![relay],
            secret: None,
            password: None,
            limits,
        };
        let gateway = Gateway::new(Site::new(site()), settings);
        let mut relay = Relay::serving(gateway, &limits).unwrap();
        let web = Settings::from(&limits);
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let door = Door::bind("http", any, move || Box::new(Web::new(web))).unwrap();
        relay.open(door).unwrap();
        Inside {
            http: relay.addresses()[0],
            handle: relay.handle(),
            thread: std::thread::spawn(move || {
                relay.run().unwrap();
                relay
            }),
        }
    }

    /// Ends it, and says what it still knows.
    fn remains(self) -> String {
        self.handle.stop("the end", Duration::from_secs(5)).unwrap();
        let mut relay = self.thread.join().unwrap();
        format!("{:?}", relay.host_mut())
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

const NOTHING: &str = "clients: 0, sockets: 0";

#[test]
fn nothing_is_left_of_logins_and_guests_that_found_no_relay() {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
    let gateway = Inside::new(nowhere);
    for _ in 0..5 {
        assert_eq!(post_login(gateway.http, "ana").status, 503);
        WsClient::connect(gateway.http).expect_close(1012);
    }
    let remains = gateway.remains();
    assert!(remains.contains(NOTHING), "{remains}");
}

#[test]
fn nothing_is_left_of_sessions_tabs_and_relays_that_come_and_go() {
    let relay = start_relay(&["--irc=127.0.0.1:0", "--unlimited"]);
    let between = Proxy::start(relay.door("irc"));
    let gateway = Inside::new(between.address());
    let cookie = login(gateway.http, "ana");
    assert_eq!(post_login(gateway.http, "ana").status, 409);
    let tab = || {
        let mut tab = WsClient::connect_with_session(gateway.http, &cookie);
        tab.register("ana");
        tab
    };
    let mut first = tab();
    let mut second = tab();
    first.expect_close(4001);
    let mut guest = WsClient::connect(gateway.http);
    guest.register("guest");
    between.cut(Cut::Refuse);
    between.drop_connections();
    second.expect_close(1012);
    guest.expect_close(1012);
    assert_eq!(post_login(gateway.http, "bob").status, 503);
    let mut waiting = WsClient::connect_with_session(gateway.http, &cookie);
    waiting.expect_contains("RELAY_GONE");
    between.restore();
    waiting.register("ana");
    eventually("bob", || {
        (post_login(gateway.http, "bob").status == 303).then_some(())
    });
    let remains = gateway.remains();
    assert!(remains.contains(NOTHING), "{remains}");
}
