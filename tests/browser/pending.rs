//! What somebody writes is shown at once and never lost: it waits for the connection, goes out once
//! and in order, and what was refused can be tried again.

use serde_json::json;
use test_support::{Cut, LineClient, PATIENCE, Proxy, eventually, serde_json, within};

use super::support::{Chat, Person, behind, cut, ends_session, heal, impatient, is, retry};

/// From now on the page waits as long as it may between two tries to connect.
fn unlucky(person: &Person) {
    person.page.eval("Math.random = () => 0.99");
}

#[track_caller]
fn waits(person: &Person, texts: &[&str]) {
    let pending = "JSON.stringify([...document.querySelectorAll('#log .pending .text')].map(one => one.textContent))";
    let expected = json!(texts).to_string();
    person
        .page
        .wait_for(&format!("{pending} === {}", json!(expected)));
}

/// Waits until the room shows exactly this, with nothing on its way.
#[track_caller]
fn has_said(person: &Person, texts: &[&str]) {
    person.hears("ana", texts.last().expect("a text"));
    waits(person, &[]);
    // What was said before a reload comes with the history, which may be the last to come.
    within(PATIENCE, || (person.texts() == texts).then_some(()));
    assert_eq!(person.texts(), texts);
}

#[test]
fn ten_messages_written_over_a_broken_network_arrive_once_and_in_order() {
    let chat = Chat::with(&["--unlimited"]);
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, bob) = (behind(&proxy, &chat, "ana"), chat.enter("bob"));
    ana.expects_trouble();
    let texts: Vec<String> = (1..=10).map(|number| format!("message {number}")).collect();
    for (number, text) in (1..).zip(&texts) {
        match number {
            // What is said now arrives, and nobody tells so.
            4 => proxy.cut(Cut::Deafen),
            6 => cut(&proxy, &ana),
            8 => heal(&proxy, &ana),
            // What is said now is lost.
            9 => proxy.cut(Cut::Hang),
            10 => cut(&proxy, &ana),
            _ => {}
        }
        ana.say(text);
        assert_eq!(ana.draft(), "");
        if number == 5 {
            bob.hears("ana", text);
        }
    }
    heal(&proxy, &ana);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for person in [&ana, &bob] {
        has_said(person, &texts);
    }
    ana.page.reload();
    ana.is_in("ana");
    has_said(&ana, &texts);
}

#[test]
fn a_message_becomes_its_echo_where_it_stands() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = behind(&proxy, &chat, "ana");
    let mut irene = chat.irc("irene");
    ana.sees("irene joined");
    proxy.cut(Cut::Deafen);
    ana.say("hello");
    waits(&ana, &["hello"]);
    assert!(ana.page.text().contains("on its way"));
    irene.expect_contains("hello");
    ana.page
        .eval("window.row = document.querySelector('#log .pending')");
    proxy.restore();
    waits(&ana, &[]);
    ana.page
        .wait_for("row.isConnected && !row.querySelector('.fate')");
    assert_eq!(ana.texts(), ["hello"]);
}

#[test]
fn what_is_written_without_a_connection_survives_a_reload() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut irene) = (behind(&proxy, &chat, "ana"), chat.irc("irene"));
    ana.expects_trouble();
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    ana.opens("#lobby");
    unlucky(&ana);
    proxy.cut(Cut::Deafen);
    ana.say("said");
    irene.expect_contains(":said");
    cut(&proxy, &ana);
    ana.page.fill("#box", "waves\nlooks around");
    ana.page.press("Enter");
    ana.say("/me smiles");
    ana.opens("#tea");
    ana.say("green?");
    waits(&ana, &["green?"]);
    proxy.restore();
    ana.page.reload();
    ana.is_in("ana");
    has_said(&ana, &["green?"]);
    ana.opens("#lobby");
    let texts = ["said", "waves\nlooks around", "smiles"];
    has_said(&ana, &texts);
    irene.expect_contains("ACTION smiles");
    let transcript = irene.transcript();
    for text in texts.iter().flat_map(|text| text.lines()) {
        assert_eq!(transcript.matches(text).count(), 1, "{transcript}");
    }
}

