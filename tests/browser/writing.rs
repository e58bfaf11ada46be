//! What the box does: completion, recall, commands, long texts; and that the focus returns to it.

use serde_json::json;
use test_support::serde_json;

use super::support::{Chat, Person};

fn has_the_box(person: &Person) {
    person.page.wait_for("document.activeElement.id === 'box'");
}

#[test]
fn names_are_completed() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let _others = [chat.irc("irene"), chat.irc("irmgard"), chat.irc("nico")];
    ana.sees_people(&["ana", "irene", "irmgard", "nico"]);
    has_the_box(&ana);
    for (typed, completed) in [
        ("ni", "nico: "),
        ("hi ni", "hi nico "),
        ("hi @ni", "hi @nico "),
        ("/to", "/topic "),
        ("#lo", "#lobby "),
    ] {
        ana.page.fill("#box", typed);
        ana.page.press("Tab");
        assert_eq!(ana.draft(), completed);
    }
    ana.page.fill("#box", "");
    ana.page.type_text("@ir");
    ana.page
        .wait_for("document.querySelectorAll('#completion [role=option]').length === 2");
    ana.page.press("Tab");
    let first = ana.draft();
    ana.page.press("Tab");
    let mut both = [first, ana.draft()];
    both.sort();
    assert_eq!(both, ["@irene ", "@irmgard "]);
    has_the_box(&ana);
    ana.page.press("Escape");
    ana.page
        .wait_for("document.querySelector('#completion').hidden");
    ana.page.fill("#box", "@ir");
    ana.page.click("#completion li:last-child");
    assert_eq!(ana.draft(), "@irmgard ");
    has_the_box(&ana);
}

#[test]
fn tab_in_an_empty_box_goes_on_to_the_next_thing() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    has_the_box(&ana);
    ana.page.press("Tab");
    ana.page.wait_for("document.activeElement.id === 'send'");
}

#[test]
fn what_was_said_is_recalled() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    for text in ["one", "two"] {
        ana.say(text);
        ana.hears("ana", text);
    }
    for (key, draft) in [
        ("ArrowUp", "two"),
        ("ArrowUp", "one"),
        ("ArrowUp", "one"),
        ("ArrowDown", "two"),
        ("ArrowDown", ""),
    ] {
        ana.page.press(key);
        assert_eq!(ana.draft(), draft);
    }
    ana.page.press("ArrowUp");
    ana.page.press("Enter");
    ana.page
        .wait_for("document.querySelectorAll('#log .post').length === 3");
    assert_eq!(ana.texts(), ["one", "two", "two"]);
}

#[test]
fn an_unknown_command_is_explained_and_not_sent() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let mut irene = chat.irc("irene");
    ana.say("/jion #tea");
    ana.page
        .wait_for_text("There is no command /jion; nothing was sent");
    assert_eq!(ana.draft(), "/jion #tea");
    ana.say("/nick");
    ana.page.wait_for_text("Write it like this: /nick name");
    ana.say("/help");
    for command in [
        "/nick", "/join", "/part", "/msg", "/me", "/topic", "/who", "/away",
    ] {
        ana.sees(command);
    }
    ana.say("/who");
    ana.sees("2 in #lobby: ana, irene");
    ana.say("//etc is a folder");
    ana.hears("ana", "/etc is a folder");
    let heard = irene.expect_contains("PRIVMSG");
    assert!(heard.ends_with(":/etc is a folder"), "{heard}");
}

#[test]
fn a_refusal_says_what_to_do() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let _irene = chat.irc("irene");
    for (said, answer) in [
        (
            "/nick irene",
            "The name irene is taken. Choose another: /nick irene_",
        ),
        ("/nick 1st", "A name starts with a letter"),
        (
            "/msg nobody hello",
            "here is called nobody. They may have left",
        ),
        ("/join #a,b?", "A room's name starts with #"),
    ] {
        ana.say(said);
        ana.page.wait_for_text(answer);
    }
}

