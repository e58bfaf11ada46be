//! How the conversation is read: its end is followed, what belongs together stands together, and
//! who is wanted is told.

use serde_json::json;
use test_support::{LineClient, serde_json};

use super::support::{Chat, Person};

fn tell(speaker: &mut LineClient, count: usize) {
    for number in 1..=count {
        speaker.send(&format!("PRIVMSG #lobby :line {number} of {count}"));
    }
    speaker.fence();
}

/// Distance of what is shown from the end, in CSS pixels.
fn distance(person: &Person) -> i64 {
    let script = "(({ scrollHeight, scrollTop, clientHeight }) => \
        Math.round(scrollHeight - scrollTop - clientHeight))(document.querySelector('#scroll'))";
    person.page.eval(script).as_i64().expect("a number")
}

fn scroll_up(person: &Person, pixels: i64) {
    person.page.eval(&format!(
        "new Promise(done => {{ const pane = document.querySelector('#scroll'); \
         pane.scrollTop -= {pixels}; requestAnimationFrame(() => setTimeout(done, 50)); }})"
    ));
}

#[test]
fn the_end_is_followed_by_those_who_are_near_it() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    tell(&mut irene, 60);
    ana.hears("irene", "line 60 of 60");
    assert!(distance(&ana) <= 1, "{}", distance(&ana));
    scroll_up(&ana, 60);
    tell(&mut irene, 1);
    ana.hears("irene", "line 1 of 1");
    assert!(distance(&ana) <= 1, "{}", distance(&ana));
}

#[test]
fn the_place_of_those_who_read_above_is_kept() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    tell(&mut irene, 60);
    ana.hears("irene", "line 60 of 60");
    scroll_up(&ana, 400);
    let place = ana.page.eval("document.querySelector('#scroll').scrollTop");
    tell(&mut irene, 3);
    ana.shows("#new-messages", "3 new ↓");
    assert_eq!(
        ana.page.eval("document.querySelector('#scroll').scrollTop"),
        place
    );
    ana.page.click("#new-messages");
    ana.page
        .wait_for("document.querySelector('#new-messages').hidden");
    ana.page.wait_for("document.activeElement.id === 'box'");
    assert!(distance(&ana) <= 1, "{}", distance(&ana));
    // One's own words are always shown.
    scroll_up(&ana, 400);
    ana.say("mine");
    ana.hears("ana", "mine");
    assert!(distance(&ana) <= 1, "{}", distance(&ana));
}

#[test]
fn a_window_that_shrinks_stays_at_the_end() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    tell(&mut irene, 40);
    ana.hears("irene", "line 40 of 40");
    // Both directions of a phone that is turned, and a keyboard that comes up.
    for (width, height) in [
        (1280, 500),
        (390, 400),
        (390, 844),
        (844, 390),
        (390, 844),
        (800, 600),
    ] {
        ana.page.viewport(width, height, false);
        ana.page.wait_for(&format!("innerWidth === {width}"));
        ana.page.wait_for(
            "(({ scrollHeight, scrollTop, clientHeight }) => \
            scrollHeight - scrollTop - clientHeight <= 1)(document.querySelector('#scroll'))",
        );
    }
}

#[test]
fn messages_of_one_author_stand_together_under_a_day() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let (mut irene, mut nico) = (chat.irc("irene"), chat.irc("nico"));
    for _ in 0..2 {
        tell(&mut irene, 2);
        ana.sees("line 2 of 2");
        tell(&mut nico, 1);
        ana.sees("line 1 of 1");
    }
    ana.page
        .wait_for("document.querySelectorAll('#log .post').length === 6");
    let leads = "[...document.querySelectorAll('#log .post')].map(one => one.matches('.lead'))";
    assert_eq!(
        ana.page.eval(leads),
        json!([true, false, true, true, false, true])
    );
    let avatars = "document.querySelectorAll('#log .avatar').length";
    assert_eq!(ana.page.eval(avatars), 4);
    let days = "[...document.querySelectorAll('#log .day[role=separator] time')].map(one => one.dateTime.slice(0, 4) > '2000')";
    assert_eq!(ana.page.eval(days), json!([true]));
    let times = "[...document.querySelectorAll('#log .post time')].every(one => Date.parse(one.dateTime) > 0)";
    assert_eq!(ana.page.eval(times), true);
}

#[test]
fn a_mention_is_marked_and_counted() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    irene.send("PRIVMSG #lobby :bananas are no mention");
    irene.send("PRIVMSG #lobby :Ana: this is");
    ana.hears("irene", "Ana: this is");
    let marked =
        "[...document.querySelectorAll('#log .mention .text')].map(one => one.textContent)";
    assert_eq!(ana.page.eval(marked), json!(["Ana: this is"]));
    assert_eq!(ana.page.eval("document.title"), "#lobby – Chat");
    ana.page.hidden(true);
    let icon = ana.page.eval("document.querySelector('#icon').href");
    irene.send("PRIVMSG #lobby :anybody?");
    ana.page.wait_for("document.title === '• #lobby – Chat'");
    irene.send("PRIVMSG #lobby :@ana?");
    irene.send("PRIVMSG ana :psst");
    ana.page.wait_for("document.title === '(2) #lobby – Chat'");
    assert_ne!(ana.page.eval("document.querySelector('#icon').href"), icon);
    ana.page.hidden(false);
    ana.page.wait_for("document.title === '(1) #lobby – Chat'");
    ana.opens("irene");
    ana.page.wait_for("document.title === 'irene – Chat'");
    assert_eq!(ana.page.eval("document.querySelector('#icon').href"), icon);
}

#[test]
fn the_log_is_announced() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let roles = "['#log', '#status', '#state-text'].map(one => document.querySelector(one)).map(one => [one.role, one.ariaLive])";
    assert_eq!(
        ana.page.eval(roles),
        json!([["log", "polite"], ["status", null], ["status", null]])
    );
    let tree = ana.page.command("Accessibility.getFullAXTree", json!({}));
    let nameless: Vec<_> = nodes(&tree)
        .filter(|node| {
            matches!(
                node["role"]["value"].as_str(),
                Some("button" | "textbox" | "link" | "listitem")
            )
        })
        .filter(|node| {
            node["role"]["value"] != "listitem"
                && node["name"]["value"]
                    .as_str()
                    .unwrap_or_default()
                    .is_empty()
        })
        .filter(|node| node["ignored"] == false)
        .collect();
    assert!(nameless.is_empty(), "{nameless:#?}");
    assert!(nodes(&tree).any(|node| node["role"]["value"] == "log"));
}

fn nodes(tree: &serde_json::Value) -> impl Iterator<Item = &serde_json::Value> {
    tree["nodes"].as_array().expect("nodes").iter()
}

#[test]
fn a_room_shows_what_was_said_before_once() {
    let chat = Chat::with(&["--unlimited"]);
    let mut irene = chat.irc("irene");
    tell(&mut irene, 8);
    let ana = chat.enter("ana");
    ana.hears("irene", "line 8 of 8");
    ana.say("and I");
    ana.hears("ana", "and I");
    assert_eq!(ana.texts().len(), 9);
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    ana.opens("#lobby");
    assert_eq!(ana.texts().len(), 9);
    // Who was not there was not told.
    irene.send("JOIN #den\r\nPRIVMSG #den :between us");
    irene.fence();
    ana.say("/join #den");
    ana.shows("#room-name", "#den");
    ana.hears("irene", "between us");
}
