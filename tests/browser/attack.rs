//! Strangers' text, wherever it is shown: it is read, and never obeyed.

use serde_json::json;
use test_support::{LineClient, eventually, serde_json};

use super::support::{Chat, Person};

/// What has been tried on pages like ours. Each says `alert` if it is ever run.
const PAYLOADS: [&str; 25] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "<svg onload=alert(3)>",
    "\"><script>alert(4)</script>",
    "'-alert(5)-'",
    "</textarea><script>alert(6)</script>",
    "<iframe src=\"javascript:alert(7)\">",
    "javascript:alert(8)",
    "JaVaScRiPt://%0aalert(9)",
    "data:text/html,<script>alert(10)</script>",
    "https://x.example/\"onmouseover=\"alert(11)",
    "https://x.example/'onclick='alert(12)",
    "https://x.example/<script>alert(13)</script>",
    "<a href=\"javascript:alert(14)\">click</a>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(15)>",
    "{{constructor.constructor('alert(16)')()}}",
    "${alert(17)}",
    "`<img src=x onerror=alert(18)>`",
    "```<script>alert(19)</script>```",
    "&lt;script&gt;alert(20)&lt;/script&gt;",
    "<style>@import 'javascript:alert(21)';</style>",
    "<form action=javascript:alert(22)><button>x",
    "<base href=//evil.example>",
    // Without spaces: as long as a name is let through to a page.
    "<img/src/onerror=alert(23)>",
    "__proto__ constructor toString",
];

/// Elements that the page makes of messages: anything else would have come from their text.
const STRANGE: &str = "[...document.querySelectorAll('#log *, #topic *, #rooms *, #people *, #status *, \
    #state-text, #me *')].filter(one => !/^(div|span|bdi|time|button|li|a|code|pre|b|i|u|s|p)$/.test(one.localName) \
    || [...one.attributes].some(({ name }) => /^on|^src|^action|^style$/.test(name) && name !== 'style') \
    || (one.localName === 'a' && !/^https?:$/.test(one.protocol))).map(one => one.outerHTML)";

/// Nothing was run, nothing was refused by the policy, nothing strange is on the page.
fn is_unharmed(person: &Person) {
    assert_eq!(person.page.dialogs(), [""; 0]);
    assert_eq!(person.page.console(), [""; 0]);
    assert_eq!(person.page.eval(STRANGE), json!([]));
    assert_eq!(
        person
            .page
            .eval("document.querySelectorAll('script').length"),
        1
    );
    assert_eq!(
        person
            .page
            .eval("document.querySelectorAll('base, iframe, object, embed, style').length"),
        0
    );
}

/// What is shown of a payload: all of it, but for the marks of code.
fn shown(payload: &str) -> &str {
    payload.trim_matches('`')
}

fn mallory(chat: &Chat) -> LineClient {
    let mut mallory = LineClient::connect(chat.program.door("irc"));
    mallory.send("USER mallory 0 * :<img src=x onerror=alert('name')>");
    mallory.register("mallory");
    mallory.join("#lobby");
    mallory
}

#[test]
fn messages_are_text() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let mut mallory = mallory(&chat);
    for payload in PAYLOADS {
        for line in ["PRIVMSG #lobby", "NOTICE #lobby"] {
            mallory.send(&format!("{line} :{payload}"));
            ana.hears("mallory", shown(payload));
        }
        mallory.send(&format!("PRIVMSG #lobby :\u{1}ACTION {payload}\u{1}"));
    }
    mallory.send("PRIVMSG #lobby :done");
    ana.hears("mallory", "done");
    assert_eq!(ana.texts().len(), 3 * PAYLOADS.len() + 1);
    is_unharmed(&ana);
    let links = ana.page.eval("document.querySelectorAll('#log a').length");
    assert_eq!(links, 3 * 3, "the addresses, up to their first quote");
    let hardened =
        "[...document.querySelectorAll('#log a')].every(a => a.rel === 'noopener noreferrer')";
    assert_eq!(ana.page.eval(hardened), true);
    // Also as history, after a reload.
    ana.page.reload();
    ana.hears("mallory", "done");
    is_unharmed(&ana);
}

#[test]
fn direct_messages_are_text() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let mut mallory = mallory(&chat);
    for payload in PAYLOADS {
        mallory.send(&format!("PRIVMSG ana :{payload}"));
    }
    ana.opens("mallory");
    for payload in PAYLOADS {
        ana.hears("mallory", shown(payload));
    }
    is_unharmed(&ana);
    ana.say("<img src=x onerror=alert('mine')>");
    ana.hears("ana", "<img src=x onerror=alert('mine')>");
    is_unharmed(&ana);
}

