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

/// A finger on the middle of an element, and off again.
fn touches(person: &Person, element: &str) {
    let at = person.page.eval(&format!(
        "(({{ x, y, width, height }}) => [{{ x: x + width / 2, y: y + height / 2 }}])({element}.getBoundingClientRect())"
    ));
    for (kind, points) in [("touchStart", at), ("touchEnd", json!([]))] {
        let touch = json!({"type": kind, "touchPoints": points});
        person.page.command("Input.dispatchTouchEvent", touch);
    }
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
    touches(&ana, &format!("{message}.querySelector('.text')"));
    ana.page.wait_for("!document.querySelector('#bar').hidden");
    keep_picture(&ana, "phone-bar");
    touches(&ana, "document.querySelector('#bar .react')");
    ana.page.wait_for("document.querySelector('#bar input')");
    ana.page.viewport(320, 640, true);
    for scheme in ["dark", "light"] {
        ana.page.color_scheme(scheme);
        keep_picture(&ana, &format!("phone-reactions-{scheme}"));
    }
    touches(&ana, "document.querySelector('#bar button:nth-child(2)')");
    ana.shows("#log .chip .count", "1");
    touches(&ana, &format!("{message}.querySelector('.text')"));
    ana.page.wait_for("document.querySelector('#bar .reply')");
    touches(&ana, "document.querySelector('#bar .reply')");
    ana.shows("#answered", "Reply to irene Shall we meet at ten?");
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
    // Chrome on Android has the name, and does not let pages use it.
    ana.page.eval(
        "Notification = class extends Notification { \
            constructor() { super('', {}); throw new TypeError('Illegal constructor'); } }",
    );
    tell(&mut irene, &[&wanted("on the phone")]);
    ana.hears("irene", "ana: on the phone");
}

#[test]
fn a_deleted_message_is_gone_everywhere_and_stays_gone() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.say("My password is hunter2");
    does(&bob, "My password is hunter2", "Reply");
    let bar = "[...document.querySelectorAll('#bar button')].map(one => one.textContent).join()";
    assert_eq!(bob.page.eval(bar), "Reply,React", "it is not his");
    bob.say("Is it?");
    ana.hears("bob", "Is it?");
    does(&bob, "My password is hunter2", "Reply");
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
        person.shows("#log .quote i", "message deleted");
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

#[test]
fn the_keyboard_deletes_the_message_with_the_focus_wherever_the_mouse_is() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, mut irene) = (chat.enter("ana"), chat.irc("irene"));
    for number in 0..60 {
        ana.say(&format!("mine {number}"));
    }
    ana.say("determine 0");
    ana.hears("ana", "determine 0");
    irene.send("CAP REQ :message-tags");
    let id = id_of(&ana, "mine 0");
    tell(
        &mut irene,
        &[&format!("@+draft/reply={id} PRIVMSG #lobby :Yours?")],
    );
    ana.page.click("#log .quote");
    ana.page
        .wait_for("document.activeElement.item?.text === 'mine 0'");
    ana.page.eval(
        "[...document.querySelectorAll('#log .own')].find(one => one.item.text === 'mine 3').id = 'aim'",
    );
    ana.page.mouse("#aim", &["mouseMoved"]);
    ana.page
        .wait_for("document.querySelector('#log .held').id === 'aim'");
    ana.page.press("Enter");
    for key in ["ArrowLeft", "Enter", "Enter"] {
        ana.page.press(key);
    }
    ana.sees("Message deleted by ana");
    let gone = "[...document.querySelectorAll('#log .own')].flatMap(({ item }, at) => item.removed ? at : [])";
    assert_eq!(ana.page.eval(gone), json!([0]));
    // Whoever uses the keyboard goes on from there.
    ana.page
        .wait_for("document.activeElement.item?.removed && document.activeElement.ariaLabel === 'ana: message deleted'");
    ana.page.press("Escape");
    ana.page.press("ArrowUp");
    assert_eq!(ana.draft(), "determine 0", "it holds other words");
}

#[test]
fn what_may_be_done_with_a_tall_message_is_in_view() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    ana.say(&"a line\n".repeat(90));
    ana.page.wait_for(
        "document.querySelector('#log .own .text') && !document.querySelector('#log .pending')",
    );
    ana.page.press("Shift+Tab");
    let inside = "((bar, pane) => bar.height > 0 && bar.top >= pane.top && bar.bottom <= pane.bottom)\
        (...['#bar', '#scroll'].map(one => document.querySelector(one).getBoundingClientRect()))";
    for place in [200, 0, 10_000] {
        ana.page.eval(&format!(
            "document.querySelector('#scroll').scrollTop = {place}"
        ));
        ana.page.wait_for(inside);
        keep_picture(&ana, &format!("tall-{place}"));
    }
}
