//! A network that breaks and a server that goes away: the page says so, comes back, and shows
//! each message once.

use std::time::Duration;

use serde_json::json;
use test_support::{Cut, Proxy, serde_json, tempfile, within};

use super::support::{Chat, again_at, behind, impatient, is, retry};

#[test]
fn what_was_missed_comes_once_and_in_order() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = behind(&proxy, &chat, "ana");
    ana.expects_trouble();
    let mut irene = chat.irc("irene");
    irene.send("PRIVMSG #lobby :0");
    ana.hears("irene", "0");
    for round in 1..=3 {
        proxy.cut(Cut::Refuse);
        proxy.drop_connections();
        ana.page.wait_for_text("Connection lost");
        ana.page.wait_for_text("reconnecting in");
        irene.send(&format!(
            "PRIVMSG #lobby :{round}a\r\nPRIVMSG #lobby :{round}b"
        ));
        irene.fence();
        proxy.restore();
        retry(&ana);
        is(&ana, "ready");
        ana.hears("irene", &format!("{round}b"));
        irene.send(&format!("PRIVMSG #lobby :{round}c"));
        ana.hears("irene", &format!("{round}c"));
    }
    let expected = ["0", "1a", "1b", "1c", "2a", "2b", "2c", "3a", "3b", "3c"];
    assert_eq!(ana.texts(), expected);
    ana.page
        .wait_for("document.querySelector('#state').innerText.trim() === ''");
    ana.sees_people(&["ana", "irene"]);
    let transcript = irene.transcript();
    assert!(!transcript.contains("< :ana!"), "{transcript}");
}

#[test]
fn the_page_comes_back_by_itself_and_keeps_what_was_begun() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = behind(&proxy, &chat, "ana");
    ana.expects_trouble();
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    is(&ana, "waiting");
    // A message can wait for the connection, a command cannot.
    ana.say("/topic tea at four");
    ana.page.wait_for_text("Commands wait in the box");
    ana.page
        .wait_for("!document.querySelector('#box').disabled");
    proxy.restore();
    is(&ana, "ready");
    assert_eq!(ana.draft(), "/topic tea at four");
    ana.page.press("Enter");
    ana.shows("#topic", "tea at four");
    assert_eq!(ana.draft(), "");
}

#[test]
fn a_silent_network_is_noticed() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = behind(&proxy, &chat, "ana");
    ana.expects_trouble();
    impatient(&ana);
    ana.is_in("ana");
    // While the network is whole, silence is no reason to worry, though an answer may take ten seconds.
    let mut irene = chat.irc("irene");
    let lost = || ana.page.text().contains("Connection lost").then_some(());
    assert_eq!(within(Duration::from_secs(15), lost), None);
    is(&ana, "ready");
    proxy.cut(Cut::Hang);
    ana.page.wait_for_text("Connection lost");
    irene.send("PRIVMSG #lobby :meanwhile");
    irene.fence();
    proxy.restore();
    is(&ana, "ready");
    ana.hears("irene", "meanwhile");
    assert_eq!(ana.texts(), ["meanwhile"]);
}

#[test]
fn a_restarted_server_knows_everybody_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = ["--data", folder.path().to_str().unwrap()];
    let mut chat = Chat::with(&data);
    let ana = chat.enter_at(&chat.url("/?room=tea"), "ana");
    ana.expects_trouble();
    let http = chat.program.door("http");
    chat.program.signal("TERM");
    assert!(chat.program.wait(test_support::PATIENCE).success());
    is(&ana, "waiting");
    ana.page.wait_for_text("Connection lost");
    ana.say("said to nobody");
    ana.page.fill("#box", "half a thought");
    chat.program = again_at(http, &data);
    is(&ana, "ready");
    ana.shows("#room-name", "#tea");
    ana.hears("ana", "said to nobody");
    ana.page.wait_for("!document.querySelector('#log .fate')");
    assert_eq!(ana.draft(), "half a thought");
    ana.say("back again");
    ana.hears("ana", "back again");
}

#[test]
fn a_server_that_kept_nothing_asks_for_the_name_again() {
    let mut chat = Chat::with(&["--memory"]);
    let ana = chat.enter_at(&chat.url("/?room=tea"), "ana");
    ana.expects_trouble();
    let http = chat.program.door("http");
    chat.program.signal("KILL");
    is(&ana, "waiting");
    chat.program.wait(test_support::PATIENCE);
    ana.say("said to nobody");
    chat.program = again_at(http, &["--memory"]);
    ana.page
        .wait_for("location.pathname === '/login' && document.readyState === 'complete'");
    // The address changes before the form is there.
    ana.page
        .wait_for("document.querySelector('[name=room]')?.value === '#tea'");
    ana.log_in("ana");
    ana.shows("#room-name", "#tea");
    ana.hears("ana", "said to nobody");
}

#[test]
fn ten_messages_written_while_the_server_is_killed_arrive_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--unlimited", "--data", folder.path().to_str().unwrap()];
    let mut chat = Chat::with(&args);
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    for person in [&ana, &bob] {
        person.expects_trouble();
    }
    let http = chat.program.door("http");
    let texts: Vec<String> = (1..=10).map(|number| format!("message {number}")).collect();
    for (number, text) in (1..).zip(&texts) {
        // What was said right before may be on the disk, on its way, or lost.
        if number == 5 {
            chat.program.signal("KILL");
            chat.program.wait(test_support::PATIENCE);
        }
        ana.say(text);
        if number == 7 {
            chat.program = again_at(http, &args);
        }
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for person in [&ana, &bob] {
        is(person, "ready");
        person.hears("ana", "message 10");
        ana.page
            .wait_for("!document.querySelector('#log .pending')");
        assert_eq!(person.texts(), texts);
    }
    ana.page.reload();
    ana.hears("ana", "message 10");
    assert_eq!(ana.texts(), texts);
}

#[test]
fn a_device_without_a_network_comes_back_when_it_has_one() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = behind(&proxy, &chat, "ana");
    ana.expects_trouble();
    ana.page.command("Network.enable", json!({}));
    let offline = |offline: bool| {
        let conditions = json!({"offline": offline, "latency": 0,
            "downloadThroughput": -1, "uploadThroughput": -1});
        ana.page
            .command("Network.emulateNetworkConditions", conditions);
    };
    offline(true);
    proxy.drop_connections();
    ana.page.wait_for_text("This device is offline");
    offline(false);
    is(&ana, "ready");
}
