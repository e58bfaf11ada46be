//! Messages of several lines.

use test_support::{Cut, Proxy};

use super::support::{Chat, behind, is, keep_picture, retry};

#[test]
fn several_lines_are_one_message_over_a_broken_network_too() {
    let chat = Chat::with(&["--unlimited"]);
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, bob) = (behind(&proxy, &chat, "ana"), chat.enter("bob"));
    ana.expects_trouble();
    let mut irene = chat.irc("irene");
    let poem = "one\n\n  two\n//three";
    ana.page.fill("#box", poem);
    ana.page.press("Enter");
    bob.hears("ana", poem);
    ana.hears("ana", poem);
    irene.expect_contains(":one");
    irene.expect_contains(":  two");
    irene.expect_contains("://three");
    let long = "the quick brown fox jumps over the lazy dog ".repeat(40);
    ana.say(&long);
    bob.hears("ana", long.trim());
    let code = "```rust\nfn main() {\n    loop {}\n}\n```";
    ana.say(code);
    bob.shows("#log pre", "fn main() {\n    loop {}\n}");
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    is(&ana, "waiting");
    ana.say("written\nwithout a network");
    ana.page.navigate("about:blank");
    proxy.restore();
    ana.page.navigate(&format!("http://{}/", proxy.address()));
    ana.is_in("ana");
    retry(&ana);
    bob.hears("ana", "written\nwithout a network");
    assert_eq!(bob.texts().len(), 4);
    keep_picture(&bob, "several-lines");
}
