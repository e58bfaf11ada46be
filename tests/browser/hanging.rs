//! What hangs on messages: answers, reactions, who is writing, and that one was deleted.

use serde_json::json;
use test_support::{LineClient, PATIENCE, serde_json};

use super::looks::phone;
use super::support::{Chat, Person, keep_picture};

/// Waits until a message says this, and gives its id as the page sends it.
#[track_caller]
pub(super) fn id_of(person: &Person, text: &str) -> String {
    let script = format!(
        "[...document.querySelectorAll('#log .message')].find(one => one.item?.text === {})?.item.id",
        json!(text)
    );
    person.page.wait_for(&script);
    person
        .page
        .eval(&script)
        .as_str()
        .expect("an id")
        .to_owned()
}

/// Puts the mouse over a message, and clicks on a button of its bar.
#[track_caller]
pub(super) fn does(person: &Person, text: &str, button: &str) {
    id_of(person, text);
    person.page.eval(&format!(
        "[...document.querySelectorAll('#log .message .text')].find(one => one.textContent === {}).id = 'aim'",
        json!(text)
    ));
    person.page.mouse("#aim", &["mouseMoved"]);
    presses(
        person,
        &format!(
            "[...document.querySelectorAll('#bar button')].find(one => one.textContent === {})",
            json!(button)
        ),
    );
    person
        .page
        .eval("document.querySelector('#aim').removeAttribute('id')");
}

/// Presses a button as soon as it is there. Not by where it is: whatever comes into the room may move it meanwhile.
pub(super) fn presses(person: &Person, button: &str) {
    let press = format!("(button => button && (button.click(), true))({button}) === true");
    person.page.wait_for(&press);
}

fn presses_first(person: &Person, selector: &str) {
    presses(
        person,
        &format!("document.querySelector({})", json!(selector)),
    );
}

pub(super) fn tell(speaker: &mut LineClient, lines: &[&str]) {
    for line in lines {
        speaker.send(line);
    }
    speaker.fence();
}

#[test]
fn an_answer_shows_what_it_answers_and_leads_there() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, mut irene) = (chat.enter("ana"), chat.irc("irene"));
    tell(&mut irene, &["PRIVMSG #lobby :Who has the key?"]);
    does(&ana, "Who has the key?", "Reply");
    ana.page.wait_for("document.activeElement.id === 'box'");
    ana.shows("#answered", "Reply to irene Who has the key?");
    keep_picture(&ana, "reply");
    ana.page.type_text("I do.");
    ana.page.press("Enter");
    ana.hears("ana", "I do.");
    ana.shows("#log .own .quote", "irene Who has the key?");
    ana.page
        .wait_for("document.querySelector('#answering').hidden");
    for number in 0..120 {
        irene.send(&format!("PRIVMSG #lobby :{number}"));
    }
    irene.fence();
    ana.hears("irene", "119");
    let quote = "document.querySelector('#log .quote')";
    ana.page.eval(&format!("{quote}.click()"));
    let flashes = "document.querySelector('#log .flash .text')?.textContent === 'Who has the key?'";
    ana.page.wait_for(flashes);
    // Another browser has to ask for it.
    let bob = chat.enter("bob");
    let id = id_of(&ana, "Who has the key?");
    irene.send("CAP REQ :message-tags");
    irene.send(&format!("@+draft/reply={id} PRIVMSG #lobby :Still?"));
    irene.fence();
    bob.hears("irene", "Still?");
    bob.shows("#log .quote", "An earlier message");
    bob.page.eval(&format!("{quote}.click()"));
    bob.page.wait_for(flashes);
    bob.shows("#log .quote", "irene Who has the key?");
    bob.page.wait_for("document.querySelector('#log .fill')");
    keep_picture(&bob, "hole");
    // A hole is filled a page at a time.
    bob.page.wait_for(
        "(document.querySelector('#log .fill')?.click(), document.querySelectorAll('#log .post').length > 100)",
    );
}