#[test]
fn what_leads_elsewhere_does_not_stay_in_the_box_of_the_room() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, _bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.page.type_text("/msg bob the secret is 42");
    ana.page.press("Enter");
    ana.shows("#room-name", "bob");
    ana.hears("ana", "the secret is 42");
    assert_eq!(ana.draft(), "");
    ana.opens("#lobby");
    assert_eq!(ana.draft(), "");
    let kept = ana.page.eval("JSON.stringify(localStorage)").to_string();
    assert!(!kept.contains("42"), "{kept}");
}

#[test]
fn what_is_typed_while_the_page_connects_stays_in_the_box() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let source = "const held = []; window.let_go = () => held.splice(0).forEach(send => send()); \
        WebSocket = class extends WebSocket { send(line) { \
            window.is_free ? super.send(line) : held.push(() => super.send(line)); } }";
    ana.page.command(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": source}),
    );
    for (typed, before) in [("Hello", ""), ("again", "Hello\n")] {
        ana.page.reload();
        ana.page.wait_for(
            "document.body.dataset.state === 'open' && !document.querySelector('#app').hidden",
        );
        ana.page.click("#box");
        ana.page.type_text(typed);
        ana.page.eval("window.is_free = true, let_go()");
        ana.is_in("ana");
        assert_eq!(ana.draft(), format!("{before}{typed}"));
    }
}

#[test]
fn a_long_text_is_one_message_and_its_lines_are_cut_between_words() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, bob, mut irene) = (chat.enter("ana"), chat.enter("bob"), chat.irc("irene"));
    let text = "größere Wörter — and emoji 👩‍👩‍👧 too, ".repeat(40);
    let word = "x".repeat(3000);
    for said in [text.trim(), &word, "end"] {
        ana.say(said);
        bob.hears("ana", said);
    }
    irene.expect_contains(":end");
    let transcript = irene.transcript();
    let parts: Vec<&str> = transcript
        .lines()
        .filter_map(|line| line.split_once(" PRIVMSG #lobby :"))
        .map(|(_, part)| part)
        .collect();
    assert!(parts.iter().all(|part| part.len() < 500), "{parts:?}");
    assert_eq!(parts.concat(), [text.trim(), &word, "end"].concat());
    let first = parts.first().expect("a part");
    assert!(first.ends_with(' '), "between words: {first}");
}

#[test]
fn several_lines_and_code_arrive_as_such() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.page.type_text("one");
    ana.page.press("Shift+Enter");
    ana.page.type_text("two `code` https://chat.example/a?b=c.");
    ana.page.press("Enter");
    bob.hears("ana", "one\ntwo code https://chat.example/a?b=c.");
    let made = "[...document.querySelectorAll('#log code, #log a')].map(one => one.textContent)";
    assert_eq!(
        bob.page.eval(made),
        json!(["code", "https://chat.example/a?b=c"])
    );
    ana.say("```\nlet a = 1;\n  let b = 2;\n```");
    bob.shows("#log pre", "let a = 1;\n  let b = 2;");
}

#[test]
fn the_box_has_the_focus_and_gets_it_back() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let _irene = chat.irc("irene");
    has_the_box(&ana);
    ana.page.type_text("hello");
    ana.page.click("#send");
    ana.hears("ana", "hello");
    has_the_box(&ana);
    ana.sees_people(&["ana", "irene"]);
    ana.page.click("#people [data-name=irene]");
    ana.page.click("#sheet .choice");
    ana.shows("#room-name", "irene");
    has_the_box(&ana);
    ana.opens("#lobby");
    has_the_box(&ana);
    let ring = "getComputedStyle(document.querySelector('#compose')).boxShadow !== 'none'";
    ana.page.wait_for(ring);
}

#[test]
fn each_room_keeps_its_draft() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    ana.page.fill("#box", "for tea");
    ana.opens("#lobby");
    assert_eq!(ana.draft(), "");
    ana.opens("#tea");
    assert_eq!(ana.draft(), "for tea");
}
