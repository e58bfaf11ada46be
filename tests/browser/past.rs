//! What was said before, and while nobody looked: where the new begins, further up without a jump,
//! and where something is missing.

use serde_json::json;
use test_support::{Cut, LineClient, Proxy, serde_json};

use super::support::{Chat, Person, behind, is, keep_picture, retry};

/// Waits until the line of new messages stands right above this text, or nowhere.
#[track_caller]
fn is_new_from(person: &Person, text: Option<&str>) {
    let below = "document.querySelector('#log .new-line')?.nextElementSibling.querySelector('.text').textContent";
    person
        .page
        .wait_for(&format!("({below} ?? null) === {}", json!(text)));
}

fn tell(speaker: &mut LineClient, texts: &[&str]) {
    for text in texts {
        speaker.send(&format!("PRIVMSG #lobby :{text}"));
    }
    speaker.fence();
}

fn count(speaker: &mut LineClient, from: u32, to: u32) {
    for number in from..=to {
        speaker.send(&format!("PRIVMSG #lobby :{number}"));
    }
    speaker.fence();
}

fn numbers(from: u32, to: u32) -> Vec<String> {
    (from..=to).map(|number| number.to_string()).collect()
}

#[test]
fn a_line_shows_where_the_new_begins_until_it_is_of_no_use() {
    let chat = Chat::start();
    let (ana, mut irene) = (chat.enter("ana"), chat.irc("irene"));
    tell(&mut irene, &["old"]);
    ana.hears("irene", "old");
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    tell(&mut irene, &["new", "newer"]);
    ana.shows("#rooms [data-name='#lobby'] .badge", "2");
    ana.opens("#lobby");
    is_new_from(&ana, Some("new"));
    ana.shows("#rooms [data-name='#lobby'] .badge", "");
    // While it is read, it stays; after another room it is gone.
    tell(&mut irene, &["newest"]);
    ana.hears("irene", "newest");
    is_new_from(&ana, Some("new"));
    ana.opens("#tea");
    ana.opens("#lobby");
    is_new_from(&ana, None);
    ana.page.hidden(true);
    tell(&mut irene, &["behind your back"]);
    ana.page.wait_for("document.title.startsWith('•')");
    ana.page.hidden(false);
    is_new_from(&ana, Some("behind your back"));
    // Whoever answers has read.
    ana.say("I see");
    ana.hears("ana", "I see");
    is_new_from(&ana, None);
}

#[test]
fn what_came_during_a_reload_is_new_and_counted_elsewhere() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, mut irene) = (chat.enter("ana"), chat.irc("irene"));
    tell(&mut irene, &["old"]);
    ana.hears("irene", "old");
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    irene.send("JOIN #tea\r\nPRIVMSG #tea :green");
    ana.hears("irene", "green");
    ana.page.navigate("about:blank");
    tell(&mut irene, &["new", "ana: newer"]);
    irene.send("PRIVMSG #tea :black");
    irene.fence();
    ana.page.navigate(&chat.url("/"));
    ana.is_in("ana");
    ana.shows("#room-name", "#tea");
    is_new_from(&ana, Some("black"));
    ana.shows("#rooms [data-name='#lobby'] .badge", "1");
    ana.opens("#lobby");
    ana.hears("irene", "old");
    is_new_from(&ana, Some("new"));
    assert_eq!(ana.texts(), ["old", "new", "ana: newer"]);
}

#[test]
fn older_messages_come_without_a_jump_until_there_are_none() {
    let chat = Chat::with(&["--unlimited"]);
    let mut irene = chat.irc("irene");
    count(&mut irene, 1, 180);
    let ana = chat.enter("ana");
    ana.hears("irene", "180");
    assert!(ana.texts().len() <= 100, "{:?}", ana.texts());
    for known in [50, 100, 150] {
        let script = format!(
            "new Promise(done => {{ const pane = document.querySelector('#scroll'), \
            count = () => document.querySelectorAll('#log .post').length, \
            first = [...document.querySelectorAll('#log .post')].find(one => one.querySelector('.text').textContent === '{}'); \
            pane.scrollTop = 30; const top = first.getBoundingClientRect().top, before = count(); \
            const look = () => count() > before ? done(first.isConnected ? first.getBoundingClientRect().top - top : 'gone') : setTimeout(look, 5); \
            look(); }})",
            180 - known + 4
        );
        let moved = ana.page.eval(&script).as_f64();
        let moved = moved.unwrap_or_else(|| panic!("at {known}: it should stay"));
        assert!(moved.abs() < 1.0, "at {known}: moved by {moved} px");
    }
    ana.page
        .eval("document.querySelector('#scroll').scrollTop = 0");
    ana.page.wait_for_text("Nothing older is kept.");
    assert_eq!(ana.texts(), numbers(1, 180));
    // What is said below moves nothing either.
    count(&mut irene, 181, 182);
    ana.shows("#new-messages", "2 new ↓");
    let top = "document.querySelector('#scroll').scrollTop < 300";
    ana.page.wait_for(top);
    ana.page.click("#new-messages");
    ana.page
        .wait_for("document.querySelector('#new-messages').hidden");
    assert_eq!(ana.texts(), numbers(1, 182));
}

