//! A session is one author over all its sockets: what it sends again it has said once. docs/clients.md.

use std::thread;

use crate::sessions_support::{MOMENT, Site};
use test_support::{LineClient, WsClient};

const CAPS: [&str; 6] = [
    "chat.local/retry",
    "draft/read-marker",
    "echo-message",
    "labeled-response",
    "batch",
    "message-tags",
];

/// A socket that matches its words by label, as a page does.
#[track_caller]
fn tab(site: &Site, cookie: &str) -> WsClient {
    let mut tab = WsClient::connect_with_session(site.http, cookie);
    tab.caps(&CAPS);
    tab.register("whatever");
    tab
}

/// Sends a word with the same label and id; its msgid.
#[track_caller]
fn say(tab: &mut WsClient, id: &str) -> String {
    tab.send(&format!(
        "@label={id};chat.local/retry={id} PRIVMSG #lobby :word {id}"
    ));
    let echo = tab.expect(|line| line.starts_with(&format!("@label={id};")));
    assert!(
        echo.ends_with(&format!(" PRIVMSG #lobby :word {id}")),
        "{echo}"
    );
    let msgid = echo
        .split(['@', ';', ' '])
        .find(|tag| tag.starts_with("msgid="));
    msgid.expect("a msgid").to_owned()
}

/// What the room has heard of the session's words.
#[track_caller]
fn words(witness: &mut LineClient) -> Vec<String> {
    let heard = witness.fence();
    let words = heard.iter().filter_map(|line| line.split_once(":word "));
    words.map(|(_, id)| id.to_owned()).collect()
}

#[test]
fn what_is_sent_again_after_a_reload_is_said_once() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut first = tab(&site, &cookie);
    first.join("#lobby");
    let one = say(&mut first, "1");
    drop(first);
    thread::sleep(MOMENT);
    let mut second = tab(&site, &cookie);
    assert_eq!(say(&mut second, "1"), one);
    assert_ne!(say(&mut second, "2"), one);
    assert_eq!(words(&mut witness), ["1", "2"]);
}

#[test]
fn what_is_sent_again_from_another_tab_is_said_once() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut first = tab(&site, &cookie);
    first.join("#lobby");
    let one = say(&mut first, "1");
    let mut second = tab(&site, &cookie);
    first.expect_close(4001);
    assert_eq!(say(&mut second, "1"), one);
    assert_eq!(words(&mut witness), ["1"]);
}

#[test]
fn what_is_sent_again_under_another_name_or_after_a_goodbye_is_said_once() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut first = tab(&site, &cookie);
    first.join("#lobby");
    let one = say(&mut first, "1");
    first.send("NICK anna");
    first.expect_contains(" NICK anna");
    assert_eq!(say(&mut first, "1"), one);
    first.send("QUIT");
    first.expect_close(1000);
    witness.expect_contains(" QUIT ");
    let mut second = tab(&site, &cookie);
    assert_eq!(say(&mut second, "1"), one, "though it is in no room");
    second.join("#lobby");
    assert_eq!(say(&mut second, "1"), one);
    assert_eq!(words(&mut witness), [""; 0]);
}

#[test]
fn another_session_of_the_same_name_is_another_author() {
    let site = Site::start();
    let mut witness = site.witness();
    let said: Vec<String> = (0..2)
        .map(|_| {
            site.frees("ana");
            let cookie = site.login("ana");
            let mut tab = tab(&site, &cookie);
            tab.join("#lobby");
            let msgid = say(&mut tab, "1");
            site.logout(&cookie);
            msgid
        })
        .collect();
    assert_ne!(said[0], said[1]);
    assert_eq!(words(&mut witness), ["1", "1"]);
}

/// What the capability says of a session: the same word, the same author.
#[track_caller]
fn author(site: &Site, cookie: &str) -> String {
    let mut tab = WsClient::connect_with_session(site.http, cookie);
    tab.send("CAP LS 302");
    let offers = tab.expect_contains(" chat.local/retry=");
    let (_, value) = offers.split_once(" chat.local/retry=").unwrap();
    value.split(' ').next().unwrap().to_owned()
}

#[test]
fn a_session_knows_whether_it_is_the_author_that_it_was() {
    let site = Site::start();
    let cookie = site.login("ana");
    let first = author(&site, &cookie);
    assert_eq!((first.len(), author(&site, &cookie)), (16, first.clone()));
    let mut tab = tab(&site, &cookie);
    tab.send("NICK anna");
    tab.expect_contains(" NICK anna");
    assert_eq!(author(&site, &cookie), first);
    let bob = author(&site, &site.login("bob"));
    site.logout(&cookie);
    site.frees("anna");
    let again = author(&site, &site.login("anna"));
    assert!(first != bob && first != again && bob != again);
}

#[test]
fn how_far_a_session_has_read_is_told_to_its_next_socket() {
    let site = Site::start();
    let cookie = site.login("ana");
    let stamp = "timestamp=2026-01-02T03:04:05.678Z";
    let mut first = tab(&site, &cookie);
    first.join("#lobby");
    for target in ["#lobby", "witness"] {
        first.send(&format!("MARKREAD {target} {stamp}"));
        first.expect_contains(&format!(" MARKREAD {target} {stamp}"));
    }
    drop(first);
    thread::sleep(MOMENT);
    let mut second = WsClient::connect_with_session(site.http, &cookie);
    second.caps(&CAPS);
    let welcome = second.register("whatever");
    let place = |part: &str| welcome.iter().position(|line| line.contains(part));
    let marker = place(&format!(" MARKREAD #lobby {stamp}"));
    assert!(marker.is_some(), "{welcome:?}");
    assert!(
        place(" JOIN #lobby") < marker && marker < place(" 366 "),
        "{welcome:?}"
    );
    second.send("MARKREAD witness");
    second.expect_contains(&format!(" MARKREAD witness {stamp}"));
}
