//! What of the page depends on where the chat is; and a relay that is away for a while.

mod pending;
mod session;
mod support;
mod talk;

use support::{Chat, start_relay};
use test_support::{LineClient, PATIENCE, within};

#[test]
fn the_page_says_that_the_chat_is_away_and_is_back_with_it() {
    let mut chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.expects_trouble();
    bob.expects_trouble();
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    ana.opens("#lobby");
    ana.say("before");
    bob.hears("ana", "before");
    let (irc, plain) = (chat.door("irc"), chat.door("plain"));
    drop(chat.relay().take());
    ana.page.wait_for_text("The chat does not answer");
    ana.page.wait_for("document.body.dataset.state === 'apart'");
    support::keep_picture(&ana, "relay-away");
    let crossed_out =
        "getComputedStyle(document.querySelector('#rooms button')).textDecorationLine";
    assert_eq!(ana.page.eval(crossed_out), "none", "nobody has left");
    // What is written meanwhile waits.
    ana.say("are you there?");
    assert_eq!(ana.draft(), "");
    ana.sees("waits to be sent");

    *chat.relay() = Some(start_relay(irc, plain));
    let back = "document.body.dataset.state === 'ready'";
    ana.page.wait_for(back);
    bob.page.wait_for(back);
    bob.hears("ana", "are you there?");
    ana.page.wait_for("!document.querySelector('#log .fate')");
    ana.sees_people(&["ana", "bob"]);
    ana.opens("#tea");
    ana.sees_people(&["ana"]);
}

#[test]
fn a_page_that_is_opened_while_the_chat_is_away_says_that_and_nothing_of_a_room() {
    let mut chat = Chat::start();
    let ana = chat.enter("ana");
    ana.expects_trouble();
    drop(chat.relay().take());
    ana.page.reload();
    ana.page.wait_for_text("The chat does not answer");
    let text = ana.page.text();
    assert!(!text.contains("Say the first word"), "{text}");
}

#[test]
fn somebody_who_takes_the_name_meanwhile_leads_to_the_login_form() {
    let mut chat = Chat::start();
    let ana = chat.enter("ana");
    ana.expects_trouble();
    let (irc, plain) = (chat.door("irc"), chat.door("plain"));
    drop(chat.relay().take());
    ana.page.wait_for("document.body.dataset.state === 'apart'");
    // Whoever is quicker than the gateway has the name: so try until somebody is.
    let thief = within(PATIENCE, || {
        let relay = start_relay(irc, plain);
        let mut thief = LineClient::connect(irc);
        thief.send("NICK ana\r\nUSER thief 0 * :thief");
        let answer = thief.expect(|line| line.contains(" 001 ") || line.contains(" 433 "));
        *chat.relay() = None;
        answer.contains(" 001 ").then(|| {
            *chat.relay() = Some(relay);
            thief
        })
    });
    let _thief = thief.expect("somebody is quicker once");
    ana.page
        .wait_for("location.pathname === '/login' && document.readyState === 'complete'");
    ana.page.wait_for_text("Somebody else took your name");
}

#[test]
fn the_page_without_script_names_no_doors_that_are_not_there() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    ana.page.scripts(false);
    ana.page.reload();
    ana.page.wait_for_text("This page needs JavaScript");
    let text = ana.page.text();
    assert!(!text.contains("without a browser"), "{text}");
    ana.page.scripts(true);
    ana.page.reload();
    ana.is_in("ana");
}
