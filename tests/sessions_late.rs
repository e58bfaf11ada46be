//! Sessions on a journal that commits late: what is on its way when a socket changes.
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
use test_support::http::{login, request};
use test_support::{LineClient, WsClient};

const SECOND: Duration = Duration::from_secs(1);

/// Turns that a late journal takes: an idle loop that waits for it turns each millisecond.
const LATE: u64 = 400;

#[test]
fn what_was_on_its_way_when_another_tab_took_over_is_told_to_that_one() {
    let house = House::new(LATE);
    let cookie = login(house.http, "ana");
    let (mut first, _) = house.tab(&cookie);
    first.send("@label=first JOIN #lobby");
    let (mut second, welcome) = house.tab(&cookie);
    first.expect_close(4001);
    let joins = welcome.iter().filter(|line| line.contains(" JOIN "));
    assert_eq!(joins.count(), 1, "{welcome:?}");
    assert!(
        !welcome.iter().any(|line| line.contains("label")),
        "{welcome:?}"
    );
    second.send("PRIVMSG #lobby :here");
    second.expect_contains(" PRIVMSG #lobby :here");
}

#[test]
fn words_of_two_tabs_stay_in_their_order() {
    let house = House::new(LATE);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let (mut first, _) = house.tab(&cookie);
    first.join("#lobby");
    first.send("PRIVMSG #lobby :1");
    first.send("PRIVMSG #lobby :2");
    let (mut second, _) = house.tab(&cookie);
    second.send("PRIVMSG #lobby :3");
    second.send("PART #lobby");
    let said: Vec<String> = (0..4).map(|_| next_of_ana(&mut witness)).collect();
    let ends = [":1", ":2", ":3", "PART #lobby"];
    for (line, end) in said.iter().zip(ends) {
        assert!(line.ends_with(end), "{said:?}");
    }
}

#[track_caller]
fn next_of_ana(witness: &mut LineClient) -> String {
    witness.expect(|line| line.starts_with(":an") && !line.contains(" JOIN "))
}

#[test]
fn who_said_goodbye_and_is_back_before_it_took_effect_registers_anew() {
    let house = House::new(LATE);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let (mut first, _) = house.tab(&cookie);
    first.join("#lobby");
    first.send("QUIT");
    first.expect_close(1000);
    let (mut second, welcome) = house.tab(&cookie);
    assert!(welcome.iter().any(|line| line.contains(" 001 ana ")));
    assert_eq!(second.fence(), [""; 0], "in no room any more");
    hear_quit(&mut witness);
    second.join("#lobby");
    witness.expect_contains(" JOIN #lobby");
}

#[test]
fn who_logs_out_while_words_are_on_their_way_is_heard_to_the_end() {
    let house = House::new(LATE);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let (mut tab, _) = house.tab(&cookie);
    tab.join("#lobby");
    tab.send("PRIVMSG #lobby :last words");
    tab.fence();
    tab.send("PRIVMSG #lobby :very last words");
    std::thread::sleep(Duration::from_millis(50));
    let at = house.http;
    let head = format!(
        "POST /logout HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nCookie: {cookie}\r\n\
         Content-Length: 0\r\n\r\n"
    );
    assert_eq!(request(at, head).status, 303);
    tab.expect_close(4002);
    assert!(next_of_ana(&mut witness).ends_with(":last words"));
    assert!(next_of_ana(&mut witness).ends_with(":very last words"));
    hear_quit(&mut witness);
    assert_eq!(house.wants("ana"), "001");
}

#[test]
fn who_comes_back_while_the_ghosts_goodbye_is_on_its_way_gets_in_in_the_end() {
    let house = House::new(LATE);
    let mut witness = house.person("witness");
    let cookie = login(house.http, "ana");
    let (mut tab, _) = house.tab(&cookie);
    tab.join("#lobby");
    drop(tab);
    std::thread::sleep(Duration::from_millis(100));
    house.pass(11 * SECOND);
    let mut early = WsClient::connect_with_session(house.http, &cookie);
    early.send("NICK x");
    early.send("USER x 0 * :x");
    let last = early.last_words(" 001 ");
    assert!(
        last.contains(" 001 ana ") || last.contains("Restart"),
        "{last}"
    );
    hear_quit(&mut witness);
    let (_tab, welcome) = house.tab(&cookie);
    assert!(welcome.iter().any(|line| line.contains(" 001 ana ")));
}
