//! Doors that drop what was said in rooms when somebody reads too slowly: every message is there, or is
//! told to be missing where it is; nothing else is ever dropped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use chat_core::chat::SlowReaders;
use chat_core::limits::Limits;
use limits_support::{House, lifted};
use test_support::LineClient;

const QUEUE: u64 = 64 * 1024;

/// A house all of whose doors drop.
fn house() -> House {
    House::around(
        &limits(),
        |builder| builder.slow(SlowReaders::Drop),
        |chat| chat,
    )
}

fn limits() -> Limits {
    Limits {
        send_queue_bytes: QUEUE,
        journal_bytes: QUEUE,
        ..lifted()
    }
}

/// Says so many messages of 400 bytes, and waits until they were passed on.
fn talk(person: &mut LineClient, room: &str, range: std::ops::Range<usize>) {
    let line = |i| format!("PRIVMSG {room} :{i:06}{}\r\n", "x".repeat(394));
    let lines: Vec<String> = range.map(line).collect();
    for some in lines.chunks(50) {
        person.send_bytes(some.concat().as_bytes());
        person.fence();
    }
}

/// Room and number of a message.
fn said(line: &str) -> Option<(&str, usize)> {
    let (_, said) = line.split_once(" PRIVMSG ")?;
    let (room, text) = said.split_once(" :")?;
    Some((room, text.get(..6)?.parse().ok()?))
}

fn tag<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (tags, _) = line.strip_prefix('@')?.split_once(' ')?;
    let mut tags = tags.split(';').filter_map(|tag| tag.split_once('='));
    tags.find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// What a marker tells: room, last message, how many. Without `standard-replies` it is a NOTICE, and names no message.
fn missing(line: &str) -> Option<(&str, &str, usize)> {
    let told = line.strip_prefix("NOTICE ");
    let told = told.or_else(|| Some(line.split_once("NOTE * MESSAGES_DROPPED ")?.1));
    let (place, text) = told?.split_once(" :")?;
    let (room, msgid) = place.split_once(' ').unwrap_or((place, "*"));
    let (count, rest) = text.split_once(' ')?;
    assert!(
        rest.ends_with("missing here: you read too slowly"),
        "{line}"
    );
    Some((room, msgid, count.parse().ok()?))
}

/// Goes through what a reader heard: how many messages of each room it heard of, and the markers that
/// told of some. `ids` has the number of each message.
fn account(
    lines: &[String],
    ids: &HashMap<String, usize>,
) -> (HashMap<String, usize>, Vec<String>) {
    let (mut heard, mut markers) = (HashMap::new(), Vec::new());
    for line in lines {
        if let Some((room, number)) = said(line) {
            let next = heard.entry(room.to_owned()).or_insert(0);
            assert_eq!(number, *next, "{room}: a hole that nobody told of");
            *next += 1;
        } else if let Some((room, msgid, count)) = missing(line) {
            let next = heard.entry(room.to_owned()).or_insert(0);
            *next += count;
            let last = if ids.is_empty() {
                None
            } else {
                Some(*next - 1)
            };
            assert_eq!(ids.get(msgid).copied(), last, "{line}");
            assert!(last.is_some() || msgid == "*", "{line}");
            markers.push(line.clone());
        }
    }
    (heard, markers)
}

/// Whatever is said to `who` last; all that they heard up to it.
fn all_heard(by: &mut LineClient, who: &str, reader: &mut LineClient) -> Vec<String> {
    by.send(&format!("PRIVMSG {who} :that is all"));
    let mut lines = Vec::new();
    loop {
        let line = reader.next_line();
        if line.ends_with(":that is all") {
            return lines;
        }
        lines.push(line);
    }
}

