//! What people see of each other.

use std::thread;
use std::time::Duration;

use test_support::{Cut, PATIENCE, Proxy, Terminal};

use super::support::{Chat, keep_picture};

#[test]
fn two_people_talk_both_ways() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.sees("bob joined");
    for person in [&ana, &bob] {
        person.sees_people(&["ana", "bob"]);
    }
    ana.say("hello bob");
    bob.hears("ana", "hello bob");
    bob.say("hello ana");
    for person in [&ana, &bob] {
        person.hears("bob", "hello ana");
    }
    assert_eq!(ana.texts(), ["hello bob", "hello ana"]);
    assert_eq!(bob.texts(), ana.texts());
}

#[test]
fn what_is_done_is_seen_by_all() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.say("/me waves");
    bob.hears("ana", "waves");
    bob.page
        .wait_for("document.querySelector('.message.action')");
    ana.say("/topic tea at four");
    for person in [&ana, &bob] {
        person.sees("ana set the topic: tea at four");
        person.shows("#topic", "tea at four");
    }
    ana.say("/nick anna");
    for person in [&ana, &bob] {
        person.sees("ana is now anna");
        person.sees_people(&["anna", "bob"]);
    }
    ana.shows("#me .nick", "anna");
    ana.say("my name is new");
    bob.hears("anna", "my name is new");
}

#[test]
fn somebody_away_is_shown_so_until_they_are_back() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.say("/away out for tea");
    ana.page
        .wait_for("!document.querySelector('#away-note').hidden");
    bob.sees("ana is away (out for tea)");
    let away = "document.querySelector('#people .away')?.dataset.name === 'ana'";
    bob.page.wait_for(away);
    // Who comes later learns it too.
    let eve = chat.enter("eve");
    eve.page.wait_for(away);
    ana.say("/away");
    bob.sees("ana is back");
    for person in [&ana, &bob, &eve] {
        person
            .page
            .wait_for("!document.querySelector('#people .away')");
    }
}

#[test]
fn a_direct_message_reaches_one_person_only() {
    let chat = Chat::start();
    let (ana, bob, eve) = (chat.enter("ana"), chat.enter("bob"), chat.enter("eve"));
    ana.say("/msg bob only you");
    ana.shows("#room-name", "bob");
    ana.hears("ana", "only you");
    bob.page
        .wait_for("document.querySelector('#rooms [data-name=ana] .mentions').textContent === '1'");
    bob.opens("ana");
    bob.hears("ana", "only you");
    bob.say("and you");
    ana.hears("bob", "and you");
    ana.opens("#lobby");
    ana.say("for all");
    eve.hears("ana", "for all");
    assert_eq!(eve.texts(), ["for all"]);
    eve.page
        .wait_for("document.querySelectorAll('#rooms button').length === 1");
}

#[test]
fn a_click_on_a_name_opens_a_conversation() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.sees_people(&["ana", "bob"]);
    ana.page.click("#people [data-name=bob]");
    ana.page.click("#sheet .choice");
    ana.shows("#room-name", "bob");
    ana.page.type_text("hi");
    ana.page.press("Enter");
    bob.opens("ana");
    bob.hears("ana", "hi");
}

#[test]
fn irc_and_plain_lines_meet_the_page() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    let mut irene = chat.irc("irene");
    let mut nick = chat.plain("nico");
    for person in [&ana, &bob] {
        person.sees_people(&["ana", "bob", "irene", "nico"]);
        person.sees("irene and nico joined");
    }
    irene.send("PRIVMSG #lobby :from irc");
    nick.expect_contains("irene: from irc");
    nick.send("from nc");
    irene.expect_contains(":nico!");
    ana.hears("irene", "from irc");
    bob.hears("nico", "from nc");
    ana.say("from the page");
    irene.expect_contains(":ana!");
    nick.expect_contains("ana: from the page");
    bob.hears("ana", "from the page");
    assert_eq!(bob.texts(), ["from irc", "from nc", "from the page"]);
    irene.send("QUIT :bye");
    nick.send("/quit");
    for person in [&ana, &bob] {
        person.sees_people(&["ana", "bob"]);
        person.sees("left");
    }
}