#[test]
fn a_room_that_was_only_heard_shows_what_was_said_before() {
    let chat = Chat::with(&["--unlimited"]);
    let mut irene = chat.irc("irene");
    irene.send("JOIN #tea\r\nPRIVMSG #tea :before");
    irene.fence();
    let ana = chat.enter("ana");
    ana.say("/join #tea");
    ana.hears("irene", "before");
    ana.opens("#lobby");
    ana.page.reload();
    ana.is_in("ana");
    irene.send("PRIVMSG #tea :after");
    ana.shows("#rooms [data-name='#tea'] .badge", "1");
    ana.opens("#tea");
    ana.hears("irene", "before");
    assert_eq!(ana.texts(), ["before", "after"]);
}

#[test]
fn a_long_absence_is_filled_in_order_while_others_talk_on() {
    let chat = Chat::with(&["--unlimited"]);
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut irene) = (behind(&proxy, &chat, "ana"), chat.irc("irene"));
    ana.expects_trouble();
    count(&mut irene, 1, 10);
    ana.hears("irene", "10");
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    is(&ana, "waiting");
    count(&mut irene, 11, 350);
    proxy.restore();
    retry(&ana);
    count(&mut irene, 351, 420);
    is(&ana, "ready");
    ana.hears("irene", "420");
    ana.hears("irene", "11");
    ana.page
        .wait_for("document.querySelectorAll('#log .post').length === 420");
    assert_eq!(ana.texts(), numbers(1, 420));
    is_new_from(&ana, Some("11"));
}

#[test]
fn where_messages_are_missing_it_is_said() {
    let chat = Chat::with(&["--unlimited", "--memory", "--limit=journal_bytes=20000"]);
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut irene) = (behind(&proxy, &chat, "ana"), chat.irc("irene"));
    ana.expects_trouble();
    tell(&mut irene, &["one", "two"]);
    ana.hears("irene", "two");
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    is(&ana, "waiting");
    count(&mut irene, 1, 500);
    proxy.restore();
    retry(&ana);
    is(&ana, "ready");
    ana.hears("irene", "500");
    let gap = "document.querySelector('#log .gap').textContent";
    ana.page
        .wait_for(&format!("{gap}.startsWith('Messages are missing here')"));
    let said = ana.said();
    let place = said.iter().position(|(_, text)| text.contains("missing"));
    let before = place.map(|place| said[place - 1].1.as_str());
    assert_eq!(before, Some("two"), "{said:?}");
    ana.page
        .eval("document.querySelector('#log .gap').scrollIntoView({ block: 'center' })");
    keep_picture(&ana, "history-gap");
}

#[test]
fn what_an_acknowledgement_is_worth_is_told_on_the_time_of_a_message() {
    for (args, worth) in [
        (&[][..], "Kept on the server’s disk"),
        (&["--memory"][..], "Kept in the server’s memory"),
    ] {
        let chat = Chat::with(args);
        let ana = chat.enter("ana");
        ana.say("hello");
        ana.hears("ana", "hello");
        ana.page.wait_for(&format!(
            "document.querySelector('#log .own time').title === '{worth}'"
        ));
    }
}

#[test]
fn what_was_read_in_one_browser_is_known_in_the_next() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, mut irene) = (chat.enter("ana"), chat.irc("irene"));
    tell(&mut irene, &["old"]);
    ana.hears("irene", "old");
    ana.page.eval(
        "window.told = []; const send = WebSocket.prototype.send; \
        WebSocket.prototype.send = function (line) { told.push(line); send.call(this, line); }",
    );
    tell(&mut irene, &["read"]);
    ana.page
        .wait_for("told.some(line => line.startsWith('MARKREAD #lobby timestamp='))");
    ana.page.hidden(true);
    tell(&mut irene, &["new"]);
    ana.page.wait_for("document.title.startsWith('•')");
    // Another browser of hers has nothing in store.
    ana.page.eval("localStorage.clear()");
    ana.page.reload();
    ana.page.hidden(false);
    ana.is_in("ana");
    is_new_from(&ana, Some("new"));
    assert_eq!(ana.texts(), ["old", "read", "new"]);
}
