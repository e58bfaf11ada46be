//! A chat in a site of somebody's own: its log-in, its colours, its picture.

use std::sync::Arc;

use test_support::example::example;
use test_support::serde_json::json;
use test_support::{Browser, Program};

use super::support::{Person, browser, keep_picture};

struct Site {
    program: Program,
    browser: Arc<Browser>,
}

impl Site {
    fn start() -> Self {
        Self {
            program: Program::start(&example("site"), &["127.0.0.1:0"]),
            browser: browser(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.program.door("http"))
    }

    /// Somebody who comes for the chat, and is asked by the site who they are.
    #[track_caller]
    fn at_log_in(&self) -> Person {
        let profile = self.browser.profile();
        let person = Person::at(profile.page(&self.url("/")), profile);
        person
            .page
            .wait_for("location.pathname === '/club' && document.readyState === 'complete'");
        person
    }

    #[track_caller]
    fn enter(&self, name: &str) -> Person {
        let person = self.at_log_in();
        person.log_in(name);
        person
    }
}

/// The colours of the tab's icon: at its ground, its dot and the middle one of the dice's.
const PIXELS: &str = "
    const image = new Image(), pen = new OffscreenCanvas(32, 32).getContext('2d', { willReadFrequently: true });
    image.src = document.querySelector('#icon').href;
    await image.decode();
    pen.drawImage(image, 0, 0);
    return [[16, 28], [24, 8], [16, 16]].map(([x, y]) => [...pen.getImageData(x, y, 1, 1).data].slice(0, 3).join());";

#[test]
fn users_of_a_site_are_people_of_its_chat() {
    let site = Site::start();
    let ana = site.at_log_in();
    ana.page
        .wait_for("document.querySelector('img').naturalWidth > 0");
    keep_picture(&ana, "site-log-in");
    ana.log_in("ana");
    let bob = site.enter("bob");
    bob.say("who has the dice?");
    ana.hears("bob", "who has the dice?");
    ana.sees_people(&["ana", "bob"]);
    let accent = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()";
    assert!(
        ["#8c4a08", "#f0b35e"]
            .map(Into::into)
            .contains(&ana.page.eval(accent))
    );
    keep_picture(&ana, "site");
    // Its picture is that of the chat too, in the tab with a dot when somebody is wanted.
    let shown = "document.querySelector('.brand img').naturalWidth === 28";
    assert_eq!(ana.page.eval(shown), true);
    ana.page.hidden(true);
    bob.say("@ana: is it you?");
    ana.page
        .wait_for("document.title === '(1) #lobby – The dice club'");
    assert_eq!(
        ana.page.eval(&format!("(async () => {{ {PIXELS} }})()")),
        json!(["217,130,43", "229,72,77", "255,255,255"])
    );
    ana.page.hidden(false);
    ana.page
        .wait_for("document.querySelector('#icon').href.endsWith('/assets/icon.svg')");

    // Out of the chat: the page says so, and one link leads back.
    ana.page.click("#logout button");
    ana.page.wait_for_text("You are not in the chat");
    keep_picture(&ana, "site-outside");
    bob.sees("ana left");
    ana.page.click("main a");
    ana.is_in("ana");

    // Out of the site, in another tab: the chat's tab is sent to the log-in.
    let front = ana.another_tab(&site.url("/club"));
    front.page.click("main button");
    ana.page
        .wait_for("location.pathname === '/club' && document.readyState === 'complete'");
    ana.page.wait_for_text("Your name in the club");
    bob.sees_people(&["bob"]);
}
