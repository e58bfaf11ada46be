//! A relay is a value: it moves, there may be two, and it can be dropped at any time.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use chat_core::dialect::Dialect;
use chat_core::handle::{Handle, HandleError};
use chat_core::inside::{Insider, InsiderError};
use chat_core::relay::Relay;
use chat_web::front::Front;
use test_support::LineClient;

use super::{enter, hears, lobby, quiet, settle};

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn moves<T: Send + 'static>() {}
fn is_shared<T: Sync>() {}

#[test]
fn what_should_move_between_threads_does() {
    moves::<Relay>();
    moves::<Relay<Front>>();
    moves::<Handle>();
    is_shared::<Handle>();
    moves::<Insider>();
}

#[test]
fn two_relays_in_one_process_know_nothing_of_each_other() {
    let (mut one, mut other) = (quiet(), quiet());
    let mut ana = enter(&mut one, "ana");
    let mut her_namesake = enter(&mut other, "ana");
    let bob = enter(&mut one, "bob");
    bob.say("#lobby", "tea?").unwrap();
    settle(&mut one);
    settle(&mut other);
    hears(&mut ana, ":tea?");
    assert!(super::heard(&mut her_namesake).is_empty());
}

#[test]
fn a_relay_is_turned_by_whatever_thread_has_it() {
    let mut relay = quiet();
    let mut ana = enter(&mut relay, "ana");
    let handle = relay.handle();
    let thread = thread::spawn(move || relay.run());
    ana.say("ana", "hello me").unwrap();
    let line = ana.hear_within(Duration::from_secs(60)).unwrap().unwrap();
    assert!(line.ends_with("PRIVMSG ana :hello me"), "{line}");
    handle.stop("enough", Duration::ZERO).unwrap();
    thread.join().unwrap().unwrap();
    hears(&mut ana, "ERROR :Closing link: enough");
    assert_eq!(ana.hear(), Err(InsiderError::Gone));
}

#[test]
fn a_listener_of_the_programs_own_is_a_door() {
    let listener = TcpListener::bind(ANY).unwrap();
    let address = listener.local_addr().unwrap();
    let relay = Relay::builder().listener("irc", listener, Dialect::Irc);
    let mut relay = relay.unwrap().build().unwrap();
    assert_eq!(relay.addresses(), [address]);
    let handle = relay.handle();
    let thread = thread::spawn(move || relay.run());
    LineClient::connect(address).register("ana");
    handle.stop("enough", Duration::ZERO).unwrap();
    thread.join().unwrap().unwrap();
}

#[test]
fn dropped_while_busy_it_closes_everything_at_once() {
    let mut relay = Relay::builder().irc(ANY).unwrap().build().unwrap();
    let address = relay.addresses()[0];
    let mut stranger = TcpStream::connect(address).unwrap();
    let mut ana = relay.person("ana").unwrap();
    ana.join("#lobby").unwrap();
    let handle = relay.handle();
    handle.post(ana.id(), lobby(), "never heard").unwrap();
    let _ = relay.turn(Some(Duration::from_secs(1))).unwrap();
    drop(relay);
    assert_eq!(handle.stop("", Duration::ZERO), Err(HandleError::Gone));
    while ana.hear().is_ok() {}
    assert_eq!(ana.say("#lobby", "hello?"), Err(InsiderError::Gone));
    let mut rest = Vec::new();
    // Closed or reset, but not left waiting.
    stranger
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    if let Err(error) = stranger.read_to_end(&mut rest) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    TcpListener::bind(address).expect("its port is free again");
}

#[test]
fn told_to_stop_with_nobody_there_it_ends_at_once() {
    let mut relay = Relay::builder().irc(ANY).unwrap().build().unwrap();
    let (handle, start) = (relay.handle(), Instant::now());
    let thread = thread::spawn(move || relay.run());
    thread::sleep(Duration::from_millis(50));
    handle
        .stop("closing time", Duration::from_secs(60))
        .unwrap();
    thread.join().unwrap().unwrap();
    assert!(
        start.elapsed() < Duration::from_secs(40),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn told_to_stop_under_load_it_tells_everybody_and_ends_in_time() {
    let mut relay = super::builder().irc(ANY).unwrap().build().unwrap();
    let (address, handle) = (relay.addresses()[0], relay.handle());
    let mut witness = relay.person("witness").unwrap();
    let thread = thread::spawn(move || relay.run());
    let all_in = Arc::new(Barrier::new(4));
    let talkers: Vec<_> = (0..4)
        .map(|number| {
            let all_in = Arc::clone(&all_in);
            thread::spawn(move || {
                let mut client = LineClient::connect(address);
                client.register(&format!("talker{number}"));
                client.join("#lobby");
                all_in.wait();
                let talks = (0..5000)
                    .map(|_| "PRIVMSG #lobby :load\r\n")
                    .collect::<String>();
                client.send_bytes(talks.as_bytes());
                client.expect_contains("ERROR :Closing link: going home");
            })
        })
        .collect();
    witness.join("#lobby").unwrap();
    while !super::heard(&mut witness)
        .iter()
        .any(|line| line.ends_with(":load"))
    {
        thread::sleep(Duration::from_millis(5));
    }
    handle.stop("going home", Duration::from_secs(60)).unwrap();
    thread.join().unwrap().unwrap();
    for talker in talkers {
        talker.join().unwrap();
    }
}