#[test]
fn a_reaction_is_counted_and_taken_back() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.say("Cake on Saturday?");
    does(&bob, "Cake on Saturday?", "React");
    keep_picture(&bob, "reactions-to-choose");
    bob.page.eval("[...document.querySelectorAll('#bar button')].find(one => one.textContent === '🎉').id = 'party'");
    presses_first(&bob, "#party");
    for person in [&ana, &bob] {
        person.shows("#log .chip", "🎉1");
    }
    presses_first(&ana, "#log .chip");
    bob.shows("#log .chip", "🎉2");
    let title = "document.querySelector('#log .chip').title";
    assert_eq!(bob.page.eval(title), "bob, ana");
    ana.page
        .wait_for("document.querySelector('#log .chip').matches('.mine[aria-pressed=true]')");
    // Somebody's own, from the keyboard.
    ana.page.press("Shift+Tab");
    ana.page.press("Enter");
    ana.page.press("ArrowRight");
    ana.page.press("Enter");
    ana.page.press("ArrowLeft");
    ana.page.type_text("on time?");
    ana.page.press("Enter");
    bob.page
        .wait_for("document.querySelectorAll('#log .chip').length === 2");
    ana.page
        .wait_for("document.activeElement.item?.text === 'Cake on Saturday?'");
    keep_picture(&ana, "reactions");
    presses_first(&bob, "#log .chip");
    ana.shows("#log .chip", "🎉1");
    presses_first(&ana, "#log .chip");
    for person in [&ana, &bob] {
        person.shows("#log .chip", "on time?1");
    }
    assert_eq!(
        ana.texts(),
        ["Cake on Saturday?"],
        "reactions are no messages"
    );
}

#[test]
fn who_is_writing_is_seen_by_others_until_they_have_written() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    bob.page.type_text("Wh");
    ana.shows("#typing", "bob is typing…");
    keep_picture(&ana, "typing");
    assert_eq!(
        bob.page
            .eval("document.querySelector('#typing').textContent"),
        ""
    );
    bob.page.press("Enter");
    ana.hears("bob", "Wh");
    ana.page
        .wait_for("document.querySelector('#typing').hidden");
    // A command is nobody's business; who stops is forgotten.
    bob.page.type_text("/nick rob");
    let mut irene = chat.irc("irene");
    irene.send("CAP REQ :message-tags");
    irene.send("@+typing=active TAGMSG #lobby");
    ana.shows("#typing", "irene is typing…");
    ana.page
        .wait_up_to(PATIENCE, "document.querySelector('#typing').hidden");
}

#[test]
fn on_a_phone_a_touch_shows_what_may_be_done() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, mut irene) = (chat.enter("ana"), chat.irc("irene"));
    tell(
        &mut irene,
        &[
            "PRIVMSG #lobby :Shall we meet at ten?",
            "PRIVMSG #lobby :Or at eleven?",
        ],
    );
    phone(&ana.page);
    ana.page.color_scheme("dark");
    id_of(&ana, "Or at eleven?"); // or it moves the other one away from under the finger
    let message = "[...document.querySelectorAll('#log .message')].find(one => one.item?.text === 'Shall we meet at ten?')";
    let at = ana.page.eval(&format!(
        "(({{ x, y }}) => [{{ x: x + 90, y: y + 30 }}])({message}.getBoundingClientRect())"
    ));
    for (kind, points) in [("touchStart", &at), ("touchEnd", &json!([]))] {
        let touch = json!({"type": kind, "touchPoints": points});
        ana.page.command("Input.dispatchTouchEvent", touch);
    }
    ana.page.wait_for("!document.querySelector('#bar').hidden");
    keep_picture(&ana, "phone-bar");
    presses_first(&ana, "#bar .react");
    ana.page.viewport(320, 640, true);
    for scheme in ["dark", "light"] {
        ana.page.color_scheme(scheme);
        keep_picture(&ana, &format!("phone-reactions-{scheme}"));
    }
    presses_first(&ana, "#bar button:nth-child(2)");
    ana.shows("#log .chip .count", "1");
    ana.page.eval(&format!("{message}.click()"));
    presses_first(&ana, "#bar .reply");
    ana.page.fill(
        "#box",
        "Ten is fine, and I bring the long ladder from the shed.",
    );
    ana.page.press("Enter");
    ana.shows("#log .own .quote", "irene Shall we meet at ten?");
    keep_picture(&ana, "phone-reply");
}

