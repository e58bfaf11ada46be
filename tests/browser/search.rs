//! What is found of what was said.

use serde_json::json;
use test_support::serde_json;

use super::hanging::{id_of, tell};
use super::support::{Chat, keep_picture};

#[test]
fn what_was_said_is_found_and_shown_in_its_place() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, mut irene) = (chat.enter("ana"), chat.irc("irene"));
    tell(
        &mut irene,
        &["PRIVMSG #lobby :The Wheelbarrow is in the shed"],
    );
    for number in 0..200 {
        irene.send(&format!("PRIVMSG #lobby :{number}"));
    }
    irene.fence();
    ana.hears("irene", "199");
    ana.page.reload();
    ana.is_in("ana");
    ana.say("/join #tea");
    ana.shows("#room-name", "#tea");
    ana.page.press("Control+k");
    ana.page
        .wait_for("document.activeElement.placeholder === 'Words'");
    ana.page.type_text("wheelbarrow");
    ana.page.press("Enter");
    ana.shows("#sheet mark", "Wheelbarrow");
    keep_picture(&ana, "search");
    let found = ana.page.eval(
        "[...document.querySelectorAll('#sheet .result :is(.note, time)')].map(one => one.textContent)",
    );
    ana.shows("#sheet .result .note", "#lobby");
    ana.page.click("#sheet .result");
    ana.shows("#room-name", "#lobby");
    ana.page.wait_for(
        "document.querySelector('#log .flash .text')?.textContent === 'The Wheelbarrow is in the shed'",
    );
    assert!(!id_of(&ana, "The Wheelbarrow is in the shed").is_empty());
    let clock = ana
        .page
        .eval("document.querySelector('#log .flash time').textContent");
    let (found, clock) = (found[1].as_str().unwrap(), clock.as_str().unwrap());
    assert!(
        found.ends_with(&format!(" {clock}")),
        "{found} has the hour as {clock}"
    );
    ana.page.press("Control+k");
    ana.page.type_text("nothing of the kind");
    ana.page.press("Enter");
    ana.page.wait_for_text("Nothing was found.");
    ana.page.press("Escape");
    ana.page.wait_for("!document.querySelector('#sheet').open");
}

#[test]
fn what_was_found_opens_its_conversation_again_and_takes_little_place() {
    let chat = Chat::with(&["--unlimited"]);
    let (ana, mut irene) = (chat.enter("ana"), chat.irc("irene"));
    tell(&mut irene, &["PRIVMSG ana :The Wheelbarrow is yours"]);
    ana.opens("irene");
    ana.hears("irene", "The Wheelbarrow is yours");
    ana.say(&format!("a wheelbarrow{}", "\nand more".repeat(90)));
    ana.page.wait_for(
        "document.querySelector('#log .own .text') && !document.querySelector('#log .pending')",
    );
    ana.say("/part");
    ana.shows("#room-name", "#lobby");
    ana.page.press("Control+k");
    ana.page.type_text("wheelbarrow");
    ana.page.press("Enter");
    ana.page
        .wait_for("document.querySelectorAll('#sheet .result').length === 2");
    keep_picture(&ana, "search-long");
    ana.shows("#sheet .result .note", "with irene");
    let tallest = "Math.max(...[...document.querySelectorAll('#sheet .result')].map(one => one.offsetHeight))";
    let tallest = ana.page.eval(tallest).as_f64().expect("a height");
    assert!((100.0..220.0).contains(&tallest), "{tallest}");
    ana.page.click("#sheet li:last-child .result");
    ana.shows("#room-name", "irene");
    ana.page.wait_for(
        "document.querySelector('#log .flash .text')?.textContent === 'The Wheelbarrow is yours'",
    );
}

#[test]
fn that_not_all_was_looked_through_is_said_beside_what_was_found() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    // The server warns before it gives what it found.
    let source = "let label; WebSocket = class extends WebSocket { \
        send(line) { label = /label=(search\\d+)/.exec(line)?.[1] ?? label; super.send(line); } \
        set onmessage(heard) { super.onmessage = heard && (event => { \
            if (/BATCH \\+\\S+ soju.im.search/.test(event.data)) \
                heard({ data: `@label=${label} :chat WARN SEARCH INCOMPLETE_RESULTS :not everything could be looked through: name a room` }); \
            heard(event); }); } }";
    ana.page.command(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": source}),
    );
    ana.page.reload();
    ana.is_in("ana");
    ana.page.press("Control+k");
    ana.page.type_text("wheelbarrow");
    ana.page.press("Enter");
    ana.page
        .wait_for_text("Nothing was found. Not everything could be looked through: name a room");
}
