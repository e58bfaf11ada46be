//! Who keeps a room in order: what they may do with somebody is offered to them and to nobody else,
//! and everybody is told in words.

use serde_json::json;
use test_support::serde_json;

use super::support::{Chat, Person, keep_picture};

/// What is offered after a click on somebody in the list of people.
#[track_caller]
fn offered(person: &Person, nick: &str) -> Vec<String> {
    person
        .page
        .click(&format!("#people [data-name={}]", json!(nick)));
    person
        .page
        .wait_for("document.querySelector('#sheet').open");
    let choices = "[...document.querySelectorAll('#sheet .choice')].map(one => one.textContent)";
    serde_json::from_value(person.page.eval(choices)).expect("texts")
}

#[track_caller]
fn chooses(person: &Person, text: &str) {
    person.page.eval(&format!(
        "[...document.querySelectorAll('#sheet .choice')].find(one => one.textContent === {}).click()",
        json!(text)
    ));
}

#[test]
fn an_operator_keeps_a_room_in_order_and_others_cannot() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    for person in [&ana, &bob] {
        person.say("/join #tea");
        person.shows("#room-name", "#tea");
    }
    ana.sees_people(&["ana", "bob"]);
    ana.shows("#people [data-name=ana] .mark", "@");
    assert_eq!(offered(&bob, "ana"), ["Message", "Mention"]);
    bob.page.press("Escape");
    let all = ["Message", "Mention", "Make operator", "Give voice"];
    assert_eq!(
        offered(&ana, "bob"),
        [&all[..], &["Remove from room", "Ban and remove"]].concat()
    );
    keep_picture(&ana, "person-menu");
    chooses(&ana, "Make operator");
    for person in [&ana, &bob] {
        person.sees("ana made bob an operator");
        person.shows("#people [data-name=bob] .mark", "@");
    }
    assert!(offered(&bob, "ana").contains(&"Remove from room".to_owned()));
    bob.page.press("Escape");
    offered(&ana, "bob");
    ana.page.fill("#sheet input", "he shouts");
    keep_picture(&ana, "person-menu-reason");
    chooses(&ana, "Ban and remove");
    bob.sees("ana removed bob: he shouts");
    ana.sees_people(&["ana"]);
    bob.page
        .wait_for("document.querySelector('#rooms [data-name=\"#tea\"]').matches('.outside')");
    bob.say("/join #tea");
    bob.page.wait_for_text("You are banned in #tea");
    ana.page.click("#bans");
    ana.shows("#sheet-title", "Banned from #tea");
    keep_picture(&ana, "bans");
    chooses(&ana, "Lift");
    ana.sees("ana lifted the ban on");
    ana.say("/mode +e bob!*@*");
    ana.sees("ana exempted bob!*@* from bans");
    ana.say("/mode e");
    ana.shows("#sheet-title", "Exempt from bans in #tea");
    chooses(&ana, "Lift");
    ana.sees("ana no longer exempts bob!*@* from bans");
    ana.say("/mode I");
    ana.shows("#sheet-title", "May come uninvited to #tea");
    ana.shows("#sheet-body", "Nobody.");
    ana.page.press("Escape");
    bob.say("/join #tea");
    ana.sees_people(&["ana", "bob"]);
}

#[test]
fn an_operator_of_the_server_has_rights_everywhere_and_the_password_is_not_kept() {
    let chat = Chat::with_an_operator();
    let (ana, bob, eve) = (chat.enter("ana"), chat.enter("bob"), chat.enter("eve"));
    eve.expects_trouble();
    ana.say("/oper root wrong");
    ana.page
        .wait_for_text("That is not the name and the password of an operator");
    ana.page.type_text("/oper root s3cret");
    ana.page.eval("new Promise(done => setTimeout(done, 500))"); // as long as it takes to keep a draft
    let kept = "JSON.stringify({ ...localStorage, ...sessionStorage }).includes('s3cret')";
    assert_eq!(ana.page.eval(kept), false);
    ana.page.press("Enter");
    ana.sees("You are an operator of the server, and so of each room.");
    ana.page.press("ArrowUp");
    assert_eq!(ana.draft(), "");
    // Also after the page was loaded again.
    ana.page.reload();
    ana.is_in("ana");
    ana.page.wait_for("!document.querySelector('#bans').hidden");
    assert!(offered(&ana, "bob").contains(&"Remove from the server".to_owned()));
    ana.page.press("Escape");
    ana.say("/kick bob too loud");
    bob.sees("ana removed bob: too loud");
    ana.say("/mode +m");
    eve.sees("ana let only people with a voice speak");
    ana.say("/mode");
    ana.sees("#lobby has the modes +m");
    offered(&ana, "eve");
    ana.page.fill("#sheet input", "spam");
    chooses(&ana, "Remove from the server");
    eve.page
        .wait_for("document.querySelector('#state-text').textContent.includes('spam')");
    ana.say("/mode ana -o");
    ana.sees("You are no operator of the server any more.");
    ana.page.wait_for("document.querySelector('#bans').hidden");
    ana.say("/kill bob gone");
    ana.page
        .wait_for_text("Only operators of this server may do that");
}

#[test]
fn the_keyboard_goes_from_room_to_room_and_says_how() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    irene.send("PRIVMSG #lobby :Anybody?");
    ana.shows("#rooms [data-name='#lobby'] .badge", "1");
    ana.page.press("Alt+ArrowUp");
    ana.shows("#room-name", "#lobby");
    ana.page.press("Alt+ArrowUp");
    ana.shows("#room-name", "#tea");
    // In the box it is a character.
    ana.page.type_text("?");
    assert_eq!(ana.draft(), "?");
    ana.page.fill("#box", "");
    ana.page.press("Alt+ArrowDown");
    ana.page.press("Shift+Tab");
    ana.page
        .wait_for("document.activeElement.item?.text === 'Anybody?'");
    ana.page.press("?");
    ana.shows("#sheet-title", "Keyboard");
    keep_picture(&ana, "keyboard");
    ana.page.press("Escape");
    ana.page.wait_for("!document.querySelector('#sheet').open");
    // Whoever types wants to write.
    ana.page.type_text("hi");
    ana.page.wait_for("document.activeElement.id === 'box'");
    assert_eq!(ana.draft(), "hi");
}

#[test]
fn in_a_crowd_comings_and_goings_are_one_line() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let people: Vec<_> = (0..105).map(|i| chat.irc(&format!("p{i}"))).collect();
    let counted =
        "[...document.querySelectorAll('#log .presence .text')].map(one => one.textContent)";
    ana.shows("#people-count", "106");
    let bob = chat.enter("bob");
    bob.page
        .wait_for("document.querySelectorAll('#people button').length === 107");
    drop(people);
    ana.shows("#people-count", "2");
    ana.sees_people(&["ana", "bob"]);
    let lines = ana.page.eval(counted);
    let lines = lines.as_array().expect("lines");
    assert!(lines.len() < 5, "{lines:?}");
    keep_picture(&ana, "crowd");
}
