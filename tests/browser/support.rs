//! A chat, a browser, and people in both.
#![allow(dead_code)] // the tests of the gateway use other parts

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::json;
use test_support::program::chat_relay;
use test_support::{
    Browser, Cut, LineClient, PATIENCE, Page, Profile, Program, Proxy, serde_json, tempfile,
};

/// The program with a door of each kind, and a browser for all who come by the page. In the tests of
/// the gateway, the doors for lines are those of a relay.
pub(crate) struct Chat {
    browser: Arc<Browser>,
    pub(crate) program: Program,
    relay: Option<Program>,
}

impl Chat {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    pub(crate) fn with(args: &[&str]) -> Self {
        if env!("CARGO_CRATE_NAME") == "gateway_browser" {
            return Self::behind_a_relay(args);
        }
        Self {
            program: start(&[DOORS, args].concat()),
            browser: browser(),
            relay: None,
        }
    }

    /// A chat whose operator is `root`, with the password `s3cret`.
    pub(crate) fn with_an_operator() -> Self {
        let file = tempfile::NamedTempFile::new().expect("a file of our own");
        std::fs::write(file.path(), ROOT).expect("a file of ours");
        let opers = ["--opers", file.path().to_str().expect("a path")];
        if env!("CARGO_CRATE_NAME") == "gateway_browser" {
            return Self::behind(&opers, &["--unlimited"]);
        }
        // It is read at the start.
        Self::with(&[&opers[..], &["--unlimited"]].concat())
    }

    /// A chat with short queues, which drops what was said in rooms for those who read too slowly.
    pub(crate) fn dropping() -> Self {
        let queue = "--limit=send_queue_bytes=65536";
        let args = ["--unlimited", "--slow=drop", queue];
        if env!("CARGO_CRATE_NAME") == "gateway_browser" {
            return Self::behind(&args, &[queue]);
        }
        Self::with(&args)
    }

    fn behind_a_relay(args: &[&str]) -> Self {
        Self::behind(&[], args)
    }

    fn behind(of_the_relay: &[&str], args: &[&str]) -> Self {
        let relay = Program::start(&chat_relay(), &[&DOORS[2..], of_the_relay].concat());
        let at = relay.door("irc").to_string();
        let doors = ["--http", "127.0.0.1:0", "--relay", &at];
        Self {
            program: start(&[&doors, args].concat()),
            browser: browser(),
            relay: Some(relay),
        }
    }

    /// The relay behind the page, to be ended or put back.
    pub(crate) fn relay(&mut self) -> &mut Option<Program> {
        &mut self.relay
    }

    /// The program that holds the chat.
    pub(crate) fn holder(&self) -> &Program {
        self.relay.as_ref().unwrap_or(&self.program)
    }

    /// Where people come in who do not come by the page.
    pub(crate) fn door(&self, name: &str) -> SocketAddr {
        self.holder().door(name)
    }

    /// A chat with a password, `open sesame`.
    pub(crate) fn with_password() -> Self {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "open sesame\n").expect("a file of ours");
        let path = file.path().to_str().expect("a path");
        // It is read at the start.
        Self::with(&["--password-file", path, "--title", "Allotments"])
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.program.door("http"))
    }

    /// Somebody with a browser of their own logs in by the form.
    #[track_caller]
    pub(crate) fn enter(&self, name: &str) -> Person {
        self.enter_at(&self.url("/"), name)
    }

    #[track_caller]
    pub(crate) fn enter_at(&self, url: &str, name: &str) -> Person {
        let profile = self.browser.profile();
        let person = Person::at(profile.page(url), profile);
        person.log_in(name);
        person
    }

    /// Somebody with a browser of their own, who has not logged in.
    #[track_caller]
    pub(crate) fn at_login(&self, path: &str) -> Person {
        let profile = self.browser.profile();
        Person::at(profile.page(&self.url(path)), profile)
    }

    /// Somebody with an IRC client, in the lobby.
    #[track_caller]
    pub(crate) fn irc(&self, nick: &str) -> LineClient {
        let mut client = LineClient::connect(self.door("irc"));
        client.register(nick);
        client.join("#lobby");
        client
    }

    /// Somebody with `nc`, in the lobby.
    #[track_caller]
    pub(crate) fn plain(&self, name: &str) -> LineClient {
        let mut client = LineClient::connect(self.door("plain"));
        client.expect_prompt("name");
        client.send(name);
        client.expect_contains("#lobby");
        client
    }
}

