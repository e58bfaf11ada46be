//! A session that comes back: after a reload, after too long. ARCHITECTURE.md "Sessions".

use std::time::{Duration, Instant};

use crate::sessions_support::{MOMENT, Site, name_in};
use test_support::http::post_login;
use test_support::{LineClient, WsClient, eventually};

#[test]
fn whatever_name_a_sessions_socket_asks_for_it_has_its_own() {
    let site = Site::start();
    let cookie = site.login("ana");
    for wanted in ["bob", "ANA", "1st", "witness"] {
        let mut tab = WsClient::connect_with_session(site.http, &cookie);
        let welcome = tab.register(wanted);
        assert_eq!(name_in(&welcome), "ana", "{wanted}");
    }
}

#[test]
fn a_reload_is_not_heard_and_what_was_said_meanwhile_is_there() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut tab = site.tab_in_lobby(&cookie);
    tab.join("#other");
    tab.send("AWAY :back soon");
    witness.expect_contains(":ana!");
    witness.fence();
    drop(tab);
    std::thread::sleep(MOMENT);
    witness.send("PRIVMSG #lobby :to the room\r\nPRIVMSG ana :to you");
    assert!(
        witness
            .fence()
            .iter()
            .all(|line| line.contains(" 301 witness ana :back soon"))
    );
    let (mut tab, welcome) = site.tab(&cookie);
    assert_eq!(name_in(&welcome), "ana");
    let heard = [welcome, tab.fence()].concat();
    for room in ["#lobby", "#other"] {
        assert!(
            heard
                .iter()
                .any(|line| line.starts_with(":ana!") && line.ends_with(&format!(" JOIN {room}"))),
            "{heard:?}"
        );
        assert!(
            heard
                .iter()
                .any(|line| line.contains(&format!(" 366 ana {room} ")))
        );
    }
    for (target, text) in [("#lobby", "to the room"), ("witness", "to you")] {
        tab.send(&format!("CHATHISTORY LATEST {target} * 10"));
        let heard = tab.fence();
        assert!(
            heard.iter().any(|line| line.ends_with(&format!(":{text}"))),
            "{heard:?}"
        );
    }
    witness.send("PRIVMSG #lobby :live again\r\nPRIVMSG ana :you too");
    tab.expect_contains("live again");
    tab.expect_contains("you too");
    tab.send("PRIVMSG #lobby :thanks");
    let line = witness.expect(|line| !line.contains(" 301 "));
    assert!(line.ends_with(" PRIVMSG #lobby :thanks"), "{line}");
    witness.send("NAMES #lobby");
    let names = witness.expect_contains(" 353 ");
    assert_eq!(names.matches("ana").count(), 1, "{names}");
}

#[test]
fn a_direct_message_to_somebody_who_is_away_for_a_moment_reaches_them() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let tab = site.tab_in_lobby(&cookie);
    drop(tab);
    std::thread::sleep(MOMENT);
    witness.send("PRIVMSG ana :are you there?");
    witness.fence();
    let (mut tab, _) = site.tab(&cookie);
    tab.fence();
    let heard = tab.transcript();
    assert_eq!(
        heard.matches("PRIVMSG ana :are you there?").count(),
        1,
        "{heard}"
    );
    let (mut tab, _) = site.tab(&cookie);
    tab.fence();
    assert!(
        !tab.transcript().contains("are you there?"),
        "once is enough"
    );
}

#[test]
fn twenty_reloads_in_a_row_are_not_heard() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let tab = site.tab_in_lobby(&cookie);
    witness.expect_contains(" JOIN ");
    drop(tab);
    for _ in 0..20 {
        let (tab, welcome) = site.tab(&cookie);
        assert_eq!(name_in(&welcome), "ana");
        drop(tab);
    }
    assert_eq!(witness.fence(), [""; 0]);
}

