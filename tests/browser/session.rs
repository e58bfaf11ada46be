//! What belongs to a session: a reload and a second tab.

use super::support::Chat;

#[test]
fn a_reload_keeps_the_place_and_tells_nobody() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    irene.send("PRIVMSG #lobby :before");
    ana.hears("irene", "before");
    ana.say("mine");
    irene.expect_contains("mine");
    for _ in 0..3 {
        ana.page.reload();
        ana.is_in("ana");
        ana.hears("ana", "mine");
    }
    ana.sees_people(&["ana", "irene"]);
    assert_eq!(ana.texts(), ["before", "mine"]);
    irene.send("PRIVMSG #lobby :after");
    ana.hears("irene", "after");
    ana.say("heard");
    irene.expect_contains("heard");
    ana.hears("ana", "heard");
    let transcript = irene.transcript();
    let mut told = transcript
        .lines()
        .filter(|line| line.starts_with("< :ana!"));
    assert!(told.all(|line| line.contains(" PRIVMSG ")), "{transcript}");
    assert_eq!(ana.texts(), ["before", "mine", "after", "heard"]);
}

#[test]
fn a_reload_keeps_room_name_and_rooms() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    ana.say("/nick anna");
    ana.shows("#me .nick", "anna");
    ana.page.reload();
    ana.is_in("anna");
    ana.shows("#room-name", "#tea");
    irene.send("PRIVMSG #lobby :still there?");
    ana.opens("#lobby");
    ana.hears("irene", "still there?");
}

#[test]
fn a_second_tab_takes_over_and_gives_back() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.say("one");
    bob.hears("ana", "one");
    let second = ana.another_tab(&chat.url("/"));
    second.is_in("ana");
    second.hears("ana", "one");
    ana.page.wait_for_text("This chat is open in another tab");
    ana.page.wait_for("document.body.dataset.state === 'taken'");
    second.say("two");
    bob.hears("ana", "two");
    bob.say("three");
    second.hears("bob", "three");
    // The first one has not come back by itself.
    assert_eq!(ana.page.eval("document.body.dataset.state"), "taken");
    assert_eq!(ana.texts(), ["one"]);
    ana.page.click("#state-action");
    ana.is_in("ana");
    ana.page.wait_for("document.activeElement.id === 'box'");
    ana.hears("bob", "three");
    assert_eq!(ana.texts(), ["one", "two", "three"]);
    second
        .page
        .wait_for("document.body.dataset.state === 'taken'");
    bob.sees_people(&["ana", "bob"]);
    assert!(
        !bob.page.text().contains("ana joined"),
        "{}",
        bob.page.text()
    );
    assert!(!bob.page.text().contains("ana left"), "{}", bob.page.text());
}

#[test]
fn a_closed_tab_leaves_after_a_while() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    let again = ana.another_tab("about:blank");
    ana.page.navigate("about:blank");
    bob.waits_for_leave("ana");
    // The name is still kept for her.
    again.page.navigate(&chat.url("/"));
    again.is_in("ana");
    bob.sees_people(&["ana", "bob"]);
}

#[test]
fn a_conversation_that_was_not_opened_yet_survives_a_reload() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    irene.send("PRIVMSG ana :psst");
    ana.page
        .wait_for("document.querySelector('#rooms [data-name=irene]')");
    ana.page.reload();
    ana.is_in("ana");
    ana.shows("#room-name", "#lobby");
    ana.opens("irene");
    ana.hears("irene", "psst");
}
