//! Whoever wrote to somebody directly while the page heard nothing is there when it is back: nobody
//! knows them yet, so no list would lead to their words.

use serde_json::json;
use test_support::{Cut, LineClient, Proxy, serde_json, tempfile};

use super::support::{Chat, Person, again_at, behind, cut, heal, is, retry};

/// Tells it, and waits until the chat has it.
fn tell(from: &mut LineClient, whom: &str, text: &str) {
    from.send(&format!("PRIVMSG {whom} :{text}"));
    from.fence();
}

/// Waits until so many messages of them are unread.
#[track_caller]
fn counts(person: &Person, name: &str, count: &str) {
    let badge = format!("#rooms [data-name={}] .badge", json!(name));
    person.shows(&badge, count);
}

fn breaks_for_a_moment(proxy: &Proxy, person: &Person) {
    cut(proxy, person);
    heal(proxy, person);
}

#[test]
fn a_stranger_s_words_that_the_network_swallowed_are_told_as_unread() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut bob) = (behind(&proxy, &chat, "ana"), chat.irc("bob"));
    ana.expects_trouble();
    ana.sees("bob joined");
    proxy.cut(Cut::Deafen);
    tell(&mut bob, "ana", "please call me");
    tell(&mut bob, "ana", "it is urgent");
    // What the chat notices to be missed is not all that is missed.
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    is(&ana, "waiting");
    tell(&mut bob, "ana", "are you there?");
    proxy.restore();
    retry(&ana);
    counts(&ana, "bob", "3");
    ana.page.wait_for("document.title.startsWith('(3) ')");
    ana.opens("bob");
    let texts = ["please call me", "it is urgent", "are you there?"];
    ana.hears("bob", "are you there?");
    assert_eq!(ana.texts(), texts);
}

#[test]
fn they_are_told_after_a_reload_and_not_again_once_they_were_read() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut bob) = (behind(&proxy, &chat, "ana"), chat.irc("bob"));
    ana.expects_trouble();
    ana.sees("bob joined");
    proxy.cut(Cut::Deafen);
    tell(&mut bob, "ana", "please call me");
    proxy.drop_connections();
    proxy.restore();
    for _ in 0..2 {
        ana.page.reload();
        ana.is_in("ana");
        counts(&ana, "bob", "1");
    }
    ana.opens("bob");
    ana.hears("bob", "please call me");
    ana.page.wait_for_text("Nothing older is kept.");
    // It is closed, and what was read does not open it.
    ana.say("/part bob");
    let rooms =
        "[...document.querySelectorAll('#rooms [data-name]')].map(one => one.dataset.name).join()";
    ana.page.wait_for(&format!("{rooms} === '#lobby'"));
    breaks_for_a_moment(&proxy, &ana);
    bob.send("PRIVMSG #lobby :end");
    ana.hears("bob", "end");
    assert_eq!(ana.page.eval(rooms), "#lobby");
    tell(&mut bob, "ana", "one more");
    counts(&ana, "bob", "1");
}

#[test]
fn they_are_told_after_the_server_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let data = ["--data", folder.path().to_str().unwrap()];
    let mut chat = Chat::with(&data);
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut kim) = (behind(&proxy, &chat, "ana"), chat.irc("kim"));
    ana.expects_trouble();
    ana.sees("kim joined");
    let http = chat.program.door("http");
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    is(&ana, "waiting");
    tell(&mut kim, "ana", "meet at nine");
    chat.program.signal("KILL");
    chat.program.wait(test_support::PATIENCE);
    chat.program = again_at(http, &data);
    proxy.restore();
    retry(&ana);
    counts(&ana, "kim", "1");
    ana.opens("kim");
    ana.hears("kim", "meet at nine");
}
