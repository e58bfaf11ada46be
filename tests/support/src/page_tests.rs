//! The page driver against pages of its own.

use std::time::Duration;

use crate::{Browser, Page};

const FORM: &str = "data:text/html,<title>t</title><form onsubmit='done.textContent=f.value;\
    return false'><input id=f value=old><button>go</button></form><p id=done>nothing yet</p>";

fn page(html: &str) -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page(&format!("data:text/html,{html}"));
    (browser, page)
}

#[test]
fn a_person_fills_types_presses_and_clicks() {
    let browser = Browser::start();
    let page = browser.page(FORM);
    page.fill("#f", "ana & ");
    page.type_text("bób");
    page.press("Enter");
    page.wait_for("done.textContent === 'ana & bób'");
    page.fill("#f", "");
    page.click("button");
    page.wait_for("done.textContent === ''");
}

#[test]
fn promises_are_awaited_and_values_come_back() {
    let (_browser, page) = page("hi");
    assert_eq!(
        page.eval("Promise.resolve([1, 'two'])"),
        serde_json::json!([1, "two"])
    );
    assert_eq!(page.text(), "hi");
    page.wait_for_text("hi");
}

#[test]
#[should_panic(expected = "Error: no such thing")]
fn an_exception_is_a_failure() {
    let (_browser, page) = page("hi");
    page.eval("throw new Error('no such thing')");
}

#[test]
fn console_exceptions_and_refusals_are_noticed() {
    let policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'nonce-a'\">";
    let (_browser, page) = page(&format!(
        "{policy}<script nonce=a>console.warn('a', 1);setTimeout(()=>{{throw new Error('late')}})\
         </script><script>console.log('never')</script>"
    ));
    let holds = |text: &str| page.console().iter().any(|line| line.contains(text));
    crate::eventually("the console", || {
        holds("exception: Error: late").then_some(())
    });
    assert!(holds("warning: a 1"), "{:?}", page.console());
    assert!(holds("security: "), "{:?}", page.console());
    assert!(!holds("log: never"), "{:?}", page.console());
}

#[test]
fn dialogs_are_noticed_and_hold_nothing_up() {
    let (_browser, page) = page("<script>alert('xss')</script>after");
    page.wait_for_text("after");
    assert_eq!(page.dialogs(), ["alert: xss"]);
    page.eval("confirm('sure?')");
    assert_eq!(page.dialogs().len(), 2);
}

#[test]
fn pages_are_visible_beside_each_other() {
    let browser = Browser::start();
    let (ana, bob) = (
        browser.page("data:text/html,a"),
        browser.profile().page("data:text/html,b"),
    );
    for page in [&ana, &bob] {
        page.wait_for("document.visibilityState === 'visible' && document.hasFocus()");
        page.wait_for("new Promise((done) => requestAnimationFrame(() => done(true)))");
    }
    bob.close();
    ana.reload();
    assert_eq!(ana.text(), "a");
}

#[test]
fn a_phone_in_the_dark_is_photographed() {
    let (_browser, page) = page("<meta name=viewport content=width=device-width>hi");
    page.viewport(390, 844, true);
    page.color_scheme("dark");
    page.reload();
    page.wait_for("innerWidth === 390 && matchMedia('(prefers-color-scheme: dark)').matches");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shots/phone.png");
    page.screenshot(&path);
    let image = std::fs::read(path).unwrap();
    assert_eq!(
        image[16..24],
        [0, 0, 3, 12, 0, 0, 6, 152],
        "twice 390 × 844 in the PNG header"
    );
}

#[test]
fn scripts_can_be_forbidden() {
    let (_browser, page) = page("<p id=p>plain</p><script>p.textContent='scripted'</script>");
    page.wait_for_text("scripted");
    page.scripts(false);
    page.reload();
    assert_eq!(page.text(), "plain");
}

#[test]
fn a_minimized_window_is_hidden() {
    let (_browser, page) = page("hi");
    page.hidden(true);
    assert_eq!(page.eval("document.hasFocus()"), false);
    page.hidden(false);
    assert_eq!(page.eval("document.hasFocus()"), true);
}

#[test]
#[should_panic(
    expected = "waited 100ms for `document.title === 'x'`, last: Ok(Bool(false))\n\
    --- the page\nhi\n--- its console\nlog: here"
)]
fn a_vain_wait_shows_the_page_and_its_console() {
    let (_browser, page) = page("hi<script>console.log('here')</script>");
    page.wait_up_to(Duration::from_millis(100), "document.title === 'x'");
}
