//! Several sockets of one session, logout, another login. ARCHITECTURE.md "Sessions".

use std::thread;

use crate::sessions_support::{MOMENT, Site, cookie_of, name_in};
use test_support::WsClient;

const ELSEWHERE: u16 = 4001;
const LOGGED_OUT: u16 = 4002;

#[test]
fn a_second_tab_takes_over_and_the_room_hears_nothing() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut first = site.tab_in_lobby(&cookie);
    witness.expect_contains(" JOIN ");
    let (mut second, welcome) = site.tab(&cookie);
    assert_eq!(
        first.expect_close(ELSEWHERE),
        "this session goes on in another tab"
    );
    assert_eq!(name_in(&welcome), "ana");
    let heard = [welcome, second.fence()].concat();
    assert!(heard.iter().any(|line| line.ends_with(" JOIN #lobby")));
    witness.send("PRIVMSG #lobby :one\r\nPRIVMSG ana :two");
    second.expect_contains(":one");
    second.expect_contains(":two");
    second.send("PRIVMSG #lobby :three");
    let line = witness.next_line();
    assert!(line.ends_with(" PRIVMSG #lobby :three"), "{line}");
    drop(first);
    thread::sleep(MOMENT);
    second.fence();
    assert_eq!(witness.fence(), [""; 0]);
}

#[test]
fn a_tab_takes_over_from_one_that_has_not_registered_yet() {
    let site = Site::start();
    let cookie = site.login("ana");
    for said in [
        &[][..],
        &["CAP LS 302"],
        &["CAP LS 302", "NICK x", "USER x 0 * :x"],
    ] {
        let mut first = WsClient::connect_with_session(site.http, &cookie);
        for line in said {
            first.send(line);
        }
        let (mut second, welcome) = site.tab(&cookie);
        assert_eq!(name_in(&welcome), "ana");
        first.expect_close(ELSEWHERE);
        second.fence();
    }
}

#[test]
fn of_many_tabs_opened_at_once_one_has_the_session_and_the_others_know_it() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let first = site.tab_in_lobby(&cookie);
    witness.expect_contains(" JOIN ");
    for _ in 0..5 {
        let (at, cookie) = (site.http, cookie.as_str());
        let mut tabs: Vec<WsClient> = thread::scope(|scope| {
            let open = || WsClient::connect_with_session(at, cookie);
            let opening: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            opening.into_iter().map(|tab| tab.join().unwrap()).collect()
        });
        for tab in &mut tabs {
            let _ = tab.try_send("NICK x\r\nUSER x 0 * :x");
            let _ = tab.try_send("NICK x");
            let _ = tab.try_send("USER x 0 * :x");
            let _ = tab.try_send("PING still-here");
        }
        let mut here = 0;
        for tab in &mut tabs {
            let last = tab.last_words("still-here");
            here += usize::from(last.contains("still-here"));
            assert!(
                last.contains("still-here") || last.contains("4001"),
                "{last}"
            );
        }
        assert_eq!(here, 1);
    }
    assert_eq!(witness.fence(), [""; 0]);
    drop(first);
}

#[test]
fn logout_closes_the_socket_tells_the_room_and_frees_the_name() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut tab = site.tab_in_lobby(&cookie);
    witness.expect_contains(" JOIN ");
    site.logout(&cookie);
    site.frees("ana");
    assert_eq!(tab.expect_close(LOGGED_OUT), "logged out");
    let quit = witness.expect_contains(":ana!");
    assert!(quit.ends_with(" QUIT :logged out"), "{quit}");
    let index = site.index(&cookie);
    assert_eq!(index.status, 303);
    assert!(index.header("location").unwrap().starts_with("/login"));
    WsClient::connect_with_session(site.http, &cookie).expect_close(LOGGED_OUT);
    site.logout(&cookie);
}

#[test]
fn logout_ends_a_ghost_at_once() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let tab = site.tab_in_lobby(&cookie);
    witness.expect_contains(" JOIN ");
    drop(tab);
    thread::sleep(MOMENT);
    site.logout(&cookie);
    let quit = witness.expect_contains(":ana!");
    assert!(quit.contains(" QUIT :"), "{quit}");
    site.frees("ana");
}

#[test]
fn another_login_ends_the_session_before_it() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut witness = site.witness();
    let mut tab = site.tab_in_lobby(&cookie);
    witness.expect_contains(" JOIN ");
    let other = site.login_with(&cookie, "bea");
    assert_eq!(other.status, 303);
    tab.expect_close(LOGGED_OUT);
    witness.expect_contains(" QUIT ");
    site.frees("ana");
    assert_eq!(site.index(&cookie).status, 303);
    let (_tab, welcome) = site.tab(&cookie_of(&other));
    assert_eq!(name_in(&welcome), "bea");
}

#[test]
fn a_login_that_is_refused_leaves_the_session_alone() {
    let site = Site::start();
    let cookie = site.login("ana");
    let mut tab = site.tab_in_lobby(&cookie);
    let _witness = site.witness();
    assert_eq!(site.login_with(&cookie, "witness").status, 409);
    assert_eq!(site.login_with(&cookie, "1st").status, 422);
    assert_eq!(site.index(&cookie).status, 200);
    tab.fence();
}

#[test]
fn logout_while_tabs_open_leaves_nobody_behind() {
    let site = Site::start();
    let mut witness = site.witness();
    for _ in 0..10 {
        let cookie = site.login("ana");
        let first = site.tab_in_lobby(&cookie);
        let (at, cookie) = (site.http, cookie.as_str());
        let tabs: Vec<WsClient> = thread::scope(|scope| {
            let open = || WsClient::connect_with_session(at, cookie);
            let opening: Vec<_> = (0..3).map(|_| scope.spawn(open)).collect();
            scope.spawn(|| site.logout(cookie));
            opening.into_iter().map(|tab| tab.join().unwrap()).collect()
        });
        for mut tab in tabs {
            let last = tab.last_words("never");
            assert!(last.contains("4001") || last.contains("4002"), "{last}");
        }
        drop(first);
        site.frees("ana");
    }
    witness.send("NAMES #lobby");
    let names = witness.expect_contains(" 353 ");
    assert!(names.ends_with(":witness"), "{names}");
}
