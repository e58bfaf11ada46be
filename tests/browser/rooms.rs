//! Which rooms there are, and how one comes into them.

use test_support::serde_json::json;

use super::hanging::tell;
use super::looks::phone;
use super::support::{Chat, Person, keep_picture};

/// What the box offers.
const OFFERED: &str =
    "[...document.querySelectorAll('#offers li')].map(one => one.firstChild.textContent)";

/// A chat with rooms of three, two and one.
#[track_caller]
fn rooms(chat: &Chat) -> Vec<test_support::LineClient> {
    let mut people: Vec<_> = ["irene", "tom", "uma"].map(|name| chat.irc(name)).into();
    for (room, from) in [("#den", 2), ("#garden", 0), ("#tea", 1)] {
        for one in &mut people[from..] {
            one.join(room);
        }
    }
    tell(
        &mut people[0],
        &["TOPIC #garden :Garden day on Saturday, everybody welcome"],
    );
    people
}

#[track_caller]
fn is_offered(person: &Person, names: &[&str]) {
    let names = json!(names).to_string();
    person
        .page
        .wait_for(&format!("JSON.stringify({OFFERED}) === {}", json!(names)));
}

#[test]
fn the_box_offers_the_rooms_that_there_are_and_leads_into_one() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let _people = rooms(&chat);
    ana.page.click("#join-name");
    is_offered(&ana, &["#garden", "#tea", "#den"]);
    for scheme in ["dark", "light"] {
        ana.page.color_scheme(scheme);
        keep_picture(&ana, &format!("rooms-offered-{scheme}"));
    }
    // By its name, or what it is about.
    ana.page.type_text("sat");
    is_offered(&ana, &["#garden"]);
    for _ in 0..3 {
        ana.page.press("Backspace");
    }
    is_offered(&ana, &["#garden", "#tea", "#den"]);
    for key in ["ArrowDown", "ArrowDown", "Enter"] {
        ana.page.press(key);
    }
    ana.shows("#room-name", "#tea");
    // Whoever goes in wants to talk.
    ana.page.type_text("hello");
    assert_eq!(ana.draft(), "hello");
    ana.page
        .wait_for("document.querySelector('#offers').hidden");
    ana.page.fill("#box", "");
    // Where one is already is offered no more; a click will do.
    ana.page.click("#join-name");
    is_offered(&ana, &["#garden", "#den"]);
    ana.page.click("#offers li:last-child");
    ana.shows("#room-name", "#den");
    ana.page.wait_for("document.activeElement.id === 'box'");
}

#[test]
fn a_name_with_a_space_leads_nowhere_and_the_box_says_why() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    ana.page.fill("#join-name", "garden club");
    ana.page.press("Enter");
    let box_of = "document.querySelector('#join-name')";
    assert_eq!(
        ana.page.eval(&format!(
            "{box_of}.validity.patternMismatch && {box_of}.title"
        )),
        "No spaces. With a key, send /join room key"
    );
    ana.page.fill("#join-name", "garden ");
    ana.page.press("Enter");
    ana.shows("#room-name", "#garden");
    let known = "[...document.querySelectorAll('#rooms button')].map(one => one.dataset.name)";
    assert_eq!(ana.page.eval(known), json!(["#lobby", "#garden"]));
    // Into a room where one is already, and the words go there.
    ana.page.fill("#join-name", "lobby");
    ana.page.press("Enter");
    ana.shows("#room-name", "#lobby");
    ana.page.fill("#join-name", "lobby");
    ana.page.press("Enter");
    ana.page.wait_for("document.activeElement.id === 'box'");
}

#[test]
fn on_a_phone_list_opens_the_drawer_and_one_touch_leads_into_a_room() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let _people = rooms(&chat);
    phone(&ana.page);
    ana.say("/list");
    is_offered(&ana, &["#garden", "#tea", "#den"]);
    ana.page.wait_for(
        "document.body.matches('.rooms-open') && document.activeElement.id === 'join-name'",
    );
    for scheme in ["dark", "light"] {
        ana.page.color_scheme(scheme);
        ana.page
            .wait_for("document.getAnimations().every(one => one.playState === 'finished')");
        keep_picture(&ana, &format!("phone-rooms-offered-{scheme}"));
    }
    ana.page.click("#offers li");
    ana.shows("#room-name", "#garden");
    ana.page.wait_for("!document.body.matches('.rooms-open')");
}

#[test]
fn what_irc_people_type_first_is_answered() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    for line in ["/ban bob", "/whois bob"] {
        ana.say(line);
        ana.page
            .wait_for_text("nothing was sent. Choose the name in the list of people.");
        ana.page.fill("#box", "");
    }
    ana.say("/list");
    ana.page
        .wait_for("document.activeElement.id === 'join-name'");
}