#[test]
fn what_was_said_into_a_dead_network_is_sent_again() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = behind(&proxy, &chat, "ana");
    ana.expects_trouble();
    impatient(&ana);
    ana.is_in("ana");
    let mut irene = chat.irc("irene");
    proxy.cut(Cut::Hang);
    ana.say("is anybody there?");
    ana.page.wait_for_text("Connection lost");
    waits(&ana, &["is anybody there?"]);
    // What was on its way is lost with the old connections.
    proxy.drop_connections();
    proxy.restore();
    irene.expect_contains("is anybody there?");
    has_said(&ana, &["is anybody there?"]);
}

#[test]
fn a_second_tab_sends_what_the_first_one_had_to_leave() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, bob) = (behind(&proxy, &chat, "ana"), chat.enter("bob"));
    ana.expects_trouble();
    ana.page.eval(
        "window.Way = WebSocket; WebSocket = class { close() {} }; WebSocket.OPEN = Way.OPEN",
    );
    cut(&proxy, &ana);
    ana.say("one");
    ana.say("two");
    waits(&ana, &["one", "two"]);
    proxy.restore();
    let second = ana.another_tab(&format!("http://{}/", proxy.address()));
    second.is_in("ana");
    has_said(&second, &["one", "two"]);
    ana.page.eval("WebSocket = Way");
    ana.page.wait_up_to(
        3 * PATIENCE,
        "document.body.dataset.state === 'ready' || \
        (document.body.dataset.state === 'waiting' && document.querySelector('#state-action').click())",
    );
    has_said(&ana, &["one", "two"]);
    is(&second, "taken");
    // A tab that is not in the chat takes nothing.
    second.say("three");
    second.page.wait_for_text("Your text stays in the box");
    ana.say("four");
    for person in [&ana, &bob] {
        has_said(person, &["one", "two", "four"]);
    }
}

#[test]
fn a_refused_message_says_why_and_can_be_tried_again_taken_back_or_thrown_away() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    ana.say("/msg nobody hello");
    ana.shows("#room-name", "nobody");
    for text in ["one", "two"] {
        ana.say(text);
    }
    ana.page
        .wait_for("document.querySelectorAll('#log .failed').length === 3");
    ana.page.wait_for_text(
        "Not sent: nobody here is called nobody. They may have left, or go by another name.",
    );
    let press = |text: &str, way: &str| {
        let row = "[...document.querySelectorAll('#log .failed')]";
        ana.page.eval(&format!(
            "[...{row}.find(row => row.querySelector('.text').textContent === '{text}')\
            .querySelectorAll('button')].find(one => one.textContent === '{way}').click()"
        ));
    };
    press("one", "Discard");
    waits(&ana, &["hello", "two"]);
    ana.page.fill("#box", "begun");
    press("two", "Edit");
    waits(&ana, &["hello"]);
    assert_eq!(ana.draft(), "two\nbegun");
    // It is still there after a reload, and so is what was begun.
    ana.page.reload();
    is(&ana, "ready");
    ana.shows("#room-name", "nobody");
    waits(&ana, &["hello"]);
    assert_eq!(ana.draft(), "two\nbegun");
    let mut nobody = chat.irc("nobody");
    press("hello", "Retry");
    nobody.expect_contains("PRIVMSG nobody :hello");
    has_said(&ana, &["hello"]);
}

#[test]
fn a_browser_that_keeps_nothing_is_as_good_until_a_reload() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = behind(&proxy, &chat, "ana");
    ana.expects_trouble();
    let source = "for (const name of ['getItem', 'setItem', 'removeItem']) \
        Storage.prototype[name] = () => { throw new DOMException('no', 'QuotaExceededError') }";
    ana.page.command(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": source}),
    );
    ana.page.reload();
    ana.is_in("ana");
    ana.say("one");
    has_said(&ana, &["one"]);
    cut(&proxy, &ana);
    ana.say("two");
    waits(&ana, &["two"]);
    heal(&proxy, &ana);
    has_said(&ana, &["one", "two"]);
}

#[test]
fn what_is_begun_in_a_room_survives_a_reload() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    ana.page.fill("#box", "for tea");
    ana.opens("#lobby");
    ana.page.fill("#box", "for all");
    ana.page.reload();
    ana.is_in("ana");
    ana.shows("#room-name", "#lobby");
    assert_eq!(ana.draft(), "for all");
    ana.say("for you");
    ana.hears("ana", "for you");
    ana.page.reload();
    ana.is_in("ana");
    assert_eq!(ana.draft(), "");
    ana.opens("#tea");
    assert_eq!(ana.draft(), "for tea");
}

