//! Sessions by a clock that can be put forward: ghosts and kept names to their end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "sessions_support/clocked.rs"]
mod clocked;

use std::time::Duration;

use clocked::{House, hear_quit};
use test_support::WsClient;
use test_support::http::login;

const SECOND: Duration = Duration::from_secs(1);

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
    house.pass(8 * SECOND);
    assert_eq!(witness.fence(), [""; 0]);
    assert_eq!(house.wants("ana"), "433");
    house.pass(3 * SECOND);
    hear_quit(&mut witness);
    assert_eq!(house.wants("ana"), "433");
    house.pass(55 * SECOND);
    assert_eq!(
        (house.wants("ana"), house.index(&cookie)),
        ("433".into(), 200)
    );
    house.pass(5 * SECOND);
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
    house.pass(11 * SECOND);
    assert_eq!(house.wants("anna"), "433");
    house.pass(60 * SECOND);
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
        enter(&mut tab, &welcome);
        drop(tab);
        std::thread::sleep(Duration::from_millis(50));
        std::thread::scope(|scope| {
            scope.spawn(|| house.pass(10 * SECOND));
            let (mut tab, welcome) = house.tab(&cookie);
            assert!(welcome.iter().any(|line| line.contains(" 001 ana ")));
            enter(&mut tab, &welcome);
            witness.send("PRIVMSG #lobby :hello");
            tab.expect_contains(":hello");
            witness.send("NAMES #lobby");
            let names = witness.expect_contains(" 353 ");
            assert_eq!(names.matches("ana").count(), 1, "{names}");
        });
    }
}

/// A ghost that was found in time is in its room already, as its welcome says.
fn enter(tab: &mut WsClient, welcome: &[String]) {
    if !welcome.iter().any(|line| line.ends_with("JOIN #lobby")) {
        tab.join("#lobby");
    }
}

#[test]
fn what_was_said_before_a_ghost_left_is_said_once_and_read_all_the_same() {
    let house = House::new(0);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let caps = ["chat.local/retry", "draft/read-marker", "message-tags"];
    let word = "@label=1;chat.local/retry=x PRIVMSG #lobby :are you there?";
    let marker = "MARKREAD #lobby timestamp=2026-01-02T03:04:05.678Z";
    let (mut tab, _) = house.tab(&cookie);
    tab.caps(&caps);
    tab.join("#lobby");
    tab.send(word);
    let echo = tab.expect_contains("@label=1;msgid=");
    tab.send(marker);
    tab.expect_contains(marker);
    drop(tab);
    std::thread::sleep(Duration::from_millis(300));
    house.pass(11 * SECOND);
    hear_quit(&mut witness);
    let (mut tab, _) = house.tab(&cookie);
    tab.caps(&caps);
    tab.send(word);
    assert_eq!(tab.expect_contains("@label=1;"), echo);
    tab.send("JOIN #lobby");
    tab.expect_contains(marker);
    tab.fence();
    assert!(witness.fence().iter().all(|line| !line.contains("PRIVMSG")));
}

#[test]
fn a_ghost_holds_no_end_up() {
    let house = House::new(0);
    let mut witness = house.person("witness");
    let (mut tab, _) = house.tab(&login(house.http, "ana"));
    tab.join("#lobby");
    witness.expect_contains(":ana!");
    drop(tab);
    std::thread::sleep(Duration::from_millis(300));
    witness.fence();
    drop(witness);
    house.stop();
}
