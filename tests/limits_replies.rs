//! Replies of any length, to somebody who reads slowly and whose queue is short: nobody is cut for
//! asking, nothing is missing, and what was asked behind it is answered behind it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "limits_support/mod.rs"]
mod limits_support;

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use chat_core::chat::SlowReaders;
use chat_core::limits::Limits;
use limits_support::crowd::Crowded;
use limits_support::{House, lifted};
use test_support::{LineClient, eventually};

const PEOPLE: usize = 1500;

fn short_queue() -> Limits {
    Limits {
        send_queue_bytes: 16 * 1024,
        rooms_per_person: 5000,
        ..lifted()
    }
}

fn nick(i: usize) -> String {
    format!("person-{i:04}-{}", "x".repeat(16))
}

/// So many people in one room. What they hear stays in their sockets, which are large enough.
fn crowd(house: &House) -> Vec<TcpStream> {
    let join = |i| {
        let mut person = TcpStream::connect(house.plain).unwrap();
        person
            .write_all(format!("{}\n", nick(i)).as_bytes())
            .unwrap();
        person
    };
    let people = (0..PEOPLE).map(join).collect();
    let mut ana = house.person("counts");
    eventually("everybody", || {
        ana.send("LIST #lobby");
        let count = ana.expect_contains(" 322 ");
        count.contains(&format!(" {PEOPLE} :")).then_some(())
    });
    people
}

