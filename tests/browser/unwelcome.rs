//! The program around the page sends somebody away: the page says why, and does not come back by itself.

use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use chat_core::id::PersonId;
use chat_core::net::Farewell;
use chat_core::observer::{Candidate, Context, Observer, Verdict};
use chat_core::relay::Relay;
use chat_web::page::Page;
use test_support::PATIENCE;

use super::support::{Person, browser, keep_picture};

/// Tells who comes in.
struct Porter(Sender<PersonId>);

impl Observer for Porter {
    fn register(&mut self, _: &mut Context<'_>, who: PersonId, _: &Candidate<'_>) -> Verdict {
        // The test may be over.
        let _ = self.0.send(who);
        Verdict::Allow
    }
}

#[test]
fn who_is_not_welcome_is_told_why_and_may_try_again() {
    let (porter, came) = channel();
    let relay = Relay::builder().observer(Porter(porter));
    let any = "127.0.0.1:0".parse().unwrap();
    let mut relay = Page::new().at(any).build(relay).unwrap();
    let (http, handle) = (relay.addresses()[0], relay.handle());
    let served = thread::spawn(move || relay.run());

    let browser = browser();
    let profile = browser.profile();
    let ana = Person::at(profile.page(&format!("http://{http}/")), profile);
    ana.log_in("ana");
    let who = came.recv_timeout(PATIENCE).unwrap();
    ana.page.wait_for("document.body.dataset.state === 'ready'");
    handle
        .dismiss(who, Farewell::NOT_WELCOME, "The table is full")
        .unwrap();
    ana.page
        .wait_for("document.getElementById('state-text').textContent === 'The table is full'");
    keep_picture(&ana, "not-welcome");
    // Longer than a page waits that has lost its connection.
    assert!(came.recv_timeout(Duration::from_secs(2)).is_err());
    ana.page
        .eval("document.getElementById('state-action').click()");
    came.recv_timeout(PATIENCE).unwrap();
    ana.page.wait_for("document.body.dataset.state === 'ready'");
    // It comes back again and again, and finds nobody.
    ana.expects_trouble();
    handle.stop("the test is over", Duration::ZERO).unwrap();
    served.join().unwrap().unwrap();
}