#[test]
fn who_does_not_come_back_quits_after_ten_seconds_and_keeps_the_name() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let tab = site.tab_in_lobby(&cookie);
    witness.expect_contains(" JOIN ");
    let gone = Instant::now();
    drop(tab);
    let quit = witness.next_line();
    // How much later at most is held to the clock in sessions_clock.
    let after = gone.elapsed();
    assert!(
        quit.starts_with(":ana!") && quit.contains(" QUIT :"),
        "{quit}"
    );
    assert!(after > Duration::from_secs(9), "after {after:?}");
    assert_eq!(site.wants("ana"), "433");
    assert_eq!(site.wants("Ana"), "433");
    let taken = post_login(site.http, "ana");
    assert_eq!(taken.status, 409);
    assert!(taken.text().contains("taken"), "{}", taken.text());
    let mut plain = LineClient::connect(site.plain);
    plain.send("ana");
    plain.expect_contains("taken");
    let (mut tab, welcome) = site.tab(&cookie);
    assert_eq!(name_in(&welcome), "ana", "its own all the same");
    assert!(tab.fence().iter().all(|line| !line.contains(" JOIN ")));
    tab.join("#lobby");
    witness.expect_contains(":ana!");
}

#[test]
fn a_session_that_said_quit_registers_anew_under_its_name() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut tab = site.tab_in_lobby(&cookie);
    witness.expect_contains(" JOIN ");
    tab.send("QUIT :bye");
    tab.expect_close(1000);
    let quit = witness.expect_contains(":ana!");
    assert!(quit.ends_with(" QUIT :Quit: bye"), "{quit}");
    assert_eq!(site.wants("ana"), "433");
    let (mut tab, welcome) = site.tab(&cookie);
    assert_eq!(name_in(&welcome), "ana");
    assert!(tab.fence().iter().all(|line| !line.contains(" JOIN ")));
    tab.join("#lobby");
    let join = witness.expect_contains(":ana!");
    assert!(join.ends_with(" JOIN #lobby"), "{join}");
}

#[test]
fn a_name_changed_on_the_socket_is_the_sessions_name_from_then_on() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut tab = site.tab_in_lobby(&cookie);
    tab.send("NICK anna");
    tab.expect_contains(" NICK anna");
    witness.expect_contains(" NICK anna");
    assert!(site.index(&cookie).text().contains("anna"));
    assert_eq!(
        (site.wants("ana"), site.wants("anna")),
        ("001".into(), "433".into())
    );
    drop(tab);
    std::thread::sleep(MOMENT);
    assert!(site.index(&cookie).text().contains("anna"));
    assert_eq!(site.wants("anna"), "433", "the ghost keeps it");
    let (tab, welcome) = site.tab(&cookie);
    assert_eq!(name_in(&welcome), "anna");
    assert_eq!(witness.fence(), [""; 0]);
    site.logout(&cookie);
    witness.expect_contains(" QUIT ");
    assert_eq!(
        (site.wants("ana"), site.wants("anna")),
        ("001".into(), "001".into())
    );
    drop(tab);
}

#[test]
fn a_changed_name_outlives_a_goodbye() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut tab = site.tab_in_lobby(&cookie);
    tab.send("NICK anna");
    tab.send("QUIT");
    let _ = tab.expect_close(1000);
    eventually("the changed name on the page", || {
        site.index(&cookie).text().contains("anna").then_some(())
    });
    assert_eq!(site.wants("anna"), "433");
    let (tab, welcome) = site.tab(&cookie);
    assert_eq!(name_in(&welcome), "anna");
    site.logout(&cookie);
    assert_eq!(site.wants("ana"), "001");
    site.frees("anna");
    drop(tab);
}

#[test]
fn logging_in_again_under_a_changed_name_changes_nothing() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut tab = site.tab_in_lobby(&cookie);
    witness.expect_contains(" JOIN ");
    tab.send("NICK anna");
    witness.expect_contains(" NICK anna");
    // What the page has heard, a gateway knows.
    tab.expect_contains(" NICK anna");
    let again = site.login_with(&cookie, "anna");
    assert_eq!(again.status, 303, "{}", again.text());
    assert_eq!(witness.fence(), [""; 0]);
    tab.fence();
    assert_eq!(
        site.index(&cookie).status,
        303,
        "the old token is worth nothing"
    );
}