const ROOT: &str = "root $argon2id$v=19$m=19456,t=2,p=1$tHfQgHLlqkfmgkQ4R1xrAg$6I2j0ycmCT8+n0Nv3HXEKhJIx6mJTDdDlPLhMF7o15Y\n";

/// The browser of all tests that run at this moment: each person in it has a profile of their own.
pub(crate) fn browser() -> Arc<Browser> {
    static SHARED: Mutex<Weak<Browser>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let browser = Arc::new(Browser::start());
        *shared = Arc::downgrade(&browser);
        browser
    })
}

pub(crate) const DOORS: &[&str] = &[
    "--http",
    "127.0.0.1:0",
    "--irc",
    "127.0.0.1:0",
    "--plain",
    "127.0.0.1:0",
];

/// A relay where one was before.
pub(crate) fn start_relay(irc: SocketAddr, plain: SocketAddr) -> Program {
    let (irc, plain) = (irc.to_string(), plain.to_string());
    Program::start(&chat_relay(), &["--irc", &irc, "--plain", &plain])
}

/// Keeps a picture where the others are, if pictures are kept.
pub(crate) fn keep_picture(person: &Person, name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = std::env::var_os("CHAT_SCREENSHOTS").filter(|folder| !folder.is_empty());
    if let Some(folder) = folder {
        let file = root.join(folder).join(format!("{name}.png"));
        person.page.screenshot(file);
    }
}

pub(crate) fn start(args: &[&str]) -> Program {
    Program::start(env!("CARGO_BIN_EXE_chat-web"), args)
}

/// A server at an address that another has just left.
pub(crate) fn again_at(http: SocketAddr, more: &[&str]) -> Program {
    let http = http.to_string();
    let doors = ["--http", &http, "--irc", "127.0.0.1:0", "--plain", "none"];
    start(&[&doors, more].concat())
}

/// Somebody at a page. At the end their console must be empty, unless trouble was expected.
pub(crate) struct Person {
    pub(crate) page: Page,
    profile: Rc<Profile>,
    expects_trouble: Cell<bool>,
    expects_question: Cell<bool>,
}

impl Person {
    pub(crate) fn at(page: Page, profile: impl Into<Rc<Profile>>) -> Self {
        page.viewport(1280, 800, false);
        Self {
            page,
            profile: profile.into(),
            expects_trouble: Cell::new(false),
            expects_question: Cell::new(false),
        }
    }

    /// The same person, in a further tab.
    #[track_caller]
    pub(crate) fn another_tab(&self, url: &str) -> Self {
        Self::at(self.profile.page(url), Rc::clone(&self.profile))
    }

    /// Fills in the login form, and waits until the page is in a room.
    #[track_caller]
    pub(crate) fn log_in(&self, name: &str) {
        self.page.fill("#name", name);
        self.page.press("Enter");
        self.is_in(name);
    }

    #[track_caller]
    pub(crate) fn is_in(&self, name: &str) {
        self.page
            .wait_for(&format!("{READY} && {PEOPLE}.includes({})", json!(name)));
    }

    /// Types into the box at once, and presses Enter.
    #[track_caller]
    pub(crate) fn say(&self, text: &str) {
        self.page.fill("#box", text);
        self.page.press("Enter");
    }

    /// Waits until the messages hold this text.
    #[track_caller]
    pub(crate) fn sees(&self, text: &str) {
        self.page
            .wait_for(&format!("{LOG}.innerText.includes({})", json!(text)));
    }

    /// Waits until `author` is seen to have said exactly this.
    #[track_caller]
    pub(crate) fn hears(&self, author: &str, text: &str) {
        self.page.wait_for(&format!(
            "{SAID}.some(said => said[0] === {} && said[1] === {})",
            json!(author),
            json!(text)
        ));
    }

    /// Everything in the room that is shown: author and text, in order.
    #[track_caller]
    pub(crate) fn said(&self) -> Vec<(String, String)> {
        serde_json::from_value(self.page.eval(SAID)).expect("pairs")
    }

    /// The texts of what was said by people, in order.
    #[track_caller]
    pub(crate) fn texts(&self) -> Vec<String> {
        let said = self.said().into_iter();
        said.filter(|(author, _)| !author.is_empty())
            .map(|(_, text)| text)
            .collect()
    }

