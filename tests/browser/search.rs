//! What is found of what was said.

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
        .wait_for("document.activeElement.type === 'search'");
    ana.page.type_text("wheelbarrow");
    ana.page.press("Enter");
    ana.shows("#sheet mark", "Wheelbarrow");
    keep_picture(&ana, "search");
    ana.page.click("#sheet .result");
    ana.shows("#room-name", "#lobby");
    ana.page.wait_for(
        "document.querySelector('#log .flash .text')?.textContent === 'The Wheelbarrow is in the shed'",
    );
    assert!(!id_of(&ana, "The Wheelbarrow is in the shed").is_empty());
    ana.page.press("Control+k");
    ana.page.type_text("nothing of the kind");
    ana.page.press("Enter");
    ana.page.wait_for_text("Nothing was found.");
}
