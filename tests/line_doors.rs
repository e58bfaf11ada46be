//! What a stranger may send to the doors for lines: rubbish forges nothing and costs nothing, and a
//! web page whose browser was made to post here says nothing at all. RELIABILITY 15 and 22.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::net::SocketAddr;
use std::time::Duration;

use limits_support::{House, lifted};
use test_support::LineClient;

/// A request that a page can make a browser send, with lines of a chat for its body.
fn request(line: &str) -> Vec<u8> {
    let body = "NICK evil\r\nUSER evil 0 * :evil\r\nJOIN #lobby\r\nPRIVMSG #lobby :forged\r\n\
                evil\r\nforged\r\n/me forges\r\n";
    format!(
        "{line}\r\nHost: 127.0.0.1:6667\r\nOrigin: http://evil.example\r\n\
         Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// What a browser says first to `https://`: a TLS 1.2 ClientHello (RFC 5246 §7.4.1.2) whose session
/// ticket, which the page's own server chose, holds lines of a chat.
fn tls_greeting() -> Vec<u8> {
    let ticket = b"\r\nNICK evil\r\nUSER evil 0 * :evil\r\nJOIN #lobby\r\nevil\r\nforged\r\n";
    let mut hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec();
    hello.extend([7; 32]);
    hello.extend(b"\x00\x00\x02\xc0\x2f\x01\x00\x00\x40\x00\x23\x00\x40");
    hello.extend(ticket);
    hello
}

/// Sent away with the reason, whatever else was sent; nothing of it took effect.
#[track_caller]
fn is_sent_away(house: &House, door: SocketAddr, bytes: &[u8]) {
    let what = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
    let mut witness = house.member("witness", "#lobby");
    let mut page = LineClient::connect(door);
    // It may be sent away before it has said all.
    let _ = page.try_send_bytes(bytes);
    let heard = page.expect_eof();
    let last = heard.last().map_or("", String::as_str);
    let told = "this door is not for browsers: open the page's address instead";
    assert!(last.ends_with(told), "{what:?}: {heard:?}");
    assert_eq!(witness.fence(), [""; 0], "{what:?}");
    witness.send("ISON evil\r\nQUIT");
    assert_eq!(witness.next_line(), ":chat.local 303 witness :");
    witness.expect_eof();
}

#[test]
fn a_browser_is_sent_away_at_its_first_line_from_both_doors() {
    let house = House::new(&lifted());
    let long = "a".repeat(100_000);
    let lines = [
        "POST / HTTP/1.1".to_owned(),
        "GET /?NICK%20evil HTTP/1.1".to_owned(),
        "OPTIONS * HTTP/1.1".to_owned(),
        "HEAD / HTTP/1.0".to_owned(),
        "CONNECT 127.0.0.1:6667 HTTP/1.1".to_owned(),
        "GET http://127.0.0.1:6667/ HTTP/1.1".to_owned(),
        // Longer than an IRC line, than any line, and than what is read at once.
        format!("POST /{} HTTP/1.1", &long[..1000]),
        format!("POST /{} HTTP/1.1", &long[..5000]),
        format!("POST /{long} HTTP/1.1"),
    ];
    for door in [house.irc, house.plain] {
        for line in &lines {
            is_sent_away(&house, door, &request(line));
            let after_junk = [b"\r\n\n\r\n", &request(line)[..]].concat();
            is_sent_away(&house, door, &after_junk);
        }
        is_sent_away(&house, door, &tls_greeting());
    }
    let half = [b"NICK evil\r\nCAP LS\r\n", &request(&lines[0])[..]].concat();
    is_sent_away(&house, house.irc, &half);
    let half = [b"no name, no name\r\n", &request(&lines[0])[..]].concat();
    is_sent_away(&house, house.plain, &half);
}

#[test]
fn who_is_in_may_talk_about_http() {
    let house = House::new(&lifted());
    let mut ana = house.member("ana", "#lobby");
    let mut nico = LineClient::connect(house.plain);
    nico.send("nico");
    ana.expect_contains(":nico!");
    nico.send("POST / HTTP/1.1");
    assert!(
        ana.next_line()
            .ends_with(" PRIVMSG #lobby :POST / HTTP/1.1")
    );
    ana.send("PRIVMSG #lobby :GET / HTTP/1.0");
    nico.expect_contains("ana: GET / HTTP/1.0");
    ana.send("GET / HTTP/1.1");
    assert!(ana.next_line().contains(" 421 ana GET :"));
    ana.send_bytes(b"a\0b\r\nPING 1\r\n");
    assert!(ana.next_line().contains("neither CR nor NUL"));
    assert!(ana.next_line().contains(" PONG "));
}

#[test]
fn what_is_no_line_of_text_forges_nothing_and_the_next_line_is_heard() {
    let house = House::new(&lifted());
    let mut ana = house.member("ana", "#lobby");
    let mut irc = house.member("eve", "#lobby");
    let mut plain = LineClient::connect(house.plain);
    plain.send("nico");
    plain.expect_contains("You are nico");
    ana.fence();
    for rubbish in [
        &b"PRIVMSG #lobby :one\rPRIVMSG #lobby :forged"[..],
        b"PRIVMSG #lobby :one\r:ana PRIVMSG #lobby :forged\r",
        b"\rPRIVMSG #lobby :forged",
        b"PRIVMSG #lobby :forged\0",
        b"\0PRIVMSG #lobby :forged",
        b"PRIVMSG #lobby :forged \xff\xfe",
        b"PRIVMSG #lobby :forged \xc3",
        b"PRIVMSG #lobby :forged \xed\xa0\x80",
        b"PRIVMSG #lobby :forged \xc0\x80",
        b"PRIVMSG #lobby :forged \xf4\x90\x80\x80",
    ] {
        for person in [&mut irc, &mut plain] {
            person.send_bytes(&[rubbish, b"\r\n"].concat());
        }
    }
    irc.send("PRIVMSG #lobby :heard");
    assert!(ana.next_line().ends_with(" PRIVMSG #lobby :heard"));
    plain.send("heard too");
    assert!(ana.next_line().ends_with(" PRIVMSG #lobby :heard too"));
    irc.fence();
    plain.send("/who");
    plain.expect_contains("In #lobby");
    let told = |person: &LineClient, words: [&str; 2]| {
        let heard = person.transcript();
        words.map(|word| heard.matches(word).count())
    };
    assert_eq!(
        told(&irc, ["neither CR nor NUL", "FAIL PRIVMSG INVALID_UTF8"]),
        [5, 5]
    );
    assert_eq!(told(&plain, ["held a CR or NUL", "not UTF-8"]), [5, 5]);
}

#[test]
fn a_line_that_never_ends_is_answered_once_at_both_doors() {
    let house = House::new(&lifted());
    let mut ana = house.member("ana", "#lobby");
    let mut nico = LineClient::connect(house.plain);
    nico.send("nico");
    ana.expect_contains(":nico!");
    nico.expect_contains("You are nico");
    for (person, told) in [(&mut ana, " 417 "), (&mut nico, "too long")] {
        for _ in 0..16 {
            person.send_bytes(&[b'x'; 64 * 1024]);
        }
        person.quiet(Duration::from_millis(50));
        person.send_bytes(b"\r\n");
        assert!(person.next_line().contains(told));
    }
    nico.send("after");
    assert!(ana.next_line().ends_with(" PRIVMSG #lobby :after"));
}