    /// Waits until these are the people of the room.
    #[track_caller]
    pub(crate) fn sees_people(&self, names: &[&str]) {
        self.page
            .wait_for(&format!("{PEOPLE}.join() === {}", json!(names.join(","))));
    }

    /// What is in the box.
    #[track_caller]
    pub(crate) fn draft(&self) -> String {
        let draft = self.page.eval("document.querySelector('#box').value");
        draft.as_str().expect("a text").to_owned()
    }

    /// Waits out the time for which a session without a socket is kept in its rooms.
    #[track_caller]
    pub(crate) fn waits_for_leave(&self, name: &str) {
        let left = format!(
            "{LOG}.innerText.includes({})",
            json!(format!("{name} left"))
        );
        self.page.wait_up_to(2 * PATIENCE, &left);
    }

    /// Waits until an element shows exactly this.
    #[track_caller]
    pub(crate) fn shows(&self, selector: &str, text: &str) {
        let shown = format!("document.querySelector({})?.textContent", json!(selector));
        self.page.wait_for(&format!("{shown} === {}", json!(text)));
    }

    /// Opens the room or conversation of that name from the list.
    #[track_caller]
    pub(crate) fn opens(&self, name: &str) {
        self.page
            .click(&format!("#rooms [data-name={}]", json!(name)));
        self.shows("#room-name", name);
    }

    /// From here on the browser may ask before the page is left.
    pub(crate) fn expects_question(&self) {
        self.expects_question.set(true);
    }

    /// From here on the console may hold what a browser says about failed requests.
    pub(crate) fn expects_trouble(&self) {
        self.expects_trouble.set(true);
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let mut dialogs = self.page.dialogs();
            dialogs.retain(|one| !self.expects_question.get() || one != ASKED);
            assert_eq!(dialogs, [""; 0]);
            let mut console = self.page.console();
            console.retain(|line| !self.expects_trouble.get() || !line.starts_with("network: "));
            // Somebody was faster than autofocus: the field has the focus all the same.
            console.retain(|line| !line.contains("Autofocus processing was blocked"));
            assert_eq!(console, [""; 0], "the console should be empty");
        }
    }
}

/// A page that reaches the chat over a network which the test can break.
pub(crate) fn behind(proxy: &Proxy, chat: &Chat, name: &str) -> Person {
    chat.enter_at(&format!("http://{}/", proxy.address()), name)
}

/// A clock that runs ten times as fast for long waits: half a minute of silence is too long for a
/// test. An answer has its ten seconds, since the machine may stand still for some.
pub(crate) fn impatient(person: &Person) {
    let source = "const wait = setTimeout; \
        setTimeout = (act, ms, ...rest) => wait(act, ms > 10000 ? ms / 10 : ms, ...rest)";
    let params = json!({"source": source});
    person
        .page
        .command("Page.addScriptToEvaluateOnNewDocument", params);
    person.page.reload();
}

/// The session of this browser ends, and the page does not hear of it.
pub(crate) fn ends_session(chat: &Chat, person: &Person) {
    let tab = person.another_tab(&chat.url("/healthz"));
    tab.expects_trouble(); // there is no icon at that place
    let ended = "fetch('/logout', { method: 'POST' }).then(({ ok }) => ok)";
    tab.page.wait_for(ended);
}

pub(crate) fn is(person: &Person, state: &str) {
    person
        .page
        .wait_for(&format!("document.body.dataset.state === '{state}'"));
}

/// Presses "Retry now", unless the page has been quicker.
pub(crate) fn retry(person: &Person) {
    let script = "document.body.dataset.state === 'waiting' && \
        document.querySelector('#state-action').click()";
    person.page.eval(script);
}

/// Takes the network away, and waits until the page has noticed.
pub(crate) fn cut(proxy: &Proxy, person: &Person) {
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    is(person, "waiting");
}

/// The network is there again, and the page too.
pub(crate) fn heal(proxy: &Proxy, person: &Person) {
    proxy.restore();
    retry(person);
    is(person, "ready");
}

/// What the browser asks before a page is left that would lose something.
pub(crate) const ASKED: &str = "beforeunload: ";
const READY: &str = "document.body.dataset.state === 'ready'";
const LOG: &str = "document.querySelector('#log')";
const PEOPLE: &str =
    "[...document.querySelectorAll('#people button')].map(one => one.dataset.name)";
const SAID: &str = "[...document.querySelectorAll('#log .message')].map(one => \
    [one.querySelector('.author')?.textContent ?? '', one.querySelector('.text').textContent])";
