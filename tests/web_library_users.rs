//! A program with a log-in of its own: its users are people of the chat, and nobody else comes in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/library.rs"]
mod library;

use chat_core::relay::Relay;
use chat_core::secret::Secret;
use chat_web::page::Page;
use library::{Club, Served, cookie_of, location};
use test_support::http::post_login;
use test_support::{Upgrade, eventually};

fn club() -> Served {
    Served::new(Page::new().house(Club::default()))
}

fn club_with_guests() -> Served {
    let house = Club {
        has_guests: true,
        ..Club::default()
    };
    Served::new(Page::new().house(house))
}

const ANA: &str = "user=ana";
const OVER: u16 = 4002;

#[test]
fn a_user_of_the_site_is_a_person_of_the_chat() {
    let served = club();
    let mut bob = served.person("bob");
    let page = served.get("/?room=%23tea", "x=y; user=ana");
    assert_eq!(page.status, 200);
    for part in ["content=\"ana\"", "content=\"#tea\""] {
        assert!(page.text().contains(part), "{}", page.text());
    }
    let mut ana = served.tab(ANA);
    ana.register("somebody");
    ana.join("#lobby");
    bob.expect(|line| line.starts_with(":ana!") && line.contains(" JOIN "));
    ana.send("PRIVMSG #lobby :good evening");
    bob.expect(|line| line.starts_with(":ana!") && line.ends_with(":good evening"));
    assert_eq!(location(&served.get("/login", ANA)), "/");
    assert_eq!(served.get("/", "user=bob").status, 409, "bob is by IRC");
}

#[test]
fn a_users_name_is_not_theirs_to_change_in_the_chat() {
    let served = club();
    let mut bob = served.person("bob");
    let mut eve = served.enter("user=eve");
    eve.register("eve");
    eve.join("#lobby");
    for _ in 0..2 {
        eve.send("NICK ana");
        eve.expect_contains(" 432 eve ana :ana is not for you: ");
        // Nor from another tab.
        eve = served.tab("user=eve");
        eve.register("eve");
    }
    eve.send("PRIVMSG #lobby :it is me");
    bob.expect(|line| line.starts_with(":eve!") && line.ends_with(":it is me"));
    served.enter(ANA);
}

#[test]
fn two_users_whose_names_count_as_equal_are_two() {
    let served = club();
    let mut first = served.enter("user=Ana");
    first.register("Ana");
    assert_eq!(served.get("/", ANA).status, 409);
    first.send("PING still");
    first.expect_contains("PONG chat.local :still");
}

#[test]
fn a_user_needs_no_password() {
    let builder = Relay::builder().password(Some(Secret::new("sesame")));
    let page = Page::new().house(Club::default());
    let builder_and_page = Served::with(page, builder);
    builder_and_page.enter(ANA).register("ana");
}

#[test]
fn a_user_is_one_person_from_all_their_browsers() {
    let served = club();
    let mut bob = served.person("bob");
    let mut desk = served.enter(ANA);
    desk.register("x");
    desk.join("#lobby");
    bob.expect_contains(" JOIN ");
    let mut phone = served.enter(ANA);
    desk.expect_close(4001);
    phone.register("x");
    phone.send("PRIVMSG #lobby :from the garden");
    let heard = bob.expect(|line| !line.starts_with("PING"));
    assert!(
        heard.ends_with("PRIVMSG #lobby :from the garden"),
        "{heard}"
    );
}

#[test]
fn whom_the_site_does_not_know_is_sent_to_its_log_in_and_comes_in_nowhere() {
    let served = club();
    for cookie in [
        "",
        "user=",
        "user=1st",
        "chat_session=AAAAAAAAAAAAAAAAAAAAAA",
    ] {
        for path in ["/", "/?room=%23tea", "/login"] {
            assert_eq!(location(&served.get(path, cookie)), "/enter", "{path}");
        }
    }
    let login = post_login(served.http, "eve");
    assert_eq!(location(&login), "/enter");
    assert_eq!(login.header("set-cookie"), None);
    let refused = Upgrade::to(served.http).refused();
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("Log in first"));
    // A page that was open when the site forgot its reader is to send them to the log-in.
    served.tab("").expect_close(OVER);
    assert_eq!(location(&served.post("/logout", "", "")), "/login");
}

#[test]
fn a_user_cannot_choose_a_name_past_the_site() {
    let served = club();
    let login = served.post("/login", ANA, "name=bob");
    assert_eq!(location(&login), "/");
    assert_eq!(login.header("set-cookie"), None);
    let refused = Upgrade::to(served.http).session(ANA).refused();
    assert_eq!(refused.status, 403, "they have not come in");
    served.tab(ANA).expect_close(OVER);
    let foreign = Upgrade::to(served.http)
        .session(ANA)
        .header("Origin", "http://evil.example");
    assert_eq!(foreign.refused().status, 403);
}