#[test]
fn rooms_are_joined_and_left() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    ana.sees_people(&["ana"]);
    bob.page.fill("#join-name", "tea");
    bob.page.press("Enter");
    bob.shows("#room-name", "#tea");
    bob.say("what tea?");
    ana.hears("bob", "what tea?");
    bob.opens("#lobby");
    ana.say("green");
    bob.page.wait_for(
        "document.querySelector('#rooms [data-name=\"#tea\"] .badge').textContent === '1'",
    );
    bob.opens("#tea");
    bob.say("/part");
    bob.shows("#room-name", "#lobby");
    ana.sees("bob left");
    ana.sees_people(&["ana"]);
}

#[test]
fn a_room_can_be_clicked_while_its_count_changes() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    ana.page.mouse(
        "#rooms [data-name='#lobby']",
        &["mouseMoved", "mousePressed"],
    );
    irene.send("PRIVMSG #lobby :just now");
    ana.shows("#rooms [data-name='#lobby'] .badge", "1");
    ana.page
        .mouse("#rooms [data-name='#lobby']", &["mouseReleased"]);
    ana.shows("#room-name", "#lobby");
}

/// What all this is for.
#[test]
fn two_browsers_irssi_and_netcat_talk_in_one_room() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    let irma = Terminal::irssi(chat.door("irc"), "irma", "Irma Irssi");
    let door = chat.door("plain");
    let nico = Terminal::start(&format!("nc {} {}", door.ip(), door.port()));
    nico.wait_for("your name");
    nico.type_line("nico");
    for person in [&ana, &bob] {
        person.sees_people(&["ana", "bob", "irma", "nico"]);
    }
    ana.say("from the page");
    irma.wait_for("ana> from the page");
    nico.wait_for("ana: from the page");
    irma.type_line("from irssi");
    nico.wait_for("irma: from irssi");
    nico.type_line("from netcat");
    irma.wait_for("nico> from netcat");
    for person in [&ana, &bob] {
        person.hears("nico", "from netcat");
        assert_eq!(
            person.texts(),
            ["from the page", "from irssi", "from netcat"]
        );
    }
    irma.type_line("/quit bye");
    nico.type_line("/quit");
    for person in [&ana, &bob] {
        person.sees_people(&["ana", "bob"]);
    }
}

#[test]
fn a_page_that_reads_too_slowly_shows_where_messages_are_missing() {
    let chat = Chat::dropping();
    let network = Proxy::start(chat.program.door("http"));
    let ana = chat.enter_at(&format!("http://{}/", network.address()), "ana");
    let mut irene = chat.irc("irene");
    irene.send("PRIVMSG #lobby :the first");
    ana.hears("irene", "the first");
    network.cut(Cut::Hang);
    // Few at a time: the page keeps 500 messages, and the gap is to be among them.
    let words = "somebody talks faster than this page reads, and goes on and on. ".repeat(6);
    let lines = format!("PRIVMSG #lobby :{words}\r\n").repeat(50);
    while !chat.holder().stderr().contains("messages were dropped") {
        irene.send_bytes(lines.as_bytes());
        irene.fence();
        thread::sleep(Duration::from_millis(2));
    }
    irene.send("PRIVMSG #lobby :the last");
    network.restore();
    ana.page.wait_up_to(
        3 * PATIENCE,
        "document.querySelector('#log').innerText.includes('the last')",
    );
    let gap = "[...document.querySelectorAll('#log .system .text')].map(one => one.textContent)\
        .filter(text => /^\\d+ messages are missing here: you read too slowly$/.test(text)).length";
    assert_ne!(ana.page.eval(gap), 0);
    let said = ana.said();
    let place = said
        .iter()
        .rposition(|(_, text)| text.contains("missing here"));
    let (before, after) = said.split_at(place.expect("a gap"));
    assert!(
        !before.is_empty() && after.len() > 1,
        "it stands between what came and what came"
    );
    ana.page.eval(
        "[...document.querySelectorAll('#log .system')]\
        .findLast(one => one.innerText.includes('missing here')).scrollIntoView({ block: 'center' })",
    );
    keep_picture(&ana, "messages-missing");
    ana.say("still here");
    irene.expect_contains(":still here");
}
