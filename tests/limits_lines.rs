//! How long anything may be: lines in and out, names, topics and reasons. RFC 2812 §2.3, IRCv3
//! message-tags "Size limit".
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use limits_support::{House, lifted};
use test_support::LineClient;

/// 32 characters and 64 bytes.
fn longest(letter: char) -> String {
    letter.to_string().repeat(32)
}

/// The bytes of a line without its tags, and those of its tags with `@` and the space.
fn lengths(line: &str) -> (usize, usize) {
    let tags = match line.split_once(' ') {
        Some((tags, _)) if tags.starts_with('@') => tags.len() + 1,
        _ => 0,
    };
    (line.len() - tags + 2, tags)
}

#[track_caller]
fn assert_fits(lines: &str) {
    for line in lines.lines().filter_map(|line| line.strip_prefix("< ")) {
        let (line_bytes, tag_bytes) = lengths(line);
        assert!(
            line_bytes <= 512 && tag_bytes <= 8191,
            "{line_bytes} {tag_bytes} {line}"
        );
    }
}

fn text_of(line: &str, before: &str) -> String {
    let (_, text) = line.split_once(before).unwrap_or_else(|| panic!("{line}"));
    text.to_owned()
}

#[test]
fn a_line_has_510_bytes_and_one_more_is_refused() {
    let house = House::new(&lifted());
    let mut ana = house.person("ana");
    for (bytes, end, taken) in [(510, "\r\n", true), (510, "\n", true), (511, "\r\n", false)] {
        let token = "p".repeat(bytes - "PING ".len());
        ana.send_bytes(format!("PING {token}{end}").as_bytes());
        let line = ana.next_line();
        match taken {
            true => assert!(
                line.starts_with(":chat.local PONG chat.local :ppp"),
                "{line}"
            ),
            false => assert_eq!(
                line,
                ":chat.local 417 ana :at most 510 bytes in a line, please"
            ),
        }
    }
}

#[test]
fn tags_have_4094_bytes_and_one_more_is_refused() {
    let house = House::new(&lifted());
    let mut ana = house.person_with("ana", &["message-tags"]);
    for (bytes, line_bytes, reply) in [
        (4094, 510, " PONG "),
        (4095, 10, " 417 "),
        (4094, 511, " 417 "),
        (9000, 10, " 417 "),
    ] {
        let tags = format!("@+t={}", "v".repeat(bytes - 3));
        let ping = format!("PING {}", "p".repeat(line_bytes - 5));
        ana.send(&format!("{tags} {ping}"));
        let line = ana.next_line();
        assert!(line.contains(reply), "{bytes} {line_bytes}: {line}");
    }
    assert_eq!(ana.fence(), [""; 0], "one answer each");
}

#[test]
fn a_line_without_an_end_is_refused_once_and_the_next_one_is_read() {
    let house = House::new(&lifted());
    let mut ana = house.person("ana");
    for _ in 0..100 {
        ana.send_bytes(&[b'x'; 10_000]);
    }
    ana.send_bytes(b"\r\nPING after\r\n");
    assert!(ana.next_line().starts_with(":chat.local 417 ana :"));
    assert_eq!(ana.next_line(), ":chat.local PONG chat.local :after");
}

#[test]
fn the_longest_names_leave_no_line_too_long() {
    let house = House::new(&lifted());
    let caps = [
        "message-tags",
        "server-time",
        "echo-message",
        "extended-join",
        "userhost-in-names",
        "away-notify",
        "setname",
        "batch",
        "draft/chathistory",
        "draft/event-playback",
        "labeled-response",
    ];
    let (nick, room) = (longest('ж'), format!("#{}", longest('ю')));
    let mut bob = house.person_with("bob", &caps);
    bob.join(&room);
    let mut ana = LineClient::connect(house.irc);
    ana.caps(&caps);
    ana.register(&nick);
    ana.join(&room);
    let long = "é".repeat(300);
    ana.send(&format!("SETNAME :{}", "é".repeat(64)));
    ana.send(&format!("TOPIC {room} :{}", &long[..400]));
    ana.send(&format!("AWAY :{}", &long[..400]));
    let tags = format!("@label={};+t={}", "l".repeat(64), "v".repeat(4000));
    for i in 0..3 {
        let text = &long[..long.floor_char_boundary(510 - "PRIVMSG  :xx".len() - room.len())];
        ana.send(&format!("{tags} PRIVMSG {room} :{}{text}", "x".repeat(i)));
    }
    ana.send(&format!("@label=h CHATHISTORY LATEST {room} * 10"));
    for question in ["WHO", "NAMES", "LIST", "TOPIC"] {
        ana.send(&format!("{question} {room}"));
    }
    ana.send(&format!(
        "WHOIS {nick}\r\nUSERHOST {nick}\r\nISON {nick}\r\nMODE {room}"
    ));
    ana.send(&format!("INVITE bob {room}\r\nWHOWAS {nick}"));
    ana.fence();
    bob.send(&format!("PRIVMSG {nick} :hi"));
    ana.send(&format!("PART {room} :{}", &long[..300]));
    ana.send(&format!("QUIT :{}", &long[..400]));
    ana.expect_eof();
    bob.expect_contains(" PART ");
    bob.fence();
    assert_fits(&ana.transcript());
    assert_fits(&bob.transcript());
}

