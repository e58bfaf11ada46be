//! When descriptors run out, and that none leak. Each test runs in a process of its own, whose
//! descriptors and CPU time are nobody else's.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use chat_core::limits::LINGER;
use loop_support::{CpuClock, PATIENCE, Server, broadcast, descriptors, echo, reset, say};
use socket2::{Domain, Socket, Type};

/// Runs the test again in a process with few descriptors; true in that process.
fn alone(test: &str) -> bool {
    if std::env::var_os("LOOP_TEST_ALONE").is_some() {
        return true;
    }
    let status = Command::new("sh")
        .args(["-c", r#"ulimit -n 64; exec "$0" --exact "$1" --nocapture"#])
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .env("LOOP_TEST_ALONE", "1")
        .status()
        .unwrap();
    assert!(status.success(), "{test}");
    false
}

/// Takes all descriptors but `left`.
fn take_descriptors(left: usize) -> Vec<File> {
    let mut files: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    files.truncate(files.len() - left);
    files
}

/// Turns for a second as a program would, and asserts that it slept nearly all of it.
fn sleeps_for_a_second(server: &mut Server, cpu: &CpuClock) {
    server.reactor.start_clock();
    let (start, ticks, turns) = (Instant::now(), cpu.ticks(), server.reactor.host().turns);
    while start.elapsed() < Duration::from_secs(1) {
        let left = Duration::from_secs(1).saturating_sub(start.elapsed());
        server.reactor.turn(Some(left)).unwrap();
    }
    let turns = server.reactor.host().turns - turns;
    assert!(turns <= 30, "{turns} turns");
    let ticks = cpu.ticks() - ticks;
    assert!(ticks <= 10, "{ticks} ticks");
}

#[track_caller]
fn comes_in_and_is_echoed(server: &mut Server) {
    let (mut client, _) = server.client();
    say(&mut client, "hello\r\n");
    server.expect(&mut client, "hello\r\n");
}

fn is_sent_away(server: &mut Server, client: &mut TcpStream) -> bool {
    client.set_nonblocking(true).unwrap();
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        server.turn();
        match client.read(&mut [0]) {
            Ok(0) => return true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            _ => return false,
        }
    }
    false
}

#[test]
fn who_finds_no_descriptor_is_sent_away_cleanly_without_a_spin() {
    if !alone("who_finds_no_descriptor_is_sent_away_cleanly_without_a_spin") {
        return;
    }
    let (cpu, mut server) = (CpuClock::new(), Server::new(echo));
    server.turn();
    let files = take_descriptors(5);
    let connect = |_| TcpStream::connect(server.address).unwrap();
    let mut clients: Vec<TcpStream> = (0..5).map(connect).collect();
    for client in &mut clients {
        assert!(is_sent_away(&mut server, client));
    }
    assert_eq!(server.opened().len(), 0);
    sleeps_for_a_second(&mut server, &cpu);
    drop(files);
    comes_in_and_is_echoed(&mut server);
}

#[test]
fn the_last_descriptor_and_an_empty_queue_are_no_reason_to_spin() {
    if !alone("the_last_descriptor_and_an_empty_queue_are_no_reason_to_spin") {
        return;
    }
    let (cpu, mut server) = (CpuClock::new(), Server::new(echo));
    server.turn();
    // One for the client's side, one for ours; then the system says EMFILE before it says that
    // nobody else is waiting.
    let files = take_descriptors(2);
    comes_in_and_is_echoed(&mut server);
    assert!(File::open("/dev/null").is_ok(), "the client is gone again");
    let (mut last, _) = server.client();
    assert!(File::open("/dev/null").is_err());
    sleeps_for_a_second(&mut server, &cpu);
    say(&mut last, "still here\r\n");
    server.expect(&mut last, "still here\r\n");
    drop(files);
    comes_in_and_is_echoed(&mut server);
}

#[test]
fn without_even_a_spare_descriptor_it_tries_again_and_does_not_spin() {
    if !alone("without_even_a_spare_descriptor_it_tries_again_and_does_not_spin") {
        return;
    }
    let (cpu, client) = (
        CpuClock::new(),
        Socket::new(Domain::IPV4, Type::STREAM, None).unwrap(),
    );
    // The listener, the poll, its second handle and the waker; nothing for the spare one.
    let files = take_descriptors(4);
    let mut server = Server::new(echo);
    assert!(File::open("/dev/null").is_err());
    client.connect(&server.address.into()).unwrap();
    sleeps_for_a_second(&mut server, &cpu);
    assert_eq!(server.opened().len(), 0);
    drop(files);
    server.until(|reactor| reactor.people().len() == 1);
    comes_in_and_is_echoed(&mut server);
}

#[test]
fn no_descriptor_leaks_however_connections_end() {
    if !alone("no_descriptor_leaks_however_connections_end") {
        return;
    }
    let mut server = Server::new(broadcast);
    server.turn();
    let before = descriptors();
    for round in 0..60 {
        let (mut one, _) = server.client();
        let (other, _) = server.slow_client();
        say(&mut one, "hello\r\n");
        match round % 3 {
            0 => drop(one),
            1 => reset(one),
            _ => one.shutdown(Shutdown::Write).unwrap(),
        }
        server.turn();
        if round % 2 == 0 {
            reset(other);
        }
        server.turn();
    }
    server.until(|reactor| reactor.people().is_empty());
    server.pass(LINGER);
    assert_eq!(descriptors(), before);
}