#[test]
fn too_much_stays_in_the_box() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = behind(&proxy, &chat, "ana");
    ana.expects_trouble();
    unlucky(&ana);
    cut(&proxy, &ana);
    let twenty = ["/me waits"; 20].join("\n");
    for _ in 0..10 {
        ana.say(&twenty);
        assert_eq!(ana.draft(), "");
    }
    ana.say("one more");
    ana.page
        .wait_for_text("Too many messages wait to be sent. Your text stays in the box.");
    assert_eq!(ana.draft(), "one more");
}

#[test]
fn a_message_without_an_echo_is_sent_again_under_its_id() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut irene) = (behind(&proxy, &chat, "ana"), chat.irc("irene"));
    ana.expects_trouble();
    ana.page.eval(
        "window.sent = []; const send = WebSocket.prototype.send; \
        WebSocket.prototype.send = function (line) { sent.push(line); send.call(this, line); }",
    );
    proxy.cut(Cut::Deafen);
    ana.say("once");
    irene.expect_contains(":once");
    cut(&proxy, &ana);
    irene.send("PRIVMSG #lobby :meanwhile");
    irene.fence();
    heal(&proxy, &ana);
    ana.hears("irene", "meanwhile");
    waits(&ana, &[]);
    assert_eq!(ana.texts(), ["once", "meanwhile"]);
    let tries = "sent.filter(line => line.endsWith(' PRIVMSG #lobby :once'))";
    assert_eq!(ana.page.eval(&format!("{tries}.length")), 2);
    let id = "/^@label=([0-9a-f]{24});chat.local\\/retry=\\1 /.test(line)";
    assert_eq!(ana.page.eval(&format!("{tries}.every(line => {id})")), true);
    assert_eq!(
        ana.page.eval(&format!("new Set({tries}).size")),
        1,
        "the same line"
    );
    irene.send("PRIVMSG #lobby :end");
    ana.hears("irene", "end");
    assert_eq!(irene.transcript().matches(":once").count(), 1);
}

/// Waits until somebody may be called so: behind a gateway when the relay has heard all that was said by who was.
#[track_caller]
fn is_free(chat: &Chat, name: &str) {
    eventually("the name", || {
        let mut next = LineClient::connect(chat.door("irc"));
        next.send(&format!("NICK {name}\r\nUSER u 0 * :u"));
        let is_in = next.next_line().contains(" 001 ");
        next.send("QUIT");
        next.expect_eof();
        is_in.then_some(())
    });
}

#[test]
fn what_had_no_echo_is_not_said_twice_by_the_next_session_of_that_name() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut irene) = (behind(&proxy, &chat, "ana"), chat.irc("irene"));
    ana.expects_trouble();
    ana.sees("irene joined");
    ana.say("/msg irene first");
    has_said(&ana, &["first"]);
    ana.opens("#lobby");
    ana.say("before");
    has_said(&ana, &["before"]);
    proxy.cut(Cut::Deafen);
    ana.say("exactly once");
    ana.say("/msg irene between us");
    irene.expect_contains(":between us");
    cut(&proxy, &ana);
    ana.say("a word to irene");
    ana.opens("#lobby");
    ana.say("never sent");
    ends_session(&chat, &ana);
    is_free(&chat, "ana");
    // More than one page of a history, by several since nobody may talk so fast.
    for guest in 0..11 {
        let mut guest = chat.irc(&format!("guest{guest}"));
        for number in 0..5 {
            guest.send(&format!("PRIVMSG #lobby :{number}"));
        }
        guest.fence();
    }
    proxy.restore();
    retry(&ana);
    ana.page
        .wait_for("location.pathname === '/login' && document.readyState === 'complete'");
    ana.log_in("ana");
    ana.hears("ana", "never sent");
    waits(&ana, &[]);
    let texts = ana.texts();
    let own = texts.iter().filter(|text| *text == "exactly once");
    assert_eq!(own.count(), 1, "{texts:?}");
    ana.opens("irene");
    ana.page
        .wait_for_text("Perhaps sent: your session was over before the answer came.");
    waits(&ana, &["between us"]);
    irene.fence();
    let transcript = irene.transcript();
    for text in [
        "exactly once",
        "between us",
        "a word to irene",
        "never sent",
    ] {
        assert_eq!(transcript.matches(text).count(), 1, "{transcript}");
    }
}