#[test]
fn topics_and_reasons_are_text() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let mut mallory = mallory(&chat);
    for payload in PAYLOADS {
        mallory.send(&format!("TOPIC #lobby :{payload}"));
        ana.sees("mallory set the topic: ");
        ana.sees(shown(payload));
        ana.shows("#topic", shown(payload));
        mallory.send(&format!("AWAY :{payload}"));
        ana.page
            .wait_for(&format!("{LAST}.includes({})", json!(payload)));
        mallory.send("AWAY");
        mallory.send(&format!("PART #lobby :{payload}"));
        mallory.send("JOIN #lobby");
        mallory.send(&format!("SETNAME :{payload}"));
    }
    // What people ask about themselves and others comes back as text, too.
    mallory.send(&format!("AWAY :{}", PAYLOADS[1]));
    ana.say("/msg mallory hello");
    ana.sees(PAYLOADS[1]);
    ana.opens("#lobby");
    mallory.send(&format!("QUIT :{}", PAYLOADS[0]));
    ana.sees_people(&["ana"]);
    is_unharmed(&ana);
}

const LAST: &str = "document.querySelector('#log').innerText";

#[test]
fn names_and_rooms_are_refused_or_text() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let mut mallory = mallory(&chat);
    for payload in PAYLOADS {
        let word = payload.replace([' ', ','], "");
        mallory.send(&format!("NICK :{payload}"));
        mallory.send(&format!("NICK {word}"));
        mallory.send(&format!("JOIN #{word}"));
        mallory.send(&format!("PRIVMSG #{word} :x"));
    }
    mallory.send("NICK [`^{|}\\]\r\nPRIVMSG #lobby :a name of marks");
    ana.hears("[`^{|}\\]", "a name of marks");
    mallory.send("NICK __proto__\r\nPRIVMSG #lobby :a name of parts\r\nPRIVMSG ana :psst");
    ana.hears("__proto__", "a name of parts");
    ana.opens("__proto__");
    ana.hears("__proto__", "psst");
    for payload in PAYLOADS {
        let room = payload.replace(' ', "");
        for command in ["/join #", "/nick ", "/msg ", "/", "/topic "] {
            ana.page.fill("#box", &format!("{command}{room}"));
            ana.page.press("Enter");
        }
    }
    ana.page
        .wait_for("document.querySelector('#status').textContent");
    is_unharmed(&ana);
}

/// Names that would pass for `ana`: another case, Cyrillic, full width, and what cannot be seen.
const PRETENDERS: [&str; 9] = [
    "ANA",
    "\u{430}na",
    "\u{ff41}na",
    "ana\u{200b}",
    "a\u{200d}na",
    "an\u{ad}a",
    "\u{202e}ana",
    "\u{2066}ana\u{2069}",
    "\u{200f}ana",
];

#[test]
fn nobody_takes_a_name_that_passes_for_somebody_elses() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let mut mallory = mallory(&chat);
    let eve = chat.at_login("/login");
    eve.expects_trouble();
    for name in PRETENDERS {
        mallory.send(&format!("NICK {name}"));
        mallory.expect(|line| line.contains(" 432 ") || line.contains(" 433 "));
        eve.page.fill("#name", name);
        eve.page.press("Enter");
        eve.page
            .wait_for("document.querySelector('#error')?.textContent");
        eve.page.navigate(&chat.url("/login"));
    }
    ana.sees_people(&["ana", "mallory"]);
    is_unharmed(&ana);
}

#[test]
fn a_link_to_a_room_is_text() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    for payload in &PAYLOADS[..6] {
        let room = ana
            .page
            .eval(&format!("encodeURIComponent({})", json!(payload)));
        let room = room.as_str().expect("a text");
        ana.page.navigate(&chat.url(&format!("/?room={room}")));
        ana.is_in("ana");
        ana.page
            .navigate(&chat.url(&format!("/login?room={room}&name={room}")));
        ana.is_in("ana");
    }
    is_unharmed(&ana);
}

#[test]
fn control_and_bidi_characters_are_harmless() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let mut mallory = mallory(&chat);
    let hostile = "a\u{202e}b\u{2066}c\u{2069}\u{1b}[31md\u{7}\u{8}\u{c}\u{9b}e\u{feff}\u{85}f";
    mallory.send(&format!("PRIVMSG #lobby :{hostile}"));
    ana.hears("mallory", "abc[31mdef");
    mallory.send(&format!("TOPIC #lobby :{hostile}"));
    ana.shows("#topic", "abc[31mdef");
    mallory.send(&format!("AWAY :{hostile}"));
    ana.sees("mallory is away (abc[31mdef)");
    mallory.send("PRIVMSG #lobby :see https://x.example/\u{202e}gpj.exe");
    ana.hears("mallory", "see https://x.example/gpj.exe");
    mallory.send("PRIVMSG #lobby :مرحبا ana שלום");
    ana.hears("mallory", "مرحبا ana שלום");
    let unsafe_left = "/[\\u202a-\\u202e\\u2066-\\u2069\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]/.test(document.body.textContent + document.title)";
    assert_eq!(ana.page.eval(unsafe_left), false);
    is_unharmed(&ana);
}

#[test]
fn a_title_is_text() {
    let title = "</title><script>alert('title')</script>";
    let chat = Chat::with(&["--title", title]);
    let ana = chat.at_login("/login");
    ana.page.wait_for_text(title);
    ana.log_in("ana");
    ana.page.wait_for_text(title);
    eventually("the title", || {
        let shown = ana.page.eval("document.title");
        shown.as_str()?.contains(title).then_some(())
    });
    is_unharmed(&ana);
}