#[test]
fn a_notification_tells_what_is_wanted_only_when_it_was_asked_for() {
    let chat = Chat::start();
    let (ana, mut irene) = (chat.enter("ana"), chat.irc("irene"));
    ana.page.eval(
        "window.shown = []; window.Notification = class { \
            static permission = 'default'; \
            static async requestPermission() { return this.permission = 'granted'; } \
            constructor(title, { body = '' }) { shown.push(`${title}: ${body}`); } close() {} }",
    );
    let wanted = |text: &str| format!("PRIVMSG #lobby :ana: {text}");
    ana.page.hidden(true);
    tell(&mut irene, &[&wanted("nobody asked")]);
    ana.page.wait_for("document.title.startsWith('(1)')");
    ana.page.hidden(false);
    ana.page.click("#bell");
    ana.page.wait_for_text("Notifications are on.");
    tell(&mut irene, &[&wanted("I see this")]);
    ana.hears("irene", "ana: I see this");
    ana.page.hidden(true);
    tell(&mut irene, &["PRIVMSG #lobby :for all", &wanted("look")]);
    ana.page.wait_for("shown.length === 1");
    ana.page.hidden(false);
    ana.page.click("#bell");
    ana.page.hidden(true);
    tell(&mut irene, &["PRIVMSG ana :secret"]);
    ana.page.wait_for("shown.length === 2");
    assert_eq!(
        ana.page.eval("shown"),
        json!(["irene in #lobby: ana: look", "irene: "])
    );
}

#[test]
fn a_deleted_message_is_gone_everywhere_and_stays_gone() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.say("My password is hunter2");
    does(&bob, "My password is hunter2", "Reply");
    bob.say("Is it?");
    ana.hears("bob", "Is it?");
    does(&bob, "My password is hunter2", "Reply");
    let bar = "[...document.querySelectorAll('#bar button')].map(one => one.textContent).join()";
    assert_eq!(bob.page.eval(bar), "Reply,React", "it is not his");
    does(&ana, "My password is hunter2", "Delete");
    keep_picture(&ana, "delete");
    presses_first(&ana, "#bar .wrong");
    ana.sees("Message deleted by ana");
    ana.page.click("#box");
    ana.page.press("ArrowUp");
    assert_eq!(ana.draft(), "", "it is not brought back either");
    for person in [&ana, &bob] {
        person.sees("Message deleted by ana");
        person.shows("#log .quote", "ana message deleted");
    }
    bob.page
        .wait_for("document.querySelector('#answering').hidden");
    keep_picture(&bob, "deleted");
    for person in [&ana, &bob] {
        person.page.reload();
        person.sees("Is it?");
        let everything = "document.documentElement.innerText + JSON.stringify(localStorage)";
        person
            .page
            .wait_for(&format!("!({everything}).includes('hunter2')"));
    }
}

#[test]
fn reactions_are_there_again_after_a_reload() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.say("Cake?");
    does(&bob, "Cake?", "React");
    presses_first(&bob, "#bar button:nth-child(2)");
    ana.shows("#log .chip", "❤️1");
    presses_first(&ana, "#log .chip");
    bob.shows("#log .chip", "❤️2");
    presses_first(&bob, "#log .chip");
    ana.shows("#log .chip", "❤️1");
    for person in [&ana, &bob] {
        person.page.reload();
        person.shows("#log .chip", "❤️1");
    }
    assert_eq!(
        ana.page.eval("document.querySelector('#log .chip').title"),
        "ana"
    );
}