#[test]
fn who_stalls_and_comes_back_hears_the_start_then_what_is_missing_then_the_rest() {
    let house = house();
    let caps = ["message-tags", "server-time", "standard-replies"];
    let mut slow = house.slow_person("slow", &caps);
    let mut ana = house.member("ana", "#a");
    let mut bob = house.person_with("bob", &["message-tags"]);
    for person in [&mut slow, &mut bob] {
        person.join("#a");
    }
    let mut ids = HashMap::new();
    for part in 0..20 {
        talk(&mut ana, "#a", part * 50..part * 50 + 50);
        while ids.len() < part * 50 + 50 {
            // Nobody else misses anything.
            let line = bob.next_line();
            if let Some((_, number)) = said(&line) {
                assert_eq!(number, ids.len());
                ids.insert(tag(&line, "msgid").unwrap().to_owned(), number);
            }
        }
    }
    let lines = all_heard(&mut ana, "slow", &mut slow);
    let (heard, markers) = account(&lines, &ids);
    assert_eq!(heard["#a"], 1000);
    // The kernel may still have taken the first marker, so that what was dropped later has another one.
    assert!((1..4).contains(&markers.len()), "{markers:?}");
    let marker = markers.last().unwrap();
    let at = |wanted: &str| lines.iter().position(|line| line == wanted).unwrap();
    assert!(said(&lines[at(marker) - 1]).is_some() && said(&lines[at(marker) + 1]).is_some());
    // It has the time of the last message that is missing.
    let next = tag(&lines[at(marker) + 1], "time").unwrap();
    assert!(tag(marker, "time").unwrap() <= next, "{marker}");
    // Once read, everything goes on as if nothing had been.
    talk(&mut ana, "#a", 1000..1010);
    let lines = all_heard(&mut ana, "slow", &mut slow);
    assert_eq!(lines.iter().filter(|line| said(line).is_some()).count(), 10);
}

#[test]
fn each_room_is_told_of_its_own_and_who_gets_no_ids_is_told_none() {
    let house = house();
    let mut slow = house.slow_person("slow", &[]);
    let mut ana = house.person("ana");
    for room in ["#a", "#b"] {
        slow.join(room);
        ana.join(room);
    }
    for part in 0..10 {
        talk(&mut ana, "#a", part * 50..part * 50 + 50);
        talk(&mut ana, "#b", part * 50..part * 50 + 50);
    }
    let lines = all_heard(&mut ana, "slow", &mut slow);
    let (heard, markers) = account(&lines, &HashMap::new());
    assert_eq!((heard["#a"], heard["#b"]), (500, 500));
    // Nor are they told in a form that they do not know.
    for start in ["NOTICE #a :", "NOTICE #b :"] {
        assert!(markers.iter().any(|marker| marker.starts_with(start)));
    }
    assert!(!lines.iter().any(|line| line.contains("MESSAGES_DROPPED")));
    assert!(markers.len() < 8, "{markers:?}");
}

#[test]
fn what_is_not_said_in_a_room_is_never_dropped_and_keeps_its_order() {
    let house = house();
    let mut slow = house.slow_person("slow", &["echo-message", "labeled-response", "batch"]);
    slow.join("#a");
    slow.send("MODE #a -t");
    let mut ana = house.member("ana", "#a");
    let mut carol = house.person("carol");
    let mut expected = Vec::new();
    for i in 0..20 {
        carol.send("JOIN #a");
        carol.send(&format!("TOPIC #a :topic {i}"));
        carol.send(&format!("PRIVMSG slow :direct {i}"));
        carol.send(&format!("NICK carol{i}"));
        carol.send("PART #a");
        carol.fence();
        // The answers to the slow one's own words are the slow one's acknowledgement.
        slow.send(&format!("@label=l{i} PRIVMSG #a :mine {i}"));
        ana.expect_contains(&format!(":mine {i}"));
        talk(&mut ana, "#a", i * 50..i * 50 + 50);
        expected.extend([
            "JOIN #a".to_owned(),
            format!("TOPIC #a :topic {i}"),
            format!("PRIVMSG slow :direct {i}"),
            format!("NICK carol{i}"),
            "PART #a".to_owned(),
            format!("PRIVMSG #a :mine {i}"),
        ]);
    }
    let lines = all_heard(&mut ana, "slow", &mut slow);
    let (heard, markers) = account(&lines, &HashMap::new());
    assert_eq!(heard["#a"], 1000);
    assert!((1..4).contains(&markers.len()), "{markers:?}");
    let kept = lines.iter().filter(|line| {
        let by = |nick: &str| line.contains(&format!(":{nick}"));
        (by("carol") || by("slow!")) && !line.contains(" 353 ") && !line.contains("JOIN #b")
    });
    let kept: Vec<&str> = kept.map(|line| line.split_once(" ").unwrap().1).collect();
    let kept: Vec<&str> = kept
        .iter()
        .map(|rest| {
            rest.strip_prefix(":slow!slow@")
                .map_or(*rest, |own| own.split_once(' ').unwrap().1)
        })
        .collect();
    assert_eq!(kept[kept.len() - expected.len()..], expected);
    assert!(lines.iter().any(|line| line.starts_with("@label=l19 ")));
}

