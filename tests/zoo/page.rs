//! The page in a Chromium of Debian's, each visitor with a profile of their own.

use std::sync::Arc;

use test_support::serde_json::json;
use test_support::{Browser, Page, Profile};

use super::guest::Sight;
use super::house::House;

pub(super) struct Visitor {
    page: Page,
    _profile: Profile,
    _browser: Arc<Browser>,
}

impl Visitor {
    pub(super) fn joins(house: &House, browser: &Arc<Browser>, name: &str) -> Self {
        let profile = browser.profile();
        let page = profile.page(&format!("http://{}/", house.http));
        page.fill("#name", name);
        page.press("Enter");
        page.wait_for("document.body.dataset.state === 'ready'");
        page.wait_for("document.querySelector('#room-name').textContent === '#lobby'");
        Self {
            page,
            _profile: profile,
            _browser: Arc::clone(browser),
        }
    }

    pub(super) fn say(&self, text: &str) {
        self.page.fill("#box", text);
        self.page.press("Enter");
    }

    /// Begins to write, and does not send it.
    pub(super) fn types(&self, text: &str) {
        self.page.type_text(text);
    }

    /// Puts an emoji on a message.
    pub(super) fn reacts(&self, text: &str, emoji: &str) {
        self.opens_bar_of(text);
        self.clicks_in_bar("React");
        self.clicks_in_bar(emoji);
    }

    /// Takes a message back.
    pub(super) fn removes(&self, text: &str) {
        self.opens_bar_of(text);
        self.clicks_in_bar("Delete");
        self.page.wait_for("document.querySelector('#bar .wrong')");
        self.page.click("#bar .wrong");
    }

    /// Waits until an element says this.
    #[track_caller]
    pub(super) fn awaits_text(&self, selector: &str, text: &str) {
        let shown = format!("document.querySelector({})?.textContent", json!(selector));
        self.page.wait_for(&format!("{shown} === {}", json!(text)));
    }

    /// Waits until a message is gone that somebody has taken back.
    #[track_caller]
    pub(super) fn awaits_removal(&self, by: &str) {
        self.page.wait_for_text(&format!("Message deleted by {by}"));
    }

    pub(super) fn act(&self, text: &str) {
        self.say(&format!("/me {text}"));
    }

    /// It opens the conversation; the lobby is a click away.
    pub(super) fn whisper(&self, to: &str, text: &str) {
        self.say(&format!("/msg {to} {text}"));
        self.opens(to);
        self.opens("#lobby");
    }

    pub(super) fn set_topic(&self, text: &str) {
        self.say(&format!("/topic {text}"));
    }

    pub(super) fn rename(&self, new: &str) {
        self.say(&format!("/nick {new}"));
        self.page.wait_for(&has_somebody(new));
    }

    pub(super) fn leave(&self) {
        self.say("/quit");
        self.page.wait_for("document.querySelector('#name')");
    }

    pub(super) fn has_seen(&self, sight: &Sight<'_>) -> bool {
        match sight {
            Sight::Joined { who } => self.holds(&has_somebody(who)),
            Sight::Said { who, text } => self.holds(&has_posted("post", who, text)),
            Sight::Acted { who, text } => self.holds(&has_posted("action", who, text)),
            Sight::Whispered { who, text } => self.was_told(who, text),
            Sight::Topic { who, text } => self.shows(&format!("{who} set the topic: {text}")),
            Sight::Renamed { who, new } => self.shows(&format!("{who} is now {new}")),
            Sight::Left { who } => self.holds(&format!("!({})", has_somebody(who))),
        }
    }

    /// Whatever the console holds, but for this: somebody was faster than autofocus.
    pub(super) fn warnings(&self) -> Vec<String> {
        let console = self.page.console().into_iter();
        let warnings = console.filter(|line| !line.contains("Autofocus processing was blocked"));
        warnings.collect()
    }

    /// What stands there, and what the browser's console holds.
    pub(super) fn log(&self) -> String {
        self.page.text() + "\n--- the console\n" + &self.page.console().join("\n")
    }

    /// As a mouse does that comes over it, once the server has given it an id.
    fn opens_bar_of(&self, text: &str) {
        let message = format!(
            "[...document.querySelectorAll('#log .message')].find(one => one.item?.id && one.item.text === {})",
            json!(text)
        );
        self.page.wait_for(&message);
        self.marks(&format!("{message}.querySelector('.text')"));
        self.page.mouse("#aim", &["mouseMoved"]);
    }

    fn clicks_in_bar(&self, label: &str) {
        let button = format!(
            "[...document.querySelectorAll('#bar button')].find(one => one.textContent === {})",
            json!(label)
        );
        self.page.wait_for(&button);
        self.marks(&button);
        self.page.click("#aim");
    }

    /// Makes this the one element that is `#aim`.
    fn marks(&self, element: &str) {
        self.page.eval(&format!(
            "document.querySelector('#aim')?.removeAttribute('id'), {element}.id = 'aim'"
        ));
    }

    fn was_told(&self, who: &str, text: &str) -> bool {
        let name = json!(who);
        if !self.holds(&format!(
            "document.querySelector('#rooms [data-name={name}]')"
        )) {
            return false;
        }
        self.opens(who);
        let was_told = self.holds(&has_posted("post", who, text));
        self.opens("#lobby");
        was_told
    }

    fn opens(&self, name: &str) {
        self.page
            .click(&format!("#rooms [data-name={}]", json!(name)));
        let shown = "document.querySelector('#room-name').textContent";
        self.page.wait_for(&format!("{shown} === {}", json!(name)));
    }

    fn shows(&self, text: &str) -> bool {
        let log = "document.querySelector('#log').innerText";
        self.holds(&format!("{log}.includes({})", json!(text)))
    }

    fn holds(&self, condition: &str) -> bool {
        self.page.eval(&format!("Boolean({condition})")) == json!(true)
    }
}

fn has_somebody(name: &str) -> String {
    let people = "[...document.querySelectorAll('#people button')]";
    format!("{people}.some(one => one.dataset.name === {})", json!(name))
}

fn has_posted(kind: &str, author: &str, text: &str) -> String {
    let of = |part: &str| format!("one.querySelector('.{part}')?.textContent");
    format!(
        "[...document.querySelectorAll('#log .{kind}')].some(one => {} === {} && {} === {})",
        of("author"),
        json!(author),
        of("text"),
        json!(text)
    )
}