#[test]
fn names_have_32_characters_and_64_bytes() {
    let house = House::new(&lifted());
    let mut ana = house.person("ana");
    for (name, code) in [
        (longest('ж'), "NICK"),
        ("n".repeat(32), "NICK"),
        ("李".repeat(21), "NICK"),
        ("n".repeat(33), "432"),
        ("ж".repeat(33), "432"),
        ("李".repeat(22), "432"),
    ] {
        ana.send(&format!("NICK {name}"));
        let line = ana.next_line();
        assert_eq!(line.split(' ').nth(1), Some(code), "{name}: {line}");
    }
    for (name, code) in [
        (longest('ж'), "JOIN"),
        ("n".repeat(32), "JOIN"),
        ("n".repeat(33), "403"),
        ("ж".repeat(33), "403"),
        ("李".repeat(22), "403"),
    ] {
        ana.send(&format!("JOIN #{name}"));
        let line = ana.next_line();
        assert_eq!(line.split(' ').nth(1), Some(code), "{name}: {line}");
        ana.fence();
    }
}

#[test]
fn what_is_too_long_is_cut_between_two_characters() {
    let house = House::new(&lifted());
    let mut bob = house.person_with("bob", &["away-notify", "extended-join"]);
    bob.join("#a");
    bob.send("MODE #a -t");
    let mut ana = LineClient::connect(house.irc);
    ana.send(&format!("NICK ana\r\nUSER a 0 * :x{}", "é".repeat(100)));
    ana.expect_contains(" 422 ");
    ana.join("#a");
    let join = bob.expect_contains(" JOIN ");
    assert_eq!(text_of(&join, " * :"), format!("x{}", "é".repeat(63)));
    ana.send(&format!("TOPIC #a :x{}", "é".repeat(220)));
    let topic = text_of(&bob.expect_contains(" TOPIC "), "#a :");
    assert_eq!(topic, format!("x{}", "é".repeat(194)));
    ana.send(&format!("AWAY :x{}", "é".repeat(220)));
    let away = text_of(&bob.expect_contains(" AWAY "), "AWAY :");
    assert_eq!(away, format!("x{}", "é".repeat(194)));
    ana.send(&format!("PART #a :x{}", "é".repeat(220)));
    let part = text_of(&bob.expect_contains(" PART "), "#a :");
    assert_eq!(part, format!("x{}", "é".repeat(149)));
    ana.join("#a");
    ana.send(&format!("QUIT :x{}", "é".repeat(220)));
    let quit = text_of(&bob.expect_contains(" QUIT "), "QUIT :");
    assert_eq!(quit, format!("Quit: x{}", "é".repeat(149)));
}

#[test]
fn a_long_text_is_cut_between_two_characters_and_the_echo_shows_it() {
    let house = House::new(&lifted());
    let mut bob = house.member("bob", "#a");
    let mut ana = house.person_with("ana", &["echo-message"]);
    ana.join("#a");
    for pad in ["", "x"] {
        let text = format!("{pad}{}", "é".repeat(248));
        ana.send(&format!("PRIVMSG #a :{text}"));
        let line = bob.expect_contains(" PRIVMSG ");
        assert!(line.len() <= 510 && line.len() >= 509, "{}", line.len());
        assert!(text.starts_with(&text_of(&line, "#a :")));
        assert_eq!(ana.expect_contains(" PRIVMSG "), line);
    }
}

#[test]
fn the_plain_door_says_how_long_a_text_may_be() {
    let house = House::new(&lifted());
    let mut bob = house.member("bob", "#lobby");
    let mut ana = LineClient::connect(house.plain);
    ana.send(&longest('ж'));
    bob.expect_contains(" JOIN ");
    ana.send(&"é".repeat(204));
    let line = bob.expect_contains(" PRIVMSG ");
    assert_eq!(text_of(&line, "#lobby :"), "é".repeat(204));
    ana.send(&"é".repeat(205));
    ana.expect_contains("408");
    ana.send(&"x".repeat(20_000));
    ana.expect_contains("510");
    assert_eq!(bob.fence(), [""; 0]);
}
