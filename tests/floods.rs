//! Much at once, from peers that mean it: the memory of the real program stays bounded, and the
//! others are answered. RELIABILITY 7, 13 and 15, at every door.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions_support/mod.rs"]
mod sessions_support;

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use sessions_support::Site;
use test_support::{LineClient, PATIENCE, WsClient};

const MEBIBYTE: usize = 1 << 20;

/// Bytes of the program that are in memory. proc_pid_statm(5), in pages of 4 KiB.
fn resident(site: &Site) -> usize {
    let statm = fs::read_to_string(format!("/proc/{}/statm", site.program.pid())).unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

/// What twenty connections may cost with their inboxes, and what the allocator keeps.
const LITTLE: usize = 4 * MEBIBYTE;

/// Asserts that the program needs hardly more memory in the end, and answers somebody then.
#[track_caller]
fn costs_little<T>(what: &str, act: impl FnOnce(&Site) -> T) {
    costs_at_most(LITTLE, what, act);
}

#[track_caller]
fn costs_at_most<T>(bound: usize, what: &str, act: impl FnOnce(&Site) -> T) {
    let site = Site::start_with(&[]);
    let mut witness = LineClient::connect(site.irc);
    witness.register("witness");
    let before = resident(&site);
    // Those who flood are still there when the memory is looked at.
    let there = act(&site);
    std::thread::sleep(Duration::from_millis(100));
    witness.fence();
    let more = resident(&site).saturating_sub(before);
    drop(there);
    assert!(more < bound, "{what}: {more} bytes more");
}

/// Sends so much of this to as many connections; those that the door does not read from are left
/// when the kernel takes no more.
fn flood(mut streams: Vec<TcpStream>, bytes: &[u8], total: usize) -> Vec<TcpStream> {
    for stream in &mut streams {
        stream
            .set_write_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        let mut sent = 0;
        while sent < total && stream.write_all(bytes).is_ok() {
            sent += bytes.len();
        }
    }
    streams
}

fn connect(door: SocketAddr, first: &str) -> TcpStream {
    let mut stream = TcpStream::connect(door).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    stream
}

fn twenty(new: impl FnMut(usize) -> TcpStream) -> Vec<TcpStream> {
    (0..20).map(new).collect()
}

#[test]
fn a_mebibyte_without_a_line_end_is_not_kept() {
    let long = [b'x'; 64 * 1024];
    costs_little("strangers", |site| {
        let doors = [site.irc, site.plain];
        let streams = twenty(|number| connect(doors[number % 2], ""));
        flood(streams, &long, 2 * MEBIBYTE)
    });
    costs_little("people", |site| {
        let people = |number: usize| match number % 2 {
            0 => connect(site.irc, &format!("NICK n{number}\r\nUSER x 0 * :x\r\n")),
            _ => connect(site.plain, &format!("n{number}\r\n")),
        };
        flood(twenty(people), &long, 2 * MEBIBYTE)
    });
}

#[test]
fn a_head_or_a_body_that_never_ends_is_not_kept() {
    let long = [b'x'; 64 * 1024];
    let post = "POST /login HTTP/1.1\r\nHost: localhost\r\n";
    for first in [
        "GET /",
        "GET / HTTP/1.1\r\nX: ",
        &format!("{post}Content-Length: 4096\r\n\r\n"),
        &format!("{post}Transfer-Encoding: chunked\r\n\r\n1000\r\n"),
        &format!("{post}Transfer-Encoding: chunked\r\n\r\n1;"),
        &format!("{post}Transfer-Encoding: chunked\r\n\r\n0\r\nX: "),
    ] {
        costs_little(first, |site| {
            let streams = twenty(|_| connect(site.http, first));
            flood(streams, &long, 2 * MEBIBYTE)
        });
    }
}

#[test]
fn a_message_that_never_ends_is_not_kept() {
    // Masked with zeros: fragments of a hundred bytes, and a frame as long as it says.
    let fragment = [&[0x00, 0x80 | 100, 0, 0, 0, 0][..], &[b'x'; 100]].concat();
    let huge = [&[0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..]].concat();
    for (first, rest) in [
        (&[0x01, 0x80, 0, 0, 0, 0][..], fragment),
        (&huge, vec![b'x'; 64 * 1024]),
    ] {
        costs_little("a message", |site| {
            let mut sockets: Vec<WsClient> =
                (0..20).map(|_| WsClient::connect(site.http)).collect();
            let streams = sockets.iter_mut().map(|socket| {
                socket.send_raw(first);
                socket.raw().try_clone().unwrap()
            });
            flood(streams.collect(), &rest.repeat(64), 2 * MEBIBYTE)
        });
    }
}

#[test]
fn who_pings_much_and_reads_nothing_is_delayed_and_costs_little() {
    let ping = [&[0x89, 0x80 | 125, 0, 0, 0, 0][..], &[b'p'; 125]].concat();
    for frames in [
        ping.repeat(500),
        [0x8a, 0x80, 0, 0, 0, 0].repeat(10_000),
        [0x00, 0x80, 0, 0, 0, 0].repeat(10_000),
    ] {
        costs_little("pings", |site| {
            let mut sockets: Vec<WsClient> =
                (0..20).map(|_| WsClient::connect(site.http)).collect();
            let streams = sockets.iter_mut().enumerate().map(|(number, socket)| {
                socket.register(&format!("n{number}"));
                socket.send_raw(&[0x01, 0x81, 0, 0, 0, 0, b'P']);
                socket.raw().try_clone().unwrap()
            });
            flood(streams.collect(), &frames, 2 * MEBIBYTE)
        });
    }
}

#[test]
fn who_asks_for_pages_and_reads_none_is_cut() {
    let queues = 20 * 256 * 1024;
    costs_at_most(LITTLE + queues, "requests", |site| {
        let request = "GET /assets/style.css HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200);
        let streams = twenty(|_| connect(site.http, ""));
        let mut streams = flood(streams, request.as_bytes(), MEBIBYTE);
        for stream in &mut streams {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            // An end, or a reset: what matters is that it does not stay open.
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
}