#[test]
fn a_user_whose_name_is_taken_is_told_so_until_it_is_free() {
    let served = club();
    let other = served.person("Ana");
    for _ in 0..2 {
        let page = served.get("/", ANA);
        assert_eq!((page.status, page.header("set-cookie")), (409, None));
        assert!(
            page.text().contains("has your name, ana"),
            "{}",
            page.text()
        );
    }
    drop(other);
    eventually("the name is free", || {
        (served.get("/", ANA).status == 200).then_some(())
    });
}

#[test]
fn whoever_logs_out_of_the_chat_is_out_until_they_come_back() {
    let served = club();
    let mut bob = served.person("bob");
    let mut ana = served.enter(ANA);
    ana.register("x");
    ana.join("#lobby");
    assert_eq!(location(&served.post("/logout", ANA, "")), "/login");
    ana.expect_close(OVER);
    bob.expect(|line| line.starts_with(":ana!") && line.contains(" QUIT "));
    for _ in 0..2 {
        let outside = served.get("/login?why=over&room=%23tea", ANA);
        assert_eq!(outside.status, 200);
        for part in ["not logged in any more", "Come in as ana", "/?room=%23tea"] {
            assert!(outside.text().contains(part), "{}", outside.text());
        }
    }
    served.tab(ANA).expect_close(OVER);
    served.enter(ANA).register("x");
}

#[test]
fn whoever_logs_out_of_the_site_has_left_the_chat() {
    let served = club();
    let mut bob = served.person("bob");
    // The second browser, which never had a cookie of ours.
    let (_, mut ana) = (served.enter(ANA), served.enter(ANA));
    ana.register("x");
    ana.join("#lobby");
    bob.expect_contains(" JOIN ");
    assert_eq!(served.post("/nothing-changes", ANA, "").status, 204);
    ana.send("PRIVMSG #lobby :still here");
    bob.expect_contains("still here");
    assert_eq!(served.post("/leave", ANA, "").status, 204);
    ana.expect_close(OVER);
    bob.expect(|line| line.starts_with(":ana!") && line.contains(" QUIT "));
    assert_eq!(location(&served.get("/", ANA)), "/enter");
}

#[test]
fn a_browser_that_comes_back_as_somebody_else_has_left_as_the_one_before() {
    let served = club();
    let page = served.get("/", ANA);
    let cookie = cookie_of(&page);
    let mut ana = served.tab(&format!("{ANA}; {cookie}"));
    ana.register("x");
    let page = served.get("/", &format!("user=bob; {cookie}"));
    assert_eq!(page.status, 200);
    ana.expect_close(OVER);
    assert_ne!(cookie_of(&page), cookie);
    assert_eq!(served.get("/", &format!("user=bob; {cookie}")).status, 200);
}

#[test]
fn the_cookie_of_a_user_s_session_alone_lets_nobody_in() {
    let served = club_with_guests();
    let cookie = cookie_of(&served.get("/", ANA));
    let login = served.get("/", &cookie);
    assert_eq!(location(&login), "/login?why=first");
    served.tab(&cookie).expect_close(OVER);
    assert_eq!(
        served.get("/", ANA).header("set-cookie"),
        None,
        "it goes on"
    );
    let again = served.post("/login", &cookie, "name=ana");
    assert_eq!(again.status, 303, "the session is over, and the name free");
}

#[test]
fn a_link_from_another_site_logs_nobody_out() {
    let served = club();
    let cookie = cookie_of(&served.get("/", ANA));
    let mut ana = served.tab(ANA);
    ana.register("x");
    // As a browser sends it when the site's own cookie is `SameSite=Strict`.
    assert_eq!(location(&served.get("/", &cookie)), "/enter");
    ana.join("#lobby");
}

#[test]
fn a_guest_who_logs_in_with_the_site_under_the_same_name_goes_on() {
    let served = club_with_guests();
    let mut bob = served.person("bob");
    let cookie = cookie_of(&served.post("/login", "", "name=ana"));
    let mut guest = served.enter(&cookie);
    guest.register("x");
    guest.join("#lobby");
    bob.expect_contains(" JOIN ");
    let both = format!("{ANA}; {cookie}");
    let mut user = served.enter(&both);
    guest.expect_close(4001);
    user.register("x");
    user.send("PRIVMSG #lobby :a member now");
    let heard = bob.expect(|line| !line.starts_with("PING"));
    assert!(heard.ends_with(":a member now"), "{heard}");
    assert_eq!(served.post("/leave", &both, "").status, 204);
    user.expect_close(OVER);
}

#[test]
fn a_guest_who_logs_in_with_the_site_under_another_name_has_left_as_a_guest() {
    let served = club_with_guests();
    let cookie = cookie_of(&served.post("/login", "", "name=eve"));
    let mut guest = served.enter(&cookie);
    guest.register("x");
    let page = served.get("/", &format!("{ANA}; {cookie}"));
    assert_eq!(page.status, 200, "{}", page.text());
    guest.expect_close(OVER);
    assert_eq!(served.post("/login", "", "name=ana").status, 409);
    assert_eq!(served.post("/login", "", "name=eve").status, 303);
}