/// Reads on at a walking pace up to a line with this in it.
#[track_caller]
fn read_slowly_to(person: &mut LineClient, end: &str) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        for _ in 0..40 {
            lines.push(person.next_line());
            if lines.last().unwrap().contains(end) {
                return lines;
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn names_in(lines: &[String]) -> BTreeSet<String> {
    let replies = lines.iter().filter(|line| line.contains(" 353 "));
    let names = replies.flat_map(|line| {
        let (_, names) = line.rsplit_once(':').unwrap();
        names.split(' ').map(str::to_owned).collect::<Vec<_>>()
    });
    names.collect()
}

fn everybody() -> BTreeSet<String> {
    (0..PEOPLE).map(nick).collect()
}

#[test]
fn ten_thousand_names_cut_nobody_who_just_joined() {
    const CROWD: usize = 10_000;
    for slow in [SlowReaders::Close, SlowReaders::Drop] {
        let house = House::around(
            &lifted(),
            |builder| builder.slow(slow),
            |chat| Crowded {
                chat,
                to_come: (0..CROWD).map(nick).collect(),
            },
        );
        let mut ana = house.person("ana");
        let mut others = [
            house.slow_person("bob", &[]),
            house.slow_person("eve", &["userhost-in-names"]),
        ];
        for other in &mut others {
            other.send("JOIN #lobby\r\nPING behind");
        }
        ana.join("#lobby");
        for i in 0..100 {
            ana.send(&format!("PRIVMSG #lobby :{i}"));
        }
        ana.fence();
        for other in &mut others {
            let lines = read_slowly_to(other, " PONG ");
            let names = names_in(&lines);
            let nicks = names.iter().map(|name| name.split('!').next().unwrap());
            let crowd = nicks.filter(|nick| nick.starts_with("person-"));
            assert_eq!(crowd.count(), CROWD);
            other.send("PING still-there");
            let lines = read_slowly_to(other, "still-there");
            assert!(!lines.iter().any(|line| line.contains("MESSAGES_DROPPED")));
        }
    }
}

#[test]
fn a_room_of_many_is_entered_and_listed_by_somebody_slow() {
    let house = House::new(&short_queue());
    let _people = crowd(&house);
    let mut slow = house.slow_person("slow", &[]);
    let mut all = everybody();

    slow.send("NAMES #lobby\r\nPING behind-names");
    let lines = read_slowly_to(&mut slow, "behind-names");
    assert_eq!(names_in(&lines), all);
    assert!(lines[lines.len() - 2].contains(" 366 slow #lobby :"));

    slow.send("JOIN #lobby\r\nPING behind-join");
    let lines = read_slowly_to(&mut slow, "behind-join");
    all.insert("slow".into());
    assert_eq!(names_in(&lines), all);
    assert!(lines[0].contains(" JOIN #lobby"), "{}", lines[0]);

    slow.send("WHO #lobby\r\nPING behind-who");
    let lines = read_slowly_to(&mut slow, "behind-who");
    let whos = lines.iter().filter(|line| line.contains(" 352 "));
    let nicks: BTreeSet<String> = whos
        .map(|line| line.split(' ').nth(7).unwrap().to_owned())
        .collect();
    assert_eq!(nicks, all);
    assert_eq!(lines.len(), PEOPLE + 3, "once each, the end, and the pong");
}

#[test]
fn a_labeled_long_reply_keeps_its_batch_while_others_talk() {
    let house = House::new(&short_queue());
    let _people = crowd(&house);
    let caps = ["labeled-response", "batch", "message-tags"];
    let mut slow = house.slow_person("slow", &caps);
    slow.join("#lobby");
    let mut ana = house.member("ana", "#lobby");
    slow.send("@label=w1 WHO #lobby\r\n@label=p1 PING behind");
    for i in 0..50 {
        ana.send(&format!("PRIVMSG #lobby :{i}"));
    }
    ana.fence();
    let lines = read_slowly_to(&mut slow, "PONG");
    let start = lines
        .iter()
        .find(|line| line.contains(" BATCH +"))
        .expect("a batch");
    assert!(start.starts_with("@label=w1 "), "{start}");
    let name = start.split(" BATCH +").nth(1).unwrap();
    let name = name.split(' ').next().unwrap();
    let replies: Vec<&String> = lines.iter().filter(|l| l.contains(" 352 ")).collect();
    assert!(replies.len() > PEOPLE, "{}", replies.len());
    assert!(
        replies
            .iter()
            .all(|line| line.starts_with(&format!("@batch={name} ")))
    );
    let talk = lines.iter().filter(|line| line.contains(" PRIVMSG "));
    assert!(talk.into_iter().all(|line| !line.contains("batch=")));
    let end = format!(":chat.local BATCH -{name}");
    let at = |wanted: &str| lines.iter().position(|line| line == wanted);
    assert!(at(&end).unwrap() < lines.len() - 1);
    assert_eq!(
        lines.last().unwrap(),
        "@label=p1 :chat.local PONG chat.local :behind"
    );
}

#[test]
fn many_rooms_are_listed_to_somebody_slow() {
    let house = House::new(&short_queue());
    let mut ana = house.person("ana");
    for i in 0..2000 {
        ana.send(&format!("JOIN #room-{i:04}"));
        if i % 100 == 0 {
            ana.fence();
        }
    }
    ana.fence();
    let mut slow = house.slow_person("slow", &[]);
    slow.send("LIST\r\nPING behind-list");
    let lines = read_slowly_to(&mut slow, "behind-list");
    let rooms: BTreeSet<&str> = lines
        .iter()
        .filter(|line| line.contains(" 322 "))
        .map(|line| line.split(' ').nth(3).unwrap())
        .collect();
    assert_eq!(rooms.len(), 2000);
    assert!(lines[lines.len() - 2].contains(" 323 "));
}

#[test]
fn a_hundred_messages_with_all_the_tags_they_may_have_are_told_whole() {
    for send_queue_bytes in [256 * 1024, 32 * 1024] {
        let limits = Limits {
            send_queue_bytes,
            ..lifted()
        };
        let house = House::new(&limits);
        let mut ana = house.member("ana", "#a");
        let tags = |i| format!("+t={i:03}{}", "v".repeat(4088));
        for i in 0..110 {
            ana.send(&format!("@{} PRIVMSG #a :{i}", tags(i)));
        }
        ana.fence();
        let caps = ["message-tags", "batch", "draft/chathistory", "server-time"];
        let mut slow = house.slow_person("slow", &caps);
        slow.join("#a");
        slow.send("CHATHISTORY LATEST #a * 100\r\nPING behind");
        let lines = read_slowly_to(&mut slow, " PONG ");
        let posts: Vec<&String> = lines.iter().filter(|l| l.contains(" PRIVMSG ")).collect();
        assert_eq!(posts.len(), 100);
        for (post, i) in posts.iter().zip(10..) {
            assert!(post.ends_with(&format!(" PRIVMSG #a :{i}")), "{post}");
            assert!(post.contains(&tags(i)));
        }
    }
}

#[test]
fn who_hangs_up_in_the_middle_of_long_replies_leaves_nothing_behind() {
    let limits = Limits {
        send_queue_bytes: 16 * 1024,
        ..lifted()
    };
    let house = House::new(&limits);
    let mut ana = house.member("ana", "#a");
    for i in 0..100 {
        let tags = format!("@+t={}", "v".repeat(4000));
        ana.send(&format!("{tags} PRIVMSG #a :{i}"));
    }
    ana.fence();
    for i in 0..20 {
        let mut slow = house.slow_person(&format!("slow{i}"), &["message-tags", "batch"]);
        slow.join("#a");
        slow.send(&"CHATHISTORY LATEST #a * 100\r\n".repeat(3));
        slow.next_line();
        slow.reset();
        ana.expect(|line| line.starts_with(&format!(":slow{i}!")) && line.contains(" QUIT "));
    }
}