#[test]
fn if_what_may_not_be_dropped_is_too_much_the_reader_is_closed_and_told() {
    // Who is sent away has a second to read why: what time it is must not depend on this machine.
    let house = House::still_with(&limits(), |builder| builder.slow(SlowReaders::Drop));
    let mut slow = house.slow_person("slow", &[]);
    slow.join("#a");
    let mut witness = house.member("witness", "#a");
    let mut ana = house.person("ana");
    let mut rounds = 0;
    while !witness.transcript().contains(":slow!") || !witness.transcript().contains(" QUIT ") {
        ana.send_bytes("JOIN #a\r\nPART #a :again\r\n".repeat(50).as_bytes());
        house.time_to_hear(&mut ana);
        house.time_to_hear(&mut witness);
        rounds += 1;
        assert!(rounds < 200, "never closed");
    }
    let lines = slow.expect_eof();
    assert!(!lines.iter().any(|line| missing(line).is_some()));
    assert_eq!(
        lines.last().unwrap(),
        "ERROR :Closing link: you read too slowly, and too much was waiting for you"
    );
    let quit = witness.transcript();
    assert!(quit.contains(" QUIT :you read too slowly, and too much was waiting for you"));
}

#[test]
fn direct_messages_alone_end_a_connection_too() {
    let house = house();
    let _slow = house.slow_person("slow", &[]);
    let mut ana = house.person("ana");
    let lines = format!("PRIVMSG slow :{}\r\n", "x".repeat(400)).repeat(50);
    let mut refused = false;
    for _ in 0..100 {
        ana.send_bytes(lines.as_bytes());
        refused |= ana.fence().iter().any(|line| line.contains(" 401 "));
    }
    assert!(refused, "still there");
}

#[test]
fn who_reads_a_byte_at_a_time_gets_whole_lines() {
    let house = house();
    let mut ana = house.member("ana", "#a");
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(2048).unwrap();
    socket.connect(&house.irc.into()).unwrap();
    let mut slow = TcpStream::from(socket);
    slow.write_all(b"NICK slow\r\nUSER u 0 * :s\r\nJOIN #a\r\n")
        .unwrap();
    ana.expect(|line| line.starts_with(":slow!") && line.ends_with(" JOIN #a"));
    let (mut heard, mut byte) = (Vec::new(), [0]);
    for part in 0..12 {
        talk(&mut ana, "#a", part * 50..part * 50 + 50);
        for _ in 0..3001 {
            slow.read_exact(&mut byte).unwrap();
            heard.push(byte[0]);
        }
    }
    ana.send("PRIVMSG slow :that is all");
    while !heard.ends_with(b":that is all\r\n") {
        let mut some = [0; 1000];
        let count = slow.read(&mut some).unwrap();
        assert!(count > 0, "closed");
        heard.extend_from_slice(&some[..count]);
    }
    let text = String::from_utf8(heard).unwrap();
    let lines: Vec<String> = text.split_terminator("\r\n").map(str::to_owned).collect();
    for line in &lines {
        let is_said = line.starts_with(":ana!") || line.starts_with("NOTICE ");
        assert!(is_said || line.starts_with(':'), "in part: {line}");
    }
    let (heard, markers) = account(&lines, &HashMap::new());
    assert_eq!(heard["#a"], 600);
    assert!(markers.len() > 1, "{markers:?}");
}

#[test]
fn somebody_with_nc_is_told_in_words() {
    let house = house();
    let mut slow = LineClient::connect_with_receive_buffer(house.plain, 2048);
    slow.expect_prompt("name");
    slow.send("slow");
    slow.expect_contains("in #lobby");
    let mut ana = house.member("ana", "#lobby");
    let mut bob = house.person("bob");
    for part in 0..20 {
        bob.join("#lobby");
        bob.send(&format!("PRIVMSG slow :direct {part}"));
        bob.send("PART #lobby");
        bob.fence();
        talk(&mut ana, "#lobby", part * 50..part * 50 + 50);
    }
    ana.send("PRIVMSG slow :that is all");
    let (mut next, mut gaps, mut directs, mut joins) = (0, 0, 0, 0);
    loop {
        let line = slow.next_line();
        if line.ends_with("that is all") {
            break;
        }
        if let Some(text) = line.strip_prefix("ana: ") {
            assert_eq!(text[..6].parse(), Ok(next), "a hole that nobody told of");
            next += 1;
        } else if let Some(told) =
            line.strip_suffix(" messages are missing here: you read too slowly")
        {
            next += told.strip_prefix("* ").unwrap().parse::<usize>().unwrap();
            gaps += 1;
        } else if line.starts_with("bob (to you): direct ") {
            directs += 1;
        } else if line == "* bob joined #lobby" {
            joins += 1;
        }
    }
    assert_eq!((next, directs, joins), (1000, 20, 20));
    assert!((1..4).contains(&gaps), "{gaps}");
}
